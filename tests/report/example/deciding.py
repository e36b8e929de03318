"""Stakeholders beside the plans, with made-up amounts: three positions that ship, and one that was sealed."""

from __future__ import annotations

from itertools import combinations

from bothand.report import summary as s
from example.pairs import at_budgets
from example.parts import around, table
from example.plans import plans
from example.services import KEYS
from example.values import simulated
from example.whole import full as with_prices

WHO = (
    ("autonomy_first", "Autonomy first", "Autonomy"),
    ("keep_people_alive_first", "Keep people alive first", "Alive first"),
    ("recovery_first", "Recovery first", "Recovery"),
    ("our_panel", "Our panel of eight people", "Panel"),
)
FINDINGS = {
    "map_terms": "On other terms, 12 of 36 pairs of values cost less, by 0.43 of a budget at most.",
    "map_beyond": "Money does not end every collision. With ten times today\u2019s money, paid in full for both, the "
    "best plans for respect and hope still leave 36 in 100 undone for one of them; today it is 18 in 100.",
    "stakeholders": "The plan that most often comes first is treatment only for \u201cRecovery first\u201d; harm "
    "reduction only for \u201cKeep people alive first\u201d.",
    "common_ground": "The plan that asks least of all still asks some to give up 54 in 100 of what counts for them. It "
    "would ask less only if one of these gave way: \u201cAutonomy first\u201d and \u201cRecovery first\u201d.",
    "common_floor": "All could live with at least this much a year: $310,000 for syringe services; $200,000 for "
    "community naloxone.",
    "voices": "How values are counted changes which plan most often comes first: for \u201cRecovery first\u201d, "
    "treatment only if each value has one voice, recovery only if each family of values has.",
    "regret_order": "Of the position that it asks most of, the plan that all could live with asks least: 54 (49 to 60) "
    "in 100. Next is even split, 58 (50 to 66); these runs cannot tell the two apart.",
    "truly_apart": "\u201cAutonomy first\u201d and \u201cRecovery first\u201d truly disagree on 2 of 15 pairs of "
    "plans. One such pair: the first would rather have harm reduction only, the second treatment only.",
}
FIRST = (0.48, 0.26, 0.186, 0.07, 0.004)
PLANS = [plan.key for plan in plans() if plan.dollars]


def full() -> s.Summary:
    """The example as a full run has it."""
    whole = with_prices()
    said = table(s.Sentence, "key text", FINDINGS.items(), numbers={}, depends="does not apply")
    return whole.model_copy(
        update={
            "stakeholders": stakeholders(),
            "apart": apart(),
            "common_ground": common_ground(),
            "findings": [*whole.findings, *said],
            "pairs": [on_terms(n, pair) for n, pair in enumerate(whole.pairs)],
        }
    )


def on_terms(number: int, pair: s.Pair) -> s.Pair:
    """A pair as a full run has it: every third costs less on other terms; favourites of larger budgets leave more."""
    cheaper = round(1 + (pair.price - 1) * 0.6, 2) if number % 3 == 0 else pair.price
    way = s.WayPart(service=KEYS[0], term="Entry", was="by appointment", now="on the same day", coercion=0)
    found = s.OnTerms(
        price=cheaper, lane="compete" if cheaper > 1.25 else "go_together", chosen=[way][: number % 3 == 0]
    )
    return pair.model_copy(update={"with_terms": found, "at_budgets": at_budgets(pair.price, full=True)})


def stakeholders() -> list[s.Stakeholder]:
    return [
        s.Stakeholder(
            key=key,
            label=label,
            short=short,
            stands_for="Staying alive comes first. A welcome and a way to recovery come next.",
            source="minutes of 3 November 2026, item 4",
            reviewed="drafted, not reviewed",
            ships=key != "our_panel",
            seal="sealed before" if key == "our_panel" else "not sealed",
            off_the_map=(0.0, 0.33) if number else (0.0, 0.0),
            entropy=1.4,
            always=[(PLANS[number], plan) for plan in PLANS if plan != PLANS[number]][: 2 + number],
            pairs=len(PLANS) * (len(PLANS) - 1) // 2,
            evenness=0.81,
            voices=[_voice(number, tree) for tree in ("families", "directions")],
            plans=[_held(number, n, plan) for n, plan in enumerate(PLANS)],
        )
        for number, (key, label, short) in enumerate(WHO)
    ]


def _voice(number: int, tree: str) -> s.Voice:
    excess = {
        "how_we_treat_people": 0.11,
        "what_people_gain": 0.02,
        "what_we_hope_for": -0.06,
        "who_else_matters": -0.07,
    }
    first = {plan: FIRST[(n + number + 1) % len(FIRST)] for n, plan in enumerate(PLANS)}
    return s.Voice.model_validate({"tree": tree, "first": first, "excess": excess})


def _held(number: int, n: int, plan: str) -> s.Held:
    place = (n + number) % len(PLANS)
    first = FIRST[place] if place < len(FIRST) else 0.0
    return s.Held(
        plan=plan,
        first=first,
        ranks=[first, 1 - first, *[0.0] * (len(PLANS) - 2)],
        best=place < 2,
        central={value: 1 / len(simulated()) for value in simulated()} if first else {},
        confidence=0.61 if first else None,
        regret=0.2 + 0.17 * place,
        regret_in_runs=around(0.2 + 0.17 * place, 0.06),
    )


def apart() -> list[s.Apart]:
    pairs = len(PLANS) * (len(PLANS) - 1) // 2
    return [
        s.Apart(
            first=a[0],
            second=b[0],
            always=[(PLANS[0], PLANS[1]), (PLANS[0], PLANS[2])][:n],
            nearly=[(PLANS[0], PLANS[1])][:n],
            pairs=pairs,
        )
        for n, (a, b) in enumerate(combinations(WHO, 2))
    ]


def common_ground() -> s.CommonGround:
    keys = [key for key, _, _ in WHO]
    return s.CommonGround(
        regret=0.54,
        margin=0.05,
        regrets=dict(zip(keys, (0.54, 0.48, 0.54, 0.51), strict=True)),
        in_the_model=dict(zip(keys, (0.59, 0.47, 0.52, 0.49), strict=True)),
        in_runs={key: around(0.5, 0.06) for key in keys},
        order=[
            s.LargestRegret(plan=plan, regret=around(0.54 + 0.05 * n, 0.06), told=n > 0)
            for n, plan in enumerate(["common_ground", *PLANS[:-1]])
        ]
        + [s.LargestRegret(plan=PLANS[-1], regret=around(1.1, 0.2), told=None)],
        without=dict(zip(keys, (0.29, 0.54, 0.53, 0.54), strict=True)),
        binds=["autonomy_first", "recovery_first"],
        services=[
            s.Shared(
                service=key,
                plan=max(0.0, 350_000.0 - 110_000 * n),
                least=max(0.0, 310_000.0 - 110_000 * n),
                most=410_000.0 - 30_000 * n,
                floor=28_000.0 if n == 2 else 0.0,
            )
            for n, key in enumerate(KEYS)
        ],
        gap=0.04,
        runs=16,
    )
