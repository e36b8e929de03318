"""Every service does what its row of the catalogue says and nothing else; none does anything for no dollar."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Delivery, deliver
from bothand.engine.rates import schedule
from bothand.engine.setting import Setting, draw_values, load_setting, service_faults
from bothand.evidence.tables import load_evidence
from bothand.experiments.curves import TODAY, measure_curves
from bothand.experiments.plans import option_keys, service_keys, try_dollars, try_study_plan
from bothand.experiments.results import Results
from bothand.experiments.worlds import World, beyond_limit, lanes, open_world, stays, walks, with_values
from bothand.files import available, data_folder
from bothand.findings.people import also_known
from bothand.findings.terms import parts_of
from bothand.keys import THREE_YEARS
from bothand.outcomes.county import in_groups
from bothand.outcomes.trial import Trial, try_plan
from bothand.words import dollars
from bothand.world.plan import Line
from bothand.world.service import Service, load_service, load_services, quantity_keys
from bothand.world.terms import coercion_of
from experiments.small_worlds import plan, setting, unlike, with_places, world

SERVICES = load_services(available("services"))
MODELLED = [service.key for service in SERVICES if service.modelled]
OFF = [service.key for service in SERVICES if service.modelled and service.off]
SITE = "overdose_prevention_centre"
FOR_QUEUES = ("residential_with_medication",)  # at best guess nobody waits for a bed: it is tried where people do
DEATHS = ("overdose: fatal", "overdose: survived, stops")


# ------------------------------------------------------------------------------------------------ what each row claims


@dataclass(frozen=True)
class Claim:
    """What a service moves: levers, then rules whose rates change, places, kits and starts, then numbers by sign.

    ``more`` and ``less`` are totals of ten years over everyone (``late``: of eighteen years, and none in the first).
    """

    levers: tuple[str, ...]
    rules: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kits: bool = False
    starts: bool = False
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    late: bool = False


ASK = ("ask for buprenorphine", "ask for methadone", "ask for residential treatment")
RETURN = ("return to injecting", "return to use")
ON_BUPRENORPHINE = "buprenorphine_places"
CLAIMS = {
    "community_naloxone": Claim(("programme_kits",), kits=True, less=("overdose_deaths",)),
    "syringe_services": Claim(("touch",), ("join contact",), more=("in_contact", "unbroken_contact")),
    "peer_led_outreach": Claim(("touch",), ("join contact",), more=("in_contact", "unbroken_contact")),
    "drug_checking": Claim(("drug_checking",), DEATHS, less=("overdoses", "overdose_deaths")),
    SITE: Claim(("supervised", "touch"), (*DEATHS, "join contact"), less=("overdose_deaths",), more=("in_contact",)),
    "safer_supply": Claim(("safer_supply",), DEATHS, less=("overdoses", "overdose_deaths")),
    "bridge_navigation": Claim(("navigation",), ASK, more=("waiting",)),
    "low_barrier_buprenorphine": Claim(
        (ON_BUPRENORPHINE, "low_barrier_ask"),
        ("admitted to buprenorphine", "ask for buprenorphine"),
        (ON_BUPRENORPHINE,),
        more=("on_medication",),
        less=("overdose_deaths",),
    ),
    "ed_start_warm_handoff": Claim(
        (ON_BUPRENORPHINE, "ed_start"), ("overdose: survived, starts",), (ON_BUPRENORPHINE,), more=("on_medication",)
    ),
    "methadone_places": Claim(("methadone_places",), (), ("methadone_places",), more=("on_medication",)),
    "xr_naltrexone": Claim(("naltrexone_start",), ("start naltrexone",), more=("on_medication",)),
    "jail_medication": Claim(
        (ON_BUPRENORPHINE, "continuity"), ("released", "released onto medication"), (ON_BUPRENORPHINE,),
        more=("on_medication",), less=("overdose_deaths",),
    ),
    "jail_medication_own_places": Claim(
        (ON_BUPRENORPHINE, "continuity"), ("released", "released onto medication"), (ON_BUPRENORPHINE,),
        more=("on_medication",), less=("overdose_deaths",),
    ),
    "residential_with_medication": Claim(
        ("residential_medication", "residential_places"),
        (
            "complete residential treatment",
            "complete residential treatment on medication",
            "leave residential treatment early",
            "leave residential treatment early on medication",
        ),
        ("residential_places",),
        more=("remission_included_under_1",),
    ),
    "withdrawal_management_alone": Claim(("withdrawal_places",), (), ("withdrawal_places",), more=("remissions",)),
    "withdrawal_management_linked": Claim(
        ("programme_kits", "withdrawal_linked", "withdrawal_places"),
        ("leave withdrawal management", "leave withdrawal management on medication"),
        ("withdrawal_places",),
        kits=True,
        more=("on_medication", "remissions"),
    ),
    "family_support": Claim(("family",), ASK, more=("waiting",)),
    "recovery_housing": Claim(("housing",), RETURN, more=("remission_without_1_to_5",)),
    "abstinence_chosen_recovery_housing": Claim(
        ("housing_without_medication",), RETURN, more=("remission_without_1_to_5",)
    ),
    "peer_coaching": Claim(
        ("peers",),
        (
            "drop out of medication",
            "drop out of medication and return to injecting",
            "drop out of medication and return to use",
            *RETURN,
        ),
        more=("remission_without_1_to_5",),
    ),
    "recovery_community_centre": Claim(("centre",), RETURN, more=("remission_without_over_5",)),
    "school_family_prevention": Claim(("prevention",), starts=True, less=("overdoses", "overdose_deaths"), late=True),
}  # fmt: skip


# ------------------------------------------------------------------------------------------------ one run each


@cache
def wide() -> Setting:
    """The default study with every service that is modelled, those that are off by default included."""
    text = (data_folder() / "studies" / "washtenaw.toml").read_text("utf-8")
    start = text.index("services = [")
    text = text[:start] + f"services = {json.dumps(MODELLED)}" + text[text.index("]", start) + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.toml"
        path.write_text(text.replace('key = "washtenaw"', 'key = "wide"'), "utf-8")
        return load_setting(path)


@cache
def best() -> World:
    """One lane of the wide study: every quantity at its mean, the supply as on day one."""
    return open_world(wide(), lanes(draw_values(wide(), 1, 1), [{}]), stays)


@cache
def queues() -> World:
    """The same world with a tenth of its places."""
    return with_places(best(), 0.1)


def dollars_on(where: World, key: str, times: float = 1.0) -> Floats:
    """The first round's money, so many times over, on one service (S, Y)."""
    money = np.zeros((len(service_keys(where)), len(where.setting.study.years)))
    money[service_keys(where).index(key), list(where.first_round)] = where.yearly_budget * times
    return money


