"""What ships with the package and what stands in it, as plain rows for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from bothand.evidence.tables import load_evidence
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import available, read_toml
from bothand.keys import DEFAULT_STUDY
from bothand.world.stakeholders import Stakeholder, load_stakeholder

if TYPE_CHECKING:
    from bothand.world.plan import Heading, Line, Outside, Plan
    from bothand.world.service import Service
    from bothand.world.terms import Coercion

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
    """Return one row for each shipped file of a kind: name, label, some facts.

    Values, terms and principles come in their own order.
    """
    from bothand.world.terms import load_terms

    if kind == "principles":
        return _principles()
    if kind == "values":
        from bothand.outcomes.values import load_values

        return [{"name": v.key, "label": v.label, "kind": v.kind, "plain": v.plain} for v in load_values()]
    names = list(load_terms()) if kind == "terms" else available(kind)
    return [{"name": name, **_FACTS[kind](name)} for name in names]


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
    """Return a service; its grade of coercion while another way to the same help is open, and where none is."""
    from bothand.world.service import load_service
    from bothand.world.terms import coercion_of

    service = load_service(name)
    return {
        "label": service.label,
        "kind": service.kind,
        "standing": service.standing,
        "unit": service.unit,
        "coercion": _beside_others(service).grade,
        "coercion_alone": coercion_of(service, service.terms).grade,
        "terms": _run_on(service),
    }


def _beside_others(service: Service) -> Coercion:
    """Return how coercive a service is, on its own terms, beside the other ways to the same help that it names."""
    from bothand.world.service import load_services
    from bothand.world.terms import coercion_of

    ways = load_services(key for key in service.other_ways if key in available("services"))
    return coercion_of(service, service.terms, [(way, way.terms) for way in ways])


def _run_on(service: Service) -> list[Row]:
    """Return the terms that a service is run on, each with what the other choices would change in the default study."""
    from bothand.world.model import load_model
    from bothand.world.studyfile import load_study
    from bothand.world.terms import changes_of, coercion_of, effect_of, effect_told, load_terms

    levers = load_model(load_study(DEFAULT_STUDY).model).lever
    evidence, graded = load_evidence(), _beside_others(service)
    moved = {move.lever for move in service.moves}
    found = []
    for key, term in load_terms().items():
        own = getattr(service.terms, key)
        others = []
        for choice in term.choice:
            if choice.key != own:
                terms = service.terms.model_copy(update={key: choice.key})
                changed = effect_told(changes_of(service, term, choice.key, levers), evidence)
                others.append(
                    {
                        "choice": choice.key,
                        "label": choice.label,
                        "effect": changed or effect_of(service, term, choice.key, levers),
                        "coercion_alone": coercion_of(service, terms).grade,
                        "refused": choice.refused_why if moved & set(choice.refused_on) else None,
                    }
                )
        chosen = term.of(own)
        found.append(
            {
                "term": key,
                "label": term.label,
                "question": term.question,
                "choice": own,
                "choice_label": chosen.label,
                "hr": chosen.hr,
                "r": chosen.r,
                "cost": chosen.cost,
                "effect": effect_of(service, term, own, levers),
                "coercion": graded.terms[key].grade,
                "coercion_note": graded.terms[key].note,
                "otherwise": others,
                "dispute": [dispute.model_dump() for dispute in term.dispute],
            }
        )
    return found


def _term(name: str | Path) -> Row:
    """Return a term with its choices: readings, cost, grades of coercion, effects; and what is disputed about it."""
    from bothand.world.terms import NOT_KNOWN, effect_told, read_term

    term, _, faults = read_term(name)
    if term is None or faults:
        raise FaultsFound(faults)
    evidence = load_evidence()
    choices = [
        {
            **choice.model_dump(exclude={"change", "key"}),
            "effect": effect_told(choice.change, evidence) or NOT_KNOWN,
            "change": [change.model_dump() for change in choice.change],
            "choice": choice.key,
        }
        for choice in term.choice
    ]
    return {
        "label": term.label,
        "question": term.question,
        "choices": " | ".join(choice.key for choice in term.choice),
        "choice": choices,
        "dispute": [dispute.model_dump() for dispute in term.dispute],
        "evidence": list(term.evidence),
        "reviewed": term.reviewed,
    }


def _plan(name: str) -> Row:
    """Return a plan with its lines; law is that of the default study's place on its day one."""
    from bothand.world.plan import BY_NAME_ONLY
    from bothand.world.planfile import load_plan

    plan = load_plan(name)
    return {
        "label": plan.label,
        "kind": BY_NAME_ONLY.get(plan.stance, "plan"),
        "note": plan.note,
        "lines": list(_plan_lines(plan)),
    }


