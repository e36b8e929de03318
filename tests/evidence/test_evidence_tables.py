"""The tables as shipped, and every refusal of the loader: all faults of all files in one pass."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from evidence_rows import table

from bothand.evidence.rows import COLUMNS
from bothand.evidence.tables import Evidence, load_evidence, require_reference, to_dict
from bothand.faults import FaultsFound
from faulty import faults_of

REVIEW = ["prevalence", "natural_history", "engagement", "overdose", "mortality"]
REVIEW += ["intervention_effect", "cost", "utility", "infection"]
# Rows of these tables that the review did not have.
READ_LATER = {
    "work_lost_oud_year",
    "oud_admissions_married",
    "screen_missed_share",
    "screen_wrongly_found_share",
    "overdose_ever_injecting",
    "study_county_interviews_contract",
    "study_interview_cost",
    "study_project_grant_year",
    "study_small_grant_year",
    "study_trial_designed_cost",
    "study_trial_from_records_cost",
}
JUDGED = {
    "grade": "judgement",
    "judged_by": "BothAnd team, not reviewed",
    "judged_from": "row b",
    "judged_why": "it spans both",
}


def refused(folder: Path) -> list[str]:
    return [str(f) for f in faults_of(load_evidence, folder)]


def shipped() -> list[tuple[str, dict[str, str]]]:
    folder = Path(load_evidence()["retention_6m_bup"].file).parent
    rows = []
    for name in REVIEW:
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows += [(name, row) for row in csv.DictReader(file)]
    return rows


def test_all_474_rows_of_the_review_are_shipped_once_each() -> None:
    keys = [row["key"] for _, row in shipped()]
    assert len(keys) == len(set(keys))
    assert len(set(keys) - READ_LATER) == 474
    assert set(keys) >= READ_LATER
    assert all(key in load_evidence() for key in keys)


def test_each_row_lies_in_the_file_of_its_group_and_has_a_role_and_a_grade() -> None:
    for name, row in shipped():
        assert row["group"].replace("-", "_") == name
    counts = Counter(row["role"] for _, row in shipped())
    assert set(counts) == {"input", "check", "context"}
    assert Counter(row["grade"] for _, row in shipped())["unverified"] == 28


def test_a_locator_is_a_doi_an_agency_or_a_publisher_never_a_web_address() -> None:
    host = re.compile(
        r"https?:|www\.|\b[a-z0-9-]+\.(com|org|net|cn|gov|io|eu|edu|ca|uk|ie|ua|br|blog)\b", re.IGNORECASE
    )
    for _, row in shipped():
        assert row["locator"], row["key"]
        for column in ("locator", "note", "description", "citation"):
            assert not host.search(row[column]), (row["key"], row[column])
        assert "mirror" not in row["note"].lower()
        assert "[value=" not in row["note"]


def test_people_come_first_in_every_public_word_of_the_tables() -> None:
    never = re.compile(
        r"\b(addicts?|abusers?|clean|dirty|substitution|non-?compliant|enabling|hard(er)?-to-reach|hotspots?|"
        r"target populations?|relapses?|users?|injectors?|illicit|inmates?|homeless|offenders?)\b",
        re.IGNORECASE,
    )
    for _, row in shipped():
        for column in ("description", "population", "reference_population", "note"):
            found = never.search(row[column])
            assert not found, (row["key"], column, found)


def test_a_recalled_figure_is_never_graded_above_unverified() -> None:
    for _, row in shipped():
        if "recalled, not seen" in row["note"]:
            assert row["grade"] == "unverified", row["key"]


def test_every_judgement_that_is_shipped_says_who_from_what_and_why() -> None:
    evidence = load_evidence()
    judged = [q for q in evidence.values() if q.grade == "judgement"]
    assert judged
    for q in judged:
        assert q.judged_by, q.key
        assert q.judged_from, q.key
        assert q.judged_why, q.key


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit": "per persn-year"}, "unknown unit 'per persn-year'. Did you mean 'per person-year'?"),
        ({"mean": "0.3"}, "the mean 0.3 is outside its interval 0.05 to 0.2"),
        ({"low": "0.4", "high": "0.2"}, "low 0.4 is above high 0.2"),
        ({"unit": "probability", "high": "1.2"}, "a probability lies between 0 and 1; found 1.2"),
        ({"unit": "proportion", "low": "-0.1"}, "a share lies between 0 and 1; found -0.1"),
        ({"citation": ""}, "a row with no source: the citation is missing"),
        ({"locator": " "}, "a row with no source: the locator is missing"),
        ({"distribution": "gama"}, "unknown distribution 'gama'"),
        ({"distribution": "gama"}, "Did you mean 'gamma'?"),
        ({"grade": "primry"}, "Did you mean 'primary'?"),
        ({"role": "imput"}, "Did you mean 'input'?"),
        ({"interval_origin": "guessed"}, "unknown interval_origin 'guessed'"),
        ({"grade": "judgement"}, "a judgement is a source only if it says who judged"),
        ({**JUDGED, "judged_from": ""}, "from which rows"),
        ({**JUDGED, "judged_why": ""}, "says why"),
        ({"unit": "hazard ratio"}, "a ratio without its reference population"),
        ({"unit": "relative reduction", "role": "check"}, "a ratio without its reference population"),
        ({"mean": "a tenth"}, "a number was expected, found 'a tenth'"),
        ({"mean": "nan"}, "a number was expected, found 'nan'"),
        ({"high": "0,2"}, "a number was expected, found '0,2'"),
        ({"unit": "USD per kit", "low": "-5"}, "money is not negative; found -5"),
        ({"unit": "USD per kit", "year": "about then"}, "a price without its price year"),
        ({"unit": "USD per kit", "year": "1998"}, "the price index begins in 2008; found the price year 1998"),
        ({"unit": "per year", "low": "-0.1"}, "a hazard may not be -0.1"),
        ({"unit": "utility", "high": "1.5", "distribution": "normal"}, "a utility lies between -1 and 1"),
        ({"distribution": "lognormal", "low": "0"}, "a lognormal lies above zero"),
        ({"distribution": "beta", "high": "3"}, "a beta lies between 0 and 1"),
        ({"checked_on": "23 November"}, "a date such as 2026-11-23 was expected"),
        ({"review_by": "2020-01-01"}, "the review lies before the check"),
        ({"key": "A key"}, "a key is lower-case letters"),
        ({"description": ""}, "the description is missing"),
    ],
)
def test_a_faulty_row_is_refused_with_file_and_line(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    table(tmp_path / "t.csv", {"key": "good_one"}, changes)
    faults = refused(tmp_path)
    assert any(words in f for f in faults), faults
    assert all(f"{tmp_path / 't.csv'}, line 3" in f for f in faults)


def test_all_faults_of_all_files_are_reported_in_one_pass(tmp_path: Path) -> None:
    table(tmp_path / "a.csv", {"key": "one", "mean": "x", "unit": "per yeer"}, {"key": "two", "role": "?"})
    table(tmp_path / "b.csv", {"key": "three", "citation": ""}, {"key": "one"})
    (tmp_path / "c.csv").write_text("key,grupe\n")
    faults = "\n".join(refused(tmp_path))
    for words in ("found 'x'", "unknown unit 'per yeer'", "unknown role '?'", "no source", "unknown column 'grupe'"):
        assert words in faults
    assert f"the key 'one' stands already in {tmp_path / 'a.csv'}, line 2" in faults


def test_a_context_row_keeps_its_unit_as_words_and_needs_no_reference_population(tmp_path: Path) -> None:
    table(tmp_path / "t.csv", {"key": "rank", "role": "context", "unit": "rank of 5", "mean": "1", "high": "5"})
    row = load_evidence(tmp_path)["rank"]
    assert row.typed is None
    assert row.base_unit == "rank of 5"


def test_a_judgement_needs_no_citation_but_a_reviewer_a_source_and_a_reason(tmp_path: Path) -> None:
    table(tmp_path / "t.csv", {**JUDGED, "citation": "", "locator": ""})
    assert load_evidence(tmp_path)["a_key"].source == "Judgement by BothAnd team, not reviewed, from row b."


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    table(tmp_path / "t.csv", {})
    assert load_evidence(tmp_path)["a_key"].mean == 0.1
    table(tmp_path / "t.csv", {"mean": "0.155"})
    assert load_evidence(tmp_path)["a_key"].mean == 0.155


def test_extra_tables_add_rows_and_may_not_repeat_a_key(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "base").mkdir()
    table(tmp_path / "base" / "t.csv", {})
    extra = table(tmp_path / "more" / "place.csv", {"key": "place_key"})
    assert set(load_evidence(tmp_path / "base", [extra])) == {"a_key", "place_key"}
    table(extra, {"key": "a_key"})
    with pytest.raises(FaultsFound, match="stands already"):
        load_evidence(tmp_path / "base", [extra])


def test_a_missing_folder_is_refused_in_plain_words(tmp_path: Path) -> None:
    assert "there is no such folder" in refused(tmp_path / "nowhere")[0]


def test_a_ratio_is_refused_on_another_reference_population() -> None:
    evidence = load_evidence()
    require_reference(evidence, "rr_allcause_first4wk_after_oat", "Time in  treatment")
    with pytest.raises(FaultsFound, match="is relative to 'time in treatment'"):
        require_reference(evidence, "rr_allcause_first4wk_after_oat", "general population", "service.toml", 7)
    with pytest.raises(FaultsFound, match="is no ratio"):
        require_reference(evidence, "retention_6m_bup", "general population")
    with pytest.raises(FaultsFound, match="Did you mean 'od_mult_relapse'"):
        require_reference(evidence, "od_mult_relapsed", "general population")


def test_a_headline_names_the_unverified_rows_it_rests_on_through_derived_ones_too() -> None:
    evidence = load_evidence()
    used = evidence.used_by(["oxford_house_return_hr", "retention_6m_bup", "utility_methadone"])
    assert {"oxford_house_substance_use_rr", "usual_aftercare_use_24m", "u_oat_longterm_no"} <= {q.key for q in used}
    rests_on = evidence.used_by(["oxford_house_return_hr", "retention_6m_bup"])
    unverified = {q.key for q in rests_on if q.grade == "unverified"}
    assert unverified == {"oxford_house_return_hr", "oxford_house_substance_use_rr"}


def test_rows_as_plain_values_lead_with_what_a_reader_asks_for() -> None:
    evidence = load_evidence()
    row = to_dict(evidence["cost_methadone_year"])
    assert list(row)[:9] == ["key", "role", "grade", "source", "description", "unit", "mean", "low", "high"]
    assert row["checked_on"] == "2026-11-23"
    assert row["price_year"] == 2016
    assert set(COLUMNS) <= set(row)
    assert len(evidence.to_rows()) == len(evidence)


def test_no_review_is_overdue_on_the_day_of_the_first_version() -> None:
    evidence: Evidence = load_evidence()
    for q in evidence.values():
        assert q.checked_on is None or q.checked_on <= date(2026, 12, 31), q.key
        assert q.review_by is None or q.review_by > date(2026, 12, 31), q.key
