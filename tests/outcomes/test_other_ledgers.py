"""Ledgers of infections, families and the community: no life saved is a loss in any, and each says what it rests on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats
from bothand.engine.needs import GROUPS
from bothand.evidence.draws import draw
from bothand.evidence.tables import load_evidence
from bothand.experiments.plans import QUALITY
from bothand.experiments.worlds import World
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.outcomes.indicators import columns, gains
from bothand.outcomes.ledger import Horizons, Ledger
from bothand.outcomes.lines import FOLDER, LEDGERS, Line, load_inventory, load_ledgers
from bothand.outcomes.others import Against, community, family, held_overdoses, infections
from bothand.outcomes.trial import FLAT, try_levers
from experiments.small_worlds import DRAWS, SEED, free_places, levers, world
from faulty import change

EVIDENCE = load_evidence()
LINES: dict[str, Line] = {line.key: line for ledger in load_ledgers(evidence=EVIDENCE) for line in ledger.line}
KEYS = sorted({key for line in LINES.values() for key in line.rows if EVIDENCE[key].role != "context"})
ROWS = draw(EVIDENCE, KEYS, DRAWS, SEED).values
APART = "living_longer"


def against(where: World, changed: dict[str, Floats]) -> Against:
    trial = try_levers(where.county, changed, where.horizons)
    return Against(trial.run.main, trial.run.twin, where.quo.run.main)


@cache
def saves_lives_only() -> Against:
    """Twice the kits: the only thing that changes is how many overdoses are fatal."""
    return against(world(), levers(world(), kits=2 * world().county.environment.levers["kits"]))


@cache
def more_treatment() -> Against:
    now = free_places().county.environment.levers
    return against(free_places(), levers(free_places(), low_barrier_ask=np.minimum(now["low_barrier_ask"] + 0.3, 1)))


def lines_of(plan: Against) -> dict[str, Floats]:
    """Every line in every draw, infections by group among them."""
    caught = {f"{name} {o}": change for name, v in infections(plan).items() for o, change in enumerate(v.T)}
    return {**caught, **infections_whole(plan), **family(plan, ROWS), **community(plan, ROWS)}


def infections_whole(plan: Against) -> dict[str, Floats]:
    return {name: change.sum(axis=1) for name, change in infections(plan).items()}


def worse(line: str, change: Floats, slack: float) -> bool:
    """Say whether a line is worse in any draw by more than rounding."""
    better = LINES[line.split()[0]].better
    return bool((change < -slack).any() if better == "more" else (change > slack).any() if better == "less" else False)


def slack_of(line: str) -> float:
    """What rounding may do: a billionth of what the line is about in the county."""
    size = world().quo.run.main.values[f"health_care{FLAT}"].sum() if LINES[line.split()[0]].unit == "USD" else 1e4
    return 1e-9 * float(size)


# -------------------------------------------------------------------- no life saved is a loss
@pytest.mark.parametrize("line", sorted(lines_of(saves_lives_only())))
def test_a_service_that_only_lowers_fatality_leaves_no_line_of_any_ledger_worse_in_any_draw(line: str) -> None:
    assert not worse(line, lines_of(saves_lives_only())[line], slack_of(line))


def test_the_same_lines_told_with_lives_as_they_go_would_be_worse_so_the_test_can_fail() -> None:
    plan = saves_lives_only()
    as_they_go = lines_of(replace(plan, twin=plan.main))
    spoiled = {line for line, change in as_they_go.items() if worse(line, change, slack_of(line))}
    assert "hospitals" in spoiled
    base, main = plan.base.values, plan.main.values
    for name in ("health_care", "medication_cost", "crime_and_justice"):
        assert ((main[f"{name}{FLAT}"] - base[f"{name}{FLAT}"])[-1].sum(axis=1) > 0).all(), name
    for name in ("hcv", "hiv"):
        assert ((main[name] - base[name])[-1].sum(axis=1) > 0).all(), name


def test_families_gain_by_lives_saved_in_every_draw() -> None:
    found = family(saves_lives_only(), ROWS)
    for line in ("bereavements_averted", "unbereaved_years", "children_keep_a_parent"):
        assert (found[line] > 0).all(), line


def test_what_it_costs_that_people_live_is_a_line_of_its_own_and_held_against_no_plan() -> None:
    found = community(saves_lives_only(), ROWS)
    assert (found[APART] > 0).all()
    assert LINES[APART].better == "neither"
    assert LINES[APART].lives == "living_longer"
    for perspective in ("health_sector", "societal"):
        assert APART not in load_inventory().added(perspective)


def test_held_and_living_longer_are_together_what_happens() -> None:
    plan = more_treatment()
    found = community(plan, ROWS)
    names = ("medication_cost", "health_care", "crime_and_justice")
    whole = [(plan.main.values[f"{n}{FLAT}"] - plan.base.values[f"{n}{FLAT}"])[-1].sum(axis=1) for n in names]
    overdoses = (plan.main.values["overdoses"] - plan.base.values["overdoses"])[-1].sum(axis=1)
    told = [
        found[k]
        for k in ("treatment_that_follows", "other_health_care", "justice", "ambulances", "hospitals", "living_longer")
    ]
    expected = np.sum(whole, axis=0) + overdoses * (ROWS["cost_ems"] + ROWS["cost_od_hospital"])
    assert_allclose(np.sum(told, axis=0), expected, rtol=1e-9, atol=1e-3)


# -------------------------------------------------------------------- what each line counts
def small(alive: float, **values: float) -> Ledger:
    """A ledger of one draw and one group."""
    given = {"alive": alive, f"alive{FLAT}": alive, **values}
    return Ledger(Horizons((5,)), ("not_in_treatment",), {k: np.full((2, 1, 1), float(v)) for k, v in given.items()})


def test_infections_are_per_year_lived_times_the_years_lived_with_no_new_money() -> None:
    base, twin = small(100, hcv=10, hiv=2), small(200, hcv=10, hiv=4)
    found = infections(Against(small(400, hcv=99, hiv=99), twin, base))
    assert_allclose(found["hcv"], [[-5.0]])  # half as many a year lived
    assert_allclose(found["hiv"], [[0.0]])  # twice the people, as many each


def test_each_family_line_is_its_own_row_times_what_the_model_says() -> None:
    base = small(100, overdose_deaths=10, addiction=50, people=20)
    main = small(110, overdose_deaths=7, addiction=80, people=20)
    twin = small(100, overdose_deaths=10, addiction=40, people=20)
    rows = {
        "close_bereaved_per_death": np.array([9.0]),
        "children_bereaved_per_death": np.array([0.5]),
        "family_loss_spouse_alcohol": np.array([0.03]),
        "u_spouse_loss_active": np.array([0.1]),
        "family_loss_kin_alcohol": np.array([0.02]),
        "oud_partner_share": np.array([0.25]),
    }
    found = family(Against(main, twin, base), rows)
    assert {k: float(v[0]) for k, v in found.items()} == pytest.approx(
        {
            "bereavements_averted": 27,
            "unbereaved_years": 90,
            "children_keep_a_parent": 1.5,
            "partners_patient_scale": 0.03 * 10 / 20 * 1000,
            "partners_public_scale": 0.1 * 10 / 20 * 1000,
            "all_partners_patient_scale": 0.03 * 10 * 0.25,
            "all_partners_public_scale": 0.1 * 10 * 0.25,
            "relatives_wellbeing": 0.02 * 10 / 20 * 1000,
        }
    )


def test_work_lost_is_years_with_addiction_per_year_lived_at_the_loss_that_comes_back() -> None:
    years = "addiction" + FLAT
    base, twin, main = small(100, **{years: 50}), small(200, **{years: 80}), small(400, **{years: 999})
    costs = {f"{name}{FLAT}": 0.0 for name in ("medication_cost", "health_care", "crime_and_justice")}
    plan = Against(*(replace(run, values={**run.values, **_flat(costs)}) for run in (main, twin, base)))
    rows = {
        **dict.fromkeys(KEYS, np.zeros(1)),
        "work_lost_oud_year": np.array([1000.0]),
        "work_regained": np.array([0.5]),
    }
    found = community(plan, rows)
    assert_allclose(found["productivity"], (80 / 200 - 50 / 100) * 100 * 1000 * 0.5)  # 10 years fewer, half comes back
    assert_allclose(found["living_longer"], 0), "what people earn because they live is in no line"


def _flat(costs: dict[str, float]) -> dict[str, Floats]:
    return {name: np.full((2, 1, 1), value) for name, value in costs.items()} | {
        name: np.zeros((2, 1, 1)) for name in ("overdoses", "hcv", "hiv")
    }


def test_work_lost_moves_only_when_people_leave_or_enter_addiction() -> None:
    plan = saves_lives_only()
    assert (np.abs(community(plan, ROWS)["productivity"]) < slack_of("productivity")).all()
    assert (community(more_treatment(), ROWS)["productivity"] < 0).all()


def test_as_many_partners_as_the_share_of_people_with_addiction_gain_what_a_thousand_gain() -> None:
    plan = more_treatment()
    found = family(plan, ROWS)
    people = plan.base.at("people", "lifetime")[:, columns(plan.base, GROUPS)].sum(axis=1)
    for scale in ("patient", "public"):
        of_a_thousand = found[f"partners_{scale}_scale"]
        assert_allclose(found[f"all_partners_{scale}_scale"], of_a_thousand / 1000 * people * ROWS["oud_partner_share"])


def test_no_line_moves_with_the_row_of_another() -> None:
    plan = more_treatment()
    before = {**family(plan, ROWS), **community(plan, ROWS)}
    for key in KEYS:
        changed = {**ROWS, key: 2 * ROWS[key]}
        after = {**family(plan, changed), **community(plan, changed)}
        moved = {line for line in before if not np.array_equal(before[line], after[line])}
        assert moved == {line for line in before if key in LINES[line].rows}, key


def test_treatment_lowers_infections_and_the_burden_beside_addiction() -> None:
    plan = more_treatment()
    assert all((change.sum(axis=1) < 0).all() for change in infections(plan).values())
    assert (family(plan, ROWS)["partners_patient_scale"] > 0).all()
    assert (community(plan, ROWS)["justice"] < 0).all()


def test_places_that_the_plan_paid_for_are_not_charged_twice() -> None:
    plan = more_treatment()
    paid = np.full(DRAWS, 1e5)
    less = community(plan, ROWS, paid=paid)["treatment_that_follows"]
    assert_allclose(community(plan, ROWS)["treatment_that_follows"] - less, paid)


def test_an_ambulance_is_paid_for_overdoses_that_one_attends() -> None:
    plan = more_treatment()
    half = community(plan, ROWS, attended=0.5)
    assert_allclose(half["ambulances"], 0.5 * held_overdoses(plan) * ROWS["cost_ems"])


def test_the_ledger_of_families_says_the_years_that_the_value_counts() -> None:
    where = world()
    trial = try_levers(where.county, levers(where, peers=0.5), where.horizons)
    plan = Against(trial.run.main, trial.run.twin, where.quo.run.main)
    value = gains(trial.run, where.quo.run, where.scales, QUALITY)["unbereaved_years"]
    rows = {**ROWS, "close_bereaved_per_death": where.values["close_bereaved_per_death"]}
    assert np.array_equal(ROWS["close_bereaved_per_death"], where.values["close_bereaved_per_death"]), "the same worlds"
    assert_allclose(family(plan, rows)["unbereaved_years"], value, rtol=1e-9)


# -------------------------------------------------------------------- the files
def test_every_line_has_a_number_or_says_why_it_has_none() -> None:
    told = set(lines_of(more_treatment()))
    for key, line in LINES.items():
        assert key in told or line.no_data, key
        assert key not in told or line.rows or line.rests_on, key


def test_a_row_that_is_only_context_drives_no_number() -> None:
    told = set(lines_of(more_treatment()))
    for key, line in LINES.items():
        if any(EVIDENCE[row].role == "context" for row in line.rows):
            assert key not in told


def test_only_bereavement_follows_the_deaths_as_they_go() -> None:
    going = {key for key, line in LINES.items() if line.lives == "as_they_go"}
    assert going == {"bereavements_averted", "unbereaved_years", "children_keep_a_parent", "relatives_in_support"}


def test_a_dispute_names_both_sides_and_its_sources() -> None:
    disputed = [line for line in LINES.values() if line.disputed]
    assert {line.key for line in disputed} == {
        "ambulances",
        "hospitals",
        "justice",
        "productivity",
        "partners_patient_scale",
    }
    assert all(len(line.disputed_source.split(";")) > 1 for line in disputed)


def test_both_perspectives_ask_for_all_that_the_health_sector_asks_for() -> None:
    inventory = load_inventory()
    assert set(inventory.added("health_sector")) < set(inventory.added("societal"))
    assert all(i.societal != "not part" for i in inventory.item)
    assert {i.sector for i in inventory.item if i.health_sector == "not part"} >= {"Informal care", "Outside health"}
    assert all(i.note for i in inventory.item)


def test_every_line_of_money_is_added_by_the_societal_perspective_or_says_why_not() -> None:
    inventory = load_inventory()
    apart = {key for item in inventory.item for key in item.apart}
    money = {line.key for ledger in load_ledgers() if ledger.key == "community" for line in ledger.line}
    assert money - set(inventory.added("societal")) - apart == {"hcv_care", "hiv_care"}
    for item in inventory.item:
        for perspective in ("health_sector", "societal"):
            told = item.lines or item.apart or item.services or item.sector == "Health: what people gain"
            assert item.status(perspective) != "in" or told or item.label == "Health of families", item.label
            assert item.status(perspective) == "in" or perspective == "health_sector" or not item.lines, item.label


def test_work_is_money_of_the_societal_perspective_alone() -> None:
    inventory = load_inventory()
    assert "productivity" in inventory.added("societal")
    assert "productivity" not in inventory.added("health_sector")
    assert LINES["productivity"].unit == "USD"


def test_no_line_is_added_up_twice_and_no_health_is_added_to_money() -> None:
    inventory = load_inventory()
    for perspective in ("health_sector", "societal"):
        added = inventory.added(perspective)
        assert len(set(added)) == len(added)
        assert all(LINES[key].unit == "USD" for key in added)
        assert not {"hcv_care", "hiv_care"} & set(added), "health care outside treatment may hold them"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(data_folder() / FOLDER, tmp_path / "ledgers")


def test_every_fault_of_the_ledgers_is_told_in_one_pass(folder: Path) -> None:
    change(
        folder / "family.toml", ('rows = ["children_bereaved_per_death"]', 'rows = ["children_bereaved_per_deaths"]')
    )
    change(folder / "community.toml", ('key = "hospitals"', 'key = "ambulances"'))
    change(folder / "infections.toml", ('better = "less"', 'better = "fewer"'))
    with pytest.raises(FaultsFound) as found:
        load_ledgers(folder, EVIDENCE)
    said = str(found.value)
    assert "Did you mean 'children_bereaved_per_death'?" in said
    assert "the line 'ambulances' stands twice" in said
    assert "infections.toml" in said


def test_a_perspective_that_adds_up_a_line_which_no_ledger_has_is_a_fault(folder: Path) -> None:
    change(folder / "inventory.toml", ('lines = ["justice"]', 'lines = ["justise"]'))
    with pytest.raises(FaultsFound, match="Did you mean 'justice'"):
        load_inventory(folder / "inventory.toml")


def test_a_line_without_rows_that_does_not_say_why_is_a_fault(folder: Path) -> None:
    change(folder / "family.toml", ('no_data = "no service for families is in this study"\n', ""))
    with pytest.raises(FaultsFound, match="or says why it has no number"):
        load_ledgers(folder)


def test_there_is_a_file_for_every_ledger_and_no_other() -> None:
    assert {p.stem for p in (data_folder() / FOLDER).glob("*.toml")} == {*LEDGERS, "inventory"}
