"""The county that the engines are set beside each other on: the default study's, under the status quo.

One lane is the best guess (every quantity at its mean, the supply as on day one); the others are draws of the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from bothand.engine.arrays import Floats, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate as cohort
from bothand.engine.compile import CompiledModel
from bothand.engine.needs import CAPACITIES, DURATIONS, KINDS, OVERDOSE, matching
from bothand.engine.people.people import Lives
from bothand.engine.rates import Environment
from bothand.engine.setting import draw_values, load_setting
from bothand.engine.weights import measure
from bothand.experiments.worlds import lanes, open_world, stays, walks

STUDY = "washtenaw"
MEDICATION = "on_medication"
REMISSION = tuple(f"remission_included_{duration}" for duration in DURATIONS)


@dataclass(frozen=True)
class County:
    """One lane of the county: its model, rates, first day, and the cohort's run; a draw axis of length 1."""

    name: str  # "best guess", "draw 1", ...
    model: CompiledModel
    rates: Schedule
    start: Start
    run: Trajectory
    weights: Mapping[str, Floats]  # measure -> (N,) what a person-year counts for

    @property
    def people(self) -> int:
        """Number of people on day one, to one."""
        return round(float(self.start.people[..., : self.model.chain.n_living].sum()))

    @property
    def waiting(self) -> dict[str, list[int]]:
        """Capacity to the compartments in which people wait for it."""
        pairs = zip(KINDS, CAPACITIES, strict=True)
        return {capacity: matching(self.model, {"care": f"waits_{kind}"}) for kind, capacity in pairs}

    def without_queues(self) -> County:
        """Return the same county with a place for everyone who asks."""
        rates = replace(self.rates, places=np.full_like(self.rates.places, np.inf))
        return replace(self, rates=rates, run=cohort(self.model.chain, rates, self.start))

    def told(self, run: Trajectory) -> dict[str, Floats]:
        """Return what a run of the cohort comes to over all years, by group of people on day one: name -> (O,)."""
        chain, lived = self.model.chain, run.person_years[:, 0].sum(axis=2)  # (Y, O, N)
        died = (run.state[-1, 0] - run.state[0, 0])[:, chain.n_living :]
        fatal = died[:, self.overdose - chain.n_living]
        overdoses = np.einsum("yon,yn->o", lived, self.rates.event[: len(lived), :, 0])
        return {
            "overdose deaths": fatal,
            "deaths of all causes": died.sum(axis=1),
            "non-fatal overdoses": overdoses - fatal,
            **self._years(lived.sum(axis=0)),
        }

    def told_of(self, lives: Lives) -> dict[str, Floats]:
        """Return the same of people who were followed one by one, and overdose deaths counted one by one.

        Deaths are the hazard of dying that people lived through: the same on average as counting them, with less
        chance in it. Non-fatal overdoses are counted.
        """
        named = lives.named
        fatal = named.death & (named.target == self.overdose)
        spared = named.of(self.event) & ~named.death
        hazards, counts = lives.hazards.sum(axis=0), lives.counts.sum(axis=0)  # (O, K)
        found = {
            "overdose deaths": hazards[:, fatal].sum(axis=1),
            "overdose deaths, counted one by one": counts[:, fatal].sum(axis=1),
            "deaths of all causes": hazards[:, named.death].sum(axis=1),
            "non-fatal overdoses": counts[:, spared].sum(axis=1),
            **self._years(lives.person_years.sum(axis=(0, 2))),
        }
        return {name: lives.weight * values for name, values in found.items()}

    @property
    def overdose(self) -> int:
        """The compartment of people who died of an overdose."""
        return self.model.chain.compartments.index(OVERDOSE)

    @property
    def event(self) -> str:
        """The event that naloxone is there for."""
        if self.model.stock is None:
            raise ValueError("the model has no stock.")
        return self.model.stock.event

    def _years(self, lived: Floats) -> dict[str, Floats]:
        """Return person-years (O, N) by what people were doing."""
        living = lived[:, : self.model.chain.n_living]
        return {
            "person-years lived": living.sum(axis=1),
            "person-years on medication": lived @ self.weights[MEDICATION],
            "person-years in remission": lived @ sum(self.weights[name] for name in REMISSION),
        }


@cache
def counties(draws: int) -> tuple[County, ...]:
    """Return the best guess and the first ``draws`` draws of the default study, each on its own."""
    setting = load_setting(STUDY)
    drawn = draw_values(setting, max(draws, 1), setting.study.seed)
    worlds = [("best guess", open_world(setting, lanes(drawn, [{}]), stays))]
    if draws:
        worlds.append(("draw", open_world(setting, drawn.values, walks(setting.study.seed))))
    found = []
    for name, world in worlds:
        for d in range(world.county.draws):
            one = world.county.at([d])
            weights = {key: _constant(setting.model, key, one.environment) for key in (MEDICATION, *REMISSION)}
            label = name if name == "best guess" else f"{name} {d + 1}"
            run = cohort(setting.model.chain, one.rates, one.start)
            found.append(County(label, setting.model, one.rates, one.start, run, weights))
    return tuple(found)


def _constant(model: CompiledModel, name: str, environment: Environment) -> Floats:
    """Return the weights (N,) of a measure that does not change with the year."""
    found = measure(model, name, environment)
    if found.ndim > 2:
        raise ValueError(f"the measure '{name}' changes with the year.")
    return np.asarray(found[:, 0])
