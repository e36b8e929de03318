"""What a plan brings: benefit lines, lower risk, recovery, ledgers, losers, the case against. On facts as set here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plans_to_audit import EITHER, FEWER, MORE, NONE, answers, book, facts, funded, lines, rules, verdicts

from bothand.principles.facts import Change, GroupLine, Moved, Parted, Spread
from bothand.principles.order import FoundRisk, OrderReport

SOUND = OrderReport((), (), (), {"asks for help": 3}, (FoundRisk("return", "a return to use", 0.0, 0.3, ("housing",)),))


@pytest.mark.parametrize(
    ("without", "verdict"), [(MORE, "passes"), (NONE, "fails"), (FEWER, "fails"), (EITHER, "cannot tell")]
)
def test_a_plan_needs_a_benefit_line_for_people_without_addiction(without: Spread, verdict: str) -> None:
    plan = facts(lines=lines(healthy_life_years={"without": without, "with": MORE}))
    assert verdicts("not_addicted", plan) == (verdict, "passes")


def test_a_plan_needs_a_benefit_line_for_people_with_addiction() -> None:
    plan = facts(lines=lines(healthy_life_years={"without": MORE, "with": NONE}))
    assert verdicts("not_addicted", plan) == ("passes", "fails")


def test_one_outcome_that_clearly_gains_is_a_benefit_line_and_all_are_printed() -> None:
    both = {"without": EITHER, "with": EITHER}
    plan = facts(lines=lines(healthy_life_years=both, contact_years={"without": MORE, "with": EITHER}))
    hr, r = answers("not_addicted", plan)
    assert (hr.verdict, r.verdict) == ("passes", "cannot tell")
    assert len(hr.more) == 2


def test_people_on_the_other_side_of_the_line_are_told_beside_the_verdict_and_do_not_decide_it() -> None:
    both = {"without": MORE, "with": MORE}
    moved = (
        Moved("If one in 5 had addiction", lines(contact_years={"without": EITHER, "with": MORE})),
        Moved("If one in 3 had none", lines(contact_years=both)),
    )
    plan = facts(lines=lines(contact_years=both), moved=moved)
    hr, r = answers("not_addicted", plan, book(plan, orders_moved=("No pair changes places.",)))
    assert (hr.verdict, r.verdict) == ("passes", "passes")
    assert "If one in 5 had addiction, the verdict would be: cannot tell. People using without addiction" in hr.more[1]
    assert hr.more[2].startswith("If one in 3 had none, the verdict stays. People using without addiction")
    assert r.more[1].startswith("If one in 5 had addiction, the verdict stays. People with addiction: contact_years 3")
    assert hr.more[-1] == r.more[-1] == "No pair changes places."


def test_an_outcome_that_is_not_counted_for_people_without_addiction_is_not_taken_as_none() -> None:
    plan = facts(lines=lines(healthy_life_years={"with": MORE}))
    assert verdicts("not_addicted", plan) == ("not computed", "passes")


def test_too_few_runs_say_nothing() -> None:
    few = replace(MORE, enough=False)
    plan = facts(lines=lines(healthy_life_years={"without": few, "with": few}))
    assert verdicts("not_addicted", plan) == ("cannot tell", "cannot tell")


def test_lower_risk_is_counted_for_both_and_does_not_stand_in_for_remission() -> None:
    moves = {"without": MORE, "with": MORE}
    plan = facts(lines=lines(moves_to_lower_risk=moves, remission_years={"without": NONE, "with": FEWER}))
    hr, r = answers("lower_risk", plan, book(plan, lower_risk_death=Spread(29, 8, 83)))
    assert (hr.verdict, r.verdict) == ("passes", "fails")
    assert any(
        "29 (8 to 83) overdose deaths a year among 100,000 people; without use the number is 0" in m for m in hr.more
    )


def test_recovery_needs_support_that_is_paid_for_and_sustained_remission_by_either_criterion() -> None:
    without = lines(remission_years={"with": MORE}, sustained_without_medication={"with": MORE})
    assert verdicts("recovery", facts(funded("recovery_housing"), lines=without)) == ("passes", "passes")
    assert verdicts("recovery", facts(funded("methadone_places"), lines=without)) == ("passes", "fails")
    none = lines(remission_years={"with": MORE}, sustained_without_medication={"with": FEWER})
    assert verdicts("recovery", facts(funded("recovery_housing"), lines=none)) == ("passes", "fails")


def test_a_house_that_shuts_medication_out_fails_recovery_by_the_harm_reduction_reading() -> None:
    found = lines(remission_years={"with": MORE}, sustained_without_medication={"with": MORE})
    plan = facts(funded("recovery_housing", {"medication": "excluded"}), lines=found)
    assert verdicts("recovery", plan) == ("fails", "passes")


def test_the_audit_says_when_the_first_plan_changes_with_the_criterion() -> None:
    plan = facts(funded("recovery_housing"), lines=lines(remission_years={"with": MORE}))
    firsts = {
        ("medication included", "under 1 year"): "Treatment only",
        ("without medication", "under 1 year"): "Recovery only",
    }
    assert "changes with the criterion" in answers("recovery", plan, book(plan, firsts=firsts))[0].more[-1]
    same = dict.fromkeys(firsts, "Recovery only")
    assert "the same plan comes first by all" in answers("recovery", plan, book(plan, firsts=same))[1].more[-1]


def test_a_ledger_left_out_fails_and_so_does_one_that_clearly_falls() -> None:
    people = lines(healthy_life_years={"with": MORE, "without": MORE}, burden_lifted={"all": EITHER})
    kept = people | lines(unbereaved_years={"all": MORE})
    assert verdicts("three_ledgers", facts(lines=kept)) == ("passes", "passes")
    assert verdicts("three_ledgers", facts(lines=people)) == ("passes", "fails")
    paid = kept | lines(healthy_life_years={"with": MORE, "without": FEWER})
    assert verdicts("three_ledgers", facts(lines=paid)) == ("fails", "passes")


def test_every_step_with_a_risk_needs_a_service_that_mitigates_it_and_the_risk_is_no_mark_against_the_step() -> None:
    gained = lines(remissions_begun={"with": MORE})
    plan = facts(funded("recovery_housing"), lines=gained)
    assert verdicts("all_change", plan, book(plan, order=SOUND)) == ("passes", "passes")
    bare = facts(funded("methadone_places"), lines=gained)
    hr, r = answers("all_change", bare, book(bare, order=SOUND))
    assert (hr.verdict, r.verdict) == ("fails", "passes")
    rate = "0 overdoses a person-year before, 0.3 in them"
    told = f"A risk to protect people from: a return to use ({rate}); mitigated by nothing that is paid for."
    assert hr.more == (told,)


@pytest.mark.parametrize("fault", ["against", "uncounted"])
def test_a_step_that_counts_against_someone_or_not_at_all_fails_every_plan(fault: str) -> None:
    plan = facts(funded("recovery_housing"), lines=lines(remissions_begun={"with": MORE}))
    unsound = replace(SOUND, **{fault: ("stop injecting",)})
    assert verdicts("all_change", plan, book(plan, order=unsound)) == ("fails", "fails")
    assert "stop injecting" in answers("all_change", plan, book(plan, order=unsound))[0].why


def test_a_model_without_an_order_of_less_harm_is_not_computed() -> None:
    assert verdicts("all_change", facts()) == ("not computed", "not computed")


def test_a_value_that_moves_when_two_people_swap_fails_equal_worth() -> None:
    assert verdicts("equal_worth", facts(swap_gap=0)) == ("passes", "passes")
    assert verdicts("equal_worth", facts(swap_gap=0.01)) == ("fails", "fails")
    assert verdicts("equal_worth", facts(swap_gap=None)) == ("not computed", "not computed")


def test_a_group_that_loses_fails_by_the_reading_whose_outcome_it_loses_and_the_worst_off_is_named() -> None:
    fine, loses = GroupLine("In treatment", MORE, False), GroupLine("In remission", FEWER, True)
    plan = facts(groups={"healthy_life_years": (fine,), "remission_years": (fine, loses)})
    hr, r = answers("no_minimising", plan)
    assert (hr.verdict, r.verdict) == ("passes", "fails")
    assert "worst off: in treatment" in hr.why
    assert "Someone loses: in remission" in r.why
    assert hr.more == r.more == ()


def lost(kind: str, label: str, share: float | None, loses: bool = True) -> Change:
    return Change(kind, label, "Close relatives", "years", FEWER if loses else EITHER, share, loses)


def test_the_largest_clear_loss_is_named_by_its_share_of_today_and_that_of_every_other_ledger_beside_it() -> None:
    groups = {name: (GroupLine("In treatment", MORE, False),) for name in ("healthy_life_years", "remission_years")}
    changes = (
        lost("people", "Life-years", 0.01),
        lost("people", "Years in contact", 0.02),
        lost("family", "Years not bereaved", 0.05),
        lost("community", "Ambulance runs", 0.9, loses=False),
        lost("steps", "Moves", 0.5),
    )
    hr, r = answers("no_minimising", facts(groups=groups, changes=changes))
    assert hr.more == r.more
    assert hr.more == (
        "Clear losses: 4 of 5 lines, by group, family and payer.",
        "Largest adverse change, of what there is today: years not bereaved, close relatives: −3 (−5 to −1) years, "
        "5 % of what there is.",
        "Largest of another ledger: years in contact, close relatives: −3 (−5 to −1) years, 2 % of what there is.",
        "Fewer steps, of which fewer people may be left to take one: moves, close relatives: −3 (−5 to −1) years, "
        "50 % of what there is.",
    )


def test_where_nothing_clearly_falls_the_audit_says_in_how_many_lines_and_with_few_runs_that_it_cannot() -> None:
    groups = {name: (GroupLine("In treatment", MORE, False),) for name in ("healthy_life_years", "remission_years")}
    fine = lost("people", "Life-years", 0.01, loses=False)
    assert answers("no_minimising", facts(groups=groups, changes=(fine, fine)))[0].more == (
        "No clear loss in any of 2 lines, by group, family and payer.",
    )
    short = replace(fine, change=Spread(-1, -2, -1, enough=False))
    assert "Too few runs" in answers("no_minimising", facts(groups=groups, changes=(fine, short)))[0].more[0]


def test_a_plan_that_another_beats_for_every_value_fails_and_one_that_is_not_beaten_carries_its_case_against() -> None:
    own = facts(values={"contact_years": np.array([1.0, 1.0]), "remission_years": np.array([5.0, 6.0])})
    rival = replace(
        own,
        key="rival",
        label="Rival",
        values={"contact_years": np.array([4.0, 4.0]), "remission_years": np.array([5.0, 6.0])},
    )
    other = replace(rival, values={**rival.values, "remission_years": np.array([4.0, 7.0])})
    labels = {"contact_years": "years in contact", "remission_years": "years in remission"}
    assert verdicts("dissonance", own, book(own, rival, value_labels=labels)) == ("fails", "fails")
    hr, r = answers("dissonance", own, book(own, other, value_labels=labels))
    assert (hr.verdict, r.verdict) == ("passes", "passes")
    assert hr.why == "Against it: rival brings more years in contact, 4 against 1."
    assert "No other plan brings more" in r.why
    assert verdicts("dissonance", rival, book(own, rival, value_labels=labels)) == ("fails", "fails")


@pytest.mark.parametrize(
    ("alone", "lost", "verdict", "words"),
    [
        (MORE, MORE, ("passes", "passes"), ""),
        (NONE, MORE, ("fails", "passes"), "A funnel"),
        (MORE, NONE, ("passes", "fails"), "none of its business"),
        (EITHER, EITHER, ("cannot tell", "cannot tell"), ""),
        (None, NONE, ("not computed", "not computed"), "no harm reduction and no bridge"),
    ],
)
def test_harm_reduction_is_an_end_in_itself_and_a_platform_and_the_two_are_not_added(
    alone: Spread | None, lost: Spread, verdict: tuple[str, str], words: str
) -> None:
    plan = facts(parted=Parted(alone, Spread(7, 6, 8), Spread(2, 1, 4), lost))
    hr, r = answers("end_and_platform", plan)
    assert (hr.verdict, r.verdict) == verdict
    assert words in f"{hr.why} {r.why}"
    assert "7 (6 to 8) healthy life-years kept, 2 (1 to 4) lost; the two are not added" in hr.more[0]


def test_what_cannot_be_known_is_not_computed_and_says_what_is_needed() -> None:
    for rule in ("connections", "conditions", "real_voice"):
        hr, _ = answers(rule, facts())
        assert hr.verdict == "not computed"
        assert hr.why == f"Needs {rules()[rule].hr.needs}."
