"""Weights from answers, beside published numbers, and checks for answers that the question made."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.weights import (
    asked_twice,
    best_worst,
    even_words,
    evenness,
    is_equal_weighting,
    pairwise_weights,
    range_sensitivity,
    splitting_excess,
    swing_weights,
)
from bothand.world.stakeholders import Swing
from decide.weights.weight_toys import reference

CASE = reference("07_bwm_linear_ahp")
CLOSE = CASE["tolerance"]


@pytest.mark.parametrize("case", CASE["cases"], ids=["consistent", "inconsistent"])
def test_the_linear_best_worst_method_gives_the_published_weights(case):
    found = best_worst(case["aB"], case["aW"], case["best"], case["worst"])
    assert found.weights == pytest.approx(case["weights"], abs=CLOSE)
    assert found.xi == pytest.approx(case["xi"], abs=CLOSE)


def test_the_eigenvector_of_a_table_of_comparisons_is_the_published_one():
    found = pairwise_weights(CASE["ahp"]["matrix"])
    assert found.weights == pytest.approx(CASE["ahp"]["weights"], abs=CLOSE)
    assert found.ratio == pytest.approx(CASE["ahp"]["consistency_ratio"], abs=CLOSE)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(1, 9), min_size=2, max_size=8))
def test_answers_that_agree_give_their_own_weights_by_every_method(numbers):
    weights = np.array(numbers) / sum(numbers)
    best, worst = int(weights.argmax()), int(weights.argmin())
    assert swing_weights(100 * weights / weights.max()) == pytest.approx(weights)
    chain = best_worst(weights[best] / weights, weights / weights[worst], best, worst)
    assert chain.weights == pytest.approx(weights, abs=1e-6)
    table = pairwise_weights(weights[:, None] / weights[None, :])
    assert table.weights == pytest.approx(weights)
    assert table.ratio == pytest.approx(0, abs=1e-9)


def test_answers_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="not all zero"):
        swing_weights([0, 0])
    with pytest.raises(ValueError, match="none below 1"):
        best_worst([1, 0.5], [2, 1], 0, 1)
    with pytest.raises(ValueError, match="counts once itself"):
        best_worst([1, 2], [2, 1], 1, 0)
    with pytest.raises(ValueError, match="across from each x"):
        pairwise_weights([[1, 2], [2, 1]])
    with pytest.raises(ValueError, match="at most 11"):
        pairwise_weights(np.ones((12, 12)))


# ------------------------------------------------------------------------------------------------------------ biases


def test_a_weight_that_moves_with_its_range_scores_one_and_one_that_does_not_scores_nothing():
    assert range_sensitivity(1.5, 3, 10, 20) == pytest.approx(1)
    assert range_sensitivity(1.5, 1.5, 10, 20) == 0
    assert range_sensitivity(1, math.sqrt(2), 10, 20) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="two different ranges"):
        range_sensitivity(1, 2, 10, 10)


def test_a_value_that_gains_by_being_split_is_found():
    assert splitting_excess([0.2, 0.2, 0.1], 0.3) == pytest.approx(0.2)
    assert splitting_excess([0.1, 0.2], 0.3) == pytest.approx(0)


def test_even_weights_are_found_and_uneven_ones_are_not():
    assert evenness([0.25] * 4) == pytest.approx(1)
    assert evenness([1, 0]) == 0
    assert evenness([0.5, 0.5, 0, 0]) == pytest.approx(0.5)
    assert is_equal_weighting([0.26, 0.25, 0.25, 0.24])
    assert not is_equal_weighting([0.4, 0.3, 0.2, 0.1])
    with pytest.raises(ValueError, match="sum to 1"):
        evenness([0.5, 0.6])


# ----------------------------------------------------------------------------------------------- points asked again


def twice(after, way=2.0, tolerance=0.0):
    """What 40 points for the whole way did when they were asked again."""
    again = [{"value": "hope", "way": way, "points": after}]
    swing = Swing.model_validate({"points": {"lives": 100.0, "hope": 40.0}, "tolerance": tolerance, "again": again})
    (found,) = asked_twice(swing)
    return found


@pytest.mark.parametrize(
    ("after", "way", "moved"),
    [
        (80.0, 2.0, "as the range"),
        (20.0, 0.5, "as the range"),
        (40.0, 2.0, "not at all"),
        (40.0, 0.5, "not at all"),
        (60.0, 2.0, "too little"),
        (160.0, 2.0, "too much"),
        (30.0, 2.0, "the other way"),
        (60.0, 0.5, "the other way"),
    ],
)
def test_points_that_are_exact_tell_how_they_moved_with_the_way(after, way, moved):
    assert twice(after, way).moved == moved


@given(st.floats(-2, 3), st.floats(0.1, 10).filter(lambda way: abs(math.log(way)) > 0.1), st.floats(0, 0.9))
def test_points_that_follow_a_power_of_the_way_score_that_power_within_ends_that_the_tolerance_sets(
    power, way, tolerance
):
    found = twice(40 * way**power, way, tolerance)
    assert found.sensitivity == pytest.approx(power, abs=1e-9)
    slack = math.log((1 + tolerance) / (1 - tolerance)) / abs(math.log(way))
    assert (found.low, found.high) == pytest.approx((power - slack, power + slack), abs=1e-6)


def test_numbers_that_may_be_far_off_tell_nothing_and_a_larger_way_tells_more():
    assert twice(40.0, 2.0, 0.4).moved == "cannot tell"
    assert twice(40.0, 10.0, 0.4).moved == "not at all"
    assert "may be off (40 per cent each), so nothing can be told" in twice(40.0, 2.0, 0.4).words("Hope")


def test_a_sentence_names_the_way_and_what_may_have_made_the_number():
    assert twice(40.0).words("Hope") == (
        "Hope: asked again over twice the way, its points did not move: the question, not the value, may have made the "
        "number."
    )
    assert twice(20.0, 0.5).words("Hope") == "Hope: asked again over half of the way, its points moved as the way did."


def test_what_is_even_is_named_and_nothing_is_said_of_the_rest():
    assert even_words(points=False, middle=False) == ""
    assert even_words(points=True, middle=False).startswith("Its points are so even that they may say no more than")
    assert even_words(points=False, middle=True).startswith("The middle of its weights is so even that it may say")
    assert even_words(points=True, middle=True).startswith("Its points and the middle of its weights are so even")
