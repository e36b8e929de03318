"""Single people in discrete time: closed forms, agreement with the cohort, the same luck in every arm, modifiers."""

from __future__ import annotations

import math
import tomllib
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from bothand.engine.discrete.chances import Numbers, chances
from bothand.engine.discrete.paths import run
from bothand.engine.discrete.rewards import total
from bothand.engine.discrete.structure import DiscreteModel, compile_discrete
from bothand.engine.people import cycles as loop
from bothand.engine.people.cycles import Walked, walk_through
from bothand.engine.people.history import quantile
from bothand.engine.people.spread import ratio, spread
from bothand.engine.questions.cohorts import Discrete, ready
from bothand.faults import FaultsFound
from bothand.world.cases.loading import load_case
from bothand.world.model import ModelSpec, as_variant

LEAST_P = 4  # standard errors, and every seed here is fixed

STAY = """
[model]
name = "stay"
time = "discrete"
cycle = 1
competing = "subtract"
[dead]
any = "dead"
[dimension.home]
label = "home"
levels = [{ name = "in", label = "in" }, { name = "out", label = "out" }]
[[cells]]
home = "*"
[let]
worth = "1"
leaving = "leaves"
[[variant]]
name = "as now"
set = {}
[[variant]]
name = "worth more"
set = { worth = "3" }
[[rule]]
name = "leaves"
label = "leaves"
in = { home = "in" }
to = { home = "out" }
probability = "leaving"
[[rule]]
name = "dies"
label = "dies"
in = { home = "*" }
to = "dead.any"
probability = "dies"
death = true
[reward.stay]
label = "cycles in"
state = { by = "home", in = "worth", out = "0" }
counting = "start"
[reward.moves]
label = "times left"
move = { leaves = "1" }
move_counted = "once"
counting = "end"
"""
OWN = '[modifier.own]\nlabel = "of one\'s own"\ndistribution = "gamma"\nsd = "differs"\n'
NUMBERS = {"leaves": 0.2, "dies": 0.0, "differs": 0.5}


def model_of(*changes: tuple[str, str], variant: str = "as now", more: str = "") -> DiscreteModel:
    text = STAY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return compile_discrete(as_variant(ModelSpec.model_validate(tomllib.loads(text + more)), variant))


def walked(model: DiscreteModel, cycles: int = 60, people: int = 20_000, **given: Any) -> Walked:
    start = np.zeros((1, model.n_all))
    start[0, 0] = 1
    numbers = Numbers(NUMBERS | given.pop("numbers", {}))
    return walk_through(model, numbers, start, given.pop("rewards", ["stay", "moves"]), cycles, people=people, **given)


def test_stays_are_geometric() -> None:
    """With chance p to leave, cycles in have mean 1/p, variance (1-p)/p^2, and stay k with chance p (1-p)^(k-1)."""
    found = walked(model_of(), cycles=200)
    stays, p = found.totals["stay"], 0.2
    assert abs(spread(stays).mean - 1 / p) < LEAST_P * spread(stays).mcse
    assert_allclose(stays.var(ddof=1), (1 - p) / p**2, rtol=0.05)
    assert_array_equal(found.totals["moves"], 1)
    for k in range(1, 8):
        share, chance = float(np.mean(stays == k)), p * (1 - p) ** (k - 1)
        assert abs(share - chance) < LEAST_P * math.sqrt(chance * (1 - chance) / len(stays))


def test_points_hold_everyone_and_the_end_is_where_paths_lead() -> None:
    found = walked(model_of(), numbers={"dies": 0.05}, people=5000)
    assert_array_equal(found.state.sum(axis=1), 5000)
    assert_array_equal(np.bincount(found.end, minlength=3), found.state[-1])
    assert np.all(np.diff(found.state[:, -1]) >= 0)  # nobody comes back from death


def test_an_arm_that_changes_only_what_things_are_worth_has_the_same_paths() -> None:
    one, other = (walked(model_of(variant=v), numbers={"dies": 0.05}) for v in ("as now", "worth more"))
    assert_array_equal(one.state, other.state)
    assert_array_equal(one.end, other.end)
    assert_array_equal(3 * one.totals["stay"], other.totals["stay"])


