"""How services are run in the example: one service's terms, and two plans that change some."""

from __future__ import annotations

from bothand.report import summary as s
from example import plans, study

LEFT_OUT = "people who use less because the rule is there: no size was found"
INDICATORS = ("healthy_life_years", "deaths_averted")


def part(term: str, choice: str, coercion: int = 0, **otherwise: str) -> s.TermPart:
    return s.TermPart(
        term=term,
        label=term.replace("_", " ").capitalize(),
        choice=choice,
        hr="The door is open: whoever comes is let in, today.",
        r="An open door is a start; without a plan it may stay one.",
        cost="not known",
        effect="effect not known",
        coercion=coercion,
        otherwise=otherwise,
    )


def run_on() -> list[s.TermPart]:
    return [part("entry", "nothing is asked", intake="people ask no sooner"), part("return_to_use", "paused", 1)]


def alone() -> list[s.TermsAlone]:
    first, second = (plan.key for plan in plans.plans()[1:3])
    line = s.TermsLine(
        service="methadone_places",
        term="Return to use",
        was="the person stays",
        now="discharged",
        hr="Sent away for the very illness that was to be treated.",
        r="A house of people in recovery may need the rule to be safe.",
        effect="a share is sent away every four weeks (0.15, 0.02 to 0.45; judgement)",
        leaves_out=LEFT_OUT,
        coercion=2,
        disputes=["Sending nobody away keeps people longer. One side: it does. The other: other people came."],
    )
    gains = [
        s.TermsGain(
            group=group,
            indicator=indicator,
            change=s.Interval(mean=-3.0, low=-9.0, high=-0.2),
            verdict="loses",
        )
        for indicator in INDICATORS
        for group in ("all", *(g.key for g in study.groups()))
    ]
    text = f"The terms alone: people in treatment lose 3 (0.2 to 9). Not in the numbers: {LEFT_OUT}."
    unknown = line.model_copy(update={"effect": "effect not known in this model", "leaves_out": "", "disputes": []})
    return [
        s.TermsAlone(plan=first, against="Even split", lines=[line], gains=gains, text=text),
        s.TermsAlone(plan=second, against="Even split", lines=[unknown], gains=[], text="Not known in this model."),
    ]
