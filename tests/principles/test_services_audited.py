"""What a plan pays for and how it is run: coercion, both doors, discharge, money, hope, need. On facts as set here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plans_to_audit import EITHER, FEWER, MORE, NONE, answers, book, facts, funded, kinds, verdicts

from bothand.principles.facts import Funded
from bothand.world.service import load_service

PASSES, FAILS = ("passes", "passes"), ("fails", "fails")


# ---------------------------------------------------------------------------------------------------- no coercion
@pytest.mark.parametrize("grade", [2, 3, 4])
def test_a_plan_of_compulsory_services_fails_no_coercion_by_both_readings(grade: int) -> None:
    plan = facts(funded("methadone_places", coercion=grade), funded("community_naloxone"))
    assert verdicts("no_coercion", plan) == FAILS
    assert "1,000 person-days" in answers("no_coercion", plan)[0].why


def test_an_incentive_passes_by_the_recovery_reading_alone() -> None:
    assert verdicts("no_coercion", facts(funded("recovery_housing", coercion=1))) == ("fails", "passes")


def test_offers_pass_by_both_readings_and_hold_nobody() -> None:
    plan = facts(funded("community_naloxone"), funded("methadone_places"))
    assert verdicts("no_coercion", plan) == PASSES
    assert "0 person-days" in answers("no_coercion", plan)[1].why


@pytest.mark.parametrize(
    "terms",
    [{"entry": "abstinence first"}, {"return_to_use": "discharged"}, {"medication": "excluded"}, {"offer": "pressed"}],
)
def test_terms_that_make_help_conditional_raise_the_grade_of_an_offer(terms: dict[str, str]) -> None:
    assert verdicts("no_coercion", facts(funded("methadone_places"))) == PASSES
    assert verdicts("no_coercion", facts(funded("methadone_places", terms))) == FAILS


def test_a_pause_passes_by_the_recovery_reading_alone() -> None:
    """Help with a pause for use weighs as an incentive does: residential treatment as it ships."""
    assert verdicts("no_coercion", facts(funded("residential_with_medication"))) == ("fails", "passes")
    assert verdicts("no_coercion", facts(funded("residential_with_medication", {"return_to_use": "stays"}))) == PASSES


def test_a_house_chosen_for_abstinence_passes_only_while_one_that_welcomes_medication_runs() -> None:
    def words(*beside: Funded) -> str:
        _, why = answers("no_coercion", facts(funded("abstinence_chosen_recovery_housing"), *beside))
        return f"{why.verdict}: {why.more[0]}"

    welcoming = funded("recovery_housing")
    assert words(welcoming) == "passes: Abstinence-chosen recovery housing: grade 0, an offer."
    for beside in ((), (replace(welcoming, running=0.2),), (funded("recovery_community_centre"),)):
        assert words(*beside) == "fails: Abstinence-chosen recovery housing: grade 2, a benefit with a condition."


def test_a_service_that_is_paid_for_and_not_modelled_is_graded_and_its_days_are_not_counted() -> None:
    ordered = Funded(load_service("compulsory_treatment"), load_service("compulsory_treatment").terms, 1_000, 0, 0, {})
    chosen = funded("low_barrier_buprenorphine")
    plan = facts(chosen, shown=(ordered,), kinds=kinds([chosen, ordered]))
    assert verdicts("no_coercion", plan) == FAILS
    assert "no day of it is counted: compulsory treatment" in answers("no_coercion", plan)[0].why
    assert "Compulsory treatment (contrast only): grade 4, confinement." in answers("no_coercion", plan)[0].more
    assert verdicts("involvement", plan)[0] == "fails"
    assert verdicts("one_goal", plan) == FAILS


# ----------------------------------------------------------------------------------------------------- both doors
def test_naloxone_alone_has_no_door_for_a_person_who_wants_treatment_or_recovery() -> None:
    assert verdicts("both_doors", facts(funded("community_naloxone"))) == ("passes", "fails")


@pytest.mark.parametrize("service", ["methadone_places", "recovery_housing", "bridge_navigation"])
def test_treatment_recovery_or_navigation_alone_has_no_door_for_a_person_who_does_not_seek_to_stop(
    service: str,
) -> None:
    assert verdicts("both_doors", facts(funded(service))) == ("fails", "passes")


def test_both_doors_open_together() -> None:
    assert verdicts("both_doors", facts(funded("syringe_services"), funded("recovery_housing"))) == PASSES


@pytest.mark.parametrize("terms", [{"entry": "intake"}, {"return_to_use": "discharged"}, {"offer": "pressed"}])
def test_a_harm_reduction_service_with_a_condition_is_no_open_door(terms: dict[str, str]) -> None:
    assert verdicts("both_doors", facts(funded("syringe_services", terms), funded("recovery_housing")))[0] == "fails"


def test_a_service_that_does_not_run_in_most_runs_is_no_open_door() -> None:
    plan = facts(funded("syringe_services", running=0.5), funded("methadone_places", running=0.4))
    assert verdicts("both_doors", plan) == FAILS
    assert "not reachable" in answers("both_doors", plan)[0].why


def test_places_are_reachable_while_requests_met_do_not_clearly_fall_for_every_kind() -> None:
    def door(**met: object) -> str:
        return verdicts("both_doors", facts(funded("bridge_navigation", met=met)))[1]  # type: ignore[arg-type]

    assert door(methadone=FEWER, buprenorphine=FEWER) == "fails"
    assert door(methadone=FEWER, buprenorphine=EITHER) == "passes"
    assert door(methadone=NONE) == "passes"


def test_a_coercive_service_is_no_open_door_to_treatment() -> None:
    assert verdicts("both_doors", facts(funded("methadone_places", coercion=3)))[1] == "fails"


# ------------------------------------------------------------------------------------------------ more than one goal
@pytest.mark.parametrize(
    "services", [["community_naloxone", "syringe_services"], ["methadone_places"], ["peer_coaching"]]
)
def test_money_that_serves_one_goal_only_fails(services: list[str]) -> None:
    assert verdicts("one_goal", facts(*(funded(key) for key in services))) == FAILS


def test_money_that_serves_two_goals_passes() -> None:
    plan = facts(funded("community_naloxone"), funded("methadone_places"))
    assert verdicts("one_goal", plan) == PASSES
    assert "50 %" in answers("one_goal", plan)[0].why


def test_money_outside_the_model_serves_the_goal_that_the_plan_says_and_no_other() -> None:
    naloxone, peers = funded("community_naloxone"), funded("peer_coaching")
    for kind, verdict in (("prevention", PASSES), ("community", PASSES), ("harm_reduction", FAILS)):
        assert verdicts("one_goal", facts(naloxone, kinds=kinds([naloxone], **{kind: 1}))) == verdict
    unsaid = kinds([naloxone], outside=100_000)
    assert verdicts("one_goal", facts(naloxone, kinds=unsaid)) == ("cannot tell", "cannot tell")
    assert "what is not said 50 %" in answers("one_goal", facts(naloxone, kinds=unsaid))[0].why
    assert verdicts("one_goal", facts(naloxone, peers, kinds=kinds([naloxone, peers], outside=1))) == PASSES
    assert verdicts("one_goal", facts(kinds={})) == ("not computed", "not computed")


# --------------------------------------------------------------------------------------- discharge, money, hope, need
def test_discharge_for_use_fails_and_is_borne_by_recovery_only_where_another_of_its_kind_keeps_people() -> None:
    sends = funded("recovery_housing", {"return_to_use": "discharged"})
    assert verdicts("no_termination", facts(sends)) == FAILS
    assert verdicts("no_termination", facts(sends, funded("methadone_places"))) == FAILS
    assert verdicts("no_termination", facts(sends, funded("peer_coaching"))) == ("fails", "passes")
    assert verdicts("no_termination", facts(funded("recovery_housing"))) == PASSES


def test_stewardship_fails_when_over_half_may_pay_for_what_others_paid_or_comes_back() -> None:
    before, new = funded("methadone_places"), funded("low_barrier_buprenorphine")
    assert before.service.payers.supplants
    assert not new.service.payers.supplants
    assert verdicts("stewardship", facts(before)) == FAILS
    assert verdicts("stewardship", facts(before, new)) == PASSES
    assert verdicts("stewardship", facts(new, unspent=0.6)) == FAILS
    assert (
        "Not paid for: methadone places."
        in answers("stewardship", facts(new, not_funded=("Methadone places",)))[0].more
    )


def test_hope_needs_recovery_support_that_reaches_more_people_and_is_not_pressed() -> None:
    coach = funded("peer_coaching")
    assert verdicts("hope", facts(coach, peers=MORE)) == PASSES
    assert verdicts("hope", facts(coach, peers=EITHER)) == ("passes", "cannot tell")
    assert verdicts("hope", facts(funded("methadone_places"), peers=MORE)) == ("passes", "fails")
    assert verdicts("hope", facts(funded("peer_coaching", {"offer": "pressed"}), peers=MORE)) == ("fails", "passes")


def test_involvement_is_two_errors_help_imposed_and_need_unmet() -> None:
    offer, order = funded("methadone_places"), funded("methadone_places", coercion=3)
    assert verdicts("involvement", facts(offer, unmet=FEWER)) == PASSES
    assert verdicts("involvement", facts(order, unmet=FEWER)) == ("fails", "passes")
    assert verdicts("involvement", facts(offer, unmet=MORE)) == ("passes", "fails")
    assert verdicts("involvement", facts(offer), book(placed=2)) == ("fails", "passes")
    assert verdicts("involvement", facts(offer), book(placed=None))[0] == "not computed"
    assert "50 of each 100 person-days" in answers("involvement", facts(offer, order))[0].why


def test_unmet_need_within_the_margin_is_not_called_more() -> None:
    slight = replace(MORE, mean=0.0004, low=0.0001, high=0.0009)
    assert verdicts("involvement", facts(funded("methadone_places"), unmet=slight))[1] == "passes"
    larger = replace(slight, mean=0.0008)
    assert verdicts("involvement", facts(funded("methadone_places"), unmet=larger))[1] == "fails"
