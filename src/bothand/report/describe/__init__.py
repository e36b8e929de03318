"""What is this model? A model printed from its own specification, so that documents cannot drift from what runs.

content: everything a description says, gathered once for all its forms
nouns: what it is made of
parts: what carries a formula: rules, events, places, stock, arrivals, levers, measures
quantities: the rows of the evidence tables behind the formulas
where: sets of cells in words
stations: the boxes and arrows of a drawing
layout: where they lie
drawing: the same as SVG
text: the form for the terminal
page: the form for the browser
laws: sentences that are the same for every model
sizes: sizes of drawings and lines
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.discrete.structure import compile_discrete
from bothand.engine.listing import listing
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import read_toml
from bothand.report.describe import page, text
from bothand.report.describe.content import as_dict, content
from bothand.report.describe.quantities import quantity_rows
from bothand.world.model import ModelSpec, load_model

__all__ = ["describe_html", "describe_json", "describe_text"]


def describe_text(model: str | Path) -> str:
    """Return a model in plain words for the terminal, in lines of at most 100 characters.

    Args:
        model: the name of a shipped model, or a path to a model file.

    Raises:
        FaultsFound: with every fault of the file.
    """
    spec = _loaded(model)
    if spec.header.time == "discrete":
        return "\n".join(text.cycle_lines(compile_discrete(spec)))
    return "\n".join(text.lines(content(compile_model(spec), load_evidence())))


def describe_html(model: str | Path) -> str:
    """Return a model as one page that needs no network and no script, with a drawing of each dimension.

    Arguments and errors as for ``describe_text``.
    """
    return page.render(content(_compiled(model), load_evidence()))


def describe_json(model: str | Path) -> dict[str, Any]:
    """Return a model as plain data: the listing of what the engines run, with labels, evidence and drawings.

    Keys: those of ``engine.listing.listing``, where ``quantities`` holds whole rows of the evidence tables (with
    ``name``, as the model calls them, and ``grade_words``); and ``sizes``, ``dimensions``, ``phases``, ``given``
    (series and tables), ``terms`` (how services may be run), ``declared`` (how pairs of levers combine) and
    ``drawings``. Arguments and errors as for ``describe_text``.
    """
    compiled, evidence = _compiled(model), load_evidence()
    found = content(compiled, evidence)
    return {
        **listing(compiled),
        "sizes": dict(found.sizes),
        "dimensions": [d.model_dump(mode="json") | {"name": n} for n, d in compiled.spec.dimension.items()],
        "phases": {name: p.model_dump(mode="json", by_alias=True) for name, p in compiled.spec.phases.items()},
        "given": [{"name": g.code, "label": g.label, "unit": g.note} for g in found.given],
        "declared": dict(compiled.spec.combine),
        "terms": [asdict(term) for term in found.terms],
        "quantities": quantity_rows(found.quantities, evidence),
        "drawings": as_dict(found.drawings),
    }


def _compiled(model: str | Path) -> CompiledModel:
    spec = _loaded(model)
    if spec.header.time == "discrete":
        message = "a model in discrete time is described as text: leave --html and --json out."
        raise FaultsFound([spec.fault(message, ("model", "time"))])
    return compile_model(spec)


def _loaded(model: str | Path) -> ModelSpec:
    path = Path(model)
    if path.suffix == ".toml" and path.is_file():
        document = read_toml(path)
        if "case" in document.data:
            message = "this is a case: 'bothand verify' answers its questions, and its models can be described."
            raise FaultsFound([document.fault(message, ("case",))])
    return load_model(model)
