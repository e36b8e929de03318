import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import BUDGET, LEVELS, linear, of_surface, one_period, search_of

from bothand.decide.search.front import directions, front, hypervolume, nondominated
from bothand.decide.search.solve import favourites
from bothand.decide.surfaces import Surface

POINTS = st.integers(0, 10_000)


def test_the_lattice_has_all_directions_once_and_neighbours_next_to_each_other():
    lattice = directions(3, 43)
    assert len(lattice) == 990
    assert len({tuple(row) for row in lattice.round(9)}) == 990
    np.testing.assert_allclose(lattice.sum(axis=1), 1)
    assert np.abs(np.diff(lattice, axis=0)).max() <= 1 / 43 + 1e-9
    assert len(directions(2, 4)) == 5


@settings(max_examples=30, deadline=None)
@given(POINTS)
def test_a_point_is_kept_when_no_other_beats_it(seed):
    points = np.random.default_rng(seed).integers(0, 5, (40, 3)).astype(float)
    kept = nondominated(points)
    for k, point in enumerate(points):
        beaten = ((points >= point).all(axis=1) & (points > point).any(axis=1)).any()
        earlier = (points[:k] == point).all(axis=1).any()
        assert kept[k] == (not beaten and not earlier)


def test_hypervolumes_worked_by_hand():
    assert hypervolume([[1, 2, 3]], [0, 0, 0]) == pytest.approx(6)
    assert hypervolume([[1, 2, 3]], [1, 0, 0]) == 0
    assert hypervolume([[2, 1, 1], [1, 2, 1], [1, 1, 2]], [0, 0, 0]) == pytest.approx(4)
    assert hypervolume([[1, 1, 1], [1, 1, 1], [0.5, 0.5, 0.5]], [0, 0, 0]) == pytest.approx(1)
    assert hypervolume(np.zeros((0, 3)), [0, 0, 0]) == 0
    with pytest.raises(ValueError, match="three coordinates"):
        hypervolume([[1, 2]], [0, 0])


@settings(max_examples=20, deadline=None)
@given(POINTS)
def test_hypervolume_counts_the_unit_cubes_under_whole_points(seed):
    points = np.random.default_rng(seed).integers(0, 7, (12, 3))
    cells = np.stack(np.meshgrid(*[np.arange(7)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    under = (cells[:, None] < points[None]).all(axis=2).any(axis=1).sum()
    assert hypervolume(points, [0, 0, 0]) == pytest.approx(under)
    assert hypervolume(points + 2.0, [2, 2, 2]) == pytest.approx(under)


def test_three_values_with_services_of_their_own_have_a_triangle_for_a_front():
    """z = the direction: the 91 points a + b + c = 12 dominate 12 over 3 = 220 of 12^3 cells of the cube."""
    search = search_of(linear(np.eye(3)), one_period(3), 3, tolerance=1e-3)
    found = front(search, favourites(search), ("v0", "v1", "v2"), 12)
    np.testing.assert_allclose(found.z.sum(axis=1), 1, atol=1e-5)
    assert len(found.plans) >= 91
    assert found.covered == pytest.approx(220 / 12**3, abs=2e-3)
    assert found.asked == 91


def test_a_thousand_plans_on_a_surface_take_seconds():
    chance = np.random.default_rng(1)
    slopes = chance.exponential(1, (3, 12)) * (chance.random((3, 12)) < 0.6)
    cap = chance.uniform(0.3, 3, (12, 1)) * BUDGET
    dollars = np.tile(LEVELS, (12, 1))
    gains = slopes[:, :, None] * cap * (1 - np.exp(-dollars / cap))
    surface = Surface(("v0", "v1", "v2"), tuple(f"s{i}" for i in range(12)), dollars, gains)
    search = of_surface(surface, tolerance=1e-3, finest=1.0)
    begun = time.process_time()
    found = front(search, favourites(search), ("v0", "v1", "v2"), 43)
    assert found.asked == 990
    assert nondominated(found.z).all()
    assert time.process_time() - begun < 60
