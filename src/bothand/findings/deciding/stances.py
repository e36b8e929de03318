"""Each stance at its own best, in the summary's words."""

from __future__ import annotations

from collections.abc import Mapping

from bothand.experiments.positions.stances import Gains, Stance
from bothand.experiments.results import Results
from bothand.experiments.search import FUNCTIONAL
from bothand.findings.both import names_of
from bothand.findings.doubts import plan_labels
from bothand.findings.measures import interval
from bothand.report.summary.deciding.stances import Form, StancePart
from bothand.words import as_subject, dollars, in_sentence, join_words, number_words


def stances(results: Results) -> list[StancePart]:
    """Return every stance that was searched; empty where the study has none."""
    both = results.stances.both
    if both is None:
        return []
    return [_part(results, one, both) for one in results.stances.tried]


def _part(results: Results, one: Stance, both: Gains) -> StancePart:
    ideals, names = results.found.ideals, names_of(results)
    plan = next(plan for plan in results.setting.plans if plan.key == one.plan)
    forms: Mapping[Form, Gains] = {"signed": one.signed, "best": one.best, "both_and": both}
    on_map = [name for name in one.members if name in ideals.members]
    most = dict(zip(on_map, ideals.best[ideals.surface.indices(on_map)].tolist(), strict=True))
    given = zip(results.curves.surface.services, one.yearly.tolist(), strict=True)
    part = StancePart(
        plan=one.plan,
        puts_first=[names[name] for name in one.members],
        declared=one.declared,
        why=plan.puts_first_why or "",
        left_out=list(one.left_out),
        dollars={service: usd for service, usd in given if usd > 0},
        better=one.better,
        healthy_life_years={form: interval(gains[FUNCTIONAL]) for form, gains in forms.items()},
        shares={
            names[name]: {form: float(gains[name].mean()) / most[name] for form, gains in forms.items()}
            for name in on_map
        },
        runs=results.curves.world.county.draws,
        text="",
    )
    return part.model_copy(update={"text": _text(results, part)})


def _text(results: Results, part: StancePart) -> str:
    services = {service.key: in_sentence(service.label) for service in results.setting.services}
    order = sorted(part.dollars.items(), key=lambda item: -item[1])
    paid = join_words([f"{dollars(usd)} a year for {services[key]}" for key, usd in order])
    years = {form: number_words(amount.mean) for form, amount in part.healthy_life_years.items()}
    label = in_sentence(plan_labels(results)[part.plan])
    if not part.better:
        return (
            f"The search found nothing better on the ground of {label}: what it would pay ({paid}) does less in the "
            f"full model than the plan as signed."
        )
    return (
        f"At its own best, {as_subject(label)} pays {paid}. That brings {years['best']} healthy life-years; as signed "
        f"it brings {years['signed']}, and the both/and plan {years['both_and']}."
    )
