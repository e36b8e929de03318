"""A plan: dollars per service per spending period, and the terms of each service (DESIGN.md, section 6).

A plan may have the money of another plan (``like``) and only run its services on other terms.
A line gives a *share* of each year's new money or *dollars* a year, the same in every year or by period. Published
spending by heading is written as headings, whose money is split evenly over the services listed (a judgement the
file states). Money for what the model does not hold is an *outside* line: spent, no effect claimed, shown as such.
A worked example gives dollars as *published*: their shares of the published total are kept, and scaled to the money.
A line may say what stands where a study does not hold its service (``absent``): its money is then an outside line. So
is the money of a line for a service that is not modelled.

Long because it holds the noun, its verbs and its loader, whose checks are one line a fault.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, Strict

from bothand.evidence.arrays import Floats
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, available, examine, named_file, read_toml, told
from bothand.world.headings import known_headings
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
    load_service,
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


def load_plan(
    name: str | Path,
    services: Sequence[str] | None = None,
    budget: Mapping[int, float] | None = None,
    years: Sequence[int] | None = None,
) -> Plan:
    """Read one plan by name or path.

    The arguments are those of ``read_plan``. Raises FaultsFound with every fault.
    """
    plan, _, faults = read_plan(name, services, budget, years)
    if plan is None or faults:
        raise FaultsFound(faults)
    return held_by(plan, services if services is not None else available("services"))


def read_plan(
    name: str | Path,
    services: Sequence[str] | None = None,
    budget: Mapping[int, float] | None = None,
    years: Sequence[int] | None = None,
) -> tuple[Plan | None, Document, list[Fault]]:
    """Return what is sound of a plan (None when too little is), its document, and every fault of it.

    ``services`` are those a plan may name (all that ship, when absent). A line whose service is not among them may say
    what stands there (``absent``), or name a service that is not modelled: ``held_by`` makes outside lines of both.
    With ``years`` (those that have new money), a period outside them is a fault; with ``budget`` (the new money of each
    year, USD), so are dollars above it. Raises FaultsFound where there is no such file.
    """
    document, borrowed = _with_money(read_toml(named_file("plans", name)), services)
    plan, faults = examine(Plan, document)
    faults += borrowed
    known = services if services is not None else available("services")
    if plan is not None:
        meaning = list(_faults(plan, document, known))
        meaning += _period_faults(plan, document, years or sorted(budget or {}))
        meaning += [*_share_faults(plan, document), *_budget_faults(plan, document, budget or {})]
        faults += told(meaning, faults)
        faults += _unknown_faults(plan, document, known)
    return plan, document, faults


def held_by(plan: Plan, services: Sequence[str]) -> Plan:
    """Return a plan whose lines for services that are not there are outside lines: spent, no effect claimed."""
    gone = [line for line in plan.line if line.service not in services]
    here = tuple(line for line in plan.line if line.service in services)
    moved = tuple(_moved_out(line) for line in gone)
    return plan.model_copy(update={"line": here, "outside": (*plan.outside, *moved)}) if gone else plan


def _moved_out(line: Line) -> Outside:
    """Return a line as one outside the model; of a service that is not modelled it says why."""
    service = load_service(line.service) if line.service in available("services") else None
    given = {way: getattr(line, way) for way in (*WAYS, "source", "kind")}
    label = line.absent or (service.label if service else line.service)
    note = line.note or f"No service of this study holds it ({line.service}): spent, no effect claimed."
    if service and service.not_modelled:
        given["kind"] = line.kind or service.kind
        note = f"{line.note.rstrip('.')}. " if line.note else ""
        note += f"Not modelled ({service.not_modelled.reason}): spent and shown, no effect claimed."
    return Outside(label=label, note=note, service=service.key if service else None, terms=line.terms, **given)


def _with_money(document: Document, services: Sequence[str] | None) -> tuple[Document, list[Fault]]:
    """Return a plan's file with the money of the plan that it is like written into it, and what is wrong with that."""
    name = document.data.get("like")
    if not isinstance(name, str):
        return document, []
    own = [key for key in MONEY if key in document.data]
    faults = [document.fault(f"a plan that is like another has its money; take '{key}' out.", (key,)) for key in own]
    base, wrong = _money_of(document, name, services)
    faults += wrong
    label = base.label if base else name
    head = {
        "short": document.data.get("label"),
        "stance": "own",
        "note": f"The money of '{label}', with services run on other terms.",
        "source": f"the money: {label}",
        "reviewed": "drafted, not reviewed",
        "new_money": True,
    }
    taken = base.model_dump(include={*MONEY, "rescale"}, exclude_defaults=True) if base else {}
    taken = {key: [*part] if key in MONEY else part for key, part in taken.items() if key not in own}
    return Document(document.path, {**head, **taken, **document.data}, document.lines), faults


