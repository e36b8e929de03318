"""From what one more of each line of a ledger is worth, what one more person anywhere in a run is worth.

A ledger adds up person-years with weights, discounted, to a horizon; at "lifetime" with the value of what remains. It
is linear in a run, so what a line is worth is worth that much of its weights to every person-year. Where weights move
with levers, the nodes that they are read from are worth the person-years that they weigh.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bothand.engine.adjoint.cohort import People, Recorded, Worth
from bothand.engine.adjoint.rates import Owed
from bothand.engine.arrays import WEEKS, Floats, Trajectory
from bothand.engine.needs import KINDS, OVERDOSE
from bothand.engine.weights import by_year
from bothand.outcomes.county import County
from bothand.outcomes.gradients.asked import Lines
from bothand.outcomes.ledger import LIFETIME, Horizons, discount_factors
from bothand.outcomes.requests import THIRTY_DAYS
from bothand.outcomes.trial import FLAT, lets_in, sustained_cells

DEATHS = {"overdose_deaths": OVERDOSE, "deaths": None}


def to_run(
    county: County, lines: Lines, sustained: Mapping[str, Floats], measures: Mapping[str, Floats],
    run: Trajectory, horizons: Horizons, owed: Owed,
) -> Worth:  # fmt: skip
    """Return what one more of each thing that a run recorded is worth; weights that levers move go to ``owed``.

    ``sustained``: criterion -> (D, O), what one more person in sustained remission at year five is worth; ``measures``:
    the weights of the run's environment.
    """
    years, discount = run.person_years.shape[0], county.setting.study.discount
    lived = run.person_years.sum(axis=-2)
    people = []
    for (name, horizon), worth in lines.items():
        until = horizons.years[-1] if horizon == LIFETIME else int(horizon)
        if name in DEATHS:
            dead = _dead(county, DEATHS[name])
            people.append(People(worth, state=_on({until: dead, 0: -dead}, run)))
            continue
        flat = name.endswith(FLAT)
        name, rate = name.removesuffix(FLAT), 0.0 if flat else discount
        weights = measures[name]
        # A lifetime is every year of the run, and the value of what remains.
        each = discount_factors(years, rate) * (np.arange(years) < (years if horizon == LIFETIME else until))
        wide = weights.transpose(0, 2, 1) if by_year(weights) else weights.T[None]
        ahead = (1 + rate) ** -years * county.ahead[name] if horizon == LIFETIME and not flat else None
        people.append(People(worth, person_years=(each[:, None, None] * wide)[:, :, None], final=ahead))
        if by_year(weights):
            read = np.einsum("y,do,ydon->ydn", each, worth, lived, optimize=True)
            for n, node in enumerate(county.setting.model.measures[name]):
                if node is not None:
                    owed.add(node, read[:, :, n])
    year, cells = sustained_cells(county)
    people += [People(worth, state=_on({year: cells[criterion]}, run)) for criterion, worth in sustained.items()]
    return Worth(people)


def _on(days: Mapping[int, Floats], run: Trajectory) -> Floats:
    """Return what people on the last day before some years are worth by compartment (N,): (Y + 1, D, N)."""
    state = np.zeros((*run.state.shape[:2], run.state.shape[3]))
    for year, cells in days.items():
        state[year] += cells
    return state


def _dead(county: County, cause: str | None) -> Floats:
    """Return 1 for the dead, of one cause or of all, else 0: (N,)."""
    chain = county.setting.model.chain
    names = np.array(chain.compartments)
    return np.asarray((np.arange(chain.n_all) >= chain.n_living) & ((cause is None) | (names == cause))).astype(float)


def requests_to_run(county: County, met: list[Floats], run: Recorded) -> tuple[Floats, dict[int, Floats]]:
    """Return what the share let in in every week is worth, (Y * steps, C, D), and plain edge -> the same of its rate.

    ``met``: what the chance (Y, D) that a request of each kind is met within thirty days is worth. With a = the hazard
    of being let in times the share, and g of giving up, the chance is a / (a + g) (1 - exp(-(a + g) t)).
    """
    fraction = run.trajectory.fraction
    weeks = np.zeros_like(fraction)
    edges: dict[int, Floats] = {}
    give_up = county.values["give_up_waiting"]
    for kind, worth in zip(KINDS, met, strict=True):
        c, edge = lets_in(county, kind)
        rate = run.schedule.plain[:, edge]
        wide = np.repeat(rate, WEEKS, axis=0)
        let_in = wide * fraction[:, c]
        total = let_in + give_up
        safe = np.where(total > 0, total, 1.0)
        stays = np.exp(-total * THIRTY_DAYS)
        slope = give_up / safe**2 * (1 - stays) + let_in / safe * THIRTY_DAYS * stays
        each = np.repeat(worth, WEEKS, axis=0) / WEEKS * slope * (total > 0)
        weeks[:, c] += each * wide
        edges[edge] = (each * fraction[:, c]).reshape(*(len(rate), WEEKS), -1).sum(axis=1)
    return weeks, edges
