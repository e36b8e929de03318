"""What is wrong with rules of spending: names, contradictions, the limit on coercion, and the money there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from bothand.faults import Fault, nearest
from bothand.files import Document
from bothand.world.service import Service
from bothand.world.spending.rule import Bounds, SpendingRule, bounds_of
from bothand.world.terms.coercion import coercion_of

FIELD = "spending_rule"


def rule_faults(
    rules: Sequence[SpendingRule],
    document: Document,
    services: Collection[str] = (),
    above: Sequence[SpendingRule] = (),
) -> Iterator[Fault]:
    """Yield what is wrong with the rules of one file: what they name, and which of them contradict each other.

    ``services``: all that a rule may name; none given = not looked at. ``above``: rules of a file that stands over
    this one (the place's over the study's), which may contradict these.
    """
    for number, rule in enumerate(rules):
        if services and rule.service not in services:
            near = nearest(rule.service, services)
            yield document.fault(f"unknown service '{rule.service}'.", (FIELD, number, "service"), near)
        if rule.at_least is None and rule.at_most is None and not rule.must_not:
            message = f"the rule on '{rule.service}' says nothing: give at_least, at_most, or must_not = true."
            yield document.fault(message, (FIELD, number))
        yield from _against(rule, number, [*above, *rules[: number + 1]], document)


def _against(rule: SpendingRule, number: int, so_far: Sequence[SpendingRule], document: Document) -> Iterator[Fault]:
    """Yield a fault where a rule, with those before it on the same service, leaves no dollars that are allowed."""
    before = bounds_of([one for one in so_far[:-1] if one.service == rule.service], ())
    now = bounds_of([one for one in so_far if one.service == rule.service], ())
    key = rule.service
    if _clash(before, key):
        return
    if key in now.at_least and now.must_not:
        message = (
            f"'{key}' must get ${now.at_least[key]:,.0f} a year, and must not be paid for: one of the two has to go."
        )
        yield document.fault(message, (FIELD, number))
    elif key in now.at_most and now.at_least.get(key, 0.0) > now.at_most[key]:
        least, most = now.at_least[key], now.at_most[key]
        message = f"'{key}' must get at least ${least:,.0f} and at most ${most:,.0f} a year: no sum is both."
        yield document.fault(message, (FIELD, number))


def _clash(bounds: Bounds, key: str) -> bool:
    least = bounds.at_least.get(key, 0.0)
    return least > 0 and (bool(bounds.must_not) or least > bounds.at_most.get(key, least))


def required_faults(
    rules: Sequence[SpendingRule], services: Sequence[Service], limit: int, document: Document
) -> Iterator[Fault]:
    """Yield a fault for each earmark that search may not keep: its service is off, or beyond the limit on coercion."""
    known: Mapping[str, Service] = {service.key: service for service in services}
    for number, rule in enumerate(rules):
        service = known.get(rule.service)
        if rule.at_least is None or service is None:
            continue
        where = (FIELD, number, "at_least")
        grade = coercion_of(service, service.terms).grade
        if not service.option:
            message = f"'{rule.service}' must be paid for, but it is never searched for: {service.off or 'it is off'}"
            yield document.fault(message.rstrip(".") + ".", where)
        elif grade > limit:
            message = (
                f"'{rule.service}' must be paid for, but its coercion is of grade {grade}, and the study's limit is "
                f"{limit}. No plan found by search presses people: take the rule out, run the service on other terms, "
                "or set coercion_limit."
            )
            yield document.fault(message, where)


def missing_faults(rules: Sequence[SpendingRule], services: Sequence[Service], document: Document) -> Iterator[Fault]:
    """Yield a fault for each earmark of a place whose service the study does not have."""
    have = [service.key for service in services]
    for number, rule in enumerate(rules):
        if rule.at_least is not None and rule.service not in have:
            message = f"'{rule.service}' must be paid for here, but the study does not have it among its services."
            yield document.fault(message, (FIELD, number, "service"))


def money_faults(
    rules: Sequence[SpendingRule], above: Sequence[SpendingRule], budget: float, document: Document
) -> Iterator[Fault]:
    """Yield a fault where earmarks ask for more than there is.

    Args:
        rules: of the file. above: of the place, where the file is a study's. budget: dollars a year of the first round.
    """
    large = False
    for number, rule in enumerate(rules):
        if rule.at_least is not None and rule.at_least > budget:
            large = True
            message = (
                f"'{rule.service}' must get ${rule.at_least:,.0f} a year; the first round has ${budget:,.0f} a year."
            )
            yield document.fault(message, (FIELD, number, "at_least"))
    least = bounds_of([*above, *rules], ()).at_least
    total = sum(least.values())
    if rules and not large and total > budget and any(rule.at_least for rule in rules):
        named = ", ".join(f"'{key}'" for key in least)
        message = f"{named} must get ${total:,.0f} a year together; the first round has ${budget:,.0f} a year."
        yield document.fault(message, (FIELD,))
