"""Discrete time: how rates become probabilities, how moves meet, how people are counted and values discounted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.linalg import expm

from bothand.engine.compile import compile_model
from bothand.engine.discrete.chances import Numbers, chances
from bothand.engine.discrete.paths import run
from bothand.engine.discrete.rewards import total
from bothand.engine.discrete.structure import compile_discrete
from bothand.faults import FaultsFound
from bothand.world.model import ModelSpec, as_variant, load_model
from faulty import faults_of, write
from texts import dimension_text, rule_text

SMALL = f"""\
[model]
name = "small"
time = "discrete"
cycle = "1 year"
from_rates = "each-alone"
competing = "subtract"
[dead]
any = "dead"
{dimension_text("state", a="A", b="B")}
[[cells]]
state = "*"
[let]
worth = "1"
[[variant]]
name = "dear"
set = {{ worth = "worth_dear" }}
{rule_text("moves", "moves", {"state": "a"}, {"state": "b"}, "move")}
{rule_text("dies", "dies", {"state": "a"}, "dead.any", "die")}
death = true
[reward.years]
label = "years"
state = {{ by = "state", a = "worth", b = "worth" }}
counting = "end"
"""
MOVE, DIE = 0.3, 0.2


@pytest.fixture
def written(tmp_path):
    return lambda *changes: load_model(write(tmp_path / "small.toml", SMALL, *changes))


def numbers(**more):
    return Numbers({name: np.array([value]) for name, value in {"move": MOVE, "die": DIE, **more}.items()})


def first_row(spec, **more):
    return chances(compile_discrete(spec), numbers(**more), 1).matrix[0, 0, 0, :, 0]


def faults(spec, units=None):
    return [(fault.line, fault.message) for fault in faults_of(compile_discrete, spec, units)]


def refused(spec, given, cycles=1):
    return faults_of(chances, compile_discrete(spec), given, cycles)


# ------------------------------------------------------------------ from rates to probabilities
MOVES, DIES = -np.expm1(-MOVE), -np.expm1(-DIE)
TOGETHER = -np.expm1(-MOVE - DIE)


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ([], [1 - MOVES - DIES, MOVES, DIES]),
        ([('"subtract"', '"conditional-on-survival"')], [(1 - DIES) * (1 - MOVES), (1 - DIES) * MOVES, DIES]),
        (
            [('"each-alone"', '"competing"'), ('competing = "subtract"\n', "")],
            [1 - TOGETHER, TOGETHER * MOVE / (MOVE + DIE), TOGETHER * DIE / (MOVE + DIE)],
        ),
        (
            [('"each-alone"', '"matrix-exponential"'), ('competing = "subtract"\n', "")],
            [1 - TOGETHER, TOGETHER * MOVE / (MOVE + DIE), TOGETHER * DIE / (MOVE + DIE)],
        ),
    ],
)
def test_each_convention_is_its_formula(written, changes, row):
    assert_allclose(first_row(written(*changes)), row, rtol=1e-14)


def test_rates_converted_alone_take_more_people_than_rates_that_compete(written):
    alone = first_row(written())
    compete = first_row(written(('"each-alone"', '"competing"'), ('competing = "subtract"\n', "")))
    assert alone[1] > compete[1] + 0.01
    assert alone[2] > compete[2] + 0.01


def test_only_the_matrix_exponential_lets_two_moves_fit_in_one_cycle(written):
    two_steps = ('in = { state = "a" }\nto = "dead.any"', 'in = { state = "b" }\nto = "dead.any"')
    competing = ('competing = "subtract"\n', "")
    once = first_row(written(two_steps, ('"each-alone"', '"competing"'), competing))
    often = first_row(written(two_steps, ('"each-alone"', '"matrix-exponential"'), competing))
    assert once[2] == 0
    assert often[2] == pytest.approx(expm(np.array([[-MOVE, MOVE, 0], [0, -DIE, DIE], [0, 0, 0]]))[0, 2])


@pytest.mark.parametrize("convention", ["each-alone", "competing", "matrix-exponential"])
def test_short_cycles_bring_every_convention_to_the_same_end(written, convention):
    named = "" if convention != "each-alone" else 'competing = "conditional-on-survival"\n'
    spec = written(('"1 year"', "0.001"), ('"each-alone"', f'"{convention}"'), ('competing = "subtract"\n', named))
    people = run(chances(compile_discrete(spec), numbers(), 1000), np.array([[1.0, 0, 0]]))
    assert people[-1, 0, 0, 0] == pytest.approx(np.exp(-MOVE - DIE), rel=2e-4)


PAIRS = [(i, j) for i in range(3) for j in range(3) if i != j]


def three_states(cycle):
    rules = [
        {
            "name": f"{i} to {j}",
            "label": "moves",
            "in": {"state": f"s{i}"},
            "to": {"state": f"s{j}"},
            "rate": f"r{i}{j}",
        }
        for i, j in PAIRS
    ]
    return ModelSpec.model_validate(
        {
            "model": {"name": "three", "time": "discrete", "cycle": cycle, "from_rates": "matrix-exponential"},
            "dimension": {"state": {"label": "", "levels": [{"name": f"s{i}", "label": ""} for i in range(3)]}},
            "cells": [{"state": "*"}],
            "rule": rules,
        }
    )


@settings(max_examples=40, deadline=None)
@given(
    rates=st.lists(st.floats(0, 5), min_size=6, max_size=6),
    cycle=st.sampled_from(["4 weeks", "1 year", "0.37"]),
    cycles=st.integers(1, 5),
)
def test_the_matrix_exponential_convention_is_the_exponential_of_the_rates(rates, cycle, cycles):
    model = compile_discrete(three_states(cycle))
    given_ = Numbers({f"r{i}{j}": np.array([rate]) for (i, j), rate in zip(PAIRS, rates, strict=True)})
    start = np.array([[0.2, 0.5, 0.3]])
    people = run(chances(model, given_, cycles), start)[-1, 0, :, 0]
    generator = np.zeros((3, 3))
    for (i, j), rate in zip(PAIRS, rates, strict=True):
        generator[i, j] += rate
        generator[i, i] -= rate
    assert_allclose(people, start[0] @ expm(generator * model.cycle * cycles), rtol=0, atol=1e-11)


@settings(max_examples=40, deadline=None)
@given(
    move=st.floats(0, 2),
    die=st.floats(0, 2),
    cycles=st.integers(1, 8),
    convention=st.sampled_from(
        [("each-alone", "conditional-on-survival"), ("competing", None), ("matrix-exponential", None)]
    ),
)
def test_nobody_is_lost_and_nobody_is_made_under_any_convention(small_spec, move, die, cycles, convention):
    header = small_spec.header.model_copy(update=dict(zip(("from_rates", "competing"), convention, strict=True)))
    model = compile_discrete(small_spec.model_copy(update={"header": header}))
    people = run(chances(model, numbers(move=move, die=die), cycles), np.array([[3.0, 2.0, 0.0]]))
    assert (people >= 0).all()
    assert_allclose(people.sum(axis=(1, 2, 3)), 5, rtol=1e-13)


@pytest.fixture(scope="module")
def small_spec(tmp_path_factory):
    return load_model(write(tmp_path_factory.mktemp("model") / "small.toml", SMALL))


def test_draws_do_not_touch_one_another(small_spec):
    model = compile_discrete(small_spec)
    moves, dies = np.array([0.1, 0.4, 0.9]), np.array([0.3, 0.0, 0.2])
    together = chances(model, Numbers({"move": moves, "die": dies}), 4)
    people = run(together, np.array([[1.0, 0, 0]]))
    for d in range(3):
        alone = run(chances(model, numbers(move=moves[d], die=dies[d]), 4), np.array([[1.0, 0, 0]]))
        assert np.array_equal(people[..., d], alone[..., 0])


# ------------------------------------------------------------------ the clock, probabilities, strata
def test_probabilities_may_change_with_the_cycle_the_age_and_the_year(written):
    spec = written(
        ('rate = "move"', 'probability = "cycle / 100 + (age - 60) / 1000 + (year - 2020) / 10000"'),
        ('cycle = "1 year"', 'cycle = "1 year"\nstart_age = "begins_at"\nstart_year = 2020'),
    )
    found = chances(compile_discrete(spec), numbers(begins_at=61.0), 3).matrix[:, 0, 0, 1, 0]
    assert_allclose(found, [0.01 + 0.001, 0.02 + 0.002 + 0.0001, 0.03 + 0.003 + 0.0002])


def test_tables_are_read_at_the_last_whole_age_and_a_missing_entry_is_named(written):
    spec = written(
        ('rate = "die"', 'rate = "mortality[age]"'),
        ("[let]", '[table.mortality]\nlabel = "m"\nby = "age"\n[let]'),
        ('cycle = "1 year"', 'cycle = "0.5"\nstart_age = 40'),
    )
    model = compile_discrete(spec)
    given_ = Numbers({"move": np.zeros(1)}, {}, {"mortality": {(40,): 0.1, (41,): 0.4}})
    dies = chances(model, given_, 4).matrix[:, 0, 0, 2, 0]
    assert_allclose(dies, -np.expm1(-np.array([0.1, 0.1, 0.4, 0.4]) / 2))
    (fault,) = refused(spec, given_, 5)
    assert "no entry for age 42 (cycle 5)" in fault.message


def test_sexes_are_run_apart(written):
    spec = written(
        ('cycle = "1 year"', 'cycle = "1 year"\nstrata = { sex = ["female", "male"] }'),
        ('rate = "die"', 'rate = { by = "sex", female = "die", male = "2 * die" }'),
    )
    people = run(chances(compile_discrete(spec), numbers(), 1), np.array([[1.0, 0, 0], [1.0, 0, 0]]))
    assert_allclose(people[1, :, 2, 0], -np.expm1([-DIE, -2 * DIE]))


# ------------------------------------------------------------------ counting and discounting
def worth(spec, cycles, name="years", start=(1.0, 0.0, 0.0), **more):
    model, given_ = compile_discrete(spec), numbers(**more)
    found = chances(model, given_, cycles)
    return total(model, name, given_, found, run(found, np.array([start])))[0]


STILL = {"move": 0.0, "die": 0.0}


@pytest.mark.parametrize("counting", ["start", "end", "life-table"])
@pytest.mark.parametrize(("origin", "first"), [("start", 0), ("end", 1)])
def test_who_stays_counts_every_cycle_at_its_discount(written, counting, origin, first):
    spec = written(
        ('counting = "end"', f'counting = "{counting}"\ndiscount = {{ rate = "0.04", origin = "{origin}" }}'),
        ('"1 year"', "0.5"),
    )
    expected = sum(0.5 * 1.04 ** (-0.5 * (k + first)) for k in range(6))
    assert worth(spec, 6, **STILL) == pytest.approx(expected, rel=1e-14)


def test_the_life_table_is_the_mean_of_start_and_end_and_the_trapezium_of_the_points(written):
    found = {
        counting: worth(written(('counting = "end"', f'counting = "{counting}"')), 5)
        for counting in ("start", "end", "life-table")
    }
    assert found["start"] > found["life-table"] > found["end"]
    assert found["life-table"] == pytest.approx((found["start"] + found["end"]) / 2, rel=1e-14)
    halves = 'counting = "weights"\nweights = "1 - 0.5 * max(0, 1 - cycle) - 0.5 * max(0, cycle - 4)"'
    assert worth(written(('counting = "end"', halves)), 5) == pytest.approx(found["life-table"], rel=1e-14)


def test_a_discount_may_differ_by_cell(written):
    by_cell = 'discount = { rate = { by = "state", a = "0.1", b = "0" }, origin = "start" }\ncounting = "end"'
    spec = written(('counting = "end"', by_cell))
    assert worth(spec, 3, start=(0.0, 1.0, 0.0), **STILL) == pytest.approx(3)
    assert worth(spec, 3, **STILL) == pytest.approx(1 + 1 / 1.1 + 1 / 1.21)


DEATHS = '[reward.deaths]\nlabel = "deaths"\nmove = {{ dies = "1" }}\nmove_counted = "{how}"\ncounting = "{counting}"\n'


@pytest.mark.parametrize("counting", ["start", "end", "life-table", "weights"])
def test_moves_that_count_once_are_all_the_moves_there_were(written, counting):
    more = DEATHS.format(how="once", counting=counting) + ('weights = "0"\n' if counting == "weights" else "")
    spec = written(("[reward.years]", f"{more}[reward.years]"))
    people = run(chances(compile_discrete(spec), numbers(), 4), np.array([[1.0, 0, 0]]))
    assert worth(spec, 4, "deaths") == pytest.approx(people[-1, 0, 2, 0], rel=1e-14)


def test_moves_that_count_with_the_state_are_counted_as_the_state_they_end_in(written):
    def deaths(counting, more=""):
        text = DEATHS.format(how="with-state", counting=counting) + more
        return worth(written(("[reward.years]", f"{text}[reward.years]")), 4, "deaths")

    people = run(chances(compile_discrete(written()), numbers(), 4), np.array([[1.0, 0, 0]]))[:, 0, 2, 0]
    assert deaths("end") == pytest.approx(people[4])
    assert deaths("start") == pytest.approx(people[3]), "moves of the last cycle arrive when nobody counts any more"
    assert deaths("life-table") == pytest.approx((people[3] + people[4]) / 2)
    assert deaths("weights", 'weights = "2"\n') == pytest.approx(2 * people[4])


def test_a_variant_changes_lets_and_nothing_else(written):
    spec = written()
    assert worth(as_variant(spec, "dear"), 3, worth_dear=7.0) == pytest.approx(7 * worth(spec, 3))
    with pytest.raises(FaultsFound, match="Did you mean 'dear'"):
        as_variant(spec, "deer")


# ------------------------------------------------------------------ what is refused
ALONE, COMPETING = '"each-alone"', '"competing"'
SUBTRACT = 'competing = "subtract"\n'
END = 'counting = "end"'


@pytest.mark.parametrize(
    ("changes", "message", "at"),
    [
        ([('cycle = "1 year"\n', "")], "the key 'cycle' is missing", "[model]"),
        ([('"1 year"', '"one year"')], "'one year' is no length of time", "cycle ="),
        ([('from_rates = "each-alone"\n', "")], "the key 'from_rates' is missing", "[model]"),
        ([(SUBTRACT, "")], "the key 'competing' is missing", "[model]"),
        ([(ALONE, COMPETING)], "the moves already compete; leave 'competing' out", "competing ="),
        (
            [(ALONE, COMPETING), (SUBTRACT, ""), ('rate = "move"', 'probability = "0.1"')],
            "a probability cannot stand beside from_rates = 'competing'",
            "probability =",
        ),
        ([('rate = "move"', 'rate = "move * age"')], "'age' needs the key 'start_age' in [model]", 'rate = "move'),
        ([('rate = "move"', 'probability = "move"')], "a probability or a ratio was expected", "probability ="),
        ([("set = { worth", "set = { wort")], "there is no let of the model 'wort'", "set ="),
        ([('"1 year"', '"1 year"\nstrata = { age = [15, 100] }')], "use start_age", "strata ="),
        (
            [("[reward.years]", '[measure.x]\nlabel = "x"\nunit = "x"\nvalue = "1"\n[reward.years]')],
            "a measure has no meaning in discrete time",
            "[measure.x]",
        ),
        ([(END, f'{END}\nweights = "1"')], "'weights' belongs to counting", "counting ="),
        ([(END, f'{END}\nmove = {{ move = "1" }}\nmove_counted = "once"')], "there is no rule 'move'", "move ="),
        (
            [(END, f'{END}\ndiscount = {{ rate = "cycle", origin = "end" }}')],
            "this is one number for all cycles",
            "discount =",
        ),
    ],
)
def test_what_a_discrete_model_may_not_say_is_refused_with_its_line(written, changes, message, at):
    spec = written(*changes)
    lines = spec._document.path.read_text(encoding="utf-8").splitlines()
    line = next(i for i, text in enumerate(lines, start=1) if text.startswith(at))
    found = faults(spec, {"move": "hazard", "die": "hazard", "worth_dear": "utility"})
    assert any(message in text and number == line for number, text in found), found


def test_a_name_that_nothing_has_is_refused(written):
    found = faults(written(), {"move": "hazard", "dies": "hazard", "worth_dear": "utility"})
    assert found == [
        (SMALL[: SMALL.index('rate = "die"')].count("\n") + 1, "nothing is called 'die': no quantity, lever or let.")
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[dead]", "start_age = 25\n[dead]"), "'start_age' belongs to a model in discrete time"),
        (("[reward.years]", "[reward.years]"), "a [measure] weighs person-years"),
        (('rate = "move"', 'probability = "move"'), "a probability a cycle needs a model in discrete time"),
    ],
)
def test_a_continuous_model_has_no_cycles(written, change, message):
    spec = written(change, ('time = "discrete"\ncycle = "1 year"', 'time = "continuous"'))
    assert any(message in fault.message for fault in faults_of(compile_model, spec))


def test_each_engine_refuses_the_other_kind_of_time(written):
    with pytest.raises(FaultsFound, match="a continuous one was expected"):
        compile_model(written())
    with pytest.raises(FaultsFound, match="a discrete one was expected"):
        compile_discrete(load_model("thread"))


def test_numbers_that_cannot_be_are_refused_with_the_cycle(written):
    (below,) = refused(written(('rate = "move"', 'rate = "move * (3 - cycle)"')), numbers(), 5)
    assert "the rate of 'moves' is -0.3 in cycle 4" in below.message
    assert below.line == SMALL[: SMALL.index('rate = "move"')].count("\n") + 1
    (above,) = refused(written(('rate = "move"', 'probability = "move * cycle"')), numbers(), 5)
    assert "the probability of 'moves' is 1.2 in cycle 4" in above.message
    (together,) = refused(written(), numbers(move=2.0, die=2.0))
    assert "the moves out of 'A' add up to 1.7" in together.message
    (absent,) = refused(written(), Numbers({"move": np.zeros(1)}))
    assert "no value was given for the quantity 'die'" in absent.message


def test_a_matrix_exponential_carries_no_rewards_of_moves(written):
    spec = written(
        ('"each-alone"', '"matrix-exponential"'), ('competing = "subtract"\n', ""),
        ("[reward.years]", f'{DEATHS.format(how="once", counting="end")}[reward.years]'),
    )  # fmt: skip
    assert any("several moves fit in a cycle" in text for _, text in faults(spec))
