"""Stakeholders beside the plans: closed forms with one weight alone, and what the plan of common ground does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bothand.decide.surfaces import evaluate
from bothand.engine.setting import Setting
from bothand.experiments.curves import objectives
from bothand.experiments.plans import Tried, try_dollars, try_study_plan, value_gains
from bothand.experiments.positions.voices import DIRECTIONS, FAMILIES
from bothand.experiments.search import STEP
from bothand.experiments.what_if import common as common_
from bothand.experiments.what_if.common import Common, find_common, regrets_of, shares_of_best, smoothed
from bothand.faults import FaultsFound
from bothand.files import available
from bothand.keys import THREE_YEARS
from bothand.outcomes.values import load_values
from bothand.world.service import load_service
from bothand.world.stakeholders import Consulted, load_consulted
from experiments.small_worlds import SEED, makers, of_services, plan, setting
from faulty import write

FEW = ("community_naloxone", "methadone_places", "peer_coaching")
PLANS = ("harm_reduction_only", "recovery_only", "even_split")
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HEAD = """key = "{key}"
label = "{key}"
short = "{key}"
stands_for = "a test"
note = "a test"
source = "a test"
reviewed = "drafted, not reviewed"
"""


def three_services() -> Setting:
    return replace(setting(), services=tuple(load_service(key) for key in FEW))


small, curves, found = makers(lambda: of_services(*FEW))


def weighed() -> list[str]:
    return [value.key for value in load_values()]


@cache
def tried() -> tuple[Tried, ...]:
    runs = [try_study_plan(small(), plan("status_quo"), THREE_YEARS)]
    n = len(curves().surface.services)
    for number, name in enumerate(PLANS):
        share = np.full(n, 1 / n) if name == "even_split" else np.eye(n)[number]
        runs.append(try_dollars(small(), name, share * small().yearly_budget, THREE_YEARS))
    return tuple(runs)


def position(folder: Path, key: str, *lines: str) -> Path:
    return write(folder / f"{key}.toml", HEAD.format(key=key) + "\n".join(lines) + "\n")


def only(folder: Path, value: str) -> Path:
    """A position for which one value is all that counts."""
    return position(folder, f"only_{value}", f"at_least = {{ {value} = 1.0 }}")


def consulted(*files: Path) -> tuple[Consulted, ...]:
    return load_consulted(files, weighed(), NOON)


def consulted_paths() -> list[Path]:
    """The positions that ship, by name."""
    return [Path(name) for name in available("stakeholders")]


def beside(*files: Path, runs: tuple[Tried, ...] | None = None) -> Common:
    asked = consulted(*files)
    result = find_common(asked, weighed(), small(), runs or tried(), curves(), found(), SEED)
    assert result is not None
    return result


def on_the_map() -> list[str]:
    """Values on the map, each with an indicator of its own."""
    names = {v: o for v, o in found().keys.items() if o in found().ideals.members}
    return list({o: v for v, o in names.items()}.values())


def z_of(value: str) -> np.ndarray:
    """What every plan gives a value, as a share of its own best, (D, P)."""
    name = found().keys[value]
    best = found().ideals.best[found().ideals.surface.index(name)]
    return np.array([value_gains(small(), t)[name] / best for t in tried()[1:]]).T


def test_plans_stand_without_no_new_money_and_what_they_do_is_the_full_models_gain_in_every_draw() -> None:
    result = beside()
    assert result.plans == PLANS
    members = found().ideals
    table = shares_of_best(members, result.values, [objectives(small(), t) for t in tried()[1:]])
    for value in on_the_map():
        name = found().keys[value]
        assert table[:, :, result.values.index(name)] == pytest.approx(z_of(value))


def test_for_one_value_alone_a_plan_is_first_in_the_draws_in_which_it_gives_that_value_most(tmp_path: Path) -> None:
    for value in on_the_map():
        held = beside(only(tmp_path, value)).held[0]
        z = z_of(value)
        first = (z == z.max(axis=1, keepdims=True)).mean(axis=0)
        assert held.chosen is not None
        assert held.chosen.ranks[:, 0] == pytest.approx(first, abs=1 / common_.WEIGHTS)
        assert held.best.tolist() == (z.mean(axis=0) >= z.mean(axis=0).max() - 1e-9).tolist()


def test_for_one_value_alone_regret_is_what_is_missing_of_the_most_that_any_plan_gives_it(tmp_path: Path) -> None:
    for value in on_the_map():
        result = beside(only(tmp_path, value))
        z = z_of(value).mean(axis=0)
        best = max(1.0, z.max())
        assert result.held[0].regrets == pytest.approx(best - z, abs=common_.SMOOTHED)
        assert result.ground is not None
        assert result.ground.tau == pytest.approx(0, abs=1e-6)


def test_two_that_hold_one_value_each_disagree_on_just_the_pairs_that_these_order_the_other_way(
    tmp_path: Path,
) -> None:
    a, b = on_the_map()[0], on_the_map()[-1]
    result = beside(only(tmp_path, a), only(tmp_path, b))
    za, zb = z_of(a).mean(axis=0), z_of(b).mean(axis=0)
    n = range(len(PLANS))
    wanted = {(i, j) for i in n for j in n if za[i] > za[j] + 1e-9 and zb[j] > zb[i] + 1e-9}
    assert set(result.apart[0].always.pairs) == wanted


def test_the_plan_of_common_ground_is_affordable_and_its_gap_is_that_of_its_run_in_the_full_model() -> None:
    result = beside()
    assert result.ground is not None
    assert result.yearly is not None
    assert result.regrets is not None
    assert result.yearly.sum() <= small().yearly_budget * (1 + 1e-9)
    assert (result.yearly % STEP == 0).all()
    assert (result.ground.plan - result.yearly < STEP).all()
    again = objectives(small(), try_dollars(small(), "again", result.yearly, THREE_YEARS))
    ideals = found().ideals
    on_curves = evaluate(ideals.surface, result.yearly)
    gaps = [
        abs(again[name].mean() - on_curves[ideals.surface.index(name)]) / ideals.best[ideals.surface.index(name)]
        for name in result.values
    ]
    assert result.gap == pytest.approx(max(gaps))
    for key, regret in result.regrets.items():
        assert 0 <= regret <= result.ground.regrets[key] + result.gap + 0.1


def test_nobody_regrets_the_common_ground_more_than_it_says_and_every_floor_is_inside_its_range() -> None:
    result = beside()
    assert result.ground is not None
    assert result.floors is not None
    assert max(result.ground.regrets.values()) == pytest.approx(result.ground.tau, abs=1e-6)
    assert (result.ground.ranges[:, 0] <= result.ground.plan + 1e-6).all()
    assert (result.floors >= 0).all()
    assert result.floors.sum() <= small().yearly_budget * (1 + 1e-9)


def test_a_position_that_weighs_only_what_is_on_no_map_stands_beside_no_plan_and_stops_no_other(
    tmp_path: Path,
) -> None:
    off = next(value for value in weighed() if value not in on_the_map() and value not in found().keys)
    value = on_the_map()[0]
    result = beside(only(tmp_path, off), only(tmp_path, value))
    first, second = result.held
    assert first.weights is None
    assert first.chosen is None
    assert second.chosen is not None
    assert result.ground is not None
    assert set(result.ground.regrets) == {f"only_{value}"}
    assert result.apart == ()
    alone = beside(only(tmp_path, off))
    assert alone.ground is None
    assert alone.yearly is None


def test_a_choice_between_plans_that_the_weights_do_not_allow_is_told_once_plans_are_known(tmp_path: Path) -> None:
    value = on_the_map()[0]
    z = z_of(value).mean(axis=0)
    best, worst = PLANS[int(z.argmax())], PLANS[int(z.argmin())]
    says = (f"at_least = {{ {value} = 1.0 }}", "[[prefers]]", f'plan = "{worst}"', f'over = "{best}"')
    with pytest.raises(FaultsFound, match="contradict each other"):
        beside(position(tmp_path, "chooser", *says))
    says = (f"at_least = {{ {value} = 1.0 }}", "[[prefers]]", f'plan = "{best}"', f'over = "{worst}"')
    assert beside(position(tmp_path, "chooser", *says)).held[0].chosen is not None


def test_where_nobody_is_asked_or_no_plan_was_run_there_is_nothing_to_say() -> None:
    assert find_common((), weighed(), small(), tried(), curves(), found(), SEED) is None
    assert find_common(consulted(), weighed(), small(), tried()[:1], curves(), found(), SEED) is None


def test_each_tree_keeps_ranks_that_sum_to_one_and_a_position_for_one_value_is_the_same_in_all(tmp_path: Path) -> None:
    value = on_the_map()[0]
    result = beside(only(tmp_path, value), *consulted_paths())
    assert set(result.trees) == {FAMILIES, DIRECTIONS}
    told = {v.key: v.family for v in load_values()}
    assert result.trees[FAMILIES] == told
    for held in result.held:
        for voice in held.voices.values():
            assert voice.ranks.sum(axis=0) == pytest.approx(np.ones(len(PLANS)))
            assert sum(voice.excess.values()) == pytest.approx(0, abs=1e-9)
    alone = result.held[0]
    assert alone.chosen is not None
    for voice in alone.voices.values():
        assert voice.ranks == pytest.approx(alone.chosen.ranks)
        assert list(voice.excess.values()) == pytest.approx([0.0] * len(voice.excess))


def test_a_position_may_speak_of_a_family_and_the_study_knows_which_values_it_holds(tmp_path: Path) -> None:
    mine = position(tmp_path, "family", "family_at_least = { what_people_gain = 1.0 }")
    families = {v.key: v.family for v in load_values()}
    (held,) = (find_common(consulted(mine), families, small(), tried(), curves(), found(), SEED) or beside()).held
    assert held.weights is not None
    inside = {found().keys[v] for v, family in families.items() if family == "what_people_gain" and v in found().keys}
    outside = [n for n, name in enumerate(held.weights.values) if name not in inside]
    assert held.weights.corners[:, outside] == pytest.approx(0)


def test_regret_run_by_run_is_that_of_plans_chosen_once_and_the_common_ground_stands_last(tmp_path: Path) -> None:
    value = on_the_map()[0]
    result = beside(only(tmp_path, value))
    (regrets,) = result.in_draws.values()
    assert regrets.shape == (len(PLANS) + 1, small().county.draws)
    assert (regrets.mean(axis=1) >= 0).all()
    assert regrets.mean(axis=1)[:-1] == pytest.approx(result.held[0].regrets, abs=common_.SMOOTHED + 1e-9)


def test_smoothing_moves_no_curve_by_more_than_it_may_and_none_down() -> None:
    before, after = found().ideals.surface, smoothed(found().ideals).surface
    rise = after.gains - before.gains
    assert (rise >= 0).all()
    assert (rise.max(axis=(1, 2)) <= common_.SMOOTHED * before.scale * (1 + 1e-9)).all()


def test_regret_is_never_below_zero_and_a_plan_better_than_the_curves_sets_the_mark() -> None:
    held = beside().held[0]
    assert held.weights is not None
    n = len(held.weights.values)
    most = np.full(len(held.weights.corners), 0.5)
    z = np.array([[0.0] * n, [1.0] * n])
    assert regrets_of(z, held.weights, most, z) == pytest.approx([1.0, 0.0])
    assert regrets_of(z[:1], held.weights, most, z[:1]) == pytest.approx([0.5])
