"""Services: one file each, real in every attribute, faults in one pass."""

from __future__ import annotations

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


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load_evidence()


@pytest.fixture(params=TEN)
def service(request: pytest.FixtureRequest) -> Service:
    return load_service(str(request.param))


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Write a copy of a shipped service with some of its text changed."""

    def copy(name: str, *changes: Change) -> Path:
        return write(tmp_path / f"{name}.toml", named_file("services", name).read_text(encoding="utf-8"), *changes)

    return copy


def test_the_ten_services_ship() -> None:
    assert available("services") == TEN


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


def test_no_default_service_is_coercive_and_all_welcome_medication(service: Service) -> None:
    assert service.coercion <= 1
    assert service.terms.medication != "excluded"
    assert service.terms.offer != "pressed"
    assert service.terms.return_to_use != "discharged"
    assert service.terms.entry != "abstinence first"


def test_the_rules_a_service_names_are_among_those_of_the_place_that_ships(service: Service) -> None:
    path = data_folder() / "places" / "michigan_rules.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    known = {row["key"] for _, row in read_csv(path, header)}
    assert set(service.legal.rules) <= known


def test_a_service_file_holds_no_number_but_its_grade_of_coercion(service: Service) -> None:
    text = named_file("services", service.key).read_text(encoding="utf-8")
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


def test_a_key_that_is_not_the_file_name_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "coaches.toml"
    path.write_text(named_file("services", "peer_coaching").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(FaultsFound, match="is not the file's name"):
        load_service(path)


def test_faults_of_several_services_come_together(changed: Callable[..., Path]) -> None:
    one = changed("peer_coaching", ("coercion = 0", "coercion = 9"))
    two = changed("recovery_housing", ("coercion = 1", 'coercion = "one"'))
    files = {fault.file for fault in faults_of(load_services, [one, two, "no_such_service"])}
    assert files == {str(one), str(two), "no_such_service"}
