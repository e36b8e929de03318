"""Services: one file each, real in every attribute, faults in one pass."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bothand.evidence.tables import Evidence, load_evidence
from bothand.faults import FaultsFound
from bothand.files import available, data_folder, named_file, read_csv
from bothand.units import SHARES, Kind
from bothand.world.service import Service, load_service, load_services, quantity_keys
from faulty import Change, faults_of, line_of, write

TEN = [
    "bridge_navigation",
    "community_naloxone",
    "jail_medication",
    "low_barrier_buprenorphine",
    "methadone_places",
    "peer_coaching",
    "recovery_community_centre",
    "recovery_housing",
    "residential_with_medication",
    "syringe_services",
]

FURTHER = [
    "abstinence_chosen_recovery_housing",
    "compulsory_treatment",
    "contingency_management",
    "drug_checking",
    "ed_start_warm_handoff",
    "family_support",
    "hcv_care",
    "hiv_care",
    "housing_first",
    "jail_medication_own_places",
    "mutual_help_facilitation",
    "overdose_prevention_centre",
    "peer_led_outreach",
    "safer_supply",
    "school_family_prevention",
    "withdrawal_management_alone",
    "withdrawal_management_linked",
    "xr_naltrexone",
]
OFF = ["compulsory_treatment", "overdose_prevention_centre", "safer_supply"]
NOT_MODELLED = {
    "compulsory_treatment": "its effect lies outside the model",
    "contingency_management": "its effect lies outside the model",
    "hcv_care": "its effect lies outside the model",
    "hiv_care": "its effect lies outside the model",
    "housing_first": "its effect lies outside the model",
    "mutual_help_facilitation": "no effect size found",
}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load_evidence()


@pytest.fixture(params=[*TEN, *FURTHER])
def service(request: pytest.FixtureRequest) -> Service:
    return load_service(str(request.param))


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Write a copy of a shipped service with some of its text changed."""

    def copy(name: str, *changes: Change) -> Path:
        return write(tmp_path / f"{name}.toml", named_file("services", name).read_text(encoding="utf-8"), *changes)

    return copy


def test_the_ten_services_and_eighteen_more_ship() -> None:
    assert available("services") == sorted([*TEN, *FURTHER])


def test_a_service_that_is_not_modelled_says_which_of_two_reasons_and_has_everything_but_moves() -> None:
    services = load_services(available("services"))
    found = {s.key: s.not_modelled.reason for s in services if s.not_modelled}
    assert found == NOT_MODELLED
    for service in services:
        assert service.modelled == bool(service.moves) == (service.not_modelled is None), service.key
        if service.not_modelled:
            assert len(service.not_modelled.words.split()) > 10
            assert service.standing.endswith(f"not modelled: {service.not_modelled.reason}")


def test_what_is_off_says_why_and_is_no_option() -> None:
    services = load_services(available("services"))
    assert [s.key for s in services if s.off] == OFF
    assert all(service.standing.startswith("off by default: ") for service in services if service.off)
    assert [s.key for s in services if not s.option] == sorted({*OFF, *NOT_MODELLED})
    assert all(s.standing == "modelled" for s in services if s.option)


def test_only_what_is_off_may_be_coercive_against_the_law_or_under_no_heading_of_the_settlement(
    service: Service,
) -> None:
    if service.off is None:
        assert service.coercion <= 1
        assert service.legal.label != "not allowed"
        assert service.exhibit_e


def test_what_may_not_be_paid_federally_says_since_when() -> None:
    drugs = load_service("drug_checking")
    (ended,) = (p for p in drugs.other_payers if p.who == "federal grants")
    assert (ended.pays, ended.since) == ("no", datetime.date(2026, 4, 24))
    (pilot,) = (p for p in load_service("contingency_management").other_payers if "Medicaid" in p.who)
    assert (pilot.pays, pilot.until) == ("yes", datetime.date(2026, 12, 31))


def test_a_variant_names_the_service_it_is_a_form_of() -> None:
    variants = {s.key: s.variant_of for s in load_services(available("services")) if s.variant_of}
    assert variants == {
        "abstinence_chosen_recovery_housing": "recovery_housing",
        "jail_medication_own_places": "jail_medication",
        "withdrawal_management_linked": "withdrawal_management_alone",
    }


