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
from bothand.engine.people.history import NOTHING, Carry, History
from bothand.engine.people.kernel import NOBODY, Moves, Yearly
from bothand.world.language.carried import belongs

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
        return np.array([belongs(rule, names) for rule in self.rule], dtype=np.bool_)


@dataclass(frozen=True)
class Layout:
    """Structure of the moves, and which edge of the chain each is (-1: a self-loop)."""

    moves: Moves
    named: Named
    edge: Ints  # (K,)

    def loops(self, event: str) -> Ints:
        """Return the self-loops of an event."""
        stays = STAYS.format(event=event)
        return np.flatnonzero([rule == stays for rule in self.named.rule])


def lay_out(
    model: CompiledModel, what: Carry = NOTHING, queues: Mapping[str, Sequence[int]] | None = None
) -> Layout:  # fmt: skip
    """Lay out the structure of a model.

    Args:
        model: a compiled model in continuous time.
        what: what people carry with them, and events that are followed though they move nobody.
        queues: capacity -> compartments in which people wait for it.
    """
    chain = model.chain
    event = model.stock.event if model.stock else None
    followed = [*([event] if event else []), *what.events]
    loops = [i for name in followed for i in sorted(model.events[name])]
    rules = [edge.rule for edge in model.edges]
    rules += [STAYS.format(event=name) for name in followed for _ in model.events[name]]
    source = np.concatenate([chain.source, np.array(loops, dtype=np.int64)])
    target = np.concatenate([chain.target, np.array(loops, dtype=np.int64)])
    edge = np.concatenate([np.arange(len(model.edges)), np.full(len(loops), NOBODY)])
    order = np.argsort(source, kind="stable")
    rules, source, target, edge = [rules[i] for i in order], source[order], target[order], edge[order]
    plain = (edge >= 0) & (edge < chain.n_plain)
    gate = np.full(len(edge), NOBODY)
    gate[plain] = chain.gate[edge[plain]]
    coupled = np.isin(edge, chain.coupled) | _coupled_loops(model, event, rules, source)
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
        modified=_which([m.changes for m in what.modifiers], named),
        history=_which([h.changes for h in what.histories], named),
        factor=_factors(what.histories, named),
        adds=_which([h.after for h in what.histories], named),
        living=chain.n_living,
        causes=int(cause.max(initial=-1)) + 2,
        queue=queue,
    )
    return Layout(moves, named, edge)


def hazards_of(
    layout: Layout, model: CompiledModel, schedule: Schedule, draw: int, what: Carry
) -> Yearly:  # fmt: skip
    """Lay out the hazards of one draw, at their highest within each year.

    Raises ValueError when a hazard that depends on at_hand can fall below zero, and for a followed event whose branches
    come to more than it.
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
    if model.stock:
        _stays(layout, model, schedule, draw, base, slope)
    if np.any(base + np.minimum(slope, 0) < -ROUNDING):
        raise ValueError("a hazard falls below zero when naloxone is at hand.")
    base = np.maximum(base, 0)
    hazard = np.repeat((base + np.maximum(slope, 0))[:, None], strata, axis=1)
    by = np.flatnonzero(edge >= chain.n_plain)
    hazard[:, :, by] = np.swapaxes(schedule.by_stratum[..., draw][:, edge[by] - chain.n_plain], 1, 2)
    for name, rate in what.events.items():
        _stay_after(layout, name, rate, hazard)
    return Yearly(
        hazard=np.ascontiguousarray(hazard),
        base=base,
        slope=slope,
        ageing=np.asarray(schedule.ageing, dtype=np.float64),
        older=np.asarray(chain.older, dtype=np.int64),
        most=np.array([len(h.factors) - 1 for h in what.histories], dtype=np.int64),
        window=np.array([h.fades for h in what.histories], dtype=np.float64),
    )


def _stays(layout: Layout, model: CompiledModel, schedule: Schedule, draw: int, base: Floats, slope: Floats) -> None:
    """Set the rate of staying after an event: the event's, less its branches'."""
    event = model.stock.event if model.stock else ""
    source = layout.named.source
    branches = layout.named.of(event) & (layout.edge >= 0)
    for k in layout.loops(event):
        here = branches & (source == source[k])
        base[:, k] = schedule.event[:, source[k], draw] - base[:, here].sum(axis=1)
        slope[:, k] = -slope[:, here].sum(axis=1)


def _stay_after(layout: Layout, event: str, rate: Floats, hazard: Floats) -> None:
    """Set the hazard (Y, S, K) of staying after an event that no stock serves: the event's, less its branches'."""
    source = layout.named.source
    branches = layout.named.of(event) & (layout.edge >= 0)
    if layout.moves.coupled[branches].any():
        raise ValueError(f"'{event}' reads at_hand and is not the event of the stock: it cannot be followed.")
    for k in layout.loops(event):
        left = rate[: len(hazard), :, source[k]] - hazard[:, :, branches & (source == source[k])].sum(axis=2)
        if (left < -ROUNDING).any():
            raise ValueError(f"the branches of '{event}' come to more than the event.")
        hazard[:, :, k] = np.maximum(left, 0)


def _coupled_loops(model: CompiledModel, event: str | None, rules: Sequence[str], source: Ints) -> Bools:
    """Return the self-loops of the stock's event where some branch from the same place depends on at_hand, (K,)."""
    cells = {e.source for e in model.edges if e.coupled and event and e.rule.startswith(f"{event}: ")}
    stays = np.array([rule == STAYS.format(event=event) for rule in rules], dtype=np.bool_)
    return np.isin(source, sorted(cells)) & stays


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
        changed = named.of(*h.changes)
        for level in range(levels):
            own = np.asarray(h.factors[min(level, len(h.factors) - 1)], dtype=np.float64)
            factor[changed, level] = own if own.ndim == 0 else own[named.source[changed]]
    return factor
