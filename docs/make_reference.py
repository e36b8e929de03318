"""Write docs/reference/files.md and model-keys.md from the nouns that read files: ``python docs/make_reference.py``.

The pages cannot drift from the loaders: a test compares them with what this file makes.
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
from bothand.world.cases.nouns import CaseSpec
from bothand.world.help import Door, HelpLine
from bothand.world.language.dimensions import WORDS as UNITS
from bothand.world.model import ModelSpec
from bothand.world.place import PlaceFile, Point
from bothand.world.plan import Plan
from bothand.world.population import AgeGroup
from bothand.world.rules import Rule
from bothand.world.service import Service
from bothand.world.stakeholders import Stakeholder
from bothand.world.studyfile import Study
from bothand.world.terms import ProgrammeTerms, Term

ABOUT = {
    "key": "code name; at the head of a file it is the file's name without its ending",
    "label": "name for people",
    "short": "a shorter name",
    "note": "what a reader must know",
    "source": "where it comes from",
    "sources": "where it comes from",
}
"""What keys mean that stand in many files alike."""

IN_MODELS = {
    "in": "cells: for each dimension a level, a set of levels, or a list of these; `{}` is every cell",
    "let": "names for parts of formulas, read here only",
    "ModelSpec.let": "names for parts of formulas, read in the whole model; a variant may set them anew",
    "ModelSpec.rule": "needed for anybody to move",
    "Header.from_rates": "discrete time: needed where a rule has a `rate`",
    "Header.competing": "discrete time: needed where moves have a `probability`, or rates are converted each alone",
    "Header.strata": "people told apart by sex and age in every cell; left out, nobody is told apart",
    "Header.start_age": "discrete time: a formula, often the name of a value; then formulas may read `age`",
    "Header.start_year": "discrete time: a formula; then formulas may read `year`",
    "Strata.sex": 'any names, such as `["women", "men"]`',
    "Strata.age": "edges of bands: `[20, 40, 60]` are the bands `20-39` and `40-59`. In continuous time a share of a "
    "band moves to the next each year: 1 over its width (so stays in a band vary); the last band is not left by age",
    "Level.label": "name for people; may be empty",
    "Lever.kind": "what a service does to it; its unit follows: a share, places, kits a year",
    "Lever.status_quo": "a formula of values. A case sets a lever by a value of the lever's own name",
    "Table.by": "how it is read: `name[sex, age]`. Continuous time: by the names of sexes and bands; discrete time: by "
    "sex, whole years of age, and the number of the cycle",
    "Rule.to": 'what changes, such as `{ use = "remission" }`, or a way to die, `"dead.any"`',
    "Rule.rate": 'a hazard a year; `"none"` in a choice: no such move',
    "Rule.probability": "in discrete time, a cycle, in the place of a rate",
    "Rule.gate": "the capacity whose places are needed for this move",
    "Rule.death": "a move to `dead`, for the order of death and other moves",
    "Rule.request": "a name: each move counts as a request for it",
    "Rule.moves": "what the move is called in lists",
    "Rule.stage": "the stage of a cycle in which it acts",
    "Event.rate": "a hazard a year",
    "Event.stage": "the stage of a cycle in which it acts",
    "Branch.where": "cells in which the branch may follow",
    "Branch.death": "whoever follows it dies",
    "Branch.moves": "what the branch is called in lists",
    "Capacity.holds": "cells whose people take a place",
    "Capacity.places": "a formula: how many people there is room for",
    "Capacity.fill": "a formula, k: of those who ask, the share 1 - (N / C)^k is let in, with N people in C places; "
    "the larger, the later the gate closes",
    "Measure.value": "the weight of a person-year",
    "Count.rules": 'names of rules, or `"event: branch"` for a branch of an event',
    "Count.events": "names of whole events",
    "Reward.state": "for a year in the cell, whatever the cycle: a cycle of 1 month counts a twelfth of it",
    "Reward.move": "for each rule by its name: what one move gives, such as a cost",
    "Way.to": "the fork that comes next",
    "Way.end": "where people start: a level of every dimension, or a way to die",
    "Way.gives": "for each reward (or measure) by its name: what it gives, once",
    "Variant.set": "for each let of the model by its name: its formula under this strategy",
    "ModelSpec.dead": 'each way to die and its label; rules lead to `"dead.NAME"`',
    "ModelSpec.cells": "which combinations of levels exist",
    "ModelSpec.combine": 'two levers, `"a + b"`, and how they act on one rate',
    "CaseSpec.value": "numbers, each by the name that formulas read",
    "About.id": "the file's name without its ending",
    "Value.unit": "a word of the list at the end of this page; formulas are checked with it",
    "Value.label": "what it is",
    "Distribution.family": "each has its own keys, named beside them",
    "Distribution.rate": "1 over the scale",
    "Draws.file": "a CSV file beside the case",
    "Draws.size": "how many are drawn from the distributions",
    "Entries.by": "as the model's table of the same name has it",
    "Entries.file": "a CSV file beside the case: a column for each of `by`, and `value`. `age` is a whole year in "
    "discrete time, and a band such as `20-39` in continuous time",
    "Entries.values": "of a table by one thing: numbers for `first`, `first` + 1, and so on",
    "Cohort.model": "a file beside the case, or the name of a model that ships",
    "Cohort.start": "people in each state, by its name below; in a state of several cells all start in the first",
    "Cohort.tree": "a tree of the model, in the place of `start`",
    "Cohort.people": "with `tree`: how many come to it; 1 if left out",
    "Cohort.let": "formulas for names that the model reads and no value gives, or for its lets",
    "Cohort.stratum": 'where the model has strata: one, such as `"women 20-39"`, or the share of each, such as '
    '`{ "women 20-39" = 0.5, "men 20-39" = 0.5 }`',
    "Cohort.states": 'names for sets of cells: `in`-tables, a way to die such as `"dead.any"`, or `"dead"` for all',
    "Ask.question": "see [Questions](model-language.md#cases)",
    "Ask.cohort": "needed where the case has several",
    "Ask.variant": "the strategy; left out, the model as it stands",
    "Ask.from": "a state in which a single person starts",
    "Ask.at": "years from the start",
    "Ask.of": "a state of the cohort",
    "Ask.horizon": "years from the start",
    "Ask.reward": "a reward; in continuous time a measure or a count",
    "Ask.cost": "a reward, or a measure",
    "Ask.effect": "a reward, or a measure",
    "Ask.among": "the variants compared; left out, all",
    "Ask.against": "of `ratio`: the other variant",
    "Ask.discount": "continuous time: what a year takes off; discrete time has it in the reward",
    "Ask.compounding": "`continuous`: exp(-discount t), the usual way; `yearly`: (1 + discount)^-t",
    "Ask.counting": "in the place of the reward's own",
    "Ask.expected": "the answer where it is known, in the same form",
    "Ask.tolerance": 'with `expected`: `{ rel = 1e-9 }` or `{ abs = 0.01 }`, or `"exact"`',
    "Ask.origin": "where `expected` was read",
}
"""What keys of models and cases mean, by the noun and the key where that matters."""

PAGE = Path(__file__).parent / "reference" / "files.md"
MODEL_PAGE = PAGE.with_name("model-keys.md")
KINDS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("A study", "One TOML file. It names everything else.", Study),
    ("A plan", "One TOML file. How to write one: [Run your own plan](../how-to/run-your-own-plan.md).", Plan),
    ("A service", "One TOML file. Every number in it is the key of a quantity.", Service),
    ("A term", "One TOML file for each of the seven: how a service may be run. How to change it in a plan: "
     "[Change how a service is run](../how-to/change-how-a-service-is-run.md).", Term),
    ("The terms of a programme", "A TOML file of yours: how a programme runs its services. "
     "[Ask your own programme](../how-to/ask-your-programme.md).", ProgrammeTerms),
    ("A place", "One TOML file, with CSV tables beside it. How to write one: "
     "[Run your own place](../how-to/run-your-own-place.md).", PlaceFile),
    ("A place's figures by year", "A CSV table, named by `series`.", Point),
    ("A place's people by age", "A CSV table, named by `ages`.", AgeGroup),
    ("A place's rules", "A CSV table, named by `rules`.", Rule),
    ("Numbers to call in a place", "CSV tables, named by `help_lines`: the county's own, then the state's.", HelpLine),
    ("Where help is in a place", "A CSV table, named by `doors`.", Door),
    ("A value", "One TOML file for each of the eleven.", Value),
    ("A stakeholder", "One TOML file for each position on how much each value counts. How to write one: "
     "[Say what counts for you](../how-to/say-what-counts.md).", Stakeholder),
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

One TOML file, in a language of its own: [The model language](model-language.md). All its keys:
[Keys of a model and a case](model-keys.md).

## A case

One TOML file beside the models that it names: numbers with their source, questions, and what was published. Its tables
stand at the end of [The model language](model-language.md), all their keys in [Keys of a model and a
case](model-keys.md); how to write one: [Write your own model](../how-to/write-your-own-model.md).

## The results

[The results folder](results.md).
"""


