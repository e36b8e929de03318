"""Cases ask single people: what they come to beside the cohort, and where nobody can be followed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bothand.engine.discrete.chances import Numbers
from bothand.engine.questions.people import one_draw
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.verify import FROM_COHORT, among_people, run_case
from bothand.world.cases.loading import load_case
from bothand.world.cases.nouns import Within

CASES = data_folder() / "cases"
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-your-own-model.md"
LEAST_P = 4  # standard errors, and every seed here is fixed


@pytest.fixture
def asked(tmp_path: Path) -> Any:
    """Return the value of one more question to a case of the page, or a shipped one; some of the text changed."""
    for file, text in re.findall(r"^```toml (\S+)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        (tmp_path / file).write_text(text, encoding="utf-8")

    def ask(case: str, question: str, *changes: tuple[str, str]) -> dict[str, Any]:
        path = tmp_path / f"{case}.toml"
        text = path.read_text("utf-8") if path.exists() else (CASES / path.name).read_text("utf-8")
        for old, new in changes:
            for file in (path, tmp_path / path.name.replace("_case", "")):
                if old in file.read_text("utf-8"):
                    file.write_text(file.read_text("utf-8").replace(old, new), encoding="utf-8")
                    text = path.read_text("utf-8")
        path.write_text(f'{text}\n[[ask]]\nid = "more"\nquestion = "people"\n{question}\n', encoding="utf-8")
        (found,) = [answer.value for answer in run_case(path) if answer.id == "more"]
        assert isinstance(found, dict)
        return found

    ask.folder = tmp_path  # type: ignore[attr-defined]  # where its files are
    return ask


@pytest.mark.parametrize("discount", ["", "discount = 0.1", 'discount = 0.1\ncompounding = "yearly"'])
def test_people_in_continuous_time_come_to_what_the_cohort_expects(asked: Any, discount: str) -> None:
    found = asked("contact_case", f'people = 20000\nreward = "contact"\nhorizon = 2\n{discount}')
    assert found[FROM_COHORT] < LEAST_P
    if not discount:
        assert found["contact"] == pytest.approx(1.622710545138908, abs=LEAST_P * found["contact_mcse"])


def test_variants_are_lived_by_the_same_people(asked: Any) -> None:
    question = 'among = ["as now", "with a coach"]\nreward = "years"\nhorizon = 1\ncohort = "expected"\npeople = 5000'
    found = asked("months_case", question)
    assert found[FROM_COHORT] < LEAST_P
    before, after = found["years"]
    assert found["inc_years"] == pytest.approx(after - before)
    # Whoever stays without a coach stays with one, so the step is known better than either mean.
    assert found["inc_years_mcse"] < 0.7 * min(found["years_mcse"])


def test_people_live_with_the_numbers_of_one_draw(asked: Any) -> None:
    question = 'variant = "as now"\nreward = "years"\nhorizon = 1\ncohort = "drawn"\npeople = 2000\n'
    assert asked("months_case", f"{question}draw = 7")[FROM_COHORT] < LEAST_P


@pytest.mark.parametrize(
    ("case", "question", "message"),
    [
        ("contact_case", 'people = 100\nreward = "contact"\nhorizon = 1.5', "a whole number of years"),
        ("contact_case", 'people = 100\nreward = "contact"\nhorizon = "infinite"', "a whole number of years"),
        ("contact_case", 'people = 100\nreward = "contacts"\nhorizon = 1', "there is no measure or count 'contacts'"),
        (
            "again_case",
            'people = 100\nreward = "overdoses"\nhorizon = 1\ncarry = "past"',
            "no history or modifier 'past'",
        ),
        ("stays_case", 'people = 100\nreward = "settled"\nhorizon = 1\ndiscount = 0.1', "says how it is discounted"),
        (
            "visit_case",
            'people = 100\nreward = "cost"\nhorizon = 2\nvariant = "offer it there"',
            "the tree gives to 'cost'",
        ),
        (
            "months_case",
            'variant = "as now"\nreward = "years"\nhorizon = 1\ncohort = "drawn"\npeople = 20\ndraw = 9999999',
            "there is no draw 9999999",
        ),
        (
            "months_case",
            'variant = "as now"\nreward = "years"\nhorizon = 1\ncohort = "drawn"\npeople = 20',
            "one 'draw' where a cohort has draws",
        ),
    ],
)
def test_what_nobody_can_be_asked_is_told(asked: Any, case: str, question: str, message: str) -> None:
    with pytest.raises(FaultsFound, match=message):
        asked(case, question)


def test_people_of_a_tree_start_where_its_ways_lead(asked: Any) -> None:
    found = asked("visit_case", 'people = 4000\nreward = "life_years"\nhorizon = 2\nvariant = "offer it there"')
    assert found["life_years"] == pytest.approx(1.88766, abs=LEAST_P * found["life_years_mcse"])
    assert found[FROM_COHORT] < LEAST_P


def test_a_cohort_that_cannot_answer_leaves_people_without_an_expectation(asked: Any) -> None:
    own = '[modifier.own]\nlabel = "of one\'s own"\ndistribution = "gamma"\nsd = 0.5\n\n[[rule]]'
    changes = (("[[rule]]", own), ("leaves_first / duration", "min(1, own * leaves_first / duration)"))
    cohort = re.compile(r"^\[\[ask\]\].*", re.MULTILINE | re.DOTALL)
    question = 'people = 100\nreward = "settled"\nhorizon = 1'
    with pytest.raises(FaultsFound, match='ask with question = "people"'):
        asked("stays_case", question, *changes)  # the case's own questions are to a cohort
    path = asked.folder / "stays_case.toml"
    path.write_text(cohort.sub("", path.read_text("utf-8")), encoding="utf-8")
    assert asked("stays_case", question)[FROM_COHORT] is None


def test_a_question_to_people_is_checked_before_it_is_run(tmp_path: Path) -> None:
    path = tmp_path / "d04.toml"
    text = (CASES / "d04_microsim_memoryless_vs_cohort.toml").read_text("utf-8").replace("models/", f"{CASES}/models/")
    path.write_text(
        text.replace('among = ["No Treatment", "Treatment"]', 'among = ["No Treatment", "Treated"]'), "utf-8"
    )
    with pytest.raises(FaultsFound, match="there is no variant 'Treated'"):
        load_case(path)


def test_one_draw_is_taken_of_what_has_draws_and_of_nothing_else() -> None:
    found = one_draw(Numbers({"a": [1.0, 2.0], "b": 3.0}, {}, {"t": {(1,): [4.0, 5.0]}}), 1)
    assert found.draws == 1
    assert (found.quantities["a"][0], found.quantities["b"][0], found.tables["t"][1,][0]) == (2.0, 3.0, 5.0)


def test_nearness_counts_errors_of_both_sides_and_the_rounding_of_what_was_published() -> None:
    near = Within(errors=4.0, spread=0.02)
    ours = {"cost": 100.0, "cost_mcse": 3.0, FROM_COHORT: 1.0}
    theirs = {"cost": 119, "cost_mcse": 4}  # 19 away, 4 * 5 and half a unit allowed; 1 away, 0.08 and half a unit
    assert among_people(ours, theirs, near) == pytest.approx(1 / 0.58)
    assert among_people({**ours, "cost_mcse": 3.9}, theirs, near) == pytest.approx(
        19 / (4 * (3.9**2 + 16) ** 0.5 + 0.5)
    )
    assert among_people(ours, {"cost": 120}, near) > 1  # an error that is not published is taken to be ours: 17.5 away
    assert among_people(ours, {"cost": 116}, near) <= 1
    assert among_people(ours, {"cost_mcse": 3.05}, near) <= 1
    assert among_people(ours, {"cost_mcse": 3.2}, near) > 1
    assert among_people(ours, {"cost_mcse": 3}, near) == pytest.approx(1 / 4)  # only the cohort is 1 of 4 errors away
    assert among_people({**ours, FROM_COHORT: 4.5}, {"cost": 100}, near) > 1
    assert among_people(ours, {"effect": 1.0}, near) == float("inf")
