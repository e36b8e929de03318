"""A study with rules: plans found keep them on curves, in the full model, and by its own slopes; their price."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.decide.ruled.rows import broken, least_asked, possible
from bothand.decide.search.rules import table
from bothand.engine.arrays import Floats
from bothand.experiments.curves import ASKED, Curves, measure_curves
from bothand.experiments.exact import first_round as first_round_
from bothand.experiments.exact import periods as periods_
from bothand.experiments.exact.first_round import Exact, first_round, search_exactly
from bothand.experiments.exact.oracle import SPARED, Engine
from bothand.experiments.exact.periods import all_money, search_periods, spans_of
from bothand.experiments.plans import healthy_years, option_keys, try_dollars
from bothand.experiments.positions.stances import own_ground
from bothand.experiments.ruled import price as price_
from bothand.experiments.ruled.bill import asked_of_others, years_spent
from bothand.experiments.ruled.bounds import check, lifted, loosened
from bothand.experiments.ruled.price import RulesPrice, price_of_rules, with_rules
from bothand.experiments.search import FUNCTIONAL, Found, search
from bothand.experiments.what_if.moves import try_moves
from bothand.experiments.worlds import World
from bothand.faults import FaultsFound
from bothand.findings.bills import treatment_that_follows
from bothand.keys import HEALTHY, THREE_YEARS
from bothand.outcomes.others import Against, held_cost, whole_cost
from bothand.outcomes.values import load_values
from bothand.world.spending.rule import DownstreamCap, SpendingRule
from experiments.small_worlds import TWO_LEVELS, of_services, searched

FEW = ("community_naloxone", "methadone_places", "peer_coaching")
REQUIRED, FORBIDDEN, LEAST = "peer_coaching", "community_naloxone", 150_000.0
BINDS = 0.7  # of what the plan without a cap asks others for
EACH, MOST = 2, 8


@pytest.fixture(autouse=True)
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few runs: enough to search on, and quick."""
    for module in (first_round_, periods_):
        monkeypatch.setattr(module, "CALLS_EACH", EACH)
        monkeypatch.setattr(module, "CALLS", MOST)


def rule(service: str, **says: object) -> SpendingRule:
    return SpendingRule.model_validate({"service": service, "because": "a test", "source": "a test", **says})


def cap(usd: float) -> DownstreamCap:
    return DownstreamCap(usd=usd, because="a test", source="a test")


@cache
def free() -> World:
    return of_services(*FEW, plans=False)


@cache
def free_curves() -> Curves:
    return measure_curves(free(), levels=TWO_LEVELS)


RULES = (rule(REQUIRED, at_least=LEAST), rule(FORBIDDEN, must_not=True))


@cache
def uncapped() -> Curves:
    return measure_curves(with_rules(free(), RULES), known=free_curves())


@cache
def most() -> float:
    """A cap that binds."""
    where = uncapped().world
    return BINDS * float(asked(where, searched(uncapped()).yearly).mean())


@cache
def curves() -> Curves:
    return measure_curves(with_rules(free(), RULES, [cap(most())]), known=free_curves())


@cache
def found() -> Found:
    return searched(curves())


@cache
def exact() -> Exact:
    return search_exactly(curves(), found(), [])


@cache
def priced() -> RulesPrice:
    told = price_of_rules(curves(), keys(), [], found())
    assert told is not None
    return told


def keys() -> dict[str, str]:
    there = curves().surface.objectives
    return {v.key: v.indicator.key for v in load_values() if v.indicator.key in there}


def asked(where: World, yearly: Floats) -> Floats:
    return asked_of_others(where, try_dollars(where, "so", yearly, THREE_YEARS))


def test_the_plan_found_keeps_an_earmark_an_exclusion_and_a_cap_that_binds_in_the_full_model() -> None:
    where, yearly = curves().world, found().yearly
    paid = dict(zip(option_keys(where), yearly.tolist(), strict=True))
    assert FORBIDDEN not in paid
    assert paid[REQUIRED] >= LEAST
    assert yearly.sum() <= where.yearly_budget
    assert asked(where, yearly).mean() <= most()
    assert asked(where, searched(uncapped()).yearly).mean() > most(), "the cap binds"


