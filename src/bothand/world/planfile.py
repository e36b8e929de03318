"""The loader of plans: money borrowed from another plan, lines for services that are not there, every fault at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from bothand.evidence.arrays import Floats
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, available, examine, named_file, read_toml, told
from bothand.world.headings import known_headings
from bothand.world.plan import (
    MONEY,
    ROUNDING,
    WAYS,
    Line,
    Outside,
    Plan,
    TermsChange,
    amount_in,
    amounts_of,
    by_year,
    part_of,
    period,
    scale_of,
)
from bothand.world.service import load_service


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
        meaning += _first_faults(plan, document)
        faults += told(meaning, faults)
        faults += _unknown_faults(plan, document, known)
    return plan, document, faults


def _first_faults(plan: Plan, document: Document) -> Iterator[Fault]:
    """Yield values put first that there are none of, here or beside the file, and a list or a reason that lacks the
    other."""
    known = available("values")
    for number, value in enumerate(plan.puts_first):
        if value not in known and not (document.path.parent / f"{value}.toml").is_file():
            yield document.fault(f"there is no value '{value}'.", ("puts_first", number), nearest(value, known))
    if bool(plan.puts_first) != bool(plan.puts_first_why):
        yield document.fault(
            "'puts_first' and 'puts_first_why' are given together: the values, and whose words say so."
        )


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


def _faults(plan: Plan, document: Document, services: Sequence[str]) -> Iterator[Fault]:
    yield from document.misnamed(plan.key)
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
    for spot, amount in amounts_of(plan):
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
    parts = [*((spot, amount.published) for spot, amount in amounts_of(plan)), *heads]
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
    for spot, amount in amounts_of(plan):
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
    named = {y for _, amount in amounts_of(plan) for text in amount.share_in for y in period(text) or ()}
    years = sorted(named) or [0]
    shares: dict[Path_, Floats] = {
        ("heading", n, "share"): np.full(len(years), head.share or 0.0) for n, head in enumerate(plan.heading)
    }
    for spot, amount in amounts_of(plan):
        shares[*spot, "share"] = np.full(len(years), amount.share or 0.0)
        shares[*spot, "share_in"] = by_year(amount.share_in, years)
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
    scale = scale_of(plan)
    amounts: dict[Path_, Floats] = {
        ("heading", n, "share"): money * (part_of(head) * scale) for n, head in enumerate(plan.heading)
    }
    for spot, amount in amounts_of(plan):
        way = next((way for way in WAYS if getattr(amount, way)), "share")
        amounts[*spot, way] = amount_in(amount, years, money, scale)
    total = sum(amounts.values(), np.zeros_like(money))
    over: dict[tuple[float, float, Path_], list[str]] = {}
    for number in np.flatnonzero(total > money * (1 + ROUNDING)):
        largest = max(amounts, key=lambda where: float(amounts[where][number]))
        over.setdefault((total[number], money[number], largest), []).append(str(years[number]))
    for (spent, there, where), found in over.items():
        message = f"the plan spends ${spent:,.0f} in {', '.join(found)}; the budget of that year is ${there:,.0f}."
        yield document.fault(f"{message} The largest amount stands here.", where)
