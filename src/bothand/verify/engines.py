"""The engines beside each other: every check, in plain words, and how much work goes into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bothand.verify import closed_forms, gate, given_weeks, own_weeks, steps
from bothand.verify.answers import Answer
from bothand.verify.beside import Effort, Pair, answers
from bothand.verify.county import County, counties

FULL = Effort(2, 0.0005, 16_384, 16, 100_000, (12, 6, 24), 0.0025, 18, 16, 100_000, 4_000)  # MATH: two minutes or so
QUICK = Effort(0, 0.01, 1_024, 8, 10_000, (4, 0, 2), 0.01, 3, 4, 5_000, 300)  # MATH: seconds, for the tests

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Check:
    """One check: its key, what is set beside what in plain words, and what yields its numbers."""

    key: str
    title: str
    words: str
    run: Callable[[Sequence[County], Effort], Iterable[Pair]]


CHECKS = (
    Check(
        "people-given-weeks",
        "People one by one, beside the cohort, where nobody waits",
        "Washtenaw's numbers at the best guess, eighteen years, places for everyone. Each person meets the naloxone "
        "that the cohort had in that week, so people are independent and the cohort is exactly their mean. "
        "Deaths are the hazard that people lived through, and counted one by one beside it. Held to three standard "
        "errors. There are eight such totals, so with other seeds one run in fifty would miss one by chance alone; the "
        "seeds are fixed, and a miss means that an engine changed. The standard error of overdose deaths is at most "
        "0.05 % of them.",
        lambda lanes, effort: given_weeks.pairs(lanes[0], effort),
    ),
    Check(
        "people-own-weeks",
        "People who share kits and places, beside the cohort, where many wait",
        "The same county with the places it has. A crowd is 100,000 people on day one: everyone whom the model "
        "follows, with kits and places in proportion. They wait in a real queue and draw on real kits. The cohort is "
        "no longer their exact mean; it is held to be within 1 %. Then the gap at the county's own size is printed.",
        own_weeks.pairs,
    ),
    Check(
        "no-step",
        "The cohort's week, beside no step at all",
        "The exact mode has no step; it holds every rate for a year. So each year is given the mean share let in at "
        "each gate, and the mean naloxone at hand, that the county's own run had. The week is held to 1e-5 of the "
        "exact totals. The exact mode itself is held to the matrix exponential of another library. The worst of all "
        "106 cells is printed as it stands.",
        lambda lanes, effort: steps.without_step(lanes[:2], effort),
    ),
    Check(
        "finer-steps",
        "The cohort's week, beside finer steps, with queues and kits",
        "Everything acts. The laws of queues and kits look at the start of each week, so the error halves with the "
        "step and is larger than without them: held to 1e-4, not to 1e-5. Steps are cut in two again and again, and "
        "what the last halving still changes is taken off once more (Richardson's extrapolation). The error of two "
        "totals at every step is printed.",
        steps.finer,
    ),
    Check(
        "closed-forms",
        "People one by one, beside closed forms",
        "Five small models whose answers are formulas: competing causes, stages in a row, a state that people leave "
        "and come back to, years lived at one hazard, people who arrive and leave. The mean and the variance of counts "
        "are held too, each to three standard errors.",
        lambda lanes, effort: closed_forms.pairs(effort),
    ),
    Check(
        "gate",
        "A gate with few places, beside its law",
        "Forty people ask for eight places. The number inside is a Markov chain from step to step, and its law is "
        "worked out by matrices, apart from both engines. People are held to its mean and variance. With short steps "
        "and a gate that shuts only when it is full, this comes near Engset's loss formula, which is Erlang's for many "
        "people who ask seldom. With so few places a week is a long step: the law is printed beside that of steps of "
        "no length.",
        lambda lanes, effort: gate.pairs(effort),
    ),
)


def run_engines(effort: Effort = FULL, tell: Tell = lambda words: None) -> list[Answer]:
    """Run every check; the county is opened once."""
    tell("the county that the engines are set beside each other on")
    lanes = counties(effort.draws)
    found = []
    for check in CHECKS:
        tell(check.title)
        found += answers(check.key, check.run(lanes, effort))
    return found
