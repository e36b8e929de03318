"""Equal worth over the whole model: whoever lives a life-year, whatever they use, it moves every value alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import bothand.principles.swaps as swaps
from bothand.engine.arrays import Floats, Held, Schedule, Trajectory
from bothand.engine.cohort import simulate
from bothand.experiments.plans import PUBLIC_QUALITY, QUALITY, try_dollars
from bothand.keys import THREE_YEARS
from bothand.outcomes.equal_worth import healthy_life_years
from bothand.outcomes.indicators import Run, Scales, gains
from bothand.principles.swaps import swap_gap
from experiments.small_worlds import setting, told, world

SERVICES = len(setting().services)
CELLS = setting().model.chain.n_living


@settings(max_examples=6, deadline=None)
@given(
    shares=st.lists(st.floats(0, 1), min_size=SERVICES, max_size=SERVICES),
    quality=st.sampled_from([QUALITY, PUBLIC_QUALITY]),
)
def test_two_people_with_the_same_life_years_swap_their_use_status_and_no_value_moves(
    shares: list[float], quality: str
) -> None:
    yearly = np.array(shares) / max(sum(shares), 1) * world().yearly_budget
    plan = try_dollars(world(), "any", yearly, THREE_YEARS)
    assert swap_gap(plan.trial.run, world().quo.run, world().scales, quality) == 0


def test_a_value_that_counts_a_life_year_of_one_group_less_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def unequal(run: Run, quo: Run, scales: Scales, quality: str) -> dict[str, Floats]:
        usual = gains(run, quo, scales, quality)
        first = run.main.values["alive"][-1][:, 0]
        return usual | {"healthy_life_years": usual["healthy_life_years"] - 0.1 * first}

    run = world().quo.run
    assert swap_gap(run, run, world().scales, QUALITY) == 0
    monkeypatch.setattr(swaps, "gains", unequal)
    assert swap_gap(run, run, world().scales, QUALITY) == pytest.approx(0.1, rel=1e-6)


def saved_in(cell: int, times: float) -> Schedule:
    """The status quo with fewer deaths of people in one state: so many times what they are."""
    chain, rates = setting().model.chain, world().county.rates
    lethal = np.flatnonzero(chain.death & (chain.source == cell))
    plain, slope, by_stratum = rates.plain.copy(), rates.slope.copy(), rates.by_stratum.copy()
    plain[:, lethal[lethal < chain.n_plain]] *= times
    slope[:, np.isin(chain.coupled, lethal)] *= times
    by_stratum[:, lethal[lethal >= chain.n_plain] - chain.n_plain] *= times
    return replace(rates, plain=plain, slope=slope, by_stratum=by_stratum)


@settings(max_examples=12, deadline=None)
@given(cell=st.integers(0, CELLS - 1), times=st.floats(0, 0.9), quality=st.sampled_from([QUALITY, PUBLIC_QUALITY]))
def test_a_service_that_only_saves_lives_earns_the_weight_of_a_life_year_in_whichever_state_it_acts(
    cell: int, times: float, quality: str
) -> None:
    county = world().county
    chain, rates = setting().model.chain, saved_in(cell, times)
    own = county.rates
    held = Held(own.plain, own.slope, own.by_stratum, county.quo.at_hand)
    main = simulate(chain, rates, county.start, keep="sum")
    twin = simulate(chain, rates, county.start, held=held, keep="sum")

    def ledger(run: Trajectory):  # type: ignore[no-untyped-def]
        return told(world(), run, county.environment, ["alive", quality])

    now, saved, then = ledger(county.quo), ledger(main), ledger(twin)
    lived = (saved.values["alive"] - now.values["alive"])[-1]
    assume((lived.sum(axis=1) > 1e-6).all())
    weight = world().scales.life_year
    earned = healthy_life_years(saved, then, now, weight, quality)[-1]
    assert_allclose(earned.sum(axis=1), weight * lived.sum(axis=1), rtol=1e-7)
