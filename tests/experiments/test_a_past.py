"""A study that asks for past overdoses: the same numbers, the same cohort, and single people who differ more."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bothand.engine.arrays import Floats
from bothand.engine.people.history import NOTHING
from bothand.engine.setting import Setting, draw_values, load_setting
from bothand.experiments.individuals.counties import carried_under, count_counties, live
from bothand.experiments.individuals.courses import follow
from bothand.experiments.plans import try_study_plan
from bothand.experiments.worlds import World, open_world, walks
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.keys import ALL_YEARS
from experiments.small_worlds import SEED, plan, setting, unlike, world

ASKED = {"od_mult_prior", "overdose_ever_injecting"}
LIVES = 4000


@cache
def asking(folder: Path, names: str = '"past_overdoses"') -> Setting:
    text = (data_folder() / "studies" / "washtenaw.toml").read_text("utf-8")
    path = folder / "with_a_past.toml"
    text = text.replace('key = "washtenaw"', 'key = "with_a_past"')
    path.write_text(text.replace("draws = 64\n", f"draws = 64\ncarry = [{names}]\n"), encoding="utf-8")
    return load_setting(path)


@pytest.fixture(scope="module")
def with_a_past(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = asking(tmp_path_factory.mktemp("study"))
    return open_world(found, draw_values(found, 1, SEED).values, walks(SEED))


def test_only_the_study_that_asks_draws_what_the_history_reads(with_a_past: World) -> None:
    assert set(with_a_past.setting.names) - set(setting().names) == ASKED
    assert not set(setting().names) - set(with_a_past.setting.names)
    for name, values in world(1).values.items():
        assert np.array_equal(values, with_a_past.values[name]), name


def test_the_cohort_of_the_study_is_the_same_to_the_bit(with_a_past: World) -> None:
    assert unlike(with_a_past.quo.run, world(1).quo.run) == []
    one, other = (try_study_plan(w, plan("even_split"), ALL_YEARS) for w in (with_a_past, world(1)))
    assert unlike(one.trial.run, other.trial.run) == []


def test_overdoses_gather_among_fewer_people(with_a_past: World) -> None:
    spread: list[float] = []
    for where in (world(1), with_a_past):
        tried = [try_study_plan(where, plan("status_quo"), ALL_YEARS)]
        (courses,) = follow(where, tried, SEED, LIVES).values()
        counts: Floats = courses.overdoses.astype(np.float64)
        spread.append(float(counts.var() / counts.mean()))
    assert spread[1] > 1.1 * spread[0]


def test_in_the_first_weeks_as_many_overdoses_are_met_as_without_a_past(with_a_past: World) -> None:
    met = []
    for where in (world(1), with_a_past):
        tried = try_study_plan(where, plan("status_quo"), ALL_YEARS)
        carried = carried_under(where, tried, 0)
        assert (carried is NOTHING) == (where is not with_a_past)
        rates = where.county.rates.in_years(slice(1))
        lives = [live(where, rates, where.county.start, 0, seed, carried) for seed in range(6)]
        met.append([one.counts[:, :, one.named.of("overdose")].sum() for one in lives])
    means, errors = np.mean(met, axis=1), np.std(met, axis=1, ddof=1) / np.sqrt(6)
    # In a year the risk drifts a little: some get a past, and who has one dies sooner.
    assert abs(means[1] - means[0]) < 4 * np.hypot(*errors) + 0.05 * means[0]


def test_counties_with_a_past_are_counted(with_a_past: World) -> None:
    tried = [try_study_plan(with_a_past, plan("status_quo"), ALL_YEARS)]
    found = count_counties(with_a_past, tried, 1, SEED, lucks=1)
    assert found.counted[tried[0].plan].shape == (1, 1)
    assert found.counted[tried[0].plan].sum() > 0


def test_a_history_that_the_model_does_not_have_is_a_fault_of_the_study(tmp_path: Path) -> None:
    with pytest.raises(FaultsFound, match="the model has no history or modifier 'past_overdose'") as found:
        asking(tmp_path, '"past_overdose"')
    (fault,) = found.value.faults
    assert (fault.nearest, fault.where) == ("past_overdoses", "carry")
