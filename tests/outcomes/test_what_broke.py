"""Twelve definitions that broke when a prototype was run, each with the wrong definition beside the one in use.

The wrong definition is computed on the same runs and must show the fault: so each test says what it would be to fail.
Source: knowledge/prototype.md, section 3 (table A: the eleven values) and section 4 (the bare maximin plan). Three more
that section 3 and section 5 name stand below the twelve.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from test_healthy_years import free, more_kits, prevented, retained, scale_of, tiny, twice_the_kits
from test_other_ledgers import ROWS

from bothand.decide.both_and import leximin, settle
from bothand.decide.ideals import find_ideals
from bothand.decide.losers import no_group_worse, verdicts
from bothand.decide.surfaces import Surface, evaluate
from bothand.engine.arrays import Floats, Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.delivery import Delivery
from bothand.engine.needs import GROUPS
from bothand.engine.rates import schedule
from bothand.engine.weights import measure
from bothand.experiments.plans import QUALITY
from bothand.experiments.worlds import World, with_values
from bothand.findings.both import NOT_SIMULATED
from bothand.findings.tables import lived_experience
from bothand.outcomes.county import in_groups
from bothand.outcomes.indicators import Run, gains
from bothand.outcomes.ledger import LIFETIME, Ledger
from bothand.outcomes.others import Against, community, family
from bothand.outcomes.trial import Trial, try_levers
from bothand.outcomes.values import Value, load_values
from experiments.small_worlds import free_places, held_twin, levers, setting, world

MODEL = setting().model
LATER = MODEL.groups.index("start_later")
VALUES = {v.key: v for v in load_values()}


def gained(trial: Trial, where: World) -> dict[str, Floats]:
    return gains(trial.run, where.quo.run, where.scales, QUALITY)


def lives(trial: Trial, where: World, name: str) -> Floats:
    """The plain difference of a lifetime's total, lives as they go: (D,)."""
    main, base = trial.run.main, where.quo.run.main
    return np.asarray((main.at(name, LIFETIME) - base.at(name, LIFETIME)).sum(axis=1))


@cache
def centre_that_only_meets_people() -> tuple[World, Trial]:
    """A recovery centre for four in ten people in remission, its effect on return to use taken away."""
    base = world()
    only = with_values(base, {"rcc_recovery_effect": np.ones_like(base.values["rcc_recovery_effect"])})
    return only, try_levers(only.county, levers(only, centre=0.4), only.horizons)


@cache
def more_asking() -> Trial:
    where = free_places()
    now = where.county.environment.levers
    more = {name: np.minimum(now[name] + 0.4, 1) for name in ("low_barrier_ask", "navigation")}
    return try_levers(where.county, levers(where, **more), where.horizons)


def run_of(where: World, **changed: float) -> Trajectory:
    """The run of other levers by itself, compartment by compartment."""
    county = where.county
    environment = replace(county.environment, levers=levers(where, **changed))
    return simulate(MODEL.chain, in_groups(county.start, schedule(MODEL, environment)), county.start, keep="sum")


# -------------------------------------------------------------------- the twelve: one for each value, and the plan
def test_respect_as_a_share_of_contacts_is_lost_to_whoever_meets_other_people_and_years_are_not() -> None:
    """A: contact in harm reduction / all contact. A recovery centre that takes nobody away scored below nothing."""
    where, trial = centre_that_only_meets_people()

    def share(ledger: Ledger) -> Floats:
        low, all_ = (ledger.at(name, LIFETIME).sum(axis=1) for name in ("in_contact", "unbroken_contact"))
        return np.asarray(low / (low + all_))

    assert (share(trial.run.main) < share(where.quo.run.main)).all(), "the wrong definition shows its fault"
    assert (np.abs(gained(trial, where)["contact_years"]) <= tiny(scale_of("contact_years"))).all()


