"""Every plan again with some people on the other side of the line between use and addiction.

A screen misses some people with addiction and takes others for people with addiction who are not. Of day one, in turn:

    missed          of A people with addiction that are counted and a missed share m, A m / (1 - m) more stand among
                    those who use without addiction; they become as those with addiction who are in no treatment
    wrongly found   a share w of those with addiction who are in no treatment, nor wait for it, have none; they become
                    as those who use without addiction

People keep their sex, age and contact, and take the states of those whom they join, in the same proportions. Deaths and
people come as a pair: the supply is set so that as many die of overdose on day one as before. Nothing else is fitted
anew. First-round money, few draws. Source: DESIGN 9, rule 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.calibrate.run_in import overdose_hazard
from bothand.engine.arrays import WEEKS, Floats
from bothand.engine.compile import CompiledModel
from bothand.engine.rates import schedule
from bothand.evidence.draws import draw
from bothand.experiments.plans import Tried, try_dollars, try_study_plan
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS
from bothand.outcomes.county import County, open_county
from bothand.outcomes.trial import scales, status_quo
from bothand.principles.order import cells_of

MISSED, WRONGLY_FOUND = "missed", "wrongly_found"
ROWS = {MISSED: "screen_missed_share", WRONGLY_FOUND: "screen_wrongly_found_share"}
PEOPLE_AXES = (1, 2, 3)  # MATH: group, stratum and cell of people (D, O, S, N)
WITHOUT, WITH = "no_addiction", ("not_in_treatment", "in_treatment")


@dataclass(frozen=True)
class WrongSide:
    """One direction: the worlds in which people stand where they are in truth, and every plan tried in them.

    share (D,): of those counted on the one side, how many are moved; people (D,): how many they are.
    """

    direction: str
    share: Floats
    people: Floats
    world: World
    tried: tuple[Tried, ...]


def try_wrong_side(
    few: World, tried: Sequence[Tried], found: Floats, seed: int, tell: Callable[[str], None] = lambda words: None
) -> tuple[WrongSide, ...]:
    """Run every plan that spends first-round money again, in both directions.

    Args:
        few: the first draws of the worlds in which the plans were tried.
        tried: the runs of every plan; the one that is no plan of the study was found by search.
        found: dollars a year of the plan found by search, by option (I,).
        seed: of the two shares, which nothing else reads.
        tell: hears what is being run.

    Returns:
        Both directions; nothing where the model does not tell people without addiction apart.
    """
    model = few.setting.model
    if not {WITHOUT, *WITH} <= set(model.groups) or not few.county.grouped or not _untreated(model):
        return ()
    drawn = draw(few.setting.evidence, ROWS.values(), few.county.draws, seed).values
    plans = [t.plan for t in tried if t.mode == THREE_YEARS and t.acts]
    sides = []
    for direction, row in ROWS.items():
        tell(f"the line between use and addiction: {direction.replace('_', ' ')}")
        people, share = on_the_other_side(few.county, direction, drawn[row])
        where = with_people(few, people)
        gone = np.maximum(people - few.county.start.people, 0).sum(axis=PEOPLE_AXES)
        again = tuple(_again(where, plan, found) for plan in plans)
        sides.append(WrongSide(direction, share, np.asarray(gone), where, again))
    return tuple(sides)


def on_the_other_side(county: County, direction: str, wrong: Floats) -> tuple[Floats, Floats]:
    """Return the people of day one (D, O, S, N) as they are in truth, and the share (D,) of the one side that moved.

    ``wrong`` (D,) is the share of people with addiction who are missed, or of those found who have none.
    """
    model, people = county.setting.model, county.start.people
    without = [n for n, group in enumerate(model.group_of) if group == model.groups.index(WITHOUT)]
    untreated = _untreated(model)
    if direction == WRONGLY_FOUND:
        return _moved(model, people, untreated, without, wrong), wrong
    counted = people[:, [model.groups.index(group) for group in WITH]].sum(axis=PEOPLE_AXES)
    among = people[..., without].sum(axis=PEOPLE_AXES)
    share = np.minimum(counted * wrong / (1 - wrong) / among, 1)
    return _moved(model, people, without, untreated, share), share


def _untreated(model: CompiledModel) -> list[int]:
    """Return the cells of people with addiction who are in no treatment and do not wait for it; none without such."""
    own = model.groups.index(WITH[0])
    return [n for n in cells_of(model, {"use": ["settled"], "care": ["none"]}) if model.group_of[n] == own]


def _moved(
    model: CompiledModel, people: Floats, sources: Sequence[int], targets: Sequence[int], share: Floats
) -> Floats:
    """Move a share (D,) of everyone in some cells to others with the same contact, as people there are spread."""
    moved = people.copy()
    for touch in dict.fromkeys(model.cells[n].get("touch") for n in sources):
        into = [n for n in targets if model.cells[n].get("touch") == touch]
        there = people[..., into].sum(axis=(1, 2))  # (D, K)
        spread = there / there.sum(axis=1, keepdims=True)
        for n in (n for n in sources if model.cells[n].get("touch") == touch):
            leaving = share[:, None] * people[:, model.group_of[n], :, n]  # (D, S)
            moved[:, model.group_of[n], :, n] -= leaving
            for k, cell in enumerate(into):
                moved[:, model.group_of[cell], :, cell] += leaving * spread[:, k, None]
    return moved


def with_people(world: World, people: Floats) -> World:
    """Return the same worlds with other people on day one, and a supply of which as many die on that day."""
    county = world.county
    toxicity = county.environment.series["toxicity"] * same_deaths(county, people)
    onset = world.run_in.onset[: county.draws]
    moved = open_county(county.setting, world.values, replace(county.start, people=people), toxicity, onset)
    quo = status_quo(moved, world.horizons)
    return replace(world, county=moved, quo=quo, scales=scales(moved))


def same_deaths(county: County, people: Floats) -> Floats:
    """Return by how much the supply must be more or less toxic for as many overdose deaths on day one (D,)."""
    once, twice = (_hazard(county, times) for times in (1, 2))
    by_supply, fixed = twice - once, 2 * once - twice

    def dying(of: Floats, hazard: Floats) -> Floats:
        return np.asarray(np.einsum("dosn,nd->d", of[..., : hazard.shape[0]], hazard, optimize=True))

    before = dying(county.start.people, once)
    return np.maximum((before - dying(people, fixed)) / dying(people, by_supply), 0)


def _hazard(county: County, times: float) -> Floats:
    """Return overdose deaths a year of one person in each living cell (N, D) on day one, so many times as toxic."""
    environment = county.environment
    toxicity = environment.series["toxicity"] * times
    rates = schedule(county.setting.model, replace(environment, series={**environment.series, "toxicity": toxicity}))
    return overdose_hazard(county.setting.model, rates, county.quo.at_hand[:WEEKS].mean(axis=0))


def _again(where: World, name: str, found: Floats) -> Tried:
    plan = where.setting.plan(name)
    return try_study_plan(where, plan, THREE_YEARS) if plan else try_dollars(where, name, found, THREE_YEARS)
