"""The main job, in order: a study's files in, a results folder with one report out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bothand.engine import early
from bothand.engine.delivery import Reach
from bothand.engine.runs.running import WORKERS, Runs, block_of, executor_of
from bothand.engine.runs.store import Store, beside
from bothand.engine.setting import Setting, draw_values, load_setting
from bothand.experiments import curves as curves_
from bothand.experiments.cohort_ahead import stable_shares
from bothand.experiments.deciding import Between, Deciding, decide, ends_of, judged, look_between, open_ends
from bothand.experiments.end_and_platform import part_gains
from bothand.experiments.in_blocks.opening import open_in_blocks
from bothand.experiments.individuals.counties import count_counties
from bothand.experiments.individuals.courses import follow
from bothand.experiments.more_kits import averted_by_kit
from bothand.experiments.plans import in_modes, try_all, try_dollars
from bothand.experiments.positions.own_plan import improve
from bothand.experiments.positions.stances import try_stances
from bothand.experiments.reaches import Asked, Reached, try_reaches, usual_reach
from bothand.experiments.results import Results
from bothand.experiments.ruled.bounds import check
from bothand.experiments.ruled.price import price_of_rules
from bothand.experiments.search import BOTH_AND, search
from bothand.experiments.terms import try_terms
from bothand.experiments.what_if.budgets import Budgets, look_at_budgets, look_further
from bothand.experiments.what_if.common import find_common
from bothand.experiments.what_if.discharge import try_discharge
from bothand.experiments.what_if.limit import price_of_limit
from bothand.experiments.what_if.wrong_side import try_wrong_side
from bothand.experiments.worlds import first_draws, walks
from bothand.faults import FaultsFound
from bothand.files import available, data_folder
from bothand.files.store import check_target, write_results
from bothand.findings.building import build_summary
from bothand.findings.deciding.losers import worst_loss
from bothand.findings.lines import lines_table
from bothand.findings.measures import differences
from bothand.findings.stakes.audits import held_ratios
from bothand.full_run import Begin, Tell, begin_in_full, end_in_full
from bothand.keys import AS_OTHERS_DO, OTHERS_HALF, THREE_YEARS
from bothand.outcomes.ratings import load_rated
from bothand.outcomes.values import values_of
from bothand.report.page import render
from bothand.report.summary import Summary
from bothand.words import join_words
from bothand.world.stakeholders import Consulted, load_consulted
from bothand.world.studyfile import load_study
from bothand.world.terms import said_for_nothing, shown

STABLE_AFTER = (10, 20, 30)  # UNIT: years after which stable remission is compared with long cohorts
AT_ONCE = 2  # MATH: questions asked at a time: one processor may wait for the solver, the other runs the engine
COUNTIES = 8  # MATH: draws in which people are followed one by one
HASH = 12  # UNIT: characters of the run's short hash
FLOORS = ("even_split", AS_OTHERS_DO)


@dataclass(frozen=True)
class Options:
    """What the reader asked for; None = the study's own."""

    study: str
    folder: Path
    seed: int | None = None
    draws: int | None = None
    place: Path | None = None
    plans: tuple[Path, ...] = ()
    ratings: Path | None = None
    terms: tuple[Path, ...] = ()  # files in which programmes say how they run services
    full: bool = False  # every plan that ships, other reach, other terms, prices, stakeholders, disputes
    stakeholders: tuple[Path, ...] = ()  # whom a full run asks; empty = the positions that ship
    workers: int = WORKERS  # tasks at a time
    executor: str = "threads"  # where they run: threads, processes or dask
    chunks: Path | None = None  # folder in which finished chunks stay; None = beside the results, until these stand
    chunk_draws: int | None = None  # draws in a chunk; any number gives the same results


