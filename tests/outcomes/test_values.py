"""The eleven values, every mark of the picture with its source, and sentences that stay true when the data change."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.evidence.quantity import Quantity
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import available, data_folder
from bothand.outcomes.picture import picture
from bothand.outcomes.values import (
    Alignment,
    People,
    Sign,
    Status,
    Value,
    cited,
    load_alignment,
    load_sources,
    load_values,
)
from bothand.words import FAMILIES, SILENT, reading_grade
from faulty import change, write

SHIPPED = data_folder() / "values"
VALUES = load_values()
ELEVEN = [
    ("how_we_treat_people", ["Respect", "Self-determination", "Primacy of the relationship", "Solidarity"]),
    ("what_people_gain", ["Patient welfare", "Healing", "Flourishing"]),
    ("what_we_hope_for", ["Hope", "Restoration"]),
    ("who_else_matters", ["Family welfare", "Community welfare"]),
]
SERVICES = [
    "community_naloxone",
    "syringe_services",
    "bridge_navigation",
    "low_barrier_buprenorphine",
    "methadone_places",
    "jail_medication",
    "residential_with_medication",
    "recovery_housing",
    "peer_coaching",
    "recovery_community_centre",
]
MARKS = load_alignment(SERVICES)
EVERY = load_alignment(available("services"))


@dataclass(frozen=True)
class Line:
    """A service as the picture needs it."""

    key: str
    label: str


LINES = [Line(key, key.replace("_", " ").capitalize()) for key in SERVICES]
A, B, C = Line("a", "Service A"), Line("b", "Service B"), Line("c", "Service C")


def mark(
    value: str, service: str, sign: Sign = "serves", status: Status = "claimed", group: People = "with"
) -> Alignment:
    return Alignment(value, service, group, sign, status, ("NHRC",), "page 1", "a note", "drafted, not reviewed")


def test_the_eleven_values_stand_in_their_four_families_in_the_order_of_the_picture() -> None:
    assert list(FAMILIES) == [family for family, _ in ELEVEN]
    assert [(v.family, v.label) for v in VALUES] == [(family, word) for family, words in ELEVEN for word in words]
    assert [v.order for v in VALUES] == list(range(1, len(VALUES) + 1))


def test_every_value_says_what_it_is_to_people_without_addiction_or_that_it_does_not_speak_to_them() -> None:
    speaking = {v.key for v in VALUES if v.without_addiction != SILENT}
    assert [v.key for v in VALUES if v.key not in speaking] == ["flourishing", "hope", "restoration"]
    drawn = {m.value for m in EVERY if m.drawn and m.group == "without"}
    assert drawn <= speaking


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.key)
def test_what_a_value_says_can_be_read_at_a_council_table(value: Value) -> None:
    said = f"{value.without_addiction}\n{value.with_addiction}"
    assert reading_grade(said) <= 8
    assert len(value.plain.split()) <= 6


def test_only_a_simulated_value_has_an_indicator_of_the_simulation_and_each_has_one_of_its_own() -> None:
    keys = [v.indicator.key for v in VALUES]
    assert len(set(keys)) == len(keys)
    assert [v.key for v in VALUES if v.kind == "profile"] == ["solidarity"]
    assert [v.key for v in VALUES if v.kind == "rated"] == ["restoration"]


def test_recovery_is_counted_by_two_criteria_wherever_hope_is() -> None:
    hope = next(v for v in VALUES if v.key == "hope")
    assert "medication included" in hope.indicator.label
    assert "the same without medication" in hope.indicator.beside


def test_every_value_meets_every_service_for_both_groups_of_people() -> None:
    for marks, services in ((MARKS, SERVICES), (EVERY, available("services"))):
        assert {(m.value, m.service, m.group) for m in marks} == set(
            product([v.key for v in VALUES], services, ["without", "with"])
        )


def test_marks_are_drafted_until_someone_signs_them() -> None:
    assert all(m.reviewed for m in EVERY)
    assert "drafted, not reviewed" in {m.reviewed for m in MARKS}


def test_every_shipped_service_is_in_the_picture() -> None:
    assert set(available("services")) == {m.service for m in EVERY}


@pytest.fixture(scope="module")
def evidence() -> dict[str, Quantity]:
    return dict(load_evidence())


def shows_an_effect(rows: Sequence[Quantity]) -> bool:
    """True when one row excludes no effect: a ratio 1, a change or a sum 0, two proportions each other."""
    for row in rows:
        unit = str(row.unit)
        none = 1 if unit.endswith("ratio") else 0 if unit.startswith(("USD", "utility")) else None
        if none is not None and not row.low <= none <= row.high:
            return True
    shares = [row for row in rows if str(row.unit) == "proportion"]
    return any(a.high < b.low or b.high < a.low for a, b in combinations(shares, 2))


@pytest.mark.parametrize(
    "cell", [m for m in EVERY if m.status == "measured"], ids=lambda m: f"{m.value}-{m.service}-{m.group}"
)
def test_a_filled_mark_rests_on_a_measured_effect(cell: Alignment, evidence: dict[str, Quantity]) -> None:
    rows = [evidence[key] for key in cell.sources]
    assert {row.grade for row in rows} <= {"primary", "secondary"}
    assert shows_an_effect(rows)


def test_the_loader_takes_the_evidence_as_it_is(evidence: dict[str, Quantity]) -> None:
    assert load_alignment(SERVICES, evidence=evidence) == MARKS
    assert load_alignment(available("services"), evidence=evidence) == EVERY


def test_every_claimed_mark_names_a_text_and_the_place_in_it() -> None:
    sources = load_sources()
    claimed = [m for m in EVERY if m.status == "claimed"]
    assert claimed
    assert all(m.sources and m.locator and set(m.sources) <= set(sources) for m in claimed)
    assert all(sources[m.sources[0]].citation in cited(m, sources) for m in claimed)


def test_both_traditions_are_heard() -> None:
    sources = load_sources()
    cited_by = {sources[tag].tradition for m in MARKS if m.status == "claimed" for tag in m.sources}
    assert {"harm reduction", "recovery"} <= cited_by


# ---- faults: all of them in one pass, with their lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED, tmp_path / "values")


def test_every_fault_of_the_marks_is_reported_in_one_pass(folder: Path) -> None:
    path = folder / "alignment.csv"
    change(
        path,
        (
            "respect,community_naloxone,without,serves,claimed,NHRC",
            "respekt,community_naloxone,without,serves,claimed,NHCR",
        ),
        ("respect,syringe_services,without,serves", "respect,syringe_services,without,helps"),
        ("hope,methadone_places,with,none,none", "hope,methadone_places,with,serves,none"),
    )
    with pytest.raises(FaultsFound) as found:
        load_alignment(SERVICES, folder)
    said = str(found.value)
    assert "unknown value 'respekt'. Did you mean 'respect'?" in said
    assert "unknown source 'NHCR'. Did you mean 'NHRC'?" in said
    assert "unknown sign 'helps'" in said
    assert "both are none or neither" in said
    assert "the cell respect x community_naloxone x without is missing" in said
    assert "line 2" in said


def test_a_measured_mark_without_an_evidence_key_is_refused(folder: Path) -> None:
    change(folder / "alignment.csv", ("oend_high_deaths_rr", "a_study_i_remember"))
    with pytest.raises(FaultsFound, match="unknown evidence key 'a_study_i_remember'"):
        load_alignment(SERVICES, folder, evidence=load_evidence())


def test_a_mark_without_a_source_is_refused(folder: Path) -> None:
    change(folder / "alignment.csv", ("serves,claimed,NHRC,", "serves,claimed,,"))
    with pytest.raises(FaultsFound, match="a mark that is claimed needs a source"):
        load_alignment(SERVICES, folder)


def test_a_cell_that_stands_twice_is_refused(folder: Path) -> None:
    path = folder / "alignment.csv"
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8").splitlines()[1] + "\n", "utf-8")
    with pytest.raises(FaultsFound, match="stands twice"):
        load_alignment(SERVICES, folder)


def test_every_fault_of_the_values_is_reported_in_one_pass(folder: Path) -> None:
    change(folder / "hope.toml", ('kind = "simulated"', 'kind = "simulatd"'))
    change(folder / "healing.toml", ("order = 6", "order = 5"))
    change(folder / "respect.toml", ('"HAWK"', '"HAWKS"'))
    with pytest.raises(FaultsFound) as found:
        load_values(folder)
    assert "Did you mean 'simulated'?" in str(found.value)
    assert "the place 5 is taken by 'healing'" in str(found.value)
    assert "unknown source 'HAWKS'. Did you mean 'HAWK'?" in str(found.value)


def test_a_readers_own_service_has_no_marks_and_is_no_fault() -> None:
    assert load_alignment([*SERVICES, "drop_in"]) == MARKS


# ---- under the picture


def test_a_service_is_counted_once_for_a_value_whatever_the_groups() -> None:
    marks = [mark("respect", "a", group="without"), mark("respect", "a"), mark("hope", "a", status="measured")]
    assert picture(VALUES, marks, [A]).services[0].serves == 2
    assert picture(VALUES, marks, [A]).services[0].measured == 1


def test_an_assumed_mark_is_never_counted() -> None:
    found = picture(VALUES, [mark("respect", "a", status="assumed")], [A])
    assert found.services[0].serves == 0
    assert found.serves_most == "No service here is said or shown to serve any of the 11 values."


def test_the_service_that_serves_most_is_named_with_what_it_leaves() -> None:
    marks = [mark("respect", "a"), mark("hope", "a", status="measured"), mark("hope", "b")]
    assert picture(VALUES, marks, [A, B]).serves_most == (
        "Service A serves most values: 2 of 11, 1 of them measured, the rest claimed. It leaves 9 to others."
    )


def test_services_that_serve_equally_many_are_all_named() -> None:
    marks = [mark("respect", "a"), mark("hope", "b")]
    assert picture(VALUES, marks, [A, B, C]).serves_most == (
        "Service A and service B serve most values: 1 of 11 each. Each leaves 10 to others."
    )


def test_values_that_rest_on_one_service_are_all_named() -> None:
    every = [mark(v.key, s) for v in VALUES for s in ("a", "b")]
    assert picture(VALUES, every, [A, B]).only_one == "No value rests on one service alone."
    one = [m for m in every if (m.value, m.service) != ("hope", "b")]
    assert picture(VALUES, one, [A, B]).only_one == (
        "Hope rests on one service alone: service A. Cut that line, and nothing here serves it."
    )
    two = [m for m in one if (m.value, m.service) != ("respect", "a")]
    assert "Respect and hope rest on one service each: respect on service B and hope on service A." in (
        picture(VALUES, two, [A, B]).only_one
    )


def test_a_value_that_nothing_serves_is_said() -> None:
    marks = [mark(v.key, s) for v in VALUES for s in ("a", "b") if v.key != "solidarity"]
    assert picture(VALUES, marks, [A, B]).only_one.endswith("No service here serves solidarity.")


def test_two_values_that_pull_both_ways_pull_harder_than_two_that_pull_one_way() -> None:
    one_way = [mark("healing", s) for s in "abc"] + [mark("self_determination", s, "pulls_against") for s in "abc"]
    both_ways = [
        mark("respect", "a"),
        mark("hope", "a", "pulls_against"),
        mark("hope", "b"),
        mark("respect", "b", "pulls_against"),
    ]
    assert picture(VALUES, one_way + both_ways, [A, B, C]).hardest_pull == (
        "Respect and hope pull hardest against each other. "
        "Service A serves the first and is said to pull against the second. "
        "Service B serves the second and is said to pull against the first."
    )


def test_pairs_that_pull_equally_hard_are_all_named() -> None:
    marks = [mark("respect", "a"), mark("hope", "a", "pulls_against"), mark("healing", "a", "pulls_against")]
    said = picture(VALUES, marks, [A]).hardest_pull
    assert said.startswith("Respect and healing pull hardest against each other.")
    assert said.endswith("Just as hard: respect and hope.")


def test_a_pull_that_was_measured_is_said_to_be_shown() -> None:
    marks = [mark("respect", "a"), mark("hope", "a", "pulls_against", "measured")]
    assert "is shown to pull against the second" in picture(VALUES, marks, [A]).hardest_pull


def test_without_a_pull_no_pair_is_named() -> None:
    assert picture(VALUES, [mark("respect", "a")], [A]).hardest_pull == (
        "No two values pull against each other in these marks."
    )


def test_a_service_that_is_not_in_the_study_changes_nothing() -> None:
    marks = [mark("respect", "a"), mark("hope", "b")]
    assert picture(VALUES, marks, [A]) == picture(VALUES, marks[:1], [A])


CELLS = st.lists(st.sampled_from([m for m in MARKS if m.drawn]), unique=True)


@given(CELLS)
def test_the_sentences_agree_with_the_counts_whatever_the_marks(marks: list[Alignment]) -> None:
    found = picture(VALUES, marks, LINES)
    most = max(count.serves for count in found.services)
    labels = {line.key: line.label for line in LINES}
    for count in found.services:
        named = labels[count.service].lower() in found.serves_most.lower()
        assert named == (count.serves == most > 0)
    for value in VALUES:
        serving = {m.service for m in marks if m.value == value.key and m.counts("serves")}
        assert (value.label.lower() in found.only_one.lower()) == (len(serving) < 2)


@given(CELLS)
def test_the_picture_does_not_depend_on_the_order_of_the_marks(marks: list[Alignment]) -> None:
    assert picture(VALUES, marks, LINES) == picture(VALUES, marks[::-1], LINES)


def test_the_shipped_picture_says_what_its_marks_say() -> None:
    found = picture(VALUES, MARKS, LINES)
    by_service = {count.service: count for count in found.services}
    assert found.serves_most.startswith(max(LINES, key=lambda line: by_service[line.key].serves).label)
    assert all(count.serves < len(VALUES) for count in found.services), "no single service serves all eleven"
    without = [replace(m, sign="none", status="none") if m.service == "recovery_housing" else m for m in MARKS]
    assert "No service here serves restoration." in picture(VALUES, without, LINES).only_one


# --------------------------------------------------------------------------------------------------- a reader's own

OWN = """
key = "belonging"
word = "Belonging"
plain = "a test"
family = "who_else_matters"
order = 12
kind = "rated"
without_addiction = "a test"
with_addiction = "a test"
essay = ["E10"]
sources = ["NHRC"]