def test_who_never_meets_the_changed_chance_lives_the_same_life() -> None:
    one, other = (walked(model_of(), numbers={"leaves": p}) for p in (0.2, 0.3))
    assert np.all(other.totals["stay"] <= one.totals["stay"])  # a higher chance is met by every lot that met the lower


def test_results_depend_on_neither_threads_nor_chunks_and_on_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(('leaving = "leaves"', 'leaving = "min(1, own * leaves)"'), more=OWN)
    one = walked(model, cycles=20, people=3001)
    two = walked(model, cycles=20, people=3001, threads=2)
    monkeypatch.setattr(loop, "MOST_HELD", 21 * 700)
    small = walked(model, cycles=20, people=3001)
    for other in (two, small):
        assert_array_equal(one.state, other.state)
        assert_array_equal(one.totals["stay"], other.totals["stay"])
    assert not np.array_equal(one.totals["stay"], walked(model, cycles=20, people=3001, seed=1).totals["stay"])


def test_a_modifier_in_a_chance_is_the_same_for_life() -> None:
    """Given a factor x for life, cycles in have mean 1/(p x): the mean over people is that of 1/(p x), not of 1/p."""
    even = OWN.replace('"gamma"', '"uniform"').replace('sd = "differs"', 'low = 0.5\nhigh = "1.5"')
    model = model_of(('leaving = "leaves"', 'leaving = "own * leaves"'), more=even)
    found = walked(model, cycles=300)
    assert found.modifiers["own"].min() >= 0.5
    expected = np.log(1.5 / 0.5) / 0.2
    assert abs(spread(found.totals["stay"]).mean - expected) < LEAST_P * spread(found.totals["stay"]).mcse
    apart = found.totals["stay"] - 1 / (0.2 * found.modifiers["own"])
    assert abs(spread(apart).mean) < LEAST_P * spread(apart).mcse


def test_a_cohort_is_at_the_mean_of_a_modifier_that_enters_linearly_and_nowhere_else() -> None:
    model = model_of(
        ('worth = "1"', 'worth = "own * own_again"'), more=OWN + OWN.replace("modifier.own", "modifier.own_again")
    )
    numbers, start = Numbers(NUMBERS), np.eye(1, 3)
    found = chances(model, numbers, 40)
    exact = float(total(model, "stay", numbers, found, run(found, start))[0])
    assert_allclose(exact, (1 - 0.8**40) / 0.2, rtol=1e-12)
    people = walked(model, cycles=40)
    assert abs(spread(people.totals["stay"]).mean - exact) < LEAST_P * spread(people.totals["stay"]).mcse

    square = model_of(('worth = "1"', 'worth = "own * own"'), more=OWN)
    with pytest.raises(FaultsFound, match="'own' differs between people, and here its mean does not stand for it"):
        total(square, "stay", numbers, found, run(found, start))
    people = walked(square, cycles=40)
    values = people.totals["stay"]  # the mean square of a gamma value with mean 1 is 1 + sd^2
    assert abs(spread(values).mean - 1.25 * exact) < LEAST_P * spread(values).mcse
    with pytest.raises(FaultsFound, match='question = "people"'):
        chances(model_of(('leaving = "leaves"', 'leaving = "own * leaves"'), more=OWN), numbers, 3)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('counting = "start"', 'counting = "weights"\nweights = "own"', "one number for everyone"),
        (
            'counting = "start"',
            'counting = "start"\ndiscount = { rate = "own", origin = "start" }',
            "one number for everyone",
        ),
        ('competing = "subtract"', 'competing = "subtract"\nstart_age = "own"', "one number for everyone"),
        ('in = { home = "in" }', 'in = { home = "in" }\nlet.own = "1"', "already has a meaning"),
    ],
)
def test_a_modifier_is_refused_where_there_is_one_number_for_everyone(old: str, new: str, message: str) -> None:
    with pytest.raises(FaultsFound, match=message):
        model_of((old, new), more=OWN)


