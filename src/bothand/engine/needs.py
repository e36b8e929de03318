"""What a model must have so that its runs can be told: the names that fit, ledgers, decisions and report read.

A model may declare more (``bothand describe`` shows it); what is declared here is all that a study evaluates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bothand.engine.compile import CompiledModel
from bothand.faults import Fault, nearest
from bothand.world.language.edges import DEAD

KINDS = ("methadone", "buprenorphine", "residential")  # help that people ask for and wait for
COSTS = ("alive", "medication_cost", "health_care", "crime_and_justice")
TOLD_FLAT = (*COSTS, "addiction")  # measures told undiscounted as well: dollars, and the years in which work is lost
QUALITIES = ("quality_patient", "quality_public")
DURATIONS = ("under_1", "1_to_5", "over_5")
MEASURES = (
    *COSTS,
    *QUALITIES,
    *(f"remission_{criterion}_{duration}" for criterion in ("included", "without") for duration in DURATIONS),
    "in_contact",
    "unbroken_contact",
    "on_medication",
    "waiting",
    "addiction",
)
HELD_COUNTS = ("overdoses", "hcv", "hiv", "to_lower_risk")  # counts of moves that the held-death twin does not hold
COUNTS = (*HELD_COUNTS, "remissions")
ASKED = tuple(f"ask_{kind}" for kind in KINDS)
CAPACITIES = tuple(f"{kind}_places" for kind in KINDS)
KITS = ("kits", "programme_kits")
HOUSING = ("housing", "housing_without_medication")  # homes by whom they take in; a model must have the first
LEVERS = (*KITS, "peers", "centre", "housing")
GROUPS = ("not_in_treatment", "in_treatment", "remission")
OVERDOSE = f"{DEAD}overdose"
INPUTS_WITHOUT_INTERVAL = ("deaths_error", "deaths_error_early")  # one error for all draws of a fit

# Compartments that the run-in puts people into: each of these is one and no more.
FIRST_CELLS: tuple[Mapping[str, str], ...] = (
    {"use": "lower_risk", "touch": "no"},
    {"use": "unpredictable", "touch": "no"},
    {"use": "stopped"},
    *({"use": f"remission_{duration}", "care": "none"} for duration in DURATIONS),
    *({"use": use, "care": "none", "touch": touch} for use in ("using", "injecting") for touch in ("no", "yes")),
    *(
        {"use": use, "care": kind, "touch": "no", "phase": "longer"}
        for use in ("using", "injecting")
        for kind in ("methadone", "buprenorphine")
    ),
)


def lacking(model: CompiledModel) -> list[Fault]:
    """Return a fault for everything that a study reads and this model does not have."""
    return [*_unnamed(model), *_uncounted(model), *_unplaced(model), *_shut(model)]


def _unnamed(model: CompiledModel) -> Iterator[Fault]:
    spec = model.spec
    wanted: tuple[tuple[str, str, Iterable[str], Iterable[str]], ...] = (
        ("measure", "measure", MEASURES, spec.measure),
        ("count", "count", (*COUNTS, *ASKED), spec.count),
        ("lever", "lever", LEVERS, spec.lever),
        ("capacity", "capacity", CAPACITIES, spec.capacity),
        ("group", "group", GROUPS, model.groups),
        ("dead", "way to die", (OVERDOSE,), model.chain.compartments[model.chain.n_living :]),
    )
    for key, what, names, known in wanted:
        for name in names:
            if name not in known:
                message = f"a study reads the {what} '{name}'; this model does not have it."
                yield spec.fault(message, (key,), nearest(name, known))


def _uncounted(model: CompiledModel) -> Iterator[Fault]:
    """Moves that yearly sums of person-years do not tell: of a kind that waits, differs by stratum, or is held."""
    for name in (*COUNTS, *ASKED):
        count = model.spec.count.get(name)
        if count is None:
            continue
        edges = [edge for edge in model.edges if edge.rule in count.rules]
        rates = [(edge.rule, edge.rate) for edge in edges]
        rates += [(event, node) for event in count.events for node in model.events[event].values()]
        wrong = {edge.rule: "waits for a place" for edge in edges if edge.gate is not None}
        wrong |= {what: "differs by sex and age" for what, node in rates if model.graph.by_stratum(node)}
        if name not in COUNTS or name in HELD_COUNTS:
            held = [edge.rule for edge in edges if edge.death or edge.survives is not None]
            wrong |= dict.fromkeys(held, "follows who survives, which a plan's twin takes from the status quo")
        for what, why in wrong.items():
            yield model.spec.fault(f"a study cannot count '{what}' here: it {why}.", ("count", name))


def _unplaced(model: CompiledModel) -> Iterator[Fault]:
    for wanted in FIRST_CELLS:
        found = len(matching(model, wanted))
        if found != 1:
            words = ", ".join(f"{dimension} = {level}" for dimension, level in wanted.items())
            message = f"the run-in begins with people in the one compartment with {words}; this model has {found}."
            yield model.spec.fault(message, ("dimension",))


def _shut(model: CompiledModel) -> Iterator[Fault]:
    """Everyone who waits for a kind of help must be let in by the gate of its places."""
    for kind, capacity in zip(KINDS, CAPACITIES, strict=True):
        waits = matching(model, {"care": f"waits_{kind}"})
        if capacity in model.spec.capacity and not any(e.gate == capacity and e.source in waits for e in model.edges):
            message = f"no move with the gate '{capacity}' begins where care = waits_{kind}; a study reads its rate."
            yield model.spec.fault(message, ("capacity", capacity))


def matching(model: CompiledModel, wanted: Mapping[str, str]) -> list[int]:
    """Return the living compartments that have these levels."""
    return [n for n, cell in enumerate(model.cells) if all(cell.get(key) == level for key, level in wanted.items())]
