"""What ships, as rows: each list names every file, evidence can be narrowed, and the picture of values adds up."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothand.cli import SCHEMAS
from bothand.evidence.quantity import GRADES
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import available, data_folder
from bothand.listing import described, evidence_rows, json_schema, listing_rows, values_content
from bothand.world.service import load_service
from bothand.world.terms import NOT_KNOWN, coercion_of, load_terms


def shipped(kind: str) -> list[Path]:
    """The files of a kind: those in its folder, and the published plans."""
    folders = [data_folder() / kind, data_folder() / kind / "published"]
    return [path for folder in folders for path in folder.glob("*.toml")]


@pytest.mark.parametrize(
    "kind", ["models", "places", "services", "terms", "plans", "studies", "values", "stakeholders"]
)
def test_every_file_that_ships_is_listed_with_a_label(kind: str) -> None:
    rows = listing_rows(kind)
    assert sorted(row["name"] for row in rows) == sorted(path.stem for path in shipped(kind))
    assert all(row["label"] for row in rows)
    assert len({tuple(row) for row in rows}) == 1


def test_every_service_is_listed_with_how_it_stands() -> None:
    standing = {row["name"]: row["standing"] for row in listing_rows("services")}
    assert standing["peer_coaching"] == standing["drug_checking"] == "modelled"
    assert standing["mutual_help_facilitation"] == "not modelled: no effect size found"
    assert standing["contingency_management"] == "not modelled: its effect lies outside the model"
    assert standing["safer_supply"].startswith("off by default: federal law forbids it")
    assert standing["compulsory_treatment"].startswith("off by default: confinement (coercion grade 4)")


def test_every_service_is_listed_with_the_terms_it_is_run_on_and_the_grade_they_bring() -> None:
    rows = {row["name"]: row for row in listing_rows("services")}
    for name, row in rows.items():
        service = load_service(name)
        assert {term["term"]: term["choice"] for term in row["terms"]} == service.terms.model_dump()
        assert row["coercion_alone"] == coercion_of(service, service.terms).grade
        assert row["coercion"] == max(service.coercion, *(term["coercion"] for term in row["terms"]))
        assert row["coercion"] <= row["coercion_alone"]
    house = rows["abstinence_chosen_recovery_housing"]
    assert (house["coercion"], house["coercion_alone"]) == (0, 2)


def test_every_term_is_listed_with_its_choices_readings_grades_effects_and_disputes() -> None:
    for row in listing_rows("terms"):
        term = load_terms()[row["name"]]
        assert [choice["choice"] for choice in row["choice"]] == [choice.key for choice in term.choice]
        for told, choice in zip(row["choice"], term.choice, strict=True):
            assert (told["hr"], told["r"], told["coercion"]) == (choice.hr, choice.r, choice.coercion)
            assert (told["effect"] == NOT_KNOWN) == (not choice.change)
        assert [dispute["claim"] for dispute in row["dispute"]] == [dispute.claim for dispute in term.dispute]


@pytest.mark.parametrize("name", available("services"))
def test_a_service_is_described_with_each_term_both_readings_and_what_else_could_be_chosen(name: str) -> None:
    found = described(name)
    assert found is not None
    text = "\n".join(found.lines)
    service = load_service(name)
    for key, term in load_terms().items():
        own = term.of(getattr(service.terms, key))
        for words in (own.label, own.hr, own.r, *(d.claim for d in term.dispute), *(c.label for c in term.choice)):
            assert words in text
    assert f"law in Washtenaw County, Michigan: {found.content['law']}." in text
    assert all(source in text for source in service.sources)


def test_compulsory_treatment_is_described_with_its_price_what_was_published_and_its_grade() -> None:
    found = described("compulsory_treatment")
    assert found is not None
    text = "\n".join(found.lines)
    for words in (
        "one commitment: $",
        "Published: no gain in use on average",
        "confinement (grade 4)",
        "off by default",
    ):
        assert words in text


@pytest.mark.parametrize("name", available("terms"))
def test_a_term_is_described_with_all_that_stands_in_its_file(name: str) -> None:
    found = described(name)
    assert found is not None
    text = "\n".join(found.lines)
    for choice in load_terms()[name].choice:
        assert all(words in text for words in (choice.label, choice.hr, choice.r, choice.coercion_note))
        assert all(change.words in text for change in choice.change)
        assert choice.coercion_alone is None or choice.coercion_alone.note in text


def test_a_readers_own_service_and_term_are_described_by_their_files(tmp_path: Path) -> None:
    for kind, name in (("services", "peer_coaching"), ("terms", "entry")):
        path = tmp_path / f"{name}.toml"
        path.write_text((data_folder() / kind / f"{name}.toml").read_text("utf-8"), "utf-8")
        assert described(str(path)) == described(name)


def test_names_of_models_services_and_terms_are_apart_and_an_unknown_one_is_met_with_the_nearest() -> None:
    names = [name for kind in ("models", "services", "terms") for name in available(kind)]
    assert len(names) == len(set(names))
    assert described("opioids-us") is None
    with pytest.raises(FaultsFound, match="Did you mean 'peer_coaching'"):
        described("peer_coachin")


def test_values_are_listed_in_the_order_of_the_picture() -> None:
    assert [row["name"] for row in listing_rows("values")] == [value["key"] for value in values_content()["values"]]


def test_every_principle_is_listed_with_both_readings_its_sources_and_whether_it_was_reviewed() -> None:
    rows = listing_rows("principles")
    assert {row["name"] for row in rows} == {path.stem for path in (data_folder() / "principles").glob("*.toml")}
    assert [row["number"] for row in rows if row["number"]] == [f"P{n}" for n in range(1, 17)]
    for row in rows:
        assert row["harm_reduction"], row["name"]
        assert row["recovery"], row["name"]
        assert row["sources"], row["name"]
    first = rows[0]
    assert first["harm_reduction"] != first["recovery"]
    assert "Schwartz" in first["sources"]
    assert "(E16)" in first["sources"]
    assert {row["reviewed"] for row in rows} == {"not yet reviewed"}


def test_all_evidence_is_listed_with_key_role_grade_and_source() -> None:
    rows = evidence_rows(None, None, None)
    assert len(rows) == len(load_evidence())
    assert all(row["key"] and row["role"] and row["grade"] and row["source"] for row in rows)


def test_grades_part_the_evidence() -> None:
    sizes = [len(evidence_rows(None, grade, None)) for grade in GRADES]
    assert sum(sizes) == len(load_evidence())
    assert all(sizes)


def test_what_a_study_uses_is_less_than_all_and_no_context() -> None:
    used = evidence_rows(None, None, "washtenaw")
    assert 0 < len(used) < len(load_evidence())
    assert "context" not in {row["role"] for row in used}
    assert {"washtenaw_board_lag", "community_naloxone_board_share"} <= {row["key"] for row in used}


def test_grade_and_study_narrow_together() -> None:
    both = {row["key"] for row in evidence_rows(None, "judgement", "washtenaw")}
    used = {row["key"] for row in evidence_rows(None, None, "washtenaw")}
    judged = {row["key"] for row in evidence_rows(None, "judgement", None)}
    assert both == used & judged


def test_one_quantity_is_found_by_its_key_and_by_the_name_of_a_slot() -> None:
    (row,) = evidence_rows("washtenaw_board_lag", None, None)
    assert row["unit"] == "months"
    evidence = load_evidence()
    slot = sorted(evidence.sets.slots)[0]
    (row,) = evidence_rows(slot, None, None)
    assert row["key"] == evidence.resolve(slot)


def test_an_unknown_quantity_is_met_with_the_nearest() -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'washtenaw_board_lag'"):
        evidence_rows("washtenaw_bord_lag", None, None)


def test_an_unknown_study_is_met_with_the_nearest() -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'washtenaw'"):
        evidence_rows(None, None, "washtenau")


def test_the_picture_holds_every_value_by_service_by_group() -> None:
    content = values_content()
    services = {path.stem for path in (data_folder() / "services").glob("*.toml")}
    assert len(content["values"]) == 11
    assert len(content["alignment"]) == 11 * len(services) * 2
    assert set(content["counts"]) == services
    assert len(content["sentences"]) == 3
    serving = {
        (m["value"], m["service"]) for m in content["alignment"] if m["sign"] == "serves" and m["status"] != "assumed"
    }
    for service, count in content["counts"].items():
        assert count == len({value for value, name in serving if name == service})


@pytest.mark.parametrize("what", SCHEMAS)
def test_every_schema_describes_an_object(what: str) -> None:
    schema = json_schema(what)
    assert schema["type"] == "object"
    assert schema["properties"]


def test_worked_examples_and_the_contrast_are_named_as_such_in_the_list() -> None:
    kinds = {row["name"]: row["kind"] for row in listing_rows("plans")}
    published = {path.stem for path in (data_folder() / "plans" / "published").glob("*.toml")}
    assert {name for name, kind in kinds.items() if kind == "worked example"} == published
    assert {name for name, kind in kinds.items() if kind == "contrast, off by default"} == {"mandate"}
    assert kinds["families_first"] == kinds["neighbourhood_first"] == "plan"


def test_every_line_of_a_listed_plan_is_graded_on_the_terms_of_the_plan() -> None:
    grades = {
        row["name"]: {line["service"]: line["coercion"] for line in row["lines"] if line["service"]}
        for row in listing_rows("plans")
    }
    assert grades["mandate"] == {"residential_with_medication": 2, "jail_medication": 2}
    assert grades["recovery_only"] == {"recovery_housing": 1, "peer_coaching": 0, "recovery_community_centre": 0}
    assert set(grades["harm_reduction_only"].values()) == {0}


def test_every_line_of_a_listed_plan_carries_its_share_its_heading_and_the_law() -> None:
    lines = [line for row in listing_rows("plans") for line in row["lines"]]
    inside = [line for line in lines if line["service"]]
    assert len(inside) > 40
    for line in inside:
        assert 0 < line["share"] <= 1
        assert all(part["code"] and part["heading"] for part in line["exhibit_e"])
        assert line["law"] in {"required", "allowed", "allowed with conditions", "contested", "not allowed"}
        assert line["rule"]
        assert line["date"]
        assert line["law_source"]
    assert {line["law"] for line in lines if not line["service"]} == {"no rule read"}
    for row in listing_rows("plans"):
        if row["name"] not in ("status_quo", "as_others_do_half"):
            assert sum(line["share"] for line in row["lines"]) == pytest.approx(1)
