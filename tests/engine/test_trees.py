"""A decision tree, then a model: probabilities multiply along a path, what ways give adds up, leaves start a cohort."""

from __future__ import annotations

import math
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.engine.compile import compile_model
from bothand.engine.questions.trees import started
from bothand.engine.rates import Environment, Values
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.verify import run_case
from bothand.world.model import load_model
from faulty import change, faults_of, write
from texts import dimension_text, rule_text

W01 = "w01_operation_then_life"
CASES = data_folder() / "cases"


@pytest.fixture
def copied(tmp_path):
    """Return a copy of the worked example, its model changed."""

    def copy(*changes, of="models/operation-then-life.toml"):
        shutil.copytree(CASES, tmp_path / "cases", dirs_exist_ok=True)
        change(tmp_path / "cases" / of, *changes)
        return tmp_path / "cases" / f"{W01}.toml"

    return copy


def geometric(dies, rate, years):
    """Discounted years of a person who dies with the same probability every year, counted at the end of each."""
    q = (1 - dies) / (1 + rate)
    return q * (1 - q**years) / (1 - q)


def test_the_worked_example_is_its_closed_form():
    answers = {answer.id: answer.value for answer in run_case(W01)}
    well, impaired = geometric(0.01, 0.03, 10), geometric(0.05, 0.03, 10)
    starts_well, starts_impaired = 1 - 0.02 - 0.1 + 0.1 * 0.6, 0.1 * 0.4
    assert answers["start.Operate"] == pytest.approx({"well": starts_well, "impaired": starts_impaired, "dead": 0.02})
    lived = {"Wait": impaired, "Operate": starts_well * well + starts_impaired * impaired}
    assert answers["life_years"] == pytest.approx(lived, rel=1e-13)
    paid = {"Wait": 3000 * impaired, "Operate": 20000 + 0.1 * 5000 + 3000 * starts_impaired * impaired}
    assert answers["cost"] == pytest.approx(paid, rel=1e-13)
    assert answers["icer"] == pytest.approx(
        (paid["Operate"] - paid["Wait"]) / (lived["Operate"] - lived["Wait"]), rel=1e-12
    )


def test_people_times_as_many_come_to_a_tree_and_pay_as_many_times(copied):
    path = copied(('tree = "operation"\n', 'tree = "operation"\npeople = 250.0\n'), of=f"{W01}.toml")
    once, often = ({a.id: a.value for a in run_case(case)} for case in (W01, path))
    for answer in ("cost", "life_years", "start.Operate"):
        assert often[answer] == pytest.approx({name: 250 * value for name, value in once[answer].items()}, rel=1e-13)
    assert often["icer"] == pytest.approx(once["icer"], rel=1e-12)


def test_a_tree_is_the_same_as_starting_where_it_leads(copied):
    whole = {a.id: a.value for a in run_case(W01)}
    path = copied(('tree = "operation"\n', "start = { well = 0.94, impaired = 0.04, dead = 0.02 }\n"), of=f"{W01}.toml")
    parts = {a.id: a.value for a in run_case(path)}
    assert parts["life_years"]["Operate"] == pytest.approx(whole["life_years"]["Operate"], rel=1e-13)
    assert parts["cost"]["Operate"] == pytest.approx(whole["cost"]["Operate"] - 20500, rel=1e-12)


LOTTERY = f"""\
[model]
name = "lottery"
time = "continuous"
[dead]
any = "dead"
{dimension_text("state", a="A", b="B")}
[[cells]]
state = "*"
[tree.first]
label = "what happens first"
[[tree.first.fork]]
name = "one"
way = [
  {{ name = "on", probability = "p", to = "two", gives = {{ worth = "x" }} }},
  {{ name = "dies", probability = "q", end = "dead.any", gives = {{ worth = "y" }} }},
  {{ name = "stays in A", probability = "rest", end = {{ state = "a" }} }},
]
[[tree.first.fork]]
name = "two"
way = [
  {{ name = "to A", probability = "r", end = {{ state = "a" }}, gives = {{ worth = "x * y" }} }},
  {{ name = "to B", probability = "1 - r", end = {{ state = "b" }} }},
]
{rule_text("dies", "dies", {"state": "*"}, "dead.any", "die")}
death = true
[measure.worth]
label = "worth"
unit = "years"
in = {{ state = "*" }}
"""
CASE = """\
[case]
id = "lottery"
title = "a tree before continuous time"
accuracy = "exact"
[source]
citation = "a test"
licence = "none is needed"
{draws}
{values}
[cohort.everyone]
model = "lottery.toml"
tree = "first"
{named}
[cohort.everyone.states]
A = {{ state = "a" }}
B = {{ state = "b" }}
dead = "dead.any"
[[ask]]
id = "worth"
question = "total"
reward = "worth"
horizon = 4
{over}
[[ask]]
id = "start"
question = "occupancy"
of = ["A", "B", "dead"]
at = 0
{over}
"""
SIZES = {"p": 0.5, "q": 0.2, "r": 0.3, "x": 7.0, "y": 11.0, "die": 0.1}
UNITS = {"p": "probability", "q": "probability", "r": "probability", "x": "ratio", "y": "ratio", "die": "hazard"}


