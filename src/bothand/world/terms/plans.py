"""Plans beside the terms: what cannot be run as a plan says, and what becomes of money for what is not modelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bothand.faults import Fault, FaultsFound
from bothand.files import Document, Path_, available, told
from bothand.words import COERCION
from bothand.world.plan import Plan, terms_of
from bothand.world.planfile import held_by, read_plan
from bothand.world.service import Service, load_services
from bothand.world.terms.catalogue import load_terms
from bothand.world.terms.coercion import coercion_of


def refused(plan: Plan, document: Document, services: Iterable[Service]) -> Iterator[Fault]:
    """Yield a fault for each service that a plan cannot run as it says; ``document`` is the plan's."""
    spots: dict[str, Path_] = {
        **{line.service: ("line", n, "terms") for n, line in enumerate(plan.line)},
        **{out.service: ("outside", n, "terms") for n, out in enumerate(plan.outside) if out.service},
    }
    spots |= {key: ("terms", key) for key in plan.terms}
    for service in services:
        moved, terms = {move.lever for move in service.moves}, terms_of(plan, service)
        for key, term in load_terms().items():
            choice = term.of(getattr(terms, key))
            if terms != service.terms and moved & set(choice.refused_on):
                message = f"'{service.key}' cannot be run with '{choice.key}': {choice.refused_why}."
                yield document.fault(message, (*spots[service.key], key))


def load_plan_on_terms(
    name: str | Path,
    services: Sequence[Service],
    keys: Sequence[str] | None = None,
    budget: Mapping[int, float] | None = None,
    years: Sequence[int] | None = None,
) -> Plan:
    """Read one plan as ``load_plan`` does, and tell beside its faults which of the services it cannot run as it says.

    Raises FaultsFound with every fault.
    """
    plan, document, faults = read_plan(name, keys, budget, years)
    if plan is not None:
        faults += told(refused(plan, document, services), faults)
    if plan is None or faults:
        raise FaultsFound(faults)
    return held_by(plan, keys if keys is not None else available("services"))


def shown(plan: Plan) -> list[str]:
    """Return a sentence for each service that a plan pays for and no model holds: what a run does with its money."""
    ships = available("services")
    keys = [*(line.service for line in plan.line), *(out.service for out in plan.outside)]
    found = []
    for service in load_services(key for key in keys if key in ships):
        if service.not_modelled:
            coercion = coercion_of(service, terms_of(plan, service))
            found.append(
                f"'{service.key}' is not modelled ({service.not_modelled.reason}): its money is spent and shown, no "
                f"effect is claimed and no outcome judged. Coercion: {COERCION[coercion.grade]} (grade "
                f"{coercion.grade}), which the audit of coercion reads."
            )
    return found
