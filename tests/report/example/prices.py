"""What each principle costs and brings, as a full run tells it."""

from __future__ import annotations

from bothand.report import summary as s
from example.parts import around, between, interval
from example.study import GROUPS

HEALTHY, REMISSION, WITHOUT, CONTACT = (
    "healthy_life_years",
    "remission_years",
    "remission_years_without_medication",
    "contact_years",
)
BOTH = {"community_naloxone": 190_700.0, "syringe_services": 230_200.0, "recovery_housing": 85_400.0}
FREE = {"community_naloxone": 375_000.0, "syringe_services": 131_300.0}
NO_CONTACT = {"community_naloxone": 456_300.0, "recovery_housing": 50_000.0}
MEASURES = (
    (REMISSION, "years in remission, medication included", 627, (353, 353, 338), (461, 461, 455, 430), 0.7),
    (WITHOUT, "years in remission, without medication", 247, (353, 352, 222), (461, 461, 456, 427), 0.45),
    (CONTACT, "years in low-threshold contact", 1370, (398, 265, 184), (461, 371, 281, 160), 0.37),
)
"""Measure, its words, the most of it, life-years along the floors beside other shares and alone, the last share."""


def prices() -> list[s.PrinciplePrice]:
    return [
        price(
            "no_coercion", "No coercion", "costs nothing here: no service that search may choose goes beyond an offer."
        ),
        s.PrinciplePrice(
            key="equal_worth",
            label="Equal worth",
            text="Holding to equal worth costs nothing here: a search that counts lives in QALYs finds the same plan.",
            other_way="Counted in QALYs the same plan would seem to bring 12 in 100 less by the public scale.",
            changes=[same("qaly_patient", "Lives counted in QALYs, patients\u2019 scale")],
            counted=[worth("all", 245), *(worth(key, 40) for key, *_ in GROUPS)],
        ),
        price("no_group_worse_off", "No group worse off", "costs nothing here: without floors the plan is the same."),
        s.PrinciplePrice(
            key="recovery_floor",
            label="A recovery floor",
            text="Holding to a recovery floor, as far as the both/and plan does, costs 101 (\u221219 to 260) healthy "
            "life-years and brings 62 (\u221240 to 190) years in remission, without medication.",
            other_way="Letting go of it brings the first and costs the second.",
            changes=[*rungs(*MEASURES[0], FREE), *rungs(*MEASURES[1], FREE)],
        ),
        s.PrinciplePrice(
            key="harm_reduction_floor",
            label="A harm-reduction floor",
            text="Holding to a harm-reduction floor, as far as the both/and plan does, costs 155 (20 to 420) healthy "
            "life-years and brings 384 (220 to 610) years in low-threshold contact.",
            other_way="Letting go of it brings the first and costs the second.",
            changes=rungs(*MEASURES[2], NO_CONTACT),
        ),
    ]


def price(key: str, label: str, text: str) -> s.PrinciplePrice:
    holding = f"Holding to {label[0].lower()}{label[1:]} {text}"
    return s.PrinciplePrice.model_validate({"key": key, "label": label, "text": holding})


def same(key: str, label: str) -> s.PriceChange:
    return s.PriceChange(key=key, label=label, against="both_and", possible=True, same=True, plan=BOTH)


def worth(group: str, years: float) -> s.CountedWorth:
    return s.CountedWorth(
        group=group,
        healthy_life_years=interval(years),
        qaly_patient=interval(years * 0.89),
        qaly_public=interval(years * 0.88),
    )


def rungs(
    measure: str,
    words: str,
    most: float,
    beside: tuple[float, ...],
    alone: tuple[float, ...],
    last: float,
    free: dict[str, float],
) -> list[s.PriceChange]:
    """The floors of one measure: beside the other values' shares to the last possible one, and alone."""
    found = [
        rung(measure, words, most, share, years, "both_and", free if not share else {**BOTH, "peer_coaching": years})
        for share, years in zip((0, 0.25, last), beside, strict=True)
    ]
    found[-1] = found[-1].model_copy(update={"last": True})
    shares = [share for share in (0.5, 0.75) if share > last]
    none = {"key": "floor", "against": "both_and", "measure": measure, "possible": False, "same": False}
    found += [
        s.PriceChange.model_validate({**none, "share": share, "label": f"At least {share * 100:.0f} in 100 of {words}"})
        for share in shares
    ]
    found += [
        rung(measure, words, most, share, years, "life_years", {"community_naloxone": 750_000.0 - share})
        for share, years in zip((0, 0.25, 0.5, 0.75), alone, strict=True)
    ]
    return found


def rung(
    measure: str, words: str, most: float, share: float, years: float, against: str, plan: dict[str, float]
) -> s.PriceChange:
    ran = against == "both_and" and share != 0.25
    more = years - 245
    told = {
        HEALTHY: around(more, 90),
        REMISSION: around(10 - 40 * share, 80),
        WITHOUT: between(-160, -62, 30),
        CONTACT: around(400 * share - 60, 30),
    }
    return s.PriceChange.model_validate(
        {
            "key": "floor",
            "label": f"At least {share * 100:.0f} in 100 of the most {words}" if share else f"No floor of {words}",
            "against": against,
            "measure": measure,
            "share": share,
            "possible": True,
            "same": False,
            "plan": plan,
            "moved": {k: plan.get(k, 0) - BOTH.get(k, 0) for k in {**BOTH, **plan}} if against == "both_and" else {},
            "brings": {HEALTHY: years, measure: max(share, 0.1) * most},
            "on_curves": {key: value.mean + 5 for key, value in told.items()},
            "exact": told if ran else {},
            "gap": dict.fromkeys(told, -5.0) if ran else {},
            "groups": {key: around(more / 6, 20) for key, *_ in GROUPS} if ran else {},
        }
    )
