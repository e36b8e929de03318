"""A compiled model and one draw of its schedule, laid out for the people engine's loops.

Moves are sorted by where they start. An event that leaves a person where they are is no edge of the model; here it is
a move from a compartment to itself, at the rate of the event less the rates of its branches that lead elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Bools, Floats, Ints, Schedule
from bothand.engine.compile import CompiledModel
from bothand.engine.people.history import History, belongs
from bothand.engine.people.kernel import NOBODY, Moves, Yearly

STAYS = "{event}: stays"  # name of the move of an event that leaves a person where they are
ROUNDING = 1e-12  # MATH: rates below this, the difference of equal numbers, are none


@dataclass(frozen=True)
class Named:
    """What every move is, in the order of the loops: K of them."""

    rule: tuple[str, ...]  # a rule's name, "event: branch", "event: stays", or "phases NAME"
    source: Ints
    target: Ints
    death: Bools

    def of(self, *names: str) -> Bools:
        """Return which moves are one of these rules or branches of one of these events, (K,)."""
        return np.array([rule in names or rule.partition(": ")[0] in names for rule in self.rule])


@dataclass(frozen=True)
class Layout:
    """Structure of the moves, and which edge of the chain each is (-1: a self-loop)."""

    moves: Moves
    named: Named
    edge: Ints  # (K,)
    event: Bools  # (K,) self-loops of the event that the stock serves


def lay_out(
    model: CompiledModel,
    histories: Sequence[History] = (),
    modified: Sequence[str] = (),
    queues: Mapping[str, Sequence[int]] | None = None,
) -> Layout:
    """Lay out the structure of a model.

    Args:
        model: a compiled model in continuous time.
        histories: what changes hazards beside where a person is.
        modified: rules or events whose hazard a person's own modifier multiplies.
        queues: capacity -> compartments in which people wait for it.
    """
    chain = model.chain
    event = model.stock.event if model.stock else None
    loops = sorted(model.events[event]) if event else []
    rules = [edge.rule for edge in model.edges] + [STAYS.format(event=event)] * len(loops)
    source = np.concatenate([chain.source, np.array(loops, dtype=np.int64)])
    target = np.concatenate([chain.target, np.array(loops, dtype=np.int64)])
    edge = np.concatenate([np.arange(len(model.edges)), np.full(len(loops), NOBODY)])
    order = np.argsort(source, kind="stable")
    rules, source, target, edge = [rules[i] for i in order], source[order], target[order], edge[order]
    plain = (edge >= 0) & (edge < chain.n_plain)
    gate = np.full(len(edge), NOBODY)
    gate[plain] = chain.gate[edge[plain]]
    coupled = np.isin(edge, chain.coupled) | ((edge < 0) & _coupled_here(model, event, source))
    death = np.concatenate([chain.death, np.zeros(len(loops), dtype=bool)])[order]
    named = Named(tuple(rules), source, target, death)
    queue = np.full(chain.n_all, NOBODY)
    for name, cells in (queues or {}).items():
        queue[list(cells)] = chain.capacities.index(name)
    cause = _causes(rules, source)
    moves = Moves(
        row=np.searchsorted(source, np.arange(chain.n_all + 1)),
        target=target,
        cause=cause,
        gate=gate,
        coupled=coupled.astype(np.int64),
        watched=(death | (edge < 0)).astype(np.int64),
        modified=named.of(*modified).astype(np.int64) if modified else np.zeros(len(edge), dtype=np.int64),
        history=_which([h.changes for h in histories], named),
        factor=_factors(histories, named),
        adds=_which([h.after for h in histories], named),
        living=chain.n_living,
        causes=int(cause.max(initial=-1)) + 2,
        queue=queue,
    )
    return Layout(moves, named, edge, edge < 0)


def hazards_of(
    layout: Layout, model: CompiledModel, schedule: Schedule, draw: int, histories: Sequence[History]
) -> Yearly:
    """Lay out the hazards of one draw, at their highest within each year.

    Raises ValueError when a hazard that depends on at_hand can fall below zero.
    """
    chain, edge = model.chain, layout.edge
    years, strata = schedule.years, len(chain.strata)
    base, slope = np.zeros((years, len(edge))), np.zeros((years, len(edge)))
    plain = np.flatnonzero((edge >= 0) & (edge < chain.n_plain))
    base[:, plain] = schedule.plain[:, edge[plain], draw]
    place = np.full(len(model.edges), NOBODY)
    place[chain.coupled] = np.arange(len(chain.coupled))
    bent = plain[place[edge[plain]] >= 0]
    slope[:, bent] = schedule.slope[:, place[edge[bent]], draw]
    if layout.event.any() and model.stock:
        _stays(layout, model, schedule, draw, base, slope)
    if np.any(base + np.minimum(slope, 0) < -ROUNDING):
        raise ValueError("a hazard falls below zero when naloxone is at hand.")
    base = np.maximum(base, 0)
    hazard = np.repeat((base + np.maximum(slope, 0))[:, None], strata, axis=1)
    by = np.flatnonzero(edge >= chain.n_plain)
    hazard[:, :, by] = np.swapaxes(schedule.by_stratum[..., draw][:, edge[by] - chain.n_plain], 1, 2)
    return Yearly(
        hazard=np.ascontiguousarray(hazard),
        base=base,
        slope=slope,
        ageing=np.asarray(schedule.ageing, dtype=np.float64),
        older=np.asarray(chain.older, dtype=np.int64),
        most=np.array([len(h.factors) - 1 for h in histories], dtype=np.int64),
        window=np.array([h.fades for h in histories], dtype=np.float64),
    )


def _stays(layout: Layout, model: CompiledModel, schedule: Schedule, draw: int, base: Floats, slope: Floats) -> None:
    """Set the rate of staying after an event: the event's, less its branches'."""
    event = model.stock.event if model.stock else ""
    source = layout.named.source
    branches = np.array([rule.startswith(f"{event}: ") for rule in layout.named.rule]) & ~layout.event
    for k in np.flatnonzero(layout.event):
        here = branches & (source == source[k])
        base[:, k] = schedule.event[:, source[k], draw] - base[:, here].sum(axis=1)
        slope[:, k] = -slope[:, here].sum(axis=1)


def _coupled_here(model: CompiledModel, event: str | None, source: Ints) -> Bools:
    """Return whether some branch of the event from the same compartment depends on at_hand, (K,)."""
    cells = {e.source for e in model.edges if e.coupled and event and e.rule.startswith(f"{event}: ")}
    return np.isin(source, sorted(cells))


def _causes(rules: Sequence[str], source: Ints) -> Ints:
    """Return a number for each rule; a second move of one rule from one compartment is a cause of its own."""
    met: dict[tuple[str, int], int] = {}
    numbers: dict[tuple[str, int], int] = {}
    found = []
    for rule, here in zip(rules, source.tolist(), strict=True):
        met[rule, here] = met.get((rule, here), -1) + 1
        found.append(numbers.setdefault((rule, met[rule, here]), len(numbers)))
    return np.array(found, dtype=np.int64)


def _which(names: Sequence[Sequence[str]], named: Named) -> Ints:
    found = np.full(len(named.rule), NOBODY)
    for h, group in enumerate(names):
        found[named.of(*group)] = h
    return found


def _factors(histories: Sequence[History], named: Named) -> Floats:
    levels = max((len(h.factors) for h in histories), default=1)
    factor = np.ones((len(named.rule), levels))
    for h in histories:
        row = np.array([*h.factors, *[h.factors[-1]] * (levels - len(h.factors))])
        factor[named.of(*h.changes)] = row
    return factor


def edges_of(model: CompiledModel, *names: str) -> Bools:
    """Return which edges of the chain are one of these rules or branches of one of these events, (E,)."""
    return np.array([belongs(edge, names) for edge in model.edges])
