"""Each finding beside what it would be with half the people to be found, and with no limit.

The usual reach stands among them in the same few draws, so that like is compared with like: a finding of the full run
may differ from its own in few draws by chance alone, and is not compared with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bothand.engine.delivery import Reach
from bothand.experiments.reaches import OTHER, USUAL, Reached
from bothand.experiments.results import Results
from bothand.findings import people
from bothand.findings.deciding import (
    budgets,
    disputes,
    exact,
    moves,
    next_dollar,
    periods,
    plan_on_terms,
    stakeholders,
    ways,
)
from bothand.findings.said.against import case_against
from bothand.findings.said.claim import Said, same
from bothand.findings.said.numbers import Numbers
from bothand.findings.said.sentences import of_doubts, of_evidence, of_picture, of_plans
from bothand.report.summary import BothAndUnder, Depends, PlanPart, Reaching, Sentence, Summary

ASK_FULL: Depends = "run with --full"


@dataclass(frozen=True)
class Under:
    """What the plans did under one reach, in few draws, in the summary's own parts; ``said`` by key of the finding."""

    results: Results
    numbers: Numbers
    plans: list[PlanPart]
    said: Mapping[str, Said]


Variants = Mapping[Reach, Under]


def under_each(results: Results) -> Variants:
    """Return what the plans did under each reach, all in the same few draws."""
    return {reach: _under(as_results(results, reached), reached) for reach, reached in results.reaches.items()}


def _under(runs: Results, reached: Reached) -> Under:
    numbers = Numbers.of(runs)
    said = (*of_plans(runs, numbers), *of_doubts(runs, numbers))
    known = {one.key: one for one in said if one.rests_on != "search" or reached.found is not None}
    return Under(runs, numbers, people.plans(runs), known)


def findings(results: Results, parts: Summary, numbers: Numbers, variants: Variants) -> list[Sentence]:
    """Return every finding with what it would be under other reach, in the order of the report."""
    made = [
        of_picture(parts),
        *of_plans(results, numbers),
        *of_evidence(parts),
        *of_doubts(results, numbers),
    ]
    said = [beside(one, variants) for one in made]
    last = next(n for n, one in enumerate(said) if one.key == "toxicity")
    parts_of_full = (ways, budgets, plan_on_terms, exact, periods, next_dollar, stakeholders, disputes)
    of_full = [beside(one, {}) for part in parts_of_full for one in part.findings(results)]
    of_full += [beside(one, {}) for one in moves.findings(parts)]
    return [*said[:last], parts.linear_reach, *said[last:], *of_full]


def case_under(parts: Summary, variants: Variants) -> dict[Reaching, list[str]]:
    """Return the strongest case against the searched plan as it would be under each reach.

    Floors are those of the search, which was made under the usual reach, as were the stances'
    own bests: under another they are not told.
    """
    found: dict[Reaching, list[str]] = {}
    for reach, under in variants.items():
        floors: dict[str, list[str]] = {} if reach == USUAL else {"floors_not_met": []}
        searched = parts.stances if reach == USUAL else []
        changed = {
            "outcomes": under.numbers.outcomes,
            "plans": under.plans,
            "bills": under.numbers.bills,
            "both_and": parts.both_and.model_copy(update=floors),
            "stances": searched,
        }
        found[reach] = case_against(under.results, parts.model_copy(update=changed))
    return found


def as_results(results: Results, reached: Reached) -> Results:
    """Return the results of a study as if it had been run under one reach, in few draws."""
    n = reached.world.county.draws
    draws = replace(results.draws, n=n, values={key: values[:n] for key, values in results.draws.values.items()})
    return replace(
        results,
        draws=draws,
        world=reached.world,
        tried=reached.tried,
        deciding=reached.deciding,
        terms=reached.terms,
        curves=reached.curves or results.curves,
        found=reached.found or results.found,
    )


def beside(said: Said, variants: Variants) -> Sentence:
    """Return a finding with its text under each reach, and whether it depends on the reach."""
    under = {reach: found.said[said.key] for reach, found in variants.items() if said.key in found.said}
    return Sentence(
        key=said.key,
        text=said.text,
        numbers=dict(said.numbers),
        under={reach: one.text for reach, one in under.items()} if said.rests_on != "nothing" else {},
        depends=_depends(said, under),
    )


def _depends(said: Said, under: Mapping[Reach, Said]) -> Depends:
    if said.rests_on == "nothing":
        return "does not apply"
    if said.rests_on == "search" and not all(reach in under for reach in OTHER):
        return ASK_FULL
    usual = under.get(USUAL)
    if usual is None:  # in so few draws there is nothing to say, or only under another reach
        return "does" if under else "does not apply"
    others: Sequence[Said | None] = [under.get(reach) for reach in OTHER]
    return "does not" if all(one is not None and same(usual, one) for one in others) else "does"


def plans_under(plans: Sequence[PlanPart], variants: Variants) -> list[PlanPart]:
    """Return the plans with how many people each would reach under every reach, in few draws."""
    found = {reach: {part.key: part.reach for part in under.plans} for reach, under in variants.items()}
    return [
        part.model_copy(update={"reach_under": {reach: rows[part.key] for reach, rows in found.items()}})
        if part.reach
        else part
        for part in plans
    ]


def both_and_under(results: Results) -> list[BothAndUnder]:
    """Return what a search under each reach finds; empty unless the search was made again (a full run)."""
    if any(reached.found is None for reached in results.reaches.values()):
        return []
    found = []
    for reach, reached in results.reaches.items():
        assert reached.found is not None
        most = results.curves.surface.dollars[:, -1].sum() / results.world.yearly_budget
        found.append(
            BothAndUnder(
                reach=reach,
                beta=reached.found.settled.beta,
                dollars={
                    name: float(usd)
                    for name, usd in zip(results.curves.surface.services, reached.found.yearly, strict=True)
                    if usd >= 1
                },
                all_values=min(reached.found.all_values.multiple, float(most)),
                all_groups=min(reached.found.all_groups.multiple, float(most)),
            )
        )
    return found
