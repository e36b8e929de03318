"""The exact mode: a cohort with rates that are constant within each year and no gate or stock that acts.

Uniformisation: with q at least the largest hazard of leaving and P = I + G/q, a matrix without negative entries::

    y(1)            = sum_k  w_k P^k y0 + W_k P^k b          w_k = Poisson(k; q)
    int_0^1 y(s) ds = sum_k  W_k P^k y0 + V_k P^k b          W_k = (1/q) P(more than k)
                                                             V_k = W_k - (k + 1)/q^2 P(more than k + 1)

Nothing is subtracted and the error is the Poisson tail that is left out, below 1e-18 of the people.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, pdtrc

from bothand.engine.arrays import Chain, Floats, Held, Schedule, Start, Trajectory, hold
from bothand.engine.reference import Flows, arrive, exits, move

TAIL = 1e-18  # MATH: Poisson probability that may be left out


def simulate_exact(chain: Chain, schedule: Schedule, start: Start, held: Held | None = None) -> Trajectory:
    """Run a cohort without a step error.

    Args:
        chain: who can move where.
        schedule: rates of every year, for D draws; every place free (``inf``), no slope, no kits.
        start: people on the first day; no kits.
        held: paths that the held-death twin takes from the status quo; no slope.

    Returns:
        What the run did; one "step" a year in ``at_hand`` and ``fraction``.

    Raises:
        ValueError: when a gate, a coupling or a stock would make rates change within the year.
    """
    schedule = schedule if held is None else hold(chain, schedule, held)
    refuse_what_moves(chain, schedule, start)
    people = start.people.T
    state, lived = [people.sum(axis=1).T], []
    for year in range(schedule.years):
        flows = Flows(
            schedule.plain[year],
            schedule.by_stratum[year],
            schedule.ageing,
            schedule.inflow[year],
            schedule.inflow_origin,
        )
        people, years_lived = one_year(chain, flows, people)
        state.append(people.sum(axis=1).T)
        lived.append(years_lived.T)
    return Trajectory(
        person_years=np.array(lived),
        state=np.array(state),
        final=people.T.copy(),
        at_hand=np.zeros((schedule.years, schedule.draws)),
        fraction=np.ones((schedule.years, len(chain.capacities), schedule.draws)),
        stock=np.zeros((schedule.years + 1, schedule.draws)),
    )


def refuse_what_moves(chain: Chain, schedule: Schedule, start: Start) -> None:
    """Raise ValueError when rates would change within a year."""
    if np.isfinite(schedule.places).any():
        raise ValueError("the exact mode has no queues: every number of places must be inf.")
    if schedule.slope.any():
        raise ValueError("the exact mode has no coupling to a stock: every slope must be 0.")
    if schedule.kits.any() or start.stock.any():
        raise ValueError("the exact mode has no stock: kits a year and kits at the start must be 0.")


def fastest_exit(chain: Chain, flows: Flows) -> float:
    """The largest hazard of leaving a compartment, over strata and draws."""
    return float(exits(chain, flows).max(initial=0.0))


def one_year(chain: Chain, flows: Flows, people: Floats) -> tuple[Floats, Floats]:
    """People after a year and years lived within it, both (N, S, O, D)."""
    q = max(fastest_exit(chain, flows), 1.0)
    arriving = arrive(chain, flows, people)
    after, lived = np.zeros_like(people), np.zeros_like(people)
    k, more = 0, 1.0
    while k <= q or more >= TAIL:
        exactly = np.exp(k * np.log(q) - q - gammaln(k + 1))
        more, still_more = float(pdtrc(k, q)), float(pdtrc(k + 1, q))
        once, twice = more / q, more / q - (k + 1) / q**2 * still_more
        after += exactly * people + once * arriving
        lived += once * people + twice * arriving
        people = people + move(chain, flows, people) / q
        arriving = arriving + move(chain, flows, arriving) / q
        k += 1
    return after, lived
