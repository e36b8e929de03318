"""The rule after a return to use the other way round: the same dollars, other deaths."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.testing import assert_allclose

from bothand.evidence.draws import draw
from bothand.experiments.plans import Tried, try_study_plan
from bothand.experiments.what_if.discharge import Discharge, try_discharge
from bothand.experiments.worlds import World, with_values
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan, TermsChange
from experiments.small_worlds import SEED, plan, setting, world

SHARE = "discharged_for_use_share"
KNOWN = ("low_barrier_buprenorphine", "methadone_places", "jail_medication")


@cache
def knowing() -> World:
    """The world with the share that only a plan with the other rule reads."""
    drawn = draw(setting().evidence, [SHARE], world().county.draws, SEED).values
    return with_values(world(), drawn)


def sending_away(key: str) -> Plan:
    """A plan whose places send people away for use."""
    own, rule = plan(key), TermsChange(return_to_use="discharged")
    lines = (x.model_copy(update={"terms": rule}) if x.service in KNOWN else x for x in own.line)
    return own.model_copy(update={"line": tuple(lines)})


def tried(own: Plan, where: World) -> Tried:
    return try_study_plan(where, own, THREE_YEARS)


def turned(usual: Tried, where: World) -> Discharge:
    return try_discharge(where, [usual], SEED)[usual.plan]


def test_only_plans_that_pay_for_places_of_which_a_discharge_is_known_are_run() -> None:
    runs = [tried(plan(key), world()) for key in ("status_quo", "harm_reduction_only", "recovery_only", "even_split")]
    found = try_discharge(world(), runs, SEED)
    assert {*found} == {"even_split"}
    assert found["even_split"].sent_away == tuple(s.key for s in setting().services if s.key in KNOWN)
    assert found["even_split"].kept == ()
    assert "size was found" in " ".join(found["even_split"].leaves_out)


def test_a_discharge_for_use_brings_more_deaths_in_the_mean_and_the_plan_itself_is_not_changed() -> None:
    usual = tried(plan("treatment_only"), world())
    before = usual.trial.run.main.at("overdose_deaths", "10").copy()
    assert turned(usual, world()).more.mean() > 0
    assert np.array_equal(usual.trial.run.main.at("overdose_deaths", "10"), before)


def test_places_that_send_people_away_are_turned_to_places_that_keep_them_and_the_deaths_are_the_same_gap() -> None:
    stays, sends = plan("treatment_only"), sending_away("treatment_only")
    usual, strict = tried(stays, knowing()), tried(sends, knowing())
    forward = turned(usual, knowing())
    own = replace(setting(), plans=(sends,))
    back = turned(strict, replace(knowing(), setting=own, county=replace(knowing().county, setting=own)))
    assert back.kept == forward.sent_away
    assert back.sent_away == ()
    assert_allclose(back.more, -forward.more, rtol=1e-6, atol=1e-9)
    full = strict.trial.run.main.at("overdose_deaths", "10") - usual.trial.run.main.at("overdose_deaths", "10")
    assert_allclose(forward.more, full.sum(axis=1), rtol=1e-6, atol=1e-9)
