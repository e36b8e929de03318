"""Places: what ships is whole and sourced, what is wrong is said in one pass, and the tables mean what they say."""

from __future__ import annotations

import datetime
import itertools
import shutil
import statistics
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.engine.setting import load_setting, place_beside_evidence
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import available, data_folder, read_toml
from bothand.world.place import Measure, Place, by_year, quantity_keys, ratio, series, supplied
from bothand.world.placefile import load_place, measure_faults, named_faults
from bothand.world.population import (
    SEXES,
    Floats,
    background_mortality,
    mortality_by_age,
    people_shape,
    read_rows,
    remaining_years,
    residents,
    starters_shape,
)
from bothand.world.rules import legal
from faulty import change, faults_of, write

AGES = [15, 25, 35, 45, 55, 65, 75, 100]
SHIPPED = data_folder() / "places"


@pytest.fixture(scope="module")
def washtenaw() -> Place:
    return load_place("washtenaw")


@pytest.fixture(scope="module")
def michigan() -> Place:
    return load_place("michigan")


@pytest.fixture
def copy(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the shipped places with one file changed: copy(file, old, new) returns the county's file."""
    folder = tmp_path / "places"
    shutil.copytree(SHIPPED, folder)

    def edit(*edits: tuple[str, str, str]) -> Path:
        for file, old, new in edits:
            change(folder / file, (old, new))
        return folder / "washtenaw.toml"

    return edit


def told_of(path: Path) -> list[str]:
    return [str(fault) for fault in faults_of(load_place, path)]


# ------------------------------------------------------------------ what ships
def test_the_counts_are_those_of_the_sources(michigan: Place, washtenaw: Place) -> None:
    assert by_year(michigan, "opioid_deaths_wonder", (2015, 2018, 2023)).tolist() == [1309, 2011, 2305]
    assert by_year(washtenaw, "opioid_deaths_county", (2018, 2022, 2023, 2024)).tolist() == [81, 80, 56, 42]
    assert by_year(michigan, "naloxone_kits_state", (2020, 2021, 2022)).tolist() == [70236, 120444, 199668]
    assert by_year(washtenaw, "population", (2024,)).tolist() == [373875]


def test_deaths_by_sex_add_up_to_all_deaths(michigan: Place) -> None:
    years = range(2015, 2024)
    parts = [by_year(michigan, f"opioid_deaths_wonder_{sex}", years) for sex in SEXES]
    assert (sum(parts) == by_year(michigan, "opioid_deaths_wonder", years)).all()


def test_deaths_by_age_add_up_to_the_countys_deaths_of_that_year(washtenaw: Place) -> None:
    bands = ("15_24", "25_34", "35_44", "45_54", "55_69")
    total = sum(by_year(washtenaw, f"opioid_deaths_county_{band}", (2021,))[0] for band in bands)
    assert total == by_year(washtenaw, "opioid_deaths_county", (2021,))[0]


def test_2024_enters_as_a_ratio_within_one_definition(michigan: Place) -> None:
    assert ratio(michigan, "opioid_deaths_vsrr", 2024, 2023) == pytest.approx(1355 / 2306)
    with pytest.raises(FaultsFound, match="2024"):
        ratio(michigan, "opioid_deaths_wonder", 2024, 2023)


def test_the_run_in_has_kits_for_every_year_and_never_fewer_than_the_state_handed_out(michigan: Place) -> None:
    kits = by_year(michigan, "naloxone_kits", range(2015, 2026))
    for year, point in series(michigan, "naloxone_kits_state").items():
        assert point.value is not None
        assert kits[year - 2015] > point.value


def test_point_share_and_yearly_receipt_are_two_measures_and_neither_is_known(washtenaw: Place) -> None:
    unknown = {p.measure for p in washtenaw.points if p.value is None}
    assert {"medication_point_share", "medication_yearly_receipt"} <= unknown
    definitions = {m.measure: m.definition for m in washtenaw.measures}
    assert definitions["medication_point_share"] != definitions["medication_yearly_receipt"]
    assert not series(washtenaw, "medication_point_share")


@pytest.mark.parametrize("name", available("places"))
def test_every_figure_of_a_shipped_place_names_its_source(name: str) -> None:
    place = load_place(name)
    assert all(point.source and point.status for point in place.points)


@pytest.mark.parametrize("name", available("places"))
def test_every_quantity_and_service_that_a_place_names_exists(name: str) -> None:
    evidence, place = load_evidence(), load_place(name)
    assert named_faults(place.about, read_toml(place.path), evidence.names, available("services")) == []
    assert all(evidence[key].role == "input" for key in quantity_keys(place))


def test_every_rule_that_a_service_names_stands_in_the_county(washtenaw: Place) -> None:
    rules = {rule.key for rule in washtenaw.rules}
    for name in available("services"):
        with (data_folder() / "services" / f"{name}.toml").open("rb") as stream:
            assert set(tomllib.load(stream)["legal"]["rules"]) <= rules, name


def test_the_countys_share_is_the_median_and_range_of_six_years_of_deaths(michigan: Place, washtenaw: Place) -> None:
    years = range(2018, 2024)
    shares = by_year(washtenaw, "opioid_deaths_county", years) / by_year(michigan, "opioid_deaths_wonder", years)
    row = load_evidence()["washtenaw_share_of_michigan"]
    expected = (statistics.median(shares), shares.min(), shares.max())
    assert (row.mean, row.low, row.high) == pytest.approx(expected, abs=1e-4)
    assert row.grade == "judgement"
    assert row.description.startswith("Assumption")


# ------------------------------------------------------------------ what the model is given
def test_the_county_gets_the_states_places_times_its_share_times_its_own_ratio(washtenaw: Place) -> None:
    values = {key: np.array([2.0, 3.0]) for key in quantity_keys(washtenaw)}
    given_ = supplied(washtenaw, values)
    assert given_["methadone_places"].tolist() == [8.0, 27.0]
    assert given_["starts_per_year"].tolist() == [4.0, 9.0]
    assert set(given_) == {
        *("methadone_places", "buprenorphine_places", "residential_places", "withdrawal_places"),
        *("kits", "starts_per_year"),
    }


def test_a_missing_draw_is_named(washtenaw: Place) -> None:
    with pytest.raises(FaultsFound, match="washtenaw_kits_ratio"):
        supplied(washtenaw, {k: np.ones(1) for k in quantity_keys(washtenaw) if k != "washtenaw_kits_ratio"})


# ------------------------------------------------------------------ rules
def test_a_service_takes_the_worst_of_its_rows_and_both_levels_are_kept(washtenaw: Place) -> None:
    found = legal(washtenaw, "methadone_places")
    assert found.label == "allowed with conditions"
    assert {rule.key for rule in found.federal} == {"otp_2024", "otp_open"}
    assert {rule.key for rule in found.state} == {"otp_open", "lara_rules"}


def test_a_bill_does_not_change_the_label_and_a_payer_that_may_not_pay_is_named(washtenaw: Place) -> None:
    found = legal(washtenaw, "syringe_services")
    assert found.label == "contested"
    assert "syringe_bills" in {rule.key for rule in found.context}
    assert "syringe_federal_funds" in {rule.key for rule in found.not_paid_by}


def test_a_rule_that_has_ended_no_longer_counts(washtenaw: Place) -> None:
    before = legal(washtenaw, "low_barrier_buprenorphine", datetime.date(2026, 1, 1))
    after = legal(washtenaw, "low_barrier_buprenorphine", datetime.date(2027, 1, 1))
    assert [rule.key for rule in before.ends] == ["tele_buprenorphine"]
    assert {r.key for r in before.federal} - {r.key for r in after.federal} == {"tele_buprenorphine"}


def test_a_service_without_a_rule_is_not_called_allowed(washtenaw: Place) -> None:
    assert legal(washtenaw, "a_service_nobody_wrote_a_rule_for").label == "no rule read"


# ------------------------------------------------------------------ tables by sex and age
def chain_years(rates: Floats, ages: Sequence[int]) -> Floats:
    """Years still lived from each band of a chain that ages at c = 1 / width: e = (1 + c e') / (h + c)."""
    left = [1 / rates[-1]]
    for rate, (a, b) in reversed(list(zip(rates[:-1], itertools.pairwise(ages[:-1]), strict=True))):
        left.append((1 + left[-1] / (b - a)) / (rate + 1 / (b - a)))
    return np.array(left[::-1])


@pytest.mark.parametrize("sex", [0, 1])
def test_years_lived_in_the_chain_are_within_0_7_of_single_ages_below_75(washtenaw: Place, sex: int) -> None:
    hazards = mortality_by_age(washtenaw, SEXES[sex])
    rates = background_mortality(washtenaw, AGES).reshape(2, -1)[sex]
    step = 0.02
    grid = np.arange(15, 100, step)
    alive = np.exp(-np.cumsum(np.array([hazards[int(x + step / 2)] for x in grid]) * step))
    ahead = np.cumsum(alive[::-1])[::-1] * step
    for k, (a, b) in enumerate(itertools.pairwise(AGES[:-1])):
        inside = (grid >= a) & (grid < b)
        single = ahead[inside].sum() / alive[inside].sum()
        assert abs(chain_years(rates, AGES)[k] - single) < 0.7, f"{SEXES[sex]} {a}-{b}"


def test_overdose_deaths_are_taken_out_of_the_life_table(washtenaw: Place) -> None:
    row = next(r for r in washtenaw.tables.life_table if (r.sex, r.age) == ("male", 30))
    left = mortality_by_age(washtenaw, "male")[30]
    assert left == pytest.approx(-np.log(1 - row.q) - 54.3e-5)
    assert 0.25 < 1 - left / -np.log(1 - row.q) < 0.35, "overdose was about 30 % of deaths of men 25-34"


def test_with_one_hazard_at_every_age_every_band_below_the_last_has_it(copy: Callable[..., Path]) -> None:
    path = copy(("michigan.toml", 'overdose_rates = "us_overdose_death_rates_2017.csv"\n', ""))
    rows = [f"{sex},{age},0.02,test: none" for sex in SEXES for age in range(15, 100)]
    (path.parent / "us_life_table_2017.csv").write_text("sex,age,q,source\n" + "\n".join(rows), encoding="utf-8")
    rates = background_mortality(load_place(path), AGES).reshape(2, -1)
    assert rates[:, :-1] == pytest.approx(-np.log(0.98))


def test_remaining_years_under_no_mortality_are_the_years_to_the_last_edge() -> None:
    assert remaining_years(dict.fromkeys(range(20, 40), 0.0), [20, 30, 40]) == pytest.approx([15.0, 5.0])


def test_the_shape_of_addiction_has_the_states_own_deaths_by_sex(michigan: Place, washtenaw: Place) -> None:
    shape = people_shape(michigan, AGES)
    men = by_year(michigan, "opioid_deaths_wonder_male", (2015, 2016, 2017)).sum()
    both = by_year(michigan, "opioid_deaths_wonder", (2015, 2016, 2017)).sum()
    assert shape.sum() == pytest.approx(1)
    assert shape[7:].sum() == pytest.approx(men / both)
    assert (people_shape(washtenaw, AGES) == shape).all()


def test_the_shape_of_those_who_start_sums_to_one_and_refuses_bands_it_cannot_fill(washtenaw: Place) -> None:
    assert starters_shape(washtenaw, AGES).sum() == pytest.approx(1)
    assert starters_shape(washtenaw, [15, 45, 100])[0] > starters_shape(washtenaw, [15, 45, 100])[1]
    with pytest.raises(FaultsFound, match="lie across the bands"):
        starters_shape(washtenaw, [15, 30, 100])


@given(edges=st.sets(st.integers(1, 99), max_size=8))
def test_residents_are_the_same_in_all_however_they_are_cut(edges: set[int]) -> None:
    place = load_place("washtenaw")
    assert residents(place, [0, *sorted(edges), 120]).sum() == pytest.approx(368394)


def test_residents_meet_the_known_blocks_of_the_county(washtenaw: Place) -> None:
    blocks = residents(washtenaw, [0, 16, 18, 21, 65, 120]).reshape(2, -1).sum(axis=0)
    assert blocks == pytest.approx([368394 - 309091, 309091 - 300686, 300686 - 249998, 249998 - 56244, 56244])


# ------------------------------------------------------------------ bad input
BAD_ROWS = [
    ("population,2016,366960,,", "population,2016,many,,", "a number was expected, found 'many'"),
    ("population,2016,366960,,", "population,2016,-366960,,", "greater than or equal to 0"),
    ("population,2016,366960,,", "population,2015,366960,,", "the year stands twice"),
    ("population,2016,366960,,", "populaton,2016,366960,,", "Did you mean 'population'?"),
    ("population,2016,366960,,", "population,2016,,,", "not seen"),
    ("population,2016,366960,,", "population,2016,366960,366961,", "above the value"),
    ("washtenaw,population,2016", "wayne,population,2016", "this is the table of 'washtenaw'"),
    ("share_male,2023,0.499", "share_male,2023,1.499", "a share lies between 0 and 1"),
    ("ems_responses_opioids,2022,458,,,responses", "ems_responses_opioids,2022,458,,,deaths", "is in 'responses'"),
    ('observed,"US Census Bureau: population estimates, vintage 2020"', "observed,", "the source is missing"),
    ("settlement_receipts,2031", "settlement_receipts,2029", "the year stands twice"),
    ("settlement_receipts,2030", "settlement_receipts,2022", "payments are out of order: 2022 after 2029"),
]


@pytest.mark.parametrize(("old", "new", "words"), BAD_ROWS, ids=[row[2] for row in BAD_ROWS])
def test_a_bad_figure_is_named_with_file_and_line(copy: Callable[..., Path], old: str, new: str, words: str) -> None:
    faults = told_of(copy(("washtenaw_series.csv", old, new)))
    assert any(words in fault and "washtenaw_series.csv, line " in fault for fault in faults), faults


def test_all_faults_of_all_tables_come_in_one_pass(copy: Callable[..., Path]) -> None:
    path = copy(
        ("washtenaw_series.csv", "population,2016,366960", "population,2016,many"),
        ("washtenaw_series.csv", "share_male,2023,0.499", "share_male,2023,1.499"),
        ("washtenaw_ages.csv", "washtenaw,2023,3,4", "washtenaw,2023,4,5"),
        ("washtenaw.toml", "spent = [2026, 2028]", "spent = [2028, 2026]"),
    )
    faults = told_of(path)
    expected = ("a number was expected", "a share lies", "ages do not join", "the years of the first round")
    for words in expected:
        assert any(words in fault for fault in faults), words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('parent = "michigan"', 'parent = "mishigan"', "unknown parent 'mishigan'. Did you mean 'michigan'?"),
        ('parent = "michigan"', 'parent = "washtenaw"', "a place cannot be a part of itself"),
        ('parent = "michigan"\n', "", "a county names the place that it is part of"),
        ('kind = "county"', 'kind = "contry"', "Did you mean 'county'?"),
        ("share_of_parent", "share_of_parents", "Did you mean 'share_of_parent'?"),
        ('label = "Washtenaw County, Michigan"', 'label = "<b>Washtenaw</b>"', "the signs < and >"),
        ("washtenaw_ages.csv", "washtenaw_agess.csv", "there is no such file"),
        ("[2029, 2031]", "[2028, 2031]", "the spending period 2028-2031 is out of order"),
        (", [2038, 2040]", "", "payments of 2038, 2039, 2040 lie in no spending period"),
        ("usd = 2_250_000", "usd = -2_250_000", "greater than or equal to 0"),
        ("usd = 2_250_000", "usd = 0", "the first round is of no dollar"),
        ("usd = 2_250_000", 'usd = "2250000"', "found '2250000'"),
        ("last_day = 2028-09-30", "last_day = 2024-09-30", "the first round ends before it begins"),
    ],
)
def test_a_bad_place_file_is_refused_in_plain_words(copy: Callable[..., Path], old: str, new: str, words: str) -> None:
    faults = told_of(copy(("washtenaw.toml", old, new)))
    assert any(words in fault for fault in faults), faults