[indicator]
key = "belonging_rated"
label = "a test"
unit = "points"
"""
HEAD = "value,service,group,sign,status,source,locator,note,reviewed\n"


def test_a_value_of_ones_own_stands_after_the_eleven_and_its_cells_may_be_blank(tmp_path: Path) -> None:
    own = write(tmp_path / "belonging.toml", OWN)
    marks = write(
        tmp_path / "marks.csv", HEAD + "belonging,peer_coaching,with,serves,claimed,NHRC,principle 4,a test,drafted\n"
    )
    values = load_values(own=[own])
    assert [v.key for v in values] == [*(v.key for v in load_values()), "belonging"]
    cells = load_alignment(["peer_coaching"], own=[marks], values=values)
    assert [(c.value, c.group) for c in cells if c.value == "belonging"] == [("belonging", "with")]
    assert len(cells) == len(load_alignment(["peer_coaching"])) + 1


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("belonging_rated", "contact_years"), "'respect' is seen by 'contact_years' already"),
        (('["NHRC"]', '["NHRK"]'), "unknown source 'NHRK'"),
        (("order = 12", "order = 3"), "the place 3 is taken"),
        (('key = "belonging"\n', 'key = "hope"\n'), "a value called 'hope' already"),
    ],
)
def test_a_value_of_ones_own_that_clashes_with_the_eleven_is_a_fault(
    edit: tuple[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(FaultsFound) as found:
        load_values(own=[write(tmp_path / "belonging.toml", OWN, edit)])
    assert words in str(found.value)


def test_marks_of_ones_own_may_not_change_a_cell_that_ships_nor_speak_of_a_value_that_nobody_has(
    tmp_path: Path,
) -> None:
    text = HEAD + "hope,peer_coaching,with,serves,claimed,NHRC,x,a test,drafted\n"
    marks = write(tmp_path / "marks.csv", text + "longing,peer_coaching,with,serves,claimed,NHRC,x,a test,drafted\n")
    with pytest.raises(FaultsFound) as found:
        load_alignment(["peer_coaching"], own=[marks])
    assert "this cell stands twice" in str(found.value)
    assert "unknown value 'longing'" in str(found.value)
    assert {fault.file for fault in found.value.faults} == {str(marks)}
