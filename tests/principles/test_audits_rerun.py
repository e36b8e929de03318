"""What the audits' own runs say of real plans: the other side of the line, the other rule, every clear loss."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from plans_to_audit import ENOUGH, plan_of, setting, world

from bothand.engine.setting import draw_values
from bothand.experiments.plans import Tried, try_study_plan
from bothand.experiments.results import Results
from bothand.experiments.what_if.discharge import try_discharge
from bothand.experiments.what_if.limit import LimitPrice
from bothand.experiments.what_if.wrong_side import try_wrong_side
from bothand.findings import people, tables
from bothand.findings.measures import levels
from bothand.findings.stakes.audits import audits
from bothand.findings.stakes.harms import changes
from bothand.findings.stakes.ledgers import Ledgers
from bothand.keys import HEALTHY, REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.principles.facts import Change
from bothand.report.summary import Audits
from bothand.words import forbidden

PLANS = ("treatment_only", "harm_reduction_only")
LABELS = {
    HEALTHY: "Healthy life-years gained",
    REMISSION: "Years in remission, medication included",
    WITHOUT_MEDICATION: "Years in remission, without medication",
}


@cache
def results() -> Results:
    """Two plans of the default study, and the runs that the audits ask for."""
    own = [plan for plan in setting().plans if plan.key in (*PLANS, "status_quo")]
    tried = tuple(try_study_plan(world(), plan, THREE_YEARS) for plan in own)
    unread: Any = None  # what no audit reads: curves, search, doubts
    return Results(
        setting(), draw_values(setting(), ENOUGH, 1), world(), tried, unread, unread, unread, {}, {}, unread, "test",
        wrong_side=try_wrong_side(world(), tried, np.zeros(len(setting().services)), 1),
        discharge=try_discharge(world(), tried, 1),
        limit=LimitPrice(1),
    )  # fmt: skip


@cache
def ledgers() -> Ledgers:
    return Ledgers.of(results())


@cache
def verdicts() -> Any:
    return tables.judge_all(results())[0]


@cache
def told() -> Audits:
    class Draft:
        plans, verdicts = people.plans(results()), globals()["verdicts"]()

    draft: Any = Draft()
    return audits(results(), draft, ledgers())


def behind(plan: str, rule: str) -> str:
    return " ".join(next(a.more for a in told().audits if (a.plan, a.rule) == (plan, rule)))


def changes_of(tried: Tried) -> tuple[Change, ...]:
    return changes(ledgers(), tried)


@pytest.mark.parametrize("plan", PLANS)
def test_the_first_principle_says_of_both_directions_what_would_be_and_what_the_order_of_plans_does(plan: str) -> None:
    words = behind(plan, "not_addicted")
    for way in ("using without addiction had addiction", "no treatment and not waiting for it, had none"):
        assert f"of those counted as {'having addiction, in ' if 'none' in way else ''}{way}" in words
    assert words.count("the verdict") == 4, "two directions, two readings"
    assert words.count("1 pairs of plans change places by mean healthy life-years") == 2
    assert words.count("comes first") == 2
    assert "Bunting et al 2023" in words
    assert "31 % (20 to 45): Wickersham et al 2015" in words


def test_the_share_that_is_told_is_that_of_the_people_who_were_moved() -> None:
    for side in results().wrong_side:
        start = world().county.start.people
        moved = np.abs(side.world.county.start.people - start).sum(axis=(1, 2, 3)) / 2
        assert_allclose(side.people, moved, rtol=1e-12)
        assert f"one in {round(1 / side.share.mean())} " in behind("treatment_only", "not_addicted")


def test_deaths_by_discharge_are_told_where_its_effect_is_known_and_nowhere_else() -> None:
    words = behind("treatment_only", "no_termination")
    assert "If these places sent people away for use: " in words
    assert " more overdose deaths in 10 years" in words
    assert "methadone places" in words
    assert "Not in it: people who use less because the rule is there" in words
    assert "not computed; no service of this plan has a rule" in behind("harm_reduction_only", "no_termination")


def test_the_price_of_the_limit_stands_behind_every_plan() -> None:
    for plan in PLANS:
        assert behind(plan, "no_coercion").endswith("so the limit costs nothing here.")


def test_every_clear_loss_is_told_by_the_same_convention_as_the_verdicts_by_group() -> None:
    groups = {setting().model.spec.group[name].label: name for name in setting().model.groups}
    for tried in results().in_mode(THREE_YEARS)[1:]:
        found = {(c.label, groups.get(c.who)): c for c in changes_of(tried)}
        own = [v for v in verdicts() if v.plan == tried.plan and v.reference == "no_new_money"]
        assert len(own) == len(LABELS) * len(groups)
        for verdict in own:
            change = found[LABELS[verdict.indicator], verdict.group]
            assert change.loses == (verdict.verdict == "loses"), (tried.plan, verdict.indicator, verdict.group)
            assert (change.change.mean < 0) == (verdict.per_1000.mean < 0)


def test_what_there_is_of_a_loss_is_its_level_with_no_new_money() -> None:
    tried = results().in_mode(THREE_YEARS)[1]
    for change in changes_of(tried):
        if change.label == LABELS[REMISSION]:
            o = [setting().model.spec.group[g].label for g in setting().model.groups].index(change.who)
            level = levels(world())[REMISSION][-1][:, o].mean()
            assert change.share is None or change.share == pytest.approx(abs(change.change.mean) / level)
    base, main = (run.main.at("overdose_deaths", "lifetime").sum(axis=1) for run in (world().quo.run, tried.trial.run))
    kin = ledgers().rows["close_bereaved_per_death"]
    family = {c.label: c for c in changes_of(tried) if c.kind == "family"}
    lost = family["Close relatives who do not lose someone to an overdose"]
    assert lost.change.mean == pytest.approx((kin * (base - main)).mean())
    assert lost.share == pytest.approx((kin * (base - main)).mean() / (kin * base).mean())


def test_a_plan_that_only_saves_lives_has_no_clear_loss_in_any_line_but_steps_not_even_for_those_who_pay() -> None:
    kits = try_study_plan(world(), plan_of("community_naloxone"), THREE_YEARS)
    own = Ledgers.of(
        Results(*(results().setting, results().draws, world(), (kits,), *[None] * 3, {}, {}, None, "test"))  # type: ignore[arg-type]
    )
    found = changes(own, kits)
    assert {c.kind for c in found} == {"people", "steps", "infections", "family", "community"}
    assert [c for c in found if c.loses] == []
    assert [
        c.label for c in found if c.kind not in ("people", "steps") and c.share is None and "start" not in c.who
    ] == []
    assert not any(c.kind == "community" and "live" in c.label.lower() for c in found), "lives saved are no cost"


def test_every_sentence_puts_the_person_first() -> None:
    for audit in told().audits:
        for words in (audit.hr.why, audit.r.why, *audit.more):
            assert not list(forbidden(words)), words
