"""Audits of every plan of the example by the rules that ship, their words in turn."""

from __future__ import annotations

from itertools import cycle
from typing import get_args

from bothand.findings.stakes.audits import rules_told
from bothand.principles.answers import Verdict, word
from bothand.report import summary as s
from example import plans

WHY = {
    "passes": "People with addiction: healthy life-years gained 140 (44 to 390).",
    "fails": "No service that is paid for is there for a person who does not seek to stop.",
    "cannot tell": "Moves from it into treatment bring 7 (−12 to 27) years in remission and 2 (−3.7 to 7.2) years.",
    "not computed": "Needs the board's own record.",
}
RERUN = (
    "If one in 5 (2,400 people) of those counted as using without addiction had addiction, the verdict stays. People "
    "using without addiction: healthy life-years gained 28 (2 to 160).",
    "Clear losses: 2 of 103 lines, by group, family and payer.",
    "Largest adverse change, of what there is today: years in low-threshold contact, people with addiction, not in "
    "treatment: −43 (−120 to −9.1) years, 0.81 % of what there is.",
    "If these places sent people away for use: 1.2 (−0.16 to 2.5) more overdose deaths in 10 years (low-barrier "
    "buprenorphine; methadone places; medication in jail, continued on release; below zero is fewer).",
)
NEVER = ("connections", "conditions", "real_voice")


def audits() -> s.Audits:
    rules = rules_told()
    pairs = cycle([(hr, r) for hr in get_args(Verdict) for r in get_args(Verdict)])
    found = [_audit(plan.key, rule.key, *next(pairs)) for plan in plans.plans() if plan.dollars for rule in rules]
    return s.Audits(rules=rules, audits=found)


def _audit(plan: str, rule: str, hr: Verdict, r: Verdict) -> s.Audit:
    if rule in NEVER:
        hr, r = "not computed", "not computed"
    answers = [s.AuditAnswer(verdict=verdict, why=WHY[verdict]) for verdict in (hr, r)]
    more = ["Community naloxone: grade 0, an offer.", *RERUN, f"Told of {plan}."]
    return s.Audit(plan=plan, rule=rule, hr=answers[0], r=answers[1], word=word(hr, r), more=more)
