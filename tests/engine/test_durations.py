"""How long a person has been there: rates, rewards and moves that remember it, against closed forms and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.engine.compile import compile_model
from bothand.engine.discrete.chances import Numbers, chances
from bothand.engine.discrete.paths import run
from bothand.engine.discrete.rewards import total
from bothand.engine.discrete.structure import compile_discrete
from bothand.world.model import load_model
from faulty import faults_of, write
from texts import dimension_text, rule_text

ILL = f"""\
[model]
name = "ill"
time = "discrete"
cycle = "1 year"
from_rates = "each-alone"
competing = "subtract"
[dead]
any = "dead"
{dimension_text("state", well="well", sick="sick", sicker="sicker")}
sets = {{ ill = ["sick", "sicker"] }}
[[cells]]
state = "*"
[duration.ill]
label = "year of illness"
in = {{ state = "ill" }}
longest = 12
{rule_text("falls ill", "falls ill", {"state": "well"}, {"state": "sick"}, "fall")}
{rule_text("recovers", "recovers", {"state": "sick"}, {"state": "well"}, "heal")}
{rule_text("gets sicker", "gets sicker", {"state": "sick"}, {"state": "sicker"}, "worsen")}
{rule_text("dies", "dies", {"state": "ill"}, "dead.any", "die * duration")}
death = true
[reward.years]
label = "years"
state = "1"
counting = "end"
[reward.spell]
label = "cycles of the present illness, summed"
state = {{ by = "state", well = "0", sick = "duration", sicker = "duration" }}
counting = "end"
"""
NUMBERS = {"fall": 0.3, "heal": 0.2, "worsen": 0.4, "die": 0.05}
ALL = ("well", "sick", "sicker")


@pytest.fixture
def written(tmp_path):
    return lambda *changes: load_model(write(tmp_path / "ill.toml", ILL, *changes))


def numbers(**more):
    return Numbers({name: np.array([value]) for name, value in {**NUMBERS, **more}.items()})


def followed(spec, cycles, start=("well",), **more):
    """The model and its run, from the first cycle of a state."""
    model = compile_discrete(spec)
    people = np.zeros((1, model.n_all))
    for state in start:
        people[0, next(i for i, code in enumerate(model.compartments) if code.split("@")[0] == state)] = 1 / len(start)
    given_ = numbers(**more)
    found = chances(model, given_, cycles)
    return model, given_, found, run(found, people)


def by_state(model, people):
    """People summed over durations, (points, state)."""
    names = [code.split("@")[0] for code in model.compartments]
    return np.array(
        [[point[0, [n == state for n in names], 0].sum() for state in (*ALL, "dead.any")] for point in people]
    )


def alone(rate):
    return -np.expm1(-rate)


def by_hand(cycles, fall, heal, worsen, die):
    """The same model written out with a dictionary from (state, years of illness) to people."""
    people, trace = {("well", 0): 1.0}, []
    for _ in range(cycles):
        after: dict[tuple[str, int], float] = {}

        def put(where, size, after=after):
            after[where] = after.get(where, 0) + size

        for (state, years), size in people.items():
            if state == "dead.any":
                put((state, 0), size)
            elif state == "well":
                put(("sick", 1), size * alone(fall))
                put(("well", 0), size * (1 - alone(fall)))
            else:
                dies = alone(die * years)
                heals, worsens = (alone(heal), alone(worsen)) if state == "sick" else (0, 0)
                put(("dead.any", 0), size * dies)
                put(("well", 0), size * heals)
                put(("sicker", years + 1), size * worsens)
                put((state, years + 1), size * (1 - dies - heals - worsens))
        people = after
        trace.append(people)
    return trace


def test_a_model_with_durations_is_the_same_model_written_out_by_hand(written):
    model, *_, people = followed(written(), 12)
    expected = [
        [sum(size for (state, _), size in point.items() if state == name) for name in (*ALL, "dead.any")]
        for point in by_hand(12, **NUMBERS)
    ]
    assert_allclose(by_state(model, people)[1:], expected, rtol=1e-13, atol=1e-15)


def test_a_reward_reads_the_duration_of_the_cell_it_is_counted_in(written):
    model, given_, found, people = followed(written(), 12)
    expected = sum(years * size for point in by_hand(12, **NUMBERS) for (_, years), size in point.items())
    assert total(model, "spell", given_, found, people)[0] == pytest.approx(expected, rel=1e-13)


def test_a_rate_that_rises_in_proportion_to_duration_gives_the_survival_of_its_closed_form(written):
    spec = written(('"heal"', '"0"'), ('"worsen"', '"0"'))
    model, *_, people = followed(spec, 12, start=("sick",))
    years = np.arange(13)
    assert_allclose(by_state(model, people)[:, 1], np.exp(-NUMBERS["die"] * years * (years + 1) / 2), rtol=1e-13)


def test_a_move_inside_the_cells_keeps_the_duration_and_a_return_begins_anew(written):
    spec = written(('"die * duration"', '"0"'))
    model, *_, people = followed(spec, 3, heal=50.0, worsen=0.0, fall=50.0)  # ill and well by turns
    there = {code: people[3, 0, i, 0] for i, code in enumerate(model.compartments)}
    assert there["sick@1"] == pytest.approx(1)
    model, *_, people = followed(spec, 4, heal=0.0, worsen=50.0, fall=50.0)
    there = {code: people[4, 0, i, 0] for i, code in enumerate(model.compartments)}
    assert there["sicker@4"] == pytest.approx(1)


def test_what_lasts_longer_than_the_longest_is_kept_at_the_longest(written):
    spec = written(("longest = 12", "longest = 3"), ('"heal"', '"0"'), ('"worsen"', '"0"'))
    model, *_, people = followed(spec, 6, start=("sick",))
    hazards = [1, 2, 3, 3, 3, 3]
    assert by_state(model, people)[-1, 1] == pytest.approx(np.exp(-NUMBERS["die"] * sum(hazards)), rel=1e-13)
    assert model.labels[model.compartments.index("sick@3")] == "sick (year of illness 3 or more)"


@settings(max_examples=25, deadline=None)
@given(longest=st.integers(1, 6), rates=st.lists(st.floats(0, 0.4), min_size=4, max_size=4))
def test_a_duration_that_no_formula_reads_changes_nothing_and_loses_nobody(tmp_path_factory, longest, rates):
    folder = tmp_path_factory.mktemp("ill")
    plain = ('"die * duration"', '"die"'), ('sick = "duration", sicker = "duration"', 'sick = "1", sicker = "1"')
    kept = load_model(write(folder / "kept.toml", ILL, *plain, ("longest = 12", f"longest = {longest}")))
    bare = kept.model_copy(update={"duration": {}})
    more = dict(zip(NUMBERS, rates, strict=True))
    traces = []
    for spec in (kept, bare):
        model, *_, people = followed(spec, 8, **more)
        traces.append(by_state(model, people))
        assert_allclose(people.sum(axis=(1, 2, 3)), 1, rtol=1e-13)
    assert_allclose(traces[0], traces[1], rtol=1e-12, atol=1e-14)


def test_death_drawn_first_and_competing_rates_keep_durations_too(written):
    for change in (
        [('competing = "subtract"', 'competing = "conditional-on-survival"')],
        [('"each-alone"', '"competing"'), ('competing = "subtract"\n', "")],
    ):
        spec = written(*change, ('"heal"', '"0"'), ('"worsen"', '"0"'))
        model, *_, people = followed(spec, 5, start=("sick",))
        assert by_state(model, people)[-1, 1] == pytest.approx(np.exp(-NUMBERS["die"] * 15), rel=1e-13)


def test_draws_with_durations_do_not_touch_one_another(written):
    model = compile_discrete(written())
    rates = {name: np.array([0.1, 0.4, 0.2]) * scale for name, scale in NUMBERS.items()}
    start = np.zeros((1, model.n_all))
    start[0, 0] = 1
    together = run(chances(model, Numbers(rates), 9), start)
    for d in range(3):
        alone = Numbers({name: values[d : d + 1] for name, values in rates.items()})
        assert np.array_equal(together[..., d], run(chances(model, alone, 9), start)[..., 0])


def test_more_chances_than_can_be_held_are_refused_before_they_are_made(written):
    many = Numbers({name: np.full(100_000, rate) for name, rate in NUMBERS.items()})
    with pytest.raises(ValueError, match="Ask for fewer draws or a shorter horizon"):
        chances(compile_discrete(written(("longest = 12", "longest = 1000"))), many, 40)


@pytest.mark.parametrize(
    ("changes", "message", "at"),
    [
        ([('"fall"', '"fall * duration"')], "no [duration] counts the cycles of the cell well", 'rate = "fall'),
        ([("longest = 12", 'longest = 12\n[duration.other]\nlabel = "x"\nin = { state = "sick" }\nlongest = 2')],
         "keeps ill and other; a cell keeps one", "in = { state = \"sick\" }"),
        ([("[duration.ill]", '[let]\nduration = "1"\n[duration.ill]')], "is a word of the language", "duration = "),
        ([('"ill" }\nlongest', '"healed" }\nlongest')], "there is no level or set of 'state'", "in = {"),
        ([('"each-alone"', '"matrix-exponential"'), ('competing = "subtract"\n', "")],
         "several moves fit in a cycle; no duration is kept", "[duration.ill]"),
        ([('to = { state = "sicker" }', 'to = { state = "sick" }')], "would move to where they are", 'rate = "worsen'),
        ([("[reward.years]", '[[stage]]\nname = "all"\nlabel = "all"\n[reward.years]')],
         "what passes by itself does not go with a cycle of stages", "[duration.ill]"),
    ],
)  # fmt: skip
def test_what_a_duration_may_not_be_is_refused_with_its_line(written, changes, message, at):
    spec = written(*changes)
    lines = spec._document.path.read_text(encoding="utf-8").splitlines()
    found = faults_of(compile_discrete, spec, dict.fromkeys(NUMBERS, "hazard"))
    hit = [fault for fault in found if message in fault.message]
    assert hit, [str(fault) for fault in found]
    assert any(lines[fault.line - 1].startswith(at) for fault in hit), [lines[fault.line - 1] for fault in hit]


def test_continuous_time_says_how_long_a_stay_is_by_phases(written):
    spec = written(
        (
            'time = "discrete"\ncycle = "1 year"\nfrom_rates = "each-alone"\ncompeting = "subtract"',
            'time = "continuous"',
        )
    )
    assert any("in continuous time [phases] say how long" in fault.message for fault in faults_of(compile_model, spec))


@pytest.mark.parametrize("longest", ["0", "1001", "2.5", '"ten"'])
def test_the_longest_duration_is_a_number_of_cycles(tmp_path, longest):
    path = write(tmp_path / "ill.toml", ILL, ("longest = 12", f"longest = {longest}"))
    (fault,) = faults_of(load_model, path)
    assert fault.where == "duration.ill.longest"
