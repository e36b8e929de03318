"""A plan: dollars per service per spending period, and the terms of each service (DESIGN.md, section 6).

A plan may have the money of another plan (``like``) and only run its services on other terms.
A line gives a *share* of each year's new money or *dollars* a year, the same in every year or by period. Published
spending by heading is written as headings, whose money is split evenly over the services listed (a judgement the
file states). Money for what the model does not hold is an *outside* line: spent, no effect claimed, shown as such.
A worked example gives dollars as *published*: their shares of the published total are kept, and scaled to the money.
A line may say what stands where a study does not hold its service (``absent``): its money is then an outside line. So
is the money of a line for a service that is not modelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, Strict

from bothand.evidence.arrays import Floats
from bothand.world.service import (
    Choice,
    Entry,
    Family,
    Flag,
    Key,
    Medication,
    Neighbours,
    Offer,
    Places,
    Record,
    ReturnToUse,
    Service,
    ServiceKind,
    Terms,
    Text,
)

Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Dollars = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
Stance = Literal[
    "status quo",
    "harm reduction",
    "treatment",
    "recovery",
    "families",
    "neighbourhood",
    "mandate",
    "as others do",
    "even",
    "worked example",
    "own",
]

BY_NAME_ONLY: dict[str, str] = {"mandate": "contrast, off by default", "worked example": "worked example"}
"""Stances that no study takes in with "all", and what a list calls them: asked for by name only."""

TRADITIONS = ("harm reduction", "treatment", "recovery", "families", "neighbourhood")
"""Stances that a tradition or a side of the table would sign: each gets its own searched best. Not the mandate: search
never looks for a better way to press people."""

ROUNDING = 1e-9  # MATH: shares that sum to one within this are one; a budget is kept within this share of itself

MONEY = ("line", "heading", "outside")
WAYS = ("share", "share_in", "dollars", "dollars_in", "published")

_PERIOD = re.compile(r"^(\d{4})(?:-(\d{4}))?$")


class TermsChange(Record):
    """The terms that a plan sets otherwise than the service's own default."""

    offer: Offer | None = None
    entry: Entry | None = None
    return_to_use: ReturnToUse | None = None
    medication: Medication | None = None
    family: Family | None = None
    neighbours: Neighbours | None = None
    whose_choice: Choice | None = None


class Amount(Record):
    """How much money: exactly one of the five ways."""

    share: Share | None = Field(None, description="share of each year's new money")
    share_in: dict[str, Share] = Field({}, description="the same by period, such as {'2026-2028' = 0.2}")
    dollars: Dollars | None = Field(None, description="USD in every year that has new money")
    dollars_in: dict[str, Dollars] = Field({}, description="USD a year by period")
    published: Dollars | None = Field(
        None, description="USD as published elsewhere; its share of all that the plan gives as published is kept"
    )
    source: Text | None = Field(None, description="where this line was read, when it has a source of its own")
    kind: ServiceKind | None = Field(None, description="kind of a service that stands outside the model, where known")


class Line(Amount):
    """Money for one service."""

    service: Key
    terms: TermsChange = TermsChange()
    places: Places | None = Field(None, description="own: starts bring their places; queue: they share what there is")
    note: Text | None = None
    absent: Text | None = Field(
        None, description="what the line is called in a study without this service: spent there, no effect claimed"
    )


class Heading(Record):
    """Published spending under one heading, split evenly over the services listed."""

    label: Text
    share: Share | None = Field(None, description="share of each year's new money; or else 'published'")
    published: Dollars | None = Field(None, description="USD as published elsewhere")
    source: Text | None = Field(None, description="where this heading was read, when it has a source of its own")
    services: tuple[Key, ...] = ()
    outside: Text | None = Field(None, description="why no effect is claimed, for a heading the model does not hold")
    kind: ServiceKind | None = Field(None, description="kind of what stands outside the model, where known")


class Outside(Amount):
    """Money for what the model does not hold: spent, no effect claimed."""

    label: Text
    note: Text
    service: Key | None = Field(
        None, description="the service that is paid for, where it ships: its grade of coercion and its law are shown"
    )
    terms: TermsChange = Field(TermsChange(), description="with service: how it is run")


