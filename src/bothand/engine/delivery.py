"""Delivery: how dollars become people reached, and people the value of a model's levers (DESIGN.md, section 5).

For one service, with settlement dollars ``m_y`` in year y and everything below drawn:

    worked_y  = dollars of year y at or above the smallest award, once the start-up is paid
    offered_y = worked_y / (unit cost x settlement's share)                      units a year
    L         = board lag + service lag, in years
    units_y   = sum_j max(0, 1 - |L - j|) * corner(offered_(y-j), ceiling_y)     the share of year y in operation

    corner(u, d) = u / (1 + (u/d)^p)^(1/p): linear to the ceiling d, with a smooth corner of sharpness p

A year's money pays for a year of service that begins when the service opens, so a lag delays units and dollars alike
and loses none. Money beyond the ceiling, or below the smallest award, comes back unspent. On one reach lever services
add as a union among the willing people not yet served; places and kits add. Zero dollars give the status quo exactly.
A plan may run a service on other terms than the service's own file (``world.terms``): it then moves other levers, or
serves people whom its lever no longer moves; on its own terms it is the very same service.
Start-up is one step: units grow by 1/cost per dollar only after it, so twice the dollars buy more than twice the
units, by start-up / (unit cost x share); ``sites=0`` leaves start-up and smallest award out and is smooth in dollars.
The other step is a service whose units come whole (``Service.whole``): where no year pays for one, start-up and all
money come back, and so does money for a part of one. An effect that comes ``later`` than its service (``Move.later``)
is moved on by that time, in the same way as units are by their lag; no dollar is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.engine.arrays import Floats, Which
from bothand.world.service import Move, Places, Service, Terms
from bothand.world.terms import as_run

Reach = Literal["to the ceiling", "half the ceiling", "linear"]

SHARPNESS = 20  # MATH: power p of the corner: within 1e-3 of linear up to 0.8 of the ceiling, 3.4 % short at it


@dataclass(frozen=True)
class Overlap:
    """Services that reach people through one lever. Arrays are (Y, D), in people at a time.

    The union takes it that each service finds people without regard to the others: of a share a of the people to be
    found and a share b, a + b - a * b are reached, and a * b are reached twice.
    """

    alone: dict[str, Floats]  # service -> people that it would reach if it were the only one
    together: Floats  # people reached by at least one of them

    @property
    def twice(self) -> Floats:
        """People whom one service reaches and another too, counted once for each service beyond the first."""
        return np.asarray(np.sum(list(self.alone.values()), axis=0) - self.together)


@dataclass(frozen=True)
class Delivery:
    """What a plan's dollars do before any model runs. Arrays are (Y, D); dollars are of the report's price year.

    Dollars given = spent by the settlement + unspent over all years; what is neither yet waits for its service to open.
    """

    levers: dict[str, Floats]  # every lever of the status quo, moved or not
    units: dict[str, Floats]  # service -> units a year, averaged over the year
    reached: dict[str, Floats]  # service -> what `Service.counts` says: people at a time, or people or kits a year
    spent_by_payer: dict[str, dict[str, Floats]]  # service -> payer -> dollars; the settlement's include start-up
    start_up: dict[str, Floats]  # service -> settlement dollars for starting
    unspent: dict[str, Floats]  # service -> settlement dollars that come back
    ceiling: dict[str, Floats]  # service -> most units a year that find people; inf = no ceiling
    overlap: dict[str, Overlap]  # reach or share lever -> its services, where two or more of them are at work


@dataclass(frozen=True)
class _Served:
    """One service after money and ceiling. All (Y, D)."""

    units: Floats
    settlement: Floats
    rest: Floats
    start_up: Floats
    unspent: Floats
    ceiling: Floats


def deliver(
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
) -> Delivery:
    """Turn settlement dollars into levers.

    Args:
        dollars: (S, Y) or (S, Y, D) settlement dollars of each year, in the report's price year, order of ``services``.
        services: the services paid for.
        draws: quantity key -> (D,) in base units (years, shares, USD of the price year): ``Draws.values``.
        eligible: lever -> (Y, D). For a reach or share lever: people who are eligible at a time. For a places lever:
            people who would take a further place (those without a limit on places, less those who hold one).
            Only levers that some ``Service.demand`` names are needed.
        status_quo: lever -> (D,) or (Y, D) value with no new money, for every lever of the model.
        board_lag: (D,) or a number, years from the money to the award.
        reach: the default; "half the ceiling" halves what is willing and not yet served; "linear" has no ceiling.
        places: service -> "own" or "queue", where the plan says otherwise than "own".
        terms: service -> the terms on which the plan runs it, where they are not the service's own.
        sites: how many times a start-up is paid and the smallest award is asked for (2 for a place of twice the
            size; 0 leaves both out).

    Returns:
        A Delivery. Over all years, spent by the settlement + unspent = dollars, per service and draw.

    Raises:
        ValueError: an array of the wrong shape, a lever or quantity that is not given, a negative dollar.
    """
    count = len(next(iter(draws.values())))
    money = dollars_by_draw(dollars, len(services), count)
    shape = money.shape[1:]
    lag = np.broadcast_to(np.asarray(board_lag, dtype=np.float64), (count,))
    levers = {name: np.array(_by_draw(value, shape)) for name, value in status_quo.items()}
    runs = [as_run(service, (terms or {}).get(service.key, service.terms), levers) for service in services]
    services = [run.service for run in runs]
    undone = {run.service.key: run.undone for run in runs}
    served: dict[str, _Served] = {}
    for service, given in zip(services, money, strict=True):
        _require(service, draws, levers)
        ceiling = _ceiling(service, draws, eligible, levers, shape, reach)
        served[service.key] = _serve(service, given, draws, lag, ceiling, sites)
    choice = places or {}
    moved, overlap = _move(services, served, draws, eligible, levers, choice, undone, reach)
    return Delivery(
        levers=moved,
        units={key: one.units for key, one in served.items()},
        reached={s.key: served[s.key].units * _counted(s, draws) for s in services},
        spent_by_payer={s.key: _by_payer(s, served[s.key]) for s in services},
        start_up={key: one.start_up for key, one in served.items()},
        unspent={key: one.unspent for key, one in served.items()},
        ceiling={key: one.ceiling for key, one in served.items()},
        overlap=overlap,
    )


def at_draws(delivery: Delivery, which: Which) -> Delivery:
    """Return some draws of a delivery."""

    def cut(table: Mapping[str, Floats]) -> dict[str, Floats]:
        return {key: values[:, which] for key, values in table.items()}

    return Delivery(
        levers=cut(delivery.levers),
        units=cut(delivery.units),
        reached=cut(delivery.reached),
        spent_by_payer={key: cut(paid) for key, paid in delivery.spent_by_payer.items()},
        start_up=cut(delivery.start_up),
        unspent=cut(delivery.unspent),
        ceiling=cut(delivery.ceiling),
        overlap={key: Overlap(cut(one.alone), one.together[:, which]) for key, one in delivery.overlap.items()},
    )


def corner(offered: Floats, ceiling: Floats) -> Floats:
    """Return the units that find people: offered up to the ceiling, with a smooth corner. Zero where either is zero."""
    safe = np.where((ceiling > 0) & np.isfinite(ceiling), ceiling, 1.0)
    ratio = offered / safe
    low, high = np.minimum(ratio, 1), np.maximum(ratio, 1)
    below = offered / (1 + low**SHARPNESS) ** (1 / SHARPNESS)
    above = safe / (1 + high**-SHARPNESS) ** (1 / SHARPNESS)
    bounded = np.where(ratio <= 1, below, above)
    return np.where(np.isinf(ceiling), offered, np.where(ceiling > 0, bounded, 0.0))


def _by_draw(values: npt.ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Spread a number, (D,) or (Y, D) over (Y, D)."""
    return np.broadcast_to(np.asarray(values, dtype=np.float64), shape)


