"""Cases in continuous time with limited places, people of several strata, and totals of what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from bothand.checking import check_files
from bothand.faults import FaultsFound
from bothand.verify import run_case

MODEL = """
[model]
name = "clinic"
label = "A clinic"
time = "continuous"
strata = { sex = ["women", "men"], age = [20, 40, 60] }
[dead]
any = "died"
overdose = "died of overdose"
[dimension.care]
label = "care"
levels = [{ name = "out", label = "not in care" }, { name = "in", label = "in care" }]
[[cells]]
care = "*"
[lever.places]
label = "places"
kind = "places"
status_quo = "places_today"
unit = "people"
[capacity.clinic]
label = "places"
holds = { care = "in" }
places = "places"
fill = "fill"
[[rule]]
name = "comes"
label = "comes"
in = { care = "out" }
to = { care = "in" }
rate = "comes"
gate = "clinic"
[[rule]]
name = "leaves"
label = "leaves"
in = { care = "in" }
to = { care = "out" }
rate = "leaves"
[[rule]]
name = "dies"
label = "dies"
in = { care = "*" }
to = "dead.any"
rate = { by = "sex", women = "dies_women", men = "dies_men" }
death = true
[[rule]]
name = "overdose"
label = "dies of overdose"
in = { care = "out" }
to = "dead.overdose"
rate = "overdose"
death = true
[measure.alive]
label = "life-years"
unit = "years"
value = "1"
[measure.care]
label = "years in care"
unit = "years"
in = { care = "in" }
[count.let_in]
label = "people who are let in"
rules = ["comes"]
[count.deaths]
label = "deaths"
rules = ["dies", "overdose"]
"""
NUMBERS = {"comes": 1.5, "leaves": 0.8, "dies_women": 0.02, "dies_men": 0.05, "overdose": 0.03, "fill": 8.0}
KINDS = {"fill": "ratio", "places_today": "count"}
BOTH = 'stratum = { "women 20-39" = 0.25, "men 40-59" = 0.75 }'


@pytest.fixture
def clinic(tmp_path: Path) -> Any:
    """Answer one question about 100 people who start out of care, in a clinic with so many places (None: no limit)."""
    (tmp_path / "clinic.toml").write_text(MODEL, encoding="utf-8")
    unlimited = MODEL.replace('gate = "clinic"\n', "")
    for table in ("[lever.places]", "[capacity.clinic]"):
        before, after = unlimited.split(table)
        unlimited = before + after[after.index("\n[") + 1 :]
    (tmp_path / "unlimited.toml").write_text(unlimited, encoding="utf-8")

    def ask(question: str, places: float | None = 40.0, stratum: str = BOTH, accuracy: str = "stepped") -> Any:
        numbers = NUMBERS if places is None else {**NUMBERS, "places_today": places}
        model = "unlimited" if places is None else "clinic"
        values = "".join(
            f'{name} = {{ label = "x", value = {value}, unit = "{KINDS.get(name, "hazard")}" }}\n'
            for name, value in numbers.items()
        )
        (tmp_path / "asked.toml").write_text(
            f'[case]\nid = "asked"\ntitle = "x"\naccuracy = "{accuracy}"\n'
            f'[source]\ncitation = "x"\nlicence = "none"\n[value]\n{values}'
            f'[cohort.all]\nmodel = "{model}.toml"\n{stratum}\nstart = {{ out = 100.0 }}\n'
            'states = { out = { care = "out" }, in = { care = "in" }, dead = "dead", overdose = "dead.overdose" }\n'
            f'[[ask]]\nid = "one"\n{question}\n',
            encoding="utf-8",
        )
        (answer,) = run_case(tmp_path / "asked.toml")
        return answer.value

    return ask


def by_hand(places: float, years: float, force: float = 0.0) -> np.ndarray:
    """Women out, women in, men out, men in, discounted years in care, let in, deaths: the differential equations."""

    def change(t: float, y: np.ndarray) -> np.ndarray:
        share = np.clip(1 - ((y[1] + y[3]) / places) ** NUMBERS["fill"], 0, 1)
        found = np.zeros(7)
        for i, dies in ((0, NUMBERS["dies_women"]), (2, NUMBERS["dies_men"])):
            comes, leaves = NUMBERS["comes"] * share * y[i], NUMBERS["leaves"] * y[i + 1]
            found[i] = leaves - comes - (dies + NUMBERS["overdose"]) * y[i]
            found[i + 1] = comes - leaves - dies * y[i + 1]
            found[5] += comes
            found[6] += dies * (y[i] + y[i + 1]) + NUMBERS["overdose"] * y[i]
        found[4] = (y[1] + y[3]) * np.exp(-force * t)
        return found

    start = np.array([25.0, 0, 75, 0, 0, 0, 0])
    return np.asarray(solve_ivp(change, (0, years), start, method="LSODA", rtol=1e-9, atol=1e-9).y[:, -1])


OF_THE_STEP = 2e-3  # who is let in is settled once a week


def test_limited_places_come_to_what_the_equations_say(clinic: Any) -> None:
    there = by_hand(40, 5, force=0.1)
    found = clinic('question = "occupancy"\nof = ["out", "in", "dead"]\nat = 5')
    assert found == pytest.approx([there[0] + there[2], there[1] + there[3], there[6]], rel=OF_THE_STEP)
    asked = 'question = "total"\nhorizon = 5\nreward = '
    assert clinic(f'{asked}"care"\ndiscount = 0.1') == pytest.approx(there[4], rel=OF_THE_STEP)
    assert clinic(f'{asked}"let_in"') == pytest.approx(there[5], rel=OF_THE_STEP)
    assert clinic(f'{asked}"deaths"') == pytest.approx(there[6], rel=OF_THE_STEP)
    assert clinic('question = "time"\nof = "in"\nhorizon = 5') == pytest.approx(by_hand(40, 5)[4], rel=OF_THE_STEP)
    assert there[1] + there[3] < 0.75 * sum(by_hand(1e6, 5)[[1, 3]])  # the places do limit


@pytest.mark.parametrize("reward", ["alive", "care", "let_in", "deaths"])
def test_with_room_for_all_steps_come_to_the_exact_answer(clinic: Any, reward: str) -> None:
    asked = f'question = "total"\nreward = "{reward}"\nhorizon = 3\ndiscount = 0.05'
    exact = clinic(asked, places=None, accuracy="exact")
    assert clinic(asked, places=None) == pytest.approx(exact, rel=1e-4)
    assert clinic(asked, places=1e6) == pytest.approx(exact, rel=1e-4)


def test_steps_need_an_end_whole_steps_and_no_single_start(clinic: Any) -> None:
    asked = 'question = "total"\nreward = "alive"\nhorizon = '
    assert clinic(f"{asked}0.5") < 50
    for question, said in (
        (f'{asked}"infinite"', "a horizon has an end"),
        (f"{asked}0.501", "not a whole number of steps"),
        ('question = "occupancy"\nof = "in"\nat = 1\nfrom = "out"', "name one 'stratum'"),
        ('question = "ever"\nof = "in"\nat = 1', "no answer in steps"),
    ):
        with pytest.raises(FaultsFound, match=said):
            clinic(question)
    with pytest.raises(FaultsFound, match="'from' has no answer"):
        clinic('question = "occupancy"\nof = "in"\nat = 1\nfrom = "out"', stratum='stratum = "men 20-39"')


def test_limited_places_have_no_exact_answer_and_the_fault_says_what_to_write(clinic: Any) -> None:
    with pytest.raises(FaultsFound, match='accuracy = "stepped"'):
        clinic('question = "occupancy"\nof = "in"\nat = 1', accuracy="exact")


def test_a_table_of_ages_is_told_how_a_band_is_written(clinic: Any, tmp_path: Path) -> None:
    model = (tmp_path / "unlimited.toml").read_text("utf-8").replace('men = "dies_men"', 'men = "dies_men * more[age]"')
    table = '[table.more]\nlabel = "x"\nby = "age"\n'
    (tmp_path / "unlimited.toml").write_text(f'{model}{table}unit = "ratio"\n', encoding="utf-8")
    for first, second, fits in (("20", "40", False), ("20-39", "40-59", True)):
        (tmp_path / "more.csv").write_text(f"age,value\n{first},1\n{second},3\n", encoding="utf-8")
        given = f'question = "occupancy"\nof = "dead"\nat = 1\n{table}file = "more.csv"'
        if fits:
            assert clinic(given, None, 'stratum = "men 40-59"') > clinic(given, None, 'stratum = "men 20-39"')
        else:
            with pytest.raises(FaultsFound, match=r"no entry for 20-39\. In continuous time 'age' is a band"):
                clinic(given, None)


def test_people_of_several_strata_are_the_weighted_sum_of_each(clinic: Any) -> None:
    asked = 'question = "total"\nreward = "deaths"\nhorizon = 10'
    women, men, both = (
        clinic(asked, places=None, stratum=stratum, accuracy="exact")
        for stratum in ('stratum = "women 20-39"', 'stratum = "men 40-59"', BOTH)
    )
    assert both == pytest.approx(0.25 * women + 0.75 * men, rel=1e-12)
    assert women < men


@pytest.mark.parametrize("stratum", ['stratum = { "women 20-39" = 0.5 }', 'stratum = { "girls" = 1.0 }', ""])
def test_shares_of_strata_add_up_and_have_known_names(clinic: Any, stratum: str) -> None:
    with pytest.raises(FaultsFound, match=r"add up to 1|the share of each: women 20-39"):
        clinic('question = "occupancy"\nof = "in"\nat = 1', stratum=stratum)


@pytest.mark.parametrize(
    "question", ['question = "sojourn"\nof = "in"', 'question = "occupancy"\nof = "in"\nat = 1\nfrom = "out"']
)
@pytest.mark.parametrize("stratum", [BOTH, 'stratum = { "women 20-39" = 1.0 }'])
def test_what_is_asked_of_one_person_is_refused_by_the_check_as_by_the_answer(
    clinic: Any, tmp_path: Path, question: str, stratum: str
) -> None:
    told: list[str] = []
    try:
        clinic(question, None, stratum=stratum, accuracy="exact")
    except FaultsFound as found:
        told = [fault.message for fault in found.faults]
    assert bool(told) == (stratum == BOTH)
    _, faults = check_files([tmp_path / "asked.toml"])
    assert [fault.message for fault in faults] == told


def test_all_deaths_are_one_state_and_as_many_as_are_counted(clinic: Any) -> None:
    dead, overdose = clinic('question = "occupancy"\nof = ["dead", "overdose"]\nat = 4', None, accuracy="exact")
    assert clinic('question = "total"\nreward = "deaths"\nhorizon = 4', None, accuracy="exact") == pytest.approx(dead)
    assert 0 < overdose < dead


def test_life_years_without_end_are_a_number(clinic: Any) -> None:
    """People age and die of two causes; who is dead stays so without end, and that is no life-year."""
    asked = 'question = "total"\nreward = "alive"\nhorizon = '
    found = clinic(f'{asked}"infinite"', None, accuracy="exact")
    assert found == pytest.approx(clinic(f"{asked}2000", None, accuracy="exact"))
    dies = [NUMBERS["dies_women"], NUMBERS["dies_men"]]
    bounds = [100 * sum(w / (d + extra) for w, d in zip((0.25, 0.75), dies, strict=True)) for extra in (0, 0.03)]
    assert bounds[1] < found < bounds[0]


def test_single_people_wait_for_places_too(clinic: Any) -> None:
    asked = 'question = "people"\npeople = 4000\nhorizon = 5\nreward = '
    for reward, exact in (("care", by_hand(40, 5)[4]), ("let_in", by_hand(40, 5)[5])):
        found = clinic(f'{asked}"{reward}"')
        assert found[reward] == pytest.approx(exact / 100, abs=4 * found[f"{reward}_mcse"])
        assert found["from_cohort"] < 4
