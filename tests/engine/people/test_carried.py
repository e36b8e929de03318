"""Histories and modifiers in model files: what the language refuses, and what people who carry them live through."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bothand.engine.arrays import Start
from bothand.engine.cohort import simulate as cohort
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.people.history import Carry, carry
from bothand.engine.people.lives import first_time, times_of, years_weighed
from bothand.engine.people.people import Lives, simulate
from bothand.engine.people.spread import spread
from bothand.engine.rates import Environment, schedule
from bothand.faults import FaultsFound
from bothand.world.model import ModelSpec, load_model

LEAST_P = 4  # standard errors, and every seed here is fixed
YEARS = 4

MODEL = """
[model]
name = "carried"
time = "continuous"
strata = { sex = ["female", "male"] }
[dead]
any = "died"
[dimension.use]
label = "use"
levels = [{ name = "yes", label = "uses" }, { name = "no", label = "does not" }]
[[cells]]
use = "*"
[[rule]]
name = "stops"
label = "stops"
in = { use = "yes" }
to = { use = "no" }
rate = "stops"
[[event]]
name = "overdose"
label = "overdose"
in = { use = "yes" }
rate = { by = "sex", female = "overdose_rate", male = "2 * overdose_rate" }
branch = [{ name = "fatal", to = "dead.any", probability = "fatal", death = true }]
[history.past]
label = "past overdoses"
after = "overdose"
changes = "overdose"
factors = ["1 / mean_factor", "after_the_first / mean_factor"]
start = { by = "use", yes = "ever", no = "0" }
let.mean_factor = "1 - ever + ever * after_the_first"
[modifier.frailty]
label = "frailty"
distribution = "lognormal"
sd = "differs"
changes = ["overdose"]
[measure.use]
label = "years of use"
unit = "years"
in = { use = "yes" }
"""
NUMBERS = {"stops": 0.0, "overdose_rate": 0.2, "fatal": 0.0, "after_the_first": 3.0, "ever": 0.4, "differs": 0.7}


def compiled(*changes: tuple[str, str], units: dict[str, str] | None = None) -> CompiledModel:
    text = MODEL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return compile_model(ModelSpec.model_validate(tomllib.loads(text)), units)


def environment(**numbers: float) -> Environment:
    quantities = {name: np.array([value]) for name, value in {**NUMBERS, **numbers}.items()}
    return Environment(quantities, {}, {}, {}, tuple(range(YEARS)))


def lived(
    names: list[str], people: int = 20_000, seed: int = 0, count: bool = True, men: bool = False, **numbers: float
) -> Lives:
    model, given = compiled(), environment(**numbers)
    rates = schedule(model, given)
    there = np.zeros((1, 1, 2, model.chain.n_all))
    there[0, 0, int(men), 0] = people
    start = Start(there, np.zeros(1))
    what = carry(model, given, names, counted=["overdose"] if count else [])
    return simulate(model, rates, start, seed=seed, weeks=cohort(model.chain, rates, start), carried=what)


def mean_is(values: Any, expected: float) -> None:
    told = spread(np.asarray(values, dtype=np.float64))
    assert abs(told.mean - expected) < LEAST_P * told.mcse


def test_events_without_a_history_are_a_poisson_process_of_each_sex() -> None:
    for men, rate in ((False, 0.2), (True, 0.4)):
        counts = times_of(lived([], men=men), "overdose")
        mean_is(counts, rate * YEARS)
        assert_allclose(counts.var(), rate * YEARS, rtol=0.04)


def test_overdoses_with_a_past_come_as_their_two_hazards_say() -> None:
    """Level 0 at hazard a until the first, then b; whoever begins at level 1 has b: the mean is a closed form."""
    a, b, t = 0.2 / 1.8, 0.6 / 1.8, YEARS
    counts = times_of(lived(["past"]), "overdose")
    mean_is(counts, 0.4 * b * t + 0.6 * (b * t + (a - b) * (1 - np.exp(-a * t)) / a))
    assert counts.var() > 1.2 * counts.mean()


def test_a_history_leaves_the_hazard_of_day_one_as_it_was() -> None:
    rates = {"overdose_rate": 0.2, "fatal": 0.0}
    first = [first_time(lived(names, people=200_000, **rates), "overdose") for names in ([], ["past"])]
    early = [float(np.mean(times < 0.1)) for times in first]
    assert abs(early[0] - early[1]) < LEAST_P * np.sqrt(2 * 0.02 / 200_000)


def test_a_modifier_for_life_makes_a_mixed_poisson_process() -> None:
    """With a factor of mean 1 and variance v for life, a count of mean m has variance m + v m^2."""
    counts = times_of(lived(["frailty"], people=60_000, overdose_rate=0.5), "overdose")
    mean_is(counts, 2.0)
    assert_allclose(counts.var(), 2 + 0.49 * 4, rtol=0.06)


def test_who_dies_of_an_overdose_has_no_more_of_them_and_no_more_years() -> None:
    """Hazard h with death in a share d: the dead by t are 1 - exp(-d h t), years lived (1 - exp(-d h t)) / (d h)."""
    lives = lived([], fatal=0.3, stops=0.0)
    away = 0.3 * 0.2
    weights = compiled().measures["use"]
    use = np.array([0.0 if node is None else 1.0 for node in weights] + [0.0])
    years = years_weighed(lives, use, YEARS)
    mean_is(years, (1 - np.exp(-away * YEARS)) / away)
    mean_is(np.isfinite(first_time(lives, "overdose: fatal")), 1 - np.exp(-away * YEARS))
    mean_is(times_of(lives, "overdose"), 0.2 * (1 - np.exp(-away * YEARS)) / away)  # fatal and survived together
    discounted = years_weighed(lives, use, YEARS, force=0.05)
    mean_is(discounted, (1 - np.exp(-(away + 0.05) * YEARS)) / (away + 0.05))
    assert_allclose(lives.person_years[..., 0].sum(), years.sum(), rtol=1e-9)


def test_weighed_years_are_those_of_the_record_whatever_moves_there_were() -> None:
    lives = lived(["past"], fatal=0.2, stops=0.4, people=5000)
    everything = years_weighed(lives, np.array([1.0, 2.0, 0.0]), YEARS)
    held = lives.person_years.sum(axis=(0, 1, 2))
    assert_allclose(everything.sum(), held[0] + 2 * held[1], rtol=1e-9)


def test_to_follow_an_event_that_moves_nobody_changes_no_other_life() -> None:
    one, other = (lived([], count=c, fatal=0.2, stops=0.3, people=4000) for c in (False, True))
    assert not one.named.of("overdose: stays").any()
    moved = other.named.source[other.move] != other.named.target[other.move]
    assert 0 < moved.sum() < len(moved)
    assert_array_equal(one.person, other.person[moved])
    assert_allclose(one.time, other.time[moved], rtol=1e-12)


def test_nothing_is_carried_unless_it_is_asked_for_and_its_quantities_are_none_of_the_model() -> None:
    model = compiled()
    assert carry(model, environment(), []) == Carry()
    assert not {"after_the_first", "ever", "differs"} & {*model.symbols, *model.moving}
    assert model.carried.symbols(model.graph) == ("after_the_first", "differs", "ever")
    assert model.carried.symbols(model.graph, ["frailty"]) == ("differs",)
    without = {name: value for name, value in environment().quantities.items() if name in model.symbols}
    schedule(model, replace(environment(), quantities=without))
    with pytest.raises(FaultsFound, match="no value was given for the quantity 'ever'"):
        carry(model, replace(environment(), quantities=without), ["past"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('after = "overdose"', 'after = "overdoze"', "there is no rule or event 'overdoze'"),
        ('changes = ["overdose"]', "changes = []", "the key 'changes' is missing"),
        ('rate = "stops"', 'rate = "stops * frailty"', "in continuous time no formula reads 'frailty'"),
        ('let.mean_factor = "1 - ever', 'let.frailty = "1"\nlet.mean_factor = "1 - ever', "already has a meaning here"),
        ('after_the_first / mean_factor"]', 'overdose_rate / stops * stops"]', "a probability or a ratio was expected"),
        ("[history.past]", "[history.frailty]", "'frailty' is already a modifier"),
        ('yes = "ever"', 'yes = { by = "sex", female = "ever", male = "0" }', "quantities only"),
    ],
)
def test_faults_of_a_history_are_told(old: str, new: str, message: str) -> None:
    units = dict.fromkeys(NUMBERS, "ratio") | {"stops": "hazard", "overdose_rate": "hazard"}
    with pytest.raises(FaultsFound, match=message):
        compiled((old, new), units=units)


def test_a_history_that_fades_begins_with_nobody() -> None:
    with pytest.raises(ValueError, match="a history that fades has no 'start'"):
        compiled(('after = "overdose"', 'after = "overdose"\nfades = "1 year"'))
    half = ('after = "overdose"', 'after = "overdose"\nfades = "6 months"')
    model = compiled(('start = { by = "use", yes = "ever", no = "0" }\n', ""), half)
    (history,) = carry(model, environment(), ["past"]).histories
    assert_allclose(history.fades, 0.5)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"ever": 1.5}, "lies between 0 and 1"),
        ({"after_the_first": -1.0}, "none of them negative"),
        ({"differs": -0.1}, "standard"),
    ],
)
def test_numbers_that_cannot_be_are_refused(numbers: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lived(["past", "frailty"], people=10, **numbers)


def test_a_modifier_of_hazards_has_the_mean_that_the_cohort_is_at() -> None:
    model = compiled(('"lognormal"\nsd = "differs"', '"uniform"\nlow = 0.5\nhigh = 1.6'))
    rates, given = schedule(model, environment()), environment()
    there = np.zeros((1, 1, 2, model.chain.n_all))
    there[..., 0] = 5
    with pytest.raises(ValueError, match="its mean is 1"):
        simulate(model, rates, Start(there, np.zeros(1)), carried=carry(model, given, ["frailty"]))


def test_a_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no history or modifier 'pasts'; it has: past, frailty"):
        carry(compiled(), environment(), ["pasts"])


def test_past_overdoses_of_opioids_us_leave_the_mean_risk_of_every_cell_as_it_is() -> None:
    model = compile_model(load_model("opioids-us"))
    asked = model.carried.symbols(model.graph)
    assert {"od_mult_prior", "overdose_ever_injecting"} <= set(asked) - {*model.symbols, *model.moving}
    numbers = {name: np.array([0.2 + 0.01 * i]) for i, name in enumerate(asked)}
    numbers |= {"od_mult_prior": np.array([3.5]), "od_mult_injecting": np.array([3.1])}
    (history,) = carry(model, Environment(numbers, {}, {}, {}, (2026,)), ["past_overdoses"]).histories
    none, some = (np.asarray(factor) for factor in history.factors)
    here = sorted(model.events["overdose"])
    share = np.asarray(history.start)
    assert_allclose((none * (1 - share) + some * share)[here], 1, rtol=1e-12)
    assert_allclose((some / none)[here], 3.5, rtol=1e-12)
    assert np.all((share >= 0) & (share < 1))
    by_use = {cell["use"]: share[i] for i, cell in enumerate(model.cells)}
    assert by_use["not_started"] == 0
    assert by_use["injecting"] > by_use["remission_over_5"] > by_use["using"] > 0
