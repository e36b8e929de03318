"""Every loss by name: who loses under which plan, how that comes about, and what would undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bothand.decide.losers import verdicts
from bothand.decide.repair import OtherTerms, Repair, cheapest_terms
from bothand.decide.surfaces import contributions
from bothand.engine.arrays import Floats
from bothand.experiments.plans import JUDGED, Tried, of_group, yearly_in
from bothand.experiments.results import Results
from bothand.experiments.what_if.repairs import KINDS, Kind, Loss, TriedWay, repair_of
from bothand.findings.deciding.ways import said_of, way_part
from bothand.findings.measures import interval
from bothand.findings.tables import Judge, judge_all
from bothand.keys import AS_OTHERS_DO, HEALTHY, THREE_YEARS
from bothand.report.lookup import ranged, signed
from bothand.report.summary import GroupVerdict, Loser, RepairPart
from bothand.words import dollars, in_sentence, join_words

NONE = "no repair found"
A_DOLLAR = 1  # UNIT: US dollars a year; less than that is no cost


def losses(results: Results) -> list[Loss]:
    """Return every loss of healthy life-years or of years in remission, to be repaired."""
    found, _ = judge_all(results)
    return [of_verdict(v) for v in found if v.verdict == "loses"]


def worst_loss(results: Results, plan: str) -> Loss | None:
    """Return a plan's worst loss, as a multiple of the margin below which nobody counts as losing; None: no loss."""
    judge = Judge(results)
    if plan not in judge.gains:
        return None
    found = [
        v
        for reference, other in judge.references(plan)
        for indicator in JUDGED
        for v in judge.verdicts(plan, reference, other, indicator)
        if v.verdict == "loses"
    ]

    def beyond(v: GroupVerdict) -> float:
        margin = np.broadcast_to(judge.margins[v.indicator], (len(judge.groups),))[judge.groups.index(v.group)]
        return v.per_1000.mean / float(margin)

    return of_verdict(min(found, key=beyond)) if found else None


def losers(results: Results, found: Sequence[GroupVerdict]) -> list[Loser]:
    """Return every named loss, of healthy life-years and of remission by both criteria, its mechanism and repairs."""
    about = _About(results)
    return [about.loser(v) for v in found if v.verdict == "loses"]


def of_verdict(verdict: GroupVerdict | Loser) -> Loss:
    """Return the loss that a verdict tells of."""
    other = AS_OTHERS_DO if verdict.reference == AS_OTHERS_DO else None
    return Loss(verdict.plan, other, verdict.indicator, verdict.group)


