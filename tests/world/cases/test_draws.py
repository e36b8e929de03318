"""Numbers that are uncertain: distributions against their closed forms, given tables row by row, draws by name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from bothand.verify import run_case
from bothand.world.cases.draws import drawn, quantile, read_draws
from bothand.world.cases.loading import load_case
from bothand.world.cases.nouns import Distribution, Value
from faulty import faults_of

D09 = "d09_psa_sick_sicker_time_homogeneous"
FAMILIES = {
    "gamma by rate": ({"family": "gamma", "shape": 30, "rate": 200}, stats.gamma(30, scale=1 / 200)),
    "gamma by scale": ({"family": "gamma", "shape": 2.5, "scale": 20}, stats.gamma(2.5, scale=20)),
    "beta": ({"family": "beta", "a": 130, "b": 45}, stats.beta(130, 45)),
    "lognormal by median": ({"family": "lognormal", "median": 3, "sdlog": 0.4}, stats.lognorm(0.4, scale=3)),
    "lognormal by meanlog": ({"family": "lognormal", "meanlog": 0, "sdlog": 0.4}, stats.lognorm(0.4)),
    "normal": ({"family": "normal", "mean": -2, "sd": 3}, stats.norm(-2, 3)),
    "uniform": ({"family": "uniform", "low": -1, "high": 4}, stats.uniform(-1, 5)),
}  # fmt: skip


def value(**keys):
    return Value.model_validate({"unit": "ratio", "label": "x", **keys})


@pytest.mark.parametrize("name", FAMILIES)
def test_a_distribution_is_the_one_of_its_parameters(name):
    keys, expected = FAMILIES[name]
    u = np.array([1e-6, 0.025, 0.5, 0.975, 1 - 1e-6])
    assert_allclose(quantile(Distribution.model_validate(keys), u), expected.ppf(u), rtol=1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_few_hundred_draws_have_the_mean_and_spread_of_their_distribution(name):
    keys, expected = FAMILIES[name]
    found = drawn({"x": value(distribution=keys)}, 512, seed=4)["x"]
    assert found.mean() == pytest.approx(expected.mean(), abs=0.02 * expected.std())
    assert found.std() == pytest.approx(expected.std(), rel=0.03)


@settings(max_examples=20, deadline=None)
@given(few=st.integers(1, 40), many=st.integers(41, 200), seed=st.integers(0, 99))
def test_a_draw_is_the_same_however_many_are_asked_and_beside_whatever_others(few, many, seed):
    uniform = value(distribution={"family": "uniform", "low": 0, "high": 1})
    alone = drawn({"x": uniform}, few, seed)["x"]
    beside = drawn({"w": uniform, "x": uniform, "fixed": value(value=1.0)}, many, seed)
    assert np.array_equal(alone, beside["x"][:few])
    assert set(beside) == {"w", "x"}
    assert not np.array_equal(beside["w"], beside["x"])


def test_shares_of_gamma_counts_are_a_dirichlet_distribution():
    counts = {"a": 12.0, "b": 5.0, "c": 3.0}
    found = drawn(
        {k: value(distribution={"family": "gamma", "shape": n, "scale": 1}) for k, n in counts.items()}, 4096, 1
    )
    shares = {name: draws / sum(found.values()) for name, draws in found.items()}
    for name, n in counts.items():
        exact = stats.beta(n, 20 - n)
        assert shares[name].mean() == pytest.approx(exact.mean(), abs=0.02 * exact.std())
        assert shares[name].std() == pytest.approx(exact.std(), rel=0.03)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"family": "gamma", "shape": 3}, "given by rate, shape or scale, shape"),
        ({"family": "gamma", "shape": 3, "rate": 1, "scale": 1}, "given by rate, shape or scale, shape"),
        ({"family": "beta", "a": 3, "sd": 1}, "given by a, b"),
        ({"family": "uniform", "low": 3, "high": 3}, "'low' must be below 'high'"),
        ({"family": "gamma", "shape": -3, "rate": 1}, "greater than 0"),
        ({"family": "cauchy", "low": 3}, "Input should be"),
    ],
)
def test_a_distribution_that_its_parameters_do_not_give_is_refused(keys, message):
    with pytest.raises(ValueError, match=message):
        Distribution.model_validate(keys)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("draw,a\n1,2\n3,4\n", "draw 2 was expected here, found '3'", 3),
        ("draw,a\n1,2\n2,x\n", "a number was expected, found 'x'", 3),
        ("draw,a\n1,nan\n", "a finite number was expected, found 'nan'", 2),
        ("a,b\n1,2\n", "the column 'draw' is missing", 1),
        ("draw,a,a\n1,2,3\n", "a column stands twice: 'a'", 1),
        ("draw,a\n", "the table has no draw", None),
    ],
)
def test_a_table_of_draws_with_a_slip_is_refused_with_its_line(tmp_path, text, message, line):
    path = tmp_path / "draws.csv"
    path.write_text(text, encoding="utf-8")
    found = faults_of(read_draws, path)
    assert any(message in fault.message and fault.line == line for fault in found), [str(fault) for fault in found]


def test_given_draws_keep_every_digit(tmp_path):
    numbers = [0.1, 1e-300, 12345.678901234567]
    path = tmp_path / "draws.csv"
    path.write_text("draw,x\n" + "".join(f"{n},{x!r}\n" for n, x in enumerate(numbers, start=1)), encoding="utf-8")
    assert read_draws(path)["x"].tolist() == numbers


def test_own_draws_of_a_published_model_meet_its_published_means_within_chance():
    """The reference says so: an engine with a sampler of its own must reproduce the means within sd / sqrt(n)."""
    case = load_case(D09)
    for name, own in case.draws["drawn"].items():
        theirs = case.draws["given"][name]
        error = math.hypot(own.std(), theirs.std()) / math.sqrt(len(theirs))
        assert abs(own.mean() - theirs.mean()) < 4 * error, name
        assert own.std() == pytest.approx(theirs.std(), rel=0.15), name


def test_own_draws_through_the_engine_meet_the_published_costs_and_effects_within_chance(tmp_path):
    import shutil

    from bothand.files import data_folder
    from faulty import change

    shutil.copytree(data_folder() / "cases", tmp_path, dirs_exist_ok=True)
    published = {answer.id: answer.value for answer in run_case(D09)}
    path = change(tmp_path / f"{D09}.toml", ('draws = "given"', 'draws = "drawn"'))
    own = {answer.id: answer.value for answer in run_case(path)}
    for what in ("cost", "qaly"):
        for plan, mean in published[f"mean_{what}"].items():
            error = math.hypot(published[f"sd_{what}"][plan], own[f"sd_{what}"][plan]) / math.sqrt(1000)
            assert abs(own[f"mean_{what}"][plan] - mean) < 4 * error
            assert own[f"sd_{what}"][plan] == pytest.approx(published[f"sd_{what}"][plan], rel=0.15)
    assert own["first_5_draws_cost"] != published["first_5_draws_cost"]
