"""From what one more of every lever is worth, what one more settlement dollar of each service and year is worth.

Delivery is smooth but for steps and corners. A dollar at a step (start-up not yet paid, an award below the smallest, a
part of a unit that comes whole) buys nothing more, so it is worth nothing here: ask with ``sites=0`` what the money
would do once a service stands. A first dollar is taken from above; at a full lever, the side on which it is full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bothand.engine.arrays import Floats
from bothand.engine.delivery import (
    SHARPNESS,
    Delivery,
    Reach,
    bought,
    dollars_by_draw,
    per_unit,
    room_of,
    shown,
    willing_share,
)
from bothand.world.service import Move, Places, Service, Terms
from bothand.world.terms import as_run


def to_dollars(
    worth: Mapping[str, Floats],
    delivery: Delivery,
    dollars: npt.ArrayLike,
    services: Sequence[Service],
    draws: Mapping[str, Floats],
    eligible: Mapping[str, Floats],
    status_quo: Mapping[str, Floats],
    *,
    board_lag: npt.ArrayLike,
    reach: Reach = "to the ceiling",
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
    sites: float = 1.0,
    units: Mapping[str, Floats] | None = None,
) -> Floats:
    """Return what one more dollar of each service in each year is worth, (S, Y, D).

    ``worth``: lever -> what one more of it is worth in each year, (Y, D). ``units``: service -> what a unit in
    operation is worth in itself, (D,). The rest is what ``deliver`` was given, and ``delivery`` what it gave.
    """
    count = len(next(iter(draws.values())))
    money = dollars_by_draw(dollars, len(services), count)
    shape = money.shape[1:]
    levers = {name: np.broadcast_to(np.asarray(value, dtype=float), shape) for name, value in status_quo.items()}
    runs = [as_run(service, (terms or {}).get(service.key, service.terms), levers) for service in services]
    moves = [
        (run.service, move)
        for run in runs
        for move in run.service.moves
        if not (move.own_places and (places or {}).get(run.service.key, "own") == "queue")
        and move.lever not in run.undone
    ]
    own = units or {}
    owed = {s.key: np.array(np.broadcast_to(own.get(s.key, 0.0), shape), dtype=np.float64) for s in services}
    left = {name: np.array(np.broadcast_to(value, shape)) for name, value in worth.items()}
    _union_back(moves, delivery, draws, eligible, levers, reach, left, owed)
    _sums_back(moves, delivery, draws, levers, left, owed)
    found = np.zeros_like(money)
    lag = np.broadcast_to(np.asarray(board_lag, dtype=np.float64), (count,))
    for s, (run, given) in enumerate(zip(runs, money, strict=True)):
        one = bought(run.service, given, draws, sites)
        if run.service.whole:
            continue
        ceiling = delivery.ceiling[run.service.key]
        back = _in_operation_back(owed[run.service.key], one.worked / one.price, ceiling, lag + draws[run.service.lag])
        found[s] = _worked_back(back / one.price, run.service, given, draws, sites)
    return found


Moves = Sequence[tuple[Service, Move]]


def _union_back(
    moves: Moves, delivery: Delivery, draws: Mapping[str, Floats], eligible: Mapping[str, Floats],
    levers: Mapping[str, Floats], reach: Reach, left: dict[str, Floats], owed: dict[str, Floats],
) -> None:  # fmt: skip
    """Owe the levers on which services add as a union to their units; nothing is left of these levers."""
    reached: dict[str, list[tuple[Service, Move]]] = {}
    for service, move in moves:
        if move.blend is None and move.kind in ("reach", "share"):
            reached.setdefault(move.lever, []).append((service, move))
    for lever, parts in reached.items():
        shares = [np.broadcast_to(willing_share(s, m, draws), levers[lever].shape) for s, m in parts]
        share, room = room_of(lever, np.max(shares, axis=0), eligible, levers, reach)
        open_ = np.where(room > 0, room, 1.0)
        people = [shown(delivery.units[s.key], m, draws) * per_unit(m, draws) for s, m in parts]
        missed = [1 - np.minimum(number / open_, 1) * (room > 0) for number in people]
        for i, (service, move) in enumerate(parts):
            others = np.prod([m for j, m in enumerate(missed) if j != i], axis=0)
            more = left[lever] * share * others * (room > 0) * (people[i] < room) / open_
            owed[service.key] += _shown_back(more * per_unit(move, draws), move, draws)
        left[lever] = np.zeros_like(left[lever])


def _sums_back(
    moves: Moves, delivery: Delivery, draws: Mapping[str, Floats], levers: Mapping[str, Floats],
    left: dict[str, Floats], owed: dict[str, Floats],
) -> None:  # fmt: skip
    """Owe the levers on which services add, or stand in new places beside the old, to their units; last service first.

    In new places: value = before + (share - before) w with w = new / (places + new).
    """
    before: list[Floats | None] = []
    value = dict(levers)
    for service, move in moves:
        before.append(value[move.lever] if move.blend is not None else None)
        if move.blend is not None and move.beside is not None:
            weight = _new(service, move, delivery, draws)
            weight = weight / np.where(levers[move.beside] + weight > 0, levers[move.beside] + weight, 1.0)
            value[move.lever] = value[move.lever] + (draws[move.blend] - value[move.lever]) * weight
        elif move.kind not in ("reach", "share"):
            value[move.lever] = value[move.lever] + shown(delivery.units[service.key], move, draws) * per_unit(
                move, draws
            )
    for (service, move), was in zip(reversed(moves), reversed(before), strict=True):
        if move.blend is not None and move.beside is not None and was is not None:
            places, new = levers[move.beside], _new(service, move, delivery, draws)
            all_places = np.where(places + new > 0, places + new, 1.0)
            by_weight = left[move.lever] * (draws[move.blend] - was)
            owed[service.key] += by_weight * places / all_places**2 * per_unit(_beside(service, move), draws)
            left[move.lever] = left[move.lever] * (1 - new / all_places)
        elif move.kind not in ("reach", "share"):
            owed[service.key] += _shown_back(left[move.lever] * per_unit(move, draws), move, draws)


def _beside(service: Service, move: Move) -> Move:
    return next(m for m in service.moves if m.lever == move.beside)


def _new(service: Service, move: Move, delivery: Delivery, draws: Mapping[str, Floats]) -> Floats:
    """Return the new places among which a move stands, (Y, D)."""
    return np.asarray(delivery.units[service.key] * per_unit(_beside(service, move), draws))


def _shown_back(worth: Floats, move: Move, draws: Mapping[str, Floats]) -> Floats:
    """Return what units are worth whose effect on a lever, perhaps later, is worth this."""
    if move.later is None:
        return worth
    return _in_operation_back(worth, np.ones_like(worth), np.full_like(worth, np.inf), draws[move.later])


def corner_slope(offered: Floats, ceiling: Floats) -> Floats:
    """Return the derivative of ``delivery.corner`` with respect to what is offered: (1 + (u/d)^p)^-(1 + 1/p)."""
    safe = np.where((ceiling > 0) & np.isfinite(ceiling), ceiling, 1.0)
    ratio, power = offered / safe, -(1 + 1 / SHARPNESS)
    low, high = np.minimum(ratio, 1), np.maximum(ratio, 1)
    below = (1 + low**SHARPNESS) ** power
    above = high ** -(SHARPNESS + 1) * (1 + high**-SHARPNESS) ** power
    bounded = np.where(ratio <= 1, below, above)
    return np.where(np.isinf(ceiling), 1.0, np.where(ceiling > 0, bounded, 0.0))


def _in_operation_back(worth: Floats, offered: Floats, ceiling: Floats, lag: Floats) -> Floats:
    """Return what units offered in each year are worth, (Y, D); ``worth``: what units in operation are worth."""
    found, years = np.zeros_like(worth), worth.shape[0]
    for later in range(years):
        weight = np.maximum(1 - np.abs(lag - later), 0)
        if weight.any():
            early = slice(0, years - later)
            found[early] += weight * corner_slope(offered[early], ceiling[later:]) * worth[later:]
    return found


def _worked_back(worth: Floats, service: Service, given: Floats, draws: Mapping[str, Floats], sites: float) -> Floats:
    """Return what dollars given in each year are worth, (Y, D); ``worth``: what dollars at work in it are worth."""
    start = draws[service.start_up.quantity] * sites
    enough = given >= draws[service.smallest.quantity] * sites
    together = np.cumsum(np.where(enough, given, 0.0), axis=0)
    paid = (together >= start) if sites else np.ones_like(enough)
    opens = (together[-1] > start) | (start == 0)
    # Dollars at work in year y = what is there beyond the start-up by the end of y, less the same of y - 1.
    beyond = worth - np.concatenate([worth[1:], np.zeros_like(worth[:1])])
    return np.asarray(np.cumsum((beyond * paid)[::-1], axis=0)[::-1] * enough * opens)
