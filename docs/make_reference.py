"""Write docs/reference/files.md from the nouns that read the files: ``python docs/make_reference.py``.

The page cannot drift from the loaders: a test compares it with what this file makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bothand.evidence.quantity import DISTRIBUTIONS, GRADES, ORIGINS, ROLES
from bothand.evidence.rows import COLUMNS
from bothand.outcomes.lines import Inventory, LedgerFile
from bothand.outcomes.ratings import COLUMNS as RATINGS
from bothand.outcomes.values import COLUMNS as MARKS
from bothand.outcomes.values import Value
from bothand.world.place import PlaceFile, Point
from bothand.world.plan import Plan
from bothand.world.population import AgeGroup
from bothand.world.rules import Rule
from bothand.world.service import Service
from bothand.world.studyfile import Study
from bothand.world.terms import Term

ABOUT = {
    "key": "code name; at the head of a file it is the file's name without its ending",
    "label": "name for people",
    "short": "a shorter name",
    "note": "what a reader must know",
    "source": "where it comes from",
    "sources": "where it comes from",
}
"""What keys mean that stand in many files alike."""

PAGE = Path(__file__).parent / "reference" / "files.md"
KINDS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("A study", "One TOML file. It names everything else.", Study),
    ("A plan", "One TOML file. How to write one: [Run your own plan](../how-to/run-your-own-plan.md).", Plan),
    ("A service", "One TOML file. Every number in it is the key of a quantity.", Service),
    ("A term", "One TOML file for each of the seven: how a service may be run. How to change it in a plan: "
     "[Change how a service is run](../how-to/change-how-a-service-is-run.md).", Term),
    ("A place", "One TOML file, with CSV tables beside it. How to write one: "
     "[Run your own place](../how-to/run-your-own-place.md).", PlaceFile),
    ("A place's figures by year", "A CSV table, named by `series`.", Point),
    ("A place's people by age", "A CSV table, named by `ages`.", AgeGroup),
    ("A place's rules", "A CSV table, named by `rules`.", Rule),
    ("A value", "One TOML file for each of the eleven.", Value),
    ("A ledger", "One TOML file each for infections, families and the community.", LedgerFile),
    ("An inventory of perspectives", "One TOML file: what each perspective on money looks at.", Inventory),
)  # fmt: skip
EVIDENCE = f"""## A table of quantities

A CSV file. Its columns, in this order: {", ".join(f"`{name}`" for name in COLUMNS)}.

`role` is one of {", ".join(ROLES)}. `grade` is one of {", ".join(GRADES)}. `interval_origin` is one of
{", ".join(ORIGINS)}. `distribution` is one of {", ".join(DISTRIBUTIONS)}. `low` to `high` holds 95 % of the
distribution. A row needs a citation and a locator. A judgement also needs `judged_by`, `judged_from` and `judged_why`.
A ratio needs a `reference_population`. A sum of money needs its price year in `year`, such as `2019 USD`.
Units are words: `probability`, `share`, `per person-year`, `hazard ratio`, `USD per kit`, `kits per year`, `weeks`.

## The marks of the picture

A CSV file. Its columns, in this order: {", ".join(f"`{name}`" for name in MARKS)}. What they mean:
[Review a mark](../how-to/review-a-mark.md).

## What a panel says

A CSV file. Its columns, in this order: {", ".join(f"`{name}`" for name in RATINGS)}. How to ask:
[Ask a panel](../how-to/ask-a-panel.md).

## A model

One TOML file, in a language of its own: [The model language](model-language.md).

## A case

One TOML file beside the models that it names: numbers with their source, questions, and what was published. Its tables
stand at the end of [The model language](model-language.md); how to write one: [Write your own
model](../how-to/write-your-own-model.md).

## The results

[The results folder](results.md).
"""


def page() -> str:
    """Return the whole page."""
    head = (
        "# Files\n\n"
        "*Made by `docs/make_reference.py` from the code that reads the files.* Keys that are not listed are faults.\n"
        "`bothand schema plan` prints the same for machines; so do `study`, `place`, `service`, `term`, `value`,\n"
        "`model` and `summary`.\n"
    )
    return "\n".join([head, *(section(title, words, noun) for title, words, noun in KINDS), EVIDENCE])


def section(title: str, words: str, noun: type[BaseModel]) -> str:
    """Return one kind of file: its fields, then those of the tables inside it."""
    parts = [f"## {title}\n\n{words}\n\n{table(noun)}"]
    parts += [
        f"### In a {title.split(' ', 1)[1]}: {_name(part)}\n\n{_told(part)}\n\n{table(part)}" for part in _inside(noun)
    ]
    return "\n".join(parts)


def table(noun: type[BaseModel]) -> str:
    """Return the fields of a noun as a table."""
    rows = ["| key | what stands there | needed | about |", "|---|---|---|---|"]
    for name, field in noun.model_fields.items():
        needed = "yes" if field.default is PydanticUndefined and field.default_factory is None else "no"
        about = (field.description or ABOUT.get(name, "")).replace("|", "\\|")
        rows.append(f"| `{name}` | {_kind(field.annotation)} | {needed} | {about} |")
    return "\n".join([*rows, ""])


def _inside(noun: type[BaseModel]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    for field in noun.model_fields.values():
        for part in _nouns(field.annotation):
            found += [part, *_inside(part)]
    return list(dict.fromkeys(found))


def _nouns(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _nouns(part)


def _name(noun: type[BaseModel]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", noun.__name__).lower()


def _told(noun: type[BaseModel]) -> str:
    return re.sub(r" \(DESIGN\.md, section \d+\)", "", " ".join((noun.__doc__ or "").split()))


WORDS = {"str": "text", "float": "number", "int": "whole number", "bool": "true or false", "date": "a day"}


def _kind(kind: Any) -> str:
    """Return a type in plain words."""
    if isinstance(kind, str):
        return f"`{kind}`"
    if kind is type(None) or kind is Ellipsis:
        return ""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _name(kind)
    args = get_args(kind)
    origin = getattr(kind, "__origin__", None)
    if hasattr(kind, "__metadata__"):
        return _kind(args[0])
    if origin is dict:
        return f"table of {_kind(args[1])}"
    if origin in (tuple, list):
        inner = _kind(args[0])
        return f"list of {inner}" if len(args) < 2 or args[1] is Ellipsis else f"pair of {inner}s"
    if args:
        return " or ".join(dict.fromkeys(word for word in map(_kind, args) if word))
    return WORDS.get(getattr(kind, "__name__", ""), str(kind))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
