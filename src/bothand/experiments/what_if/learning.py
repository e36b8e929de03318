"""What it is worth to know an input, or to settle a dispute, before choosing a plan, and what a study of it costs.

Nothing is run: the plans' results in the draws that they were tried in are read again. Worth is in healthy life-years
of everyone, or in shares of own best, weighed by a stakeholder. What a study costs is told in the same unit: as the
healthy life-years that its dollars would bring at the margin of the both/and plan, so that no life has a price.
Source: DESIGN 8; ``decide.information``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bothand.decide.doubt import best, perfect_information
from bothand.decide.information import MOST as TOGETHER
from bothand.decide.information import (
    Span,
    Worth,
    above_chance,
    over_weights,
    partial_information,
    rules_read,
    sample_information,
    shares_seen,
    silent_worths,
    silent_worths_of,
    worth,
)
from bothand.decide.surfaces import evaluate
from bothand.engine.arrays import Floats
from bothand.evidence.draws import Draws
from bothand.evidence.tables import Evidence
from bothand.experiments.curves import Curves
from bothand.experiments.deciding import Deciding, strongest
from bothand.experiments.plans import Tried, healthy_years, value_gains
from bothand.experiments.search import FUNCTIONAL, Found
from bothand.experiments.what_if.common import Common
from bothand.experiments.worlds import World
from bothand.world.disputes.register import Dispute, StudyKind

MOST = 10  # UNIT: inputs that are told
STUDIED = 3  # UNIT: inputs, those worth most, for which the worth of a local count is told
SILENT = 100  # MATH: inputs that say nothing, made up for each stakeholder to see what chance earns
SIZES = "local_study_people"
"""The row that says how many people a local count can look at."""

COST = "study_cost_"
"""How the key of the row begins that says what a study of a kind costs."""

CUT = 0.01  # MATH: share of the plan's money that is taken from it to read its margin

Pays = Literal["yes", "no", "cannot tell"]
SHARES = ("proportion", "probability")
"""Units of inputs that are a share of people or cases."""


@dataclass(frozen=True)
class Learned:
    """What knowing one input is worth to everyone: ``worth`` in healthy life-years, ``dollars`` at a stated worth.

    key: row of the evidence behind the input ``name``; told: whether the worth is above what chance would earn with so
    few draws; disputes: keys of the disputes about it; settled_by: what would settle each of them, in words; studies:
    how many people or cases a local count looks at, and what it is worth (EVSI), for the few inputs that are worth
    most, where they are a share of people or cases.
    """

    name: str
    key: str
    worth: Worth
    told: bool
    dollars: float | None
    disputes: tuple[str, ...]
    settled_by: tuple[str, ...]
    studies: tuple[tuple[int, Worth], ...] = ()


@dataclass(frozen=True)
class ToWhom:
    """What knowing is worth to one stakeholder, in shares of all that counts for it.

    who: its key. everything: the worth of knowing everything (EVPI) at the middle of its weights; by_chance: what the
    best of as many inputs that say nothing may seem to be worth there. most: the input worth most there; middle: its
    worth there; span: its least and largest worth over the corners of its weights.
    """

    who: str
    everything: float
    by_chance: float
    most: str
    middle: float
    span: Span

    @property
    def told(self) -> bool:
        """Whether the worth is above what chance would earn."""
        return self.middle > self.by_chance


@dataclass(frozen=True)
class Price:
    """What a study costs: in dollars of the price year, and in the healthy life-years that they would bring instead.

    row: of the evidence. dollars, years: least, middle and most of the row; ``years`` is None where the plan's money
    brings nothing at the margin. share: the middle as a share of the first round's money.
    """

    row: str
    dollars: tuple[float, float, float]
    years: tuple[float, float, float] | None
    share: float


@dataclass(frozen=True)
class Settling:
    """What settling one dispute is worth before a plan is chosen, in healthy life-years, beside what a study costs.

    dispute: its key. names: drawn inputs that it is about; none where it is about a definition, a form of reach, or
    one body of evidence against another. worth: of knowing them exactly, the most that any study of them can bring;
    None without inputs. told: whether that is above what chance would earn. kind: of study that would settle it; None
    where none would. price: of such a study. dollars: the worth at what the study's file says a year is worth; None
    where it says nothing.
    """

    dispute: str
    names: tuple[str, ...]
    worth: Worth | None
    told: bool
    kind: StudyKind | None
    price: Price | None
    dollars: float | None = None

    @property
    def pays(self) -> Pays | None:
        """Whether knowing is worth what a study of it costs this county; None where one of the two is not known.

        Yes and no are said where worth and cost are further apart than twice the worth's error and the cost's range.
        """
        if self.worth is None or self.price is None or self.price.years is None:
            return None
        least, _, most = self.price.years
        if self.worth.value + 2 * self.worth.error < least:
            return "no"
        return "yes" if self.told and self.worth.value - 2 * self.worth.error > most else "cannot tell"

    @property
    def counties(self) -> float | None:
        """How many counties like this one would have to share the study for it to pay; infinite where it is worth 0."""
        if self.worth is None or self.price is None or self.price.years is None:
            return None
        return worth(self.worth.value, self.price.years[1]).counties


@dataclass(frozen=True)
class ToLearn:
    """What there is to learn: the plan that is best without, the worth of knowing everything, and of each input.

    by_chance: what the best of as many inputs that say nothing may seem to be worth with so few draws; more draws lower
    it. Inputs with the largest worth stand first; of equals, in the order in which they were asked. silent: what inputs
    that say nothing seem to be worth, from which ``by_chance`` is read. disputes: those that change most, in that
    order; margin: healthy life-years that a dollar brings at the both/and plan; by_chance_disputes: as ``by_chance``,
    for all that is read of the disputes.
    """

    plans: tuple[str, ...]
    best: str
    everything: float
    by_chance: float
    inputs: tuple[Learned, ...]
    whom: tuple[ToWhom, ...] = ()
    silent: tuple[float, ...] = ()
    disputes: tuple[Settling, ...] = ()
    margin: float = 0.0
    by_chance_disputes: float = 0.0


def most_leverage(deciding: Deciding, most: int = MOST) -> tuple[str, ...]:
    """Return the names of the inputs whose ends change the order of the plans most."""
    return tuple(end.name for end, _ in strongest(deciding, most))


def what_to_learn(
    world: World,
    tried: Sequence[Tried],
    draws: Draws,
    inputs: Sequence[str],
    disputes: Sequence[Dispute] = (),
    usd_per_life_year: float | None = None,
) -> ToLearn:
    """Return what it is worth to know each input exactly, in healthy life-years, before a plan is chosen.

    Args:
        world: the worlds in which the plans were tried.
        tried: the plans to choose from, one way the money comes, no new money among them where it is a choice.
        draws: which row stands behind each name.
        inputs: names of drawn inputs (``most_leverage``).
        disputes: the register, which says what would settle an input.
        usd_per_life_year: worth of a healthy life-year where the study's file names one; None = no dollars are told.
    """
    benefit = np.array([healthy_years(world, one) for one in tried])
    silent = silent_worths(benefit, draws.seed)
    chance = above_chance(silent, len(inputs))
    found = []
    for name in inputs:
        key, knowing = draws.keys[name], partial_information(benefit, world.values[name])
        about = [one for one in disputes if _speaks_of(one, key, world.setting.evidence)]
        paid = None if usd_per_life_year is None else knowing.value * usd_per_life_year
        keys, words = tuple(one.key for one in about), tuple(one.settled_by for one in about)
        found.append(Learned(name, key, knowing, knowing.value > chance, paid, keys, words))
    names = tuple(one.plan for one in tried)
    order = sorted(found, key=lambda one: -one.worth.value)
    sizes = study_sizes(world.setting.evidence)
    for n, one in enumerate(order[:STUDIED]):
        if one.worth.value > 0 and is_share(world.setting.evidence, one.key, world.values[one.name]):
            order[n] = replace(one, studies=_studies(benefit, world.values[one.name], one.worth, sizes, draws.seed))
    return ToLearn(names, names[best(benefit)], perfect_information(benefit), chance, tuple(order), silent=silent)


def study_sizes(evidence: Evidence) -> tuple[int, ...]:
    """Return how many people a local count can look at, the smallest first."""
    row = evidence[SIZES]
    return tuple(sorted({round(size) for size in (row.low, row.mean, row.high)}))


def is_share(evidence: Evidence, key: str, values: Floats) -> bool:
    """Return whether an input is a share of people or cases, so that counting them tells it as a draw of lots would."""
    return evidence[key].unit in SHARES and bool((values >= 0).all() and (values <= 1).all())


def _studies(
    benefit: Floats, share: Floats, known: Worth, sizes: Sequence[int], seed: int
) -> tuple[tuple[int, Worth], ...]:
    """Return what a count of each size is worth; never more than knowing the share itself."""
    told = sample_information(benefit, share, shares_seen(share, sizes, seed)).studies
    return tuple((size, Worth(min(one.value, known.value), one.error)) for size, one in zip(sizes, told, strict=True))


def worth_to_each(
    world: World, tried: Sequence[Tried], common: Common, found: Found, learned: ToLearn, seed: int
) -> ToLearn:
    """Return what there is to learn with what it is worth to each stakeholder that has weights on the map.

    Args:
        world: as ``what_to_learn``.
        tried: as ``what_to_learn``.
        common: the stakeholders, with their weights. found: each value's own best.
        learned: of ``what_to_learn``; its inputs that are worth most are asked.
        seed: of the inputs that are made up to see what chance earns.
    """
    best = found.ideals.best[found.ideals.surface.indices(common.values)]
    shares = shares_by_draw(world, tried, dict(zip(common.values, best.tolist(), strict=True)))
    names = [one.name for one in learned.inputs[:STUDIED]]
    weighing = [(held, held.weights) for held in common.held if held.weights is not None and names]
    places = [[common.values.index(name) for name in weights.values] for _, weights in weighing]
    middles = [np.tensordot(w.centre, shares[at], axes=1) for (_, w), at in zip(weighing, places, strict=True)]
    silent = silent_worths_of(middles, seed, SILENT)
    whom = []
    for (held, weights), at, middle, seeming in zip(weighing, places, middles, silent, strict=True):
        worths = {name: partial_information(middle, world.values[name]).value for name in names}
        most = max(worths, key=lambda name: worths[name])
        span = over_weights(shares[at], weights.corners, world.values[most])
        chance = above_chance(seeming, len(names))
        who = held.asked.stakeholder.key
        whom.append(ToWhom(who, perfect_information(middle), chance, most, worths[most], span))
    return replace(learned, whom=tuple(whom))


def at_the_margin(curves: Curves, yearly: Floats) -> float:
    """Return the healthy life-years that the last dollars of the first round bring, per dollar, by the curves.

    They are taken from every service of a plan in equal shares: what a study would cost, if the plan paid for it.

    Args:
        curves: what plans gain.
        yearly: (I,) dollars a year of the plan by option; 0 is returned where it spends nothing.
    """
    spent = float(yearly.sum()) * len(curves.world.first_round) * CUT
    if spent <= 0:
        return 0.0
    gains = evaluate(curves.surface, np.stack([yearly, yearly * (1 - CUT)]))[:, curves.surface.index(FUNCTIONAL)]
    return float(gains[0] - gains[1]) / spent


def worth_of_settling(
    world: World,
    tried: Sequence[Tried],
    draws: Draws,
    disputes: Sequence[Dispute],
    learned: ToLearn,
    margin: float,
    usd_per_life_year: float | None = None,
) -> ToLearn:
    """Return what there is to learn with what settling each dispute is worth, and what a study of it costs.

    Args:
        world, tried, draws: as for ``what_to_learn``.
        disputes: those to ask about, in their order.
        learned: of ``what_to_learn``.
        margin: healthy life-years per dollar of the plan that would pay for a study (``at_the_margin``).
        usd_per_life_year: as for ``what_to_learn``.
    """
    benefit = np.array([healthy_years(world, one) for one in tried])
    read = [_read_of(one, draws, world.setting.evidence) for one in disputes]
    chance = above_chance(learned.silent, sum(rules_read(len(values)) for _, values in read))
    money = world.yearly_budget * len(world.first_round)
    found = []
    for dispute, (names, values) in zip(disputes, read, strict=True):
        knowing = partial_information(benefit, values) if names else None
        told = knowing is not None and knowing.value > chance
        price = price_of(world.setting.evidence, dispute.study, margin, money)
        paid = None if knowing is None or usd_per_life_year is None else knowing.value * usd_per_life_year
        found.append(Settling(dispute.key, names, knowing, told, dispute.study, price, paid))
    return replace(learned, disputes=tuple(found), margin=margin, by_chance_disputes=chance)


def price_of(evidence: Evidence, kind: StudyKind | None, margin: float, money: float) -> Price | None:
    """Return what a study of a kind costs; None where no study is meant.

    Args:
        evidence: has the row ``study_cost_KIND``, in dollars.
        kind: of study. margin: healthy life-years per dollar. money: of the first round, in dollars.
    """
    if kind is None:
        return None
    row = evidence[COST + kind]
    least, middle, most = (end * evidence.price_factor(row) for end in (row.low, row.mean, row.high))
    years = (least * margin, middle * margin, most * margin) if margin > 0 else None
    return Price(row.key, (least, middle, most), years, middle / money)


def _read_of(dispute: Dispute, draws: Draws, evidence: Evidence) -> tuple[tuple[str, ...], Floats]:
    """Return the drawn inputs that a dispute is about, and what is read of them (K, D).

    Those of its rows; where none of these is drawn, those computed from them. Few are read together; of many, how far
    they lie toward the second side all together: a part of what is known, so that its worth is no more than theirs.
    """
    first, second = (side.belief.quantity for side in dispute.side)
    rows = set(first) | set(second)
    names = tuple(name for name, key in draws.keys.items() if key in rows and np.ptp(draws.values[name]) > 0)
    if not names:
        names = tuple(
            name
            for name, key in draws.keys.items()
            if rows & {row.key for row in evidence.used_by([key])} and np.ptp(draws.values[name]) > 0
        )
    values = np.array([draws.values[name] for name in names]).reshape(len(names), draws.n)
    if len(names) <= TOGETHER:
        return names, values
    toward = np.array([_toward_second(draws.keys[name], first, second, evidence) for name in names])
    scaled = (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)
    return names, (toward[:, None] * scaled).mean(axis=0, keepdims=True)


def _toward_second(key: str, first: Mapping[str, float], second: Mapping[str, float], evidence: Evidence) -> float:
    """Return 1 where the second side believes in more of a row than the first, else -1.

    A side that says nothing of it takes the row's mean; a row that is computed counts as more.
    """
    if key not in first and key not in second:
        return 1.0
    usual = evidence[key].mean
    return -1.0 if second.get(key, usual) < first.get(key, usual) else 1.0


def shares_by_draw(world: World, tried: Sequence[Tried], own_best: Mapping[str, float]) -> Floats:
    """Return what every plan gains for every objective in every draw, in shares of its own best (V, P, D)."""
    gains = [value_gains(world, one) for one in tried]
    return np.array([[gain[name] / most for gain in gains] for name, most in own_best.items()])


def _speaks_of(dispute: Dispute, key: str, evidence: Evidence) -> bool:
    """Return whether a side believes something of a row, or of a row that it is computed from."""
    behind = {row.key for row in evidence.used_by([key])}
    return any(behind & set(side.belief.quantity) for side in dispute.side)