def written(folder, sizes=SIZES, *changes, draws="", named="", over=""):
    """A case of the lottery: numbers, or lists of them as given draws."""
    write(folder / "lottery.toml", LOTTERY, *changes)
    values = []
    for name, size in sizes.items():
        given_ = f'column = "{name}"' if draws else f"value = {size!r}"
        values.append(f'[value.{name}]\nlabel = "{name}"\n{given_}\nunit = "{UNITS[name]}"')
    text = CASE.format(values="\n".join(values), draws=draws, named=named, over=over)
    return write(folder / "lottery_case.toml", text)


def expected(p, q, r, x, y, die):
    """(worth, people in A, in B, dead at once) by hand."""
    lived = (1 - q) * (1 - math.exp(-4 * die)) / die
    return p * x + q * y + p * r * x * y + lived, p * r + 1 - p - q, p * (1 - r), q


def test_a_tree_before_continuous_time_is_its_closed_form(tmp_path):
    worth, start = run_case(written(tmp_path))
    by_hand = expected(**SIZES)
    assert worth.value == pytest.approx(by_hand[0], rel=1e-13)
    assert start.value == pytest.approx(by_hand[1:], rel=1e-13)


@settings(max_examples=30, deadline=None)
@given(p=st.floats(0, 1), q=st.floats(0, 1), r=st.floats(0, 1))
def test_everyone_who_comes_to_a_tree_starts_somewhere(tmp_path_factory, p, q, r):
    folder = tmp_path_factory.mktemp("lottery")
    spec = load_model(write(folder / "lottery.toml", LOTTERY))
    if p + q > 1:
        p, q = p / (p + q), q / (p + q)
    model = compile_model(spec)
    sizes = {name: np.array([value]) for name, value in {**SIZES, "p": p, "q": q, "r": r}.items()}
    values = Values(model, Environment(sizes, {}, {}, {}, (0,)))
    values.need(model.trees["first"].roots)
    people, gave = started(spec, model.trees["first"], values.known, model.chain.n_all)
    assert people.sum() == pytest.approx(1, rel=1e-12)
    assert (people >= 0).all()
    assert gave["worth"] == pytest.approx(p * 7 + q * 11 + p * r * 77)


def test_many_forks_after_one_another_are_met_once_each(tmp_path):
    """Sixty forks with two ways each to the next: two to the sixty paths, and the sums of a straight line."""
    forks = "".join(
        f'[[tree.first.fork]]\nname = "{n}"\nway = [\n'
        f'  {{ name = "left", probability = "p", to = "{n + 1}", gives = {{ worth = "x" }} }},\n'
        f'  {{ name = "right", probability = "rest", to = "{n + 1}" }},\n]\n'
        for n in range(60)
    )
    forks += '[[tree.first.fork]]\nname = "60"\nway = [{ name = "end", probability = "1", end = { state = "a" } }]\n'
    start, end = LOTTERY.index("[[tree.first.fork]]"), LOTTERY.index("[[rule]]")
    write(tmp_path / "long.toml", LOTTERY[:start] + forks + LOTTERY[end:])
    model = compile_model(load_model(tmp_path / "long.toml"))
    sizes = {name: np.array([value]) for name, value in SIZES.items()}
    values = Values(model, Environment(sizes, {}, {}, {}, (0,)))
    values.need(model.trees["first"].roots)
    people, gave = started(model.spec, model.trees["first"], values.known, model.chain.n_all)
    assert people[:, 0].tolist() == pytest.approx([1, 0, 0])
    assert gave["worth"] == pytest.approx(60 * 0.5 * 7)


