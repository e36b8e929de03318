"""A model in discrete time is described as text: nothing of its file is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothand.engine.discrete.structure import compile_discrete
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.report.describe import describe_html, describe_json, describe_text
from bothand.world.model import load_model

CASES = data_folder() / "cases"
LONGEST_LINE = 100
MODELS = [path for path in sorted((CASES / "models").glob("*.toml")) if load_model(path).header.time == "discrete"]


@pytest.mark.parametrize("path", MODELS, ids=[path.stem for path in MODELS])
def test_all_that_a_file_declares_is_said(path: Path) -> None:
    told = describe_text(path)
    assert max(map(len, told.splitlines())) <= LONGEST_LINE
    said = " ".join(told.split())
    spec = load_model(path)
    named = [*spec.rule, *spec.event, *spec.stage, *spec.reward.values(), *spec.tree.values(), *spec.table.values()]
    missing = [" ".join(noun.label.split()) for noun in named if " ".join(noun.label.split()) not in said]
    missing += [level.label for dimension in spec.dimension.values() for level in dimension.levels
                if level.label not in said]  # fmt: skip
    missing += [variant.name for variant in spec.variant if variant.name not in said]
    missing += [name for name in compile_discrete(spec).symbols if name not in said]
    formulas = [rule.rate or rule.probability for rule in spec.rule]
    formulas += [way.probability for tree in spec.tree.values() for fork in tree.fork for way in fork.way]
    missing += [f for f in formulas if isinstance(f, str) and " ".join(f.split()) not in said]
    assert not missing


def test_there_are_such_models() -> None:
    assert len(MODELS) > 3


@pytest.mark.parametrize("form", [describe_html, describe_json])
def test_it_is_not_drawn_and_the_fault_says_so(form: object) -> None:
    assert callable(form)
    with pytest.raises(FaultsFound, match="described as text"):
        form(MODELS[0])


def test_a_case_is_no_model_and_the_fault_says_what_to_do() -> None:
    with pytest.raises(FaultsFound, match="bothand verify"):
        describe_text(CASES / "d07_frontiers.toml")