def test_a_place_without_people_is_empty(copy: Callable[..., Path]) -> None:
    path = copy()
    table = path.parent / "washtenaw_series.csv"
    rows = [row for row in table.read_text(encoding="utf-8").splitlines() if ",population," not in row]
    table.write_text("\n".join(rows), encoding="utf-8")
    assert any("the place is empty" in fault for fault in told_of(path))


def test_an_unknown_place_is_met_with_the_nearest_name() -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'washtenaw'"):
        load_place("washtenau")


def test_a_measure_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = (SHIPPED / "measures.csv").read_text("utf-8")
    path = tmp_path / "measures.csv"
    path.write_text(text + text.splitlines()[1] + "\n", "utf-8")
    rows, faults = read_rows(path, Measure)
    twice = list(measure_faults(rows, path))
    assert not faults
    assert [(fault.line, fault.message) for fault in twice] == [
        (len(text.splitlines()) + 1, "the measure 'population' stands already in line 2.")
    ]


def test_a_rule_with_an_unknown_status_is_refused(copy: Callable[..., Path]) -> None:
    faults = told_of(copy(("michigan_rules.csv", ",contested,", ",contestd,")))
    assert any("unknown status 'contestd'" in fault and "'contested'" in fault for fault in faults)


def test_a_life_table_with_a_gap_is_refused(copy: Callable[..., Path]) -> None:
    faults = told_of(copy(("us_life_table_2017.csv", "female,40,", "female,39,")))
    assert any("the life table of 'female'" in fault for fault in faults)


