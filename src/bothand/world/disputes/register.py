"""The dispute register as nouns: a claim, two sides with their sources, and a belief that a simulation can take up.

A belief says one of five things: values of rows of the evidence, one alternative of a set, a form of reach, a criterion
of recovery, or nothing, where a dispute is about values or outside the model (DESIGN.md, section 8).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from bothand.world.service import Key, Record, Text

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
BelievedReach = Literal["to the ceiling", "half the ceiling", "linear"]
Criterion = Literal["medication included", "without medication"]
StudyKind = Literal["count", "survey", "records", "cohort", "trial"]
About = Literal["a fact", "values"]
KINDS = ("quantity", "choose", "reach", "criterion", "none")
SIDES = 2  # UNIT: positions of a dispute


class Source(Record):
    """Where a position was read: a row of the evidence, or a work with its place."""

    row: Key | None = Field(None, description="quantity whose citation and locator stand for the source")
    citation: Text | None = Field(None, description="author, year and work, where no row holds it")
    locator: Text | None = Field(None, description="doi, page or table; with 'citation'")
    detail: Text | None = Field(None, description="what was seen there")


class Belief(Record):
    """What a side believes of the study's inputs: one of the five."""

    quantity: dict[Key, Number] = Field({}, description="row of the evidence -> value, in the row's unit")
    interval: dict[Key, tuple[Number, Number]] = Field({}, description="row -> low and high, where the side gives them")
    choose: dict[Key, Text] = Field({}, description="set of alternatives -> the option that the side uses")
    reach: BelievedReach | None = Field(None, description="how many of the people who could be found are found")
    criterion: Criterion | None = Field(None, description="what counts as recovery")
    none: Text | None = Field(None, description="why no input holds it: a matter of values, or outside the model")
    note: Text | None = Field(None, description="how the value follows from the source")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of the five the belief gives."""
        return tuple(kind for kind in KINDS if getattr(self, kind))


class Side(Record):
    """One position."""

    label: Text
    says: Text
    sources: tuple[Source, ...] = Field(min_length=1)
    belief: Belief


class Dispute(Record):
    """A claim and the two positions on it."""

    key: Key
    claim: Text
    about: About = Field(description="a fact that could be found out, or values, which no study settles")
    services: tuple[Key, ...] = Field((), description="services it is about, where it is about some")
    settled_by: Text = Field(description="which study or local count would settle it, or that none would")
    study: StudyKind | None = Field(
        None,
        description="the kind of study that is: a count of what programmes and payers hold, a survey, linked records, "
        "a cohort or a trial; what one costs is a row of the evidence; left out where no study would settle it",
    )
    side: tuple[Side, ...] = Field(min_length=SIDES, max_length=SIDES)


class Register(Record):
    """One file: disputes of one kind."""

    key: Key
    label: Text
    note: Text
    dispute: tuple[Dispute, ...] = Field(min_length=1)
