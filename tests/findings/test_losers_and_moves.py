"""What is said of losers, their repairs, and changes that improve everything: from two draws, judged as if many."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from bothand.decide.losers import no_group_worse
from bothand.decide.moves.move import Move
from bothand.decide.moves.proof import Proof
from bothand.experiments.plans import JUDGED, Tried, option_keys, try_dollars
from bothand.experiments.results import Results
from bothand.experiments.search import BOTH_AND
from bothand.experiments.what_if.moves import Moves, MoveTried, try_moves
from bothand.experiments.what_if.repairs import Repairs, TriedWay, try_repairs
from bothand.experiments.what_if.ways import Way
from bothand.findings.deciding import losers as losers_
from bothand.findings.deciding import moves as moves_
from bothand.findings.tables import Judge, joint_all, judge_all
from bothand.keys import AS_OTHERS_DO, HEALTHY, THREE_YEARS
from bothand.outcomes.values import load_values
from bothand.words import forbidden
from experiments.small_worlds import setting
from experiments.test_one_change import POOR, curves, found, runs, small


@pytest.fixture(autouse=True)
def as_if_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two draws are enough to judge by."""
    monkeypatch.setattr("bothand.decide.losers.LEAST_RUNS", 2)


@cache
def saving() -> dict[str, Tried]:
    """Coaching alone, and what others do: here half naloxone, half methadone; no second reading of it."""
    half = small().yearly_budget / 2
    others = try_dollars(small(), AS_OTHERS_DO, np.array([half, half, 0.0]), THREE_YEARS)
    return {POOR: runs()[POOR], AS_OTHERS_DO: others, BOTH_AND: runs()[BOTH_AND]}


def results(**more: object) -> Results:
    """Just what these findings read."""
    tried = list(saving().values())
    stub = SimpleNamespace(
        world=small(),
        setting=small().setting,
        curves=curves(),
        found=found(),
        found_plan=BOTH_AND,
        repairs=Repairs(),
        moves=None,
        in_mode=lambda mode: tried,
    )
    return cast(Results, SimpleNamespace(**{**vars(stub), **more}))


def test_against_both_references_at_once_a_plan_does_no_better_than_against_each() -> None:
    judge = Judge(results())
    rows = joint_all(results())
    assert {row.plan for row in rows} == {POOR, BOTH_AND}
    for row in rows:
        each = [
            no_group_worse(judge.against(row.plan, other, key), judge.margins[key])
            for other in (None, AS_OTHERS_DO)
            for key in row.indicators
        ]
        assert row.share_no_group_worse <= min(each)
        assert row.references == ["no_new_money", "as_others_do"]
    by_one, by_all = ([row for row in rows if len(row.indicators) == n] for n in (1, len(JUDGED)))
    for one, other in zip(by_one, by_all, strict=True):
        assert other.share_no_group_worse <= one.share_no_group_worse


def test_losers_are_named_by_life_years_and_by_remission_with_a_mechanism_and_a_repair() -> None:
    verdicts, _ = judge_all(results())
    lost = [v for v in verdicts if v.verdict == "loses"]
    found_ = losers_.losers(results(), verdicts)
    assert [(x.plan, x.group, x.reference, x.indicator) for x in found_] == [
        (v.plan, v.group, v.reference, v.indicator) for v in lost
    ]
    assert len({x.indicator for x in found_}) > 1, "coaching alone loses lives and years in remission here"
    for one in found_:
        assert one.mechanism.endswith(".")
        assert one.repair == (one.repairs[0].text if one.repairs else losers_.NONE)
        assert {part.kind for part in one.repairs} <= {"reallocation", "addition"}
        assert all(part.gone is None and part.after is None for part in one.repairs)
        assert forbidden(f"{one.mechanism} {one.repair}") == []


def test_a_repair_that_was_run_says_whether_the_loss_is_gone_and_who_begins_to_lose() -> None:
    lost = losers_.losses(results())
    run = try_repairs(curves(), small(), list(saving().values()), lost, 1)
    found_ = losers_.losers(results(repairs=run), judge_all(results())[0])
    judge = Judge(results())
    assert [part for one in found_ for part in one.repairs]
    for one in found_:
        for part in one.repairs:
            assert part.after is not None
            assert part.before is not None
            margin = judge.margins[one.indicator][judge.groups.index(one.group)]
            assert part.gone == (part.after.high >= 0 or part.after.mean > -margin)
            assert ("is then gone" in part.text) == part.gone
            assert ("begin to lose" in part.text) == bool(part.starts)
        good = [part for part in one.repairs if part.gone]
        if good:
            assert one.repair == good[0].text, "the first that works in the full model leads"


