"""The whole summary of a run, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from bothand.decide.losers import LEAST_RUNS
from bothand.experiments.results import Results
from bothand.experiments.worlds import left_to_plans
from bothand.findings import both, delivery, doubts, history, lines, people, tables, terms
from bothand.findings.deciding import disputes, losers, moves, own_plan, stakeholders, stances
from bothand.findings.measures import indicators
from bothand.findings.said import reaches
from bothand.findings.said.against import case_against
from bothand.findings.said.most import linear_reach
from bothand.findings.said.numbers import Numbers
from bothand.findings.stakes import audits, groups, ledgers, luck, minds, prices, rules
from bothand.findings.stakes import values as values_
from bothand.outcomes.picture import picture
from bothand.outcomes.ratings import Given
from bothand.outcomes.values import cited, values_of
from bothand.report.summary import Mark, NotInModel, PictureSentences, StudyPart, Summary, Value
from bothand.words import join_words, run_as
from bothand.world.money import rules_in_words

DEATHS = "opioid_deaths"  # how the names of series of deaths begin


def build_summary(results: Results, ratings: Sequence[Given] = ()) -> Summary:
    """Return everything that any output of the run shows; ``ratings``: what a local panel gave, if one was asked."""
    setting = results.setting
    shown = values_of(setting.study, setting.folder, setting.services, setting.evidence.names)
    values, marks = shown.values, shown.marks
    counted = picture(values, marks, setting.services)
    numbers, under = Numbers.of(results), reaches.under_each(results)
    beside = ledgers.Ledgers.of(results)
    draft = Summary(
        study=_study(results),
        money=people.money(results),
        services=terms.on_terms(results, people.services(results)),
        also_known=people.also_known(results),
        interactions=delivery.interactions(setting.model, list(setting.services)),
        plans=reaches.plans_under(people.plans(results), under),
        groups=groups.groups(results),
        values=[
            Value.model_validate(
                {
                    "key": v.key,
                    "label": v.label,
                    "plain": v.plain,
                    "family": v.family,
                    "kind": v.kind,
                    "indicator": v.indicator.label,
                    "unit": v.indicator.unit,
                    "without_addiction": v.without_addiction,
                    "order": v.order,
                }
            )
            for v in sorted(values, key=lambda v: v.order)
        ],
        marks=[
            Mark.model_validate(
                {
                    "value": m.value,
                    "group": m.group,
                    "service": m.service,
                    "sign": m.sign,
                    "status": m.status,
                    "source": cited(m, shown.sources),
                }
            )
            for m in marks
            if m.drawn
        ],
        picture=PictureSentences(
            serves_most=counted.serves_most, only_one=counted.only_one, hardest_pull=counted.hardest_pull
        ),
        indicators=indicators(setting.study.discount_beside),
        outcomes=numbers.outcomes,
        verdicts=numbers.verdicts,
        joint=numbers.joint,
        joint_all=tables.joint_all(results),
        pairs=both.pairs(results),
        all_at_once=both.all_at_once(results),
        left_out=both.left_out(results, values),
        both_and=both.both_and(results).model_copy(update={"under": reaches.both_and_under(results)}),
        principle_prices=prices.principle_prices(results),
        losers=losers.losers(results, numbers.verdicts),
        moves=moves.moves(results, values),
        beats_others=moves.beats_others(results),
        case_against=[],
        rules=rules.rules(results),
        stances=stances.stances(results),
        deciding=numbers.deciding,
        best_guess=numbers.best_guess,
        chance=doubts.chance(results),
        grades=doubts.grades(results),
        judgements=doubts.evidence_rows(results, "judgement"),
        unverified=doubts.evidence_rows(results, "unverified"),
        luck=luck.luck(results),
        lives=luck.lives(results),
        minds=minds.minds(results, doubts.told_apart(results)),
        disputes=disputes.register(results),
        to_learn=disputes.to_learn(results),
        learning=disputes.learning(results),
        linear_reach=linear_reach(results),
        fit=history.fit(results),
        checks=history.checks(results),
        requests=numbers.requests,
        bills=numbers.bills,
        worth=numbers.worth,
        readings=values_.readings(results),
        likeness=values_.alike(results),
        ratings=values_.ratings(ratings),
        ledgers=ledgers.ledgers(beside),
        ledger_lines=ledgers.lines(beside),
        inventory=ledgers.inventory(beside),
        inventory_source=beside.inventory.source,
        perspectives=ledgers.perspectives(beside),
        terms_alone=numbers.terms_alone,
        findings=[],
        few_draws=min(u.results.draws.n for u in under.values()),
        assumed=_assumed(results),
        not_in_model=_not_in_model(results),
        lines=lines.plan_lines(results),
        stakeholders=stakeholders.stakeholders(results),
        apart=stakeholders.apart(results),
        common_ground=stakeholders.common_ground(results),
    )
    return draft.model_copy(
        update={
            "findings": reaches.findings(results, draft, numbers, under),
            "case_under": reaches.case_under(draft, under),
            "case_against": case_against(results, draft),
            "improvements": own_plan.improvements(results, values, draft.losers),
            "audits": audits.audits(results, draft, beside),
        }
    )


def _study(results: Results) -> StudyPart:
    study, place = results.setting.study, results.setting.place
    known = [p for part in place.lineage for p in part.points if p.value is not None]
    last = max((p.year for p in known if p.measure.startswith(DEATHS)), default=study.run_in_start)
    read = max(row.checked_on for row in doubts.used_rows(results) if row.checked_on)
    return StudyPart(
        key=study.key,
        label=_label(results),
        programmes=[programme.name for programme in results.setting.programmes],
        left_to_plans=left_to_plans(results.setting),
        place=place.label,
        model=study.model,
        day_one=study.day_one.isoformat(),
        last_day=study.last_day.isoformat(),
        draws=results.draws.n,
        draws_all_years=results.draws_all_years,
        seed=results.draws.seed,
        version=version("bothand"),
        run=results.run,
        data_as_of=f"deaths and people to {last}; evidence and rules read to {read:%B %Y}",
        notice="" if results.draws.n >= LEAST_RUNS else f"A trial with {results.draws.n} runs: too few to decide by",
    )


def _label(results: Results) -> str:
    """Return what the study is about; beside it, on whose terms its services are run."""
    names = [programme.name for programme in results.setting.programmes]
    return results.setting.study.label + (run_as(join_words(names)) if names else "")


def _not_in_model(results: Results) -> list[NotInModel]:
    """Return what matters and is not simulated: of the model, and of this place."""
    left = [row for row in NOT_IN_MODEL if row != PREVENTION or not _prevents(results)]
    rows = [NotInModel(what=what, why=why) for what, why in left]
    return rows + [NotInModel(what=r.what, why=r.why) for r in results.setting.place.about.not_in_model]


def _assumed(results: Results) -> list[str]:
    """Return the assumptions that a reader should know by name."""
    model, place = results.setting.model, results.setting.place
    share = place.about.share_of_parent
    names = {name: lever.label for name, lever in model.spec.lever.items()}
    rows = [
        f"Two effects on one rate multiply; no joint effect was found: {names[a]}; {names[b]}."
        for a, b in model.assumed
    ]
    if share:
        row = results.setting.evidence[share]
        rows.append(f"{row.description} ({row.mean:g}, {row.low:g} to {row.high:g}).")
    money = place.about.money
    rows += rules_in_words(money) if money else []
    rows += [
        "A navigator's effect on asking is that of a counsellor inside a consumption site elsewhere: an assumption.",
        "People in remission on medication count as in treatment on day one, and as in remission, medication included, "
        "among the outcomes.",
        "Voluntary contact unbroken for 90 days is approximated as contact times exp(-90 days x yearly leaving rate).",
        *([] if _prevents(results) else [NO_PREVENTION]),
        "After the last count the supply's toxicity stays to day one, then walks by its own spread, the same under "
        "every plan.",
    ]
    return rows


PREVENTION = ("Prevention's effect", "school and family programmes act after years; shown as money, outside this model")
NOT_IN_MODEL = (
    ("Serious bacterial infections", "no rates by state of use and care that fit the model were found"),
    (
        "Years of life lost to hepatitis C and HIV",
        "infections are counted at a fixed incidence; no life-years are taken",
    ),
    ("Work and housing as outcomes", "no source gives them by state; recovery housing acts on return to use only"),
    PREVENTION,
    ("A person's own history", "each state holds the average; earlier overdoses and tolerance are not followed"),
)
NO_PREVENTION = "Prevention is spent and shown, and no effect is claimed for it in this version's model."


def _prevents(results: Results) -> bool:
    """Say whether a service of the study prevents starts."""
    return any(move.lever == "prevention" for service in results.setting.services for move in service.moves)