def _money_of(document: Document, name: str, services: Sequence[str] | None) -> tuple[Plan | None, list[Fault]]:
    """Return the plan that another has the money of, and why that cannot be."""
    entry = document.path.parent / name if name.endswith(".toml") else name
    if entry == name and name not in available("plans"):
        near = nearest(name, available("plans"))
        return None, [document.fault(f"there is no plan '{name}'.", ("like",), near)]
    if entry != name and read_toml(Path(entry)).data.get("like") is not None:
        message = f"'{name}' is like another plan itself; name the one with the money."
        return None, [document.fault(message, ("like",))]
    try:
        base = load_plan(entry, services)
    except FaultsFound as found:
        return None, list(found.faults)
    if not base.new_money:
        return None, [document.fault(f"'{name}' spends no new money: no terms could change anything.", ("like",))]
    if base.terms:
        message = f"'{name}' has 'terms' of its own; name a plan that says how it runs a service in its lines."
        return None, [document.fault(message, ("like",))]
    return base, []


def period(text: str) -> range | None:
    """Return the years of a period such as '2026-2028' or '2026', or None when it is not one."""
    match = _PERIOD.match(text.strip())
    if match is None:
        return None
    first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    return range(first, last + 1) if last >= first else None


def _by_year(by_period: Mapping[str, float], years: Sequence[int]) -> Floats:
    values = {year: value for text, value in by_period.items() for year in period(text) or ()}
    return np.array([values.get(year, 0.0) for year in years])


def _amount(amount: Amount, years: Sequence[int], money: Floats, scale: float) -> Floats:
    """Return (Y,) or (Y, D) dollars of one line."""
    shape = (len(years), *([1] * (money.ndim - 1)))
    if amount.share is not None or amount.published is not None:
        return money * (_part(amount) * scale)
    if amount.share_in:
        return np.asarray(money * (_by_year(amount.share_in, years) * scale).reshape(shape))
    if amount.dollars is not None:
        return np.where(money > 0, amount.dollars, 0.0)
    return np.broadcast_to(_by_year(amount.dollars_in, years).reshape(shape), money.shape).astype(np.float64)


def _part(part: Amount | Heading) -> float:
    """Return a part's share, or its dollars as published: what the scale of the plan multiplies."""
    return (part.share if part.published is None else part.published) or 0.0


def _scale(plan: Plan) -> float:
    """Return the factor that brings published shares to 100 %, or published dollars to shares of their total."""
    if plan.published > 0:
        return 1 / plan.published
    if not plan.rescale:
        return 1.0
    total = sum(_part(part) for part in plan.parts)
    return 1 / total if total > 0 else 1.0


def share_of(plan: Plan, part: Line | Heading | Outside) -> float | None:
    """Return the share of each year's new money that a part of a plan gets; None where it is given as dollars."""
    given = part.share is not None or part.published is not None
    return _part(part) * _scale(plan) if given else None


def _inside(plan: Plan, years: Sequence[int], money: Floats) -> Iterator[tuple[str, Floats]]:
    scale = _scale(plan)
    for line in plan.line:
        yield line.service, _amount(line, years, money, scale)
    for head in plan.heading:
        for name in head.services:
            yield name, money * (_part(head) * scale / len(head.services))


def _outside(plan: Plan, years: Sequence[int], money: Floats) -> Iterator[tuple[str, Floats]]:
    scale = _scale(plan)
    for line in plan.outside:
        yield line.label, _amount(line, years, money, scale)
    for head in plan.heading:
        if not head.services:
            yield head.label, money * (_part(head) * scale)


def _fits(plan: Plan, years: Sequence[int], money: Floats) -> Floats:
    """Return the factor, at most 1, that keeps the dollars fixed in a plan within the money of each year."""
    total = sum((amount for _, amount in _inside(plan, years, money)), np.zeros_like(money))
    total = total + sum((amount for _, amount in _outside(plan, years, money)), np.zeros_like(money))
    over = total > money * (1 + ROUNDING)
    return np.where(over, money / np.where(over, total, 1.0), 1.0)