def _plan_lines(plan: Plan) -> Iterator[Row]:
    from bothand.world.placefile import load_place
    from bothand.world.plan import share_of, terms_of
    from bothand.world.rules import NO_RULE, said_of
    from bothand.world.service import load_service
    from bothand.world.studyfile import load_study
    from bothand.world.terms import coercion_of

    study = load_study(DEFAULT_STUDY)
    place = load_place(study.place)
    ways = {name: (service := load_service(name), terms_of(plan, service)) for name in plan.services}
    paid: list[tuple[str, str, Line | Heading, int]] = [(line.service, "", line, 1) for line in plan.line]
    paid += [(name, head.label, head, len(head.services)) for head in plan.heading for name in head.services]
    for name, heading, part, among in paid:
        service, terms = ways[name]
        said = said_of(place, service, study.day_one)
        yield {
            "service": name,
            "label": service.label,
            "heading": heading,
            "share": (share_of(plan, part) or 0.0) / among,
            "published_usd": part.published,
            "exhibit_e": [{"code": h.code, "heading": h.heading} for h in service.exhibit_e],
            "coercion": coercion_of(service, terms, ways.values()).grade,
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
    "terms": _term,
    "plans": _plan,
    "studies": _study,
    "stakeholders": lambda name: load_stakeholder(name).model_dump(include={"label", "reviewed", "stands_for"}),
}


@dataclass(frozen=True)
class Described:
    """A service or a term in full, as plain data and as lines of text."""

    content: Row
    lines: tuple[str, ...]


def described(name: str) -> Described | None:
    """Return a service or a term by name or file; None for what is taken to be a model.

    Raises FaultsFound with every fault of the file, and for a name that nothing has, with the nearest.
    """
    kinds = {"services": (service_content, service_text), "terms": (term_content, term_text)}
    known = {key: kind for kind in ("models", *kinds) for key in available(kind)}
    kind = known.get(name)
    if name.endswith(".toml"):
        keys = read_toml(Path(name)).data if Path(name).is_file() else {}
        kind = "terms" if {"question", "choice"} <= set(keys) else "services" if "unit" in keys else "models"
    elif kind is None and not Path(name).exists():
        near = nearest(name, known)
        raise FaultsFound([Fault("describe", f"there is no model, service or term called '{name}'.", nearest=near)])
    if kind not in kinds:
        return None
    content_of, text_of = kinds[kind]
    content = content_of(Path(name) if name.endswith(".toml") else name)
    return Described(content, tuple(text_of(content)))


def service_content(name: str | Path) -> Row:
    """Return one service in full: what it is, costs and rests on, what the law says, and the terms it is run on."""
    from bothand.words import COERCION
    from bothand.world.placefile import load_place
    from bothand.world.rules import said_of
    from bothand.world.service import costs_told, load_service
    from bothand.world.studyfile import load_study

    service, evidence, study = load_service(name), load_evidence(), load_study(DEFAULT_STUDY)
    place = load_place(study.place)
    said, graded = said_of(place, service, study.day_one), _beside_others(service)
    known = (
        all(part.quantity in evidence.names for part in service.cost) and service.payers.settlement in evidence.names
    )
    return {
        "name": service.key,
        "label": service.label,
        "summary": service.summary,
        "kind": service.kind,
        "standing": service.standing,
        "published": service.not_modelled.words if service.not_modelled else "",
        "eligible": service.eligible,
        "unit": service.unit,
        "cost": costs_told(service, evidence) if known else "its numbers are not among those that ship",
        "coercion": graded.grade,
        "coercion_word": COERCION[graded.grade],
        "coercion_note": graded.told,
        "law": said.word,
        "rule": said.rule,
        "date": said.dated,
        "law_source": said.source,
        "place": place.label,
        "evidence": service.evidence_grade,
        "disputes": list(service.disputes),
        "sources": list(service.sources),
        "terms": _run_on(service),
    }


