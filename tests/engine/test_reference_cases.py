"""The reference cases: published models as specification files, every published number within its own tolerance."""

from __future__ import annotations

import functools
import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from bothand.files import available, data_folder
from bothand.verify import Answer, answers_in, distance, run_case
from bothand.world.cases.loading import load_case
from bothand.world.cases.nouns import Tolerance
from faulty import change

ANSWERS = {
    "d01_sick_sicker_time_homogeneous": 17,
    "d02_sick_sicker_age_dependent": 17,
    "d03_hiv_combination_therapy": 5,
    "d04_microsim_memoryless_vs_cohort": 9,
    "d05_microsim_history_dependent": 12,
    "d06_counting_methods_and_discounting": 6,
    "d07_frontiers": 8,
    "d08_ctmc_heart_transplant": 10,
    "d09_psa_sick_sicker_time_homogeneous": 10,
    "d10_respond_step": 1,
    "d11_closed_forms": 10,
}
REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference"
with_the_publications = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the files that hold what was published are not beside this checkout"
)
CASES = data_folder() / "cases"

# Numbers of the reference files that are no value of a case: they stand in its cohorts, its questions or its model.
ELSEWHERE = re.compile(
    r"^(initial|cycle_length_years|n_cycles|default_cycles|conventions|transition_in_cycle_t)( / |$)"
    r"|^payoffs_per_year / .* / D$|^transition_rewards / any alive->D / utility$"
    r"|^competing / horizon_years$|^erlang / (stages|t)$|^immigration_death / (initial|t)$"
    r"|^constant_hazard_life / (annual_discount|horizon_years)$|^two_state_reversible / t( / |$)"
    r"|^transition_counts_mono / D / 3$|^state / \d$|^n_draws$|^heemod_\d+ / |^va_herc / "
)


def reference(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / f"{case}.json").read_text(encoding="utf-8"))
    return found