def tried(where: World, key: str, times: float = 1.0) -> Trial:
    return try_plan(where.county, dollars_on(where, key, times), where.horizons, board_lag=where.board_lag)


@cache
def all_on(key: str) -> Trial:
    """All the money of the first round on one service; eight times as much for a centre, which needs it."""
    return tried(best(), key, 8 if key == SITE else 1)


def total(trial: Trial, name: str, horizon: str) -> float:
    """A number over everyone to a horizon, in the main run."""
    return float(trial.run.main.at(name, horizon).sum())


def delivered(trial: Trial) -> Delivery:
    assert trial.delivery is not None
    return trial.delivery


def test_every_modelled_service_has_a_claim() -> None:
    assert sorted(CLAIMS) == MODELLED


@pytest.mark.parametrize("key", MODELLED)
def test_a_service_moves_its_levers_and_no_other(key: str) -> None:
    today = best().county.environment.levers
    moved = delivered(all_on(key)).levers
    assert sorted(name for name, value in moved.items() if not np.array_equal(value, today[name])) == sorted(
        CLAIMS[key].levers
    )
    assert sorted(move.lever for move in load_service(key).moves) == sorted(CLAIMS[key].levers)


@pytest.mark.parametrize("key", MODELLED)
def test_a_service_changes_the_rates_places_kits_and_starts_that_it_claims_and_no_other(key: str) -> None:
    county, chain = best().county, wide().model.chain
    environment = replace(county.environment, levers=delivered(all_on(key)).levers)
    before, after = county.rates, in_groups(county.start, schedule(wide().model, environment))
    edges = wide().model.edges
    plain = {edges[i].rule for i in range(chain.n_plain) if not np.array_equal(before.plain[:, i], after.plain[:, i])}
    slopes = zip(chain.coupled, before.slope.swapaxes(0, 1), after.slope.swapaxes(0, 1), strict=True)
    plain |= {edges[i].rule for i, one, two in slopes if not np.array_equal(one, two)}
    claim = CLAIMS[key]
    assert plain == set(claim.rules)
    assert np.array_equal(before.by_stratum, after.by_stratum), "nobody's death from other causes changes"
    places = [c for n, c in enumerate(chain.capacities) if not np.array_equal(before.places[:, n], after.places[:, n])]
    assert places == list(claim.places)
    assert np.array_equal(before.kits, after.kits) != claim.kits
    assert np.array_equal(before.inflow, after.inflow) != claim.starts


