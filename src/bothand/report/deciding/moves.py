"""Whether one change of a plan improves everything, and the plan that beats what others do for every group."""

from __future__ import annotations

from dataclasses import dataclass

from bothand.report.charts import Table
from bothand.report.lookup import Index, in_hundred, number, ranged, signed
from bothand.report.summary import MovePart
from bothand.words import dollars, in_sentence, join_words

TITLE = "Is there a change that improves everything?"
DECK = (
    "Each plan is asked twice: is there one change of its money by which every value gains? And one by which every "
    "group gains? A line that search may not change stays as it is."
)
NOTE = (
    "Gains are shares of the most that a value or a group could get if it alone decided. A change is found on the "
    "curves and run again in the full model, in few runs. A proof gives each value a weight and a dollar a price. By "
    "these anyone can check that no change is left that helps all."
)
EVERY = {"values": "Every value gains", "groups": "Every group gains"}


@dataclass(frozen=True)
class MovesView:
    """Everything that the page about changes shows."""

    title: str
    deck: str
    said: str
    table: Table
    details: Table
    note: str
    beats: str
    groups: Table


def view(index: Index) -> MovesView | None:
    """Return the page; None where no change was asked for."""
    s = index.summary
    if not s.moves:
        return None
    return MovesView(
        title=TITLE,
        deck=DECK,
        said=index.title("moves"),
        table=_table(index),
        details=_details(index),
        note=NOTE,
        beats=s.beats_others.text if s.beats_others else "",
        groups=_groups(index),
    )


def _table(index: Index) -> Table:
    found: dict[tuple[str, str], MovePart] = {(one.plan, one.over): one for one in index.summary.moves}
    rows = [
        [index.name(plan), *(short(found[plan, over]) if (plan, over) in found else "" for over in EVERY)]
        for plan in dict.fromkeys(one.plan for one in index.summary.moves)
    ]
    return Table("Is there one change of the plan by which", ["Plan", *EVERY.values()], rows)


def short(one: MovePart) -> str:
    """Return the answer in a few words."""
    if one.answer == "move":
        return f"Yes: each gains {in_hundred(min(one.in_full_model.values()))} or more"
    return {
        "contradicted": "Only by the curves; not in the full model",
        "none": "No, and weights prove it",
        "open": "None found, and none proved",
    }[one.answer]


def _details(index: Index) -> Table:
    rows = [
        [
            index.name(one.plan),
            EVERY[one.over],
            join_words([f"{_moved(shift.dollars)} {in_sentence(index.name(shift.service))}" for shift in one.changes]),
            _each(index, one.on_curves),
            _each(index, one.in_full_model),
            f"at most {number(one.left)}",
            _each(index, {key: weight for key, weight in one.weights.items() if weight > 0}),
        ]
        for one in index.summary.moves
    ]
    heads = ["Plan", "So that", "Dollars a year", "Gains, by the curves", "Gains, full model", "Left", "Weights"]
    return Table("Each change, and the proof of how much is left", heads, rows)


def _moved(usd: float) -> str:
    return dollars(usd) if usd < 0 else f"+{dollars(usd)}"


def _each(index: Index, shares: dict[str, float]) -> str:
    return "; ".join(f"{in_sentence(index.name(key))} {number(share)}" for key, share in shares.items())


def _groups(index: Index) -> Table:
    beats = index.summary.beats_others
    rows = [[index.name(g.group), ranged(g.per_1000, signed)] for g in beats.groups] if beats else []
    caption = "What that plan brings each group more than spending as others do"
    return Table(caption, ["Group", "Healthy life-years, per 1,000 people of the group"], rows)