def test_every_favourite_and_the_plans_of_pairs_keep_the_rules_on_the_curves() -> None:
    ideals, surface = found().ideals, curves().surface
    for plan in ideals.plans[ideals.room]:
        assert broken(surface, plan, ideals.budget) == ()
    for pair in (*found().value_pairs, *found().group_pairs):
        assert broken(surface, pair.shared, ideals.budget) == ()
        assert broken(surface, pair.price.plan, pair.price.dollars) == ()


def test_what_others_are_asked_for_is_the_other_payers_part_and_what_follows_lives_held() -> None:
    """Against the lines of the bills: with lives as they go in the place of lives held, the sum is theirs."""
    where = free()
    tried = try_dollars(where, "so", np.array([3e5, 3e5, 1e5]), THREE_YEARS)
    run = tried.trial.run
    against = Against(run.main, run.twin, where.quo.run.main)
    assert tried.trial.delivery is not None
    paid = tried.trial.delivery.spent_by_payer.values()
    others = np.sum([usd.sum(axis=0) for by in paid for payer, usd in by.items() if payer != "settlement"], axis=0)
    living = whole_cost(against, "medication_cost") - held_cost(against, "medication_cost")

    class Results:
        world, setting = where, where.setting

    follows = treatment_that_follows(Results, tried) - living  # type: ignore[arg-type]  # all that the bill reads
    assert years_spent(where, tried) == len(where.first_round) == 3
    assert_allclose(asked_of_others(where, tried), (others + follows) / 3, rtol=1e-9)


def test_the_slopes_of_what_others_are_spared_are_those_of_runs() -> None:
    where = free()
    engine = Engine(where, (FUNCTIONAL, SPARED), [list(where.first_round), [3, 4]])
    plan = np.array([[4e5, 1e5], [3e5, 2e5], [5e5, 1e5]])
    slopes = engine.slopes(plan, [1])[0]
    for s in range(len(FEW)):
        for p in range(2):
            step = np.zeros(plan.shape)
            step[s, p] = 2_000.0
            change = (engine.gains(plan + step)[1] - engine.gains(plan - step)[1]) / 4_000.0
            assert_allclose(slopes[s, p], change, rtol=5e-3, atol=2e-3)


def test_the_search_by_slopes_keeps_the_rules_too() -> None:
    where = curves().world
    space = first_round(where)
    plan = exact().settled.answer.plan
    paid = dict(zip(space.services, space.paid(plan)[:, 0].tolist(), strict=True))
    assert FORBIDDEN not in paid
    assert paid[REQUIRED] >= LEAST * 3 * (1 - 1e-6)
    assert table(space).broken(plan) == ()
    engine = Engine(where, (SPARED,), [list(where.first_round)])
    assert -engine.gains(plan)[0] <= most()
    assert SPARED not in exact().names
    assert len(exact().on_curves) == len(exact().names)


def test_a_rule_is_a_share_of_the_money_of_every_period() -> None:
    where = curves().world
    spans = spans_of(where)
    space = all_money(where, spans)
    at, first = space.services.index(REQUIRED), first_round(where)
    starts = np.array([first.start_up[at], *np.zeros(len(spans) - 1)])
    assert_allclose(space.least[at], LEAST / where.yearly_budget * space.receipts - starts)
    told = search_periods(curves(), found(), exact(), [])
    assert told is not None
    assert (told.paid[at] >= LEAST / where.yearly_budget * space.receipts * (1 - 1e-6)).all()


