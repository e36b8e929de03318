"""What only a full run asks: exact slopes, periods, other terms, moves, prices, disputes, what to learn, repairs.

It begins as soon as the curves and the plan found on them stand, beside what a usual run asks, and ends once the
results of a usual run are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from bothand.evidence.draws import Draws
from bothand.experiments.curves import Curves
from bothand.experiments.exact.first_round import Exact, search_exactly
from bothand.experiments.exact.on_terms import PlanOnTerms, TermsExactly, settle_on_terms, settle_on_terms_exactly
from bothand.experiments.exact.periods import ByPeriod, search_periods
from bothand.experiments.plans import Tried
from bothand.experiments.reaches import USUAL
from bothand.experiments.results import Results
from bothand.experiments.search import Found
from bothand.experiments.what_if.disputes import DisputesTried, try_disputes
from bothand.experiments.what_if.learning import (
    MOST,
    at_the_margin,
    most_leverage,
    what_to_learn,
    worth_of_settling,
    worth_to_each,
)
from bothand.experiments.what_if.moves import Moves, try_moves
from bothand.experiments.what_if.priced import price_principles
from bothand.experiments.what_if.repairs import try_repairs
from bothand.experiments.what_if.ways import Ways, try_ways
from bothand.experiments.worlds import World
from bothand.findings.deciding.losers import losses
from bothand.keys import OTHERS_HALF, THREE_YEARS
from bothand.world.disputes.loading import load_disputes
from bothand.world.disputes.register import Dispute
from bothand.world.plan import Plan

Tell = Callable[[str], None]
Begin = Callable[..., Future[Any]]  # begins a question and promises its answer


@dataclass(frozen=True)
class InFull:
    """What only a full run asks, begun early: it rests on the curves and on what was found on them alone."""

    register: tuple[Dispute, ...]
    slopes: Future[tuple[Exact, ByPeriod | None, Future[TermsExactly | None]]]
    disputes: Future[DisputesTried]
    ways: Future[tuple[Ways, PlanOnTerms]]
    moves: Future[Moves]


def begin_in_full(
    begin: Begin,
    world: World,
    draws: Draws,
    tried: Sequence[Tried],
    curves: Curves,
    found: Found,
    floors: Sequence[Plan],
    seed: int,
    tell: Tell,
) -> InFull:
    """Begin what only a full run asks and what waits for nothing else; arguments as in ``study.compute``."""
    register = load_disputes(world.setting.evidence)
    error = dict(zip(curves.surface.objectives, curves.error, strict=True))

    def in_other_ways() -> tuple[Ways, PlanOnTerms]:
        ways = try_ways(curves, found, seed, tell)
        return ways, settle_on_terms(curves, found, ways, floors, seed, tell)

    def terms_by_slopes(exact: Exact) -> TermsExactly | None:
        ways, plan = other.result()  # begun before whatever begins this: it never waits for one that waits behind it
        return settle_on_terms_exactly(curves, ways, exact, plan, seed, tell)

    def by_slopes() -> tuple[Exact, ByPeriod | None, Future[TermsExactly | None]]:
        exact = search_exactly(curves, found, floors, tell)
        on_terms = begin(terms_by_slopes, exact)
        return exact, search_periods(curves, found, exact, floors, tell), on_terms

    other = begin(in_other_ways)
    slopes = begin(by_slopes)  # early: it takes longest, on one processor, while all the rest is run beside it
    return InFull(
        register,
        disputes=begin(try_disputes, world.setting, draws, register, found.keys, floors, world.runs, tell, error),
        ways=other,
        moves=begin(try_moves, curves, found, tried, tell),
        slopes=slopes,
    )


def end_in_full(
    results: Results, world: World, floors: Sequence[Plan], seed: int, tell: Tell, asked: InFull
) -> Results:
    """Return the results with what only a full run asks: exact slopes, terms, moves, prices, disputes, repairs.

    ``world``: with how its plans are tried; ``floors``: as for ``search``; ``asked``: what was begun early.
    """
    curves, found, limit = results.curves, results.found, results.limit
    assert limit is not None
    choice = [one for one in results.in_mode(THREE_YEARS) if one.plan != OTHERS_HALF]
    both = results.reaches[USUAL].tried[-1]
    prices = price_principles(curves, found, floors, limit, both, tell)
    tell("what is worth finding out")
    dollars = world.setting.study.usd_per_healthy_life_year
    leading = most_leverage(results.deciding)
    learned = what_to_learn(world, choice, results.draws, leading, asked.register, dollars)
    if results.common is not None:
        learned = worth_to_each(world, choice, results.common, found, learned, seed)
    disputes = asked.disputes.result()
    first = [one.dispute for one in disputes.tried[:MOST]]
    margin = at_the_margin(curves, found.yearly)
    learned = worth_of_settling(world, choice, results.draws, first, learned, margin, dollars)
    exact, by_period, terms_exactly = asked.slopes.result()
    ways, on_terms = asked.ways.result()
    return replace(
        results,
        exact=exact,
        by_period=by_period,
        on_terms=on_terms,
        terms_exactly=terms_exactly.result(),
        ways=ways,
        moves=asked.moves.result(),
        prices=prices,
        register=asked.register,
        disputes=disputes,
        learned=learned,
        repairs=try_repairs(curves, world, results.tried, losses(results), seed, tell),
    )
