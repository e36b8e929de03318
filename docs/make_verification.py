"""Write docs/reference/verification.md from the published cases and a run of them.

Run it by ``python docs/make_verification.py``. The page cannot drift from the cases nor from what they come to: a test
compares it with what this file makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bothand.files import available
from bothand.verify import Answer, run_case
from bothand.verify.decisions import CASES as DECISIONS
from bothand.world.cases.loading import load_case
from bothand.world.cases.nouns import CaseSpec, Within

PAGE = Path(__file__).parent / "reference" / "verification.md"
DECIDING = Path(__file__).parents[1] / "tests" / "reference" / "decision"
MOST_SHOWN = 6  # UNIT: numbers of one answer that are written out
NOTES = "see notes"
DECIMALS = 6  # UNIT: decimals of an answer of deciding
DIGITS = 9  # UNIT: digits of a number in a table

HEAD = """# What the engine repeats

*Made by `docs/make_verification.py` from the published cases and a run of them.* Each case is a specification file in
`src/bothand/data/cases`, run by the same code as any other model; no case has code of its own. Every number has the
tolerance that its reference file gives. People who are followed one by one are also held to the exact mean of the
cohort, in standard errors of theirs. Each input in a case file says where it stands in that reference. The last case
is a worked example of this project, whose answers are closed forms. To ask all questions again:

```sh
bothand verify
```

`make verify` also sets [the engines beside each other](engines.md), and writes all answers, with all their digits, to
`verification/results.json`: a list of case, id, value, expected, tolerance and met.
"""

DECISIONS_HEAD = """## Deciding

The cases of how people decide have no model: their numbers go straight to the functions they test. They are JSON files
in `tests/reference/decision`, each with its source, and stand in no installed package. `bothand verify` answers such a
file when it is given its path. Answers are rounded here to six decimals.

| case | number | answer | published | tolerance | met |
|---|---|---|---|---|---|"""


def page() -> str:
    """Return the whole page."""
    cases = [(load_case(name).spec, run_case(name)) for name in available("cases")]
    return "\n".join(
        [HEAD, *_overview(cases), *(_section(spec, answers) for spec, answers in cases), *_decisions(), ""]
    )


def _overview(cases: list[tuple[CaseSpec, list[Answer]]]) -> Iterator[str]:
    yield "| case | what it tests | numbers met | waiting |\n|---|---|---|---|"
    for spec, answers in cases:
        asked = [answer for answer in answers if answer.met is not None]
        met = f"{sum(bool(a.met) for a in asked)} of {len(asked)}"
        waiting = len(spec.waits) or ""
        yield f"| {_cell(spec.about.title)} | {_cell(', '.join(spec.about.features))} | {met} | {waiting} |"
    yield ""


def _section(spec: CaseSpec, answers: list[Answer]) -> str:
    models = dict.fromkeys(f"`{cohort.model}`" for cohort in spec.cohort.values())
    where = [text for text in (spec.source.repo, spec.source.package, spec.source.where) if text]
    lines = [
        f"## {spec.about.title}",
        "",
        f"Case `{spec.about.id}`; {'model ' + ', '.join(models) if models else 'given costs and effects, no model'}.",
        f"Source: {_cell(spec.source.citation)}. {_cell('; '.join(where))}{'.' if where else ''}",
        f"Licence: {_cell(spec.source.licence)}.",
        "",
        "| number | published | tolerance | from | met |",
        "|---|---|---|---|---|",
    ]
    words = {ask.id: f"{NOTES}: {_within(ask.within)}" for ask in spec.ask if ask.within is not None}
    for answer in answers:
        met = f"waits for {answer.waits_for}" if answer.waits_for else {True: "yes", False: "no"}.get(answer.met, "")
        cells = (answer.id, shown(answer.expected), words.get(answer.id) or limit(answer.tolerance), answer.origin, met)
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join([*lines, ""])


def _decisions() -> Iterator[str]:
    yield DECISIONS_HEAD
    for name in sorted(DECISIONS):
        for answer in run_case(DECIDING / f"{name}.json"):
            numbers = (shown(_rounded(answer.value)), shown(answer.expected), limit(answer.tolerance))
            cells = (name, answer.id, *numbers, "yes" if answer.met else "no")
            yield f"| {' | '.join(map(_cell, cells))} |"


def _rounded(value: Any) -> Any:
    """Return an answer without the digits in which two machines may differ."""
    if isinstance(value, Mapping):
        return {name: _rounded(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    return round(value, DECIMALS) + 0.0 if isinstance(value, float) else value


def shown(value: Any) -> str:
    """Return a published answer: its numbers where they are few, else how many there are."""
    size = count(value)
    if size > MOST_SHOWN:
        return f"{size} values"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(entry)}" for name, entry in value.items())
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if value is None:
        return "none"
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)


def count(value: Any) -> int:
    """Return how many numbers and words an answer holds."""
    if isinstance(value, Mapping):
        return sum(map(count, value.values()))
    return sum(map(count, value)) if isinstance(value, list) else 1


def limit(tolerance: Any) -> str:
    """Return a tolerance in words."""
    if not isinstance(tolerance, Mapping):
        return str(tolerance or "")
    words = {"rel": "{} of it", "abs": "{}", "microsim": "{} for simulated people"}
    return "; ".join(words[how].format(f"{size:g}" if how != "microsim" else size) for how, size in tolerance.items())


def _within(within: Within) -> str:
    """Return in words how near people must come who are followed one by one."""
    return f"means within {within.errors:g} standard errors, standard errors within {within.spread:g} of them"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
