"""What each service does: the moves it changes, the ratios it works by, and what all the money on it alone would do."""

from __future__ import annotations

from collections.abc import Iterator

from bothand.engine.compile import CompiledModel
from bothand.evidence.tables import Evidence
from bothand.experiments.curves import DEATHS, GROUP
from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.findings.measures import interval
from bothand.report.summary import Alone, WorksBy
from bothand.words import in_sentence
from bothand.world.language.graph import LEVER
from bothand.world.service import Service

GAINS = {
    "healthy_life_years": ("Healthy life-years, over a lifetime", "healthy life-years"),
    "remission_years": ("Years in remission, medication included", "years"),
    "contact_years": ("Years in low-threshold contact", "years"),
    "requests_met": ("Requests for help met within 30 days, of those made today", "requests"),
}
"""Objectives of the curves that a service's page shows beside deaths averted and the groups, and their words."""


def pathway(model: CompiledModel, service: Service) -> list[str]:
    """Return the moves that a service changes, each once, in the order of the model."""
    levers = {move.lever for move in service.moves}
    return list(dict.fromkeys(_changed(model, levers)))


def _changed(model: CompiledModel, levers: set[str]) -> Iterator[str]:
    def reads(node: int) -> bool:
        return bool(levers & model.graph.names(node, LEVER))

    gates = {name for name, nodes in zip(model.spec.capacity, model.capacities, strict=True) if reads(nodes.places)}
    for edge in model.edges:
        if reads(edge.rate) or edge.gate in gates:
            yield edge.label
    if model.stock is not None and reads(model.stock.kits):
        yield from (edge.label for edge in model.edges if model.graph.degree(edge.rate))
    for name, nodes in zip(model.spec.inflow, model.inflows, strict=True):
        if nodes.prevented is not None and reads(nodes.prevented):
            yield model.spec.inflow[name].label


def works_by(service: Service, evidence: Evidence) -> list[WorksBy]:
    """Return the ratios by which a service works, with whom they were measured against."""
    found = []
    for ratio in service.ratios:
        row = evidence[ratio.quantity]
        found.append(
            WorksBy(
                key=row.key,
                description=row.description,
                mean=row.mean,
                low=row.low,
                high=row.high,
                unit=row.unit,
                reference_population=ratio.reference_population,
                grade=row.grade,
                source=row.citation if row.grade != "judgement" else f"{row.judged_by}; from {row.judged_from}",
            )
        )
    return found


def alone(results: Results, service: str) -> list[Alone]:
    """Return what the first round's money on one service alone would do; empty for one that has no curve."""
    options = option_keys(results.world)
    if service not in options:
        return []
    gains, s = results.curves.alone, options.index(service)
    years = results.world.ten_years[1]
    shown = {DEATHS: (f"Overdose deaths averted in {years} years", "deaths"), **GAINS}
    spec = results.setting.model.spec.group
    for group in results.setting.model.groups:
        shown[GROUP + group] = (f"Healthy life-years of {in_sentence(spec[group].label)}", "healthy life-years")
    return [
        Alone(label=label, unit=unit, amount=interval(gains[objective][s]))
        for objective, (label, unit) in shown.items()
    ]
