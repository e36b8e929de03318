"""The person ledger: what one run did for each group of people, as they are on day one.

Person-years are discounted to day one at the study's rate; counts (deaths, overdoses, infections) are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Chain, Floats, Trajectory
from bothand.engine.needs import OVERDOSE
from bothand.engine.weights import by_year

LIFETIME = "lifetime"


@dataclass(frozen=True)
class Horizons:
    """The horizons of a study: whole years, then 'lifetime' (last year plus the terminal value)."""

    years: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order: '1', '5', ..., 'lifetime'."""
        return (*(str(y) for y in self.years), LIFETIME)

    def index(self, name: str) -> int:
        """Return the position of a horizon's name."""
        return self.names.index(name)


@dataclass(frozen=True)
class Ledger:
    """Indicators of one run: ``values[name]`` has shape (H, D, O), in people, person-years, QALYs or dollars.

    Counts have no terminal value: their 'lifetime' row repeats the last year.
    """

    horizons: Horizons
    groups: tuple[str, ...]
    values: Mapping[str, Floats]

    def at(self, name: str, horizon: str) -> Floats:
        """Return an indicator at one horizon: (D, O)."""
        return np.asarray(self.values[name][self.horizons.index(horizon)])


def discount_factors(years: int, rate: float) -> Floats:
    """Return the weight of each year's person-years, at mid-year: (1 + rate)^-(y + 1/2)."""
    return np.asarray((1 + rate) ** -(np.arange(years) + 0.5))


def yearly(person_years: Floats, weights: Floats) -> Floats:
    """Return yearly totals (K, Y, D, O) of K linear measures.

    ``person_years`` (Y, D, O, N) is summed over strata; ``weights`` is (K, N, D), or (K, Y, N, D) when a measure
    depends on the levers of the year.
    """
    if not by_year(weights[0]):
        return np.asarray(np.einsum("ydon,knd->kydo", person_years, weights, optimize=True))
    return np.asarray(np.einsum("ydon,kynd->kydo", person_years, weights, optimize=True))


def cumulate(yearly_totals: Floats, horizons: Horizons, factors: Floats, terminal: Floats | None) -> Floats:
    """Add up yearly totals (Y, D, O) to each horizon (H, D, O); ``terminal`` (D, O) is added at 'lifetime'."""
    sums = np.cumsum(yearly_totals * factors[:, None, None], axis=0)
    at = [sums[year - 1] for year in horizons.years]
    last = at[-1] if terminal is None else sums[-1] + terminal
    return np.stack([*at, last])


def deaths(chain: Chain, trajectory: Trajectory, horizons: Horizons, cause: str | None = None) -> Floats:
    """Return deaths since day one (H, D, O), of one cause ('dead.overdose') or of all."""
    columns = [n for n in range(chain.n_living, chain.n_all) if cause is None or chain.compartments[n] == cause]
    dead = trajectory.state[..., columns].sum(axis=-1)  # (Y + 1, D, O)
    at = [dead[year] - dead[0] for year in horizons.years]
    return np.stack([*at, at[-1]])


@dataclass(frozen=True)
class Account:
    """Measures that a ledger adds up at one discount rate, and the ending that tells their names from others.

    terminal: measure -> (D, O) discounted value after the last year, already brought to day one.
    """

    names: Sequence[str]
    rate: float
    terminal: Mapping[str, Floats]
    ending: str = ""


def person_ledger(
    chain: Chain,
    groups: tuple[str, ...],
    trajectory: Trajectory,
    measures: Mapping[str, Floats],
    counts: Mapping[str, Floats],
    accounts: Sequence[Account],
    horizons: Horizons,
) -> Ledger:
    """Build the person ledger of one run.

    measures: name -> weights (N, D) or (Y, N, D) of person-years, added up in each account that names them; counts:
    name -> events per person-year, the same shapes.
    """
    lived = trajectory.person_years.sum(axis=-2)  # (Y, D, O, N)
    values: dict[str, Floats] = {}
    for account in accounts:
        own = {name: measures[name] for name in account.names}
        values |= _added_up(lived, own, account, horizons)
    values |= _added_up(lived, counts, Account(tuple(counts), 0, {}), horizons)
    values["deaths"] = deaths(chain, trajectory, horizons)
    values["overdose_deaths"] = deaths(chain, trajectory, horizons, OVERDOSE)
    return Ledger(horizons, groups, values)


def _added_up(lived: Floats, weights: Mapping[str, Floats], account: Account, horizons: Horizons) -> dict[str, Floats]:
    factors = discount_factors(lived.shape[0], account.rate)
    found = {}
    for names in _same_shape(weights):
        totals = yearly(lived, np.stack([weights[name] for name in names]))
        for name, total in zip(names, totals, strict=True):
            found[name + account.ending] = cumulate(total, horizons, factors, account.terminal.get(name))
    return found


def _same_shape(table: Mapping[str, Floats]) -> Sequence[list[str]]:
    """Split names by whether their weights depend on the year, so that each part is one product."""
    parts = [[name for name, w in table.items() if by_year(w) == changing] for changing in (False, True)]
    return [part for part in parts if part]
