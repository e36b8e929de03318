"""The how-to pages do what they say: a reader who copies their files and types their commands gets what is promised."""

from __future__ import annotations

import csv
import math
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from scipy.optimize import brentq

from bothand.cli import main
from bothand.engine.setting import Setting, load_setting
from bothand.evidence.rows import COLUMNS
from bothand.evidence.tables import load_evidence
from bothand.files import data_folder
from bothand.report.summary import Summary
from bothand.verify import run_case
from bothand.world.model import load_model
from bothand.world.money import rules_in_words, spendable

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[tuple[str, str, str]]:
    """Language, file and text of every block of a page."""
    return BLOCK.findall((DOCS / page).read_text("utf-8"))


def follow(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write the files of a page into a folder and type its commands there; what each of them printed."""
    for _, file, text in blocks(page):
        if file:
            (folder / file).write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    said = []
    for language, _, text in blocks(page):
        for line in text.splitlines() if language == "sh" else ():
            program, *words = shlex.split(line)
            assert program == "bothand", line
            result = CliRunner().invoke(main, words)
            assert result.exit_code == 0, f"{line}: {result.output} {result.exception!r}"
            said.append(result.output)
    return said


def summary(folder: Path) -> Summary:
    return Summary.model_validate_json((folder / "summary.json").read_text("utf-8"))


def test_add_a_service_gives_a_run_in_which_the_service_is_bought_and_reaches_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = follow("add-a-service.md", tmp_path, monkeypatch)
    assert any("our_rides.toml: study, no fault found." in text for text in said)
    found = summary(tmp_path / "runs" / "rides")
    (service,) = [s for s in found.services if s.key == "peer_rides"]
    assert service.label == "Rides to the first appointment"
    (line,) = [row for row in found.lines if (row.plan, row.service) == ("rides_and_kits", "peer_rides")]
    assert line.usd == pytest.approx(found.money.per_year / 2)
    assert line.codes == "B.B"
    assert line.units is not None
    assert line.units.low > 0
    with (tmp_path / "runs" / "rides" / "lines.csv").open(encoding="utf-8", newline="") as stream:
        assert "Rides to the first appointment" in {row["line"] for row in csv.DictReader(stream)}
    assert "Rides to the first appointment" in (tmp_path / "runs" / "rides" / "report.html").read_text("utf-8")


def test_add_a_value_gives_a_picture_with_twelve_values_and_says_why_ours_is_not_on_the_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow("add-a-value.md", tmp_path, monkeypatch)
    found = summary(tmp_path / "runs" / "values")
    assert len(found.values) == 12
    assert max(found.values, key=lambda value: value.order).key == "belonging"
    marks = {(m.service, m.sign) for m in found.marks if m.value == "belonging"}
    assert marks == {("recovery_community_centre", "serves"), ("residential_with_medication", "pulls_against")}
    assert all("minutes of 3 November 2026" in m.source for m in found.marks if m.value == "belonging")
    assert "belonging" in {left.value for left in found.left_out}
    assert "Belonging" in (tmp_path / "runs" / "values" / "report.html").read_text("utf-8")


def test_change_a_number_changes_the_draws_of_that_number_and_of_no_other(tmp_path: Path) -> None:
    shown = [text for language, _, text in blocks("change-a-number.md") if language == "sh"]
    key = next(word for word in " ".join(shown).split() if word.startswith("od_rate"))
    table = next(word for word in " ".join(shown).split() if word.endswith("overdose.csv"))
    source = data_folder() / "evidence"
    for path in source.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    changed = tmp_path / Path(table).name
    with changed.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    row = next(r for r in rows if r["key"] == key)
    row["mean"] = str(0.5 * (float(row["mean"]) + float(row["high"])))
    with changed.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    assert CliRunner().invoke(main, ["check", str(changed)]).exit_code == 0
    before, after = load_evidence(), load_evidence(tmp_path)
    moved = {name for name in before if before[name].base_mean != after[name].base_mean}
    assert key in moved
    assert all(key in before[name].inputs for name in moved - {key})


def test_write_your_own_model_gives_the_answers_that_the_page_promises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "write-your-own-model.md"
    said = follow(page, tmp_path, monkeypatch)
    assert sum("model, no fault found." in text for text in said) == 8
    assert any("multiplies the hazard of: overdose" in text for text in said)
    times = {path.stem: load_model(path).header.time for path in tmp_path.glob("*[!e].toml")}
    assert {name for name, time in times.items() if time == "continuous"} == {"again", "contact", "detox", "places"}
    assert {name for name, time in times.items() if time == "discrete"} == {"ages", "months", "stays", "visit"}
    answers = {(a.case, a.id): a for path in tmp_path.glob("*_case.toml") for a in run_case(path)}
    assert sum(answer.met is True for answer in answers.values()) == 15
    assert all(answer.met in (True, None) for answer in answers.values())


def test_the_answers_that_the_page_leaves_open_are_those_of_their_formulas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow("write-your-own-model.md", tmp_path, monkeypatch)
    answers = {a.id: a.value for path in tmp_path.glob("*_case.toml") for a in run_case(path)}
    stays = [math.comb(2 * n, n) / 4**n for n in range(13)]
    assert answers["years beyond the third month"] == pytest.approx(_settled(stays))
    stay_now = [0.9**n for n in range(12)]
    stay_coach = [0.95 ** min(n, 3) * 0.9 ** max(n - 3, 0) for n in range(12)]
    cost_now, cost_coach = 500 * sum(stay_now), 500 * sum(stay_coach) + 100 * sum(stay_coach[:3])
    ratio = 12 * (cost_coach - cost_now) / (sum(stay_coach) - sum(stay_now))
    assert answers["cost of another year in treatment"] == pytest.approx(ratio)
    lived = [0.95 + 0.81 / 1.03, 0.975 + 0.9025 / 1.03]
    assert answers["cost of another quality-adjusted year"] == pytest.approx(
        500 * lived[1] / 0.8 / (lived[1] - lived[0])
    )
    now, twice = answers["treatments begun by women and men in ten years"]
    assert 10 * 3.5 * 10 < now < twice < 10 * 4.5 * 20
    shares = answers["how often the coach is the better buy"]
    coach = [shares[worth]["with a coach"] for worth in ("5000", "10000", "20000")]
    assert coach == sorted(coach)
    assert coach[0] < 0.5 < coach[-1]
    assert answers["seizures in ten years, without a past"]["from_cohort"] < 4


@pytest.mark.parametrize(("places", "said"), [(10, 8.537295159176228), (20, 12.760057659824996)])
def test_the_formula_of_the_page_says_who_takes_naltrexone_in_the_long_run(places: float, said: float) -> None:
    def missing(taking: float) -> float:
        waiting = 1.5 * taking / (6 * (1 - taking / places))
        completed, moves_on = 1.5 * taking + waiting, 365.25 / 7
        entered = completed * (moves_on + 20) / moves_on
        return 100 - entered / 0.5 - entered / (moves_on + 20) - completed / 50 - waiting - taking

    assert brentq(missing, 0, places * (1 - 1e-12)) == pytest.approx(said, rel=1e-10)
    assert str(said) in (DOCS / "write-your-own-model.md").read_text("utf-8")


def test_what_is_compared_in_continuous_time_may_be_discounted(tmp_path: Path) -> None:
    for _, file, text in blocks("write-your-own-model.md"):
        if file.startswith("detox"):
            (tmp_path / file).write_text(text, encoding="utf-8")
    case = (tmp_path / "detox_case.toml").read_text("utf-8")
    asked = {
        "cost": 'question = "total"\nvariant = ["as now", "twice the places"]\nreward = "cost"',
        "naltrexone": 'question = "total"\nvariant = ["as now", "twice the places"]\nreward = "naltrexone"',
        "icer": 'question = "icer"\nvariant = "twice the places"\ncost = "cost"\neffect = "naltrexone"',
    }
    asks = "".join(f'[[ask]]\nid = "{k}"\n{text}\nhorizon = 1\ndiscount = 0.5\n' for k, text in asked.items())
    (tmp_path / "detox_case.toml").write_text(case[: case.index("[[ask]]")] + asks, encoding="utf-8")
    found = {answer.id: answer.value for answer in run_case(tmp_path / "detox_case.toml")}
    (cost, more_cost), (years, more_years) = found["cost"], found["naltrexone"]
    assert found["icer"] == pytest.approx((more_cost - cost) / (more_years - years), rel=1e-9)


def test_the_formula_of_the_page_is_the_mean_of_people_with_a_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow("write-your-own-model.md", tmp_path, monkeypatch)
    a, b = 0.2 / 1.8, 0.6 / 1.8
    mean = 0.4 * 5 * b + 0.6 * (5 * b + (a - b) * (1 - math.exp(-5 * a)) / a)
    answers = {a.id: a for a in run_case(tmp_path / "again_case.toml")}
    assert answers["overdoses in five years, with a past"].expected["overdoses"] == pytest.approx(mean, abs=1e-6)
    without, with_a_past = (answer.value for answer in answers.values())
    assert with_a_past["overdoses_sd"] > 1.2 * without["overdoses_sd"]


def _settled(stays: list[float]) -> float:
    """Years of the months, counted at their ends, in which the stay was in its fourth month or later."""
    return sum(stays[3:13]) / 12


def test_run_your_own_place_takes_the_county_and_the_rules_of_its_money(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "run-your-own-place.md"
    rules = next(text for language, file, text in blocks(page) if language == "toml" and "held_back" in text)
    for _, file, text in blocks(page):
        if file:
            (tmp_path / file).write_text(text.replace("[money.first_round]", f"{rules}\n[money.first_round]"), "utf-8")
    monkeypatch.chdir(tmp_path)
    for language, _, text in blocks(page):
        for line in text.splitlines() if language == "sh" and "check" in text else ():
            words = shlex.split(line)[1:]
            if words[0] == "check":
                assert CliRunner().invoke(main, words).exit_code == 0, line
    setting = load_setting("washtenaw", tmp_path / "our_county.toml")
    assert setting.place.label == "Our County, Michigan"
    assert _spent(setting) == pytest.approx(1_200_000 + 900_000)
    money = setting.place.about.money
    assert money is not None
    words = " ".join(rules_in_words(money))
    assert "10% of each year's money before 2038 is held back" in words
    assert "is added to the next" in words


def _spent(setting: Setting) -> float:
    """All years' money of the county at the means of its quantities: its unspent receipts and its three payments."""
    money = setting.place.about.money
    assert money is not None
    values = {key: load_mean(setting, key) for key in (money.unspent, money.factor)}
    return float(spendable(setting.place, values, "all_years", setting.study.years).sum())


def load_mean(setting: Setting, key: str) -> object:
    """The mean of a quantity as a draw of one."""
    import numpy as np

    return np.array([setting.evidence[key].base_mean])


def test_keep_the_rules_gives_a_plan_that_keeps_an_earmark_an_exclusion_and_a_binding_cap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = follow("keep-the-rules.md", tmp_path, monkeypatch)
    assert any("our_rules.toml: study, no fault found." in text for text in said)
    found = summary(tmp_path / "runs" / "rules")
    assert found.rules is not None
    paid = next(plan for plan in found.plans if plan.key == found.both_and.plan).dollars
    assert paid["peer_coaching"] >= 150_000
    assert not paid.get("community_naloxone")
    assert found.rules.asked["both_and"].mean <= 800_000 == found.rules.cap
    assert "both_and" not in found.rules.breaks
    assert "money for community naloxone" in found.rules.breaks["kits_only"]
    assert found.rules.plan_without.get("community_naloxone", 0) > 0
    assert not found.rules.cost_nothing
    kinds = {rule.kind: rule for rule in found.rules.rules}
    assert set(kinds) == {"earmark", "exclusion", "cap"}
    assert kinds["cap"].without > 0, "the cap binds"
    assert "The rules of this money, and what they cost" in (tmp_path / "runs" / "rules" / "report.html").read_text(
        "utf-8"
    )