@dataclass(frozen=True)
class _About:
    """The runs that a loss is explained from."""

    results: Results

    @cached_property
    def judge(self) -> Judge:
        return Judge(self.results)

    @cached_property
    def runs(self) -> Mapping[str, Tried]:
        return {t.plan: t for t in self.results.in_mode(THREE_YEARS)}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return {s.key: s.label for s in self.results.setting.services}

    def loser(self, verdict: GroupVerdict) -> Loser:
        loss = of_verdict(verdict)
        repairs = [self.money(loss, kind) for kind in KINDS]
        made = [part for part in (repairs[0], self.terms(loss), repairs[1]) if part is not None]
        best = next((part for part in made if part.gone is not False), made[0] if made else None)
        return Loser(
            plan=verdict.plan,
            group=verdict.group,
            reference=verdict.reference,
            indicator=verdict.indicator,
            amount=verdict.per_1000,
            mechanism=self.mechanism(loss),
            repair=best.text if best else NONE,
            repairs=made,
        )

    def mechanism(self, loss: Loss) -> str:
        """Say how a group loses, from the numbers: what the reference buys it, or places that end and queues."""
        results = self.results
        surface, yearly = results.curves.people, yearly_in(results.world, self.runs[loss.plan])
        objective = surface.index(of_group(loss.indicator, loss.group))
        own = contributions(surface, yearly)[objective]
        if loss.reference:
            others = contributions(surface, yearly_in(results.world, self.runs[loss.reference]))[objective]
            most = in_sentence(self.labels[surface.services[int(np.argmax(others - own))]])
            what = "more" if loss.indicator == HEALTHY else "more years in remission"
            return f"Spending as others do buys this group {what} through {most}."
        worst = in_sentence(self.labels[surface.services[int(np.argmin(own))]])
        after, quo = results.world.first_round[-1] + 1, results.world.quo
        later = [
            float(np.mean(b.met[after:] - a.met[after:]))
            for a, b in zip(quo.run.requests, self.runs[loss.plan].trial.run.requests, strict=True)
        ]
        if min(later) < 0:
            return f"Places end with the money: people who ask later wait longer, most of all through {worst}."
        return f"More people ask for the same places, most of all through {worst}."

    def money(self, loss: Loss, kind: Kind) -> RepairPart | None:
        """Return the cheapest repair of one kind on the curves, and what it brought where it was run."""
        found = repair_of(self.results.curves, self.results.world, self.runs, loss, kind)
        if found is None:
            return None
        into = self.results.curves.people.services[int(np.argmax(found.change))]
        part = RepairPart(kind=kind, dollars=found.dollars, into=into, text=self._moved(found, into))
        gains = self.results.repairs.money.get((loss, kind))
        return self._run(part, loss, gains) if gains else part

    def _moved(self, found: Repair, into: str) -> str:
        most = f"most of it to {in_sentence(self.labels[into])}"
        if found.kind == "addition":
            return f"Add {dollars(found.dollars)} a year, {most}."
        if not (found.change < 0).any():
            return f"Spend {dollars(found.dollars)} a year of what the plan leaves over, {most}."
        return f"Move {dollars(found.dollars)} a year within the plan, {most}."

    def terms(self, loss: Loss) -> RepairPart | None:
        """Return the cheapest other terms, of those that were run, under which the loss is gone."""
        repairs = self.results.repairs
        tried = {one.way.name: one for one in repairs.terms.get(loss.plan, ())}
        if not tried:
            return None
        other = [
            OtherTerms(name, one.dollars, self._against(loss, loss.indicator, one.gains)) for name, one in tried.items()
        ]
        before = self._against(loss, loss.indicator, repairs.before[loss.plan])
        best = cheapest_terms(self.judge.groups, loss.group, before, other, self.judge.margins[loss.indicator])
        if best is None:
            return None
        one = tried[best.name]
        part = RepairPart(kind="terms", dollars=best.dollars, way=way_part(one.way), text=self._otherwise(one))
        return self._run(part, loss, one.gains)

    def _otherwise(self, one: TriedWay) -> str:
        cost = "it costs the same"
        if abs(one.dollars) >= A_DOLLAR:
            cost = f"it costs {dollars(abs(one.dollars))} a year {'more' if one.dollars > 0 else 'less'}"
        return f"Run it otherwise: {said_of(way_part(one.way), self.labels)}; {cost}."

    def _against(self, loss: Loss, indicator: str, gains: Mapping[str, Floats]) -> Floats:
        """Return gains per 1,000 people against the reference of a loss, in few draws (O, D)."""
        few = self.results.repairs.draws
        base = self.judge.gains[loss.reference][indicator][:, :few] if loss.reference else 0.0
        return self.judge.of_people(gains[indicator].T - base)

    def _run(self, part: RepairPart, loss: Loss, gains: Mapping[str, Floats]) -> RepairPart:
        """Add what a repair brought in the full model: what is left, and who would begin to lose."""
        at = self.judge.groups.index(loss.group)
        before, after = (
            {key: self._against(loss, key, run) for key in dict.fromkeys((loss.indicator, HEALTHY))}
            for run in (self.results.repairs.before[loss.plan], gains)
        )
        lost, now = (
            [(key, group) for key, gains_of in found.items() for group in self._losing(key, gains_of)]
            for found in (before, after)
        )
        gone = (loss.indicator, loss.group) not in now
        starts = dict.fromkeys(group for key, group in now if (key, group) not in [*lost, (loss.indicator, loss.group)])
        left = interval(after[loss.indicator][at])
        said = "the loss is then gone" if gone else "a loss is left"
        text = f"{part.text} In the full model {said}: {ranged(left, signed)} per 1,000 people."
        if starts:
            spec = self.results.setting.model.spec.group
            text += f" But by it others begin to lose: {join_words([in_sentence(spec[g].label) for g in starts])}."
        return part.model_copy(
            update={
                "after": left,
                "before": interval(before[loss.indicator][at]),
                "gone": gone,
                "starts": list(starts),
                "text": text,
            }
        )

    def _losing(self, indicator: str, gains: Floats) -> list[str]:
        found = verdicts(self.judge.groups, gains, self.judge.margins[indicator])
        return [one.group for one in found if one.verdict == "loses"]
