"""What it is worth to know an input before choosing a plan: exactly (EVPPI), or as well as a study tells it (EVSI).

A *rule* reads something in each draw and names a plan. What it reads is worth what the rule gains, on average over
draws, above the one plan that is best without reading::

    worth = E nb(rule(what is read)) - max_p E nb(p)

The rule is fitted: the net benefit of every plan is regressed on what is read (Strong 2014; Strong 2015 for the summary
of a study), and the plan with the highest fitted value is named. Draws are cut into folds, and the rule of a fold is
fitted on the others, so that noise earns nothing. What may be read is nested: nothing, part of the parameters, all of
them; a small study, a larger one, the parameters themselves. Whoever may read more may also read less, and the best of
these rules counts. So, for any numbers, 0 <= EVSI(n) <= EVPPI <= EVPI, rising with n and with every parameter added.
Axes: P plans, D draws, K parameters, S statistics of a study, V values, W weight vectors. Source: DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from bothand.decide.doubt import best, perfect_information
from bothand.engine.arrays import Floats

Rule = npt.NDArray[np.intp]

MOST = 3  # MATH: parameters that one rule reads together
FOLDS = 8  # MATH: parts into which draws are cut; a rule of one part is fitted on the others
DEGREE = 3  # MATH: cubic splines
KNOTS = 3  # MATH: most inner knots of a spline, at quantiles
DRAWS_FOR_KNOT = 32  # MATH: draws for each inner knot
FEWEST = 16  # MATH: draws below which no rule is fitted
SILENT = 400  # MATH: inputs that say nothing, made up to see what chance alone earns
USUAL = 0.95  # MATH: how often the best of them stays below what is told


@dataclass(frozen=True)
class Worth:
    """What knowing is worth in the unit of the net benefit: the mean over draws and its standard error.

    Where no rule gains, ``value`` is 0 and ``error`` is that of the rule that loses least.
    """

    value: float
    error: float


@dataclass(frozen=True)
class Learning:
    """What can be learned: everything (EVPI), some parameters (EVPPI), and studies of rising size (EVSI)."""

    everything: float
    parameters: Worth
    studies: tuple[Worth, ...] = ()


@dataclass(frozen=True)
class Span:
    """The least and the most that knowing is worth over several weight vectors, and what it is under each (W,)."""

    low: float
    high: float
    each: Floats


@dataclass(frozen=True, eq=False)
class Fold:
    """A part of the draws, ``held``, and the ``others``: the columns of a regression where it is fitted on these, and
    where it is asked for those (draws, columns)."""

    held: npt.NDArray[np.intp]
    others: npt.NDArray[np.intp]
    fitted_on: Floats
    asked: Floats


Design = tuple[Fold, ...]  # a regression on what is read, fold by fold, whatever plans gain


@dataclass(frozen=True)
class StudyWorth:
    """Whether a study pays: what is left after its price, and how many counties must share it to pay for itself."""

    left: float
    counties: float


# ---------------------------------------------------------------------------------------------------------- questions


def partial_information(benefit: Floats, parameters: npt.ArrayLike) -> Worth:
    """Return EVPPI: what it is worth to know these parameters exactly before choosing.

    Args:
        benefit: (P, D) net benefit.
        parameters: (D,) or (K, D), at most three.

    Returns:
        The worth in the unit of ``benefit``: at least zero, at most EVPI, and never less than that of some of them.

    Raises:
        ValueError: other shapes, numbers that are not finite, more than three parameters.
    """
    nb, known = _checked(benefit, parameters)
    return _best(nb, _rules(nb, _designs(known)))


def sample_information(benefit: Floats, parameters: npt.ArrayLike, studies: Sequence[npt.ArrayLike]) -> Learning:
    """Return what studies of rising size are worth (EVSI), beside the parameters they are about and everything.

    Args:
        benefit: (P, D) net benefit.
        parameters: (D,) or (K, D) what the studies ask, at most three.
        studies: for each size, smallest first, what such a study would report in each draw, (D,) or (S, D)
            (``means_seen``, ``shares_seen``).

    Returns:
        Learning; whoever has a large study may read part of it, and whoever knows the parameters could have made up
        the study, so that worth never falls from one to the next.

    Raises:
        ValueError: as ``partial_information``.
    """
    nb, known = _checked(benefit, parameters)
    rules: list[Rule] = []
    told = []
    for study in studies:
        _, seen = _checked(benefit, study)
        rules += _rules(nb, _designs(seen))
        told.append(_best(nb, rules))
    return Learning(perfect_information(nb), _best(nb, [*rules, *_rules(nb, _designs(known))]), tuple(told))


def by_chance(benefit: Floats, seed: int, asked: int = 1, silent: int = SILENT) -> float:
    """Return what the best of so many inputs that say nothing would seem to be worth, at most, 95 times in 100.

    A worth below this cannot be told from none; more draws lower it.

    Args:
        benefit: (P, D) net benefit.
        seed: of the inputs that are made up.
        asked: how many inputs are looked at: the best of many seems to be worth more by chance than one.
        silent: how many inputs are made up.
    """
    return above_chance(silent_worths(benefit, seed, silent), asked)


def silent_worths(benefit: Floats, seed: int, silent: int = SILENT) -> tuple[float, ...]:
    """Return what inputs that say nothing seem to be worth, as many as are made up; arguments as ``by_chance``."""
    return silent_worths_of([benefit], seed, silent)[0]


def silent_worths_of(benefits: Sequence[Floats], seed: int, silent: int = SILENT) -> list[tuple[float, ...]]:
    """Return ``silent_worths`` of several net benefits (P, D) over the same draws: each input is made up once for all.

    Raises:
        ValueError: net benefits over other numbers of draws; as ``partial_information``.
    """
    if len({np.asarray(one).shape[-1] for one in benefits}) > 1:
        raise ValueError("net benefits over the same draws were expected")
    luck = np.random.Generator(np.random.Philox(seed))
    worths: list[list[float]] = [[] for _ in benefits]
    for _ in range(silent if benefits else 0):
        said = luck.permutation(np.asarray(benefits[0]).shape[-1])
        checked = [_checked(one, said) for one in benefits]
        designs = _designs(checked[0][1])
        for told, (nb, _) in zip(worths, checked, strict=True):
            told.append(_best(nb, _rules(nb, designs)).value)
    return [tuple(told) for told in worths]


def above_chance(worths: Sequence[float], asked: int = 1) -> float:
    """Return what the best of so many inputs stays below 95 times in 100, of what silent ones seem to be worth."""
    return float(np.quantile(worths, USUAL ** (1 / max(asked, 1))))


def rules_read(parameters: int) -> int:
    """Return how many rules are tried where so many parameters are read together: one for each part of them."""
    return (1 << min(parameters, MOST)) - 1


def over_weights(gains: npt.ArrayLike, weights: npt.ArrayLike, parameters: npt.ArrayLike) -> Span:
    """Return what knowing the parameters is worth to people who weigh values otherwise.

    Args:
        gains: (V, P, D) what every plan does for every value, in units that weights may add up, such as shares of own
            best.
        weights: (W, V) one stakeholder's weights a row, or the corners of one's set of weights.
        parameters: (D,) or (K, D), at most three.

    Raises:
        ValueError: weights of another number of values; as ``partial_information``.
    """
    z, w = np.asarray(gains, dtype=np.float64), np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if z.ndim != len("VPD") or w.shape[1:] != z.shape[:1] or not len(w):
        raise ValueError(f"one weight for each of the values was expected; gains are {z.shape}, weights {w.shape}")
    checked = [_checked(np.tensordot(row, z, axes=1), parameters) for row in w]
    designs = _designs(checked[0][1])
    each = np.array([_best(nb, _rules(nb, designs)).value for nb, _ in checked])
    return Span(float(each.min()), float(each.max()), each)


def worth(per_county: float, price: float, counties: float = 1) -> StudyWorth:
    """Return whether a study pays that so many counties like this one would use.

    Args:
        per_county: what knowing is worth to one county (EVPPI as the most, or EVSI), in the unit of ``price``.
        price: of the study, above zero.
        counties: that face the same choice.
    """
    if not price > 0 or per_county < 0 or counties < 0:
        raise ValueError("the price of a study is above zero; what it is worth is not below zero")
    return StudyWorth(per_county * counties - price, price / per_county if per_county > 0 else float("inf"))


# ------------------------------------------------------------------------------------------------- what a study reports


def means_seen(parameter: Floats, spread: float, sizes: Sequence[int], seed: int) -> list[Floats]:
    """Return the mean that a study of each size would report in each draw, (D,) a size.

    The parameter is the mean of single observations with this standard deviation; a larger study goes on where the
    smaller one ended, so sizes must rise.
    """
    luck = np.random.Generator(np.random.Philox(seed))
    total, before, told = np.zeros_like(parameter), 0, []
    for size in _rising(sizes):
        total = total + np.sqrt(size - before) * luck.standard_normal(parameter.shape)
        before = size
        told.append(np.asarray(parameter + spread * total / size))
    return told


def shares_seen(share: Floats, sizes: Sequence[int], seed: int) -> list[Floats]:
    """Return the share that a count of each size would report in each draw, (D,) a size; sizes must rise."""
    luck = np.random.Generator(np.random.Philox(seed))
    total, before, told = np.zeros_like(share), 0, []
    for size in _rising(sizes):
        total = total + luck.binomial(size - before, share)
        before = size
        told.append(np.asarray(total / size))
    return told


def _rising(sizes: Sequence[int]) -> Sequence[int]:
    if not sizes or sizes[0] < 1 or any(b <= a for a, b in pairwise(sizes)):
        raise ValueError(f"sizes of studies must rise from at least 1; found {list(sizes)}")
    return sizes


# --------------------------------------------------------------------------------------------------------------- rules


def _checked(benefit: Floats, read: npt.ArrayLike) -> tuple[Floats, Floats]:
    nb, known = np.asarray(benefit, dtype=np.float64), np.atleast_2d(np.asarray(read, dtype=np.float64))
    if nb.ndim != len("PD") or not nb.size or known.ndim != nb.ndim or known.shape[1] != nb.shape[1]:
        raise ValueError(f"one row a plan and one a parameter, draws alike; found {nb.shape} and {known.shape}")
    if len(known) > MOST:
        raise ValueError(f"at most {MOST} parameters are read together; found {len(known)}")
    if not (np.isfinite(nb).all() and np.isfinite(known).all()):
        raise ValueError("net benefits and parameters must be finite numbers")
    return nb, known


def _best(nb: Floats, rules: Sequence[Rule]) -> Worth:
    """Return what the best of the rules gains above the one plan that is best for all draws, which is a rule too."""
    one = nb[best(nb)]
    gained = [nb[rule, np.arange(nb.shape[1])] - one for rule in rules]
    most = max(gained, key=lambda gain: float(gain.mean()), default=np.zeros_like(one))
    error = float(most.std(ddof=1) / np.sqrt(len(most))) if len(most) > 1 else 0.0
    value = min(max(float(most.mean()), 0.0), perfect_information(nb))  # the two sums differ in their last digits
    return Worth(value, error)


def _rules(nb: Floats, designs: Sequence[Design]) -> list[Rule]:
    """Return one rule for every part of what may be read."""
    return [_rule(nb, design) for design in designs]


def _rule(nb: Floats, design: Design) -> Rule:
    """Return the plan (D,) that a regression on what is read names in each draw, fitted on the other folds."""
    rule = np.zeros(nb.shape[1], dtype=np.intp)
    above = (nb - nb[best(nb)]).T  # (D, P): a difference to one plan has less noise than two levels
    for fold in design:
        fitted = np.linalg.lstsq(fold.fitted_on, above[fold.others], rcond=None)[0]
        rule[fold.held] = np.argmax(fold.asked @ fitted, axis=1)
    return rule


def _designs(read: Floats) -> list[Design]:
    """Return the regression on every part of what may be read (K, D); none where draws are too few."""
    varies = [k for k in range(len(read)) if read[k].max() > read[k].min()]
    parts = [list(part) for size in range(1, len(varies) + 1) for part in combinations(varies, size)]
    return [_design(read[part]) for part in parts] if read.shape[1] >= FEWEST else []


def _design(read: Floats) -> Design:
    return tuple(Fold(held, others, *_bases(read[:, others], read[:, held])) for held, others in _folds(read.shape[1]))


def _folds(draws: int) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    order = np.arange(draws)
    for fold in range(FOLDS):
        yield order[fold::FOLDS], order[order % FOLDS != fold]


def _bases(fitted_on: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """Return the columns of the regression where it is fitted and where it is asked.

    One spline a parameter, and the products of parameters in twos and threes.
    """
    middle, width = fitted_on.mean(axis=1, keepdims=True), fitted_on.std(axis=1, keepdims=True)
    scale = np.where(width > 0, width, 1)
    low, high = fitted_on.min(axis=1, keepdims=True), fitted_on.max(axis=1, keepdims=True)
    values = np.concatenate([fitted_on, np.clip(asked, low, high)], axis=1)
    unit = (values - middle) / scale
    columns = [np.ones(values.shape[1])]
    for row, fitted in zip(values, fitted_on, strict=True):
        columns += list(_spline(fitted, row).T)
    for size in range(2, len(unit) + 1):
        columns += [np.prod(unit[list(part)], axis=0) for part in combinations(range(len(unit)), size)]
    both = np.column_stack(columns)
    return both[: fitted_on.shape[1]], both[fitted_on.shape[1] :]


def _spline(fitted_on: Floats, values: Floats) -> Floats:
    """Return the columns of a cubic spline with knots at quantiles of what it is fitted on, but its constant."""
    from scipy.interpolate import BSpline

    low, high = float(fitted_on.min()), float(fitted_on.max())
    if low == high:
        return np.zeros((len(values), 0))
    number = min(KNOTS, len(fitted_on) // DRAWS_FOR_KNOT)
    inner = np.unique(np.quantile(fitted_on, np.arange(1, number + 1) / (number + 1)))
    inner = inner[(inner > low) & (inner < high)]
    knots = np.concatenate([np.repeat(low, DEGREE + 1), inner, np.repeat(high, DEGREE + 1)])
    return np.asarray(BSpline.design_matrix(values, knots, DEGREE).toarray()[:, 1:])
