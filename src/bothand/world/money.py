"""The money of a place by year: what was received and not spent, what is still to come, the first round.

Payments are an illustration times an uncertain factor; the rules by which they are spent are words in the place file.
Dollars are those of the year in which they are paid (nominal): nothing is indexed, which the place file says.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal

import numpy as np
from pydantic import Field, Strict

from bothand.evidence.arrays import Floats
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document
from bothand.keys import ALL_YEARS, THREE_YEARS
from bothand.world.service import Key, Record, Text, Year

if TYPE_CHECKING:
    from bothand.world.place import Place

MODES = (THREE_YEARS, ALL_YEARS)
RETURNED: Final = "returned"
CARRIED: Final = "next period"
CARRY_OVER = {
    RETURNED: "Money that finds no use in its spending period is returned; none of it is carried into the next.",
    CARRIED: "Money that finds no use in one spending period is added to the next, and shared out by the plan again; "
    "what finds no use in the last is returned.",
}
"""What happens to money that finds no use, by the place's rule, in words for the page."""

Dollars = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
Day = Annotated[datetime.date, Strict()]


class FirstRound(Record):
    """Money that is already offered: a sum over a window, and the calendar years in which the model spends it."""

    usd: Dollars
    first_day: Day
    last_day: Day
    spent: tuple[Year, Year] = Field(description="first and last calendar year in which it is spent, evenly")
    note: Text = Field(description="how the window maps to calendar years")
    source: Text


class HeldBack(Record):
    """A reserve: a share of each year's money that is kept, and the later years in which it is spent."""

    share: Annotated[float, Strict(), Field(gt=0, lt=1, allow_inf_nan=False)] = Field(
        description="share of each year's money before the first of 'spent' that is held back"
    )
    spent: tuple[Year, Year] = Field(description="first and last year in which it is spent, evenly")
    source: Text


class Money(Record):
    """What a place has to spend, and by which rules. Quantities are named by key."""

    label: Text
    receipts: Key = Field(description="measure of the place's series: USD received by year")
    receipts_note: Text
    factor: Key = Field(description="quantity: by how much the receipts still to come may be wrong, a ratio")
    unspent: Key = Field(description="quantity: USD received and not spent on day one")
    board_lag: Key = Field(description="quantity: time from the board's vote to money in a provider's hands")
    reserve: Literal["spread", "as received"] = Field(description="when the unspent receipts of day one are spent")
    reserve_note: Text
    held_back: HeldBack | None = Field(None, description="a share of each year's money kept for later; absent = none")
    carry_over: Literal["returned", "next period"] = Field(
        RETURNED, description="what happens to money that finds no use in its spending period"
    )
    dollars_note: Text = Field(description="nominal dollars against the price year of the report")
    periods: tuple[tuple[Year, Year], ...] = Field(min_length=1, description="spending periods: first and last year")
    first_round: FirstRound


def spendable(
    place: Place,
    values: Mapping[str, Floats],
    mode: str,
    years: Sequence[int],
    periods: Sequence[tuple[int, int]] = (),
) -> Floats:
    """Return the dollars that can be spent each year (Y, D), nominal USD; Y follows ``years``.

    ``values`` are draws (D,) by key. ``three_years``: the first round, evenly over its calendar years, then nothing.
    ``all_years``: in each spending period the receipts of its years x factor, evenly over the period, and the unspent
    receipts of day one by the reserve rule: "spread" (evenly over all years of all periods) or "as received" (all in
    the first period). What is then held back of the years before a reserve is spent is spent in the reserve's years.
    Carry-over, which asks what a plan could use, is made where plans are tried. ``periods`` replaces the place's own of
    ``all_years``, for a study that states its own.

    Raises FaultsFound for an unknown mode, a place without money, or a draw that is missing.
    """
    money = place.about.money
    faults = []
    if mode not in MODES:
        words = f"unknown mode '{mode}'; allowed: {', '.join(MODES)}."
        faults.append(Fault(place.key, words, nearest=nearest(mode, MODES)))
    if money is None:
        raise FaultsFound([*faults, Fault(place.key, f"{place.label} has no money of its own in its file.")])
    faults += [Fault(place.key, f"no draw of '{k}'.") for k in (money.unspent, money.factor) if k not in values]
    if faults:
        raise FaultsFound(faults)
    if mode == THREE_YEARS:
        first, last = money.first_round.spent
        row = np.array([money.first_round.usd / (last - first + 1) if first <= year <= last else 0.0 for year in years])
        return np.repeat(row[:, None], len(values[money.unspent]), axis=1)
    return _all_years(place, money, values, years, periods or money.periods)