def test_every_quantity_a_service_names_is_an_input_of_the_evidence(service: Service, evidence: Evidence) -> None:
    for key in quantity_keys(service):
        assert key in evidence.names, f"{service.key} names '{key}', which no evidence table holds"
        assert evidence[evidence.resolve(key)].role == "input", key


def test_every_quantity_of_a_service_has_the_kind_of_number_that_its_place_asks_for(
    service: Service, evidence: Evidence
) -> None:
    def kind(key: str) -> Kind:
        typed = evidence[key].typed
        assert typed is not None
        return typed.kind

    for cost in (*service.cost, service.start_up, service.smallest):
        typed = evidence[cost.quantity].typed
        assert typed is not None
        assert typed.is_money, cost.quantity
        assert evidence[cost.quantity].price_year is not None, cost.quantity
    assert kind(service.lag) is Kind.DURATION
    assert kind(service.payers.settlement) in SHARES
    assert kind(service.lived_experience) in SHARES
    for move in service.moves:
        if move.stay:
            assert kind(move.stay) is Kind.DURATION
        if move.blend:
            assert kind(move.blend) in SHARES
    if service.demand and service.demand.willing:
        assert kind(service.demand.willing) in SHARES


def test_a_smallest_award_is_a_fact_known_before_any_draw(service: Service, evidence: Evidence) -> None:
    assert evidence[service.smallest.quantity].family == "fixed"


def test_a_ratio_of_a_service_is_used_on_its_own_reference_population(service: Service, evidence: Evidence) -> None:
    for ratio in service.ratios:
        assert ratio.reference_population == evidence[ratio.quantity].reference_population, ratio.quantity


def test_every_judgement_behind_a_service_says_who_from_what_and_why(service: Service, evidence: Evidence) -> None:
    judged = [evidence[key] for key in quantity_keys(service) if evidence[key].grade == "judgement"]
    assert judged
    for row in judged:
        assert row.judged_by, row.key
        assert row.judged_from, row.key
        assert row.judged_why, row.key


def test_the_settlement_never_pays_nothing_and_never_more_than_the_whole(service: Service, evidence: Evidence) -> None:
    row = evidence[service.payers.settlement]
    assert 0 < row.low < row.high <= 1


@pytest.mark.parametrize("name", TEN)
def test_no_default_service_is_coercive_and_all_welcome_medication(name: str) -> None:
    service = load_service(name)
    assert service.coercion <= 1
    assert service.terms.medication != "excluded"
    assert service.terms.offer != "pressed"
    assert service.terms.return_to_use != "discharged"
    assert service.terms.entry != "abstinence first"


def test_another_way_to_the_same_help_is_another_service_that_there_is(service: Service) -> None:
    assert service.key not in service.other_ways
    assert set(service.other_ways) <= set(available("services"))


def test_the_rules_a_service_names_are_among_those_of_the_place_that_ships(service: Service) -> None:
    path = data_folder() / "places" / "michigan_rules.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    known = {row["key"] for _, row in read_csv(path, header)}
    assert set(service.legal.rules) <= known


def test_a_service_file_holds_no_number_but_its_grade_of_coercion(service: Service) -> None:
    text = named_file("services", service.key).read_text(encoding="utf-8")
    text = re.sub(r"^(since|until) = \d{4}-\d{2}-\d{2}$", "", text, flags=re.MULTILINE)
    numbers = re.findall(r"^\s*(\w+)\s*=\s*[-\d.]+\s*$", text, flags=re.MULTILINE)
    assert numbers == ["coercion"]


def test_both_traditions_and_the_bridge_have_services() -> None:
    kinds = [service.kind for service in load_services(TEN)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "harm_reduction": 2,
        "bridge": 1,
        "treatment": 4,
        "recovery": 3,
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("hcv_care", "modelled = false\n", "", "belong together"),
        ("peer_coaching", "coercion = 0", "coercion = 0\nmodelled = false", "belong together"),
        ("hcv_care", "[start_up]", '[demand]\nof = "touch"\n[start_up]', "not modelled has no 'demand'"),
        ("hcv_care", '[[exhibit_e]]\ncode = "B.H"', '[[unread]]\ncode = "B.H"', "'exhibit_e' is missing"),
        ("xr_naltrexone", "coercion = 0", 'variant_of = "naltrexon"\ncoercion = 0', "no other service 'naltrexon'"),
        ("xr_naltrexone", "coercion = 0", 'variant_of = "xr_naltrexone"\ncoercion = 0', "no other service"),
        ("abstinence_chosen_recovery_housing", '["recovery_housing"]', '["recovery_house"]', "Did you mean"),
    ],
)
def test_what_does_not_fit_together_is_a_fault(
    changed: Callable[..., Path], name: str, old: str, new: str, words: str
) -> None:
    with pytest.raises(FaultsFound, match=words):
        load_service(changed(name, (old, new)))


