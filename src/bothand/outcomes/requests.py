"""Requests for help: how many are met within thirty days, how many people wait, how full the places are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import WEEKS, Floats
from bothand.units import DAYS_IN_A_YEAR

THIRTY_DAYS = 30 / DAYS_IN_A_YEAR  # UNIT: the window of the indicator, DESIGN 7


@dataclass(frozen=True)
class Requests:
    """One kind of help under one plan.

    asked (Y, D): requests a year; met (Y, D): chance that a request is met within thirty days; waiting (Y, D): people
    waiting on an average day; full (Y, D): share of places in use.
    """

    kind: str
    asked: Floats
    met: Floats
    waiting: Floats
    full: Floats


def met_within_thirty_days(fraction: Floats, admission: Floats, give_up: Floats, steps: int = WEEKS) -> Floats:
    """Return the chance (Y, D) that a request is met in time, averaged over the year's steps.

    With admission hazard a * f and leaving hazard g while waiting, P = af / (af + g) * (1 - exp(-(af + g) * t)).
    ``fraction`` (Y * steps, D) is the share let in; ``admission`` (D,) or (Y, D) and ``give_up`` (D,) are
    hazards per year.
    """
    let_in = (
        np.repeat(np.atleast_2d(admission), fraction.shape[0] // np.atleast_2d(admission).shape[0], axis=0) * fraction
    )
    total = let_in + give_up
    share = np.divide(let_in, total, out=np.zeros_like(total), where=total > 0)
    chance = share * -np.expm1(-total * THIRTY_DAYS)
    years = fraction.shape[0] // steps
    return np.asarray(chance.reshape(years, steps, -1).mean(axis=1))


def standardised(quo: list[Requests], plan: list[Requests]) -> Floats:
    """Return status-quo requests met within thirty days under a plan (D,): sum over years and kinds of D0_k * P_k.

    Only the status quo's requests count, so a plan that makes more people ask never loses by it while places are
    free.
    """
    met = [(a.asked * b.met).sum(axis=0) for a, b in zip(quo, plan, strict=True)]
    return np.asarray(np.sum(met, axis=0))