@pytest.mark.parametrize("key", MODELLED)
def test_a_service_moves_what_its_row_of_the_catalogue_says_in_the_direction_it_says(key: str) -> None:
    claim = CLAIMS[key]
    horizon = "18" if claim.late else "10"
    for names, sign in ((claim.more, 1), (claim.less, -1)):
        for name in names:
            where = queues() if key in FOR_QUEUES else best()
            trial = tried(where, key) if key in FOR_QUEUES else all_on(key)
            assert sign * (total(trial, name, horizon) - total(where.quo, name, horizon)) > 0, name
            if claim.late:
                assert total(trial, name, "1") == total(where.quo, name, "1"), "its effect is years away"


@pytest.mark.parametrize("key", MODELLED)
def test_the_settlement_pays_its_share_the_named_payer_the_rest_and_nobody_else(key: str) -> None:
    service, found, values = load_service(key), delivered(all_on(key)), best().values
    paid = found.spent_by_payer[key]
    assert set(paid) == {"settlement", service.payers.rest}
    share = values[service.payers.settlement]
    running = paid["settlement"] - found.start_up[key]
    assert_allclose(running * (1 - share), paid[service.payers.rest] * share, rtol=1e-9, atol=1e-6)
    assert running.sum() > 0
    for other, payers in found.spent_by_payer.items():
        assert other == key or not any(usd.any() for usd in payers.values()), other


@pytest.mark.parametrize("key", MODELLED)
def test_no_dollar_on_a_service_that_others_pay_beside_leaves_its_levers_to_the_bit(key: str) -> None:
    """All others are paid for; the levers that only this one moves stay as they are."""
    others = {move.lever for name in MODELLED if name != key for move in load_service(name).moves}
    money = sum(dollars_on(best(), name) for name in MODELLED if name != key)
    found = deliver(
        money, wide().services, best().values, best().county.eligible, best().county.environment.levers, board_lag=0.5
    )
    for name in set(CLAIMS[key].levers) - others:
        assert found.levers[name].tobytes() == best().county.environment.levers[name].tobytes(), name


def test_no_dollar_on_all_of_them_gives_every_number_of_the_status_quo_to_the_bit() -> None:
    assert unlike(tried(best(), MODELLED[0], 0).run, best().quo.run) == []


def test_the_model_with_every_lever_is_the_default_model_to_the_bit_and_so_are_its_draws() -> None:
    drawn = draw_values(wide(), world().county.draws, 1)
    again = draw_values(setting(), world().county.draws, 1)
    assert all(np.array_equal(drawn.values[name], again.values[name]) for name in setting().names)
    assert unlike(world().quo.run, open_world(wide(), drawn.values, walks(1)).quo.run) == []
    assert set(setting().model.levers) < set(wide().model.levers)


# ----------------------------------------------------------------------------------------------- effects, quantities


@pytest.mark.parametrize(
    ("key", "ratio"),
    [
        ("drug_checking", "fts_overdose_rr"),
        ("safer_supply", "safer_supply_overdose_ratio"),
        ("family_support", "family_asking_ratio"),
        ("abstinence_chosen_recovery_housing", "oxford_house_return_hr"),
    ],
)
def test_without_its_quantity_a_service_has_no_effect(key: str, ratio: str) -> None:
    none = with_values(best(), {ratio: np.ones(1)})
    trial = tried(none, key)
    assert delivered(trial).units[key].any()
    for name, value in trial.run.main.values.items():
        assert_allclose(value, none.quo.run.main.values[name], rtol=1e-9, err_msg=name)


