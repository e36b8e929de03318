"""Terms: choices with two readings, a grade of coercion and a sourced effect, and what a plan's choice does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from bothand.evidence.tables import load_evidence
from bothand.faults import Fault, FaultsFound
from bothand.files import available, data_folder, read_toml
from bothand.words import forbidden
from bothand.world.model import load_model
from bothand.world.plan import Plan, TermsChange, dollars, terms_of, without_terms
from bothand.world.planfile import load_plan
from bothand.world.service import Service, Terms, load_service, load_services
from bothand.world.studyfile import load_study
from bothand.world.terms import (
    NOT_HERE,
    NOT_KNOWN,
    OWN,
    Coercion,
    as_run,
    catalogue_faults,
    coercion_of,
    deviations,
    effect_of,
    load_terms,
    quantities_of,
    read_term,
    refused,
    shown,
    term_faults,
)
from faulty import Change, faults_of, line_of, write
from texts import line, plan_text

LEVERS = frozenset(load_model("opioids-us").lever)
SERVICES = load_services(available("services"))
MOST_BY_DEFAULT = 1
FOLDER = data_folder() / "terms"
Own = Callable[..., Path]


def otherwise(service: Service, **terms: str) -> Terms:
    return service.terms.model_copy(update=terms)


@pytest.fixture
def like(tmp_path: Path) -> Own:
    def make(*tables: str, plan: str = "even_split", head: str = "") -> Path:
        text = f'key = "mine"\nlabel = "Mine"\nlike = "{plan}"\n{head}\n' + "\n".join(tables)
        return write(tmp_path / "mine.toml", text)

    return make


# ---------------------------------------------------------------------------------------------------- the files


def test_every_term_of_a_service_has_a_file_with_just_its_choices() -> None:
    assert set(load_terms()) == set(Terms.model_fields)
    for key, term in load_terms().items():
        assert [c.key for c in term.choice] == list(get_args(Terms.model_fields[key].annotation))


def test_the_shipped_terms_are_sound_beside_the_evidence() -> None:
    assert catalogue_faults(load_evidence()) == []


def test_every_choice_is_read_by_both_traditions_and_says_that_nobody_reviewed_it() -> None:
    for term in load_terms().values():
        assert term.reviewed == "drafted, not reviewed"
        for choice in term.choice:
            assert choice.hr != choice.r
            assert not forbidden(" ".join((choice.hr, choice.r, choice.label, *(c.words for c in choice.change))))


def test_a_change_names_levers_that_the_default_model_has() -> None:
    for term in load_terms().values():
        for choice in term.choice:
            assert {lever for c in choice.change for lever in (c.lever, c.to) if lever} <= LEVERS


def test_what_is_contested_carries_both_positions() -> None:
    claims = [d for term in load_terms().values() for d in term.dispute]
    assert len(claims) >= 6
    assert all(d.one != d.other for d in claims)
    rows = load_evidence()
    for key in ("low_threshold_retention_rr", "compulsory_treatment_use_effect"):
        assert rows[key].low < 1 < rows[key].high
        assert any(key in d.evidence for d in claims)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("entry", ('key = "intake"', 'key = "intakes"'), "Did you mean 'intake'"),
        ("entry", ("people with opioid use disorder not in treatment", "everyone"), "may not be used relative to"),
        ("entry", ('quantity = "low_threshold_reach_rr"', 'quantity = "low_threshold_reach"'), "unknown quantity"),
        ("entry", ('how = "undoes"', 'how = "adds"'), "'to' names the other lever"),
        ("return_to_use", ('quantity = "discharged_for_use_share"', 'quantity = "cost_kit"'), "a share was expected"),
        ("medication", ('refused_why = "the service is the medication"', ""), "belong together"),
        ("offer", ("coercion = 2", "coercion = 9"), "less than or equal to 4"),
        ("return_to_use", ("grade = 1", "grade = 0"), "alone it weighs more: a grade above 0"),
        ("family", ('evidence = ["craft_t_retention_hr"]', 'evidence = ["craft_t_retention"]'), "unknown quantity"),
    ],
)
def test_a_faulty_term_is_told_in_plain_words(name: str, change: Change, told: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"{name}.toml", (FOLDER / f"{name}.toml").read_text("utf-8"), change)
    term, document, faults = read_term(path)
    faults += term_faults(term, document, load_evidence()) if term else []
    assert any(told in str(fault) for fault in faults), faults


def test_a_folder_that_lacks_a_term_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "entry.toml", (FOLDER / "entry.toml").read_text("utf-8"))
    assert len(faults_of(load_terms, tmp_path)) == len(Terms.model_fields) - 1


# ----------------------------------------------------------------------------------------------- as a plan runs it


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.key)
def test_on_its_own_terms_a_service_is_the_very_same(service: Service) -> None:
    run = as_run(service, service.terms, LEVERS)
    assert run.service is service
    assert not run.undone


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.key)
def test_a_choice_whose_effect_is_not_known_changes_nothing_and_says_so(service: Service) -> None:
    for key, term in load_terms().items():
        for choice in term.choice:
            terms = otherwise(service, **{key: choice.key})
            said, run = effect_of(service, term, choice.key, LEVERS), as_run(service, terms, LEVERS)
            if said in (NOT_KNOWN, NOT_HERE, OWN):
                assert run.service is service
                assert not run.undone
            else:
                assert run.undone or run.service != service


def test_an_intake_takes_the_low_threshold_away_and_keeps_the_places() -> None:
    clinic = load_service("low_barrier_buprenorphine")
    run = as_run(clinic, otherwise(clinic, entry="intake"), LEVERS)
    assert run.undone == {"low_barrier_ask"}
    assert run.service.moves == clinic.moves


def test_an_intake_at_a_service_that_works_otherwise_has_no_known_effect() -> None:
    peers = load_service("peer_coaching")
    assert effect_of(peers, load_terms()["entry"], "intake", LEVERS) == NOT_HERE


def test_a_house_that_excludes_medication_reaches_other_people_and_shows_one_side() -> None:
    house = load_service("recovery_housing")
    terms = otherwise(house, medication="excluded")
    run = as_run(house, terms, LEVERS).service
    assert [move.lever for move in run.moves] == ["housing_without_medication"]
    assert run.demand
    assert run.demand.of == run.counts_lever == "housing_without_medication"
    (found,) = deviations(house, terms, LEVERS)
    assert found.leaves_out
    assert all(change.one_sided for change in found.changes)


def test_places_that_send_people_away_move_one_lever_more_and_read_its_share() -> None:
    places = load_service("methadone_places")
    terms = otherwise(places, return_to_use="discharged")
    *moves, more = as_run(places, terms, LEVERS).service.moves
    assert tuple(moves) == places.moves
    assert (more.lever, more.blend, more.beside) == ("methadone_discharge", "discharged_for_use_share", moves[0].lever)
    assert quantities_of(places, terms, LEVERS) == {"discharged_for_use_share"}
    assert quantities_of(places, places.terms, LEVERS) == set()


def test_a_change_of_a_lever_that_a_model_lacks_is_made_nowhere() -> None:
    places = load_service("methadone_places")
    fewer = LEVERS - {"methadone_discharge"}
    assert as_run(places, otherwise(places, return_to_use="discharged"), fewer).service is places
    assert effect_of(places, load_terms()["return_to_use"], "discharged", fewer) == NOT_HERE


def test_where_the_services_own_choice_changes_the_lever_another_choice_is_not_known() -> None:
    clinic = load_service("low_barrier_buprenorphine")
    strict = clinic.model_copy(update={"terms": otherwise(clinic, entry="intake")})
    open_door = otherwise(strict, entry="none")
    assert as_run(strict, open_door, LEVERS).service is strict
    assert not as_run(strict, open_door, LEVERS).undone
    assert effect_of(strict, load_terms()["entry"], "none", LEVERS) == NOT_HERE


# -------------------------------------------------------------------------------------------------------- coercion


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.key)
def test_alone_the_grade_of_a_line_is_the_highest_of_service_and_terms(service: Service) -> None:
    own = coercion_of(service, service.terms)
    assert own.grade <= MOST_BY_DEFAULT or service.key not in load_study("washtenaw").services
    assert own.otherwise is None
    for key, term in load_terms().items():
        for choice in term.choice:
            found = coercion_of(service, otherwise(service, **{key: choice.key}))
            assert found.terms[key].grade == choice.by_itself
            assert found.grade == max(service.coercion, *(part.grade for part in found.terms.values()))
            assert found.note


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.key)
def test_no_service_beside_another_ever_makes_it_more_coercive(service: Service) -> None:
    every = [(other, other.terms) for other in SERVICES if other.key != service.key]
    for key, term in load_terms().items():
        for choice in term.choice:
            terms = otherwise(service, **{key: choice.key})
            alone, beside = coercion_of(service, terms), coercion_of(service, terms, every)
            assert service.coercion <= beside.grade <= alone.grade
            assert beside.otherwise in (None, alone)


def beside_a_house(**terms: str) -> Coercion:
    """The house whose residents chose abstinence, beside one that welcomes medication and is run on these terms."""
    house, welcoming = load_service("abstinence_chosen_recovery_housing"), load_service("recovery_housing")
    return coercion_of(house, house.terms, [(welcoming, otherwise(welcoming, **terms))])


def test_a_house_that_chose_abstinence_is_an_offer_only_while_a_place_of_its_kind_asks_for_less() -> None:
    house = load_service("abstinence_chosen_recovery_housing")
    assert coercion_of(house, house.terms).grade == 2
    assert coercion_of(house, house.terms, [(load_service("recovery_community_centre"), house.terms)]).grade == 2
    assert beside_a_house().grade == 0
    told = beside_a_house().told
    assert "a place that welcomes medication is open to everyone" in told
    assert "; else grade 2, Entry: no other way to the same help is open" in told


def test_one_and_the_same_place_must_ask_for_less_on_each_of_the_gravest_conditions() -> None:
    assert beside_a_house(return_to_use="discharged").grade == 0  # it welcomes medication, and asks nothing at the door
    assert beside_a_house(entry="abstinence first").grade == 2
    assert beside_a_house(medication="excluded").grade == 2
    assert beside_a_house(medication="residents choose the house").grade == 2


def test_a_closed_place_is_no_other_way() -> None:
    house = load_service("abstinence_chosen_recovery_housing")
    closed = load_service("recovery_housing").model_copy(update={"coercion": 4})
    assert coercion_of(house, house.terms, [(closed, closed.terms)]).grade == 2


def test_two_places_that_pause_do_not_free_each_other() -> None:
    house = load_service("recovery_housing")
    twin = house.model_copy(update={"key": "abstinence_chosen_recovery_housing"})
    named = house.model_copy(update={"other_ways": (twin.key,)})
    assert coercion_of(named, named.terms, [(twin, twin.terms)]).grade == 1
    assert coercion_of(named, named.terms, [(twin, otherwise(twin, return_to_use="stays"))]).grade == 0


@pytest.mark.parametrize("terms", [{"offer": "pressed"}, {"return_to_use": "discharged"}, {"medication": "excluded"}])
def test_what_residents_did_not_choose_stays_a_condition_whatever_is_open(terms: dict[str, str]) -> None:
    house, open_ = load_service("abstinence_chosen_recovery_housing"), load_service("recovery_housing")
    found = coercion_of(house, otherwise(house, **terms), [(open_, open_.terms)])
    (key,) = terms
    assert found.grade == found.terms[key].grade == 2
    assert f"{load_terms()[key].label}: " in found.note


def test_the_other_medications_make_naltrexone_a_choice() -> None:
    naltrexone, clinic = load_service("xr_naltrexone"), load_service("low_barrier_buprenorphine")
    assert coercion_of(naltrexone, naltrexone.terms).grade == 2
    assert coercion_of(naltrexone, naltrexone.terms, [(clinic, clinic.terms)]).grade == 0


def test_the_grade_of_a_term_stands_in_no_other_file() -> None:
    for name in available("services"):
        assert set(read_toml(data_folder() / "services" / f"{name}.toml").data["terms"]) == set(Terms.model_fields)
    assert not (data_folder() / "principles" / "coercion").exists()


# ------------------------------------------------------------------------------------------------------------ plans


def test_a_plan_that_is_like_another_has_its_money_and_its_own_terms(like: Own) -> None:
    plan = load_plan(like("[terms.peer_coaching]", 'entry = "intake"'))
    years, budget = [2026, 2027], np.array([7e5, 3e5])
    keys = available("services")
    np.testing.assert_array_equal(
        dollars(plan, keys, years, budget), dollars(load_plan("even_split"), keys, years, budget)
    )
    peers = load_service("peer_coaching")
    assert terms_of(plan, peers) == otherwise(peers, entry="intake")
    assert terms_of(without_terms(plan), peers) == peers.terms


def test_what_a_plan_is_like_keeps_the_terms_of_its_own_lines(like: Own) -> None:
    plan = load_plan(like("[terms.syringe_services]", 'entry = "intake"', plan="harm_reduction_only"))
    syringes = load_service("syringe_services")
    assert terms_of(plan, syringes) == otherwise(syringes, offer="never raised", entry="intake")
    assert terms_of(without_terms(plan), syringes) == otherwise(syringes, offer="never raised")


def test_published_headings_are_taken_over_with_their_rescaling(like: Own) -> None:
    plan = load_plan(like("[terms.methadone_places]", 'family = "not asked"', plan="as_others_do"))
    base = load_plan("as_others_do")
    assert plan.heading == base.heading
    assert plan.rescale == base.rescale


def test_a_plan_of_its_own_may_set_terms_for_a_service_under_a_heading(tmp_path: Path) -> None:
    text = plan_text(line("peer_coaching", "share = 0.5")) + '[terms.peer_coaching]\nentry = "intake"\n'
    plan = load_plan(write(tmp_path / "own.toml", text))
    assert terms_of(plan, load_service("peer_coaching")).entry == "intake"
    assert terms_of(without_terms(plan), load_service("peer_coaching")).entry == "none"


def test_every_fault_of_a_plan_with_terms_is_told_in_one_pass(like: Own) -> None:
    path = like(
        "[terms.peer_coachin]",
        'entry = "intke"',
        "[terms.recovery_housing]",
        'medicaton = "excluded"',
        "[terms.methadone_places]",
        plan="even_splt",
    )
    told = [str(fault) for fault in faults_of(load_plan, path)]
    assert len(told) == 5
    for part in ("'even_split'", "'peer_coaching'", "'intake'", "'medication'", "'methadone_places' say nothing"):
        assert any(part in words for words in told), told
    lines = [fault.line for fault in faults_of(load_plan, path)]
    assert line_of(path, "[terms.peer_coachin]") in lines
    assert line_of(path, "medicaton") in lines


@pytest.mark.parametrize(
    ("plan", "tables", "head", "told"),
    [
        ("status_quo", ("[terms.peer_coaching]", 'entry = "intake"'), "", "spends no new money"),
        ("recovery_only", ("[terms.methadone_places]", 'family = "not asked"'), "", "pays nothing for"),
        ("even_split", (), "", "say in 'terms' what is run otherwise"),
        ("even_split", ("[terms.peer_coaching]", 'entry = "intake"', line("peer_coaching", "share = 1.0")), "", "take"),
        ("even_split", (), "terms = 3", "a table was expected"),
        ("nowhere.toml", ("[terms.peer_coaching]", 'entry = "intake"'), "", "there is no such file"),
    ],
)
def test_a_plan_that_cannot_be_like_another_is_refused(
    like: Own, plan: str, tables: tuple[str, ...], head: str, told: str
) -> None:
    assert any(told in str(fault) for fault in faults_of(load_plan, like(*tables, plan=plan, head=head)))


def test_a_plan_may_not_be_like_one_that_is_like_another(like: Own, tmp_path: Path) -> None:
    like("[terms.peer_coaching]", 'entry = "intake"')
    text = 'key = "two"\nlabel = "Two"\nlike = "mine.toml"\n[terms.peer_coaching]\nentry = "intake"\n'
    faults = faults_of(load_plan, write(tmp_path / "two.toml", text))
    assert any("is like another plan itself" in str(fault) for fault in faults)


def test_a_medication_that_excludes_people_on_medication_is_refused(like: Own) -> None:
    path = like("[terms.methadone_places]", 'medication = "excluded"', "[terms.recovery_housing]", 'entry = "none"')
    found = list(refused(load_plan(path), read_toml(path), SERVICES))
    assert [fault.line for fault in found] == [line_of(path, "medication =")]
    assert "the service is the medication" in found[0].message


def test_what_cannot_be_run_so_is_told_beside_the_other_faults_of_the_plan(tmp_path: Path) -> None:
    from bothand.checking import check_files
    from bothand.engine.setting import load_setting

    one = line("methadone_places", "share = 0.5") + '[line.terms]\nmedication = "excluded"\n'
    path = write(tmp_path / "own.toml", plan_text(one, line("peer_coachin", "share = 0.9")))
    _, checked = check_files([path])
    with pytest.raises(FaultsFound) as run:
        load_setting("washtenaw", None, (path,))
    for faults in (checked, run.value.faults):
        told = " ".join(str(fault) for fault in faults)
        for words in ("the service is the medication", "Did you mean 'peer_coaching'", "the shares sum to 1.400"):
            assert words in told
        assert line_of(path, "medication =") in [fault.line for fault in faults]


def test_a_plan_says_what_a_run_does_with_money_for_what_no_model_holds(tmp_path: Path) -> None:
    named = plan_text(line("compulsory_treatment", "share = 0.5"), line("peer_coaching", "share = 0.5"))
    path = write(tmp_path / "own.toml", named)
    (words,) = shown(load_plan(path))
    assert shown(load_plan(path, load_study("washtenaw").services)) == [words]
    assert words.startswith("'compulsory_treatment' is not modelled (its effect lies outside the model): its money is")
    assert "no effect is claimed" in words
    assert "Coercion: confinement (grade 4)" in words
    assert not any(shown(load_plan(name)) for name in available("plans"))


def test_the_terms_of_a_line_and_of_the_plan_may_not_both_stand(tmp_path: Path) -> None:
    one = line("peer_coaching", "share = 0.5") + '[line.terms]\nentry = "intake"\n'
    text = plan_text(one) + '[terms.peer_coaching]\nentry = "none"\n'
    assert any("stand twice" in str(f) for f in faults_of(load_plan, write(tmp_path / "own.toml", text)))


def test_a_study_refuses_terms_with_the_faults_of_all_its_plans(like: Own, tmp_path: Path) -> None:
    from bothand.engine.setting import load_setting

    one = like("[terms.methadone_places]", 'medication = "excluded"')
    two = write(tmp_path / "two.toml", 'key = "two"\nlabel = "Two"\nlike = "even_splt"\n')
    with pytest.raises(FaultsFound) as found:
        load_setting("washtenaw", None, (one, two))
    faults: tuple[Fault, ...] = found.value.faults
    assert {Path(fault.file).name for fault in faults} == {"mine.toml", "two.toml"}


def test_a_plan_without_terms_of_its_own_is_what_it_was() -> None:
    for name in available("plans"):
        plan: Plan = load_plan(name)
        has_own = any(line.terms != TermsChange() for line in plan.line)
        assert (without_terms(plan).line == plan.line) != has_own
