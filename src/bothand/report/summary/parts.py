"""What every part of the summary is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["harm_reduction", "bridge", "treatment", "recovery", "family", "prevention", "community"]
Verdict = Literal["gains", "gains_least", "loses", "cannot_tell"]
Lane = Literal["go_together", "compete", "in_each_others_way"]
Reference = Literal["no_new_money", "as_others_do"]


class Part(BaseModel):
    """A frozen piece of the summary; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(Part):
    """Mean and the range of 19 in 20 runs."""

    mean: float
    low: float
    high: float