@dataclass(frozen=True)
class Result:
    """Where the results stand, what they say, how long it took, and what was done with money that nothing can use."""

    folder: Path
    summary: Summary
    seconds: float
    notes: tuple[str, ...] = ()
    found: int = 0  # chunks that were there already
    made: int = 0  # chunks that were run


def run_study(options: Options, tell: Tell = lambda words: None) -> Result:
    """Run a study and write its results folder. What an earlier run finished that was stopped is not run again.

    Raises FaultsFound, before anything is written, for faulty files or a folder that cannot be used.
    """
    started, began = time.perf_counter(), datetime.now(UTC)
    check_target(options.folder)
    plans = _every_plan(options, tell) if options.full else options.plans
    setting, ratings = load_rated(
        options.study, options.place, plans, options.ratings, options.stakeholders, options.terms
    )
    consulted = load_consulted(options.stakeholders, _weighed(setting), began) if options.full else ()
    with open_runs(setting, options, tell) as runs:
        results = compute(setting, options, tell, runs, consulted)
    tell("writing the report")
    summary = build_summary(results, ratings)
    page = render(summary)
    seconds = time.perf_counter() - started
    write_results(options.folder, _files(results, summary, page, seconds, runs))
    if runs.store is not None and options.chunks is None:
        runs.store.remove()
    notes = [f"{plan.label}: {words}" for plan in setting.plans for words in shown(plan)]
    notes += [words for one in setting.programmes if (words := said_for_nothing(one, setting.services))]
    if runs.found:
        notes.append(f"{runs.found} of {runs.found + runs.made} chunks were already there.")
    return Result(options.folder, summary, seconds, tuple(notes), runs.found, runs.made)


def open_runs(setting: Setting, options: Options, tell: Tell) -> Runs:
    """Return how the tasks of a run are run and kept. Raises FaultsFound for Dask where it is not installed."""
    store = Store(options.chunks or beside(options.folder), tell)
    if there := len(store):
        tell(f"{there} finished chunks are there from an earlier run; those that fit are not run again")
    draws = options.draws or setting.study.draws
    block = options.chunk_draws or block_of(options.executor, options.workers, draws)
    return Runs(executor_of(options.executor, options.workers), options.workers, store, block)


def _every_plan(options: Options, tell: Tell) -> tuple[Path, ...]:
    """Return the plans asked for, and every stance and published plan that ships and that this study can run."""
    try:
        named = _asked_for(options)
    except FaultsFound:  # told with those of all other files
        return options.plans
    ships = [name for name in available("plans") if name not in named]
    faulty: set[str] = set()
    try:
        load_setting(options.study, options.place, tuple(Path(name) for name in ships))
    except FaultsFound as found:
        faulty = {Path(fault.file).stem for fault in found.faults}
    unfit = [name for name in ships if name in faulty]
    if unfit:
        tell(f"left out, for this study cannot run them: {join_words(unfit)}")
    return (*options.plans, *(Path(name) for name in ships if name not in unfit))


def _asked_for(options: Options) -> set[str]:
    """Return the names of the plans of the study's own file, and of those that the reader named."""
    entries: list[str | Path] = [*load_study(options.study).plans, *options.plans]
    return {Path(entry).stem for entry in entries}


def _weighed(setting: Setting) -> dict[str, str]:
    """Return the keys of the study's values, each with its family: each has a weight."""
    shown = values_of(setting.study, setting.folder, setting.services, setting.evidence.names)
    return {value.key: value.family for value in shown.values}