def test_shares_of_starters_that_do_not_sum_to_one_are_refused(copy: Callable[..., Path]) -> None:
    faults = told_of(copy(("starters_by_age.csv", "15,25,0.6,", "15,25,0.7,")))
    assert any("sum to 1.100" in fault for fault in faults)


def test_a_quantity_that_does_not_exist_is_named_with_the_nearest(copy: Callable[..., Path]) -> None:
    path = copy(("washtenaw.toml", '"washtenaw_kits_ratio"', '"washtenaw_kit_ratio"'))
    faults = named_faults(load_place(path).about, read_toml(path), load_evidence().names)
    assert [fault.nearest for fault in faults] == ["washtenaw_kits_ratio"]


def test_a_part_of_another_place_says_how_large_a_part(copy: Callable[..., Path]) -> None:
    faults = told_of(copy(("washtenaw.toml", 'share_of_parent = "', '# share_of_parent = "')))
    assert any("names its share of the people with addiction there" in fault for fault in faults)


def test_a_part_of_a_part_is_refused(copy: Callable[..., Path]) -> None:
    path = copy()
    part = path.with_name("part.toml")
    write(part, path.read_text("utf-8"), ('key = "washtenaw"', 'key = "part"'), ('"michigan"', '"washtenaw"'))
    assert any("is itself a part of Michigan" in fault for fault in told_of(part))


@pytest.mark.parametrize("name", ["kits", "methadone_places", "starts_per_year"])
def test_a_place_that_does_not_give_what_the_model_asks_is_refused_before_the_run(
    copy: Callable[..., Path], name: str
) -> None:
    faults = faults_of(lambda path: load_setting("washtenaw", path), copy(("washtenaw.toml", f"\n{name} =", "\n#")))
    assert [fault.message for fault in faults] == [f"'{name}' is missing: the model asks it of every place."]


def test_a_request_names_services_that_ship_or_none(copy: Callable[..., Path], washtenaw: Place) -> None:
    assert {request.services for request in washtenaw.about.asked_for} >= {("recovery_housing",), ()}
    path = copy(("washtenaw.toml", 'services = ["recovery_housing"]', 'services = ["recovery_hosing"]'))
    _, _, faults = place_beside_evidence(path)
    assert [(fault.where, fault.nearest) for fault in faults] == [("asked_for.0.services.0", "recovery_housing")]


def test_asking_for_an_unknown_measure_is_met_with_the_nearest(washtenaw: Place) -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'population'"):
        series(washtenaw, "populaton")
