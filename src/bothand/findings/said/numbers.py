"""The few tables that a sentence is made of, whatever the reach: the same functions make them from any runs."""

from __future__ import annotations

from dataclasses import dataclass

from bothand.decide.pairwise.spread import Draws
from bothand.experiments.results import Results
from bothand.findings import bills, both, doubts, tables, terms
from bothand.report.summary import (
    Bill,
    Deciding,
    GroupVerdict,
    JointVerdict,
    Outcome,
    Pair,
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
    pairs: list[Pair]
    deciding: list[Deciding]
    best_guess: list[Rank]
    requests: list[Request]
    bills: list[Bill]
    worth: list[Worth]
    terms_alone: list[TermsAlone]

    @classmethod
    def of(cls, results: Results, draws: Draws | None = None) -> Numbers:
        """Return the tables of these runs; ``draws``: what ``both.drawn`` says of the same curves, if it was asked."""
        verdicts, joint = tables.judge_all(results)
        apart = doubts.told_apart(results)
        return cls(
            outcomes=tables.outcomes(results),
            verdicts=verdicts,
            joint=joint,
            pairs=both.pairs(results, draws or both.drawn(results)),
            deciding=doubts.deciding(results, apart),
            best_guess=doubts.ranks(results, results.deciding.best, apart),
            requests=doubts.requests(results),
            bills=bills.bills(results),
            worth=bills.worth(results),
            terms_alone=terms.alone(results),
        )
