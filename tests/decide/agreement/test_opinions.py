"""Votes by group: the numbers of another program, both ways to put groups together, and too few votes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.decide.agreement.opinions import AGREE, DISAGREE, opinions

CASE = json.loads(
    (Path(__file__).parents[2] / "reference" / "decision" / "09_polis_group_consensus.json").read_text("utf-8")
)
VOTES, GROUPS = np.array(CASE["inputs"]["votes"], dtype=float), CASE["inputs"]["labels"]


def test_shares_marks_and_the_product_over_groups_are_what_another_program_says():
    found, expected = opinions(VOTES, GROUPS, way="product"), CASE["expected"]
    np.testing.assert_allclose(found.share, expected["P"], atol=CASE["tolerance"])
    np.testing.assert_allclose(found.marks, expected["R"], atol=CASE["tolerance"])
    np.testing.assert_allclose(found.shared, expected["consensus"], atol=CASE["tolerance"])
    assert found.way == "product"
    assert found.groups == (0, 1)


def test_the_default_counts_votes_against_and_is_a_geometric_mean():
    """Two groups of two: one agrees, in the other one agrees and one disagrees; p = 1/2."""
    found = opinions([[1.0], [1.0], [1.0], [-1.0]], [0, 0, 1, 1])
    assert found.way == "geometric"
    np.testing.assert_allclose(found.share[:, :, 0], [[2.5 / 3, 1.5 / 3], [0.5 / 3, 1.5 / 3]])
    assert found.shared[AGREE, 0] == pytest.approx(np.sqrt((2.5 / 3) ** 2 * 0.25))


@given(st.integers(2, 8))
def test_more_groups_that_say_the_same_share_no_less_but_in_the_product(many):
    votes, groups = np.ones((2 * many, 1)), np.repeat(np.arange(many), 2)
    assert opinions(votes, groups).shared[AGREE, 0] == pytest.approx((2.5 / 3) ** 2)
    assert opinions(votes, groups, way="product").shared[AGREE, 0] == pytest.approx(0.75**many)


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 5))
def test_turning_every_vote_turns_agreeing_into_disagreeing(seed, people, statements):
    rng = np.random.default_rng(seed)
    votes = rng.choice([1, -1, 0, np.nan], (people, statements))
    groups = rng.integers(0, 3, people)
    for way in ("product", "geometric"):
        here, turned = opinions(votes, groups, way=way), opinions(-votes, groups, way=way)
        np.testing.assert_allclose(here.share[AGREE], turned.share[DISAGREE])
        np.testing.assert_allclose(here.shared[::-1], turned.shared)
        assert ((here.share > 0) & (here.share < 1)).all()
        assert (here.share.sum(axis=0) <= 1 + 1e-12).all()


def test_a_statement_that_a_group_hardly_saw_is_not_said_to_be_shared():
    found = opinions(VOTES, GROUPS, least=3)
    assert found.seen.tolist() == [[3, 3, 3, 2], [3, 2, 3, 3]]
    assert np.isnan(found.shared[:, [1, 3]]).all()
    assert np.isfinite(found.shared[:, [0, 2]]).all()


def test_one_group_has_nothing_to_be_marked_out_from():
    found = opinions(VOTES, [5] * 6)
    assert np.isnan(found.marks).all()
    assert found.groups == (5,)


def test_what_are_no_votes_is_refused():
    with pytest.raises(ValueError, match="one group each"):
        opinions(VOTES, [0, 1])
    with pytest.raises(ValueError, match="whole number"):
        opinions(VOTES, [0.5] * 6)
    with pytest.raises(ValueError, match="a vote is"):
        opinions([[2.0]], [0])
    with pytest.raises(ValueError, match="no way"):
        opinions(VOTES, GROUPS, way="median")
