"""The whole example: seven plans, six groups, eleven values, ten services."""

from __future__ import annotations

from bothand.outcomes.lines import load_inventory
from bothand.report import summary as s
from example import (
    audits,
    bills,
    delivery,
    disputes,
    doubts,
    lines,
    moves,
    outcomes,
    pairs,
    people,
    plans,
    prices,
    sentences,
    services,
    stakes,
    stances,
    study,
    terms,
    values,
    verdicts,
)


def example() -> s.Summary:
    return s.Summary(
        study=study.study(),
        money=study.money(),
        services=services.services(),
        interactions=delivery.interactions(),
        plans=delivery.reached(plans.plans()),
        groups=people.groups(),
        values=values.values(),
        marks=values.marks(),
        picture=values.sentences(),
        indicators=outcomes.indicators(),
        outcomes=outcomes.outcomes(),
        verdicts=verdicts.verdicts(),
        joint=verdicts.joint(),
        joint_all=verdicts.joint_all(),
        pairs=pairs.pairs(),
        all_at_once=pairs.all_at_once(),
        left_out=pairs.left_out(),
        both_and=pairs.both_and(),
        losers=verdicts.losers(),
        moves=moves.moves(),
        beats_others=moves.beats_others(),
        case_against=sentences.CASE_AGAINST,
        stances=stances.stances(),
        case_under=delivery.case_under(sentences.CASE_AGAINST),
        deciding=doubts.deciding(),
        best_guess=doubts.best_guess(),
        chance=doubts.chance(),
        grades=doubts.grades(),
        judgements=doubts.evidence("judgement", 34),
        unverified=doubts.evidence("unverified", 9),
        minds=doubts.minds(),
        luck=doubts.luck(),
        lives=doubts.lives(),
        linear_reach=doubts.linear_reach(),
        fit=doubts.fit(),
        checks=doubts.checks(),
        requests=bills.requests(),
        bills=bills.bills(),
        worth=bills.worth(),
        readings=stakes.readings(),
        likeness=stakes.likeness(),
        ratings=stakes.ratings(),
        ledgers=stakes.ledgers(),
        ledger_lines=stakes.lines(),
        inventory=stakes.inventory(),
        inventory_source=load_inventory().source,
        perspectives=stakes.perspectives(),
        terms_alone=terms.alone(),
        findings=delivery.beside(sentences.findings()),
        few_draws=delivery.FEW,
        assumed=sentences.ASSUMED,
        not_in_model=sentences.not_in_model(),
        lines=lines.lines(),
        audits=audits.audits(),
    )


def full() -> s.Summary:
    """The example as a full run tells it: with prices of principles, disputes, what is worth finding out."""
    usual = example()
    said = [
        s.Sentence(key=key, text=text, numbers={}, under={}, depends="does not apply")
        for key, text in disputes.FINDINGS.items()
    ]
    return usual.model_copy(
        update={
            "principle_prices": prices.prices(),
            "disputes": disputes.disputes(),
            "to_learn": disputes.to_learn(),
            "learning": disputes.learning(),
            "findings": [*usual.findings, *said],
        }
    )
