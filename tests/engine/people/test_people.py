"""Individuals and the cohort mean one model: closed forms, agreement, the same luck, queues, history."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bothand.engine import reference
from bothand.engine.arrays import Bools, Floats, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate as cohort
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.people.history import Carry, History, Modifier
from bothand.engine.people.lives import entered, first_time, times_of
from bothand.engine.people.people import Lives, simulate
from bothand.engine.rates import schedule
from bothand.world.model import load_model
from engine.thread_numbers import environment

LEAST_P = 3.5  # standard errors: one false alarm in two thousand, and every seed here is fixed


@pytest.fixture(scope="module")
def model() -> CompiledModel:
    return compile_model(load_model("thread"))


def rates_of(model: CompiledModel, years: int = 3, **levers: float) -> Schedule:
    return schedule(model, environment(years=years, draws=2, spread=0.1, levers=levers))


def start_of(model: CompiledModel, people: float = 400.0, kits: float = 200.0, placed: bool = True) -> Start:
    shape = (2, len(model.groups), len(model.chain.strata), model.chain.n_all)
    there = np.zeros(shape)
    living = model.chain.n_living
    for n in range(living):
        if model.group_of[n] != model.inflow_origin and (placed or not model.chain.holds[0, n]):
            there[:, model.group_of[n], :, n] = people / (n + 1)
    return Start(there, np.full(2, kits))


def share_out(lives: Lives, cells: Floats) -> float:
    return float((lives.person_years.sum(axis=(0, 1, 2)) * cells).sum() * lives.weight)


def overdoses_only(model: CompiledModel, years: int, hazard: float) -> Schedule:
    """Rates of a place where nobody moves, dies or arrives, and overdoses come at one hazard."""
    rates = rates_of(model, years=years)
    nothing = {name: np.zeros_like(getattr(rates, name)) for name in ("plain", "slope", "by_stratum", "inflow")}
    return replace(rates, **nothing, event=np.where(rates.event > 0, hazard, 0.0))


def using(model: CompiledModel) -> Bools:
    """The compartments of people who use, (N,)."""
    return np.array([cell["use"] == "using" for cell in model.cells] + [False] * len(model.spec.dead))


def same(one: Lives, other: Lives) -> None:
    for field in fields(Lives):
        if field.name != "named":
            assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


def test_nobody_is_lost_and_every_year_is_lived(model: CompiledModel) -> None:
    rates, start = rates_of(model), start_of(model)
    lives = simulate(model, rates, start, people=3000, seed=1)
    assert lives.state[0].sum() == 3000
    assert lives.state[-1].sum() + lives.counts[:, :, lives.named.death].sum() == lives.people
    dead = first_time(lives, *{r for r, d in zip(lives.named.rule, lives.named.death, strict=True) if d})
    lived = np.minimum(dead, 3.0) - lives.arrived
    assert_allclose(lives.person_years.sum(), lived.sum(), rtol=1e-9)


def test_every_record_follows_the_moves_of_the_model(model: CompiledModel) -> None:
    lives = simulate(model, rates_of(model), start_of(model), people=800, seed=2)
    here = lives.start.copy()
    for person, move, time in zip(lives.person, lives.move, lives.time, strict=True):
        assert lives.named.source[move] == here[person]
        here[person] = lives.named.target[move]
        assert lives.arrived[person] <= time <= 3.0
    assert np.all(np.diff(lives.time)[np.diff(lives.person) == 0] >= 0)


def means(model: CompiledModel, given: bool, runs: int, people: int) -> tuple[Floats, Floats, Trajectory]:
    """Deaths by kind, remissions' person-years: mean and standard error over seeds, and the cohort's."""
    rates, start = rates_of(model), start_of(model)
    run = cohort(model.chain, rates, start)
    found = []
    for seed in range(runs):
        lives = simulate(model, rates, start, people=people, seed=seed, weeks=run if given else None, log=False)
        found.append(lives.person_years.sum(axis=(0, 1, 2))[: model.chain.n_living] * lives.weight)
    values = np.array(found)
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(runs), run


def test_people_with_given_weeks_live_the_years_of_the_cohort(model: CompiledModel) -> None:
    mean, error, run = means(model, given=True, runs=24, people=4000)
    expected = run.person_years[:, 0].sum(axis=(0, 1, 2))[: model.chain.n_living]
    assert np.all(np.abs(mean - expected) <= LEAST_P * error + 1e-6 * expected)
    assert np.all(error < 0.05 * expected + 1e-9)


def test_hazards_lived_through_have_the_mean_of_counts_and_a_smaller_spread(model: CompiledModel) -> None:
    rates, start = rates_of(model), start_of(model)
    run = cohort(model.chain, rates, start)
    expected = (run.state[-1, 0] - run.state[0, 0]).sum(axis=0)[model.chain.n_living :].sum()
    counts, hazards = [], []
    for seed in range(40):
        lives = simulate(model, rates, start, people=2000, seed=seed, weeks=run, log=False)
        death = lives.named.death
        counts.append(lives.counts[:, :, death].sum() * lives.weight)
        hazards.append(lives.hazards[:, :, death].sum() * lives.weight)
    for values in (counts, hazards):
        assert abs(np.mean(values) - expected) < LEAST_P * np.std(values, ddof=1) / np.sqrt(len(values))
    assert np.var(hazards) < 0.5 * np.var(counts)


def test_people_who_make_their_own_weeks_come_to_the_cohort_as_they_are_many(model: CompiledModel) -> None:
    mean, error, run = means(model, given=False, runs=6, people=20000)
    expected = run.person_years[:, 0].sum(axis=(0, 1, 2))[: model.chain.n_living]
    assert np.all(np.abs(mean - expected) <= LEAST_P * error + 0.01 * expected)


def test_a_steep_law_fills_places_as_a_hard_gate_does(model: CompiledModel) -> None:
    rates, start = rates_of(model, places=15.0), start_of(model, placed=False)
    steep = replace(rates, fill=np.full_like(rates.fill, 400.0))
    for queue in ("by the law", "first come, first let in"):
        waits = [n for n, cell in enumerate(model.cells) if cell["care"] == "waits"]
        lives = simulate(
            model, steep, start, people=4 * round(start.people[0].sum()), seed=3, queue=queue, waiting={"places": waits}
        )
        held = model.chain.holds[0][lives.named.target].astype(int) - model.chain.holds[0][lives.named.source]
        begun = model.chain.holds[0][lives.start].sum()
        order = np.argsort(lives.time, kind="stable")
        inside = (begun + np.cumsum(held[lives.move[order]])) * lives.weight
        later = inside[lives.time[order] > 1.5]
        # Every place is taken, and none twice: an admission a week may be too many, never more.
        assert 13.5 < later.mean() <= 15.5
        assert later.max() < 18


def test_whoever_waits_longest_is_let_in_first(model: CompiledModel) -> None:
    rates, start = rates_of(model, places=25.0), start_of(model, placed=False)
    waits = [n for n, cell in enumerate(model.cells) if cell["care"] == "waits"]
    lives = simulate(
        model, rates, start, people=2000, seed=4, queue="first come, first let in", waiting={"places": waits}
    )
    waiting = np.zeros(model.chain.n_all, dtype=bool)
    waiting[waits] = True
    since = np.where(waiting[lives.start], 0.0, np.inf)
    checked = 0
    for i in np.argsort(lives.time, kind="stable"):
        person, move = lives.person[i], lives.move[i]
        source, target = lives.named.source[move], lives.named.target[move]
        if lives.named.rule[move] == "admitted to methadone":
            longer = np.sum(since < since[person])
            assert longer == 0
            checked += 1
        if waiting[source] and not waiting[target]:
            since[person] = np.inf
        if waiting[target] and not waiting[source]:
            since[person] = lives.time[i]
    assert checked > 50


def test_the_order_of_the_queue_changes_who_waits_and_not_how_many(model: CompiledModel) -> None:
    rates, start = rates_of(model, places=25.0), start_of(model, placed=False)
    waits = [n for n, cell in enumerate(model.cells) if cell["care"] == "waits"]
    inside: dict[str, list[float]] = {}
    for queue in ("by the law", "first come, first let in"):
        for seed in range(12):
            lives = simulate(
                model, rates, start, people=3000, seed=seed, queue=queue, waiting={"places": waits}, log=False
            )
            inside.setdefault(queue, []).append(share_out(lives, model.chain.holds[0].astype(float)))
    one, other = (np.array(v) for v in inside.values())
    spread = np.hypot(one.std(ddof=1), other.std(ddof=1)) / np.sqrt(12)
    assert abs(one.mean() - other.mean()) < LEAST_P * spread


def test_results_do_not_depend_on_threads_and_the_same_seed_gives_the_same_lives(model: CompiledModel) -> None:
    rates, start = rates_of(model), start_of(model)
    run = cohort(model.chain, rates, start)
    one = simulate(model, rates, start, people=9000, seed=5, weeks=run)
    same(one, simulate(model, rates, start, people=9000, seed=5, weeks=run, threads=2))
    other = simulate(model, rates, start, people=9000, seed=6, weeks=run)
    assert not np.array_equal(one.counts, other.counts)


def test_a_person_meets_the_same_luck_under_every_plan(model: CompiledModel) -> None:
    start = start_of(model)
    usual, more = rates_of(model), rates_of(model, peers=0.9)
    run, changed = cohort(model.chain, usual, start), cohort(model.chain, more, start)
    one = simulate(model, usual, start, people=4000, seed=7, weeks=run)
    weeks = replace(changed, at_hand=run.at_hand, fraction=run.fraction)
    other = simulate(model, more, start, people=4000, seed=7, weeks=weeks)
    assert_array_equal(one.start, other.start)
    assert_array_equal(one.arrived, other.arrived)
    # A coach acts on people in remission only: whoever never is has the same life to the bit.
    remission = np.array([cell["use"] == "remission" for cell in model.cells] + [False] * len(model.spec.dead))
    never = np.flatnonzero(np.isinf(entered(one, remission)))
    assert len(never) > 1000
    for lives in (one, other):
        assert np.isinf(entered(lives, remission)[never]).all()
    marked = [np.isin(lives.person, never) for lives in (one, other)]
    assert_array_equal(one.time[marked[0]], other.time[marked[1]])
    assert_array_equal(one.move[marked[0]], other.move[marked[1]])


def test_more_naloxone_never_takes_a_life_before_lives_part(model: CompiledModel) -> None:
    rates, start = rates_of(model), start_of(model)
    run = cohort(model.chain, rates, start)
    more = replace(run, at_hand=np.minimum(run.at_hand + 0.3, 1.0))
    fatal = "overdose: fatal"
    one, other = (simulate(model, rates, start, people=6000, seed=8, weeks=w) for w in (run, more))
    before, after = first_time(one, fatal), first_time(other, fatal)
    assert times_of(other, fatal).sum() < times_of(one, fatal).sum()
    dies_sooner = after < before
    # Sooner only for someone whose life was another one by then: an overdose survived that was survived otherwise.
    assert dies_sooner.sum() <= 0.2 * np.isfinite(before).sum()


def test_history_that_multiplies_by_one_changes_nothing(model: CompiledModel) -> None:
    rates, start = rates_of(model), start_of(model)
    run = cohort(model.chain, rates, start)
    none = simulate(model, rates, start, people=2000, seed=9, weeks=run)
    one = History(("overdose",), ("overdose",), (1.0, 1.0, 1.0))
    with_one = simulate(model, rates, start, people=2000, seed=9, weeks=run, carried=Carry((one,)))
    assert_array_equal(none.counts, with_one.counts)
    assert_allclose(none.time, with_one.time, rtol=1e-12)


def test_overdoses_that_raise_the_risk_of_the_next_come_as_a_yule_process_says() -> None:
    """With hazard h (1 + c n) after n events the mean number by t is (exp(h c t) - 1) / c, a closed form."""
    model = compile_model(load_model("thread"))
    still, start = overdoses_only(model, 3, 0.4), start_of(model)
    slope, levels = 0.5, 40
    grows = History(("overdose",), ("overdose",), tuple(1 + slope * n for n in range(levels)))
    lives = simulate(model, still, start, people=20000, seed=10, carried=Carry((grows,)))
    among = using(model)[lives.start]
    counted = times_of(lives, "overdose")[among]
    expected = (np.exp(0.4 * slope * 3) - 1) / slope
    assert abs(counted.mean() - expected) < LEAST_P * counted.std(ddof=1) / np.sqrt(among.sum())
    plain = simulate(model, still, start, people=20000, seed=10)
    counted = times_of(plain, "overdose")[among]
    assert abs(counted.mean() - 0.4 * 3) < LEAST_P * counted.std(ddof=1) / np.sqrt(among.sum())


def test_who_arrives_later_comes_without_a_past(model: CompiledModel) -> None:
    everyone = History(("overdose",), ("overdose",), (0.0, 1.0), start=1.0)
    lives = simulate(model, rates_of(model), start_of(model), people=4000, seed=13, carried=Carry((everyone,)))
    counted = times_of(lives, "overdose")
    assert (lives.arrived > 0).sum() > 100
    assert counted[lives.arrived == 0].sum() > 100
    assert counted[lives.arrived > 0].sum() == 0  # at level 0 nothing happens to them


def test_a_history_that_fades_raises_the_risk_for_as_long_as_it_lasts() -> None:
    """Hazard f h for w years after an event, else h: by renewal, the long-run rate is 1 / mean gap."""
    model = compile_model(load_model("thread"))
    still = overdoses_only(model, 30, 0.5)
    h, f, w = 0.5, 4.0, 0.7
    recent = History(("overdose",), ("overdose",), (1.0, f), fades=w)
    lives = simulate(model, still, start_of(model), people=4000, seed=11, carried=Carry((recent,)))
    among = using(model)[lives.start]
    late = lives.named.of("overdose")[lives.move] & (lives.time > 10)
    counted = np.bincount(lives.person[late], minlength=lives.people)[among]
    gap = (1 - np.exp(-f * h * w)) / (f * h) + np.exp(-f * h * w) / h
    assert abs(counted.mean() / 20 - 1 / gap) < LEAST_P * counted.std(ddof=1) / 20 / np.sqrt(among.sum())


def test_a_modifier_of_ones_own_keeps_the_mean_hazard_and_spreads_counts() -> None:
    """A gamma modifier with variance v on a Poisson count of mean m gives variance m + v m^2."""
    model = compile_model(load_model("thread"))
    still = overdoses_only(model, 3, 0.6)
    own = Modifier(("overdose",), "gamma", {"sd": 0.8})
    lives = simulate(model, still, start_of(model), people=30000, seed=12, carried=Carry(modifiers=(own,)))
    counted = times_of(lives, "overdose")[using(model)[lives.start]]
    mean, variance = 1.8, 1.8 + 0.64 * 1.8**2
    assert_allclose(counted.mean(), mean, rtol=0.03)
    assert_allclose(counted.var(), variance, rtol=0.06)


def test_unknown_names_are_refused(model: CompiledModel) -> None:
    with pytest.raises(ValueError, match="no rule or event 'overdoze'"):
        simulate(
            model, rates_of(model), start_of(model), people=10, carried=Carry((History(("overdoze",), (), (1.0, 2.0)),))
        )
    twice = History((), ("overdose",), (1.0, 2.0))
    with pytest.raises(ValueError, match="two histories name"):
        simulate(
            model,
            rates_of(model),
            start_of(model),
            people=10,
            carried=Carry(
                (
                    twice,
                    twice,
                )
            ),
        )
    run = reference.simulate(model.chain, rates_of(model, years=1), start_of(model), steps=13)
    with pytest.raises(ValueError, match="weeks given"):
        simulate(model, rates_of(model), start_of(model), people=10, weeks=run)
