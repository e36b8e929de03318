"""A stakeholder: one position on how much each value counts. One position is one TOML file.

A *weight* is the share of all that counts which a value has, for the whole way from today to the most that this money
could do for that value. Nobody has to give a number: an order, a bound, a ratio or a choice between two plans leaves a
set of weights, and every weight in it is taken seriously (knowledge/deciding.md, sections 2 and 4).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from bothand.world.service import Key, Record, Text

MOST_POINTS = 100  # UNIT: points of the value whose whole way counts most

Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Times = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Points = Annotated[float, Strict(), Field(gt=0, le=MOST_POINTS, allow_inf_nan=False)]


class RatioBound(Record):
    """One value counts so many times as much as another, at least, at most or both."""

    more: Key = Field(description="the value that is compared")
    less: Key = Field(description="the value it is compared with")
    at_least: Times | None = Field(None, description="its weight is at least so many times the other's")
    at_most: Times | None = Field(None, description="its weight is at most so many times the other's")


class Together(Record):
    """Several values have so much of all weight together, at least, at most or both."""

    values: tuple[Key, ...] = Field(description="the values whose weights are added")
    at_least: Share | None = Field(None, description="the least share of all weight that they have together")
    at_most: Share | None = Field(None, description="the largest share of all weight that they have together")


class AskedAgain(Record):
    """The points of one value asked again over a longer or shorter way, to see whether the question made them.

    It says nothing of weights: half of the way should get half of the points, and whether it did is reported.
    """

    value: Key = Field(description="a value that has points, but not the one with most of them")
    way: Times = Field(description="how much of its way was asked about: 0.5 is half of it, 2 twice as far; never 1")
    points: Times = Field(description="its points for that way, beside the same 100")


class Swing(Record):
    """Swing weights: the value whose whole way counts most has 100 points, each other one its points beside it."""

    points: dict[Key, Points] = Field(description="by value, two or more: above 0, at most 100")
    tolerance: Annotated[float, Strict(), Field(ge=0, lt=1, allow_inf_nan=False)] = Field(
        description="how far each number may be off, as a share of it; 0.2 is a fifth either way"
    )
    again: tuple[AskedAgain, ...] = Field((), description="points that were asked again over another way")

    @property
    def top(self) -> str:
        """The value with most points, beside which the others are asked; of equals, the first."""
        return max(self.points, key=lambda value: self.points[value])


class Preference(Record):
    """A choice between two plans that the stakeholder made or accepts: the first is at least as good."""

    plan: Text = Field(description="key of the plan that is at least as good")
    over: Text = Field(description="key of the other plan")
    note: Text | None = None


class Stakeholder(Record):
    """One position on how much each value counts."""

    key: Key
    label: Text
    short: Text
    stands_for: Text = Field(description="the order of values that the position stands for, in its holders' words")
    note: Text
    source: Text = Field(description="whose statements these are and how they were asked")
    reviewed: Text = Field(description="who holds it and reviewed it, and when, or 'drafted, not reviewed'")
    order: tuple[Key | tuple[Key, ...], ...] = Field(
        (),
        description="values, each counting at least as much as the next; a list inside has no order of its own",
    )
    at_least: dict[Key, Share] = Field({}, description="by value: the least share of all weight")
    at_most: dict[Key, Share] = Field({}, description="by value: the largest share of all weight")
    family_at_least: dict[Key, Share] = Field(
        {}, description="by family of values: the least share that they have together"
    )
    family_at_most: dict[Key, Share] = Field(
        {}, description="by family of values: the largest share that they have together"
    )
    together: tuple[Together, ...] = Field((), description="what several values have together")
    ratio: tuple[RatioBound, ...] = Field((), description="how many times one value counts as much as another")
    swing: Swing | None = Field(None, description="points for the whole way of each value, with a tolerance")
    prefers: tuple[Preference, ...] = Field((), description="choices between two plans that are accepted")

    @property
    def tiers(self) -> tuple[tuple[str, ...], ...]:
        """The order as tiers from the top; nothing is said of which value of one tier counts more."""
        return tuple((step,) if isinstance(step, str) else step for step in self.order)

    @property
    def silent(self) -> bool:
        """True when nothing is said of weights: then every weight would be allowed."""
        said = (self.order, self.at_least, self.at_most, self.together, self.ratio, self.swing, self.prefers)
        return not any((*said, self.family_at_least, self.family_at_most))
