"""What the council can spend, through which services, by which plans."""

from __future__ import annotations

from typing import cast

import numpy as np

from bothand.engine.arrays import Floats
from bothand.experiments.plans import Tried
from bothand.experiments.results import Results
from bothand.files import available
from bothand.findings.delivery import overlaps
from bothand.findings.effects import alone, pathway, works_by
from bothand.findings.measures import interval
from bothand.keys import ALL_YEARS, THREE_YEARS
from bothand.outcomes.ledger import LIFETIME
from bothand.report.summary import Interval, Kind, KnownService, Law, Money, Payer, PlanPart, Reach, Service
from bothand.words import COERCION, KINDS, dollars
from bothand.world.money import FirstRound
from bothand.world.plan import Plan, outside_kinds
from bothand.world.rules import Said, said_of
from bothand.world.service import OtherPay, costs_told, load_services
from bothand.world.service import Service as ServiceFile
from bothand.world.terms import Coercion, coercion_of

MONTHS = 12  # UNIT: a year
OUTSIDE = "outside the model"
REMEDIATION = "abatement_share_85"
REACHED = {
    "on_medication": "on medication",
    "in_contact": "in open contact",
    "with_peer": "with a peer or centre",
    "housed": "in recovery housing",
    "kits": "kits a year",
}


def money(results: Results) -> Money:
    """Return what the council can spend."""
    world, study = results.world, results.setting.study
    about = results.setting.place.about.money
    if about is None:
        raise LookupError("a place without money has no summary")
    first = about.first_round
    people = with_addiction(results)
    yearly = world.yearly_budget
    periods = study.periods or about.periods
    return Money(
        per_year=yearly,
        years=list(range(first.spent[0], first.spent[1] + 1)),
        first_round=first.usd,
        rule=_rule(results, first),
        all_years=interval(world.money[ALL_YEARS].sum(axis=0)),
        price_year=study.price_year,
        people_with_addiction=interval(people),
        per_person_with_addiction=float(yearly / people.mean()),  # of the number of people that stands beside it
        periods=[f"{a}-{b}" for a, b in periods],
    )


def _rule(results: Results, first: FirstRound) -> str:
    """Say what the first round is, when it pays, and what share must go to remediation."""
    text = (
        f"The first round: ${first.usd:,.0f} for {first.first_day:%B %Y} to {first.last_day:%B %Y}, spent "
        f"here over {first.spent[0]} to {first.spent[1]}."
    )
    share = next((r.rule for r in results.setting.place.rules if r.key == REMEDIATION), "")
    return f"{text} {share.split(' in the ')[0].split(';')[0]}." if share else text


def with_addiction(results: Results) -> Floats:
    """Return people with addiction on day one, in treatment or not (D,)."""
    people = results.world.quo.run.main.at("people", LIFETIME)
    columns = [results.setting.model.groups.index(g) for g in ("not_in_treatment", "in_treatment")]
    return np.asarray(people[:, columns].sum(axis=1))


def unit_cost(service: ServiceFile, values: dict[str, Floats]) -> Floats:
    """Return the full cost of a unit (D,), all payers, in dollars of the price year."""
    return np.asarray(np.sum([values[part.quantity] for part in service.cost], axis=0))


def services(results: Results) -> list[Service]:
    """Return the services as the study uses them."""
    values = dict(results.world.values)
    year = results.world.first_round[-1]
    here = [(service, service.terms) for service in results.setting.services]
    found = []
    for service in results.setting.services:
        cost, share = unit_cost(service, values), values[service.payers.settlement]
        ceiling = _ceiling(results, service.key, year)
        graded = coercion_of(service, service.terms, here)
        said = said_of(results.setting.place, service, results.setting.study.day_one)
        found.append(
            Service(
                key=service.key,
                label=service.label,
                short=service.short,
                kind=cast(Kind, service.kind),
                unit=service.unit,
                unit_cost=interval(cost),
                payers=[
                    Payer(payer="settlement", usd_per_unit=interval(cost * share)),
                    Payer(payer=service.payers.rest_label, usd_per_unit=interval(cost * (1 - share))),
                ],
                start_up=interval(values[service.start_up.quantity]),
                lag_months=interval(values[service.lag] * MONTHS),
                ceiling=interval(ceiling) if np.all(np.isfinite(ceiling)) else _no_ceiling(),
                smallest_size=smallest_size(service, values),
                terms={k: str(v) for k, v in service.terms.model_dump().items()},
                coercion=graded.grade,
                coercion_note=graded.told,
                law=_law(said, service),
                exhibit_e="; ".join(f"{h.code} {h.heading}" for h in service.exhibit_e),
                evidence=service.evidence_grade,
                disputes=list(service.disputes),
                supplants=service.payers.supplants,
                supplants_note=service.payers.supplants_note,
                federal_grants=service.federal_grants,
                outside_model=list(service.outside_model),
                pathway=pathway(results.setting.model, service),
                works_by=works_by(service, results.setting.evidence),
                alone=alone(results, service.key),
                other_payers=[_other_payer(payer) for payer in service.other_payers],
            )
        )
    return found


def also_known(results: Results) -> list[KnownService]:
    """Return the services that ship and are not in this study, each with the reason, in the order of their kinds."""
    here = {service.key for service in results.setting.services}
    others = [service for service in load_services(available("services")) if service.key not in here]
    return [
        KnownService(
            key=s.key,
            label=s.label,
            kind=cast(Kind, s.kind),
            why=_why_not(s),
            costs=costs_told(s, results.setting.evidence),
            coercion=_graded(coercion_of(s, s.terms)),
        )
        for s in sorted(others, key=lambda s: (list(KINDS).index(s.kind), s.label))
    ]