def dollars_by_draw(dollars: npt.ArrayLike, services: int, draws: int) -> Floats:
    """Return dollars as (S, Y, D). Raises ValueError for another shape, and for a dollar below zero or missing."""
    money = np.asarray(dollars, dtype=np.float64)
    if money.ndim == 2:
        money = np.repeat(money[:, :, None], draws, axis=2)
    if money.shape[:1] + money.shape[2:] != (services, draws):
        raise ValueError(f"dollars have the shape {money.shape}; expected {services} services x years x {draws} draws")
    if not np.all(money >= 0):
        raise ValueError("dollars may not be negative or missing")
    return money


def _require(service: Service, draws: Mapping[str, Floats], levers: Mapping[str, Floats]) -> None:
    keys = [part.quantity for part in (*service.cost, service.start_up, service.smallest)]
    keys += [service.payers.settlement, service.lag]
    keys += [key for move in service.moves for key in (move.amount, move.stay, move.blend, move.later) if key]
    keys += [service.demand.willing] if service.demand and service.demand.willing else []
    missing = [key for key in keys if key not in draws]
    missing += [move.lever for move in service.moves if move.lever not in levers]
    if missing:
        raise ValueError(f"service '{service.key}' needs {', '.join(dict.fromkeys(missing))}, not given")