def compute(
    setting: Setting, options: Options, tell: Tell, runs: Runs | None = None, consulted: Sequence[Consulted] = ()
) -> Results:
    """Run everything that a study asks for; without ``runs``, all draws at once, here, and nothing kept.

    ``consulted``: stakeholders to be set beside the plans.
    """
    study = setting.study
    seed = study.seed if options.seed is None else options.seed
    early.begin(len(setting.model.groups), len(setting.model.chain.strata), slopes=options.full)
    draws = draw_values(setting, options.draws or study.draws, seed)
    tell(f"the state's run-in and its fits, {draws.n} runs")
    world = open_in_blocks(runs, setting, draws.values, walks(seed))
    tried = try_all(world, tell=tell)
    terms = try_terms(world, tried, tell)
    few = first_draws(world, curves_.DRAWS)
    curves = curves_.measure_curves(few, tell)
    check(setting, curves.surface)
    values = values_of(study, setting.folder, setting.services, setting.evidence.names).values
    keys = {v.key: v.indicator.key for v in values if v.indicator.key in curves.surface.objectives}
    tell("the both/and plan and the map")
    floors = [plan for plan in setting.plans if plan.key in FLOORS]
    ends = ends_of(setting, judged(setting, draws, ("judgement", "unverified")))
    with ThreadPoolExecutor(1) as aside:  # what no plan moves is run while the solver looks for one
        opening = aside.submit(open_ends, setting, draws, ends, runs)
        found = search(curves, keys, floors)
        lanes = opening.result()
    tried += [try_dollars(where, BOTH_AND, found.yearly, mode) for mode, where in in_modes(world).items()]
    families = {v.key: v.family for v in values}
    compared = [p for p in setting.plans if p.services and p.key != OTHERS_HALF]
    some = first_draws(world, COUNTIES)
    followed = [one for one in tried if one.mode == THREE_YEARS and one.plan in (study.status_quo, BOTH_AND)]

    def at_ends() -> tuple[Deciding, dict[Reach, Reached], dict[str, Between]]:
        deciding = decide(lanes, compared, {BOTH_AND: found.yearly}, ends, tell)
        usual = usual_reach(few, tried, deciding, curves, found)
        asked = Asked(compared, found.yearly, keys, floors, options.full)
        reaches = try_reaches(usual, lanes, deciding, asked, tell)
        tell("local numbers between their ends")
        return (
            deciding,
            reaches,
            look_between(setting, draws, compared, {BOTH_AND: found.yearly}, deciding, BOTH_AND, runs),
        )

    def at_budgets() -> Budgets:
        near = look_at_budgets(curves, found, tell)
        return look_further(curves, found, near, tell) if options.full else near

    with _at_once() as begin:
        common = begin(find_common, consulted, families, world, tried, curves, found, seed, tell)
        ended = begin(at_ends)
        more = begin_in_full(begin, world, draws, tried, curves, found, floors, seed, tell) if options.full else None
        stances = begin(try_stances, curves, found, tried, BOTH_AND, tell)
        budgets = begin(at_budgets)
        limit = begin(price_of_limit, curves, keys, floors, found.yearly, tell)
        ruled = begin(price_of_rules, curves, keys, floors, found, tell)
        parted = begin(part_gains, world, few, tried, held_ratios(), found.yearly, tell)
        wrong_side = begin(try_wrong_side, few, tried, found.yearly, seed, tell)
        discharge = begin(try_discharge, few, tried, seed, tell)
        counties = begin(count_counties, some, followed, world.ten_years[1], seed, own_weeks=options.full)
        courses = begin(follow, some, followed, seed)
        stable, by_kit = begin(stable_shares, world, STABLE_AFTER), begin(averted_by_kit, world)
        shared = common.result()  # first: it says what is wrong with a stakeholder's file
        deciding, reaches, between = ended.result()
        results = Results(
            setting=setting,
            draws=draws,
            world=replace(world, runs=None),
            tried=tuple(tried),
            curves=curves,
            found=found,
            deciding=deciding,
            reaches=reaches,
            stable=stable.result(),
            averted_by_kit=by_kit.result(),
            run=short_hash(setting, seed, draws.n, options.ratings, options.full, [one.path for one in consulted]),
            terms=terms,
            parted=parted.result(),
            between=between,
            wrong_side=wrong_side.result(),
            discharge=discharge.result(),
            limit=limit.result(),
            ruled=ruled.result(),
            stances=stances.result(),
            common=shared,
            budgets=budgets.result(),
            counties=counties.result(),
            courses=courses.result(),
            beside=frozenset(p.key for p in setting.plans) - _asked_for(options) if options.full else frozenset(),
        )
        own = {key: worst_loss(results, key) for key in (Path(entry).stem for entry in options.plans)}
        improvements, repairs = improve(curves, found, world, tried, own, tell)
        results = replace(results, improvements=improvements, repairs=repairs)
        return end_in_full(results, world, floors, seed, tell, more) if more else results