def leaves(node: Any, where: str = "") -> dict[str, Any]:
    """Return every number and text of nested tables and lists by its path."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if children is None:
        return {where: node}
    return {path: leaf for name, child in children for path, leaf in leaves(child, f"{where} / {name}").items()}


def inputs(case: str) -> dict[str, Any]:
    return {path.removeprefix(" / "): leaf for path, leaf in leaves(reference(case)["inputs"]).items()}


def published_facts(name: str, facts: dict[str, Any]) -> set[float]:
    """Return every number that the reference file states at a place, or anywhere below it."""
    below = [fact for path, fact in facts.items() if path == name or path.startswith(f"{name} / ")]
    texts = [re.findall(r"\d+\.?\d*", fact) if isinstance(fact, str) else [fact] for fact in below]
    return {float(x) for found in texts for x in found}


def rows_below(place: str, facts: dict[str, Any]) -> list[Any]:
    return [fact for path, fact in facts.items() if path.rpartition(" / ")[0] == place]


@functools.cache
def answers_of(case: str) -> tuple[Answer, ...]:
    """Return the answers to a shipped case, each case asked once."""
    return tuple(run_case(case))


def test_every_reference_case_ships_and_their_models_are_no_models_of_the_project():
    assert set(ANSWERS) <= set(available("cases"))
    own = {path.stem for path in (CASES / "models").glob("*.toml")}
    assert own
    assert not own & set(available("models"))


@with_the_publications
def test_no_reference_file_is_without_a_case():
    assert {path.stem for path in REFERENCE.glob("d*.json")} == set(ANSWERS)


@pytest.mark.parametrize("case", ANSWERS)
def test_every_published_number_is_met_within_its_own_tolerance(case):
    answers = answers_of(case)
    assert len(answers) == ANSWERS[case]
    assert not any(answer.waits_for for answer in answers)
    missed = [f"{a.id}: {a.value}, published {a.expected}, error {a.error}" for a in answers if a.met is not True]
    assert not missed, "\n".join(missed)


@with_the_publications
@pytest.mark.parametrize("case", ANSWERS)
def test_a_case_carries_every_published_number_its_tolerance_and_its_source(case):
    published = reference(case)
    spec = load_case(case).spec
    carried = {item.id: item for item in (*spec.ask, *spec.waits)}
    assert set(carried) == {entry["id"] for entry in published["expected"]}
    for entry in published["expected"]:
        item = carried[entry["id"]]
        limit = (
            item.tolerance.model_dump(exclude_none=True) if isinstance(item.tolerance, Tolerance) else item.tolerance
        )
        assert (item.expected, limit, item.origin) == (entry["value"], entry["tolerance"], entry["origin"])
        assert item.published_as == entry.get("published_as")
    for key, text in published["source"].items():
        assert getattr(spec.source, key) == text
    assert spec.source.licence


@with_the_publications
@pytest.mark.parametrize("case", ANSWERS)
def test_a_case_carries_the_facts_as_they_were_published(case):
    facts, loaded = inputs(case), load_case(case)
    shared = inputs("d01_sick_sicker_time_homogeneous") if "base_model" in facts else {}
    for name, value in loaded.spec.value.items():
        assert value.of or (shared and name.startswith("discount_")), name
        for place in value.of:
            if value.value is not None:
                assert value.value in published_facts(place, facts), f"{name}: {value.value}, published at {place}"
            elif place.startswith("draws / "):
                assert loaded.draws["given"][name].tolist() == rows_below(place, facts)
            else:
                assert value.distribution is not None
                assert set(value.distribution.numbers.values()) == published_facts(place, facts)
    for name, table in loaded.spec.table.items():
        for place in table.of:
            row = rows_below(place, facts)
            assert row, name
            assert list(loaded.tables[name].values()) == row
    for name, given in loaded.spec.given.items():
        assert given.of == name
        found = [rows_below(f"{name} / {key}", facts) for key in ("strategies", "cost", "effect")]
        assert [given.plans, given.cost, given.effect] == found
    for name, value in loaded.spec.value.items():  # what d09 takes over from d01 is the same there
        if shared and not value.of:
            assert value.value == shared[f"discount_rate / {name.removeprefix('discount_')}"]


@with_the_publications
@pytest.mark.parametrize("case", ANSWERS)
def test_no_published_number_is_left_out_of_a_case(case):
    spec = load_case(case).spec
    used = [place for item in (*spec.value.values(), *spec.table.values()) for place in item.of]
    numbers = [path for path, leaf in inputs(case).items() if isinstance(leaf, float | int) and leaf != 0]
    left = [
        path for path in numbers
        if not any(path == place or path.startswith(f"{place} / ") for place in used)
        and not ELSEWHERE.search(path)
        and not re.fullmatch(r"Q_per_year / (\d) / \1", path)  # a diagonal is minus the sum of its row
    ]  # fmt: skip
    assert not left


@with_the_publications
def test_counts_of_the_respond_step_start_as_they_were_published():
    start = load_case("d10_respond_step").spec.cohort["everyone"].start
    assert list(start.values()) == reference("d10_respond_step")["inputs"]["state"]


@pytest.fixture
def copied(tmp_path):
    def copy(case, old, new, file=None):
        shutil.copytree(CASES, tmp_path / "cases", dirs_exist_ok=True)
        change(tmp_path / "cases" / (file or f"{case}.toml"), (old, new))
        return tmp_path / "cases" / f"{case}.toml"

    return copy


@pytest.mark.parametrize(
    ("case", "old", "new", "file"),
    [
        ("d01_sick_sicker_time_homogeneous", "conditional-on-survival", "subtract", "models/sick-sicker.toml"),
        ("d01_sick_sicker_time_homogeneous", 'origin = "start"', 'origin = "end"', "models/sick-sicker.toml"),
        ("d02_sick_sicker_age_dependent", '"with-state"', '"once"', "models/sick-sicker-by-age.toml"),
        ("d02_sick_sicker_age_dependent", "75,0.09", "75,0.1", "d02_mortality_by_age.csv"),
        ("d03_hiv_combination_therapy", "value = 2\n", "value = 3\n", None),
        ("d03_hiv_combination_therapy", 'counting = "end"', 'counting = "start"', "models/hiv-combination.toml"),
        ("d04_microsim_memoryless_vs_cohort", 'weights = "1"', 'weights = "0.5"', "models/sick-sicker-treated.toml"),
        ("d05_microsim_history_dependent", "longest = 30", "longest = 20", "models/sick-sicker-lasting.toml"),
        ("d05_microsim_history_dependent", "(duration - 1)", "duration", "models/sick-sicker-lasting.toml"),
        ("d05_microsim_history_dependent", 'value = 0.95\nunit = "ratio"', 'value = 0.9\nunit = "ratio"', None),
        ("d04_microsim_memoryless_vs_cohort", "[75996, 141644]", "[75996, 144644]", None),
        (
            "d04_microsim_memoryless_vs_cohort",
            "inc_cost_mcse = 164, inc_qaly = 0.561",
            "inc_cost_mcse = 174, inc_qaly = 0.561",
            None,
        ),
        ("d06_counting_methods_and_discounting", "value = 0.1\n", "value = 0.2\n", None),
        ("d07_frontiers", "54651, 58500", "54651, 54650", None),
        (
            "d09_psa_sick_sicker_time_homogeneous",
            'sicker_b = "cost_sicker_usual + cost_b"',
            'sicker_b = "cost_b"',
            None,
        ),
        ("d10_respond_step", 'precision = "single"', 'precision = "double"', None),
        (
            "d10_respond_step",
            'name = "behavior"\nlabel = "behaviour changes"\nrest = "dropped"\n[[stage]]\nname = "intervention"',
            'name = "intervention"\nlabel = "behaviour changes"\nrest = "dropped"\n[[stage]]\nname = "behavior"',
            "models/five-stages.toml",
        ),
        ("d08_ctmc_heart_transplant", "value = 0.3064751", "value = 0.3064752", None),
        ("d11_closed_forms", 'compounding = "yearly"', 'compounding = "continuous"', None),
    ],
)
def test_another_fact_or_convention_does_not_meet_what_was_published(copied, case, old, new, file):
    if file and file.endswith(".csv"):
        old, new = "75,", "75,1"
    assert any(answer.met is False for answer in answers_in(copied(case, old, new, file)))


def test_a_question_without_a_published_answer_is_answered(copied):
    path = copied(
        "d08_ctmc_heart_transplant", "[[ask]]", '[[ask]]\nid = "open"\nquestion = "sojourn"\nof = "1"\n[[ask]]'
    )
    answer = run_case(path)[0]
    assert answer.value == pytest.approx(1 / 0.1703707536291491)
    assert answer.met is None
    assert answer.error is None


def test_distances_look_into_lists_and_tables_and_see_another_form():
    assert distance([1.0, 2.5], [1, 2], False) == 0.5
    assert distance({"a": [2.0]}, {"a": [1.0]}, True) == 1
    assert distance({"a": 1.0}, {"b": 1.0}, False) == math.inf
    assert distance([1.0], [1.0, 2.0], False) == math.inf
    assert distance(1e-300, 0, True) == math.inf
    assert distance(None, 1.0, False) == math.inf
