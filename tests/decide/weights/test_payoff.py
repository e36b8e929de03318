"""Rules for a table of options and states, beside a published lecture example."""

import numpy as np
import pytest

from bothand.decide.weights.payoff import hurwicz, laplace, regret_table, savage, wald
from decide.weights.weight_toys import reference

CASE = reference("03_payoff_table_regret_evpi")
GIVEN, EXPECTED, CLOSE = CASE["inputs"], CASE["expected"], CASE["tolerance"]
PAYOFF, OPTIONS = GIVEN["payoff"], GIVEN["options"]


def test_the_lecture_example_has_its_published_regrets_and_choices():
    assert regret_table(PAYOFF) == pytest.approx(np.array(EXPECTED["regret"]), abs=CLOSE)
    assert savage(PAYOFF) == pytest.approx(EXPECTED["max_regret"], abs=CLOSE)
    assert OPTIONS[savage(PAYOFF).argmin()] == EXPECTED["minimax_regret_choice"]
    assert OPTIONS[wald(PAYOFF).argmax()] == EXPECTED["maximin_choice"]
    assert OPTIONS[hurwicz(PAYOFF, 1).argmax()] == EXPECTED["maximax_choice"]
    assert hurwicz(PAYOFF, GIVEN["hurwicz_alpha_optimism"]) == pytest.approx(EXPECTED["hurwicz"], abs=CLOSE)
    assert laplace(PAYOFF) == pytest.approx(EXPECTED["laplace"], abs=CLOSE)


def test_the_least_expected_regret_is_the_value_of_knowing_the_state():
    expected = regret_table(PAYOFF) @ np.array(GIVEN["prob"])
    assert expected == pytest.approx(EXPECTED["expected_regret"], abs=CLOSE)
    assert expected.min() == pytest.approx(EXPECTED["evpi"], abs=CLOSE)


def test_a_pessimist_is_walds_rule():
    assert (hurwicz(PAYOFF, 0) == wald(PAYOFF)).all()


def test_what_is_no_table_is_refused():
    with pytest.raises(ValueError, match="options by states"):
        wald([1, 2])
    with pytest.raises(ValueError, match="between 0 and 1"):
        hurwicz(PAYOFF, 1.5)