def page() -> str:
    """Return the whole page."""
    head = (
        "# Files\n\n"
        "*Made by `docs/make_reference.py` from the code that reads the files.* Keys that are not listed are faults.\n"
        "`bothand schema plan` prints the same for machines; so do `study`, `place`, `service`, `term`,\n"
        "`programme` (its terms), `value`, `stakeholder`, `model`, `case` and `summary`.\n"
    )
    return "\n".join([head, *(section(title, words, noun) for title, words, noun in KINDS), EVIDENCE])


UNITS_TOLD = f"""## Units of a value

Each of these may stand under `unit`:
{", ".join(f"`{word}`" for word in UNITS)}.

A `hazard` is a rate a year, a
`duration` is in years, a `flow` is so many a year, and a number of people or places is a `count`. A starting age and a
discount may have any unit. A probability and a hazard are not added, and `exp` and `log` take no hazard:
`1 - exp(-hazard)` is refused, since a rule with a `rate` does it by the convention of the model.
"""


def model_page() -> str:
    """Return the whole page on the keys of models and cases."""
    head = (
        "# Keys of a model and a case\n\n"
        "*Made by `docs/make_reference.py` from the code that reads the files.* Keys that are not listed are faults.\n"
        "What the tables are for, and how formulas are written: [The model language](model-language.md).\n"
        'A *formula* is text such as `"lost * 2"`; a *choice* is a table with the key `by`.\n'
    )
    model = section("A model", "One TOML file. Needed: `[model]`, at least one `[dimension.NAME]`, and `[[cells]]`.",
                    ModelSpec)  # fmt: skip
    case = section("A case", "One TOML file beside its models.", CaseSpec)
    return "\n".join([head, model, case, UNITS_TOLD])


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
        name = field.alias or name
        told = IN_MODELS.get(f"{noun.__name__}.{name}") or field.description
        if told is None and noun.__module__ in (ModelSpec.__module__, CaseSpec.__module__):
            told = IN_MODELS.get(name)
        about = (told or ABOUT.get(name, "")).replace("|", "\\|")
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
    told = re.sub(r" \(DESIGN\.md, section \d+\)", "", " ".join((noun.__doc__ or "").split()))
    return told.replace("``", "`")


WORDS = {"str": "text", "float": "number", "int": "whole number", "bool": "true or false", "date": "a day"}


FORMULA = str | dict[str, Any]
CELLS = dict[str, str | list[str]]


def _kind(kind: Any) -> str:
    """Return a type in plain words."""
    if isinstance(kind, str):
        return f"`{kind}`"
    if kind is type(None) or kind is Ellipsis:
        return ""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _name(kind)
    if kind is Any:
        return "anything"
    if kind in (FORMULA, CELLS):
        return "formula or choice" if kind == FORMULA else "cells"
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
    MODEL_PAGE.write_text(model_page(), encoding="utf-8")
