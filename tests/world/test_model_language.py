"""Loading and refusing model files: every fault at once, in plain words, with its line."""

import re
from pathlib import Path

import pytest

from bothand.engine.compile import compile_model
from bothand.faults import FaultsFound
from bothand.files import available, data_folder
from bothand.world.language.cells import expand
from bothand.world.language.report import Report
from bothand.world.model import load_model
from faulty import faults_of, line_of, write
from texts import dimension_text, rule_text

BASE = f"""\
[model]
name = "small"
time = "continuous"
strata = {{ sex = ["female", "male"], age = [15, 45, 100] }}
[dead]
other = "died"
{dimension_text("use", using="uses", injecting="injects", rest="remission")}
sets = {{ uses = ["using", "injecting"], all = ["using", "injecting", "rest"] }}
{dimension_text("care", none="", medicine="on medication")}
[[cells]]
use = "*"
care = "none"
[[cells]]
use = "uses"
care = "medicine"
[phases.medication]
in = {{ care = "medicine" }}
steps = [{{ name = "early", label = "early", mean = "4 weeks" }}, {{ name = "late", label = "late" }}]
[lever.reach]
label = "reached"
kind = "reach"
status_quo = "reach_today"
eligible = [{{ use = "rest" }}]
[table.background]
label = "background"
by = ["sex", "age"]
{rule_text("start", "starts medication", {"use": "uses", "care": "none"}, {"care": "medicine"}, "start")}
{rule_text("stop", "stops", {"use": "uses"}, {"use": "rest", "care": "none"}, "stop * with(reach, ratio)")}
{rule_text("return", "returns", {"use": "rest"}, {"use": "using"}, "back")}
{rule_text("inject", "begins to inject", {"use": "using"}, {"use": "injecting"}, "inject")}
{rule_text("death", "dies", {"use": "*"}, "dead.other", "background[sex, age]")}
death = true
"""


@pytest.fixture
def written(tmp_path):
    return lambda *changes: write(tmp_path / "small.toml", BASE, *changes)


def faults(path, units=None):
    return faults_of(lambda: compile_model(load_model(path), units))


def test_the_small_model_compiles(written):
    model = compile_model(load_model(written()))
    assert model.chain.compartments == (
        "using/none", "using/medicine.early", "using/medicine.late", "injecting/none", "injecting/medicine.early",
        "injecting/medicine.late", "rest/none", "dead.other",
    )  # fmt: skip
    assert model.labels[1] == "uses; on medication (early)"
    assert model.labels[0] == "uses"


def test_every_shipped_model_compiles():
    assert "thread" in available("models")
    for name in available("models"):
        spec = load_model(name)
        if spec.header.time == "continuous":
            assert compile_model(spec).chain.n_living > 0
        assert spec.name == name


