"""A cycle that is a sequence of stages: one after the other, whole matrices, people who come, deaths by stage."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.engine.compile import compile_model
from bothand.engine.discrete.chances import Numbers, chances
from bothand.engine.discrete.paths import moved, run
from bothand.engine.discrete.rewards import total
from bothand.engine.discrete.structure import compile_discrete
from bothand.engine.questions import cycles
from bothand.world.model import load_model
from faulty import change, faults_of, write
from texts import dimension_text, rule_text

STAGED = f"""\
[model]
name = "staged"
time = "discrete"
cycle = "1 year"
from_rates = "each-alone"
competing = "subtract"
[dead]
any = "dead"
{dimension_text("state", a="A", b="B")}
[[cells]]
state = "*"
[[stage]]
name = "come"
label = "people come"
add = {{ by = "state", a = "comes", b = "0" }}
[[stage]]
name = "mix"
label = "people mix"
rest = "dropped"
[[stage]]
name = "die"
label = "people die"
[[rule]]
name = "into a"
label = "into A"
stage = "mix"
in = {{ state = "*" }}
to = {{ state = "a" }}
probability = {{ by = "state", a = "aa", b = "ba" }}
[[rule]]
name = "into b"
label = "into B"
stage = "mix"
in = {{ state = "*" }}
to = {{ state = "b" }}
probability = {{ by = "state", a = "ab", b = "bb" }}
{rule_text("dies", "dies", {"state": "*"}, "dead.any", "die")}
stage = "die"
death = true
[reward.deaths]
label = "deaths"
move = {{ dies = "1" }}
move_counted = "once"
counting = "end"
"""
START = np.array([[3.0, 2.0, 0.0]])
SIZES = {"comes": 1.5, "aa": 0.6, "ab": 0.5, "ba": 0.2, "bb": 0.3, "die": 0.25}


@pytest.fixture
def written(tmp_path):
    return lambda *changes: load_model(write(tmp_path / "staged.toml", STAGED, *changes))


def numbers(**more):
    return Numbers({name: np.array([value]) for name, value in {**SIZES, **more}.items()})


def by_hand(people, comes, aa, ab, ba, bb, die):
    """One cycle: who comes (never below nobody), the matrix, then death by a rate."""
    a, b, dead = people
    a = max(a + comes, 0)
    a, b = a * aa + b * ba, a * ab + b * bb
    stay = np.exp(-die)
    return a * stay, b * stay, dead + (a + b) * (1 - stay)


@settings(max_examples=40, deadline=None)
@given(comes=st.floats(-6, 6), shares=st.lists(st.floats(0, 1), min_size=4, max_size=4), die=st.floats(0, 2))
def test_the_stages_of_a_cycle_act_one_after_the_other(tmp_path_factory, comes, shares, die):
    model = compile_discrete(load_model(write(tmp_path_factory.mktemp("staged") / "staged.toml", STAGED)))
    sizes = dict(zip(("aa", "ab", "ba", "bb"), shares, strict=True)) | {"comes": comes, "die": die}
    people = run(chances(model, numbers(**sizes), 4), START)[:, 0, :, 0]
    for before, after in pairwise(people):
        assert_allclose(after, by_hand(before, **sizes), rtol=1e-12, atol=1e-13)


def test_a_model_without_stages_is_one_stage_in_which_who_is_not_moved_stays(written):
    one = written(*[(f'stage = "{name}"\n', "") for name in ("mix", "mix", "die")])
    plain = one.model_copy(update={"stage": [], "rule": one.rule[2:], "reward": {}})
    model = compile_discrete(plain)
    assert [stage.name for stage in model.stages] == [""]
    people = run(chances(model, numbers(), 3), START)
    assert_allclose(people[-1, 0, :2, 0], START[0, :2] * np.exp(-0.75))


def test_moves_of_a_stage_are_counted_by_the_people_of_that_stage(written):
    model = compile_discrete(written())
    found = chances(model, numbers(), 5)
    people = run(found, START)
    dead = people[-1, 0, 2, 0]
    assert total(model, "deaths", numbers(), found, people)[0] == pytest.approx(dead, rel=1e-13)
    taken = moved(len(model.edges), found, people)
    a, b = 3.0 + SIZES["comes"], 2.0
    assert taken[0, 0, :4, 0] == pytest.approx([a * SIZES["aa"], b * SIZES["ba"], a * SIZES["ab"], b * SIZES["bb"]])


def test_entries_add_up_over_stages_and_a_visit_within_a_cycle_is_a_visit(written):
    changes = [('"comes"', '"0"'), ('"people mix"\nrest = "dropped"', '"people mix"')]
    out = 'probability = { by = "state", a = "aa", b = "ba" }', 'probability = { by = "state", a = "none", b = "1" }'
    back = 'probability = { by = "state", a = "ab", b = "bb" }', 'probability = { by = "state", a = "ab", b = "none" }'
    add = '[[stage]]\nname = "come"\nlabel = "people come"\nadd = { by = "state", a = "0", b = "0" }\n', ""
    spec = written(*changes, out, back, add)
    later = '[[stage]]\nname = "again"\nlabel = "again"\n[[stage]]\nname = "die"'
    path = spec._document.path
    spec = load_model(change(path, ('[[stage]]\nname = "die"', later), ('stage = "mix"\nin', 'stage = "again"\nin')))
    # who goes to B in the first stage of a cycle is back in A at its end
    model = compile_discrete(spec)
    found = chances(model, numbers(ab=0.5, die=0.0), 2)
    start = np.array([[1.0, 0, 0]])
    people = run(found, start)
    inside = np.array([False, True, False])
    assert people[-1, 0, 0, 0] == pytest.approx(1)
    assert cycles.chance_of_visit(found, start, inside, 2)[0] == pytest.approx(0.75)
    assert cycles.entries(found, people, inside)[0] == pytest.approx(1)


def test_where_people_come_nobody_is_followed(written):
    found = chances(compile_discrete(written()), numbers(), 2)
    with pytest.raises(ValueError, match="nobody is followed"):
        cycles.chance_of_visit(found, START, np.array([True, False, False]), 2)
    with pytest.raises(ValueError, match="no table of chances says it all"):
        _ = found.matrix


@pytest.mark.parametrize(
    ("changes", "message", "at"),
    [
        ([('stage = "die"\n', "")], "the key 'stage' is missing", "[[rule]]"),
        ([('stage = "die"\n', 'stage = "dies"\n')], "there is no stage 'dies'", "stage ="),
        ([('name = "die"', 'name = "mix"')], "two stages are called 'mix'", 'name = "mix"'),
        ([('rest = "dropped"\n', "")], "would move to where they are", "probability ="),
        ([('label = "people die"', 'label = "people die"\nrest = "dropped"')], "rules give a probability", "rest ="),
        ([('stage = "die"\n', 'stage = "mix"\n')], "nothing happens in the stage 'die'", "[[stage]]"),
        ([('a = "comes"', 'a = "die"')], "a count was expected", "add ="),
    ],
)
def test_what_a_stage_may_not_be_is_refused_with_its_line(written, changes, message, at):
    spec = written(*changes)
    lines = spec._document.path.read_text(encoding="utf-8").splitlines()
    units = dict.fromkeys(SIZES, "probability") | {"comes": "count", "die": "hazard"}
    found = faults_of(compile_discrete, spec, units)
    hit = [fault for fault in found if message in fault.message]
    assert hit, [str(fault) for fault in found]
    assert any(lines[fault.line - 1].startswith(at) for fault in hit), [lines[fault.line - 1] for fault in hit]


def test_a_stage_belongs_to_discrete_time(written):
    discrete = 'time = "discrete"\ncycle = "1 year"\nfrom_rates = "each-alone"\ncompeting = "subtract"'
    spec = written((discrete, 'time = "continuous"'))
    assert any("a stage is a part of a cycle" in fault.message for fault in faults_of(compile_model, spec))


def test_moves_that_add_up_to_more_than_all_are_refused_only_where_the_rest_stays(written):
    assert chances(compile_discrete(written()), numbers(aa=0.9, ab=0.9), 1)
    never = ('in = { state = "*" }\nto = { state = "a" }', 'in = { state = "b" }\nto = { state = "a" }')
    other = ('in = { state = "*" }\nto = { state = "b" }', 'in = { state = "a" }\nto = { state = "b" }')
    more = '[[rule]]\nname = "dies of mixing"\nlabel = "dies"\nstage = "mix"\nin = { state = "a" }\nto = "dead.any"\n'
    more += 'probability = "aa"\ndeath = true\n[reward.deaths]'
    spec = written(never, other, ('rest = "dropped"\n', ""), ("[reward.deaths]", more))
    (fault,) = faults_of(chances, compile_discrete(spec), numbers(aa=0.9, ab=0.9), 1)
    assert "the moves out of 'A' add up to 1.8" in fault.message