def test_a_tree_differs_by_draw_and_each_draw_is_its_own_closed_form(tmp_path):
    rows = [dict(SIZES, p=p, x=x) for p, x in ((0.1, 3.0), (0.5, 7.0), (0.75, 0.0))]
    table = "draw," + ",".join(SIZES) + "\n"
    table += "".join(f"{n}," + ",".join(map(repr, row.values())) + "\n" for n, row in enumerate(rows, start=1))
    (tmp_path / "draws.csv").write_text(table, encoding="utf-8")
    draws = '[draws.given]\nlabel = "three"\nfile = "draws.csv"'
    worth, start = run_case(written(tmp_path, draws=draws, named='draws = "given"', over="draw = [1, 2, 3]"))
    assert worth.value == pytest.approx([expected(**row)[0] for row in rows], rel=1e-13)
    assert_allclose(np.array(start.value).T, [expected(**row)[1:] for row in rows], rtol=1e-12)


@pytest.mark.parametrize(
    ("changes", "message", "at"),
    [
        ([('to = "two"', 'to = "too"')], "there is no fork 'too'", '  { name = "on"'),
        ([('to = "two"', 'end = { state = "a" }')], "no way leads to the fork 'two'", "[[tree.first.fork]]"),
        ([('end = { state = "b" }', 'to = "one"')], "leads back to the fork 'one'", '  { name = "to B"'),
        ([('name = "two"', 'name = "one"')], "two forks are called 'one'", 'name = "one"'),
        ([('"dead.any", gives', '"dead.all", gives')], "no way to die called 'dead.all'", '  { name = "dies"'),
        ([('end = { state = "b" }', 'end = { state = "*" }')], "exactly one cell; it names 2", '  { name = "to B"'),
        ([('worth = "x * y"', 'wort = "x"')], "there is no reward 'wort'", '  { name = "to A"'),
        ([('probability = "q"', 'probability = "rest"')], "only one way of 'one' may be \"rest\"", '  { name = "stays'),
        ([('probability = "r"', 'probability = "die"')], "a probability or a ratio was expected", '  { name = "to A"'),
        ([('probability = "r"', 'probability = "pp"')], "nothing is called 'pp'", '  { name = "to A"'),
    ],
)  # fmt: skip
def test_what_a_tree_may_not_be_is_refused_with_its_line(tmp_path, changes, message, at):
    path = write(tmp_path / "lottery.toml", LOTTERY, *changes)
    found = faults_of(compile_model, load_model(path), UNITS)
    hit = [fault for fault in found if message in fault.message]
    assert hit, [str(fault) for fault in found]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert any(lines[fault.line - 1].startswith(at) for fault in hit), [lines[fault.line - 1] for fault in hit]


def test_a_way_leads_to_one_place(tmp_path):
    path = write(tmp_path / "lottery.toml", LOTTERY, ('to = "two", gives', 'to = "two", end = "dead.any", gives'))
    (fault,) = faults_of(load_model, path)
    assert "a way leads either 'to' a fork or to an 'end'" in fault.message


@pytest.mark.parametrize(
    ("sizes", "changes", "message"),
    [
        ({"p": 0.9, "q": 0.4}, (), "the chance of 'stays in A' is -0.3"),
        ({"r": 1.25}, (), "the chance of 'to A' is 1.25"),
        ({}, [('probability = "1 - r"', 'probability = "r"')], "the ways of the fork 'two' add up to 0.6, not to 1"),
    ],
)
def test_chances_that_cannot_be_are_refused_when_numbers_are_put_in(tmp_path, sizes, changes, message):
    found = faults_of(run_case, written(tmp_path, {**SIZES, **sizes}, *changes))
    assert any(message in fault.message for fault in found), [str(fault) for fault in found]
    assert all(fault.file.endswith("lottery.toml") and fault.line for fault in found)


def test_a_case_names_a_tree_that_its_model_has(copied):
    with pytest.raises(FaultsFound, match=r"there is no tree 'operatoin'.*Did you mean 'operation'"):
        run_case(copied(('tree = "operation"\n', 'tree = "operatoin"\n'), of=f"{W01}.toml"))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ('tree = "operation"\nstart = { well = 1.0 }\n', r"either in states \('start'\) or at a tree"),
        ("start = { well = 1.0 }\npeople = 3.0\n", "'people' is how many come to a 'tree'"),
    ],
)
def test_people_start_either_in_states_or_at_a_tree(copied, key, message):
    with pytest.raises(FaultsFound, match=message):
        run_case(copied(('tree = "operation"\n', key), of=f"{W01}.toml"))