def test_the_thread_model_uses_every_table_of_the_language():
    text = (data_folder() / "models" / "thread.toml").read_text(encoding="utf-8")
    used = {re.split(r"[.\]]", found)[0] for found in re.findall(r"(?m)^\[+([a-z.]+)", text)}
    assert used == {
        "model", "dead", "dimension", "cells", "phases", "lever", "combine", "series", "table", "let", "rule", "event",
        "capacity", "stock", "inflow", "group", "measure", "count",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "words", "near"),
    [
        ('rate = "start"', 'rat = "start"', "unknown key 'rat'", "rate"),
        ('rate = "start"', 'rate = "start *"', "ends too early", None),
        ('rate = "start"', 'rate = "start * at_hand"', "at_hand needs a stock", None),
        ('rate = "start"', 'rate = "backgroun[sex, age]"', "no series or table 'backgroun'", "background"),
        ('rate = "start"', 'rate = "background[age]"', "is read as background[sex, age]", None),
        ('rate = "start"', 'rate = "start + background"', "write background[sex, age]", None),
        ('rate = "start"', 'rate = "none"', "\"none\" in every cell", None),
        ('rate = "start"', 'rate = "reach"', "a hazard was expected; this is a probability", None),
        ('rate = "start"', 'gate = "beds"\nrate = "start"', "no capacity 'beds'", None),
        ('rate = "start"', 'rate = { by = "car", none = "start" }', "no dimension 'car'", "care"),
        ('rate = "start"', 'rate = { by = "use", usin = "start", "*" = "none" }', "called 'usin'", "using"),
        ('rate = "start"', 'rate = { by = "use", injecting = "start" }', "no entry for use = using", None),
        ('rate = "start"', 'rate = { by = "use", uses = "1", all = "2" }', "the sets are ambiguous", None),
        ('rate = "start"', 'rate = { by = "age", "15-44" = "start" }', "no entry for age = 45-99", None),
        ('rate = "start"', 'rate = { by = "age", "15-44" = "none", "*" = "start" }', "choice by sex or age", None),
        ('to = { care = "medicine" }', 'to = { care = "medicin" }', "called 'medicin'", "medicine"),
        ('to = { care = "medicine" }', 'to = { use = "rest", care = "medicine" }', "not an allowed", "using/medicine"),
        ('to = { care = "medicine" }', 'to = { care = "none" }', "to where they are", None),
        ('to = { use = "using" }', 'to = { use = "uses" }', "which member of 'uses' answers 'rest'", None),
        ('to = "dead.other"', 'to = "dead.overdose"', "no way to die called 'dead.overdose'", "dead.other"),
        ("death = true", "death = false", "must be marked death = true", None),
        ('in = { use = "uses", care = "none" }', 'in = { us = "uses" }', "no dimension 'us'", "use"),
        ('in = { use = "rest" }', 'in = { use = "rest", care = "medicine" }', "no cell that exists matches", None),
        ('mean = "4 weeks"', 'mean = "0 weeks"', "immediate move", None),
        (', mean = "4 weeks"', "", "has no mean", None),
        ('name = "late"', 'name = "early"', "in a circle", None),
        ('label = "late" }', 'label = "late", mean = "1 year" }', "no step after it", None),
        ('name = "rest"', 'name = "uses"', "both a level and a set", None),
        ('all = ["using", "injecting", "rest"]', 'all = ["using", "reste"]', "no level 'reste'", "rest"),
        ("age = [15, 45, 100]", "age = [15, 100, 45]", "ages must rise", None),
        ('kind = "reach"', 'kind = "reech"', "allowed: reach, places, kits, share", "reach"),
        ('name = "stop"', 'name = "start"', "two rules or events are called 'start'", None),
        ("[lever.reach]", "[lever.exp]", "a word of the language", None),
        ("[table.background]", "[table.reach]", "already a lever", None),
        ('[dead]\n', '[dead]\nfar = "never"\n', "nothing leads to dead.far", None),
        ('[[cells]]\nuse = "*"', '[combine]\n"reach" = "best"\n[[cells]]\nuse = "*"', "a pair is two names", None),
        ('[dead]\n', '[count.x]\nlabel = "x"\nrules = ["starts"]\n[dead]\n', "no rule 'starts'", "start"),
        ('[dead]\n', '[measure.x]\nlabel = "x"\nunit = "u"\n[dead]\n', "either 'in' or 'value'", None),
        ('[dead]\n', '[group.x]\nlabel = "x"\nin = [{ use = "uses" }]\n[dead]\n', "in no group: rest/none", None),
    ],
)  # fmt: skip
def test_a_fault_is_named_in_words_with_its_line(written, old, new, words, near):
    path = written((old, new))
    found = faults(path)
    match = [fault for fault in found if words in fault.message]
    assert match, [str(fault) for fault in found]
    assert match[0].nearest == near
    assert match[0].file == str(path)
    assert match[0].line is not None
    assert len(found) <= 5, [str(fault) for fault in found]


def test_lines_are_those_of_the_key(written):
    path = written(('rate = "start"', 'rate = "start +"'), ('to = { use = "using" }', 'to = { use = "usng" }'))
    assert [fault.line for fault in faults(path)] == [
        line_of(path, 'rate = "start +"'),
        line_of(path, 'to = { use = "usng"'),
    ]


def test_all_faults_come_in_one_pass(written):
    path = written(
        ('rate = "start"', 'rate = "1 / "'),
        ('to = "dead.other"', 'to = "dead.o"'),
        ('mean = "4 weeks"', 'mean = "0 days"'),
        ('eligible = [{ use = "rest" }]', 'eligible = [{ use = "rst" }]'),
    )
    assert len(faults(path)) >= 4


UNITS = {
    "start": "hazard", "stop": "hazard", "back": "hazard", "inject": "hazard", "ratio": "ratio",
    "reach_today": "probability", "chance": "probability", "wait": "duration", "people": "count", "price": "money",
    "wellbeing": "utility", "background": "hazard",
}  # fmt: skip


def test_units_that_fit_are_accepted(written):
    for rate in (
        "start * chance * ratio", "1 / wait", "start + chance / wait", "0", "0.3", "max(0, start)", "2 * start",
        "start * exp(-start * wait)", "start * (1 - chance + chance * ratio)", "-log(1 - chance) / wait",
        "start * people / (people + people)",
    ):  # fmt: skip
        units = {key: word for key, word in UNITS.items() if key != "background"}
        compile_model(load_model(written(('rate = "start"', f'rate = "{rate}"'))), units)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        ("chance", "a hazard was expected; this is a probability"),
        ("start + chance", "'start' is a hazard and is added to 'chance', a probability"),
        ("start - wait", "'wait' is a duration and is subtracted from 'start', a hazard"),
        ("start * wait", "a hazard was expected; this is a ratio"),
        ("start * start", "a hazard was expected; this is time^-2"),
        ("start * people", "a hazard was expected; this is a flow"),
        ("min(start, people)", "is compared with"),
        ("start * (wellbeing + chance)", "'wellbeing' is a utility and is added to 'chance', a probability"),
        ("start * exp(wait)", "'wait' inside exp() is a duration"),
        ("start + 0.1", "a plain number"),
        ("strt", "nothing is called 'strt'"),
    ],
)
def test_units_that_do_not_fit_are_refused(written, rate, words):
    units = {key: word for key, word in UNITS.items() if key != "background"}
    path = written(('rate = "start"', f'rate = "{rate}"'))
    found = faults(path, units)
    assert [fault.line for fault in found if words in fault.message] == [line_of(path, f'rate = "{rate}"')], found