class Plan(Record):
    """Dollars per service per spending period, and terms."""

    key: Key
    label: Text
    short: Text
    stance: Stance
    note: Text
    source: Text = Field(description="where its contents come from")
    reviewed: Text = Field(description="who of that tradition reviewed it and when, or 'drafted, not reviewed'")
    new_money: Flag = Field(description="false only for the status quo")
    rescale: Flag = Field(False, description="published shares are rescaled to 100 %")
    like: Text | None = Field(None, description="a plan (name, or path beside this file) whose money this plan has")
    terms: dict[Key, TermsChange] = Field({}, description="by service: how the plan runs it")
    puts_first: tuple[Key, ...] = Field(
        (), description="values that the stance puts first: what its own searched best is sought for"
    )
    puts_first_why: Text | None = Field(None, description="why these: whose words say so; given with 'puts_first'")
    line: tuple[Line, ...] = ()
    heading: tuple[Heading, ...] = ()
    outside: tuple[Outside, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """Services that the plan pays for, in the order of the file."""
        return (*(line.service for line in self.line), *(name for head in self.heading for name in head.services))

    @property
    def parts(self) -> tuple[Line | Heading | Outside, ...]:
        """Everything that money is given to."""
        return (*self.line, *self.heading, *self.outside)

    @property
    def published(self) -> float:
        """All dollars that the plan gives as published; 0 for a plan that gives none."""
        return sum(part.published or 0.0 for part in self.parts)


def dollars(plan: Plan, services: Sequence[str], years: Sequence[int], budget: npt.ArrayLike) -> Floats:
    """Return the settlement dollars of each service in each year.

    ``budget`` is the new money of each year, USD, (Y,) or (Y, D). Returns (S, Y) or (S, Y, D) in the order of
    ``services``; a service the plan does not name has zeros. Dollars fixed in the plan never exceed the money of a
    draw: where they would, all lines of that year are scaled down alike.
    """
    money = np.asarray(budget, dtype=np.float64)
    found = np.zeros((len(services), *money.shape))
    for name, amount in _inside(plan, years, money):
        if name in services:
            found[list(services).index(name)] += amount
    return np.asarray(found * _fits(plan, years, money))


def outside_dollars(plan: Plan, years: Sequence[int], budget: npt.ArrayLike) -> dict[str, Floats]:
    """Return the dollars a year, (Y,) or (Y, D), of each line outside the model, by its label."""
    money = np.asarray(budget, dtype=np.float64)
    fits = _fits(plan, years, money)
    return {label: amount * fits for label, amount in _outside(plan, years, money)}


def outside_kinds(plan: Plan) -> dict[str, str]:
    """Return the kind of service of each line outside the model, by its label, where the plan says it."""
    heads = {head.label: head.kind for head in plan.heading if head.kind and not head.services}
    return {**{out.label: out.kind for out in plan.outside if out.kind}, **heads}


def left_over(plan: Plan, years: Sequence[int], budget: npt.ArrayLike) -> Floats:
    """Return the new money, (Y,) or (Y, D), that the plan leaves unspent by its own choice (status quo: all of it)."""
    money = np.asarray(budget, dtype=np.float64)
    spent = dollars(plan, list(dict.fromkeys(plan.services)), years, money).sum(axis=0)
    spent = spent + sum(outside_dollars(plan, years, money).values(), np.zeros_like(money))
    left = money - spent
    return np.where(left > money * ROUNDING, left, 0.0)


def terms_of(plan: Plan, service: Service) -> Terms:
    """Return the terms on which the plan runs a service: its own where it says so, else the service's."""
    changed = {name: choice for name, choice in _changed(plan, service.key).items() if choice is not None}
    return service.terms.model_copy(update=changed) if changed else service.terms


def without_terms(plan: Plan) -> Plan:
    """Return the same plan without the terms of its own: the plan it is like, or each service as its file has it."""
    lines = plan.line if plan.like else tuple(line.model_copy(update={"terms": TermsChange()}) for line in plan.line)
    return plan.model_copy(update={"terms": {}, "line": lines})


def _changed(plan: Plan, service: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    named: tuple[Line | Outside, ...] = (*plan.line, *plan.outside)
    for change in (*(part.terms for part in named if part.service == service), plan.terms.get(service)):
        found |= change.model_dump(exclude_none=True) if change else {}
    return found


def places_of(plan: Plan) -> dict[str, Places]:
    """Return, for each service whose line says so, whether the starts it makes bring their own places."""
    return {line.service: line.places for line in plan.line if line.places is not None}


def period(text: str) -> range | None:
    """Return the years of a period such as '2026-2028' or '2026', or None when it is not one."""
    match = _PERIOD.match(text.strip())
    if match is None:
        return None
    first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    return range(first, last + 1) if last >= first else None


def by_year(by_period: Mapping[str, float], years: Sequence[int]) -> Floats:
    """Return what is given by period for each year (Y,); 0 where no period holds the year."""
    values = {year: value for text, value in by_period.items() for year in period(text) or ()}
    return np.array([values.get(year, 0.0) for year in years])


def amount_in(amount: Amount, years: Sequence[int], money: Floats, scale: float) -> Floats:
    """Return (Y,) or (Y, D) dollars of one line."""
    shape = (len(years), *([1] * (money.ndim - 1)))
    if amount.share is not None or amount.published is not None:
        return money * (part_of(amount) * scale)
    if amount.share_in:
        return np.asarray(money * (by_year(amount.share_in, years) * scale).reshape(shape))
    if amount.dollars is not None:
        return np.where(money > 0, amount.dollars, 0.0)
    return np.broadcast_to(by_year(amount.dollars_in, years).reshape(shape), money.shape).astype(np.float64)


def part_of(part: Amount | Heading) -> float:
    """Return a part's share, or its dollars as published: what the scale of the plan multiplies."""
    return (part.share if part.published is None else part.published) or 0.0


def scale_of(plan: Plan) -> float:
    """Return the factor that brings published shares to 100 %, or published dollars to shares of their total."""
    if plan.published > 0:
        return 1 / plan.published
    if not plan.rescale:
        return 1.0
    total = sum(part_of(part) for part in plan.parts)
    return 1 / total if total > 0 else 1.0


def share_of(plan: Plan, part: Line | Heading | Outside) -> float | None:
    """Return the share of each year's new money that a part of a plan gets; None where it is given as dollars."""
    given = part.share is not None or part.published is not None
    return part_of(part) * scale_of(plan) if given else None


def _inside(plan: Plan, years: Sequence[int], money: Floats) -> Iterator[tuple[str, Floats]]:
    scale = scale_of(plan)
    for line in plan.line:
        yield line.service, amount_in(line, years, money, scale)
    for head in plan.heading:
        for name in head.services:
            yield name, money * (part_of(head) * scale / len(head.services))


def _outside(plan: Plan, years: Sequence[int], money: Floats) -> Iterator[tuple[str, Floats]]:
    scale = scale_of(plan)
    for line in plan.outside:
        yield line.label, amount_in(line, years, money, scale)
    for head in plan.heading:
        if not head.services:
            yield head.label, money * (part_of(head) * scale)


def _fits(plan: Plan, years: Sequence[int], money: Floats) -> Floats:
    """Return the factor, at most 1, that keeps the dollars fixed in a plan within the money of each year."""
    total = sum((amount for _, amount in _inside(plan, years, money)), np.zeros_like(money))
    total = total + sum((amount for _, amount in _outside(plan, years, money)), np.zeros_like(money))
    over = total > money * (1 + ROUNDING)
    return np.where(over, money / np.where(over, total, 1.0), 1.0)


def amounts_of(plan: Plan) -> Iterator[tuple[tuple[str, int], Amount]]:
    """Yield where each line and each line outside the model stands in the file, and the line."""
    for number, line in enumerate(plan.line):
        yield ("line", number), line
    for number, out in enumerate(plan.outside):
        yield ("outside", number), out
