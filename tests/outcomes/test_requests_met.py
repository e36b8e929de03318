"""Requests for help: the closed form of being let in within thirty days, and that asking more is never a loss."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.experiments.plans import QUALITY
from bothand.outcomes.indicators import gains
from bothand.outcomes.requests import THIRTY_DAYS, Requests, met_within_thirty_days, standardised
from bothand.outcomes.trial import try_levers
from experiments.small_worlds import free_places, levers

hazards = st.floats(0.01, 200)


@given(admission=hazards, give_up=st.floats(0, 50))
def test_an_open_door_lets_in_by_two_competing_hazards(admission: float, give_up: float) -> None:
    found = met_within_thirty_days(np.ones((52, 1)), np.array([admission]), np.array([give_up]), 52)
    both = admission + give_up
    assert_allclose(found, [[admission / both * (1 - np.exp(-both * THIRTY_DAYS))]], rtol=1e-9)


def test_a_closed_door_lets_nobody_in_even_when_nobody_gives_up() -> None:
    assert not met_within_thirty_days(np.zeros((52, 1)), np.array([90.0]), np.array([0.0]), 52).any()


@given(share=st.floats(0, 0.98), more=st.floats(0.001, 0.02), give_up=st.floats(0, 20))
def test_a_wider_door_lets_more_people_in(share: float, more: float, give_up: float) -> None:
    narrow, wide = (
        met_within_thirty_days(np.full((52, 1), s), np.array([60.0]), np.array([give_up]), 52)
        for s in (share, share + more)
    )
    assert (wide > narrow).all()


def test_only_the_requests_of_the_status_quo_are_counted() -> None:
    def kind(asked: float, met: float) -> Requests:
        flat = np.zeros((2, 1))
        return Requests("methadone", np.full((2, 1), asked), np.full((2, 1), met), flat, flat)

    assert_allclose(standardised([kind(10, 0.5)], [kind(1000, 0.6)]), [12.0])
    assert_allclose(standardised([kind(10, 0.5)] * 2, [kind(1000, 0.6), kind(2000, 0.1)]), [14.0])


def test_asking_more_while_places_are_free_lowers_no_request_met() -> None:
    where = free_places()
    now = where.county.environment.levers
    more = {name: np.minimum(now[name] + 0.4, 1) for name in ("low_barrier_ask", "navigation")}
    trial = try_levers(where.county, levers(where, **more), where.horizons)
    assert (gains(trial.run, where.quo.run, where.scales, QUALITY)["requests_met"] >= -1e-9).all()
    for then, before in zip(trial.run.requests, where.quo.run.requests, strict=True):
        assert (then.met >= before.met - 1e-12).all(), then.kind
    asked = [np.sum([r.asked for r in run.requests], axis=0) for run in (trial.run, where.quo.run)]
    met = [np.sum([r.asked * r.met for r in run.requests], axis=0) for run in (trial.run, where.quo.run)]
    assert (asked[0][0] > asked[1][0]).all()
    assert (met[0][0] > met[1][0]).all()