def test_a_modifier_names_what_its_distribution_needs() -> None:
    with pytest.raises(ValueError, match="a gamma modifier is given by 'sd'"):
        model_of(more=OWN.replace('sd = "differs"', "low = 1"))
    with pytest.raises(FaultsFound, match="leave 'changes' out"):
        model_of(more=OWN + 'changes = "leaves"\n')


@pytest.mark.parametrize("sd", [0.3, 1.2])
def test_modifiers_have_the_mean_and_the_spread_that_they_say(sd: float) -> None:
    u = (np.arange(200_000) + 0.5) / 200_000
    for name in ("gamma", "lognormal"):
        values = quantile(name, {"sd": sd}, u)
        assert_allclose(values.mean(), 1, rtol=2e-3)
        assert_allclose(values.std(), sd, rtol=2e-2)
    assert_allclose(quantile("gamma", {"sd": sd}, u), stats.gamma.ppf(u, 1 / sd**2, scale=sd**2), rtol=1e-9)
    assert_allclose(quantile("uniform", {"low": 0.5, "high": 2.0}, u), 0.5 + 1.5 * u)
    with pytest.raises(ValueError, match="standard deviation"):
        quantile("gamma", {"sd": -1.0}, u)


def test_nobody_can_be_followed_where_people_come_and_go_within_a_cycle() -> None:
    cohort = ready(load_case("d10_respond_step"), "everyone")
    assert isinstance(cohort, Discrete)
    name = next(iter(cohort.model.rewards), None)
    with pytest.raises(ValueError, match="nobody can be followed one by one"):
        walk_through(cohort.model, cohort.numbers, cohort.people[..., 0], [name] if name else [], 1, people=10)


@pytest.mark.parametrize(
    ("case", "cohort", "variant", "reward", "cycles"),
    [
        ("d01_sick_sicker_time_homogeneous", None, "Strategy A", "qaly", 75),
        ("d02_sick_sicker_age_dependent", None, "Strategy AB", "cost", 75),
        ("d03_hiv_combination_therapy", None, None, None, 20),
        ("d05_microsim_history_dependent", None, "Treatment", "qaly", 30),
    ],
)
def test_people_come_to_what_the_cohort_expects(
    case: str, cohort: str | None, variant: str | None, reward: str | None, cycles: int
) -> None:
    loaded = load_case(case)
    name = cohort or next(iter(loaded.spec.cohort))
    one = ready(loaded, name, variant or next((v.name for v in loaded.models[name].variant), None))
    assert isinstance(one, Discrete)
    rewards = [reward] if reward else list(one.model.rewards)
    found = walk_through(one.model, one.numbers, one.people[..., 0], rewards, cycles, people=20_000, seed=3)
    likely = chances(one.model, one.numbers, cycles)
    people = run(likely, one.people / one.people.sum())
    for each in rewards:
        exact = float(total(one.model, each, one.numbers, likely, people)[0])
        told = spread(found.totals[each])
        assert abs(told.mean - exact) < LEAST_P * told.mcse + 1e-9 * abs(exact), each
    share = people.sum(axis=1)[..., 0]
    error = np.sqrt(share * (1 - share) / 20_000)
    assert np.all(np.abs(found.state / 20_000 - share) < 5 * error + 2 / 20_000)


def test_a_ratio_has_the_error_that_many_runs_show() -> None:
    random = np.random.default_rng(1)
    effect = random.gamma(4.0, 0.25, size=(400, 500))
    cost = 3 * effect + random.normal(0, 2, size=effect.shape)
    found = [ratio(c, e) for c, e in zip(cost, effect, strict=True)]
    values, errors = np.array(found).T
    assert_allclose(errors.mean(), values.std(ddof=1), rtol=0.12)
    assert abs(values.mean() - 3) < LEAST_P * values.std(ddof=1) / 20
    with pytest.raises(ValueError, match="there is no ratio"):
        ratio(np.ones(3), np.zeros(3))
    with pytest.raises(ValueError, match="at least two people"):
        spread(np.ones(1))
