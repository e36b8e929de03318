import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.frontier import frontier

# dampack tests/testthat/test_calculate_icers.R @0430fee (example credited there to herc.research.va.gov)
HERC = (("E", "D", "C", "B", "A", "UC"), (55000, 35000, 25000, 10000, 12000, 5000), (5, 4, 3, 2, 1.5, 1))

# heemod 1.1.0 tests/testthat/test_efficiency_frontier.R @9dddd4c: costs, effects, plans on the frontier
HEEMOD = {
    "heemod_1": (
        (14807, 26041, 49706, 64266, 40022, 57392, 91744, 54651),
        (9.635, 10.2497, 11.1654, 11.5152, 11.582, 11.6248, 11.6296, 11.6588),
        ("S1", "S5", "S8"),
    ),
    "heemod_3": (
        (25000, 35000, 50000, 54651, 64266, 91744),
        (10.2497, 11.1654, 11.3, 11.6588, 11.7, 12.1),
        ("S1", "S2", "S4", "S6"),
    ),
    "heemod_5": (
        (26041, 42000, 54651, 60000, 76000),
        (10.2497, 11.1654, 11.6296, 11.7, 11.8),
        ("S1", "S2", "S3", "S4", "S5"),
    ),
    "heemod_6": (
        (25000, 35000, 50000, 54651, 58500, 64266, 91744),
        (10.2497, 10.2497, 11.3, 11.6588, 11.6588, 11.7, 12.1),
        ("S1", "S4", "S7"),
    ),
    "heemod_10": ((26041, 21000, 19000), (10.2497, 11.1654, 11.5), ("S3",)),
    "heemod_12": ((26041,), (10.2497,), ("S1",)),
}

SICKER = ("Standard of care", "Strategy A", "Strategy B", "Strategy AB")
# Alarid-Escudero et al., Med Decis Making 2023;43(1):3-20 and 21-41, R code run at DARTH-git commits d3c5497 and
# 45dfd7d: costs, QALYs, ratio of strategy B and of strategy AB
TUTORIALS = {
    "time-homogeneous": (
        (151579.86595739, 284804.513370572, 259100.410617004, 378875.198394492),
        (20.7113314643222, 21.4986628084376, 22.1844651408455, 23.1368441350026),
        (72987.6360666531, 125763.7857536873),
    ),
    "age-dependent": (
        (116374.448011954, 218789.35922806, 202536.459939298, 296300.325943376),
        (18.879195307013, 19.6355559872538, 20.1989255189221, 21.0965265577841),
        (65287.5952598714, 104460.5141310325),
    ),
}


def on_frontier(entries):
    return tuple(e.plan for e in entries if e.status == "ND" and e.equal_to is None)


def test_herc_example_has_its_published_status_and_ratios():
    entries = {e.plan: e for e in frontier(*HERC)}
    assert on_frontier(frontier(*HERC)) == ("UC", "B", "D", "E")
    status = {name: e.status for name, e in entries.items()}
    assert status == {"UC": "ND", "B": "ND", "D": "ND", "E": "ND", "C": "ED", "A": "D"}
    assert [entries[p].extra_cost for p in ("UC", "B", "D", "E")] == [None, 5000, 25000, 20000]
    assert [entries[p].extra_effect for p in ("UC", "B", "D", "E")] == [None, 1, 2, 1]
    assert [entries[p].ratio for p in ("B", "D", "E")] == pytest.approx([5000, 12500, 20000], abs=1e-9)
    assert entries["C"].ratio is None


@pytest.mark.parametrize("case", HEEMOD)
def test_heemod_frontiers_hold_with_their_ties(case):
    costs, effects, expected = HEEMOD[case]
    names = tuple(f"S{n + 1}" for n in range(len(costs)))
    assert on_frontier(frontier(names, costs, effects)) == expected


@pytest.mark.parametrize("case", TUTORIALS)
def test_sick_sicker_tutorials_give_their_ratios(case):
    costs, effects, ratios = TUTORIALS[case]
    entries = {e.plan: e for e in frontier(SICKER, costs, effects)}
    assert on_frontier(frontier(SICKER, costs, effects)) == ("Standard of care", "Strategy B", "Strategy AB")
    assert entries["Strategy A"].status == "D"
    assert entries["Strategy B"].ratio == pytest.approx(ratios[0], rel=1e-8)
    assert entries["Strategy AB"].ratio == pytest.approx(ratios[1], rel=1e-8)


def test_a_plan_on_the_line_between_two_others_stays():
    entries = frontier(("a", "b", "c"), (0.1, 0.2, 0.3), (0.1, 0.2, 0.3))
    assert on_frontier(entries) == ("a", "b", "c")


def test_equal_plans_stand_for_each_other():
    entries = frontier(("a", "b", "c", "d"), (0, 1, 1, 2), (0, 1, 1, 0.5))
    assert on_frontier(entries) == ("a", "b")
    (twin,) = [e for e in entries if e.equal_to]
    assert (twin.plan, twin.equal_to, twin.status) == ("c", "b", "ND")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_ratios_rise_and_no_mixture_of_the_frontier_is_beaten(seed, n):
    rng = np.random.default_rng(seed)
    costs, effects = rng.integers(0, 10, n).astype(float), rng.integers(0, 10, n).astype(float)
    names = tuple(f"p{k}" for k in range(n))
    entries = frontier(names, costs, effects)
    assert sorted(e.plan for e in entries) == sorted(names)
    front = [e for e in entries if e.status == "ND" and e.equal_to is None]
    ratios = [e.ratio for e in front[1:]]
    assert ratios == sorted(ratios)
    corner_costs, corner_effects = [e.cost for e in front], [e.effect for e in front]
    for entry in entries:
        if entry.cost >= corner_costs[0]:
            assert entry.effect <= np.interp(entry.cost, corner_costs, corner_effects) + 1e-9
        else:
            pytest.fail("a plan cheaper than the frontier")


def test_status_does_not_depend_on_the_order_given():
    names, costs, effects = HERC
    forward = {e.plan: e for e in frontier(names, costs, effects)}
    backward = {e.plan: e for e in frontier(names[::-1], costs[::-1], effects[::-1])}
    assert forward == backward


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="once"):
        frontier(("a", "a"), (1, 2), (1, 2))
    with pytest.raises(ValueError, match="once"):
        frontier(("a",), (1, 2), (1,))
    with pytest.raises(ValueError, match="finite"):
        frontier(("a",), (np.nan,), (1,))