@contextmanager
def _at_once() -> Iterator[Begin]:
    """Give what begins a question and promises its answer, two at a time and in the order in which they are begun.

    While one waits for the solver, which has one processor, another runs the engine. No answer feels another.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool.submit
    finally:
        pool.shutdown(cancel_futures=True)


def short_hash(
    setting: Setting,
    seed: int,
    draws: int,
    ratings: Path | None = None,
    full: bool = False,
    stakeholders: Sequence[Path] = (),
) -> str:
    """Return a short hash of inputs, seed and code version: the same inputs give the same hash, wherever they stand."""
    digest = hashlib.sha256(f"{version('bothand')} {seed} {draws}{' full' if full else ''}".encode())
    for path in sorted(p for p in data_folder().rglob("*") if p.is_file()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for part in (setting.study, *setting.services, *setting.plans, setting.model.spec):
        digest.update(part.model_dump_json().encode())
    for entry in (*setting.study.own_values, *setting.study.own_marks):
        digest.update((setting.folder / entry).read_bytes())
    for place in setting.place.lineage:
        digest.update(place.model_dump_json(exclude={"path", "parent"}).encode())
    for row in setting.evidence.used_by(setting.names, setting.study.choices):
        digest.update(f"{row.key} {row.mean} {row.low} {row.high} {row.unit} {row.distribution}".encode())
    if ratings is not None:
        digest.update(ratings.read_bytes())
    for path in (*stakeholders, *(programme.path for programme in setting.programmes)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:HASH]


def _files(results: Results, summary: Summary, page: str, seconds: float, runs: Runs) -> dict[str, bytes]:
    record = {
        "schema": "bothand-run/1",
        "run": results.run,
        "study": results.setting.study.key,
        "version": version("bothand"),
        "seed": results.draws.seed,
        "draws": results.draws.n,
        "command": ["bothand", *sys.argv[1:]],
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "libraries": {name: version(name) for name in ("numpy", "scipy", "numba", "pydantic", "jinja2")},
        "executor": runs.executor.name,
        "workers": runs.workers,
        "chunk_draws": runs.block,
        "seconds": round(seconds, 1),
    }
    return {
        "run.json": json.dumps(record, indent=2).encode(),
        "summary.json": summary.model_dump_json().encode(),
        "report.html": page.encode(),
        "outcomes.csv": _table(summary).encode(),
        "lines.csv": lines_table(results, summary.lines).encode(),
        "arrays.npz": _arrays(results),
    }


def _arrays(results: Results) -> bytes:
    """Return every indicator's change against no new money by plan and way the money comes: (H, D, O), float32.

    D is the number of runs, or of the first of them in which the money of all years was followed.
    """
    found = {
        f"{tried.mode}/{tried.plan}/{key}": values.astype(np.float32)
        for tried in results.tried
        if tried.plan != results.setting.study.status_quo
        for key, values in differences(results.where(tried), tried).items()
    }
    found["groups"] = np.array(results.setting.model.groups)
    found["horizons"] = np.array(results.world.horizons.names)
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **found)
    return stream.getvalue()


def _table(summary: Summary) -> str:
    """Return the outcomes as CSV for people."""
    columns = list(type(summary.outcomes[0]).model_fields)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([getattr(row, name) for name in columns] for row in summary.outcomes)
    return stream.getvalue()
