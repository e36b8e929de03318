"""Alternatives never mix; what is drawn together keeps its order and its correlation."""

from pathlib import Path

import numpy as np
import pytest
from evidence_rows import table
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.evidence.draws import draw
from bothand.evidence.sets import mixed
from bothand.evidence.tables import load_evidence
from faulty import faults_of


def folder_of(folder: Path, sets: str, **rows: tuple[float, float, float]) -> Path:
    """A folder of evidence: keys with (mean, low, high) of a lognormal rate, and what is said of sets of them."""
    table(
        folder / "table.csv",
        *(
            {"key": key, "mean": str(mean), "low": str(low), "high": str(high), "distribution": "lognormal"}
            for key, (mean, low, high) in rows.items()
        ),
    )
    (folder / "sets.toml").write_text(sets)
    return folder


JOINT = '[joint.j]\nlabel = "l"\nwhy = "w"\nkeys = ["a", "b"]\nloadings = {loadings}\norder = "{order}"\n'


@given(st.integers(0, 10_000), st.integers(1, 200))
@settings(max_examples=25, deadline=None)
def test_return_to_use_falls_and_retention_keeps_its_order_in_every_draw(seed: int, n: int) -> None:
    evidence = load_evidence()
    for name in ("return_to_use", "retention"):
        keys = evidence.sets.joint[name].keys
        drawn = draw(evidence, keys, n, seed).values
        assert np.all(np.diff(np.array([drawn[k] for k in keys]), axis=0) <= 0)


def test_a_key_of_a_joint_group_is_the_same_whether_or_not_its_mates_are_asked_for() -> None:
    evidence = load_evidence()
    keys = evidence.sets.joint["retention"].keys
    alone = draw(evidence, keys[1:2], 50, 7).values[keys[1]]
    assert np.array_equal(alone, draw(evidence, keys, 90, 7).values[keys[1]][:50])


@pytest.mark.parametrize(("loadings", "expected"), [("0.8", 0.64), ("[0.9, -0.9]", -0.81), ("0.0", 0.0), ("1.0", 1.0)])
def test_two_keys_correlate_by_the_product_of_their_loadings(tmp_path: Path, loadings: str, expected: float) -> None:
    sets = JOINT.format(loadings=loadings, order="none")
    evidence = load_evidence(folder_of(tmp_path, sets, a=(1.0, 0.5, 2.0), b=(3.0, 1.5, 6.0)))
    logs = [np.log(v) for v in draw(evidence, ["a", "b"], 4096).values.values()]
    assert np.corrcoef(logs)[0, 1] == pytest.approx(expected, abs=0.05)


def test_correlation_leaves_each_range_as_it_was(tmp_path: Path) -> None:
    evidence = load_evidence(
        folder_of(tmp_path, JOINT.format(loadings="0.8", order="none"), a=(1.0, 0.5, 2.0), b=(3.0, 1.5, 6.0))
    )
    drawn = draw(evidence, ["a"], 4096).values["a"]
    assert np.quantile(drawn, [0.025, 0.5, 0.975]) == pytest.approx([0.5, 1.0, 2.0], rel=0.05)


def test_a_choice_changes_every_slot_of_its_alternatives_and_nothing_else() -> None:
    evidence = load_evidence()
    slots = ["overdose_rate", "overdose_fatal_share", "utility_injecting"]
    one = draw(evidence, slots, 32)
    two = draw(evidence, slots, 32, choices={"overdose_definition": "self_report"})
    assert one.keys["overdose_rate"] == "od_rate_untreated_respond"
    assert two.keys["overdose_fatal_share"] == "cfr_pwid_us"
    assert two.best["overdose_rate"] > 2 * one.best["overdose_rate"]
    assert np.array_equal(one.values["utility_injecting"], two.values["utility_injecting"])


def test_every_option_fills_every_slot_with_rows_of_one_kind() -> None:
    evidence = load_evidence()
    for alternatives in evidence.sets.alternatives.values():
        for by_option in alternatives.slots.values():
            assert set(by_option) == set(alternatives.options)
            assert len({evidence[k].typed.kind for k in by_option.values() if evidence[k].typed}) == 1


def test_two_options_of_one_set_are_told_as_mixed_and_a_shared_row_is_not() -> None:
    sets = load_evidence().sets
    assert not mixed(sets, ["od_rate_untreated_respond", "share_overdoses_fatal_respond", "u_norm_no"])
    assert list(mixed(sets, ["od_rate_untreated_respond", "cfr_pwid_us"])) == ["overdose_definition"]
    assert "u_injecting (public)" in mixed(sets, ["u_regular_opioid_au", "u_injecting"])["utility_scale"]


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (JOINT.format(loadings="0.5", order="falls"), "the means do not keep the order 'falls'"),
        (JOINT.format(loadings="1.5", order="none"), "less than or equal to 1"),
        (JOINT.format(loadings="[0.5]", order="none"), "one loading for each key"),
        (JOINT.format(loadings="0.5", order="sideways"), "allowed: falls, rises, none"),
        (JOINT.format(loadings="0.5", order="none").replace('"b"', '"aa"'), "unknown quantity 'aa'"),
        (JOINT.format(loadings="0.5", order="none").replace("loadings", "lodings"), "Did you mean 'loadings'?"),
        (
            JOINT.format(loadings="0.5", order="none") + JOINT.format(loadings="0.5", order="none").replace(".j", ".k"),
            "drawn with 'j' already",
        ),
        (
            '[alternatives.x]\nlabel="l"\nwhy="w"\ndefault="on"\noptions={one="1"}\n[alternatives.x.slots]\ns={two="a"}\n',
            "the default 'on' is no option",
        ),
        (
            '[alternatives.x]\nlabel="l"\nwhy="w"\ndefault="one"\noptions={one="1"}\n[alternatives.x.slots]\na={one="a"}\n',
            "the slot 'a' has the name of a row",
        ),
    ],
)
def test_a_faulty_set_is_refused_with_its_file(tmp_path: Path, sets: str, words: str) -> None:
    found = faults_of(load_evidence, folder_of(tmp_path, sets, a=(1.0, 0.5, 2.0), b=(3.0, 1.5, 6.0)))
    assert any(words in str(f) for f in found), found
    assert all(f.file.endswith("sets.toml") for f in found)


def test_the_words_for_reference_populations_cover_every_ratio_of_the_review() -> None:
    evidence = load_evidence()
    review = [
        q
        for q in evidence.values()
        if not Path(q.file).name.startswith(("judgements", "place_", "conversions", "person"))
    ]
    ratios = [q for q in review if q.typed and q.typed.is_ratio]
    assert len(ratios) == 128
    for q in ratios:
        assert q.reference_population in evidence.sets.reference_populations, q.key
