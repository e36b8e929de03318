"""The same draw is the same world: stable in n, stable per key, in base units, in order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.evidence.draws import draw
from bothand.evidence.streams import stream
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound

names = st.text("abcdefgh_", min_size=1, max_size=12)
seeds = st.integers(0, 2**31)
KEYS = [
    "rate_misuse_to_oud_source",
    "retention_6m_bup",
    "od_mult_injecting",
    "cost_methadone_year",
    "share_injecting_oud",
]


@given(names, seeds, st.integers(1, 300), st.integers(1, 300))
def test_the_first_values_are_the_same_whatever_number_is_asked(name: str, seed: int, n: int, more: int) -> None:
    assert np.array_equal(stream(seed, name, n), stream(seed, name, n + more)[:n])


@given(names, seeds, st.integers(0, 9))
def test_any_first_power_of_two_holds_one_value_in_each_stratum(name: str, seed: int, power: int) -> None:
    n = 2**power
    values = stream(seed, name, n)
    assert sorted(np.floor(values * n).astype(int)) == list(range(n))
    assert values.min() > 0
    assert values.max() < 1


def test_streams_of_different_names_and_seeds_are_unrelated() -> None:
    n = 256
    table = np.array([stream(seed, f"key{i}", n) for seed in (1, 2) for i in range(40)])
    off = np.corrcoef(table)[np.triu_indices(len(table), 1)]
    assert np.abs(off).max() < 0.45
    assert np.std(off) < 1.5 / np.sqrt(n)


def test_a_mean_over_64_draws_is_far_closer_than_chance_would_bring_it() -> None:
    errors = [stream(seed, "key", 64).mean() - 0.5 for seed in range(50)]
    assert np.std(errors) < 0.1 * np.sqrt(1 / 12 / 64)


@given(seeds, st.integers(1, 100), st.integers(1, 50))
@settings(max_examples=25, deadline=None)
def test_draws_are_stable_in_number_and_when_other_keys_are_added(seed: int, n: int, more: int) -> None:
    evidence = load_evidence()
    few = draw(evidence, KEYS[:1], n, seed)
    many = draw(evidence, KEYS, n + more, seed)
    assert np.array_equal(few.values[KEYS[0]], many.values[KEYS[0]][:n])


def test_another_seed_is_another_world_and_the_same_seed_the_same() -> None:
    evidence = load_evidence()
    one, again, two = (draw(evidence, KEYS, 32, seed) for seed in (1, 1, 2))
    for key in KEYS:
        assert np.array_equal(one.values[key], again.values[key])
        assert not np.array_equal(one.values[key], two.values[key])


@pytest.mark.parametrize("n", [1, 20, 37, 64])
def test_no_power_of_two_is_asked_for(n: int) -> None:
    """Warnings are errors here: a Sobol sampler that warns off powers of two would fail."""
    assert draw(load_evidence(), KEYS, n).values[KEYS[0]].shape == (n,)


def test_draws_are_in_base_units_and_prices_of_the_report() -> None:
    evidence = load_evidence()
    drawn = draw(
        evidence, ["od_rate_untreated_respond", "naloxone_kit_months_in_circulation", "cost_methadone_year"], 512
    )
    assert drawn.best["od_rate_untreated_respond"] == pytest.approx(0.00676 * 12)
    assert drawn.best["naloxone_kit_months_in_circulation"] == pytest.approx(15.5 / 12)
    assert drawn.best["cost_methadone_year"] == pytest.approx(6552 * 321.943 / 240.007)
    for name, best in drawn.best.items():
        assert np.mean(drawn.values[name]) == pytest.approx(best, rel=0.06)


def test_every_input_is_drawn_over_its_own_range() -> None:
    """2.5 and 97.5 % of the draws are the row's low and high, to a tenth of its width (a family may not fit better)."""
    evidence = load_evidence()
    rows = [
        q
        for q in evidence.values()
        if q.role == "input" and q.family != "triangular" and not evidence.sets.joint_of(q.key)
    ]
    rows = [q for q in rows if not q.inputs]
    assert len(rows) > 200
    drawn = draw(evidence, [q.key for q in rows], 1024)
    for q in rows:
        low, high = np.quantile(drawn.values[q.key], [0.025, 0.975]) / evidence.price_factor(q)
        slack = 0.12 * (q.base_high - q.base_low) + 1e-12
        assert low == pytest.approx(q.base_low, abs=slack), q.key
        assert high == pytest.approx(q.base_high, abs=slack), q.key


def test_every_name_can_be_drawn_and_is_finite() -> None:
    evidence = load_evidence()
    drawn = draw(evidence, evidence.names, 16, 3)
    for name, values in drawn.values.items():
        assert np.all(np.isfinite(values)), name
        assert np.isfinite(drawn.best[name]), name


def test_what_cannot_be_drawn_is_refused_at_once_with_the_nearest() -> None:
    evidence = load_evidence()
    with pytest.raises(FaultsFound) as found:
        draw(evidence, ["retention_6m_bupp", "prev_aud_2024"], 0, choices={"utility_scale": "publik", "no": "x"})
    words = "\n".join(str(f) for f in found.value.faults)
    assert "Did you mean 'retention_6m_bup'?" in words
    assert "a context row may not drive a result" in words
    assert "Did you mean 'public'?" in words
    assert "there are no alternatives 'no'" in words
    assert "the number of draws" in words


def test_a_derived_quantity_is_computed_draw_by_draw() -> None:
    evidence = load_evidence()
    drawn = draw(evidence, ["exit_rate_bup_6m", "retention_6m_bup"], 64)
    assert drawn.values["exit_rate_bup_6m"] == pytest.approx(-np.log(drawn.values["retention_6m_bup"]) / 0.5)
