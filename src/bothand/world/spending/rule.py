"""Earmarks, ceilings, exclusions and a cap: what law, a settlement or a board says of how money may be spent.

    earmark     ``at_least``: a service gets this much of the money, the usual word for money set aside for one purpose
    ceiling     ``at_most``: a service gets no more than this
    exclusion   ``must_not``: a service gets nothing
    cap         ``downstream_cap``: others are asked for no more than this beside the plan's own dollars

They bind what search may choose. Plans that people have drawn up stay as they are. Dollars are those of a year of the
first round; at another budget each rule is read as the same share of the money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field, Strict

from bothand.world.service import Flag, Key, Record, Text

Dollars = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]


class SpendingRule(Record):
    """What one service gets of the money, whatever plan is found."""

    service: Key
    at_least: Dollars | None = Field(None, description="an earmark: dollars a year that the service gets at least")
    at_most: Dollars | None = Field(None, description="a ceiling: dollars a year that the service gets at most")
    must_not: Flag = Field(False, description="an exclusion: no plan that is found pays for the service")
    because: Text = Field(description="whose rule it is, in a sentence that the report prints")
    source: Text


class DownstreamCap(Record):
    """How much others may be asked for beside the plan's own dollars."""

    usd: Dollars = Field(
        description="dollars a year: all that others are asked for until the last year of the run, the other payers' "
        "part of the services and treatment that follows, for each year in which the plan's money is spent"
    )
    because: Text = Field(description="whose rule it is, in a sentence that the report prints")
    source: Text


@dataclass(frozen=True)
class Bounds:
    """All rules of a study and its place together.

    Attributes:
        at_least, at_most: service -> dollars a year. must_not: services that get nothing.
        cap: dollars a year, None = no cap. stated: every rule, the study's first. caps: every cap.
    """

    at_least: dict[str, float]
    at_most: dict[str, float]
    must_not: tuple[str, ...]
    cap: float | None
    stated: tuple[SpendingRule, ...] = ()
    caps: tuple[DownstreamCap, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stated or self.caps)


def bounds_of(rules: Sequence[SpendingRule], caps: Sequence[DownstreamCap | None]) -> Bounds:
    """Return what rules say together: of several on one service the strictest."""
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for rule in rules:
        if rule.at_least is not None:
            least[rule.service] = max(least.get(rule.service, 0.0), rule.at_least)
        if rule.at_most is not None:
            most[rule.service] = min(most.get(rule.service, np.inf), rule.at_most)
    given = tuple(cap for cap in caps if cap is not None)
    return Bounds(
        least,
        most,
        tuple(dict.fromkeys(rule.service for rule in rules if rule.must_not)),
        min((cap.usd for cap in given), default=None),
        tuple(rules),
        given,
    )