def test_a_modelled_service_without_a_lever_is_a_fault(changed: Callable[..., Path]) -> None:
    text = named_file("services", "drug_checking").read_text(encoding="utf-8")
    moves = text[text.index("[[moves]]") : text.index("[demand]")]
    with pytest.raises(FaultsFound, match="a service that is modelled moves a lever"):
        load_service(changed("drug_checking", (moves, "")))


def test_only_jail_medication_brings_places_of_its_own() -> None:
    assert [service.key for service in load_services(TEN) if service.own_places] == ["jail_medication"]


def test_an_unknown_service_is_a_fault_with_the_nearest_name() -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'methadone_places'") as found:
        load_service("methadone_place")
    assert "bridge_navigation" in str(found.value)


def test_all_faults_of_a_service_come_in_one_pass_with_their_lines(changed: Callable[..., Path]) -> None:
    path = changed(
        "peer_coaching",
        ('kind = "recovery"', 'kind = "recovry"'),
        ("coercion = 0", "coercion = 7"),
        ('lag = "peer_coaching_lag"', 'lagg = "peer_coaching_lag"'),
        ('label = "Peer recovery coaching"', 'label = "<b>Peers</b>"'),
        ('return_to_use = "stays"', 'return_to_use = "stay"'),
    )
    faults = faults_of(load_service, path)
    text = "\n".join(map(str, faults))
    for part in ("recovry", "coercion", "lagg", "< and >", "Did you mean 'stays'", "'lag' is missing"):
        assert part in text
    for fault in faults:
        assert fault.file == str(path)
    by_key = {fault.where: fault.line for fault in faults}
    assert by_key["kind"] == line_of(path, 'kind = "recovry"\n')
    assert by_key["terms.return_to_use"] == line_of(path, 'return_to_use = "stay"\n')


def test_a_demand_on_a_lever_that_the_service_does_not_move_is_a_fault(changed: Callable[..., Path]) -> None:
    path = changed("peer_coaching", ('of = "peers"', 'of = "centre"'))
    with pytest.raises(FaultsFound, match="which the service does not move"):
        load_service(path)


def test_a_lever_named_twice_is_a_fault(changed: Callable[..., Path]) -> None:
    path = changed("jail_medication", ('lever = "buprenorphine_places"', 'lever = "continuity"'))
    with pytest.raises(FaultsFound, match="stands twice"):
        load_service(path)


def test_own_places_on_a_lever_that_is_no_place_are_a_fault(changed: Callable[..., Path]) -> None:
    path = changed("jail_medication", ('kind = "places"', 'kind = "share"'))
    with pytest.raises(FaultsFound, match="only a lever of kind 'places'"):
        load_service(path)


def test_a_part_of_a_price_beside_places_needs_places_that_the_price_buys(changed: Callable[..., Path]) -> None:
    path = changed("peer_coaching", ("[[cost]]", "[[cost]]\nbeside_places = true"))
    with pytest.raises(FaultsFound, match="belongs to a service whose price buys places"):
        load_service(path)
    path = changed("methadone_places", ("[[cost]]", "[[cost]]\nbeside_places = true"))
    with pytest.raises(FaultsFound, match="no part of the price pays for the places"):
        load_service(path)


def test_a_key_that_is_not_the_file_name_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "coaches.toml"
    path.write_text(named_file("services", "peer_coaching").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(FaultsFound, match="is not the file's name"):
        load_service(path)


def test_faults_of_several_services_come_together(changed: Callable[..., Path]) -> None:
    one = changed("peer_coaching", ("coercion = 0", "coercion = 9"))
    two = changed("recovery_housing", ("coercion = 0", 'coercion = "one"'))
    files = {fault.file for fault in faults_of(load_services, [one, two, "no_such_service"])}
    assert files == {str(one), str(two), "no_such_service"}