def test_an_unknown_name_gets_its_nearest(written):
    units = {key: word for key, word in UNITS.items() if key != "background"}
    found = faults(written(('rate = "start"', 'rate = "strat"')), units)
    assert found[0].nearest == "start"


def test_a_let_that_rests_on_itself_is_refused(written):
    path = written(("[dead]\n", '[let]\none = "two"\ntwo = "one + 1"\n[dead]\n'), ('rate = "start"', 'rate = "one"'))
    assert "rests on itself" in faults(path)[0].message


def test_a_let_may_not_take_a_name_that_has_a_meaning(written):
    path = written(('rate = "start"', 'rate = "start"\nlet.reach = "1"'))
    assert "already has a meaning" in faults(path)[0].message


def test_a_long_chain_of_lets_is_refused_not_crashed_on(written):
    lets = "\n".join(f'let_{i} = "1 + ({"-" * 200} let_{i + 1})"' for i in range(60))
    path = written(("[dead]\n", f'[let]\n{lets}\nlet_60 = "1"\n[dead]\n'), ('rate = "start"', 'rate = "let_0"'))
    assert "too deeply" in faults(path)[0].message


def test_a_cell_that_nobody_can_enter_is_refused_unless_people_are_there_on_day_one(written):
    inflow = '[inflow.new]\nlabel = "new"\nto = { use = "using", care = "none" }\nrate = "10"\n'
    groups = '[group.all]\nlabel = "all"\nin = [{ use = "*" }]\n[group.later]\nlabel = "later"\nin = []\n[dead]\n'
    change = ('to = { use = "injecting" }', 'to = { use = "rest", care = "none" }')
    path = written(("[dead]\n", inflow + groups), change)
    assert "nobody can come into injecting/none" in faults(path)[0].message
    day_one = ('time = "continuous"', 'time = "continuous"\nday_one = [{ use = "injecting", care = "none" }]')
    compile_model(load_model(written(("[dead]\n", inflow + groups), change, day_one)))


def test_a_set_as_target_means_its_matching_member(written):
    levels = '{ name = "using", label = "uses" }'
    more = '{ name = "again", label = "a" }, { name = "inject_again", label = "b" }, ' + levels
    death = '[[rule]]\nname = "death"'
    settle = (death, rule_text("settle", "settles", {"use": "returned"}, {"use": "uses"}, "1") + f"\n{death}")
    returned = ("sets = {", 'sets = { returned = ["again", "inject_again"],')
    path = written((levels, more), returned, settle)
    model = compile_model(load_model(path))
    names = model.chain.compartments
    moves = {(names[e.source], names[e.target]) for e in model.edges if e.rule == "settle"}
    assert moves == {("again/none", "using/none"), ("inject_again/none", "injecting/none")}
    swapped = ("sets = {", 'pairs = [["again", "injecting"], ["inject_again", "using"]]\nsets = {')
    path = written((levels, more), returned, settle, swapped)
    model = compile_model(load_model(path))
    moves = {(names[e.source], names[e.target]) for e in model.edges if e.rule == "settle"}
    assert moves == {("again/none", "injecting/none"), ("inject_again/none", "using/none")}


def test_a_target_set_in_another_order_is_ambiguous(written):
    path = written(
        ("sets = {", 'sets = { other = ["injecting", "using"],'),
        ('to = { care = "medicine" }', 'to = { care = "medicine", use = "other" }'),
    )
    assert "the sets are ambiguous" in faults(path)[0].message


def test_a_phase_is_kept_while_its_level_is_kept_and_entered_at_the_first(written):
    model = compile_model(load_model(written()))
    names = model.chain.compartments
    moves = {(names[e.source], names[e.target]) for e in model.edges if e.rule in ("inject", "start")}
    assert ("using/medicine.late", "injecting/medicine.late") in moves
    assert ("using/medicine.early", "injecting/medicine.early") in moves
    assert ("using/none", "using/medicine.early") in moves
    assert not any(target.endswith("late") for source, target in moves if source.endswith("none"))


def test_cells_come_in_the_order_of_the_levels(written):
    spec = load_model(written())
    codes = [cell.code for cell in expand(spec, Report(spec)).all]
    assert codes == list(compile_model(spec).chain.compartments[: len(codes)])


def test_an_unknown_model_name_gets_its_nearest():
    assert faults_of(load_model, "tread")[0].nearest == "thread"


def test_a_path_that_does_not_exist_is_a_fault(tmp_path):
    with pytest.raises(FaultsFound, match="no such file"):
        load_model(tmp_path / "none.toml")
    with pytest.raises(FaultsFound, match="folder"):
        load_model(Path(tmp_path))


def test_a_model_in_discrete_time_is_refused_by_this_compiler(written):
    assert "discrete time" in faults(written(('"continuous"', '"discrete"')))[0].message