@pytest.mark.parametrize(
    ("key", "ratio", "number"),
    [("drug_checking", "fts_overdose_rr", "overdoses"), ("safer_supply", "safer_supply_overdose_ratio", "overdoses")],
)
def test_a_contested_effect_has_both_signs_in_its_range_and_in_the_run(key: str, ratio: str, number: str) -> None:
    row = load_evidence()[ratio]
    assert row.low < 1 < row.high
    changes = []
    for end in (row.low, row.high):
        where = with_values(best(), {ratio: np.array([end])})
        changes.append(total(tried(where, key), number, "10") - total(where.quo, number, "10"))
    assert changes[0] < 0 < changes[1]


def test_naltrexone_may_help_or_harm_within_its_range() -> None:
    row = load_evidence()["hr_od_xrntx_respond"]
    assert row.low < 1 < row.high


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)
def test_every_quantity_of_a_service_has_a_source(service: Service) -> None:
    evidence = load_evidence()
    for key in quantity_keys(service):
        row = evidence[evidence.resolve(key)]
        judged = row.judged_by and row.judged_from and row.judged_why
        assert row.citation, key
        assert row.locator, key
        assert judged or row.grade != "judgement", key


def test_a_ratio_beside_another_population_is_refused(tmp_path: Path) -> None:
    text = (data_folder() / "services" / "family_support.toml").read_text("utf-8")
    old = "people with addiction, not in treatment, whose family is in no course"
    assert text.count(old) == 1
    path = tmp_path / "family_support.toml"
    path.write_text(text.replace(old, "families in Al-Anon or Nar-Anon facilitation"), "utf-8")
    assert any("family_asking_ratio" in str(fault) for fault in service_faults(path, load_evidence()))


def test_withdrawal_management_that_is_linked_puts_more_people_on_medication_than_alone() -> None:
    alone, linked = (
        total(all_on(f"withdrawal_management_{form}"), "on_medication", "10") for form in ("alone", "linked")
    )
    assert linked > alone
    assert draw_values(wide(), 1, 1).best["overdose_ratio_after_treatment"] > 1, "leaving is a time of risk"


def test_jail_starts_that_pay_for_their_places_buy_fewer_and_bring_as_many_places_each() -> None:
    base, variant = delivered(all_on("jail_medication")), delivered(all_on("jail_medication_own_places"))
    today = best().county.environment.levers["buprenorphine_places"]
    units = (base.units["jail_medication"].sum(), variant.units["jail_medication_own_places"].sum())
    places = [(found.levers["buprenorphine_places"] - today).sum() for found in (base, variant)]
    assert units[1] < units[0]
    assert_allclose(places[1] / units[1], places[0] / units[0], rtol=1e-9)


# ------------------------------------------------------------------------------------------------ steps


@pytest.mark.parametrize("times", [1.0, 2.0, 3.0])
def test_below_one_centre_nothing_opens_and_every_dollar_comes_back(times: float) -> None:
    trial = tried(best(), SITE, times)
    assert times * best().yearly_budget < unit_price(SITE)
    assert_allclose(delivered(trial).unspent[SITE].sum(), 3 * times * best().yearly_budget)
    assert unlike(trial.run, best().quo.run) == []


def test_a_centre_costs_over_three_times_a_year_of_the_first_round() -> None:
    assert unit_price(SITE) > 3 * best().yearly_budget


@pytest.mark.parametrize(("sites", "opened"), [(1.01, 1), (1.9, 1), (2.1, 2)])
def test_centres_come_whole_and_money_for_a_part_of_one_comes_back(sites: float, opened: int) -> None:
    where = with_values(best(), {f"{SITE}_start_up": np.zeros(1), "opc_willing": np.ones(1)})
    given = sites * unit_price(SITE)
    found = delivered(tried(where, SITE, given / where.yearly_budget))
    assert_allclose(found.units[SITE].sum(), 3 * opened, rtol=1e-3)
    assert_allclose(found.unspent[SITE].sum(), 3 * (given - opened * unit_price(SITE)), rtol=1e-2)


def unit_price(key: str) -> float:
    """Settlement dollars for one unit, at the mean of every quantity."""
    service, values = load_service(key), best().values
    return float(sum(values[part.quantity][0] for part in service.cost) * values[service.payers.settlement][0])


