"""The audits of real plans in the default study: from dollars and terms to words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from plans_to_audit import audited, of, plan_of, rules, setting, shipped, words, world

from bothand.experiments.end_and_platform import HARM_REDUCTION, hold, part_gains
from bothand.experiments.plans import healthy_years, try_study_plan
from bothand.findings.stakes.audits import held_ratios
from bothand.keys import THREE_YEARS
from bothand.world.planfile import load_plan
from faulty import write
from texts import line, plan_text


def test_every_plan_that_spends_is_audited_by_every_rule_in_words_and_no_total_is_told() -> None:
    found = shipped()
    spending = {plan.key for plan in setting().plans if plan.new_money}
    assert {(a.plan, a.rule) for a in found.audits} == {(plan, rule) for plan in spending for rule in rules()}
    assert all(a.hr.why.endswith(".") and a.r.why.endswith(".") for a in found.audits)
    assert {rule.reviewed for rule in found.rules} == {"not yet reviewed"}


def test_naloxone_alone_fails_both_doors_for_recovery_and_treatment_alone_for_harm_reduction() -> None:
    assert of(plan_of("community_naloxone"))["both_doors"] == ("passes", "fails")
    assert words(shipped(), "treatment_only")["both_doors"] == ("fails", "passes")
    assert words(shipped(), "recovery_only")["both_doors"] == ("fails", "passes")
    assert words(shipped(), "even_split")["both_doors"] == ("passes", "passes")


def test_a_plan_of_confinement_fails_no_coercion_and_imposes_help() -> None:
    services = [s.model_copy(update={"coercion": 4}) if s.kind == "treatment" else s for s in setting().services]
    found = audited([plan_of("methadone_places", "residential_with_medication")], services)
    verdicts = words(found, "own")
    assert verdicts["no_coercion"] == ("fails", "fails")
    assert verdicts["involvement"][0] == "fails"
    why = next(a.hr.why for a in found.audits if a.rule == "no_coercion")
    assert re.search(r": [1-9][\d,]* person-days above an offer", why)


def test_a_plan_that_pauses_help_for_use_is_no_offer_and_no_more_than_an_incentive() -> None:
    """Every shipped plan that buys residential treatment or a house: both pause a stay after a return to use."""
    graded = {plan: words(shipped(), plan)["no_coercion"] for plan in ("treatment_only", "recovery_only", "even_split")}
    assert set(graded.values()) == {("fails", "passes")}
    assert words(shipped(), "harm_reduction_only")["no_coercion"] == ("passes", "passes")


def test_a_plan_that_names_compulsory_treatment_fails_no_coercion_though_no_model_holds_it(tmp_path: Path) -> None:
    lines = (line("compulsory_treatment", "share = 0.5"), line("low_barrier_buprenorphine", "share = 0.5"))
    plan = load_plan(write(tmp_path / "own.toml", plan_text(*lines)), setting().study.services)
    found = audited([plan], setting().services)
    assert words(found, "own")["no_coercion"] == ("fails", "fails")
    assert words(found, "own")["involvement"][0] == "fails"
    told = next(a for a in found.audits if a.rule == "no_coercion")
    assert "Compulsory treatment (contrast only): grade 4, confinement." in told.more


def test_terms_of_a_plan_decide_with_the_same_dollars() -> None:
    usual = of(plan_of("recovery_housing", "peer_coaching"))
    strict = of(plan_of("recovery_housing", "peer_coaching", terms={"return_to_use": "discharged"}))
    assert usual["no_termination"] == ("passes", "passes")
    assert strict["no_termination"] == ("fails", "fails")
    assert strict["no_coercion"] == ("fails", "fails")
    assert usual["one_goal"] == strict["one_goal"] == ("fails", "fails")


def test_recovery_only_has_recovery_in_reach_and_harm_reduction_only_has_not() -> None:
    assert words(shipped(), "recovery_only")["recovery"][1] == "passes"
    assert words(shipped(), "harm_reduction_only")["recovery"][1] == "fails"
    assert words(shipped(), "harm_reduction_only")["hope"][1] == "fails"


def test_equal_worth_holds_for_every_plan() -> None:
    assert {a.word for a in shipped().audits if a.rule == "equal_worth"} == {"both"}


def test_what_cannot_be_known_is_not_computed_for_any_plan() -> None:
    for rule in ("connections", "conditions", "real_voice"):
        assert {a.word for a in shipped().audits if a.rule == rule} == {"not computed"}


def test_a_wait_for_the_same_places_is_unmet_need() -> None:
    assert words(shipped(), "treatment_only")["involvement"] == ("passes", "passes")
    assert words(shipped(), "harm_reduction_only")["involvement"] == ("passes", "fails")


# ------------------------------------------------------------------------------ an end in itself, and a platform
def test_navigation_alone_is_a_funnel_and_naloxone_alone_is_not() -> None:
    assert of(plan_of("bridge_navigation"))["end_and_platform"][0] == "fails"
    assert of(plan_of("community_naloxone"))["end_and_platform"][0] == "passes"


def test_with_the_moves_held_navigation_changes_nothing_at_all() -> None:
    held = hold(world(), held_ratios())
    tried = try_study_plan(held, plan_of("bridge_navigation"), THREE_YEARS)
    assert tried.trial.delivery is not None
    assert (tried.trial.delivery.units["bridge_navigation"] > 0).any()
    assert np.array_equal(healthy_years(held, tried), np.zeros(world().county.draws))


def test_what_is_kept_and_what_is_lost_are_the_gain_of_the_usual_run_and_harm_reduction_alone_leaves_the_rest() -> None:
    plan = next(p for p in setting().plans if p.key == "even_split")
    usual = try_study_plan(world(), plan, THREE_YEARS)
    parts = part_gains(world(), world(), [usual], held_ratios(), np.zeros(len(setting().services)))[plan.key]
    np.testing.assert_allclose(parts.kept + parts.lost, healthy_years(world(), usual), rtol=1e-12)
    own = [s.key for s in setting().services if s.kind in HARM_REDUCTION]
    held = hold(world(), held_ratios())
    rest = healthy_years(held, try_study_plan(held, plan, THREE_YEARS, without=own))
    assert parts.alone is not None
    np.testing.assert_allclose(parts.alone + rest, parts.kept, rtol=1e-12)


def test_a_plan_without_harm_reduction_has_nothing_to_part() -> None:
    assert words(shipped(), "treatment_only")["end_and_platform"] == ("not computed", "not computed")


def test_a_model_that_does_not_read_the_ratios_is_not_parted() -> None:
    usual = try_study_plan(world(), plan_of("community_naloxone"), THREE_YEARS)
    assert part_gains(world(), world(), [usual], ["no_such_ratio"], np.zeros(1)) == {}
    assert part_gains(world(), world(), [usual], [], np.zeros(1)) == {}


def test_with_no_new_money_people_ask_as_often_with_the_moves_held_as_without() -> None:
    held = hold(world(), held_ratios())
    for now, then in zip(world().quo.run.requests, held.quo.run.requests, strict=True):
        np.testing.assert_allclose(then.asked[0].mean(), now.asked[0].mean(), rtol=0.1)
