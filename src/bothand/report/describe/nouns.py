"""The nouns of a description. A part with a formula keeps it twice: as the file has it (``written``), and written out
for the cells in which it holds (``formulas``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bothand.report.describe.quantities import Used
from bothand.report.describe.stations import Wiring


@dataclass(frozen=True)
class Named:
    """Anything with a code name and a public label; ``note`` is a further fact in words."""

    code: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a formula as the file has it: how deep it stands, words before it, and the formula, if any."""

    depth: int
    head: str
    formula: str = ""

    @property
    def text(self) -> str:
        """The line without its indentation."""
        return " ".join(part for part in (self.head, self.formula) if part)


@dataclass(frozen=True)
class Formula:
    """One formula and where it holds. ``goes`` says what changes, for a move; ``moves`` counts edges or cells."""

    text: str
    where: tuple[str, ...]
    count: int
    goes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A rule, an event, a branch or a measure: what it means, and its formulas."""

    code: str
    label: str
    notes: tuple[str, ...]
    written: tuple[Line, ...]
    formulas: tuple[Formula, ...]

    @property
    def plain(self) -> bool:
        """Whether the formula as the file has it is the one formula that it comes to, so that one of them is enough."""
        return len(self.formulas) == 1 and [line.text for line in self.written] in ([], [self.formulas[0].text])


@dataclass(frozen=True)
class Event:
    """An event and the branches that follow it."""

    rate: Part
    branches: tuple[Part, ...]


@dataclass(frozen=True)
class Dimension:
    """A dimension with its levels and its named sets."""

    code: str
    label: str
    levels: tuple[Named, ...]
    sets: tuple[Named, ...]


@dataclass(frozen=True)
class Phase:
    """Steps that split cells by time."""

    code: str
    where: tuple[str, ...]
    steps: tuple[Named, ...]


@dataclass(frozen=True)
class Group:
    """A day-one group: who is in it, and every compartment."""

    number: int
    code: str
    label: str
    where: tuple[str, ...]
    cells: tuple[Named, ...]


@dataclass(frozen=True)
class Inputs:
    """A capacity, the stock or an inflow: its formulas by what they stand for, with facts in words."""

    code: str
    label: str
    facts: tuple[tuple[str, str], ...]
    formulas: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Lever:
    """What a service may move."""

    code: str
    label: str
    kind: str
    unit: str
    status_quo: str
    eligible: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One way to run services: its question, and for each choice what it changes in this model."""

    code: str
    label: str
    question: str
    choices: tuple[Named, ...]  # code, label, and what follows, or that it is not known
    evidence: tuple[str, ...]  # quantities that speak to it, in use or not


@dataclass(frozen=True)
class Content:
    """Everything a description says, in the order in which it says it."""

    code: str
    label: str
    note: str
    sizes: tuple[tuple[str, int], ...]
    strata: tuple[str, ...]
    drawings: tuple[Wiring, ...]
    dimensions: tuple[Dimension, ...]
    phases: tuple[Phase, ...]
    dead: tuple[Named, ...]
    groups: tuple[Group, ...]
    lets: tuple[tuple[str, tuple[Line, ...]], ...]
    rules: tuple[Part, ...]
    passing: tuple[Part, ...]
    events: tuple[Event, ...]
    capacities: tuple[Inputs, ...]
    stock: tuple[Inputs, ...]
    inflows: tuple[Inputs, ...]
    levers: tuple[Lever, ...]
    given: tuple[Named, ...]
    measures: tuple[Part, ...]
    counts: tuple[Named, ...]
    declared: tuple[tuple[str, str], ...]
    assumed: tuple[str, ...]
    quantities: tuple[Used, ...]
    terms: tuple[Term, ...] = ()
    carried: tuple[Part, ...] = ()

    @property
    def size(self) -> Mapping[str, int]:
        """Sizes by what is counted."""
        return dict(self.sizes)