def _amounts(plan: Plan) -> Iterator[tuple[tuple[str, int], Amount]]:
    for number, line in enumerate(plan.line):
        yield ("line", number), line
    for number, out in enumerate(plan.outside):
        yield ("outside", number), out


def _faults(plan: Plan, document: Document, services: Sequence[str]) -> Iterator[Fault]:
    if plan.key != document.path.stem:
        yield document.fault(f"the key '{plan.key}' is not the file's name.", ("key",), document.path.stem)
    if not plan.new_money and (plan.line or plan.heading or plan.outside):
        yield document.fault("a plan without new money cannot have lines.", ("new_money",))
    if plan.new_money and not (plan.like or plan.line or plan.heading or plan.outside):
        yield document.fault("a plan with new money must have at least one line.", ("line",))
    named = [(("line", n, "service"), line.service) for n, line in enumerate(plan.line)]
    named += [(("heading", n, "services"), name) for n, head in enumerate(plan.heading) for name in head.services]
    paid = [*named, *((("outside", n, "service"), out.service) for n, out in enumerate(plan.outside) if out.service)]
    twice = Counter(name for _, name in paid)
    spare = {line.service for line in plan.line if line.absent} & (
        {*available("services")} | {name for heading in known_headings() for name in heading.services}
    )
    for where, name in named:
        yield from _named_faults(name, document, where, services, spare)
    for where, name in paid:
        if twice[name] > 1:
            yield document.fault(
                f"the service '{name}' stands {twice[name]} times; add its money up in one line.", where
            )
    for n, out in enumerate(plan.outside):
        if out.service and out.service not in available("services"):
            near = nearest(out.service, available("services"))
            yield document.fault(f"there is no service '{out.service}'.", ("outside", n, "service"), near)
        if out.terms != TermsChange() and not out.service:
            yield document.fault("'terms' say how a service is run: name the 'service'.", ("outside", n, "terms"))
    for name in plan.terms:
        if name in services and twice and name not in twice:
            words = f"the plan pays nothing for '{name}'; how it is run would change nothing."
            yield document.fault(words, ("terms", name), nearest(name, twice))
        if document.data["terms"][name] == {}:
            yield document.fault(f"the terms of '{name}' say nothing.", ("terms", name))
    for number, line in enumerate(plan.line):
        if not plan.like and line.service in plan.terms and line.terms != TermsChange():
            words = f"the terms of '{line.service}' stand twice: in its line and in 'terms'."
            yield document.fault(words, ("line", number, "terms"))
    if plan.like and not plan.terms:
        yield document.fault(f"this is '{plan.like}' again: say in 'terms' what is run otherwise.", ("like",))
    for spot, amount in _amounts(plan):
        ways = [getattr(amount, way) not in (None, {}) for way in WAYS]
        if sum(ways) != 1:
            message = "exactly one of 'share', 'share_in', 'dollars', 'dollars_in' and 'published' must be given."
            yield document.fault(message, spot)
    yield from _published_faults(plan, document)
    for number, head in enumerate(plan.heading):
        if (head.share is None) == (head.published is None):
            yield document.fault("a heading has either 'share' or 'published'.", ("heading", number))
        if bool(head.services) == (head.outside is not None):
            message = "a heading has either 'services' or 'outside' (why no effect is claimed)."
            yield document.fault(message, ("heading", number))


def _named_faults(
    name: str, document: Document, where: Path_, services: Sequence[str], spare: Collection[str]
) -> Iterator[Fault]:
    """Yield why a plan cannot name a service: there is none, the study does not hold it, or a heading shares it out."""
    in_heading = where[0] == "heading"
    if not in_heading and (name in services or name in spare):
        return
    ships = name in available("services")
    unmodelled = load_service(name).not_modelled if ships else None
    if unmodelled and in_heading:
        words = f"'{name}' is not modelled ({unmodelled.reason}); a heading shares its money among services that are."
        yield document.fault(f"{words} Give it a line of its own: its money is shown, no effect claimed.", where)
    elif name in services or name in spare or unmodelled:
        return
    elif ships:
        words = f"'{name}' ships, and this study does not hold it: add it to the study's services"
        yield document.fault(f"{words}, or say in the line what its money is called here ('absent').", where)
    else:
        yield document.fault(f"there is no service '{name}'.", where, nearest(name, services))


