"""What ships with the package and what stands in it, as plain rows for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from bothand.evidence.tables import load_evidence
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import available
from bothand.keys import DEFAULT_STUDY

if TYPE_CHECKING:
    from bothand.world.plan import Heading, Line, Outside, Plan

Row = dict[str, Any]


def evidence_rows(key: str | None, grade: str | None, study: str | None) -> list[Row]:
    """Return evidence rows: one by key (or slot), or all, narrowed by grade and by the study that uses them.

    Raises FaultsFound for an unknown key, with the nearest, and for a study with faults.
    """
    evidence = load_evidence()
    if key is not None and evidence.resolve(key) not in evidence:
        known = {*evidence, *evidence.names}
        raise FaultsFound([Fault("evidence", f"there is no quantity '{key}'.", nearest=nearest(key, known))])
    rows = [evidence[evidence.resolve(key)]] if key is not None else list(evidence.values())
    if grade is not None:
        rows = [row for row in rows if row.grade == grade]
    if study is not None:
        from bothand.engine.setting import load_setting

        setting = load_setting(study)
        evidence = setting.evidence
        rows = [
            row for row in evidence.used_by(setting.names, setting.study.choices) if not grade or row.grade == grade
        ]
    return evidence.to_rows(rows)


def listing_rows(kind: str) -> list[Row]:
    """Return one row for each shipped file of a kind: name, label and one or two facts.

    Values and principles come in their own order.
    """
    if kind == "principles":
        return _principles()
    if kind == "values":
        from bothand.outcomes.values import load_values

        return [{"name": v.key, "label": v.label, "kind": v.kind, "plain": v.plain} for v in load_values()]
    return [{"name": name, **_FACTS[kind](name)} for name in available(kind)]


def _principles() -> list[Row]:
    """Return every rule with both readings, its sources, and what reviewers of both traditions said."""
    from bothand.findings.stakes.audits import rules_told

    return [
        {
            "name": rule.key,
            "number": rule.number,
            "label": rule.label,
            "principle": rule.principle,
            "harm_reduction": rule.hr.reading,
            "recovery": rule.r.reading,
            "sources": "; ".join(rule.sources),
            "reviewed": rule.reviewed,
        }
        for rule in rules_told()
    ]


def _model(name: str) -> Row:
    from bothand.world.model import load_model

    spec = load_model(name)
    return {"label": spec.header.label, "time": spec.header.time}


def _place(name: str) -> Row:
    from bothand.world.placefile import load_place

    place = load_place(name)
    return {"label": place.label, "kind": place.about.kind}


def _service(name: str) -> Row:
    from bothand.world.service import load_service

    service = load_service(name)
    return {"label": service.label, "kind": service.kind, "standing": service.standing, "unit": service.unit}


def _plan(name: str) -> Row:
    """Return a plan with its lines; law is that of the default study's place on its day one."""
    from bothand.world.plan import BY_NAME_ONLY, load_plan

    plan = load_plan(name)
    return {
        "label": plan.label,
        "kind": BY_NAME_ONLY.get(plan.stance, "plan"),
        "note": plan.note,
        "lines": list(_plan_lines(plan)),
    }


def _plan_lines(plan: Plan) -> Iterator[Row]:
    from bothand.world.placefile import load_place
    from bothand.world.plan import share_of
    from bothand.world.rules import NO_RULE, said_of
    from bothand.world.service import load_service
    from bothand.world.studyfile import load_study

    study = load_study(DEFAULT_STUDY)
    place = load_place(study.place)
    paid: list[tuple[str, str, Line | Heading, int]] = [(line.service, "", line, 1) for line in plan.line]
    paid += [(name, head.label, head, len(head.services)) for head in plan.heading for name in head.services]
    for name, heading, part, among in paid:
        service = load_service(name)
        said = said_of(place, service, study.day_one)
        yield {
            "service": name,
            "label": service.label,
            "heading": heading,
            "share": (share_of(plan, part) or 0.0) / among,
            "published_usd": part.published,
            "exhibit_e": [{"code": h.code, "heading": h.heading} for h in service.exhibit_e],
            "law": said.word,
            "rule": said.rule,
            "date": said.dated,
            "law_source": said.source,
            "place": place.key,
        }
    outside: tuple[Heading | Outside, ...] = (*plan.outside, *(head for head in plan.heading if not head.services))
    for gone in outside:
        row: Row = {"service": None, "label": gone.label, "heading": "", "share": share_of(plan, gone)}
        yield row | {"published_usd": gone.published, "law": NO_RULE}


def _study(name: str) -> Row:
    from bothand.world.studyfile import load_study

    study = load_study(name)
    return {"label": study.label, "place": study.place, "model": study.model}


_FACTS: dict[str, Callable[[str], Row]] = {
    "models": _model,
    "places": _place,
    "services": _service,
    "plans": _plan,
    "studies": _study,
}


def values_content() -> dict[str, Any]:
    """Return the eleven values, every mark of the alignment table and the three sentences made from them."""
    from bothand.outcomes.picture import picture
    from bothand.outcomes.values import load_alignment, load_values
    from bothand.world.service import load_services

    services = load_services(available("services"))
    values = load_values()
    marks = load_alignment(services)
    found = picture(values, marks, services)
    return {
        "values": [_plain(v) for v in values],
        "alignment": [_plain(m) for m in marks],
        "counts": dict(found.counts),
        "sentences": list(found.sentences),
    }


def _plain(item: Any) -> Any:
    from dataclasses import asdict

    return item.model_dump(mode="json") if isinstance(item, BaseModel) else asdict(item)


def json_schema(what: str) -> dict[str, Any]:
    """Return the JSON schema of the summary or of a kind of specification file."""
    from bothand.outcomes.values import Value
    from bothand.report.summary import Summary
    from bothand.world.casefile import CaseSpec
    from bothand.world.model import ModelSpec
    from bothand.world.place import PlaceFile
    from bothand.world.plan import Plan
    from bothand.world.service import Service
    from bothand.world.studyfile import Study

    models: dict[str, type[BaseModel]] = {
        "summary": Summary,
        "model": ModelSpec,
        "place": PlaceFile,
        "service": Service,
        "plan": Plan,
        "study": Study,
        "value": Value,
        "case": CaseSpec,
    }
    return models[what].model_json_schema()
