"""People in weighted compartments: every draw by its own weights, in every shape that weights come in."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from bothand.engine.weights import weigh
from bothand.outcomes.county import people_in
from bothand.outcomes.trial import try_levers
from experiments.small_worlds import levers, setting, world


def test_every_draw_is_weighed_by_its_own_weights() -> None:
    run = world().county.quo
    people = run.person_years.sum(axis=(2, 3))  # (Y, D, N)
    years, draws, cells = people.shape
    weights = np.random.default_rng(1).random((years, cells, draws))
    found = people_in(run, weights)
    for year in range(years):
        for draw in range(draws):
            assert_allclose(found[year, draw], people[year, draw] @ weights[year, :, draw], rtol=1e-12)
    same = np.repeat(weights[:1], years, axis=0)
    assert_allclose(people_in(run, weights[0]), people_in(run, same), rtol=1e-12)
    assert_allclose(people_in(run, weights[0, :, 0]), people_in(run, weights[0, :, [0] * draws].T), rtol=1e-12)


def test_people_reached_are_those_of_the_measures_in_every_draw() -> None:
    county = world().county
    trial = try_levers(county, levers(world(), peers=0.5), world().horizons)
    weights = weigh(setting().model, county.environment, ["on_medication", "in_contact"]).measures
    last = world().horizons.names[-2]
    for name in weights:
        assert_allclose(world().quo.reached[name], people_in(county.quo, weights[name]), rtol=1e-12)
        assert trial.reached[name].shape == (len(setting().study.years), county.draws)
        assert trial.run.main.at(name, last).sum() > 0
