"""What a service's page says that it does is what the model's own formulas and the runs say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.experiments.curves import DEATHS, LEVELS, TODAY, measure_curves, objectives
from bothand.experiments.plans import service_keys, try_dollars
from bothand.experiments.worlds import first_draws
from bothand.findings.effects import GAINS, pathway, works_by
from bothand.keys import THREE_YEARS
from bothand.world.service import Service
from experiments.small_worlds import setting, world

SERVICES = {service.key: service for service in setting().services}


def test_the_pathway_of_places_is_the_gate_that_they_open_and_no_other_move() -> None:
    assert pathway(setting().model, SERVICES["methadone_places"]) == ["is let in to methadone"]


def test_naloxone_changes_what_an_overdose_comes_to_and_nothing_else() -> None:
    changed = pathway(setting().model, SERVICES["community_naloxone"])
    assert changed == ["dies of overdose", "survives an overdose and stops using"]


@pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
def test_every_service_of_the_study_changes_something_and_its_ratios_are_those_of_its_file(service: Service) -> None:
    assert pathway(setting().model, service)
    rows = works_by(service, setting().evidence)
    assert [row.key for row in rows] == [ratio.quantity for ratio in service.ratios]
    assert all(row.low <= row.mean <= row.high and row.source for row in rows)


def test_all_the_money_on_one_service_is_what_the_curves_ran() -> None:
    few = first_draws(world(), 2)
    curves = measure_curves(few)
    names = service_keys(few)
    yearly = np.where(np.array(names) == "methadone_places", few.yearly_budget, 0.0)
    ran = objectives(few, try_dollars(few, "alone", yearly, THREE_YEARS))
    for name in (DEATHS, *GAINS):
        assert_allclose(curves.alone[name][names.index("methadone_places")], ran[name], rtol=1e-12)
        mean = curves.surface.gains[curves.surface.index(name), :, LEVELS.index(TODAY)]
        assert_allclose(curves.alone[name].mean(axis=1), mean, rtol=1e-12, atol=1e-15)
