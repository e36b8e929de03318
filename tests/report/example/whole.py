"""The whole example: seven plans, six groups, eleven values, ten services."""

from __future__ import annotations

from bothand.report import summary as s
from example import bills, doubts, outcomes, pairs, plans, sentences, services, study, terms, values, verdicts


def example() -> s.Summary:
    return s.Summary(
        study=study.study(),
        money=study.money(),
        services=services.services(),
        plans=plans.plans(),
        groups=study.groups(),
        values=values.values(),
        marks=values.marks(),
        picture=values.sentences(),
        indicators=outcomes.indicators(),
        outcomes=outcomes.outcomes(),
        verdicts=verdicts.verdicts(),
        joint=verdicts.joint(),
        pairs=pairs.pairs(),
        all_at_once=pairs.all_at_once(),
        left_out=pairs.left_out(),
        both_and=pairs.both_and(),
        losers=verdicts.losers(),
        case_against=sentences.CASE_AGAINST,
        deciding=doubts.deciding(),
        best_guess=doubts.best_guess(),
        chance=doubts.chance(),
        grades=doubts.grades(),
        judgements=doubts.evidence("judgement", 34),
        unverified=doubts.evidence("unverified", 9),
        linear_reach=doubts.linear_reach(),
        fit=doubts.fit(),
        checks=doubts.checks(),
        requests=bills.requests(),
        bills=bills.bills(),
        worth=bills.worth(),
        terms_alone=terms.alone(),
        findings=sentences.findings(),
        assumed=sentences.ASSUMED,
        not_in_model=sentences.not_in_model(),
    )
