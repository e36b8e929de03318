"""Who loses under a plan and what would undo it, and in how many runs no group at all is worse off."""

from __future__ import annotations

from dataclasses import dataclass

from bothand.keys import HEALTHY
from bothand.report.lookup import REFERENCES, Index, in_hundred, ranged, signed
from bothand.words import in_sentence, join_words


@dataclass(frozen=True)
class Loss:
    """A group that loses, how, what would repair it, and the other repairs."""

    group: str
    reference: str
    amount: str
    mechanism: str
    repair: str
    others: list[str]


def losses(index: Index, plan: str) -> list[Loss]:
    """Return every loss under a plan, in the order of the summary."""
    labels = {i.key: in_sentence(i.label) for i in index.summary.indicators}
    return [
        Loss(
            group=index.name(x.group),
            reference=REFERENCES[x.reference],
            amount=f"{ranged(x.amount, signed)} {labels.get(x.indicator, x.indicator)} per 1,000 people",
            mechanism=x.mechanism,
            repair=x.repair,
            others=[part.text for part in x.repairs if part.text != x.repair],
        )
        for x in index.summary.losers
        if x.plan == plan
    ]


def joint(index: Index, plan: str) -> str:
    """Return in how many runs no group is worse off, against each reference and against both at once."""
    said = [
        f"{in_hundred(j.share_no_group_worse, 'runs')} {REFERENCES[j.reference]}"
        for j in index.summary.joint
        if j.plan == plan and j.indicator == HEALTHY
    ]
    margin = f" {index.margin}" if index.margin else ""
    if not said:
        return ""
    text = f"No group at all loses healthy life-years{margin}: {join_words(said)}."
    shares = [x for x in index.summary.joint_all if x.plan == plan]
    alone = next((x.share_no_group_worse for x in shares if x.indicators == [HEALTHY]), None)
    by_any = next((x.share_no_group_worse for x in shares if x.indicators != [HEALTHY]), None)
    if alone is not None:
        text += f" Against both at once it is {in_hundred(alone, 'runs')}"
        text += f", and {in_hundred(by_any, 'runs')} if years in remission count too." if by_any is not None else "."
    return text
