"""Plans: dollars per service per year, terms, and every fault of a plan file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.engine.setting import load_setting
from bothand.faults import FaultsFound
from bothand.files import available, data_folder
from bothand.world.plan import Line, Plan, dollars, left_over, outside_dollars, period, places_of, terms_of
from bothand.world.planfile import load_plan
from bothand.world.service import load_service
from bothand.world.studyfile import load_study
from faulty import Change, faults_of, line_of, write
from texts import line, plan_text

YEARS = list(range(2026, 2031))
ROUND = 750_000.0
BUDGET = np.array([ROUND, ROUND, ROUND, 0.0, 0.0])
SERVICES = sorted(load_study("washtenaw").services)


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    def make(lines: str, *changes: Change) -> Path:
        return write(tmp_path / "own.toml", plan_text(lines), *changes)

    return make


@pytest.mark.parametrize("name", [n for n in available("plans") if n not in ("status_quo", "as_others_do_half")])
def test_every_shipped_plan_spends_the_same_new_dollars(name: str) -> None:
    plan = load_plan(name, SERVICES)
    spent = dollars(plan, SERVICES, YEARS, BUDGET).sum(axis=0)
    spent = spent + sum(outside_dollars(plan, YEARS, BUDGET).values(), np.zeros(len(YEARS)))
    np.testing.assert_allclose(spent, BUDGET, rtol=1e-12)
    np.testing.assert_array_equal(left_over(plan, YEARS, BUDGET), 0)


def test_the_status_quo_spends_nothing_and_leaves_all_of_it() -> None:
    plan = load_plan("status_quo")
    assert not dollars(plan, SERVICES, YEARS, BUDGET).any()
    np.testing.assert_array_equal(left_over(plan, YEARS, BUDGET), BUDGET)


def test_what_others_do_has_the_published_shares_rescaled_and_split_evenly() -> None:
    plan = load_plan("as_others_do")
    spent = dict(zip(SERVICES, dollars(plan, SERVICES, YEARS, BUDGET)[:, 0] / ROUND, strict=True))
    for heading, share in (("Treatment", 18), ("Recovery", 14), ("Harm reduction", 11)):
        names = next(h.services for h in plan.heading if h.label == heading)
        for name in names:
            assert spent[name] == pytest.approx(share / 52 / len(names), rel=1e-12)
    outside = outside_dollars(plan, YEARS, BUDGET)
    assert list(outside) == ["Prevention"]
    np.testing.assert_allclose(outside["Prevention"], BUDGET * 9 / 52)


def test_the_untracked_half_stays_unspent() -> None:
    plan = load_plan("as_others_do_half")
    np.testing.assert_allclose(left_over(plan, YEARS, BUDGET), BUDGET * 0.48)
    whole = dollars(load_plan("as_others_do"), SERVICES, YEARS, BUDGET)
    np.testing.assert_allclose(dollars(plan, SERVICES, YEARS, BUDGET), whole * 0.52, rtol=1e-12)


def test_prevention_claims_no_effect_and_says_so() -> None:
    head = next(h for h in load_plan("as_others_do").heading if h.label == "Prevention")
    assert head.services == ()
    assert head.outside == "outside the model: spent, no effect claimed"


def test_the_stances_pay_only_for_services_of_their_own_kind() -> None:
    for name in ("harm_reduction", "treatment", "recovery"):
        plan = load_plan(f"{name}_only")
        assert {load_service(s).kind for s in plan.services} == {name}
        assert plan.reviewed == "drafted, not reviewed"


def test_the_even_split_gives_each_of_the_ten_services_a_tenth() -> None:
    shares = dollars(load_plan("even_split"), SERVICES, YEARS, BUDGET)[:, 0] / ROUND
    np.testing.assert_allclose(shares, np.full(10, 0.1))


PUBLISHED = {
    "kent_county": 1_405_000,
    "wayne_county": 4_536_205,
    "state_of_michigan": 131_750_000,
    "washtenaw_first_round": 2_200_000,
}


@pytest.mark.parametrize(("name", "total"), PUBLISHED.items())
def test_a_worked_example_keeps_its_published_total_and_its_shares(name: str, total: float) -> None:
    plan = load_plan(name, SERVICES)
    assert plan.published == sum(part.published or 0 for part in plan.parts) == total
    inside = dollars(plan, SERVICES, YEARS, BUDGET)[:, 0]
    outside = outside_dollars(plan, YEARS, BUDGET)
    for paid in plan.line:
        assert inside[SERVICES.index(paid.service)] == pytest.approx(ROUND * (paid.published or 0) / total)
    for out in plan.outside:
        assert outside[out.label][0] == pytest.approx(ROUND * (out.published or 0) / total)
    for head in plan.heading:
        found = sum(inside[SERVICES.index(s)] for s in head.services) if head.services else outside[head.label][0]
        assert found == pytest.approx(ROUND * (head.published or 0) / total)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_line_of_a_worked_example_has_its_source(name: str) -> None:
    plan = load_plan(name)
    assert plan.stance == "worked example"
    assert all(part.source for part in plan.parts)


def test_what_is_not_published_says_how_many_dollars_and_is_guessed_nowhere() -> None:
    for name in ("state_of_michigan", "washtenaw_first_round"):
        (gap,) = [out for out in load_plan(name).outside if out.label.startswith("Not published: $")]
        assert gap.label == f"Not published: ${gap.published:,.0f}"
        assert "no effect claimed" in gap.note
    assert load_plan("washtenaw_first_round", SERVICES).services == ()


def test_a_line_whose_service_the_study_lacks_stands_outside_and_comes_in_where_the_study_has_it() -> None:
    without = load_plan("families_first", SERVICES)
    having = load_plan("families_first", [*SERVICES, "family_support"])
    (out,) = without.outside
    assert (out.label, out.share) == ("Family support (CRAFT courses)", 0.15)
    assert having.outside == ()
    assert set(having.services) - set(without.services) == {"family_support"}
    usd = outside_dollars(without, YEARS, BUDGET)[out.label]
    np.testing.assert_allclose(usd, dollars(having, ["family_support"], YEARS, BUDGET)[0])


def test_a_line_without_words_for_its_absence_is_a_fault_and_so_is_a_name_that_nobody_knows(
    own: Callable[..., Path],
) -> None:
    with pytest.raises(FaultsFound, match="'family_support' ships, and this study does not"):
        load_plan(own(line("family_support", "share = 0.5")), SERVICES)
    with pytest.raises(FaultsFound, match="no service 'familly_support'"):
        load_plan(own(line("familly_support", 'share = 0.5\nabsent = "Family support"')), SERVICES)


def test_all_plans_of_a_study_leave_out_the_contrast_and_the_worked_examples(tmp_path: Path) -> None:
    shipped = (data_folder() / "studies" / "washtenaw.toml").read_text("utf-8")
    start, end = shipped.index("plans = ["), shipped.index("status_quo = ")
    text = shipped[:start] + 'plans = "all"\n' + shipped[end:]
    plans = load_study(write(tmp_path / "washtenaw.toml", text)).plans
    assert set(plans) == {*available("plans")} - {"mandate", *PUBLISHED}


def test_the_default_study_keeps_its_seven_plans() -> None:
    assert load_study("washtenaw").plans == (
        "status_quo",
        "harm_reduction_only",
        "treatment_only",
        "recovery_only",
        "as_others_do",
        "as_others_do_half",
        "even_split",
    )


@pytest.mark.parametrize("name", ["mandate", "families_first", "neighbourhood_first", *PUBLISHED])
def test_a_plan_that_ships_can_be_asked_for_by_name(name: str) -> None:
    setting = load_setting("washtenaw", plans=(Path(name),))
    assert setting.plans[-1].key == name


def test_a_plan_that_is_misnamed_is_met_with_the_nearest() -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'kent_county'"):
        load_setting("washtenaw", plans=(Path("kent_countty"),))


def test_the_mandate_presses_and_says_that_it_is_a_contrast() -> None:
    plan = load_plan("mandate")
    assert {terms_of(plan, load_service(s)).offer for s in plan.services} == {"pressed"}
    assert "contrast" in plan.label
    assert "outside recovery-oriented harm reduction" in plan.note


def test_a_plan_changes_only_the_terms_it_names() -> None:
    syringes = load_service("syringe_services")
    terms = terms_of(load_plan("harm_reduction_only"), syringes)
    assert terms.offer == "never raised"
    assert terms.model_copy(update={"offer": syringes.terms.offer}) == syringes.terms
    assert terms_of(load_plan("even_split"), syringes) == syringes.terms


def test_money_by_period_falls_in_its_own_years_only(own: Callable[..., Path]) -> None:
    text = line("peer_coaching", 'dollars_in = { "2026-2027" = 100_000.0, "2028" = 5_000.0 }')
    plan = load_plan(own(text + line("community_naloxone", 'share_in = { "2027" = 0.5 }')))
    found = dollars(plan, ["community_naloxone", "peer_coaching"], YEARS, BUDGET)
    np.testing.assert_array_equal(found[1], [100_000, 100_000, 5_000, 0, 0])
    np.testing.assert_array_equal(found[0], [0, ROUND / 2, 0, 0, 0])


def test_fixed_dollars_are_paid_in_years_with_new_money_only(own: Callable[..., Path]) -> None:
    plan = load_plan(own(line("peer_coaching", "dollars = 100_000.0")))
    np.testing.assert_array_equal(dollars(plan, ["peer_coaching"], YEARS, BUDGET)[0], [1e5, 1e5, 1e5, 0, 0])


def test_a_budget_by_draw_scales_fixed_dollars_down_where_it_is_too_small(own: Callable[..., Path]) -> None:
    text = line("peer_coaching", "dollars = 90_000.0") + line("recovery_housing", "dollars = 30_000.0")
    plan = load_plan(own(text))
    budget = np.array([[200_000.0, 60_000.0]])
    found = dollars(plan, ["peer_coaching", "recovery_housing"], [2026], budget)
    np.testing.assert_allclose(found[:, 0, 0], [90_000, 30_000])
    np.testing.assert_allclose(found[:, 0, 1], [45_000, 15_000])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10), st.floats(1, 1e7))
def test_no_plan_of_shares_creates_money(shares: list[float], money: float) -> None:
    total = max(sum(shares), 1.0)
    lines = tuple(Line(service=name, share=share / total) for name, share in zip(SERVICES, shares, strict=False))
    plan = Plan(
        key="own",
        label="own",
        short="own",
        stance="own",
        note="x",
        source="x",
        reviewed="x",
        new_money=True,
        line=lines,
    )
    spent = dollars(plan, SERVICES, [2026], [money]).sum()
    assert spent + left_over(plan, [2026], [money]).sum() == pytest.approx(money, rel=1e-8)
    assert spent <= money * (1 + 1e-9)


@pytest.mark.parametrize(
    ("text", "years"),
    [("2026-2028", range(2026, 2029)), ("2026", range(2026, 2027)), ("2028-2026", None), ("26-28", None), ("", None)],
)
def test_a_period_is_a_year_or_two_years_in_order(text: str, years: range | None) -> None:
    assert period(text) == years


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (line("peer_coachng", "share = 0.5"), "Did you mean 'peer_coaching'"),
        (line("peer_coaching", "share = 0.5") * 2, "stands 2 times"),
        (line("peer_coaching", "share = 0.7") + line("recovery_housing", "share = 0.6"), "shares sum to 1.300"),
        (line("peer_coaching", "share = 1.2"), "less than or equal to 1"),
        (line("peer_coaching", "dollars = -5.0"), "greater than or equal to 0"),
        (line("peer_coaching", "dollars = inf"), "finite"),
        (line("peer_coaching", 'share = "half"'), "a number was expected"),
        (line("peer_coaching", "share = 0.5\ndollars = 5.0"), "exactly one of"),
        (line("peer_coaching", ""), "exactly one of"),
        (line("peer_coaching", "dollars = 800_000.0"), "the budget of that year is $750,000"),
        (line("peer_coaching", 'dollars_in = { "2040" = 5.0 }'), "outside the years with new money"),
        (line("peer_coaching", 'dollars_in = { "2026-2027" = 5.0, "2027" = 5.0 }'), "overlaps another"),
        (line("peer_coaching", 'dollars_in = { "soon" = 5.0 }'), "not a year or a period"),
        (line("peer_coaching", 'share = 0.5\nterms = { offer = "presed" }'), "Did you mean 'pressed'"),
        (line("peer_coaching", 'share = 0.5\nterms = { offr = "pressed" }'), "Did you mean 'offer'"),
        (line("peer_coaching", 'share = 0.5\nplaces = "mine"'), "allowed: own, queue"),
        ('[[heading]]\nlabel = "Treatment"\nshare = 0.5\n', "either 'services' or 'outside'"),
        (
            line("peer_coaching", "published = 5.0") + line("recovery_housing", "share = 0.5"),
            "the others are 'published'",
        ),
        (line("peer_coaching", "published = 0.0"), "add up to nothing"),
        ('[[heading]]\nlabel = "A"\nservices = ["peer_coaching"]\n', "either 'share' or 'published'"),
        ("", "must have at least one line"),
    ],
)
def test_a_faulty_plan_says_what_is_wrong(own: Callable[..., Path], text: str, words: str) -> None:
    with pytest.raises(FaultsFound) as found:
        load_plan(own(text), budget=dict.fromkeys((2026, 2027, 2028), ROUND))
    assert words in str(found.value)


def test_a_status_quo_with_lines_is_a_fault(own: Callable[..., Path]) -> None:
    path = own(line("peer_coaching", "share = 0.5"), ("new_money = true", "new_money = false"))
    with pytest.raises(FaultsFound, match="cannot have lines"):
        load_plan(path)


def test_all_faults_of_a_plan_come_in_one_pass_each_with_its_line(own: Callable[..., Path]) -> None:
    text = line("peer_coachng", "share = 0.7") + line("recovery_housing", "share = 0.6") * 2
    path = own(text)
    rows = path.read_text(encoding="utf-8").splitlines()
    faults = faults_of(load_plan, path)
    assert len(faults) == 4
    assert faults[0].line == line_of(path, 'service = "peer_coachng"\n')
    assert [fault.line for fault in faults[1:3]] == [
        number for number, row in enumerate(rows, start=1) if row == 'service = "recovery_housing"'
    ]
    assert "shares sum to 1.900" in faults[3].message


def test_places_are_read_from_the_line(own: Callable[..., Path]) -> None:
    plan = load_plan(own(line("jail_medication", 'share = 0.5\nplaces = "queue"')))
    assert places_of(plan) == {"jail_medication": "queue"}


# ------------------------------------------------------------------------------------ what no model or study holds
def test_money_for_a_service_that_is_not_modelled_is_an_outside_line_of_every_study(own: Callable[..., Path]) -> None:
    path = own(line("compulsory_treatment", "share = 0.4\nnote = 'by order.'") + line("peer_coaching", "share = 0.6"))
    plan = load_plan(path, SERVICES)
    assert plan.services == ("peer_coaching",)
    (out,) = plan.outside
    assert (out.label, out.service, out.kind) == (
        "Compulsory treatment (contrast only)",
        "compulsory_treatment",
        "treatment",
    )
    assert out.note == "by order. Not modelled (its effect lies outside the model): spent and shown, no effect claimed."
    np.testing.assert_allclose(outside_dollars(plan, YEARS, BUDGET)[out.label], 0.4 * BUDGET)
    assert load_plan(path).services == ("compulsory_treatment", "peer_coaching")


def test_how_a_plan_runs_what_no_model_holds_is_kept(own: Callable[..., Path]) -> None:
    path = own(line("contingency_management", "share = 0.4") + '[line.terms]\noffer = "pressed"\n')
    service = load_service("contingency_management")
    assert terms_of(load_plan(path, SERVICES), service).offer == terms_of(load_plan(path), service).offer == "pressed"


def test_an_outside_line_may_name_the_service_that_it_pays_for(own: Callable[..., Path]) -> None:
    head = '[[outside]]\nlabel = "Beds by order"\nnote = "a test"\nshare = 0.4\n'
    (out,) = load_plan(own(head + 'service = "compulsory_treatment"\n'), SERVICES).outside
    assert (out.label, out.service) == ("Beds by order", "compulsory_treatment")
    for wrong, words in (
        ('service = "compulsory_treatmnt"', "Did you mean"),
        ('terms = {offer = "pressed"}', "name the"),
    ):
        assert any(words in str(fault) for fault in faults_of(load_plan, own(f"{head}{wrong}\n")))
    twice = own(line("compulsory_treatment", "share = 0.4") + head + 'service = "compulsory_treatment"\n')
    assert any("stands 2 times" in str(fault) for fault in faults_of(load_plan, twice, SERVICES))


def test_a_heading_cannot_share_its_money_with_a_service_that_is_not_modelled(own: Callable[..., Path]) -> None:
    path = own('[[heading]]\nlabel = "All"\nshare = 1.0\nservices = ["peer_coaching", "hcv_care"]\n')
    for services in (None, SERVICES):
        (fault,) = faults_of(load_plan, path, services)
        assert "'hcv_care' is not modelled" in fault.message
        assert "a line of its own" in fault.message


def test_a_service_that_ships_and_is_not_in_the_study_is_told_as_such(own: Callable[..., Path]) -> None:
    (fault,) = faults_of(load_plan, own(line("drug_checking", "share = 1.0")), SERVICES)
    assert "'drug_checking' ships, and this study does not hold it" in fault.message
    assert "'absent'" in fault.message
