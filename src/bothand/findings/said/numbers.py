"""The few tables that a sentence is made of, whatever the reach: the same functions make them from any runs."""

from __future__ import annotations

from dataclasses import dataclass

from bothand.experiments.results import Results
from bothand.findings import bills, doubts, tables, terms
from bothand.report.summary import (
    Bill,
    Deciding,
    GroupVerdict,
    JointVerdict,
    Outcome,
    Rank,
    Request,
    TermsAlone,
    Worth,
)


@dataclass(frozen=True)
class Numbers:
    """What the plans did, told in the summary's own parts."""

    outcomes: list[Outcome]
    verdicts: list[GroupVerdict]
    joint: list[JointVerdict]
    deciding: list[Deciding]
    best_guess: list[Rank]
    requests: list[Request]
    bills: list[Bill]
    worth: list[Worth]
    terms_alone: list[TermsAlone]

    @classmethod
    def of(cls, results: Results) -> Numbers:
        """Return the tables of these runs."""
        verdicts, joint = tables.judge_all(results)
        apart = doubts.told_apart(results)
        return cls(
            outcomes=tables.outcomes(results),
            verdicts=verdicts,
            joint=joint,
            deciding=doubts.deciding(results, apart),
            best_guess=doubts.ranks(results, results.deciding.best, apart),
            requests=doubts.requests(results),
            bills=bills.bills(results),
            worth=bills.worth(results),
            terms_alone=terms.alone(results),
        )
