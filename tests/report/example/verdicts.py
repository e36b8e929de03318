"""Who gains and who loses by each plan, against no new money and against spending as others do."""

from __future__ import annotations

from collections.abc import Iterator

from bothand.report import summary as s
from example.outcomes import TEN
from example.parts import around, between, interval, table
from example.study import GROUPS

# per 1,000 people of each group: healthy life-years against no new money
PER_1000 = {
    "harm_reduction_only": (1.9, 11, 8.2, 2.0, 0.1, 0.1),
    "treatment_only": (0.4, 9.1, 14, 2.6, 0.0, 0.2),
    "recovery_only": (0.1, 1.4, 2.0, 3.9, 0.0, 0.1),
    "as_others_do": (1.8, 13, 11, 3.2, 0.2, 1.4),
    "even_split": (1.2, 12, 9.8, 2.4, 0.1, 0.3),
    "both_and": (2.4, 18, 16, 3.9, 0.2, 1.9),
}
GROUP_KEYS = tuple(key for key, *_ in GROUPS)
REPAIR = "Put $110,000 a year into prevention for young people."
REFERENCES = ("no_new_money", "as_others_do")


def verdicts() -> list[s.GroupVerdict]:
    return [
        verdict(plan, group, *row)
        for plan, gains in PER_1000.items()
        for group, gain, others in zip(GROUP_KEYS, gains, PER_1000["as_others_do"], strict=True)
        for row in judged(plan, group, gain, gain - others)
    ]


def judged(plan: str, group: str, gain: float, gap: float) -> Iterator[tuple[str, str, s.Interval]]:
    """Reference, indicator and interval of every verdict on a plan, for one group of people."""
    yield "no_new_money", "healthy_life_years", interval(gain) if gain > 0.05 else around(gain, 0.1)
    if plan != "as_others_do":
        half = 0.55 * abs(gap) if is_told(plan, group) else 1.6 * abs(gap) + 0.3
        yield "as_others_do", "healthy_life_years", around(gap, half)
    years = gain * (1.0 if plan == "harm_reduction_only" else 3.6)
    yield "no_new_money", "remission_years", interval(years, 0.6, 1.5) if years > 0.2 else around(years, 0.2)
    half = abs(years) * (0.08 if group == "recovery" else 0.3)
    yield "no_new_money", "remission_years_without_medication", around(years * 0.12, half)


def is_told(plan: str, group: str) -> bool:
    """Whether a plan can be told from spending as others do, for this group."""
    if plan == "both_and":
        return group != "recovery"
    return group == "later" or (plan == "recovery_only" and group in ("using", "addiction", "treatment"))


def verdict(plan: str, group: str, reference: str, indicator: str, value: s.Interval) -> s.GroupVerdict:
    gains = "gains_least" if (group, reference) == ("later", "no_new_money") else "gains"
    word = "loses" if value.high < 0 else "cannot_tell" if value.low <= 0 else gains
    return s.GroupVerdict.model_validate(
        {
            "plan": plan,
            "group": group,
            "reference": reference,
            "indicator": indicator,
            "verdict": word,
            "per_1000": value,
            "share_not_worse": 0.97 if word == gains else 0.5,
        }
    )


def joint() -> list[s.JointVerdict]:
    """In how many runs no group at all is worse off, by plan and reference."""
    rows = [
        (plan, reference, 0.93 if plan == "both_and" else 0.97 if reference == "no_new_money" else 0.11)
        for plan in TEN
        for reference in REFERENCES
        if plan != reference
    ]
    return table(s.JointVerdict, "plan reference share_no_group_worse", rows, indicator="healthy_life_years")


def joint_all() -> list[s.JointAll]:
    """The same against both references at once, by healthy life-years and by remission too."""
    rows = [
        (plan, indicators, share)
        for plan in TEN
        if plan != "as_others_do"
        for indicators, share in (
            (["healthy_life_years"], 0.91 if plan == "both_and" else 0.09),
            (["healthy_life_years", "remission_years", "remission_years_without_medication"], 0.06),
        )
    ]
    return table(s.JointAll, "plan indicators share_no_group_worse", rows, references=list(REFERENCES))


def repairs(plan: str) -> list[s.RepairPart]:
    """The repairs of a loss: of money as it is told first, of terms, and by more money, which the full model denies."""
    if plan == "recovery_only":
        return []
    return [
        s.RepairPart(kind="reallocation", dollars=110_000, into="prevention", text=REPAIR),
        s.RepairPart(
            kind="terms",
            dollars=0,
            way=s.WayPart(service="residential", term="Who may come", was="referral", now="walk in", coercion=0),
            after=around(0.2, 0.3),
            before=between(-2.0, -1.1, -0.4),
            gone=True,
            text="Run it otherwise: residential treatment, who may come: walk in in place of referral; it costs the "
            "same. In the full model the loss is then gone: +0.2 (−0.1 to +0.5) per 1,000 people.",
        ),
        s.RepairPart(
            kind="addition",
            dollars=90_000,
            into="prevention",
            after=between(-0.9, -0.5, -0.1),
            before=between(-2.0, -1.1, -0.4),
            gone=False,
            text="Add $90,000 a year, most of it to prevention. In the full model a loss is left: −0.5 (−0.9 to −0.1) "
            "per 1,000 people.",
        ),
    ]


def losers() -> list[s.Loser]:
    return [
        s.Loser(
            plan=plan,
            group="later",
            reference="as_others_do",
            indicator="healthy_life_years",
            amount=between(-2.0, -1.1, -0.4),
            mechanism="It buys no prevention; others spend 15 of 100 dollars on it.",
            repair="no repair found" if plan == "recovery_only" else REPAIR,
            repairs=repairs(plan),
        )
        for plan in TEN
        if plan not in ("as_others_do", "both_and")
    ]