def test_the_rules_cost_what_the_plan_without_them_brings_more() -> None:
    told = priced()
    assert not told.same
    without = search(free_curves(), keys(), [])
    yearly = np.array([told.plan[key] for key in FEW])
    assert_allclose(yearly, without.yearly, atol=200)
    gap = try_gap(yearly)
    assert_allclose(told.more[HEALTHY], gap, rtol=1e-9)
    assert told.beta <= told.beta_free + 1e-6
    assert told.asked.mean() <= most() < told.asked_free.mean()
    kinds = [(one.kind, one.service) for one in told.each]
    assert kinds == [("earmark", REQUIRED), ("exclusion", FORBIDDEN), ("cap", "")]
    assert FORBIDDEN in told.each[1].dollars or told.each[1].healthy < 1


def try_gap(yearly: Floats) -> Floats:
    after = healthy_years(free(), try_dollars(free(), "without", yearly, THREE_YEARS))
    return after - healthy_years(curves().world, try_dollars(curves().world, "within", found().yearly, THREE_YEARS))


def test_rules_that_do_not_bind_change_no_plan_and_cost_nothing() -> None:
    usual = searched(free_curves())
    loose = measure_curves(with_rules(free(), [rule(FEW[0], at_most=750_000.0)], [cap(1e9)]), known=free_curves())
    found_so = searched(loose)
    assert_allclose(found_so.yearly, usual.yearly, atol=100)
    told = price_of_rules(loose, keys(), [], found_so)
    assert told is not None
    assert told.same
    assert not told.more[HEALTHY].any()


def test_a_study_without_rules_asks_and_runs_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **more: object) -> None:
        raise AssertionError("nothing is run")

    for name in ("measure_curves", "try_counted", "settle_on"):
        monkeypatch.setattr(price_, name, never)
    assert price_of_rules(free_curves(), keys(), [], searched(free_curves()), never) is None
    assert free_curves().surface.rules is None


def test_earmarks_that_ask_others_for_more_than_the_cap_are_a_fault_of_the_study() -> None:
    where = with_rules(free(), [rule("methadone_places", at_least=700_000.0)], [cap(10.0)])
    surface = measure_curves(where, known=free_curves()).surface
    with pytest.raises(FaultsFound, match=r"no plan keeps all rules: the earmarks ask others for \$.* a year at least"):
        check(where.setting, surface)
    check(curves().world.setting, curves().surface)


def test_where_no_plan_keeps_the_cap_a_search_keeps_the_least_that_can_be_asked_and_this_is_known() -> None:
    where = with_rules(free(), [rule("methadone_places", at_least=700_000.0)], [cap(10.0)])
    own = measure_curves(where, known=free_curves()).surface
    assert own.rules is not None
    used, least = loosened(own), least_asked(own, own.rules.budget)
    assert least is not None
    assert lifted(own, used) == pytest.approx(least, rel=1e-5)
    assert possible(used, own.rules.budget)
    assert not possible(own, own.rules.budget)
    kept = curves().surface
    assert lifted(kept, loosened(kept)) is None


def test_a_stance_on_its_own_ground_pays_what_must_be_paid() -> None:
    ideals = own_ground(curves(), ["methadone_places", REQUIRED], free().yearly_budget)
    at = ideals.surface.services.index(REQUIRED)
    assert (ideals.plans[ideals.room][:, at] >= LEAST * (1 - 1e-6)).all()


def test_a_change_of_a_plan_takes_it_no_further_from_the_rules() -> None:
    where = curves().world
    start = try_dollars(where, "start", np.array([4e5, 1e5]), THREE_YEARS)
    told = try_moves(curves(), found(), [start])
    for one in told.tried:
        assert one.move.plan[option_keys(where).index(REQUIRED)] >= 1e5 * (1 - 1e-6), "it had less than the earmark"


def test_curves_tell_what_each_service_alone_asks_others_for() -> None:
    measured = free_curves().asked
    alone = np.array([0.0, TWO_LEVELS[0] * free().yearly_budget, 0.0])
    assert_allclose(measured[1, 0], asked(free(), alone).mean(), rtol=1e-9)
    assert ASKED in free_curves().beside.objectives
    assert not asked(free(), np.zeros(len(FEW))).any(), "no new money asks nobody for anything"
