import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.losers import (
    LEAST_RUNS,
    NINETEEN_IN_TWENTY,
    SMALLEST_MARGIN,
    margins,
    no_group_worse,
    no_group_worse_than_any,
    per_thousand,
    range_of,
    verdicts,
)

GROUPS = ("without addiction", "not in treatment", "in treatment")


def test_nobody_worse_off_is_judged_jointly_and_not_group_by_group():
    """Each group is worse off in one draw of four, but never the same: half of the draws are free of losers."""
    gains = np.array([[1, 1, 1, -5.0], [-5.0, 1, 1, 1]])
    assert no_group_worse(gains, [0.1, 0.1]) == 0.5


def test_two_references_are_judged_in_the_same_draw():
    """Worse than no new money in the first draw, than what others do in the second: passed by both in two of four."""
    against_none, against_others = np.array([[-1, 1, 1, 1.0]]), np.array([[1, -1, 1, 1.0]])
    assert no_group_worse(against_none, [0.1]) == no_group_worse(against_others, [0.1]) == 0.75
    assert no_group_worse_than_any([against_none, against_others], [0.1]) == 0.5
    assert no_group_worse_than_any([against_none, against_others], [[0.1], [2]]) == 0.75
    with pytest.raises(ValueError, match="above zero"):
        no_group_worse_than_any([against_none, against_others], [[0.1], [0]])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_all_references_at_once_are_no_easier_than_the_hardest_of_them(seed, references):
    gains = np.random.default_rng(seed).standard_normal((references, 2, 32)) + 1
    each = [no_group_worse(one, [0.1, 0.2]) for one in gains]
    found = no_group_worse_than_any(gains, [0.1, 0.2])
    assert 1 - sum(1 - share for share in each) - 1e-12 <= found <= min(each)


def test_a_loss_inside_the_margin_is_no_loss():
    gains = np.array([[-0.05, 0.2]])
    assert no_group_worse(gains, [0.1]) == 1
    assert no_group_worse(gains, [0.01]) == 0.5


def test_margins_are_declared_and_never_zero():
    np.testing.assert_allclose(margins([[100, 300], [-50, -50]], share=0.001), [0.2, 0.05])
    with pytest.raises(ValueError, match="above zero"):
        margins([[100.0, 300.0]], share=0)
    with pytest.raises(ValueError, match="above zero"):
        no_group_worse([[1.0]], [0.0])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_joint_share_is_never_above_any_group_s_own(seed):
    gains = np.random.default_rng(seed).standard_normal((3, 64))
    joint = no_group_worse(gains, [0.1] * 3)
    assert joint <= min(v.share_not_worse for v in verdicts(GROUPS, gains, [0.1] * 3))


def test_each_verdict_follows_its_rule():
    draws = np.linspace(-1, 1, 64)
    gains = np.array([5 + draws, 2 + draws, draws, -3 + draws])
    found = verdicts(("a", "b", "c", "d"), gains, [0.1] * 4)
    assert [v.verdict for v in found] == ["gains", "gains_least", "cannot_tell", "loses"]
    assert found[0].mean == pytest.approx(5)
    assert found[0].low == pytest.approx(5 - 0.95)
    assert found[0].high == pytest.approx(5 + 0.95)


def enough(gains):
    """The same gains drawn so often that a verdict is given."""
    return np.repeat(np.asarray(gains, dtype=float), LEAST_RUNS // 2, axis=1)


def test_a_lone_gainer_gains_and_no_one_gains_least_of_equals():
    assert [v.verdict for v in verdicts(("a", "b"), enough([[1, 2], [-1, 2]]), [1, 1])] == ["gains", "cannot_tell"]
    assert [v.verdict for v in verdicts(("a", "b"), enough([[1, 2], [1, 2]]), [1, 1])] == ["gains", "gains"]


def test_an_interval_that_touches_zero_cannot_be_told():
    assert verdicts(("a",), enough([[0.0, 0.0]]), [1])[0].verdict == "cannot_tell"


def test_a_loss_smaller_than_the_margin_cannot_be_told_and_one_as_large_is_a_loss():
    gains = enough([[-0.5, -0.3], [-1.1, -0.9]])
    found = verdicts(("small", "large"), gains, [1, 1])
    assert [v.verdict for v in found] == ["cannot_tell", "loses"]
    assert all(v.below_zero for v in found)


def test_with_too_few_runs_nothing_can_be_told():
    gains = enough([[5, 6], [-6, -5]])
    assert [v.verdict for v in verdicts(("a", "b"), gains, [1, 1])] == ["gains", "loses"]
    assert [v.verdict for v in verdicts(("a", "b"), gains[:, 1:], [1, 1])] == ["cannot_tell", "cannot_tell"]


def test_a_group_that_is_nearly_empty_has_the_smallest_margin():
    np.testing.assert_allclose(margins([[0.0, 0.0], [500.0, 500.0]], share=0.001), [SMALLEST_MARGIN, 0.5])


def test_gains_are_told_per_thousand_people_of_the_group():
    np.testing.assert_allclose(per_thousand([[5.0, 10.0]], [2000]), [[2.5, 5]])
    np.testing.assert_allclose(per_thousand([[5.0, 10.0]], [[2000, 1000]]), [[2.5, 10]])
    with pytest.raises(ValueError, match="nobody"):
        per_thousand([[1.0]], [0])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, np.nan]), min_size=1, max_size=300))
def test_the_range_of_any_values_is_that_of_plain_quantiles_to_the_bit(values):
    found = np.array(values)
    np.testing.assert_array_equal(np.array(range_of(found)), np.quantile(found, NINETEEN_IN_TWENTY))
