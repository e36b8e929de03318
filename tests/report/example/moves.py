"""Changes of each plan that improve everything, or proofs; a plan that beats what others do. Made-up amounts."""

from __future__ import annotations

from bothand.report import summary as s
from example.outcomes import TEN
from example.parts import around
from example.study import GROUPS
from example.values import simulated

STEP = 75_000.0
TAKE, GIVE = "recovery_housing", "community_naloxone"
ANSWERS: dict[str, tuple[s.MoveAnswer, s.MoveAnswer]] = {
    "harm_reduction_only": ("none", "move"),
    "treatment_only": ("contradicted", "move"),
    "recovery_only": ("open", "contradicted"),
    "as_others_do": ("move", "move"),
    "even_split": ("move", "move"),
    "both_and": ("none", "open"),
}
TEXTS: dict[s.MoveAnswer, str] = {
    "move": "One change improves every {one}: take $40,000 a year from recovery housing; put $40,000 a year into "
    "community naloxone. Each gains 8 in 100 or more of the most it could get.",
    "contradicted": "By the curves one change improves every {one}: put $40,000 a year into community naloxone. The "
    "full model says otherwise: hope would not gain by it.",
    "none": "No change of up to $75,000 a year for each service improves every {one} by more than 1 in 100 of the most "
    "it could get: weights prove it.",
    "open": "No change of up to $75,000 a year for each service was found that improves every {one} by more than 1 in "
    "100 of the most it could get, but nothing proves that there is none: 3 in 100 may be left.",
}


def moves() -> list[s.MovePart]:
    return [
        move(plan, over, answer)
        for plan in TEN
        for over, answer in zip(("values", "groups"), ANSWERS[plan], strict=True)
    ]


def move(plan: str, over: str, answer: s.MoveAnswer) -> s.MovePart:
    names = simulated() if over == "values" else [key for key, *_ in GROUPS]
    found, left = answer in ("move", "contradicted"), {"none": 0.0, "open": 0.03}.get(answer, 0.1)
    least = {"move": 0.08, "contradicted": -0.02}.get(answer, 0.0)
    return s.MovePart.model_validate(
        {
            "plan": plan,
            "over": over,
            "step": STEP,
            "answer": answer,
            "counts": 0.01,
            "changes": [{"service": TAKE, "dollars": -40_000}, {"service": GIVE, "dollars": 40_000}] if found else [],
            "on_curves": dict.fromkeys(names, 0.1) if found else {},
            "in_full_model": {name: least + 0.01 * n for n, name in enumerate(names)} if found else {},
            "weights": {name: 1 / len(names) for name in names},
            "price": 1e-6,
            "left": left,
            "text": TEXTS[answer].format(one=over[:-1]),
        }
    )


def beats_others() -> s.BeatsOthers:
    return s.BeatsOthers(
        dollars={GIVE: 520_000, "low_barrier_buprenorphine": 140_000},
        groups=[s.GroupBeaten(group=key, per_1000=around(2.0 + n, 1.5)) for n, (key, *_) in enumerate(GROUPS)],
        share_no_group_worse=0.94,
        share_no_group_worse_by_any=0.5,
        draws=16,
        left=0.2,
        text="One plan beats spending as others do for every group: $520,000 a year for community naloxone and "
        "$140,000 a year for low-barrier buprenorphine. In 94 of 100 runs no group has fewer healthy life-years than "
        "that, or than with no new money; in 50 of 100 runs none has fewer years in remission either.",
    )