def term_content(name: str | Path) -> Row:
    """Return one term in full. Raises FaultsFound with every fault of its file."""
    return {"name": str(name) if isinstance(name, str) else name.stem, **_term(name)}


def service_text(content: Row) -> Iterator[str]:
    """Yield a service as lines of text."""
    yield f"{content['label']} [{content['name']}]"
    yield content["summary"]
    yield ""
    for head in ("standing", "published", "eligible", "unit", "cost"):
        if content[head]:
            yield f"{head}: {content[head]}"
    note = content["coercion_note"].removeprefix(content["coercion_word"]).lstrip(" :;,")
    yield f"coercion: {content['coercion_word']} (grade {content['coercion']}){': ' + note if note else ''}"
    yield f"law in {content['place']}: {content['law']}. {content['rule']} ({content['date']}; {content['law_source']})"
    yield f"how sure: {content['evidence']}"
    for head in ("disputes", "sources"):
        yield f"{head}:"
        yield from (f"    {words}" for words in content[head])
    yield ""
    yield "Terms: how it is run by its own file. Readings are drafts, and a plan may run it otherwise."
    for term in content["terms"]:
        yield ""
        yield f"{term['label']} [{term['term']}]: {term['choice_label']} [{term['choice']}]"
        yield from _readings(term)
        for other in term["otherwise"]:
            refused = f"; refused: {other['refused']}" if other["refused"] else ""
            grade = f"coercion of the service then, with no other way open: {other['coercion_alone']}"
            yield f"    if {other['label']} [{other['choice']}]: {other['effect']}; {grade}{refused}"
        yield from _disputed(term)


def term_text(content: Row) -> Iterator[str]:
    """Yield a term as lines of text."""
    yield f"{content['label']} [{content['name']}]: {content['question']}"
    yield f"readings: {content['reviewed']}"
    for choice in content["choice"]:
        yield ""
        yield f"{choice['label']} [{choice['choice']}]"
        yield from _readings(choice)
        alone = choice["coercion_alone"]
        if alone:
            yield f"    coercion where no other way to the same help is open: {alone['grade']}, {alone['note']}"
        if choice["refused_why"]:
            yield f"    refused for a service that moves {', '.join(choice['refused_on'])}: {choice['refused_why']}"
    yield ""
    yield from _disputed(content)
    if content["evidence"]:
        yield f"    evidence that speaks to it: {', '.join(content['evidence'])}"


def _readings(part: Row) -> Iterator[str]:
    yield f"    harm reduction reads: {part['hr']}"
    yield f"    recovery reads: {part['r']}"
    yield f"    coercion: {part['coercion']}, {part['coercion_note']}"
    yield f"    effect: {part['effect']}"
    yield f"    cost: {part['cost']}"


def _disputed(part: Row) -> Iterator[str]:
    for dispute in part["dispute"]:
        yield f"    disputed: {dispute['claim']} One side: {dispute['one']} The other: {dispute['other']}"


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
    from bothand.world.cases.nouns import CaseSpec
    from bothand.world.model import ModelSpec
    from bothand.world.place import PlaceFile
    from bothand.world.plan import Plan
    from bothand.world.service import Service
    from bothand.world.studyfile import Study
    from bothand.world.terms import ProgrammeTerms, Term

    models: dict[str, type[BaseModel]] = {
        "summary": Summary,
        "model": ModelSpec,
        "place": PlaceFile,
        "service": Service,
        "term": Term,
        "programme": ProgrammeTerms,
        "plan": Plan,
        "study": Study,
        "value": Value,
        "stakeholder": Stakeholder,
        "case": CaseSpec,
    }
    return models[what].model_json_schema()
