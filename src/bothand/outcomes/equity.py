"""Equity: what length of life, the same for everyone, would be as good as the lives that groups really have.

Levels h_g of G groups with shares of people s_g, and an aversion to inequality that a person names (0 = none)::

    Atkinson, relative    EDE = (sum s h^(1-eta))^(1/(1-eta)), eta = 1: geometric mean    index = 1 - EDE / mean
    Kolm, absolute        EDE = -(1/alpha) ln sum s exp(-alpha h)                         index = mean - EDE

EDE: the equally distributed equivalent. It is asked of lifetime *levels*, never of gains: a gain of 0 in a long life
and in a short one are not the same, and a relative measure of a gain hangs on where one begins to count. Answers of the
public on how averse they are differ widely and may hang on the questionnaire, so a profile over a range is shown and
no one point. Source: DESIGN 8; Asaria, Griffin and Cookson 2016, Med Decis Making 36:8-19 (tutorial); the numbers of
dceasimR (tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.engine.arrays import Floats
from bothand.outcomes.ledger import LIFETIME, Ledger

Measure = Literal["atkinson", "kolm"]

LEAST = 1e-290  # MATH: an aversion whose products with levels lose digits, and which no mean of levels can feel
AXES = 3  # MATH: plans, draws, groups
MEASURES: tuple[Measure, ...] = ("atkinson", "kolm")


def lifetime_levels(run: Ledger, quo: Ledger) -> Floats:
    """Return lifetime life-years per person of each day-one group under a plan, discounted as the ledger is.

    Args:
        run: the ledger of the plan's run.
        quo: that of no new money, in the same draws. The people of a group are those of day one, and for those who
            would start later the status-quo starters: the same number under every plan.

    Returns:
        (D, O) years; nan for a group of nobody.

    Raises:
        ValueError: the two ledgers do not have the same groups.
    """
    if run.groups != quo.groups:
        raise ValueError(f"a plan and no new money must have the same groups; found {run.groups} and {quo.groups}")
    lived, people = run.at("alive", LIFETIME), quo.at("people", LIFETIME)
    return np.asarray(np.divide(lived, people, out=np.full_like(lived, np.nan), where=people > 0))


def ede(levels: npt.ArrayLike, people: npt.ArrayLike, aversion: float, measure: Measure = "atkinson") -> Floats:
    """Return the equally distributed equivalent of the levels of groups.

    Args:
        levels: (..., G) lifetime levels in one unit, for instance life-years per person; a group of nobody is left out.
        people: (..., G) people of each group, or their shares.
        aversion: to inequality, 0 or more: eta of Atkinson (no unit), alpha of Kolm (one over the unit of levels).
        measure: "atkinson" looks at ratios of levels, "kolm" at differences.

    Returns:
        (...) in the unit of the levels; the mean where aversion is 0, and nearer to the least level as it rises.

    Raises:
        ValueError: an aversion below 0; nobody in any group; a level that is no finite number; for Atkinson, a level
            that is not above zero.
    """
    h, share = _checked(levels, people, aversion, measure)
    if aversion < LEAST:
        return np.asarray((share * h).sum(axis=-1))
    least = h.min(axis=-1)
    if measure == "kolm":
        worth = (share * np.expm1(-aversion * (h - least[..., None]))).sum(axis=-1)
        return np.asarray(least - np.log1p(worth) / aversion)
    above = np.log(h / least[..., None])
    if aversion == 1:
        return np.asarray(least * np.exp((share * above).sum(axis=-1)))
    power = 1 - aversion
    worth = (share * np.expm1(power * above)).sum(axis=-1)
    return np.asarray(least * np.exp(np.log1p(worth) / power))


def inequality(levels: npt.ArrayLike, people: npt.ArrayLike, aversion: float, measure: Measure = "atkinson") -> Floats:
    """Return the index of inequality (...): Atkinson's 1 - EDE / mean (a share), Kolm's mean - EDE (unit of levels).

    Arguments and errors as in ``ede``.
    """
    equal, mean = ede(levels, people, aversion, measure), ede(levels, people, 0, measure)
    return np.asarray(1 - equal / mean if measure == "atkinson" else mean - equal)


def equity_weights(
    levels: npt.ArrayLike, people: npt.ArrayLike, aversion: float, measure: Measure = "atkinson"
) -> Floats:
    """Return what one more unit is worth to a person of each group, beside the mean over all people.

    Atkinson: ``h_g^-eta / sum s h^-eta``; Kolm: ``exp(-alpha h_g) / sum s exp(-alpha h)``.

    Returns:
        (..., G); their mean over people is 1, and a group of nobody has nan. Arguments and errors as in ``ede``.
    """
    h, share = _checked(levels, people, aversion, measure)
    least = h.min(axis=-1, keepdims=True)
    worth = (h / least) ** -aversion if measure == "atkinson" else np.exp(-aversion * (h - least))
    return np.where(share > 0, worth / (share * worth).sum(axis=-1, keepdims=True), np.nan)


@dataclass(frozen=True, eq=False)
class Change:
    """What a change of levels is worth, (...) each, in the unit of the levels.

    Attributes:
        total: EDE after less EDE before.
        from_more: the part that is the mean's own rise.
        from_equality: the rest: above zero where people come nearer to each other.
    """

    total: Floats
    from_more: Floats
    from_equality: Floats


def ede_change(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    people: npt.ArrayLike,
    aversion: float,
    measure: Measure = "atkinson",
) -> Change:
    """Part a change of EDE in what comes of more and what comes of equality; arguments and errors as in ``ede``."""
    total = ede(after, people, aversion, measure) - ede(before, people, aversion, measure)
    more = ede(after, people, 0, measure) - ede(before, people, 0, measure)
    return Change(total, more, np.asarray(total - more))


@dataclass(frozen=True, eq=False)
class Profile:
    """The EDE of several plans over a range of aversion: what a reader's own aversion makes of them.

    Axis letters: P plans, A aversions, D draws.

    Attributes:
        plans: their names.
        measure: which EDE.
        aversions: (A,) rising.
        ede: (P, A, D) in the unit of the levels.
    """

    plans: tuple[str, ...]
    measure: Measure
    aversions: Floats
    ede: Floats

    @cached_property
    def mean(self) -> Floats:
        """Mean over draws, (P, A)."""
        return np.asarray(self.ede.mean(axis=2))

    @cached_property
    def first(self) -> tuple[str, ...]:
        """The plan with the highest mean at each aversion, A names; of equals the one that was given first."""
        return tuple(self.plans[p] for p in self.mean.argmax(axis=0))

    def share_above(self, plan: str, other: str) -> Floats:
        """Share of draws in which a plan's EDE is above another's, at each aversion, (A,).

        Raises:
            ValueError: a plan that the profile does not hold.
        """
        lost = [name for name in (plan, other) if name not in self.plans]
        if lost:
            raise ValueError(f"the profile does not hold {', '.join(lost)}; it holds {', '.join(self.plans)}")
        p, q = self.plans.index(plan), self.plans.index(other)
        return np.asarray((self.ede[p] > self.ede[q]).mean(axis=-1))


def ede_profile(
    plans: Sequence[str],
    levels: npt.ArrayLike,
    people: npt.ArrayLike,
    aversions: Sequence[float],
    measure: Measure = "atkinson",
) -> Profile:
    """Work out the EDE of several plans over a range of aversion to inequality.

    Args:
        plans: P names, each once.
        levels: (P, D, G) lifetime levels under each plan (``lifetime_levels``), the same draws in the same order.
        people: (D, G) or (G,) people on day one, the same under every plan.
        aversions: rising, 0 or more; 0 shows the mean. Which range fits is for a source or a reader to say.
        measure: as in ``ede``.

    Raises:
        ValueError: as ``ede``; or plans, levels and aversions that do not fit together.
    """
    drawn, range_ = np.asarray(levels, dtype=np.float64), np.asarray(aversions, dtype=np.float64)
    if drawn.ndim != AXES or len(drawn) != len(plans) or not plans or len(set(plans)) != len(plans):
        raise ValueError(
            f"give every plan once, with levels of shape (plans, draws, groups); found {drawn.shape} for {len(plans)}"
        )
    if range_.ndim != 1 or not len(range_) or not (np.diff(range_) > 0).all():
        raise ValueError(f"aversions must rise, and there must be one; found {range_.tolist()}")
    found = [ede(drawn, people, float(aversion), measure) for aversion in range_]
    return Profile(tuple(plans), measure, range_, np.stack(found, axis=1))


def _checked(levels: npt.ArrayLike, people: npt.ArrayLike, aversion: float, measure: Measure) -> tuple[Floats, Floats]:
    """Return levels and shares of people, both (..., G); a group of nobody has the highest level and share 0."""
    given, heads = np.broadcast_arrays(np.asarray(levels, dtype=np.float64), np.asarray(people, dtype=np.float64))
    if measure not in MEASURES:
        raise ValueError(f"there is no measure '{measure}'; known: {', '.join(MEASURES)}")
    if not (np.isfinite(aversion) and aversion >= 0):
        raise ValueError(f"aversion to inequality must be 0 or more; found {aversion}")
    if given.ndim == 0 or not np.isfinite(heads).all() or (heads < 0).any() or not (heads.sum(axis=-1) > 0).all():
        raise ValueError("give the people of each group, 0 or more, and some of them")
    counted = heads > 0
    if not np.isfinite(given[counted]).all():
        raise ValueError("the level of a group with people in it must be a finite number")
    if measure == "atkinson" and (given[counted] <= 0).any():
        raise ValueError(
            f"a relative measure needs levels above zero; found {given[counted].min():g}. Give lifetime levels, such "
            "as life-years per person, and never gains; where a level can be zero or below, use 'kolm'"
        )
    highest = np.where(counted, given, -np.inf).max(axis=-1, keepdims=True)
    return np.where(counted, given, highest), heads / heads.sum(axis=-1, keepdims=True)