def test_self_determination_as_less_waiting_punishes_asking_and_requests_met_do_not() -> None:
    """A: person-years waiting, as a harm. Whatever made people ask scored below nothing, even with places for all."""
    where = free_places()
    more = np.minimum(where.county.environment.levers["navigation"] + 0.4, 1)
    trial = try_levers(where.county, levers(where, navigation=more), where.horizons)
    assert (-lives(trial, where, "waiting") < 0).all(), "the wrong definition shows its fault"
    assert (gained(trial, where)["requests_met"] >= -1e-9).all()


def test_primacy_of_the_relationship_added_over_services_counts_a_person_twice_and_the_union_does_not() -> None:
    """A: contact added over services. The cheapest service per head won, with the same people."""
    where = world()
    environment = replace(where.county.environment, levers=levers(where, peers=0.9, centre=0.9))
    weights = measure(MODEL, "unbroken_contact", environment)
    first_year = [
        n for n, c in enumerate(MODEL.cells) if (c.get("use"), c.get("care")) == ("remission_under_1", "none")
    ]
    assert (environment.levers["peers"] + environment.levers["centre"] > 1).all(), "the wrong one shows its fault"
    assert_allclose(weights[:, first_year], 0.99)  # 1 - 0.1 * 0.1
    assert weights.max() <= 1


def test_solidarity_as_a_share_of_the_money_is_won_with_one_dollar_and_dollars_are_not() -> None:
    """A: the share of dollars in services run by people with lived experience: one dollar scored as 750,000 did."""
    where = world()

    def results_of(dollars: float) -> tuple[Any, Any]:
        spent = {"settlement": np.full((len(setting().study.years), where.county.draws), dollars)}
        nothing = {"settlement": np.zeros_like(spent["settlement"])}
        by_payer = {s.key: spent if s.key == "syringe_services" else nothing for s in setting().services}
        empty: dict[str, Any] = {f.name: {} for f in fields(Delivery)}
        delivery = Delivery(**{**empty, "spent_by_payer": by_payer})
        return SimpleNamespace(world=where, where=lambda tried: where), SimpleNamespace(
            trial=SimpleNamespace(delivery=delivery)
        )

    one, many = (lived_experience(*results_of(usd))[-1].sum() for usd in (1.0, 750_000.0))
    total = len(setting().study.years) * where.county.draws
    share = [one / total, many / (750_000 * total)]
    assert share[0] == pytest.approx(share[1]), "the wrong definition shows its fault"
    assert many == pytest.approx(750_000 * one)
    results = SimpleNamespace(world=where, where=lambda tried: where)
    nothing = lived_experience(results, SimpleNamespace(trial=SimpleNamespace(delivery=None)))
    assert not nothing.any(), "no new money is no share of nothing"
    assert VALUES["solidarity"].kind == "profile"
    assert _never_searched(VALUES["solidarity"])


def _never_searched(value: Value) -> bool:
    """True when the search has no objective for a value, and the report says why."""
    return value.indicator.key not in gained(more_kits(), world()) and value.kind in NOT_SIMULATED


def test_healing_that_counts_whoever_becomes_ill_loses_by_prevention_and_healing_of_people_ill_today_does_not() -> None:
    """A: remission of everyone. Prevention lowered it, because who never becomes ill never recovers."""
    where = free_places()
    trial = prevented(where)
    main, base = trial.run.main, where.quo.run.main
    names = [f"remission_included_{d}" for d in ("under_1", "1_to_5", "over_5")]
    later = np.sum([(main.at(n, LIFETIME) - base.at(n, LIFETIME))[:, LATER] for n in names], axis=0)
    assert (later < 0).all(), "the wrong definition shows its fault"
    assert (gained(trial, where)["remission_years"] >= -tiny(scale_of("remission_years"))).all()


def test_patient_welfare_without_people_who_never_start_loses_by_prevention_and_theirs_is_counted() -> None:
    """A: people whose start was prevented left the model: prevention scored thousands of life-years below nothing."""
    where = free_places()
    never = [n for n, c in enumerate(MODEL.cells) if c.get("use") == "not_started"]
    living = [n for n in range(MODEL.chain.n_living) if n not in never]
    before, after = (
        run.person_years[..., living].sum(axis=(0, 2, 3, 4))
        for run in (where.county.quo, run_of(where, prevention=0.3))
    )
    assert (after < before).all(), "the wrong definition shows its fault"
    assert (gained(prevented(where), where)["healthy_life_years"] > 0).all()