def _all_years(
    place: Place,
    money: Money,
    values: Mapping[str, Floats],
    years: Sequence[int],
    periods: Sequence[tuple[int, int]],
) -> Floats:
    paid = {p.year: p.value or 0.0 for p in place.points if p.measure == money.receipts}
    lengths = [last - first + 1 for first, last in periods]
    found = np.zeros((len(years), len(values[money.unspent])))
    for number, (first, last) in enumerate(periods):
        comes = sum(usd for year, usd in paid.items() if first <= year <= last)
        share = lengths[number] / sum(lengths) if money.reserve == "spread" else float(number == 0)
        total = comes * values[money.factor] + share * values[money.unspent]
        inside = [i for i, year in enumerate(years) if first <= year <= last]
        found[inside] = total / lengths[number]
    return _with_reserve(found, money.held_back, years) if money.held_back else found


def _with_reserve(found: Floats, reserve: HeldBack, years: Sequence[int]) -> Floats:
    """Return the dollars of each year with the reserve kept from earlier years and spent in its own."""
    first, last = reserve.spent
    early = np.array([year < first for year in years])
    later = np.array([first <= year <= last for year in years])
    held = reserve.share * found[early].sum(axis=0)
    kept = np.where(early[:, None], (1 - reserve.share) * found, found)
    return np.asarray(kept + np.where(later[:, None], held / later.sum(), 0.0))


def rules_in_words(money: Money) -> list[str]:
    """Return the rules by which the money is spent, each in a sentence or two, from the data that the run reads."""
    said = [money.receipts_note, money.reserve_note]
    if money.held_back:
        first, last = money.held_back.spent
        said.append(
            f"{money.held_back.share:.0%} of each year's money before {first} is held back and spent evenly over "
            f"{first} to {last}, without interest ({money.held_back.source})."
        )
    return [*said, CARRY_OVER[money.carry_over], money.dollars_note]


def money_faults(money: Money, receipts: Sequence[tuple[int, int]], document: Document) -> Iterator[Fault]:
    """Yield what is wrong with the money of a place file; ``receipts`` are (line, year) of its payments."""
    before = 0
    for first, last in money.periods:
        if last < first or first <= before:
            yield document.fault(f"the spending period {first}-{last} is out of order.", ("money", "periods"))
        before = max(before, last)
    start, end = money.periods[0][0], money.periods[-1][1]
    late = sorted({year for _, year in receipts if year >= start and not _paid(year, money.periods)})
    if late:
        words = f"payments of {', '.join(map(str, late))} lie in no spending period ({start} to {end})."
        yield document.fault(words, ("money", "periods"))
    if not receipts:
        words = f"the series has no payment under '{money.receipts}'."
        yield document.fault(words, ("money", "receipts"))
    if money.held_back:
        first, last = money.held_back.spent
        if not start < first <= last <= end:
            words = f"what is held back is spent in {first}-{last}; that must lie after {start} and by {end}, in order."
            yield document.fault(words, ("money", "held_back", "spent"))
    round_ = money.first_round
    if round_.usd == 0:
        yield document.fault("the first round is of no dollar; plans share it out.", ("money", "first_round", "usd"))
    if round_.last_day <= round_.first_day:
        yield document.fault("the first round ends before it begins.", ("money", "first_round", "last_day"))
    if round_.spent[1] < round_.spent[0]:
        yield document.fault("the years of the first round are out of order.", ("money", "first_round", "spent"))


def _paid(year: int, periods: Sequence[tuple[int, int]]) -> bool:
    return any(first <= year <= last for first, last in periods)