def _graded(coercion: Coercion) -> str:
    return f"{COERCION[coercion.grade]} (grade {coercion.grade}): {coercion.note}"


def _why_not(service: ServiceFile) -> str:
    """Return why a service is not in a study: it is off, it is not modelled, or the study's file does not name it."""
    if service.option:
        return "modelled; this study's file does not name it"
    words = f" ({service.not_modelled.words})" if service.not_modelled else ""
    return f"{service.standing}{words}"


def _other_payer(payer: OtherPay) -> str:
    days = [
        f"{word} {day:%d %B %Y}".replace(" 0", " ")
        for word, day in (("since", payer.since), ("to", payer.until))
        if day
    ]
    return f"{payer.who}: {', '.join([payer.pays, *days])} ({payer.note})"


def smallest_size(service: ServiceFile, values: dict[str, Floats]) -> str:
    """Return the least that buys anything of a service, with its dollars."""
    usd = float(np.mean(values[service.smallest.quantity]))
    return f"{service.smallest.label} (about {dollars(usd)} a year)"


def _no_ceiling() -> Interval:
    return Interval(mean=0, low=0, high=0)


def _ceiling(results: Results, service: str, year: int) -> Floats:
    """Return the most units a year that find people (D,), the same under every plan; from any plan with new money."""
    for tried in results.tried:
        if tried.trial.delivery is not None:
            return np.asarray(tried.trial.delivery.ceiling[service][year])
    return np.full(1, np.inf)


def _law(said: Said, service: ServiceFile) -> Law:
    """Return the stricter of what the place's rules say and what the service's own file says, with every date."""
    law = said.law
    levels = [name for name, rows in (("federal", law.federal), ("state or local", law.state)) if rows]
    dates = sorted({row.date for row in (*law.federal, *law.state) if row.date})
    sources = sorted({row.source for row in (*law.federal, *law.state)})
    return Law.model_validate(
        {
            "word": said.word,
            "level": " and ".join(levels) or "no rule read",
            "dated": ", ".join(dates) or "no date seen",
            "source": "; ".join(sources) or service.legal.note,
            "ends": min((row.ends.isoformat() for row in law.ends if row.ends), default=""),
            "not_paid_by": "; ".join(row.rule for row in law.not_paid_by),
        }
    )


def plans(results: Results) -> list[PlanPart]:
    """Return every plan with where its money goes, as the first round spends it."""
    return [_plan(results, tried) for tried in results.in_mode(THREE_YEARS)]


def _plan(results: Results, tried: Tried) -> PlanPart:
    own = results.setting.plan(tried.plan)
    years = results.world.first_round
    money_by_service = {
        service.key: float(np.mean(tried.dollars[s, years]))
        for s, service in enumerate(results.setting.services)
        if np.any(tried.dollars[s, years])
    }
    outside = float(sum(np.mean(usd[years]) for usd in tried.outside.values()))
    if outside > 0:
        money_by_service[OUTSIDE] = outside
    quo = tried.plan == results.setting.study.status_quo
    return PlanPart(
        key=tried.plan,
        label=own.label if own else "Both/and plan",
        note=own.note
        if own
        else "Found by search: most healthy life-years among plans that serve every value nearly as well as can be.",
        reviewed=own.reviewed if own else "found by search on the curves of single services, checked in the full model",
        searched=own is None,
        on_sheet=tried.plan not in results.beside,
        dollars=money_by_service,
        kinds=_kinds(results, tried, own),
        unspent=interval(_unspent(results, tried)),
        reach=_reach(results, tried) if tried.acts or quo else [],
        overlap=overlaps(results, tried),
    )


def _kinds(results: Results, tried: Tried, plan: Plan | None) -> dict[str, float]:
    """Return the share of each kind of service in the money that is given; what no kind is known of is 'outside'."""
    years = results.world.first_round
    known = outside_kinds(plan) if plan else {}
    parts: list[tuple[str, Floats]] = [
        (s.kind, tried.dollars[n, years]) for n, s in enumerate(results.setting.services)
    ]
    parts += [(known.get(label, "outside"), usd[years]) for label, usd in tried.outside.items()]
    found: dict[str, float] = {}
    for kind, usd in parts:
        if np.any(usd):
            found[kind] = found.get(kind, 0.0) + float(np.mean(usd))
    total = sum(found.values())
    return {kind: usd / total for kind, usd in found.items()}


def _unspent(results: Results, tried: Tried) -> Floats:
    """Return dollars a year of the first round that come back (D,): beyond demand, too small, or given to no line."""
    back = np.zeros(results.world.county.draws)
    if tried.plan == results.setting.study.status_quo:
        return back
    kept = tried.kept.reshape(len(results.setting.study.years), -1).sum(axis=0)
    delivery = tried.trial.delivery
    if delivery is not None:
        back = np.sum([usd.sum(axis=0) for usd in delivery.unspent.values()], axis=0)
    return np.asarray((kept + back) / len(results.world.first_round))


def _reach(results: Results, tried: Tried) -> list[Reach]:
    year = results.world.first_round[-1]
    return [
        Reach.model_validate(
            {
                "key": key,
                "label": label,
                "amount": interval(tried.trial.reached[key][year] - results.world.quo.reached[key][year]),
            }
        )
        for key, label in REACHED.items()
    ]