def test_family_welfare_with_a_guessed_weight_on_support_is_that_guess_and_no_line_is_added_to_another() -> None:
    """A: bereavement + weight * relatives in support: 389 of 390 came from one guessed weight."""
    more = Against(more_asking().run.main, more_asking().run.twin, free_places().quo.run.main)
    lines = family(more, ROWS)
    shares = []
    for weight in (1, 10_000):  # of wellbeing beside bereavement: nobody has measured it
        parts = lines["bereavements_averted"], weight * lines["partners_patient_scale"]
        shares.append(parts[1].mean() / (parts[0] + parts[1]).mean())
    assert shares[0] < 0.05, "the wrong definition shows its fault: the weight is the answer"
    assert shares[1] > 0.9
    guessed = family(more, {**ROWS, "family_loss_spouse_alcohol": 10_000 * ROWS["family_loss_spouse_alcohol"]})
    moved = {k for k in lines if not np.array_equal(lines[k], guessed[k])}
    assert moved == {"partners_patient_scale", "all_partners_patient_scale"}, "bereavement is not among them"
    where, trial = world(), more_kits()
    plan = Against(trial.run.main, trial.run.twin, where.quo.run.main)
    value = gained(trial, where)["unbereaved_years"]
    assert_allclose(value, family(plan, {**ROWS, **_kin(where)})["unbereaved_years"], rtol=1e-9)


def _kin(where: World) -> dict[str, Floats]:
    return {"close_bereaved_per_death": where.values["close_bereaved_per_death"]}


def test_community_welfare_in_plain_dollars_makes_a_life_saved_a_cost_and_with_deaths_held_it_is_none() -> None:
    """A: cost of everyone alive. Naloxone cost the community twelve million dollars by keeping people alive."""
    where, trial = world(), more_kits()
    for cost in ("crime_and_justice", "health_care"):
        assert (lives(trial, where, cost) > 0).all(), "the wrong definition shows its fault"
    assert (gained(trial, where)["burden_lifted"] >= -tiny(scale_of("burden_lifted"))).all()
    plan = Against(trial.run.main, trial.run.twin, where.quo.run.main)
    assert (community(plan, ROWS)["justice"] <= 1e-3).all()


def test_flourishing_as_all_qalys_is_patient_welfare_again_and_with_deaths_held_it_is_not() -> None:
    """A: QALYs gained: the same number as patient welfare, r = 1.000."""
    where, trial = world(), more_kits()
    assert (lives(trial, where, QUALITY) > 0).all(), "the wrong definition shows its fault: it counts lives saved"
    found = gained(trial, where)
    assert (found["healthy_life_years"] > 0).all()
    assert (np.abs(found["quality_gained"]) <= tiny(scale_of("quality_gained"))).all()


def test_hope_by_recovery_without_medication_alone_loses_by_treatment_and_its_two_lines_say_both() -> None:
    """A: the flow into sustained recovery, from which medication keeps people: treatment scored about nothing."""
    where, trial = free_places(), more_asking()
    found = gained(trial, where)
    assert found["sustained_without"].mean() < 0, "the wrong definition shows its fault"
    assert (found["sustained_included"] > 0).all()
    assert "without medication" in " ".join(VALUES["hope"].indicator.beside)


def test_hope_has_the_people_of_day_one_below_the_line_so_that_the_dead_count_as_not_in_remission() -> None:
    """A share of survivors falls when people are saved who still use; a share of day-one people does not."""
    where, trial = world(), more_kits()

    def among_survivors(run: Run) -> Floats:
        columns = [MODEL.groups.index(g) for g in GROUPS]
        start = run.main.values["people"][-1][:, columns].sum(axis=1)
        dead = run.main.at("deaths", "5")[:, columns].sum(axis=1)
        return np.asarray(run.sustained["included"][:, columns].sum(axis=1) / (start - dead))

    assert (among_survivors(trial.run) < among_survivors(where.quo.run)).any(), "the wrong definition shows its fault"
    assert (gained(trial, where)["sustained_included"] >= -1e-12).all()


