"""The other stretches of the road back (expressions, rates, delivery), each against differences of its own forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from test_delivery import LEVERS, SERVICES, YEARS
from test_delivery import world as made_up
from thread_numbers import QUANTITIES
from thread_numbers import environment as small_environment

from bothand.engine.adjoint.cohort import Slopes
from bothand.engine.adjoint.delivery import corner_slope, to_dollars
from bothand.engine.adjoint.expressions import to_levers
from bothand.engine.adjoint.rates import Owed, moved_edges
from bothand.engine.arrays import Floats, Schedule
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.delivery import Reach, corner, deliver
from bothand.engine.rates import Environment, both_schedules, schedule
from bothand.evidence.draws import draw
from bothand.evidence.tables import load_evidence
from bothand.files import named_file
from bothand.world.language.graph import LEVER, Graph, Node, evaluate
from bothand.world.model import load_model
from bothand.world.service import quantity_keys

TINY = 1e-30  # a complex step: no digit is lost to rounding
SMOOTH = ("+", "-", "*", "/", "with", "exp", "log", "negative", "pick")


# ---------------------------------------------------------------- expressions
def random_graph(rng: np.random.Generator, size: int) -> tuple[Graph, list[int]]:
    """Two levers, then operations on what is there; every value stays above zero, so that log and / are at home."""
    graph = Graph()
    nodes = [graph.add(Node(LEVER, name)) for name in ("a", "b")]
    for _ in range(size):
        kind = str(rng.choice(SMOOTH))
        one, two = (int(rng.choice(nodes)) for _ in "12")
        if kind == "negative":  # two minus signs, or a number below zero would be
            node = graph.add(Node(kind, parts=(graph.add(Node(kind, parts=(one,))),)))
        elif kind == "-":
            node = graph.add(Node(kind, parts=(graph.add(Node("+", parts=(one, two))), two)))
        elif kind == "exp":
            small = graph.add(Node("/", parts=(one, graph.number(50))))
            node = graph.add(Node(kind, parts=(small,)))
        elif kind == "log":
            node = graph.add(Node(kind, parts=(graph.add(Node("+", parts=(one, graph.number(1.5)))),)))
        elif kind == "pick":
            node = graph.add(Node(kind, by=("age",), parts=(one, two, one)))
        else:
            node = graph.add(Node(kind, parts=(one, two)))
        nodes.append(node)
    return graph, nodes


def evaluated(graph: Graph, roots: list[int], levers: Mapping[str, Any]) -> dict[int, Any]:
    return evaluate(graph, roots, lambda node: levers[node.name], {})


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 12))
def test_expressions_swept_back_agree_with_complex_steps(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    graph, nodes = random_graph(rng, size)
    levers = {name: rng.uniform(0.2, 0.9, (4, 1, 2)) for name in "ab"}
    known = evaluated(graph, nodes, levers)
    worth = {node: rng.normal(size=known[node].shape) / (1 + np.abs(known[node])) for node in nodes[2:]}
    found = to_levers(graph, known, worth)
    for name in "ab":
        changed = {**levers, name: levers[name] + TINY * 1j}
        by = evaluated(graph, nodes, changed)
        slope = sum((worth[node] * np.imag(by[node]) / TINY).sum(axis=1) for node in worth)
        owed = found[name][:, 0] if name in found else 0 * slope
        scale = sum((np.abs(worth[node]) * np.abs(np.imag(by[node]) / TINY)).sum(axis=1) for node in worth)
        assert np.all(np.abs(owed - slope) <= 1e-12 * scale + 1e-13)


def test_the_least_and_the_most_hand_all_to_the_part_that_is_it_and_steps_hand_on_nothing() -> None:
    graph = Graph()
    a, b = (graph.add(Node(LEVER, name)) for name in "ab")
    least, most = graph.add(Node("min", parts=(a, b))), graph.add(Node("max", parts=(a, b)))
    inside = graph.add(Node("within", parts=(a, graph.number(0), graph.number(1))))
    levers = {"a": np.array([0.2, 0.7, 0.5]).reshape(3, 1, 1), "b": np.full((3, 1, 1), 0.5)}
    known = evaluated(graph, [least, most, inside], levers)
    one = np.ones((3, 1, 1))
    low, high = to_levers(graph, known, {least: one}), to_levers(graph, known, {most: one})
    assert low["a"].ravel().tolist() == [1, 0, 1]  # the first of equals carries it
    assert low["b"].ravel().tolist() == [0, 1, 0]
    assert (low["a"] + high["a"]).ravel().tolist() == [1, 1, 2]
    assert not to_levers(graph, known, {inside: one}).get("a", np.zeros(1)).any()


# ---------------------------------------------------------------------- rates
RATES = tuple(field.name for field in fields(Slopes) if field.name not in ("people", "stock"))


CHANGES = {  # a lever wherever the language lets one stand: events, deaths, survivors, starts, rates by sex and age
    'rate = "overdose_rate *': 'rate = "with(supply, peers_return_ratio) * overdose_rate *',
    '"fatal_without_help *': '"with(aid, naloxone_effect) * fatal_without_help *',
    'use_per_event = "witnessed"': 'use_per_event = "witnessed * with(aid, centre_return_ratio)"',
    'rate = "starts_per_year *': 'rate = "with(supply, centre_return_ratio) * starts_per_year *',
    'rate = "background[sex, age] * excess"': 'rate = "background[sex, age] * excess * with(health, naloxone_effect)"',
    'rate = "1 / admission_time"': 'rate = "exp(aid) / admission_time"',
}
MORE = "".join(f'[lever.{n}]\nlabel = "{n}"\nkind = "share"\nstatus_quo = 0\n' for n in ("supply", "aid", "health"))


@cache
def model() -> CompiledModel:
    """The smallest model, with levers in places where it has none."""
    text = named_file("models", "thread").read_text("utf-8")
    for old, new in CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "thread.toml"
        path.write_text(text.replace("[lever.prevention]", MORE + "[lever.prevention]"), encoding="utf-8")
        return compile_model(load_model(path))


def environments() -> tuple[Environment, Environment]:
    """A plan's environment, all its levers moved and other in every year, and the status quo's."""
    quo = small_environment(draws=3, spread=0.05, levers=dict.fromkeys(("supply", "aid", "health"), 0.0))
    rng = np.random.default_rng(7)
    shares = {name: rng.uniform(0.2, 0.8, value.shape) for name, value in quo.levers.items()}
    shares["peers"] *= 0.4  # the better of peers and centre: now one, now the other
    more = {name: quo.levers[name] * (1 + shares[name]) for name in ("kits", "places")}
    return replace(quo, levers=shares | more), quo


@pytest.mark.parametrize("twin", [False, True])
def test_levers_are_owed_what_differences_of_schedules_say(twin: bool) -> None:
    (plan, quo), rng = environments(), np.random.default_rng(9)

    def rates(levers: Mapping[str, Floats]) -> Schedule:
        environment = replace(plan, levers=levers)
        return both_schedules(model(), environment, quo)[1] if twin else schedule(model(), environment)

    there = rates(plan.levers)
    given = {name: rng.normal(size=getattr(there, name).shape) for name in RATES}
    owed = Owed(model(), plan, quo)
    owed.add_schedule(Slopes(**given, people=np.zeros((3, 1, 4, 8)), stock=np.zeros(3)), twin)
    found = owed.levers()

    def number(levers: Mapping[str, Floats]) -> Floats:
        at = rates(levers)
        parts = [(given[name] * getattr(at, name)).reshape(-1, 3).sum(axis=0) for name in RATES]
        return np.asarray(np.sum(parts, axis=0))

    for name in model().levers:
        by = rng.normal(size=plan.levers[name].shape) * plan.levers[name] * 1e-4
        up, down = ({**plan.levers, name: plan.levers[name] + sign * by} for sign in (1, -1))
        slope = (number(up) - number(down)) / 2
        assert_allclose((found[name] * by).sum(axis=0), slope, rtol=1e-5, atol=1e-10, err_msg=name)
    moves = {name: found[name].any() for name in model().levers}
    assert moves == dict.fromkeys(model().levers, True) | {"health": not twin}  # a twin takes deaths as they were


def test_a_lever_that_stays_is_owed_by_the_year_as_one_that_changes() -> None:
    plan, quo = environments()
    flat = {name: np.repeat(value[:1], 3, axis=0) for name, value in plan.levers.items()}
    given = {name: np.ones(getattr(schedule(model(), plan), name).shape) for name in RATES}
    owed = Owed(model(), replace(plan, levers=flat), quo)
    owed.add_schedule(Slopes(**given, people=np.zeros((3, 1, 4, 8)), stock=np.zeros(3)), twin=False)
    supply = owed.levers()["supply"]
    assert supply.shape == (3, 3)
    # The supply's toxicity doubles over the years, and with it what one more of the lever takes off the overdoses.
    starts = QUANTITIES["starts_per_year"] * (1 - QUANTITIES["centre_return_ratio"])
    grows = supply[:, 0] + starts
    assert_allclose(grows / grows[0], np.linspace(1, 2, 3), rtol=1e-9)


def test_the_edges_that_are_said_to_move_are_those_that_do() -> None:
    plan, quo = environments()
    one, other = schedule(model(), plan), schedule(model(), quo)
    plain, by_stratum = moved_edges(model())
    assert np.array_equal((one.plain != other.plain).any(axis=(0, 2)), plain)
    assert np.array_equal((one.by_stratum != other.by_stratum).any(axis=(0, 2, 3)), by_stratum)


# ------------------------------------------------------------------- delivery
# Two services in whose new places a lever stands at a share: the second begins where the first left it.
BLENDS = next(service for service in SERVICES if any(move.blend for move in service.moves))
TWICE = [*SERVICES, BLENDS.model_copy(update={"key": "another"})]


@given(ratio=st.floats(0, 3), ceiling=st.sampled_from([0.5, 40.0, 3e4]))
def test_the_corner_has_the_slope_that_differences_say(ratio: float, ceiling: float) -> None:
    offered, high = np.array([ratio * ceiling]), np.array([ceiling])
    h = 1e-5 * ceiling
    slope = (corner(offered + h, high) - corner(np.maximum(offered - h, 0), high)) / (h + min(h, ratio * ceiling))
    assert_allclose(corner_slope(offered, high), slope, atol=1e-6)


@pytest.mark.parametrize(("reach", "sites"), [("to the ceiling", 0.0), ("half the ceiling", 1.0), ("linear", 0.0)])
def test_dollars_are_owed_what_differences_of_deliveries_say(reach: Reach, sites: float) -> None:
    rng = np.random.default_rng(3)
    keys = sorted({key for service in TWICE for key in quantity_keys(service)})
    values = draw(load_evidence(), keys, 4, 1, {}).values
    eligible, today = made_up(4)
    levers = {name: np.broadcast_to(value, (YEARS, 4)) for name, value in today.items()}
    dollars = rng.uniform(0, 4e5, (len(TWICE), YEARS, 4))
    how: dict[str, Any] = {"board_lag": np.full(4, 0.7), "reach": reach, "sites": sites}
    there = deliver(dollars, TWICE, values, eligible, levers, **how)
    worth = {name: rng.normal(size=value.shape) / (1 + np.abs(value)) for name, value in there.levers.items()}
    found = to_dollars(worth, there, dollars, TWICE, values, eligible, levers, **how)

    def number(given: Floats) -> Floats:
        moved = deliver(given, TWICE, values, eligible, levers, **how).levers
        return np.asarray(np.sum([(worth[name] * moved[name]).sum(axis=0) for name in LEVERS], axis=0))

    for s in range(len(TWICE)):
        year = int(rng.integers(YEARS))
        one = np.zeros(dollars.shape)
        one[s, year] = 1.0
        slope = (number(dollars + one) - number(dollars - one)) / 2
        assert_allclose(found[s, year], slope, rtol=1e-5, atol=1e-7 * np.abs(found).max())
    all_at_once = rng.uniform(-1, 1, dollars.shape)
    slope = (number(dollars + all_at_once) - number(dollars - all_at_once)) / 2
    assert_allclose((found * all_at_once).sum(axis=(0, 1)), slope, rtol=1e-5, atol=1e-6 * np.abs(found).max())


def test_the_first_dollar_of_every_service_is_worth_what_little_money_brings() -> None:
    keys = sorted({key for service in SERVICES for key in quantity_keys(service)})
    values = draw(load_evidence(), keys, 2, 1, {}).values
    eligible, today = made_up(2)
    levers = {name: np.broadcast_to(value, (YEARS, 2)) for name, value in today.items()}
    none = np.zeros((len(SERVICES), YEARS, 2))
    how: dict[str, Any] = {"board_lag": np.zeros(2), "sites": 0.0}
    worth = {name: np.ones((YEARS, 2)) for name in levers}
    there = deliver(none, SERVICES, values, eligible, levers, **how)
    found = to_dollars(worth, there, none, SERVICES, values, eligible, levers, **how)
    for s, service in enumerate(SERVICES):
        little = none.copy()
        little[s, 0] = 1.0
        moved = deliver(little, SERVICES, values, eligible, levers, **how).levers
        more = sum((moved[name] - there.levers[name]).sum(axis=0) for name in levers)
        assert service.whole or np.all(found[s, 0] != 0) == np.all(more != 0)
        if not service.whole:
            assert_allclose(found[s, 0], more, rtol=1e-4)
