"""Outcomes and verdicts: what each plan did, for whom, against both references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bothand.decide.losers import margins, no_group_worse, no_group_worse_than_any, per_thousand, range_of, verdicts
from bothand.engine.arrays import Floats
from bothand.experiments.plans import JUDGED, MODES, Tried
from bothand.experiments.results import Results
from bothand.findings.measures import differences, levels
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
from bothand.report.summary import GroupVerdict, Interval, JointAll, JointVerdict, Outcome, Reference

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
                    found += _outcomes(tried, group, names, key, values)
    return found


def _outcomes(tried: Tried, group: str, horizons: Sequence[str], key: str, values: Floats) -> Iterator[Outcome]:
    """Yield what a plan did for a group by one indicator (H, D), by horizon: as ``interval`` tells each."""
    rows = np.ascontiguousarray(values)
    means, above = rows.mean(axis=1).tolist(), (rows > 0).mean(axis=1).tolist()
    for horizon, row, mean, share in zip(horizons, rows, means, above, strict=True):
        low, high = range_of(row)
        yield Outcome(
            plan=tried.plan,
            group=group,
            horizon=horizon,
            money=THREE_YEARS if tried.mode == THREE_YEARS else ALL_YEARS,
            indicator=key,
            reference="no_new_money",
            mean=mean,
            low=min(low, mean),
            high=max(high, mean),
            share_above_zero=share,
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
        return self.of_people(gain - base)

    def of_people(self, gains: Floats) -> Floats:
        """Return gains per 1,000 people of each group (O, D), in all draws or in the first of them."""
        return per_thousand(gains, self.people[:, : gains.shape[1]])

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

    def joint_all(self, plan: str) -> list[JointAll]:
        """Return the same against all references at once: by healthy life-years, and by every indicator together."""
        references = list(self.references(plan))
        if len(references) < 2:
            return []
        made = []
        for indicators in ((HEALTHY,), JUDGED):
            asked = [(other, key) for _, other in references for key in indicators]
            share = no_group_worse_than_any(
                [self.against(plan, other, key) for other, key in asked], [self.margins[key] for _, key in asked]
            )
            names = [reference for reference, _ in references]
            made.append(JointAll(plan=plan, references=names, indicators=list(indicators), share_no_group_worse=share))
        return made


def joint_all(results: Results) -> list[JointAll]:
    """Return the share of runs in which no group is worse off than under any reference, for plans that have two."""
    judge = Judge(results)
    return [row for plan in judge.gains for row in judge.joint_all(plan)]


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
