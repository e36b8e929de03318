"""What it is worth to know an input: closed forms, published numbers, and what must hold for any numbers."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bothand.decide.doubt import perfect_information
from bothand.decide.information import (
    Learning,
    by_chance,
    means_seen,
    over_weights,
    partial_information,
    sample_information,
    shares_seen,
    silent_worths,
    silent_worths_of,
    worth,
)

CASES = Path(__file__).parents[1] / "reference" / "decision"
DRAWS = 100_000
ANY_DRAWS = st.integers(1, 150)
KINDS = ("linear", "curved", "product", "steps")


def case(name: str) -> dict:
    return json.loads((CASES / f"{name}.json").read_text("utf-8"))


# ------------------------------------------------------------------------------------------------ published, closed


def test_knowing_the_market_of_the_lecture_is_worth_350():
    table = case("03_payoff_table_regret_evpi")
    payoff, prob = np.array(table["inputs"]["payoff"]), np.array(table["inputs"]["prob"])
    state = np.repeat(np.arange(3), np.round(prob * 10).astype(int))
    assert perfect_information(payoff[:, state]) == pytest.approx(table["expected"]["evpi"], rel=1e-12)
    many = np.tile(state, 40)
    assert partial_information(payoff[:, many], many.astype(float)).value == pytest.approx(350)


NORMAL = case("04_voi_normal_closed_form")


@cache
def normal() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    luck = np.random.default_rng(4)
    p1 = luck.normal(NORMAL["inputs"]["mean_inb"], NORMAL["inputs"]["sd_p1"], DRAWS)
    p2 = luck.normal(0, NORMAL["inputs"]["sd_p2"], DRAWS)
    return np.array([np.zeros(DRAWS), p1 - p2]), p1, p2


@cache
def learned() -> Learning:
    benefit, p1, _ = normal()
    return sample_information(benefit, p1, means_seen(p1, NORMAL["inputs"]["obs_sd"], NORMAL["inputs"]["n"], 1))


def test_everything_and_each_parameter_are_worth_their_closed_forms():
    benefit, _, p2 = normal()
    expected = NORMAL["expected"]
    one, other = learned().parameters, partial_information(benefit, p2)
    assert learned().everything == pytest.approx(expected["evpi"], abs=3 * benefit[1].std() / np.sqrt(DRAWS))
    assert 0 < one.error < 0.004
    assert one.value == pytest.approx(expected["evppi_p1"], abs=3 * one.error)
    assert other.value == pytest.approx(expected["evppi_p2"], abs=3 * other.error)


@pytest.mark.parametrize("place", range(3))
def test_a_study_of_each_size_is_worth_its_closed_form(place):
    exact = NORMAL["expected"]["evsi"][str(NORMAL["inputs"]["n"][place])]
    found = learned().studies[place]
    assert found.value == pytest.approx(exact, abs=3 * found.error)


def test_both_parameters_together_are_everything_where_nothing_else_is_uncertain():
    benefit, p1, p2 = (part[..., :4000] for part in normal())
    assert partial_information(benefit, np.array([p1, p2])).value == pytest.approx(
        perfect_information(benefit), rel=2e-3
    )


def test_the_error_is_the_spread_over_other_samples():
    benefit, _, p2 = normal()
    parts = [slice(n * 500, (n + 1) * 500) for n in range(100)]
    found = [partial_information(benefit[:, part], p2[part]) for part in parts]
    assert np.std([f.value for f in found]) == pytest.approx(np.mean([f.error for f in found]), rel=0.25)
    assert np.mean([f.value for f in found]) == pytest.approx(NORMAL["expected"]["evppi_p2"], rel=0.03)


def test_a_rule_that_turns_twice_is_found_by_the_spline():
    """A plan that gains x^2 - 1 with x uniform on -2 to 2: the better of it and nothing gains 2/3, the plan 1/3."""
    x = np.random.default_rng(2).uniform(-2, 2, 20_000)
    found = partial_information(np.array([np.zeros_like(x), x**2 - 1]), x)
    assert found.value == pytest.approx(1 / 3, abs=4 * found.error)


def test_two_parameters_that_say_nothing_alone_are_read_together():
    """A plan that gains the product of two normal numbers: one alone is worth nothing, both are worth 1/pi."""
    a, b = np.random.default_rng(3).normal(size=(2, 20_000))
    benefit = np.array([np.zeros_like(a), a * b])
    assert partial_information(benefit, a).value < 0.02
    together = partial_information(benefit, np.array([a, b]))
    assert together.value == pytest.approx(1 / np.pi, abs=4 * together.error)


# --------------------------------------------------------------------------------------------------- for any numbers


@st.composite
def problems(draw, draws=ANY_DRAWS):
    """Net benefits of up to four plans that hang in some way on three parameters, some of them idle, and on luck."""
    luck = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, plans = draw(draws), draw(st.integers(1, 4))
    known = luck.normal(size=(3, n)) * draw(st.sampled_from([1e-3, 1.0, 1e6]))
    if draw(st.booleans()):
        known[draw(st.integers(0, 2))] = 1.0
    if draw(st.booleans()):
        known = np.round(known)
    unit = known / max(np.abs(known).max(), 1e-12)
    shape = draw(st.sampled_from(KINDS))
    made = {
        "linear": unit,
        "curved": unit**2,
        "product": unit * unit[[1, 2, 0]],
        "steps": (unit > 0).astype(float),
    }[shape]
    nb = luck.normal(size=(plans, 3)) @ made + draw(st.sampled_from([0.0, 0.3, 3.0])) * luck.normal(size=(plans, n))
    return nb * draw(st.sampled_from([1e-6, 1.0, 1e9])), known


@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_more_parameters_are_never_worth_less_and_never_more_than_everything(problem):
    benefit, known = problem
    steps = [partial_information(benefit, known[:k]).value for k in (1, 2, 3)]
    assert 0 <= steps[0] <= steps[1] <= steps[2] <= perfect_information(benefit)
    assert partial_information(benefit, known[2]).value <= steps[2]
    assert partial_information(benefit, known[[0, 2]]).value <= steps[2]


@settings(max_examples=60, deadline=None)
@given(
    problem=problems(), sizes=st.lists(st.integers(1, 500), min_size=1, max_size=3, unique=True), seed=st.integers(0, 9)
)
def test_a_larger_study_is_never_worth_less_nor_more_than_what_it_is_about(problem, sizes, seed):
    benefit, known = problem
    studies = means_seen(known[0], known.std() + 1, sorted(sizes), seed)
    found = sample_information(benefit, known[0], studies)
    steps = [0, *(study.value for study in found.studies), found.parameters.value, found.everything]
    assert all(before <= after for before, after in pairwise(steps))
    assert found.parameters.value >= partial_information(benefit, known[0]).value


@settings(max_examples=40, deadline=None)
@given(problem=problems(st.integers(16, 150)), level=st.floats(-1e3, 1e3))
def test_where_one_plan_is_ahead_by_the_same_in_every_draw_there_is_nothing_to_learn(problem, level):
    benefit, known = problem
    same = np.vstack([benefit[:1], benefit[:1] - abs(level)])
    found = sample_information(same, known, [known[0]])
    assert [found.everything, found.parameters.value, found.studies[0].value] == pytest.approx([0, 0, 0], abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(problem=problems(st.integers(16, 150)))
def test_an_input_that_never_varies_teaches_nothing(problem):
    benefit, _ = problem
    assert partial_information(benefit, np.ones(benefit.shape[1])).value == 0


def test_an_input_that_moves_nothing_is_worth_next_to_nothing():
    luck = np.random.default_rng(5)
    found = [partial_information(luck.normal(size=(3, 256)), luck.normal(size=256)).value for _ in range(100)]
    everything = perfect_information(luck.normal(size=(3, 256)))
    assert np.mean(found) < 0.05 * everything


def test_chance_earns_little_and_less_with_more_draws():
    luck = np.random.default_rng(8)
    floors = []
    for draws in (64, 1024):
        benefit = luck.normal(size=(3, draws))
        floor = by_chance(benefit, 1)
        floors.append(floor)
        silent = [partial_information(benefit, luck.normal(size=draws)).value > floor for _ in range(200)]
        assert 0 < np.mean(silent) < 0.12
    assert 0 < floors[1] < floors[0] / 2
    assert by_chance(benefit, 1) == floors[1] < by_chance(benefit, 1, 10)


def test_what_decides_is_told_apart_from_chance():
    benefit, _, p2 = (part[..., :1000] for part in normal())
    floor = by_chance(benefit, 1)
    assert partial_information(benefit, p2).value > floor
    assert floor < NORMAL["expected"]["evppi_p1"]


# ------------------------------------------------------------------------------------------- stakeholders and prices


def test_what_is_worth_nothing_to_one_is_worth_much_to_another():
    """One value hangs on the input, the other does not: whoever cares for the second alone has nothing to learn."""
    x = np.random.default_rng(6).normal(size=2000)
    gains = np.array([[np.zeros_like(x), x], [np.ones_like(x), np.zeros_like(x)]])
    found = over_weights(gains, [[1, 0], [0, 1], [0.5, 0.5]], x)
    assert found.low == found.each[1] == 0
    assert found.high == found.each[0] == pytest.approx(stats.norm.pdf(0), rel=0.05)
    assert 0 < found.each[2] < found.each[0]


@settings(max_examples=30, deadline=None)
@given(problem=problems(st.integers(16, 120)), share=st.floats(0, 1))
def test_to_people_who_weigh_one_way_the_span_is_what_their_sum_gives(problem, share):
    benefit, known = problem
    weights = np.array([share, 1 - share])
    gains = np.array([benefit, benefit[::-1]])
    found = over_weights(gains, weights, known[:2])
    assert found.low == found.high == partial_information(np.tensordot(weights, gains, 1), known[:2]).value


def test_a_study_pays_for_enough_counties():
    assert worth(20.0, 100.0).left == -80.0
    assert worth(20.0, 100.0).counties == 5.0
    assert worth(20.0, 100.0, 5).left == 0
    assert worth(0.0, 100.0).counties == float("inf")
    with pytest.raises(ValueError, match="above zero"):
        worth(1.0, 0.0)


# --------------------------------------------------------------------------------------------- what a study reports


def test_means_and_shares_come_nearer_to_the_truth_as_a_study_grows():
    truth = np.random.default_rng(7).uniform(0.1, 0.9, 4000)
    for told, spread in ((means_seen(truth, 2.0, [4, 400], 1), 2.0), (shares_seen(truth, [4, 400], 1), None)):
        for seen, size in zip(told, (4, 400), strict=True):
            expected = spread / np.sqrt(size) if spread else np.sqrt(np.mean(truth * (1 - truth)) / size)
            assert np.std(seen - truth) == pytest.approx(expected, rel=0.05)
            assert np.mean(seen - truth) == pytest.approx(0, abs=4 * expected / np.sqrt(4000))
    assert all(0 <= share <= 1 for share in shares_seen(truth, [4, 400], 1)[0])


@pytest.mark.parametrize("sizes", [[], [0, 2], [5, 5], [9, 3]])
def test_sizes_that_do_not_rise_are_refused(sizes):
    with pytest.raises(ValueError, match="must rise"):
        means_seen(np.zeros(3), 1.0, sizes, 1)


@pytest.mark.parametrize(
    ("benefit", "known", "words"),
    [
        (np.zeros((2, 5)), np.zeros(4), "draws alike"),
        (np.zeros((2, 5)), np.zeros((4, 5)), "at most 3"),
        (np.full((2, 5), np.nan), np.zeros(5), "finite"),
        (np.zeros(5), np.zeros(5), "draws alike"),
    ],
)
def test_other_shapes_are_refused_in_plain_words(benefit, known, words):
    with pytest.raises(ValueError, match=words):
        partial_information(benefit, known)


def test_inputs_that_say_nothing_are_worth_the_same_whether_made_up_for_one_benefit_or_for_several():
    luck = np.random.default_rng(8)
    benefits = [luck.standard_normal((plans, 40)) for plans in (2, 5, 3)]
    together = silent_worths_of(benefits, 9, 100)
    made_up = np.random.Generator(np.random.Philox(9))
    said = [made_up.permutation(40) for _ in range(100)]
    assert together == [tuple(partial_information(one, row).value for row in said) for one in benefits]
    assert together[0] == silent_worths(benefits[0], 9, 100)
    assert all(max(told) > 0 for told in together)
    assert silent_worths_of([], 9) == []
    with pytest.raises(ValueError, match="same draws"):
        silent_worths_of([benefits[0], benefits[1][:, :30]], 9)