def _published_faults(plan: Plan, document: Document) -> Iterator[Fault]:
    """Yield a fault for each part that is not given as published, in a plan that gives others so."""
    heads = [(("heading", n), head.published) for n, head in enumerate(plan.heading)]
    parts = [*((spot, amount.published) for spot, amount in _amounts(plan)), *heads]
    given = [usd for _, usd in parts if usd is not None]
    if given and sum(given) <= 0:
        yield document.fault("the published dollars add up to nothing; shares of them cannot be kept.", parts[0][0])
    if given and plan.rescale:
        yield document.fault("published dollars are scaled as it is; leave 'rescale' out.", ("rescale",))
    for spot, usd in parts if given else ():
        if usd is None:
            yield document.fault("the others are 'published'; shares are kept only when all parts are.", spot)


def _unknown_faults(plan: Plan, document: Document, services: Sequence[str]) -> Iterator[Fault]:
    """Whether there is such a service is told beside what is wrong within its terms."""
    table = document.data.get("terms")
    named: tuple[Line | Outside, ...] = (*plan.line, *plan.outside)
    shown = {part.service for part in named}
    for name in table if isinstance(table, dict) else ():
        if name not in services and name not in shown:
            yield document.fault(f"there is no service '{name}'.", ("terms", name), nearest(name, services))


def _period_faults(plan: Plan, document: Document, years: Sequence[int]) -> Iterator[Fault]:
    for spot, amount in _amounts(plan):
        for way in ("share_in", "dollars_in"):
            seen: set[int] = set()
            for text in getattr(amount, way):
                span = period(text)
                where = (*spot, way, text)
                if span is None:
                    yield document.fault(f"'{text}' is not a year or a period such as 2026-2028.", where)
                    continue
                if seen & set(span):
                    yield document.fault(f"the period '{text}' overlaps another of this line.", where)
                seen |= set(span)
                if years and not set(span) <= set(years):
                    message = f"the period '{text}' lies outside the years with new money, {min(years)}-{max(years)}."
                    yield document.fault(message, where)


def _share_faults(plan: Plan, document: Document) -> Iterator[Fault]:
    named = {y for _, amount in _amounts(plan) for text in amount.share_in for y in period(text) or ()}
    years = sorted(named) or [0]
    shares: dict[Path_, Floats] = {
        ("heading", n, "share"): np.full(len(years), head.share or 0.0) for n, head in enumerate(plan.heading)
    }
    for spot, amount in _amounts(plan):
        shares[*spot, "share"] = np.full(len(years), amount.share or 0.0)
        shares[*spot, "share_in"] = _by_year(amount.share_in, years)
    total = sum(shares.values(), np.zeros(len(years)))
    if not plan.rescale and total.max() > 1 + ROUNDING:
        worst = int(total.argmax())
        when = f" in {years[worst]}" if years[worst] else ""
        message = f"the shares sum to {total[worst]:.3f}{when}; at most 1 can be spent. The largest share stands here."
        yield document.fault(message, max(shares, key=lambda where: float(shares[where][worst])))


def _budget_faults(plan: Plan, document: Document, budget: Mapping[int, float]) -> Iterator[Fault]:
    if not budget:
        return
    years = sorted(budget)
    money = np.array([budget[year] for year in years])
    scale = _scale(plan)
    amounts: dict[Path_, Floats] = {
        ("heading", n, "share"): money * (_part(head) * scale) for n, head in enumerate(plan.heading)
    }
    for spot, amount in _amounts(plan):
        way = next((way for way in WAYS if getattr(amount, way)), "share")
        amounts[*spot, way] = _amount(amount, years, money, scale)
    total = sum(amounts.values(), np.zeros_like(money))
    over: dict[tuple[float, float, Path_], list[str]] = {}
    for number in np.flatnonzero(total > money * (1 + ROUNDING)):
        largest = max(amounts, key=lambda where: float(amounts[where][number]))
        over.setdefault((total[number], money[number], largest), []).append(str(years[number]))
    for (spent, there, where), found in over.items():
        message = f"the plan spends ${spent:,.0f} in {', '.join(found)}; the budget of that year is ${there:,.0f}."
        yield document.fault(f"{message} The largest amount stands here.", where)
