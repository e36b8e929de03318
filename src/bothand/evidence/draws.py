"""Joint samples of the uncertain inputs: the same draw is the same world under every plan.

Each key has its own stream (``bothand.evidence.streams``), so draws 1..n are the same whatever n is asked, and a key's
draws do not change when other keys are added. Keys of a joint group share one factor (a Gaussian copula) and keep their
order. Values are in base units: years, per year, US dollars of the report's price year. Source: DESIGN 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bothand.evidence.conversions import CONVERSIONS
from bothand.evidence.quantity import Floats
from bothand.evidence.sets import Joint
from bothand.evidence.streams import LEVELS, stream
from bothand.evidence.tables import Evidence
from bothand.faults import Fault, FaultsFound, nearest


@dataclass(frozen=True)
class Draws:
    """The draws of ``n`` worlds.

    ``values[name]``: (n,) in base units (years, per year, US dollars of the price year). ``best[name]``: its mean, or
    the median of a triangle whose mean is on a bound.
    ``keys[name]``: the row behind the name, under ``choices``.
    """

    values: Mapping[str, Floats]
    best: Mapping[str, float]
    n: int
    seed: int
    choices: Mapping[str, str]
    keys: Mapping[str, str]


def draw(
    evidence: Evidence, names: Iterable[str], n: int, seed: int = 1, choices: Mapping[str, str] | None = None
) -> Draws:
    """Return ``n`` joint draws of ``names`` (keys or slots); ``choices`` picks an option of an alternatives.

    Raises FaultsFound for unknown names or options, context rows, or a number of draws outside 1 to 2**20.
    """
    wanted = list(dict.fromkeys(names))
    chosen = {name: a.default for name, a in evidence.sets.alternatives.items()} | dict(choices or {})
    _refuse(evidence, wanted, n, chosen)
    keys = {name: evidence.resolve(name, chosen) for name in wanted}
    sampler = _Sampler(evidence, n, seed)
    values = {name: sampler.values(key) for name, key in keys.items()}
    best = {name: best_guess(evidence, key) for name, key in keys.items()}
    return Draws(values, best, n, seed, chosen, keys)


def best_guess(evidence: Evidence, key: str, given: Mapping[str, float] | None = None) -> float:
    """Return the best guess of a row in base units: its mean, or the median where the mean is on a bound.

    ``given``: rows whose value is another, in base units; what is computed from them follows.
    """
    if given and key in given:
        return given[key]
    derivation = evidence.derivations.get(key)
    if derivation is not None:
        inputs = [best_guess(evidence, k, given) for k in derivation.inputs]
        return float(CONVERSIONS[derivation.by](*inputs, years=derivation.years))
    row = evidence[key]
    if row.family == "triangular":  # a mean on a bound is the mode; the middle of the draws is their median
        return float(_scaled(evidence, key, np.array([0.5]))[0])
    return row.base_mean * evidence.price_factor(row)


def _scaled(evidence: Evidence, key: str, u: Floats) -> Floats:
    row = evidence[key]
    factor = row.typed.factor if row.typed else 1.0
    return row.quantile(u) * factor * evidence.price_factor(row)


def _refuse(evidence: Evidence, wanted: list[str], n: int, chosen: Mapping[str, str]) -> None:
    faults: list[Fault] = []
    if not 1 <= n <= 2**LEVELS:
        faults.append(Fault("", f"the number of draws is 1 to {2**LEVELS}; found {n}.", "draws"))
    for name, option in chosen.items():
        found = evidence.sets.alternatives.get(name)
        if found is None:
            words, near = f"there are no alternatives '{name}'.", nearest(name, evidence.sets.alternatives)
            faults.append(Fault("", words, "choices", nearest=near))
        elif option not in found.options:
            words = f"'{option}' is no option of '{name}'; allowed: {', '.join(found.options)}."
            faults.append(Fault("", words, "choices", nearest=nearest(option, found.options)))
    for name in wanted:
        if name in evidence.sets.slots:
            continue
        if name not in evidence:
            faults.append(Fault("", f"unknown quantity '{name}'.", name, nearest=nearest(name, evidence.names)))
        elif evidence[name].role == "context":
            row = evidence[name]
            faults.append(Fault(row.file, "a context row may not drive a result.", name, row.line))
    if faults:
        raise FaultsFound(faults)


class _Sampler:
    """The draws of one (evidence, n, seed), each key drawn once."""

    def __init__(self, evidence: Evidence, n: int, seed: int) -> None:
        self.evidence, self.n, self.seed = evidence, n, seed
        self.drawn: dict[str, Floats] = {}

    def values(self, key: str) -> Floats:
        if key not in self.drawn:
            derivation = self.evidence.derivations.get(key)
            joint = self.evidence.sets.joint_of(key)
            if derivation is not None:
                inputs = [self.values(k) for k in derivation.inputs]
                self.drawn[key] = CONVERSIONS[derivation.by](*inputs, years=derivation.years)
            elif joint is not None:
                self._together(*joint)
            else:
                self.drawn[key] = _scaled(self.evidence, key, stream(self.seed, key, self.n))
        return self.drawn[key]

    def _together(self, name: str, joint: Joint) -> None:
        """Draw every key of a joint group: correlated by one factor, then put in order within each draw."""
        from scipy import special

        shared = special.ndtri(stream(self.seed, f"joint:{name}", self.n))
        drawn = []
        for key in joint.keys:
            loading = joint.loading(key)
            own = special.ndtri(stream(self.seed, key, self.n))
            z = loading * shared + np.sqrt(1 - loading**2) * own
            drawn.append(_scaled(self.evidence, key, special.ndtr(z)))
        table = np.array(drawn)
        if joint.order != "none":
            table = np.sort(table, axis=0)
            table = table[::-1] if joint.order == "falls" else table
        self.drawn |= dict(zip(joint.keys, table, strict=True))
