"""Outcomes, verdicts and losers: what each plan did, for whom, against both references."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bothand.decide.losers import margins, no_group_worse, per_thousand, verdicts
from bothand.decide.repair import cheapest_repair
from bothand.decide.surfaces import contributions, evaluate
from bothand.engine.arrays import Floats
from bothand.experiments.curves import GROUP, objectives
from bothand.experiments.plans import JUDGED, MODES, Tried
from bothand.experiments.results import Results
from bothand.experiments.search import yearly_of
from bothand.findings.measures import differences, interval, levels
from bothand.keys import (
    ALL_YEARS,
    AS_OTHERS_DO,
    DEATHS,
    HEALTHY,
    LIFE_YEARS,
    OTHERS_HALF,
    REMISSION,
    THREE_YEARS,
    WITHOUT_MEDICATION,
)
from bothand.outcomes.ledger import LIFETIME
from bothand.report.summary import GroupVerdict, Interval, JointVerdict, Loser, Outcome, Reference
from bothand.words import dollars, in_sentence

LIVED = "lived_experience_dollars"
BY_GROUP = (HEALTHY, LIFE_YEARS, DEATHS, REMISSION, WITHOUT_MEDICATION)


def outcomes(results: Results) -> list[Outcome]:
    """Return what every plan did: all indicators for everyone, five of them by group."""
    world = results.world
    groups, names = world.setting.model.groups, world.horizons.names
    found: list[Outcome] = []
    for mode in MODES:
        for tried in results.in_mode(mode):
            if not tried.acts:
                continue
            for key, gain in {
                **differences(results.where(tried), tried),
                LIVED: lived_experience(results, tried),
            }.items():
                shown = [("all", gain.sum(axis=2))]
                if key in BY_GROUP:
                    shown += [(group, gain[..., o]) for o, group in enumerate(groups)]
                for group, values in shown:
                    for h, horizon in enumerate(names):
                        found.append(_outcome(tried, group, horizon, key, values[h]))
    return found


def _outcome(tried: Tried, group: str, horizon: str, key: str, values: Floats) -> Outcome:
    shown = interval(values)
    return Outcome(
        plan=tried.plan,
        group=group,
        horizon=horizon,
        money=THREE_YEARS if tried.mode == THREE_YEARS else ALL_YEARS,
        indicator=key,
        reference="no_new_money",
        mean=shown.mean,
        low=shown.low,
        high=shown.high,
        share_above_zero=float(np.mean(values > 0)),
    )


def lived_experience(results: Results, tried: Tried) -> Floats:
    """Return dollars that services run by people with lived experience receive, all payers, by horizon (H, D, 1)."""
    world, delivery = results.where(tried), tried.trial.delivery
    total = np.zeros((len(world.setting.study.years), world.county.draws))
    for service in world.setting.services if delivery else ():
        paid = np.sum(list(delivery.spent_by_payer[service.key].values()), axis=0) if delivery else total
        total = total + paid * world.values[service.lived_experience]
    sums = np.cumsum(total, axis=0)
    at = [sums[year - 1] for year in world.horizons.years]
    return np.stack([*at, at[-1]])[..., None]


class Judge:
    """Gains of every plan by group at 'lifetime', first-round money, per 1,000 people, against both references."""

    def __init__(self, results: Results) -> None:
        self.results = results
        world = results.world
        self.groups = world.setting.model.groups
        self.people = world.quo.run.main.at("people", LIFETIME).T  # (O, D)
        share = float(world.values["no_worse_margin"][0])
        self.margins = {
            key: margins(per_thousand(level[-1].T, self.people), share) for key, level in levels(world).items()
        }
        self.gains: dict[str, dict[str, Floats]] = {}
        for tried in results.in_mode(THREE_YEARS):
            if not (tried.acts or tried.plan == world.setting.study.status_quo):
                continue
            found = differences(world, tried)
            self.gains[tried.plan] = {key: found[key][-1].T for key in JUDGED}

    def against(self, plan: str, reference: str | None, indicator: str) -> Floats:
        """Return gains per 1,000 people of the group (O, D), against no new money or against another plan."""
        gain = self.gains[plan][indicator]
        base = self.gains[reference][indicator] if reference else np.zeros_like(gain)
        return per_thousand(gain - base, self.people)

    def references(self, plan: str) -> Iterator[tuple[Reference, str | None]]:
        """Yield the references that a plan is judged against."""
        if plan != self.results.setting.study.status_quo:
            yield "no_new_money", None
        if AS_OTHERS_DO in self.gains and plan != AS_OTHERS_DO:
            yield AS_OTHERS_DO, AS_OTHERS_DO

    def verdicts(self, plan: str, reference: Reference, other: str | None, indicator: str) -> list[GroupVerdict]:
        """Return one verdict a group; one that flips between the two readings of 'as others do' cannot be told."""
        gains = self.against(plan, other, indicator)
        found = verdicts(self.groups, gains, self.margins[indicator])
        flips = [False] * len(found)
        if other == AS_OTHERS_DO and plan != OTHERS_HALF and OTHERS_HALF in self.gains:
            half = verdicts(self.groups, self.against(plan, OTHERS_HALF, indicator), self.margins[indicator])
            flips = [a.below_zero != b.below_zero for a, b in zip(found, half, strict=True)]
        return [
            GroupVerdict(
                plan=plan,
                group=v.group,
                reference=reference,
                indicator=indicator,
                verdict="cannot_tell" if flip else v.verdict,
                per_1000=Interval(mean=v.mean, low=min(v.low, v.mean), high=max(v.high, v.mean)),
                share_not_worse=v.share_not_worse,
            )
            for v, flip in zip(found, flips, strict=True)
        ]

    def joint(self, plan: str, reference: Reference, other: str | None, indicator: str) -> JointVerdict:
        """Return the share of runs in which no group at all is worse off."""
        share = no_group_worse(self.against(plan, other, indicator), self.margins[indicator])
        return JointVerdict(plan=plan, reference=reference, indicator=indicator, share_no_group_worse=share)


def judge_all(results: Results) -> tuple[list[GroupVerdict], list[JointVerdict]]:
    """Return every verdict and joint verdict of every plan."""
    judge = Judge(results)
    found: list[GroupVerdict] = []
    joint: list[JointVerdict] = []
    for plan in judge.gains:
        for reference, other in judge.references(plan):
            for indicator in JUDGED:
                found += judge.verdicts(plan, reference, other, indicator)
                joint.append(judge.joint(plan, reference, other, indicator))
    return found, joint


def losers(results: Results, found: list[GroupVerdict]) -> list[Loser]:
    """Return every named loss of healthy life-years with its mechanism and cheapest repair."""
    lost = [v for v in found if v.verdict == "loses" and v.indicator == HEALTHY]
    return [
        Loser(
            plan=v.plan,
            group=v.group,
            reference=v.reference,
            indicator=v.indicator,
            amount=v.per_1000,
            mechanism=_mechanism(results, v),
            repair=_repair(results, v),
        )
        for v in lost
    ]


def _yearly(results: Results, plan: str) -> Floats:
    if plan == results.found_plan:
        return results.found.yearly
    return yearly_of(results.world, next(p for p in results.setting.plans if p.key == plan))


def _label(results: Results, service: str) -> str:
    return in_sentence(next(s.label for s in results.setting.services if s.key == service))


def _mechanism(results: Results, verdict: GroupVerdict) -> str:
    """Say how a group loses, from the numbers: what the reference buys it, or places that end and queues."""
    surface = results.curves.surface
    objective = surface.index(GROUP + verdict.group)
    if verdict.reference == AS_OTHERS_DO:
        missing = contributions(surface, _yearly(results, AS_OTHERS_DO)) - contributions(
            surface, _yearly(results, verdict.plan)
        )
        most = int(np.argmax(missing[objective]))
        return f"Spending as others do buys this group more through {_label(results, surface.services[most])}."
    taken = contributions(surface, _yearly(results, verdict.plan))[objective]
    worst = int(np.argmin(taken))
    tried, quo = results.of(verdict.plan, THREE_YEARS), results.world.quo
    after = results.world.first_round[-1] + 1
    later = [
        float(np.mean(b.met[after:] - a.met[after:]))
        for a, b in zip(quo.run.requests, tried.trial.run.requests, strict=True)
    ]
    where = _label(results, surface.services[worst])
    if min(later) < 0:
        return f"Places end with the money: people who ask later wait longer, most of all through {where}."
    return f"More people ask for the same places, most of all through {where}."


def _repair(results: Results, verdict: GroupVerdict) -> str:
    surface, plan = results.curves.surface, _yearly(results, verdict.plan)
    names = [GROUP + group for group in results.setting.model.groups]
    least: Floats = np.zeros(len(names))
    if verdict.reference == AS_OTHERS_DO:
        least = evaluate(surface, _yearly(results, AS_OTHERS_DO))[surface.indices(names)]
    exact_of = objectives(results.world, results.of(verdict.plan, THREE_YEARS))
    exact = np.array([exact_of[name].mean() for name in surface.objectives])
    found = cheapest_repair(
        surface, plan, GROUP + verdict.group, names, least, budget=results.world.yearly_budget, exact=exact
    )
    if found is None:
        return "no repair found"
    most = int(np.argmax(found.change))
    into = _label(results, surface.services[most])
    return f"Move {dollars(found.dollars)} a year within the plan, most of it to {into}."