def per_unit(move: Move, draws: Mapping[str, Floats]) -> Floats | float:
    """Return people at a time (kits a year) for one unit a year, (D,) or 1."""
    amount: Floats | float = draws[move.amount] if move.amount else 1.0
    return amount * draws[move.stay] if move.stay else amount


def shown(units: Floats, move: Move, draws: Mapping[str, Floats]) -> Floats:
    """Return the units (Y, D) whose effect on this lever is seen in each year."""
    if move.later is None:
        return units
    return _in_operation(units, np.full_like(units, np.inf), draws[move.later])[1]


def _counted(service: Service, draws: Mapping[str, Floats]) -> Floats | float:
    """Return what one unit a year counts for in the number reached, (D,) or 1."""
    return next((per_unit(move, draws) for move in service.moves if move.lever == service.counts_lever), 1.0)


def feels_reach(service: Service) -> bool:
    """Whether what a service does depends on how many people can be reached: it has a ceiling, or finds people."""
    return service.demand is not None or any(move.kind in ("reach", "share") for move in service.moves)


def room_of(
    lever: str, willing: Floats | float, eligible: Mapping[str, Floats], levers: Mapping[str, Floats], reach: Reach
) -> tuple[Floats, Floats]:
    """Return (share, people), each (Y, D): willing and not served under the status quo, for a reach or share lever."""
    if lever not in eligible:
        raise ValueError(f"the eligible people of lever '{lever}' are not given")
    served = levers[lever]
    most = np.ones_like(served) if reach == "linear" else np.broadcast_to(willing, served.shape)
    share = np.maximum(most - served, 0) * (0.5 if reach == "half the ceiling" else 1.0)
    return share, share * _by_draw(eligible[lever], served.shape)


def _ceiling(
    service: Service,
    draws: Mapping[str, Floats],
    eligible: Mapping[str, Floats],
    levers: Mapping[str, Floats],
    shape: tuple[int, ...],
    reach: Reach,
) -> Floats:
    """Return the most units a year that find people, (Y, D)."""
    demand = service.demand
    if demand is None or reach == "linear":
        return np.full(shape, np.inf)
    move = next(move for move in service.moves if move.lever == demand.of)
    willing: Floats | float = draws[demand.willing] if demand.willing else 1.0
    if move.kind in ("reach", "share"):
        people = room_of(move.lever, willing, eligible, levers, reach)[1]
    else:
        if move.lever not in eligible:
            raise ValueError(f"the people who would take a place of '{move.lever}' are not given")
        half = 0.5 if reach == "half the ceiling" else 1.0
        people = np.maximum(_by_draw(eligible[move.lever], shape) * willing * half, 0)
    return np.asarray(people / per_unit(move, draws))


@dataclass(frozen=True)
class Bought:
    """What the dollars of one service buy before its lag and its ceiling. Arrays are (Y, D) or (D,), in dollars."""

    usable: Floats  # at or above the smallest award, and together more than the start-up
    worked: Floats  # of these, once the start-up is paid
    part: Floats  # of these, for a part of a unit where units come whole
    price: Floats  # the settlement's for one unit
    full: Floats  # all payers' for one unit


def bought(service: Service, given: Floats, draws: Mapping[str, Floats], sites: float) -> Bought:
    """Return what settlement dollars (Y, D) of a service buy. Raises ValueError where a unit costs nothing."""
    share = draws[service.payers.settlement]
    full = sum((draws[part.quantity] for part in service.cost), np.zeros_like(share))
    price = full * share
    if not np.all(price > 0):
        raise ValueError(f"a unit of '{service.key}' costs the settlement nothing in some draw")
    enough = given >= draws[service.smallest.quantity] * sites
    start = draws[service.start_up.quantity] * sites
    usable = np.where(enough, given, 0.0)
    usable = np.where(usable.sum(axis=0) > start, usable, 0.0)
    worked = np.diff(np.maximum(np.cumsum(usable, axis=0) - start, 0), axis=0, prepend=0.0)
    worked = np.minimum(worked, usable)
    part = np.zeros_like(worked)
    if service.whole:
        opens = np.any(worked >= price, axis=0)
        usable, worked = usable * opens, worked * opens
        part = np.mod(worked, price)
    return Bought(usable, worked, part, price, full)


