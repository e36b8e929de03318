"""Every input is there for a reason: moved, each in a lane of its own, it moves a number that a reader may see."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import bothand.findings
from bothand.calibrate.run_in import RunIn
from bothand.calibrate.toxicity import walk
from bothand.engine.arrays import Floats
from bothand.engine.setting import Setting
from bothand.evidence.conversions import CONVERSIONS
from bothand.experiments.plans import QUALITY, Tried, try_study_plan
from bothand.experiments.worlds import World, lanes, open_world
from bothand.keys import THREE_YEARS
from bothand.outcomes.indicators import gains
from experiments.small_worlds import drawn, numbers, plan, setting

MOVED = 1e-9  # a number that moves by less than this share of itself has not moved
BY = 0.9  # what every input is multiplied with

# Inputs that a tenth less of does not move, and why. The tests below show what does move them.
LIMITS = {
    "a ceiling of willing people far above what an even share of the money reaches": (
        "peer_coaching_willing",
        "recovery_community_centre_willing",
        "recovery_housing_willing",
        "ssp_clients_want_help",
        "syringe_services_willing",
    ),
    "a smallest award far below an even share of the money": tuple(
        f"{service.key}_smallest" for service in setting().services
    ),
    "the shortest wait that a weekly step can follow, which binds only where admission would be faster": ("one_week",),
}
CEILINGS, SMALL, FASTEST = LIMITS.values()
ELSEWHERE = {
    "one error for all draws, a fixed row: it moves the fit of the whole run": (
        "michigan_deaths_error",
        "michigan_deaths_error_before_2018",
    ),
    "a source of a derived quantity, which the model reads in its place": ("oxford_house_substance_use_rr",),
    "read by what is said, not by the runs": (
        "cost_ems",
        "cost_od_hospital",
        "no_worse_margin",
        *(f"{service.key}_lived_experience" for service in setting().services),
    ),
}
DERIVED_FROM = {
    "oxford_house_substance_use_rr": "oxford_house_return_hr",
}


def named(*parts: Mapping[str, tuple[str, ...]]) -> list[str]:
    return sorted(name for part in parts for names in part.values() for name in names)


def same_luck(before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
    """The walk of the first draw in every lane, each with its own spread."""
    last, spread = before.decision.series[-1], values["toxicity_walk_sd"]
    return np.concatenate([walk(last[[i]], spread[[i]], years, 1) for i in range(len(last))], axis=1)


@cache
def five_years() -> Setting:
    """The default study, fitted with two knots and followed for five years: every service opens and closes in them."""
    study = setting().study
    fit = study.fit.model_copy(update={"decision_knots": (2017, 2023)})
    short = {"last_day": datetime.date(2030, 12, 31), "horizons": (1, 3, 5), "fit": fit}
    return replace(setting(), study=study.model_copy(update=short))


def run(changes: list[dict[str, float]]) -> tuple[World, Tried]:
    """The even split in one lane for each change, everyone in one group."""
    world = open_world(five_years(), lanes(drawn(1), changes), same_luck, grouped=False)
    return world, try_study_plan(world, plan("even_split"), THREE_YEARS)


def seen(world: World, tried: Tried) -> dict[str, Floats]:
    """Every number of a run by name, lanes first."""
    found = {f"plan {k}": v for k, v in numbers(tried.trial.run).items()}
    found |= {f"status quo {k}": v for k, v in numbers(world.quo.run).items()}
    found |= {f"money {k}": v for k, v in world.money.items()} | {"toxicity": world.run_in.decision.series}
    given = tried.trial.delivery
    assert given is not None
    for part in ("units", "reached", "unspent", "start_up"):
        found |= {f"{part} {k}": v for k, v in getattr(given, part).items()}
    found |= {f"paid {k} {p}": usd for k, payers in given.spent_by_payer.items() for p, usd in payers.items()}
    with np.errstate(invalid="ignore"):  # shares of a group: there are no groups here
        gained = gains(tried.trial.run, world.quo.run, world.scales, QUALITY)
    found |= {f"gain {k}": v[None] for k, v in gained.items() if not k.startswith("sustained")}
    lanes_ = world.county.draws
    return {k: np.moveaxis(v, 1, 0).reshape(lanes_, -1) for k, v in found.items()}


def moved_by(numbers_: Mapping[str, Floats], lane: int) -> tuple[float, str]:
    """How far a lane is from the first, as a share of the largest value of the number that moves most."""
    best = (0.0, "nothing")
    for name, values in numbers_.items():
        size = np.abs(values[0]).max()
        gap = np.abs(values[lane] - values[0]).max()
        best = max(best, (gap / size if size > 0 else float(gap > 0), name))
    return best


@cache
def lane_numbers() -> dict[str, Floats]:
    changes = [{name: BY * drawn(1).best[name]} for name in setting().names]
    changes += [{name: 1e9} for name in SMALL]
    changes += [{name: 0.05 * drawn(1).best[name]} for name in CEILINGS]
    changes += [{name: 10 * drawn(1).best[name]} for name in FASTEST]
    return seen(*run([{}, *changes]))


def test_no_input_is_zero_so_that_a_tenth_less_is_another_number() -> None:
    assert all(drawn(1).best[name] != 0 for name in setting().names)


def test_every_input_of_the_study_moves_something_but_those_named_with_their_reason() -> None:
    still = [n for lane, n in enumerate(setting().names, start=1) if moved_by(lane_numbers(), lane)[0] < MOVED]
    assert sorted(still) == named(LIMITS, ELSEWHERE)


@pytest.mark.parametrize("name", named(LIMITS))
def test_a_limit_moves_something_when_it_binds(name: str) -> None:
    first = 1 + len(setting().names)
    order = [*SMALL, *CEILINGS, *FASTEST]
    share, what = moved_by(lane_numbers(), first + order.index(name))
    assert share > MOVED, what


@pytest.mark.parametrize("key", [k for k in drawn(1).keys.values() if k in setting().evidence.derivations])
def test_every_row_that_a_derived_quantity_rests_on_moves_it(key: str) -> None:
    derivation, rows = setting().evidence.derivations[key], setting().evidence
    convert = CONVERSIONS[derivation.by]
    usual = [rows[name].base_mean for name in derivation.inputs]
    assert convert(*usual, years=derivation.years) == pytest.approx(rows[key].base_mean, rel=1e-12)
    for at, name in enumerate(derivation.inputs):
        other = [v * (BY if i == at else 1) for i, v in enumerate(usual)]
        assert convert(*other, years=derivation.years) != pytest.approx(rows[key].base_mean, rel=1e-3), name


@pytest.mark.parametrize("name", sorted(DERIVED_FROM))
def test_a_ratio_that_the_model_does_not_read_is_the_source_of_one_that_it_reads(name: str) -> None:
    assert name not in setting().model.symbols
    assert DERIVED_FROM[name] in setting().model.symbols
    assert name in setting().evidence.derivations[DERIVED_FROM[name]].inputs


def test_every_row_that_the_study_uses_is_drawn_or_the_source_of_what_is_drawn() -> None:
    evidence, keys = setting().evidence, set(drawn(1).keys.values())
    sources = {name for key in keys for name in evidence[key].inputs}
    assert {row.key for row in evidence.used_by(setting().names)} == keys | sources


@cache
def fitted(**change: float) -> Floats:
    """Toxicity of the run-in of one lane, with one input changed."""
    world = open_world(five_years(), lanes(drawn(1), [change]), same_luck, grouped=False)
    return world.run_in.decision.series


@pytest.mark.parametrize("name", ["michigan_deaths_error", "michigan_deaths_error_before_2018"])
def test_the_error_of_the_counts_moves_the_fit_of_a_whole_run(name: str) -> None:
    row = setting().evidence[name]
    assert row.family == "fixed", "the fit takes the first draw's error for all draws"
    wide = fitted(**{name: 3 * drawn(1).best[name]})
    assert np.abs(wide / fitted() - 1).max() > 1e-3


@pytest.mark.parametrize("name", ["cost_ems", "cost_od_hospital", "no_worse_margin", "lived_experience"])
def test_what_the_runs_do_not_read_the_findings_do(name: str) -> None:
    folder = Path(next(iter(bothand.findings.__path__)))
    assert any(name in path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
