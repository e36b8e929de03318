"""Weights from answers, beside published numbers, and checks for answers that the question made."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.weights import (
    best_worst,
    evenness,
    is_equal_weighting,
    pairwise_weights,
    range_sensitivity,
    splitting_excess,
    swing_weights,
)
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
