import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import BUDGET, Additive, Smooth, linear, one_period, search_of

from bothand.decide.search.answers import answer
from bothand.decide.search.certificate import certify
from bothand.decide.search.multistart import multistart
from bothand.decide.search.questions import ask
from bothand.decide.search.solve import common, favourites
from bothand.decide.search.space import Space


def test_at_the_best_plan_of_straight_lines_nothing_is_better_and_the_purse_has_its_price():
    """2 a dollar, 100 dollars: all the money once more would be worth 200."""
    search = search_of(linear([[1, 2]]), one_period(2, must_not=("s0",)), 1)
    question = ask(1, search.space.shape, weights=[1], unit=0)
    found = certify(search, question, answer(search, question))
    assert found.better == pytest.approx(0, abs=1e-6)
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert found.prices["$100 can have been paid by the end of now"] == pytest.approx(200)


def test_a_bad_plan_is_told_what_a_small_change_would_bring():
    """All in s0 at 1 a dollar where s1 gives 2: moving 1 % (half taken, half given) gains half a dollar's worth."""
    search = search_of(linear([[1, 2]]), one_period(2), 1, first=np.array([[100.0], [0]]))
    question = ask(1, search.space.shape, weights=[1], unit=0)
    bad = answer(search, question, calls=0)
    np.testing.assert_allclose(bad.plan[:, 0], [100, 0], atol=1e-6)
    found = certify(search, question, bad)
    assert found.better == pytest.approx(0.5)
    np.testing.assert_allclose(found.move[:, 0], [-0.5, 0.5], atol=1e-6)
    assert found.residual > 0.1


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_answers_are_stationary_and_random_plans_are_not(seed):
    space = Space(("a", "b", "c", "d"), ("p", "q"), np.array([60.0, 40]))
    search = search_of(Smooth(seed), space, 3)
    found = favourites(search)
    question = ask(3, space.shape, common=found.weights(found.members))
    best = common(search, found, found.members)
    assert certify(search, question, best).better_share < 2e-3
    chance = np.random.default_rng(seed)
    plan = chance.dirichlet(np.ones(4), 2).T * space.receipts
    k = search.point(plan)
    gains = search.bundle.gains[k]
    value = float((found.weights(found.members) @ gains).min())
    worse = type(best)(
        plan, gains, search.bundle.slopes[k].reshape(3, 4, 2) / BUDGET, value, 1.0, 0.0, 0, 0, False, "settled", 0
    )
    gain = certify(search, question, worse)
    assert gain.better >= certify(search, question, best).better - 1e-3
    moved = search.point(plan + 0.1 * gain.move)
    rise = (found.weights(found.members) @ search.bundle.gains[moved]).min() - value
    assert rise == pytest.approx(0.1 * gain.better, rel=0.2, abs=1e-4)


def test_a_price_is_not_certified_by_slopes():
    search = search_of(linear([[1, 2]]), one_period(2), 1)
    question = ask(1, search.space.shape, floors=[[0.01]], least=1, priced=True)
    with pytest.raises(ValueError, match="today's money"):
        certify(search, question, answer(search, question))


def test_several_starts_meet_where_gains_are_concave():
    space = Space(("a", "b", "c", "d"), ("p", "q"), np.array([60.0, 40]))
    search = search_of(Smooth(2), space, 3)
    question = ask(3, space.shape, weights=np.eye(3)[0], unit=0)
    found = multistart(search, question, starts=4, seed=1)
    assert found.spread < 1e-3
    assert found.values[0] == max(found.values)
    assert found.apart[0] == 0
    assert found.calls >= 4


def test_several_starts_show_two_hills():
    """Each service gains x^2 (help grows with size): all in s0 and all in s1 are both ends of a climb."""
    hills = Additive([[1.0, 1.2]], lambda x: x**2, lambda x: 2 * x)
    search = search_of(hills, one_period(2), 1)
    question = ask(1, search.space.shape, weights=[1], unit=0)
    found = multistart(search, question, starts=6, seed=3)
    assert found.values[0] == pytest.approx(12_000, rel=1e-3)
    assert not any(one.proved for one in found.answers)
