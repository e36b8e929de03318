"""What a block is made of: how worlds are cut to some draws, sent as bytes, and which parts of a study they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from bothand.calibrate.run_in import RunIn
from bothand.calibrate.toxicity import Counts, ToxicityFit
from bothand.engine.arrays import Schedule, Start, Trajectory, Which
from bothand.engine.delivery import Delivery, Overlap
from bothand.engine.rates import Environment
from bothand.engine.runs.provenance import key_of
from bothand.engine.setting import Setting
from bothand.experiments.worlds import World, some_lanes
from bothand.outcomes.county import County
from bothand.outcomes.indicators import Run, Scales
from bothand.outcomes.ledger import Horizons, Ledger
from bothand.outcomes.requests import Requests
from bothand.outcomes.trial import Trial
from bothand.remembered import Remembered

TRIAL = (Trial, Run, Ledger, Horizons, Requests, Delivery, Overlap)
WORLD = (*TRIAL, World, County, Scales, Environment, Schedule, Start, Trajectory, RunIn, ToxicityFit, Counts)
OF_PLANS = {"plans", "draws", "seed", "label", "note"}  # fields of a study that a block does not read

Value = TypeVar("Value")


def cut_world(world: World, which: Which) -> World:
    """Return some draws of a world, its run-in cut to them too."""
    return replace(some_lanes(world, which), run_in=cut_run_in(world.run_in, which))


def cut_run_in(run_in: RunIn, which: Which) -> RunIn:
    """Return some draws of a run-in."""
    there = run_in.environment
    environment = replace(
        there,
        quantities={name: value[which] for name, value in there.quantities.items()},
        levers={name: value[:, which] for name, value in there.levers.items()},
        series={name: value[:, which] for name, value in there.series.items()},
    )
    return replace(
        run_in,
        environment=environment,
        trajectory=run_in.trajectory.at(which),
        test=_cut_fit(run_in.test, which),
        decision=_cut_fit(run_in.decision, which),
        onset=run_in.onset[which],
    )


def _cut_fit(fit: ToxicityFit, which: Which) -> ToxicityFit:
    by_draw = ("log_knots", "series", "deaths", "residuals")
    return replace(fit, **{name: getattr(fit, name)[:, which] for name in by_draw})


def doubled(block: slice) -> list[int] | slice:
    """Return the draws that are run for a block: its own, or its only one twice.

    Of a single draw, an axis of length one, some sums would go along other axes and might end in another last bit.
    """
    return block if block.stop - block.start > 1 else [block.start, block.start]


def compact(value: Value) -> Value:
    """Return a value whose arrays are contiguous, as they are in a fresh run; the same value where they are already."""
    made: Value = _compact(value)
    return made


def _compact(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    if isinstance(value, Mapping):
        return {key: _compact(entry) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, Setting | type):
        return replace(value, **{field.name: _compact(getattr(value, field.name)) for field in fields(value)})
    return value


_keys: Remembered[str] = Remembered()


def rests_on(setting: Setting) -> str:
    """Return a key of what a block reads of a setting beside its numbers: model, services, place, study.

    Plans are not among them, since a task says what it tries; so another plan beside it leaves a block as it is.
    """
    return _keys.of(setting, "rests on", lambda: key_of(*_parts(setting)))


def _parts(setting: Setting) -> list[object]:
    used = setting.evidence.used_by(setting.names, setting.study.choices)
    return [
        setting.study.model_dump_json(exclude=OF_PLANS),
        setting.model.spec.model_dump_json(),
        list(setting.model.chain.compartments),
        list(setting.model.levers),
        [service.model_dump_json() for service in setting.services],
        [place.model_dump_json(exclude={"path", "parent"}) for place in setting.place.lineage],
        [f"{row.key} {row.mean} {row.low} {row.high} {row.unit} {row.distribution}" for row in used],
    ]
