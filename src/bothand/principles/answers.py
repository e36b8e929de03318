"""What an audit says: a verdict and one sentence with its numbers, for each of two readings, and a word over both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["passes", "fails", "cannot tell", "not computed"]
Word = Literal["both", "one (harm reduction)", "one (recovery)", "neither", "cannot tell", "not computed"]


@dataclass(frozen=True)
class Answer:
    """One reading's verdict on one plan, why in one sentence, and what stands behind it."""

    verdict: Verdict
    why: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audit:
    """One rule on one plan: two answers, never added."""

    rule: str
    hr: Answer
    r: Answer

    @property
    def word(self) -> Word:
        """The word over both readings."""
        return word(self.hr.verdict, self.r.verdict)

    @property
    def more(self) -> tuple[str, ...]:
        """What stands behind both answers, each sentence once."""
        return tuple(dict.fromkeys((*self.hr.more, *self.r.more)))


def word(hr: Verdict, r: Verdict) -> Word:
    """Return "both", "one", named, or "neither"; where no reading passes and one is not known, that it is not known."""
    passed: Mapping[tuple[bool, bool], Word] = {
        (True, True): "both",
        (True, False): "one (harm reduction)",
        (False, True): "one (recovery)",
    }
    found = passed.get((hr == "passes", r == "passes"))
    if found:
        return found
    if "cannot tell" in (hr, r):
        return "cannot tell"
    return "not computed" if "not computed" in (hr, r) else "neither"


def worst(answers: list[Verdict]) -> Verdict:
    """Return what several conditions that all must hold come to: a failure first, then what is not known."""
    for verdict in ("fails", "not computed", "cannot tell"):
        if verdict in answers:
            return verdict
    return "passes"
