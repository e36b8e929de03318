"""All the money by spending period, in the summary's words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bothand.engine.arrays import Floats
from bothand.experiments.exact.periods import ByPeriod as Found
from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.experiments.search import FUNCTIONAL
from bothand.findings.deciding.exact import floor_words, relative
from bothand.findings.deciding.next_dollar import AMOUNT
from bothand.findings.said.claim import Said
from bothand.report.summary.deciding.periods import ByPeriod, OtherRule, OtherStart, SpendingPeriod
from bothand.report.summary.parts import Interval
from bothand.words import dollars, in_100, in_sentence, number_words

MOVED = 0.02  # MATH: share of all the money by which a service must gain or lose in a period to be named


def by_period(results: Results, names: Mapping[str, str]) -> ByPeriod | None:
    """Return what the search over all the money found; ``names``: objective -> value. None unless it was run."""
    found = results.by_period
    if found is None:
        return None
    got, options = found.found, option_keys(results.world)
    answer = got.settled.answer
    healthy = got.names.index(FUNCTIONAL)
    own = found.paid.sum(axis=1)
    return ByPeriod(
        draws=found.draws,
        calls=got.runs,
        sweeps=got.sweeps,
        carried=got.space.carries,
        periods=[
            SpendingPeriod(
                first=first,
                last=last,
                receipts=float(got.space.receipts[p]),
                dollars=_paid(options, found.paid[:, p]),
                evenly=_paid(options, found.even[:, p]),
                worth=float(found.worth[p]) * AMOUNT,
            )
            for p, (first, last) in enumerate(found.spans)
        ],
        beta=got.settled.beta,
        least=min(got.settled.z.values(), default=0.0),
        least_evenly=got.beta_before,
        z={names[o]: share for o, share in got.settled.z.items()},
        healthy_life_years=float(answer.gains[healthy]),
        healthy_life_years_evenly=float(got.before[healthy]),
        service_range={
            key: Interval(mean=float(own[s]), low=float(found.ranges[s, 0]), high=float(found.ranges[s, 1]))
            for s, key in enumerate(options)
        },
        almost=found.near,
        floors_met=[floor_words(results, one.label, one.objective) for one in got.settled.floors if one.met],
        floors_not_met=[floor_words(results, one.label, one.objective) for one in got.settled.floors if not one.met],
        other_rule=OtherRule(
            carried=found.waiting.carries,
            beta=found.waiting.beta,
            healthy_life_years=found.waiting.healthy,
            waits=found.waiting.waits,
            calls=found.waiting.runs,
        ),
        starts=_starts(found),
        better=got.certificate.better_share,
        residual=got.certificate.residual,
        gap=relative(answer.gap, answer.value),
        ended=answer.why,
    )


def _starts(found: Found) -> list[OtherStart]:
    """Return where the search ended from other plans, best first."""
    got = found.found
    plan, healthy = got.settled.answer.plan, got.names.index(FUNCTIONAL)
    shares = got.favourites.weights(list(got.settled.z))
    return [
        OtherStart(
            begun=begun,
            healthy_life_years=float(one.gains[healthy]),
            least=float((shares @ one.gains).min(initial=1.0)),
            apart=float(np.abs(one.plan - plan).sum() / 2 / got.space.total),
            calls=one.calls,
        )
        for begun, one in zip(found.begun, found.starts.answers, strict=True)
    ]


def _paid(options: tuple[str, ...], usd: Floats) -> dict[str, float]:
    return {key: float(one) for key, one in zip(options, usd, strict=True) if one > 1}


def findings(results: Results) -> list[Said]:
    """Return the finding of a full run: what choosing by period changes, and what it brings."""
    found = results.by_period
    if found is None:
        return []
    got, healthy = found.found, found.found.names.index(FUNCTIONAL)
    after, before = float(got.settled.answer.gains[healthy]), float(got.before[healthy])
    least = min(got.settled.z.values(), default=0.0)
    text = (
        f"With all the money, {dollars(float(got.space.receipts.sum()))}, choosing the mix anew in every spending "
        f"period gives the least served value {in_100(least)} of its own best; the first round\u2019s mix kept "
        f"throughout gives it {in_100(got.beta_before)}. Healthy life-years are {after:,.0f}, against "
        f"{before:,.0f} with that mix, in {found.draws} draws."
    )
    if after < before:
        text += f" That is fewer: no plan with more was found that gives every value at least {in_100(least)}."
    return [Said("by_period", f"{text} {_moves(results, found)}", {}, rests_on="nothing")]


def _moves(results: Results, found: Found) -> str:
    """Say which service gains most and which loses most in a period, beside the same mix, and whether money waits."""
    labels = {service.key: in_sentence(service.label) for service in results.setting.services}
    options, total = option_keys(results.world), float(found.found.space.receipts.sum())
    change = found.paid - found.even
    said = []
    for sign, verb in ((1, "more for"), (-1, "less for")):
        s, p = divmod(int((sign * change).argmax()), change.shape[1])
        if sign * change[s, p] > MOVED * total:
            first, last = found.spans[p]
            said.append(f"{dollars(abs(float(change[s, p])))} {verb} {labels[options[s]]} in {first} to {last}")
    moved = f"What moves most: {', and '.join(said)}." if said else "No service moves by much in any period."
    early, late = (found.worth[n] * AMOUNT for n in (0, -1))
    return (
        f"{moved} $100,000 more in {found.spans[0][0]} to {found.spans[0][1]} would add {number_words(early)} healthy "
        f"life-years, in {found.spans[-1][0]} to {found.spans[-1][1]} {number_words(late)}."
    )