def test_restoration_as_housing_with_a_guessed_share_of_homes_is_a_vote_for_housing_and_it_is_left_to_a_panel() -> None:
    """A: remission years x a guessed share with a home: linear in one service, 612 of 612."""
    where = world()
    trial = try_levers(where.county, levers(where, housing=0.5), where.horizons)
    guessed = [0.6 * lives(t, where, "remission_included_over_5") for t in (trial, more_kits())]
    assert (guessed[0] > 0).all(), "the wrong definition makes a number of a guess"
    assert VALUES["restoration"].kind == "rated"
    assert _never_searched(VALUES["restoration"])


def test_the_bare_maximin_plan_forgoes_lives_that_are_nearly_free_and_the_settled_plan_does_not() -> None:
    """Section 4: the bare point averted 14 deaths where 49 were to be had for 8 % of beta."""
    dollars = np.tile([50.0, 100.0, 200.0], (3, 1))
    slopes = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 5.0]])
    surface = Surface(("v0", "v1", "lives"), ("s0", "s1", "s2"), dollars, slopes[:, :, None] * dollars)
    ideals = find_ideals(surface, 100.0)
    bare, settled = leximin(ideals, ("v0", "v1")), settle(ideals, ("v0", "v1"), "lives")
    lost, kept = (evaluate(surface, found.plan)[2] for found in (bare, settled))
    assert lost == pytest.approx(0, abs=1e-3), "the wrong definition shows its fault"
    assert kept == pytest.approx(50, abs=1e-3)
    assert min(settled.z["v0"], settled.z["v1"]) >= 0.9 * bare.beta - 1e-6


# -------------------------------------------------------------------- three more that broke
def test_retention_that_slows_every_exit_lowers_remission_and_retention_that_lowers_drop_out_does_not() -> None:
    """Section 3, rule (d): a ratio on all exits lowered remission by 220 years."""
    where = free_places()
    keeps = {
        "exit_to_remission_first_year": 0.5 * where.values["exit_to_remission_first_year"],
        "exit_to_remission_longer": 0.5 * where.values["exit_to_remission_longer"],
    }
    slower = with_values(where, keeps)
    before, after = (w.quo.run.main.at("remission_without_over_5", LIFETIME).sum(axis=1) for w in (where, slower))
    assert (after < before).all(), "the wrong definition holds back who leaves in remission"
    assert (retained(free) > 0).all()


def test_no_group_worse_off_against_no_new_money_alone_would_let_a_plan_pass_that_takes_from_a_group() -> None:
    """Section 5: against no new money nearly every plan passes; the same money spent as others do tells them apart."""
    rng = np.random.default_rng(1)
    others = 10 + rng.normal(0, 0.1, (2, 64))
    plan = np.stack([others[0] + 5, others[1] - 5])  # the second group gets half of what others would give it
    margins = np.full(2, 0.01)
    assert no_group_worse(plan, margins) == 1, "the first reference alone lets it pass"
    assert no_group_worse(plan - others, margins) == 0
    found = {v.group: v.verdict for v in verdicts(("a", "b"), plan - others, margins)}
    assert found["b"] == "loses"


def test_quality_as_a_mean_of_survivors_falls_when_people_in_poor_health_live_and_the_twins_does_not() -> None:
    """Section 6: survivors in poor health drag the mean: 235 instead of 243 healthy life-years."""
    where, trial = world(), more_kits()
    main, base, twin = trial.run.main, where.quo.run.main, trial.run.twin
    mean = [r.at(QUALITY, LIFETIME).sum(axis=1) / r.at("alive", LIFETIME).sum(axis=1) for r in (main, base, twin)]
    assert (mean[0] != mean[1]).all(), "the wrong definition shows its fault"
    assert_allclose(mean[2], mean[1], rtol=1e-12)
    assert_allclose(
        held_twin(where, twice_the_kits())[0].person_years,
        where.county.quo.person_years,
        rtol=1e-12,
        atol=1e-12 * where.county.quo.person_years.max(),
    )
