"""Everything that the runs of one study gave, before anything is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.engine.setting import Setting
from bothand.evidence.draws import Draws
from bothand.experiments.curves import Curves
from bothand.experiments.deciding import Between, Deciding
from bothand.experiments.end_and_platform import Parts
from bothand.experiments.exact.first_round import Exact
from bothand.experiments.exact.on_terms import PlanOnTerms, TermsExactly
from bothand.experiments.exact.periods import ByPeriod
from bothand.experiments.individuals.counties import Counties
from bothand.experiments.individuals.courses import Courses
from bothand.experiments.plans import Tried, in_modes
from bothand.experiments.positions.own_plan import Improvement
from bothand.experiments.positions.stances import Stances
from bothand.experiments.reaches import Reached
from bothand.experiments.ruled.price import RulesPrice
from bothand.experiments.search import BOTH_AND, Found
from bothand.experiments.terms import TermsTried
from bothand.experiments.what_if.budgets import Budgets
from bothand.experiments.what_if.common import Common
from bothand.experiments.what_if.discharge import Discharge
from bothand.experiments.what_if.disputes import DisputesTried
from bothand.experiments.what_if.learning import ToLearn
from bothand.experiments.what_if.limit import LimitPrice
from bothand.experiments.what_if.moves import Moves
from bothand.experiments.what_if.priced import Prices
from bothand.experiments.what_if.repairs import Repairs
from bothand.experiments.what_if.ways import Ways
from bothand.experiments.what_if.wrong_side import WrongSide
from bothand.experiments.worlds import World
from bothand.keys import ALL_YEARS
from bothand.world.disputes.register import Dispute


@dataclass(frozen=True)
class Results:
    """The runs of a study. ``tried`` holds every plan, the both/and plan last, under both ways the money comes.

    The money of all years is followed in the first draws only (``where``).

    ``reaches``: 'to the ceiling', 'half the ceiling' and 'linear' -> what the plans did under it, on few draws;
    ``stable``: years -> share of survivors in remission of five years and more (D,), a closed cohort;
    ``averted_by_kit``: overdose deaths that one more kit from a programme averts (D,); ``parted``: plan -> what its
    harm reduction brings in itself and as a platform, on few draws; ``wrong_side``: every plan with some people on the
    other side of the line between use and addiction; ``discharge``: plan -> its places' rule after a return to use the
    other way round; ``limit``: what the limit on coercion costs; ``prices``: what
    every principle costs, in a full run only.
    """

    setting: Setting
    draws: Draws
    world: World
    tried: tuple[Tried, ...]
    curves: Curves
    found: Found
    deciding: Deciding
    reaches: Mapping[Reach, Reached]
    stable: Mapping[int, Floats]
    averted_by_kit: Floats
    run: str  # short hash of inputs, seed and code version
    terms: tuple[TermsTried, ...] = ()  # plans that set terms of their own, each with and without them
    parted: Mapping[str, Parts] = field(default_factory=dict)
    between: Mapping[str, Between] = field(default_factory=dict)  # local inputs at values between their ends
    wrong_side: tuple[WrongSide, ...] = ()
    discharge: Mapping[str, Discharge] = field(default_factory=dict)
    limit: LimitPrice | None = None
    ruled: RulesPrice | None = None  # what the rules of spending cost; None for a study without rules
    prices: Prices | None = None
    counties: Counties | None = None  # deaths counted, people one by one, with no new money and under the searched plan
    beside: frozenset[str] = frozenset()  # plans that only a full run sets beside the others
    exact: Exact | None = None  # the plan again by exact slopes; None unless it was asked for
    budgets: Budgets | None = None  # the map from a tenth to ten times today's money
    by_period: ByPeriod | None = None  # all the money by spending period; None unless it was asked for
    on_terms: PlanOnTerms | None = None  # the both/and plan where terms may change; None unless it was asked for
    terms_exactly: TermsExactly | None = None  # the same by exact slopes; None also where no terms were changed
    ways: Ways | None = None  # the map where terms may change; None unless it was asked for
    common: Common | None = None  # stakeholders beside the plans; None unless it was asked for
    register: tuple[Dispute, ...] = ()  # every dispute, tried or not; empty unless it was a full run
    disputes: DisputesTried | None = None
    learned: ToLearn | None = None
    stances: Stances = field(default_factory=Stances)  # each stance at its own searched best
    improvements: tuple[Improvement, ...] = ()  # of plans that a reader gave
    moves: Moves | None = None  # changes that improve everything; None unless it was asked for
    repairs: Repairs = field(default_factory=Repairs)  # those run in the full model; none unless it was asked for
    courses: Mapping[str, Courses] = field(default_factory=dict)  # plan -> lives of people with addiction on day one

    @cached_property
    def _modes(self) -> Mapping[str, World]:
        return in_modes(self.world)

    def where(self, tried: Tried) -> World:
        """Return the worlds in which a plan was tried: all, or the first of them."""
        return self._modes[tried.mode]

    @property
    def draws_all_years(self) -> int:
        """How many of the first draws the money of all years was followed in."""
        return self._modes[ALL_YEARS].county.draws

    @property
    def found_plan(self) -> str:
        """Key of the plan found by search."""
        return BOTH_AND

    def of(self, plan: str, mode: str) -> Tried:
        """Return one plan's run under one way the money comes."""
        return next(t for t in self.tried if t.plan == plan and t.mode == mode)

    def in_mode(self, mode: str) -> list[Tried]:
        """Return all plans under one way the money comes, in the order of the study."""
        return [t for t in self.tried if t.mode == mode]