# ------------------------------------------------------------------------------------------------ options


def test_services_that_are_off_or_not_modelled_are_no_options() -> None:
    beyond = beyond_limit(best().setting)
    assert set(OFF) == {SITE, "safer_supply"}
    assert set(service_keys(best())) - set(option_keys(best())) == {*OFF, *beyond}
    shipped = load_setting("washtenaw_all")
    assert [s.key for s in shipped.services if s.key not in beyond] == list(option_keys(best()))
    assert all(service.option and service.legal.label != "not allowed" for service in shipped.services)


def test_every_report_names_every_service_that_ships_and_says_why_it_is_not_in_its_study() -> None:
    known = also_known(cast(Results, SimpleNamespace(setting=setting())))
    assert sorted([*(k.key for k in known), *(s.key for s in setting().services)]) == available("services")
    why = {k.key: k.why for k in known}
    assert why["drug_checking"] == "modelled; this study's file does not name it"
    assert why["safer_supply"] == f"off by default: {load_service('safer_supply').off}"
    for key in set(available("services")) - set(MODELLED):
        unmodelled = load_service(key).not_modelled
        assert unmodelled is not None
        assert f"not modelled: {unmodelled.reason} ({unmodelled.words})" in why[key]


def test_a_service_that_is_not_in_the_study_says_what_it_would_cost_and_how_coercive_it_is() -> None:
    known = {k.key: k for k in also_known(cast(Results, SimpleNamespace(setting=setting())))}
    ordered = known["compulsory_treatment"]
    row = setting().evidence["compulsory_treatment_cost"]
    assert f"one commitment: {dollars(row.base_mean * setting().evidence.price_factor(row))} (" in ordered.costs
    assert "the rest courts and the county" in ordered.costs
    assert ordered.coercion == "confinement (grade 4): confinement"
    assert "Published: no gain in use on average" in ordered.why
    assert known["abstinence_chosen_recovery_housing"].coercion.startswith("a benefit with a condition (grade 2): ")


def test_the_report_grades_each_term_of_a_service_as_the_audits_do_beside_the_services_of_the_study() -> None:
    whole = load_setting("washtenaw_all")
    beside = [(service, service.terms) for service in whole.services]
    for service in whole.services:
        graded = coercion_of(service, service.terms, beside)
        parts = parts_of(cast(Results, SimpleNamespace(setting=whole)), service)
        assert {part.term: part.coercion for part in parts} == {key: part.grade for key, part in graded.terms.items()}
    house = next(service for service in whole.services if service.key == "abstinence_chosen_recovery_housing")
    assert coercion_of(house, house.terms, beside).grade == 0


def test_services_that_are_off_never_enter_curves_and_so_no_search() -> None:
    few = replace(wide(), services=tuple(load_service(k) for k in ("safer_supply", "drug_checking", "peer_coaching")))
    where = replace(best(), setting=few, county=replace(best().county, setting=few))
    assert measure_curves(where, levels=(TODAY,)).surface.services == ("drug_checking", "peer_coaching")


def test_dollars_of_options_leave_what_is_off_without_a_dollar() -> None:
    found = try_dollars(best(), "even", np.full(len(option_keys(best())), 1000.0), THREE_YEARS)
    paid = dict(zip(service_keys(best()), found.dollars.sum(axis=(1, 2)), strict=True))
    assert {key for key, usd in paid.items() if usd == 0} == {*OFF, *beyond_limit(best().setting)}


def test_services_on_terms_that_make_help_conditional_are_shown_and_never_chosen() -> None:
    beyond = beyond_limit(load_setting("washtenaw_all"))
    assert {"withdrawal_management_alone", "xr_naltrexone"} <= {*beyond}
    assert beyond_limit(setting()) == ()


def test_a_plan_may_name_what_is_off_to_see_what_it_would_do_and_cost() -> None:
    own = plan("even_split").model_copy(update={"line": (Line(service="safer_supply", share=1.0),)})
    found = try_study_plan(best(), own, THREE_YEARS)
    assert delivered(found.trial).spent_by_payer["safer_supply"]["settlement"].sum() > 0
    assert not np.array_equal(found.trial.run.main.at("overdoses", "10"), best().quo.run.main.at("overdoses", "10"))
