"""What one more naloxone kit is worth, and that a kit from a programme is not discounted as one given away is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.rates import schedule
from bothand.experiments import more_kits
from bothand.experiments.more_kits import LEVER, averted_by_kit
from experiments.small_worlds import levers, setting, world


def test_a_kit_given_away_is_worth_its_share_of_a_kit_from_a_programme() -> None:
    where = world()
    today, share = where.county.environment.levers["kits"], where.values["effective_kit_share"]
    away, handed = (
        schedule(setting().model, replace(where.county.environment, levers=levers(where, **{name: amount})))
        for name, amount in (("kits", today + 1000), (LEVER, 1000 * share))
    )
    assert_allclose(away.kits, handed.kits, rtol=1e-12)
    assert_allclose(away.kits - where.county.rates.kits, np.broadcast_to(1000 * share, away.kits.shape), rtol=1e-9)


def test_the_next_kit_is_worth_the_same_whether_few_or_fewer_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = averted_by_kit(world())
    assert (whole > 0).all()
    monkeypatch.setattr(more_kits, "PER_DEATH", 0.5)
    assert_allclose(averted_by_kit(world()), whole, rtol=0.01)


def test_more_kits_are_worth_less_each(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = averted_by_kit(world())
    monkeypatch.setattr(more_kits, "PER_DEATH", 50)
    assert (averted_by_kit(world()) < whole).all()