def test_other_terms_repair_a_loss_only_where_it_is_gone_on_them() -> None:
    loss = losers_.losses(results())[0]
    before = try_repairs(curves(), small(), list(saving().values()), [loss], 1).before
    way, other, third = (Way(key, "places", "own", "queue", 0) for key in option_keys(small()))
    large = {key: gain + 1e6 for key, gain in before[loss.plan].items()}
    cheap, dear = TriedWay(way, 5000.0, large), TriedWay(other, 40_000.0, large)
    useless = TriedWay(third, 0.0, dict(before[loss.plan]))
    for tried, expected in (((dear, cheap, useless), 5000.0), ((useless,), None)):
        run = Repairs(2, {}, {loss.plan: tried}, before)
        part = losers_._About(results(repairs=run)).terms(loss) if expected is None else told_terms(run, loss)
        assert (part.dollars if part else None) == expected


def told_terms(run: Repairs, loss: losers_.Loss) -> losers_.RepairPart:
    own = replace(
        run,
        terms={p: tuple(replace(w, way=known_way(w.way, n)) for n, w in enumerate(ws)) for p, ws in run.terms.items()},
    )
    part = losers_._About(results(repairs=own)).terms(loss)
    assert part is not None
    assert part.gone
    assert part.way is not None
    assert "it costs $5,000 a year more" in part.text
    return part


def known_way(way: Way, n: int) -> Way:
    """A way that the catalogue of terms can put in words."""
    return replace(way, term="places", was="own", now="queue", service=option_keys(small())[n])


# -------------------------------------------------------------------------------------------------- one change for all


def parts(moves: Moves) -> list[moves_.MovePart]:
    return moves_.moves(results(moves=moves), load_values())


@pytest.fixture(scope="module")
def tried() -> Moves:
    return try_moves(curves(), found(), list(runs().values()))


def test_each_answer_says_what_was_found(tried: Moves) -> None:
    for part, one in zip(parts(tried), tried.tried, strict=True):
        assert (part.answer in ("move", "contradicted")) == one.counts
        assert bool(part.changes) == bool(part.in_full_model) == one.counts
        assert sum(part.weights.values()) == pytest.approx(1)
        assert forbidden(part.text) == []
        names = set(setting().model.groups) if part.over == "groups" else {v.key for v in load_values()}
        assert {name.partition(",")[0] for name in part.weights} <= names
    assert any(part.answer == "none" and part.plan == BOTH_AND for part in parts(tried))


def test_the_four_answers_in_words() -> None:
    members = tuple(found().groups[:2])
    flat = np.zeros(len(option_keys(small())))

    def one(least: float, left: float, exact: list[float] | None) -> MoveTried:
        change = flat + (np.arange(len(flat)) == 0) * 40_000.0
        proof = Proof(members, np.array([0.5, 0.5]), 1e-6, left)
        move = Move(members, change, change, np.full(2, least), least, proof)
        return MoveTried(POOR, "groups", move, 75_000.0, None if exact is None else np.array(exact))

    given = [one(0.1, 0.1, [0.1, 0.02]), one(0.1, 0.1, [0.1, -0.02]), one(0, 0, None), one(0, 0.05, None)]
    said = parts(Moves(tuple(given), None, 2))
    assert [part.answer for part in said] == ["move", "contradicted", "none", "open"]
    assert "put $40,000 a year into" in said[0].text
    assert "2 in 100 or more" in said[0].text
    assert "would not gain" in said[1].text
    assert "weights prove it" in said[2].text
    assert "$75,000" in said[2].text
    assert "5 in 100 may be left" in said[3].text


def test_the_plan_that_beats_what_others_do_is_told_with_its_share_of_runs(tried: Moves) -> None:
    part = moves_.beats_others(results(moves=tried))
    assert part is not None
    assert part.share_no_group_worse is not None
    assert part.share_no_group_worse_by_any is not None
    assert 0 <= part.share_no_group_worse_by_any <= part.share_no_group_worse <= 1
    assert [g.group for g in part.groups] == list(setting().model.groups)
    assert "beats spending as others do for every group" in part.text
    assert forbidden(part.text) == []


def test_where_no_plan_beats_what_others_do_it_says_how_much_may_be_left(tried: Moves) -> None:
    assert tried.beats is not None
    none = replace(tried.beats, yearly=None, gains={}, others={})
    part = moves_.beats_others(results(moves=replace(tried, beats=none)))
    assert part is not None
    assert part.share_no_group_worse is None
    assert part.groups == []
    assert part.text.startswith("No plan was found")


def test_nothing_is_said_where_nothing_was_asked() -> None:
    assert moves_.moves(results(), load_values()) == []
    assert moves_.beats_others(results()) is None
    assert JUDGED[0] == HEALTHY