def _serve(
    service: Service, given: Floats, draws: Mapping[str, Floats], board_lag: Floats, ceiling: Floats, sites: float
) -> _Served:
    one = bought(service, given, draws, sites)
    usable, part, price = one.usable, one.part, one.price
    started, worked = usable - one.worked, one.worked - part
    units, offered = _in_operation(worked / price, ceiling, board_lag + draws[service.lag])
    paid = units * price
    unspent = (given - usable) + part + (offered * price - paid)
    unspent[-1] += worked.sum(axis=0) - (offered * price).sum(axis=0)
    return _Served(
        units=units,
        settlement=paid + started,
        rest=units * (one.full - price),
        start_up=started,
        unspent=np.maximum(unspent, 0),
        ceiling=ceiling,
    )


def _in_operation(bought: Floats, ceiling: Floats, lag: Floats) -> tuple[Floats, Floats]:
    """Return (units that find people, units offered), (Y, D): what each year's money buys, ``lag`` years later.

    Money of year m runs from m + lag to m + lag + 1, so max(0, 1 - |lag - j|) of it falls in year m + j.
    """
    units, offered = np.zeros_like(bought), np.zeros_like(bought)
    years = bought.shape[0]
    for later in range(years):
        weight = np.maximum(1 - np.abs(lag - later), 0)
        if not weight.any():
            continue
        early = bought[: years - later]
        units[later:] += weight * corner(early, ceiling[later:])
        offered[later:] += weight * early
    return units, offered


def _move(
    services: Sequence[Service],
    served: Mapping[str, _Served],
    draws: Mapping[str, Floats],
    eligible: Mapping[str, Floats],
    levers: Mapping[str, Floats],
    places: Mapping[str, Places],
    undone: Mapping[str, Collection[str]],
    reach: Reach,
) -> tuple[dict[str, Floats], dict[str, Overlap]]:
    """Return every lever, (Y, D), with what the services add to it, and the overlap of those on one lever.

    An ``undone`` lever of a service it leaves.
    """
    moved = dict(levers)
    reached: dict[str, list[tuple[str, Floats, Floats | float]]] = {}
    overlap: dict[str, Overlap] = {}
    for service in services:
        units = served[service.key].units
        for move in service.moves:
            people = shown(units, move, draws) * per_unit(move, draws)
            if move.own_places and places.get(service.key, "own") == "queue":
                continue
            if move.lever in undone[service.key]:
                continue
            if move.blend is not None and move.beside is not None:
                new = units * per_unit(next(m for m in service.moves if m.lever == move.beside), draws)
                moved[move.lever] = _blend(moved[move.lever], draws[move.blend], levers[move.beside], new)
            elif move.kind in ("reach", "share"):
                reached.setdefault(move.lever, []).append((service.key, people, willing_share(service, move, draws)))
            else:
                moved[move.lever] = moved[move.lever] + people
    for lever, parts in reached.items():
        willing = np.max([np.broadcast_to(share, levers[lever].shape) for _, _, share in parts], axis=0)
        share, room = room_of(lever, willing, eligible, levers, reach)
        found = _union([people for _, people, _ in parts], room)
        moved[lever] = np.asarray(levers[lever] + share * found)
        if sum(bool(np.any(people)) for _, people, _ in parts) > 1:
            alone = {key: np.minimum(people, room) for key, people, _ in parts if np.any(people)}
            overlap[lever] = Overlap(alone, room * found)
    return moved, overlap


def willing_share(service: Service, move: Move, draws: Mapping[str, Floats]) -> Floats | float:
    """Return the share of eligible people who are willing, (D,), where this lever sets the service's demand; else 1."""
    demand = service.demand
    limits = demand is not None and demand.of == move.lever and demand.willing is not None
    return draws[demand.willing] if limits and demand and demand.willing else 1.0


def _union(people: Sequence[Floats], room: Floats) -> Floats:
    """Return the share of the room that is reached: 1 - product of the shares that each service leaves out."""
    left = np.ones_like(room)
    for number in people:
        left = left * (1 - np.minimum(number / np.where(room > 0, room, 1.0), 1) * (room > 0))
    return np.asarray(1 - left)


def _blend(value: Floats, share: Floats, places: Floats, new: Floats) -> Floats:
    """Return the mean of ``value`` in the places there are and ``share`` in the new ones, weighted by places."""
    weight = new / np.where(places + new > 0, places + new, 1.0)
    return np.asarray(value + (share - value) * weight)


def _by_payer(service: Service, one: _Served) -> dict[str, Floats]:
    return {"settlement": one.settlement, service.payers.rest: one.rest}
