import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.losers import margins, no_group_worse, per_thousand, rank_plans, verdicts

GROUPS = ("without addiction", "not in treatment", "in treatment")


def test_nobody_worse_off_is_judged_jointly_and_not_group_by_group():
    """Each group is worse off in one draw of four, but never the same: half of the draws are free of losers."""
    gains = np.array([[1, 1, 1, -5.0], [-5.0, 1, 1, 1]])
    assert no_group_worse(gains, [0.1, 0.1]) == 0.5


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


def test_a_lone_gainer_gains_and_no_one_gains_least_of_equals():
    assert [v.verdict for v in verdicts(("a", "b"), [[1, 2], [-1, 2]], [1, 1])] == ["gains", "cannot_tell"]
    assert [v.verdict for v in verdicts(("a", "b"), [[1, 2], [1, 2]], [1, 1])] == ["gains", "gains"]


def test_an_interval_that_touches_zero_cannot_be_told():
    assert verdicts(("a",), [[0.0, 0.0]], [1])[0].verdict == "cannot_tell"


def test_gains_are_told_per_thousand_people_of_the_group():
    np.testing.assert_allclose(per_thousand([[5.0, 10.0]], [2000]), [[2.5, 5]])
    np.testing.assert_allclose(per_thousand([[5.0, 10.0]], [[2000, 1000]]), [[2.5, 10]])
    with pytest.raises(ValueError, match="nobody"):
        per_thousand([[1.0]], [0])


def test_plans_are_ranked_by_paired_differences_and_not_by_overlapping_intervals():
    """b beats a by one in every world although both swing by a hundred: the ranking is sure."""
    world = np.linspace(-50, 50, 32)
    found = rank_plans(("a", "b"), np.array([world, world + 1]))
    assert [(r.plan, r.rank) for r in found] == [("b", 1), ("a", 2)]


def test_neighbours_that_cannot_be_told_apart_have_no_rank():
    world = np.linspace(-1, 1, 32)
    found = rank_plans(("sure", "this", "that", "last"), np.array([10 + world, 5 + world, 5.1 - world, 1 + world]))
    assert [(r.plan, r.place, r.rank) for r in found] == [
        ("sure", 1, 1),
        ("that", 2, None),
        ("this", 3, None),
        ("last", 4, 4),
    ]
    assert found[1].cannot_tell_from == ("this",)
    assert found[0].cannot_tell_from == ()


def test_equal_plans_have_no_rank_and_one_plan_alone_is_first():
    assert [r.rank for r in rank_plans(("a", "b"), [[1.0, 2.0], [1.0, 2.0]])] == [None, None]
    assert rank_plans(("a",), [[1.0]])[0].rank == 1
