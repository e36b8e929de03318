"""A whole Summary with made-up numbers of a likely size, for tests of the report. None of them is a finding."""

from __future__ import annotations

import itertools
from typing import Any

from bothand.report import summary as s

VALUES: list[tuple[str, str, str, str, str, str]] = [
    ("respect", "Respect", "welcomed as I am", "how_we_treat_people", "simulated", "a welcome without conditions"),
    (
        "self_determination",
        "Self-determination",
        "my own choice of help",
        "how_we_treat_people",
        "simulated",
        "my own choices are mine",
    ),
    (
        "relationship",
        "Primacy of the relationship",
        "someone who stays",
        "how_we_treat_people",
        "simulated",
        "someone to talk to",
    ),
    (
        "solidarity",
        "Solidarity",
        "with us and run by us",
        "how_we_treat_people",
        "profile",
        "nothing about us without us",
    ),
    (
        "patient_welfare",
        "Patient welfare",
        "staying alive and well",
        "what_people_gain",
        "simulated",
        "staying alive and well",
    ),
    ("healing", "Healing", "getting better", "what_people_gain", "simulated", "infections avoided"),
    ("flourishing", "Flourishing", "a good life", "what_people_gain", "simulated", "does not speak to this group"),
    ("hope", "Hope", "a way to recovery in sight", "what_we_hope_for", "simulated", "does not speak to this group"),
    (
        "restoration",
        "Restoration",
        "home and belonging again",
        "what_we_hope_for",
        "rated",
        "does not speak to this group",
    ),
    (
        "family_welfare",
        "Family welfare",
        "those who love them",
        "who_else_matters",
        "simulated",
        "families spared a loss",
    ),
    (
        "community_welfare",
        "Community welfare",
        "everyone around",
        "who_else_matters",
        "simulated",
        "fewer calls and less harm around",
    ),
]

SERVICES: list[tuple[str, str, str, s.Kind, str, float]] = [
    (
        "community_naloxone",
        "Community naloxone",
        "Community naloxone",
        "harm_reduction",
        "kit in a person's hands, with a short training",
        156,
    ),
    (
        "syringe_services",
        "Syringe services",
        "Syringe services",
        "harm_reduction",
        "person in regular contact for a year",
        1700,
    ),
    (
        "navigation",
        "Navigation from harm reduction to treatment and recovery",
        "Navigation",
        "bridge",
        "navigator for a year",
        82000,
    ),
    (
        "low_barrier_buprenorphine",
        "Low-barrier buprenorphine",
        "Low-barrier bupre\u00adnorphine",
        "treatment",
        "place for a year, with a nurse care manager",
        3200,
    ),
    ("methadone_places", "Methadone places", "Methadone places", "treatment", "place for a year", 8200),
    (
        "medication_in_jail",
        "Medication in jail with continuity on release",
        "Medication in jail",
        "treatment",
        "person treated and linked on release",
        3100,
    ),
    (
        "residential_with_medication",
        "Residential treatment with medication",
        "Residential treatment",
        "treatment",
        "stay of about 13 weeks",
        14800,
    ),
    (
        "recovery_housing",
        "Recovery housing that welcomes medication",
        "Recovery housing",
        "recovery",
        "bed for a year",
        9400,
    ),
    ("peer_coaching", "Peer recovery coaching", "Peer coaching", "recovery", "participant for a year", 2600),
    ("recovery_centre", "Recovery community centre", "Recovery centre", "recovery", "centre for a year", 310000),
]

# value -> {service: (group letters, sign, status)}; w = without, a = with addiction
MARKS: dict[str, dict[str, str]] = {
    "respect": {
        "community_naloxone": "w+c a+c",
        "syringe_services": "w+c a+c",
        "low_barrier_buprenorphine": "a+c",
        "recovery_housing": "a-c",
        "peer_coaching": "a+c",
    },
    "self_determination": {
        "syringe_services": "w+c a+c",
        "navigation": "a-c",
        "low_barrier_buprenorphine": "a+c",
        "methadone_places": "a+c",
        "medication_in_jail": "a-c",
        "residential_with_medication": "w-c a-c",
    },
    "relationship": {
        "syringe_services": "w+c a+c",
        "navigation": "a+c",
        "low_barrier_buprenorphine": "a+m",
        "peer_coaching": "a+c",
        "recovery_centre": "a+c",
    },
    "solidarity": {
        "syringe_services": "w+c a+c",
        "recovery_housing": "a+c",
        "peer_coaching": "a+c",
        "recovery_centre": "a+c",
    },
    "patient_welfare": {
        "community_naloxone": "w+m a+m",
        "low_barrier_buprenorphine": "a+m",
        "methadone_places": "a+m",
        "medication_in_jail": "a+m",
        "residential_with_medication": "a+c",
    },
    "healing": {
        "syringe_services": "w+m a+m",
        "low_barrier_buprenorphine": "a+m",
        "methadone_places": "a+m",
        "medication_in_jail": "a+m",
        "residential_with_medication": "a+m",
        "recovery_housing": "a+m",
        "peer_coaching": "a+c",
        "recovery_centre": "a+c",
    },
    "flourishing": {
        "low_barrier_buprenorphine": "a+m",
        "methadone_places": "a+m",
        "recovery_housing": "a+c",
        "peer_coaching": "a+c",
        "recovery_centre": "a+a",
    },
    "hope": {
        "syringe_services": "a-c",
        "navigation": "a+c",
        "residential_with_medication": "a+c",
        "recovery_housing": "a+c",
        "peer_coaching": "a+c",
        "recovery_centre": "a+c",
    },
    "restoration": {"recovery_housing": "a+c"},
    "family_welfare": {
        "community_naloxone": "w+m a+m",
        "low_barrier_buprenorphine": "a+c",
        "residential_with_medication": "a+c",
        "recovery_centre": "a+c",
    },
    "community_welfare": {
        "community_naloxone": "w-c a-m",
        "syringe_services": "w-c a-c",
        "low_barrier_buprenorphine": "a+m",
        "methadone_places": "a+m",
        "medication_in_jail": "a+m",
        "residential_with_medication": "a+c",
    },
}

GROUPS: list[tuple[str, str, str, float, float]] = [
    ("using", "Using, without addiction", "Using, no addiction", 10600, 9),
    ("addiction", "With addiction, not in treatment", "Addiction, not in treatment", 5500, 38),
    ("treatment", "In treatment", "In treatment", 1160, 5.1),
    ("recovery", "In remission", "In remission", 4100, 4.4),
    ("stopped", "Stopped, never addicted", "Stopped using", 7800, 0.4),
    ("later", "Would start later", "Would start later", 18900, 0),
]

PLANS: list[tuple[str, str, dict[str, float], dict[str, float]]] = [
    ("no_new_money", "No new money", {}, {}),
    (
        "harm_reduction_only",
        "Harm reduction only",
        {"community_naloxone": 280000, "syringe_services": 470000},
        {"harm_reduction": 1.0},
    ),
    (
        "treatment_only",
        "Treatment only",
        {"low_barrier_buprenorphine": 250000, "methadone_places": 250000, "medication_in_jail": 250000},
        {"treatment": 1.0},
    ),
    (
        "recovery_only",
        "Recovery only",
        {"recovery_housing": 250000, "peer_coaching": 250000, "recovery_centre": 250000},
        {"recovery": 1.0},
    ),
    (
        "as_others_do",
        "As others do",
        {
            "community_naloxone": 150000,
            "low_barrier_buprenorphine": 220000,
            "recovery_housing": 150000,
            "peer_coaching": 118000,
            "outside the model": 112000,
        },
        {"harm_reduction": 0.2, "treatment": 0.3, "recovery": 0.3, "family": 0.05, "prevention": 0.15},
    ),
    (
        "even_split",
        "Even split",
        {k: 75000 for k, *_ in SERVICES},
        {"harm_reduction": 0.2, "bridge": 0.1, "treatment": 0.4, "recovery": 0.3},
    ),
    (
        "both_and",
        "Both/and plan",
        {
            "community_naloxone": 190000,
            "medication_in_jail": 160000,
            "syringe_services": 80000,
            "peer_coaching": 140000,
            "recovery_centre": 90000,
            "navigation": 90000,
        },
        {"harm_reduction": 0.36, "bridge": 0.12, "treatment": 0.21, "recovery": 0.31},
    ),
]

REACH: dict[str, tuple[float, float, float, float, float]] = {
    "no_new_money": (0, 0, 0, 0, 0),
    "harm_reduction_only": (2.1, 201, 0, 0, 1630),
    "treatment_only": (85, 20, 0, 0, 0),
    "recovery_only": (3.2, -1.2, 160, 24, 0),
    "as_others_do": (32, 18, 94, 14, 1300),
    "even_split": (42, 62, 95, 7.4, 410),
    "both_and": (61, 33, 133, 0, 2350),
}

# ten years, no new money: deaths averted, healthy life-years, remission, remission without medication
TEN: dict[str, tuple[float, float, float, float]] = {
    "harm_reduction_only": (32, 120, 27, 6),
    "treatment_only": (10, 105, 726, 72),
    "recovery_only": (2.1, 22, 154, 110),
    "as_others_do": (30, 149, 261, 46),
    "even_split": (19, 104, 387, 34),
    "both_and": (43, 228, 589, 60),
}

# per 1,000 people of the group, by plan: healthy life-years against no new money
PER_1000: dict[str, tuple[float, ...]] = {
    "harm_reduction_only": (1.9, 11, 8.2, 2.0, 0.1, 0.1),
    "treatment_only": (0.4, 9.1, 14, 2.6, 0.0, 0.2),
    "recovery_only": (0.1, 1.4, 2.0, 3.9, 0.0, 0.1),
    "as_others_do": (1.8, 13, 11, 3.2, 0.2, 1.4),
    "even_split": (1.2, 12, 9.8, 2.4, 0.1, 0.3),
    "both_and": (2.4, 18, 16, 3.9, 0.2, 1.9),
}


def interval(mean: float, low: float = 0.4, high: float = 2.1) -> s.Interval:
    """An interval around ``mean`` whose ends are ``low`` and ``high`` times the mean."""
    ends = sorted((mean * low, mean * high))
    return s.Interval(mean=mean, low=min(ends[0], mean), high=max(ends[1], mean))


def around(mean: float, half: float) -> s.Interval:
    return s.Interval(mean=mean, low=mean - half, high=mean + half * 1.1)


def _study() -> s.StudyPart:
    return s.StudyPart(
        key="washtenaw",
        label="opioid settlement money",
        place="Washtenaw County, Michigan",
        model="opioids-us",
        day_one="2026-01-01",
        last_day="2043-12-31",
        draws=64,
        seed=1,
        version="0.1.0",
        run="3f9a2c71d0be",
        data_as_of="deaths and people to 2024; state rules seen September 2024 to April 2026",
    )


def _money() -> s.Money:
    return s.Money(
        per_year=750000,
        years=[2026, 2027, 2028],
        first_round=2250000,
        rule="The county's first round: $2.25 million for three years from October 2025. "
        "At least 85 % must go to opioid remediation.",
        all_years=s.Interval(mean=12.1e6, low=10.9e6, high=13.4e6),
        price_year=2024,
        people_with_addiction=s.Interval(mean=6700, low=4300, high=7900),
        per_person_with_addiction=112,
        periods=["2026-2028", "2029-2031", "2032-2034", "2035-2037", "2038-2040"],
    )


def _services() -> list[s.Service]:
    laws = {
        "syringe_services": ("contested", "town rules differ"),
        "medication_in_jail": ("required", "duty of care; disability law"),
    }
    made = []
    for n, (key, label, short, kind, unit, cost) in enumerate(SERVICES):
        word, level = laws.get(key, ("allowed", "state and federal"))
        made.append(
            s.Service(
                key=key,
                label=label,
                short=short,
                kind=kind,
                unit=unit,
                unit_cost=interval(cost, 0.6, 1.5),
                payers=[
                    s.Payer(payer="settlement", usd_per_unit=interval(cost * 0.65, 0.5, 1.5)),
                    s.Payer(payer="Medicaid", usd_per_unit=interval(cost * 0.35, 0.5, 1.6)),
                ],
                start_up=interval(12000 * n, 0.5, 1.8),
                lag_months=interval(2 + n, 0.5, 2.0),
                ceiling=interval(4200 / (n + 1), 0.4, 1.7),
                smallest_size="200 kits a year through an existing programme"
                if n == 0
                else "one worker in a running programme",
                terms={
                    "offer": "offered once, can be declined",
                    "entry": "none",
                    "return to use": "stays",
                    "medication": "welcome",
                },
                coercion=0 if key != "medication_in_jail" else 1,
                law=s.Law(
                    word=word, level=level, dated="2026-04", source="state code and federal guidance, seen April 2026"
                ),
                exhibit_e="A.A; B.H.1; B.H.2",
                evidence="Measured for deaths at witnessed overdoses; the size is disputed.",
                disputes=["Does easier rescue raise risk? One study says so; a re-analysis found the claim invalid."]
                if n < 2
                else [],
            )
        )
    return made


def _plans() -> list[s.PlanPart]:
    labels = {
        "on_medication": "on medication",
        "in_contact": "in open contact",
        "with_peer": "with a peer",
        "housed": "in recovery housing",
        "kits": "kits a year",
    }
    return [
        s.PlanPart(
            key=key,
            label=label,
            note="What exists runs on." if not dollars else "A plan that one tradition would sign.",
            reviewed="drafted, not reviewed" if key.endswith("_only") else "built from the study",
            searched=key == "both_and",
            dollars=dollars,
            kinds=dict(kinds),
            unspent=s.Interval(
                mean=21000 if key == "recovery_only" else 0, low=0, high=90000 if key == "recovery_only" else 0
            ),
            reach=[
                s.Reach(key=k, label=labels[k], amount=interval(v, 0.6, 1.5))
                for k, v in zip(labels, REACH[key], strict=True)
            ],  # type: ignore[arg-type]
        )
        for key, label, dollars, kinds in PLANS
    ]


def _groups() -> list[s.Group]:
    return [
        s.Group(key=k, label=label, short=short, people=interval(n, 0.7, 1.4), first_year_deaths=interval(d, 0.7, 1.4))
        for k, label, short, n, d in GROUPS
    ]


def _values() -> list[s.Value]:
    return [
        s.Value(
            key=k,
            label=label,
            plain=plain,
            family=family,
            kind=kind,
            order=n,  # type: ignore[arg-type]
            indicator=f"person-years of {plain}" if kind == "simulated" else "rated by a local panel",
            unit="person-years",
            without_addiction=without,
        )
        for n, (k, label, plain, family, kind, without) in enumerate(VALUES)
    ]


def _marks() -> list[s.Mark]:
    groups, signs = {"w": "without", "a": "with"}, {"+": "serves", "-": "pulls_against"}
    status = {"m": "measured", "c": "claimed", "a": "assumed"}
    return [
        s.Mark(
            value=value,
            service=service,
            group=groups[code[0]],
            sign=signs[code[1]],
            status=status[code[2]],
            source="practice review, section 5",
        )  # type: ignore[arg-type]
        for value, cells in MARKS.items()
        for service, codes in cells.items()
        for code in codes.split()
    ]


INDICATORS = [
    s.Indicator(key="deaths_averted", label="Deaths averted", unit="deaths", better="more"),
    s.Indicator(key="healthy_life_years", label="Healthy life-years gained", unit="years", better="more"),
    s.Indicator(key="remission_years", label="Years in remission, medication included", unit="years", better="more"),
    s.Indicator(
        key="remission_years_without_medication",
        label="Years in remission, without medication",
        unit="years",
        better="more",
    ),
    *(
        s.Indicator(
            key=f"remission_{d}{w}",
            label=f"Years in remission of {t}, {'without medication' if w else 'medication included'}",
            unit="years",
            better="more",
        )
        for d, t in (("under_1", "under 1 year"), ("1_to_5", "1 to 5 years"), ("5_plus", "5 years and more"))
        for w in ("", "_without_medication")
    ),
]


def _outcomes() -> list[s.Outcome]:
    growth = {"1": 0.04, "5": 0.5, "10": 1.0, "18": 1.35, "lifetime": 4.6}
    shares = {"under_1": 0.3, "1_to_5": 0.5, "5_plus": 0.2}
    made: list[s.Outcome] = []

    def add(plan: str, key: str, horizon: str, money: Any, reference: Any, value: s.Interval) -> None:
        above = 1.0 if value.low > 0 else 0.0 if value.high < 0 else 0.8
        made.append(
            s.Outcome(
                plan=plan,
                group="all",
                horizon=horizon,
                money=money,
                indicator=key,
                reference=reference,
                mean=value.mean,
                low=value.low,
                high=value.high,
                share_above_zero=above,
            )
        )

    for plan, numbers in TEN.items():
        for horizon, g in growth.items():
            for money, m in (("three_years", 1.0), ("all_years", 1.0 if horizon == "1" else 2.2)):
                for key, value in zip(
                    ["deaths_averted", "healthy_life_years", "remission_years"], numbers[:3], strict=True
                ):
                    fade = 0.8 if key == "deaths_averted" and horizon == "lifetime" else 1.0
                    add(
                        plan,
                        key,
                        horizon,
                        money,
                        "no_new_money",
                        interval(value * (min(g, 1.3) if key == "deaths_averted" else g) * m * fade, 0.25, 2.1),
                    )
                add(
                    plan,
                    "remission_years_without_medication",
                    horizon,
                    money,
                    "no_new_money",
                    around(numbers[3] * g * m, (20 + numbers[3]) * g * m * (0.7 if plan == "recovery_only" else 1)),
                )
        for d, share in shares.items():
            add(plan, f"remission_{d}", "10", "three_years", "no_new_money", interval(numbers[2] * share, 0.5, 1.6))
            add(
                plan,
                f"remission_{d}_without_medication",
                "10",
                "three_years",
                "no_new_money",
                around(numbers[3] * share, 22 * share + numbers[3] * share * 0.8),
            )
    return made


def _verdicts() -> list[s.GroupVerdict]:
    made: list[s.GroupVerdict] = []

    def add(plan: str, group: str, reference: Any, indicator: str, value: s.Interval, least: bool = False) -> None:
        word: s.Verdict = (
            "loses" if value.high < 0 else "cannot_tell" if value.low <= 0 else "gains_least" if least else "gains"
        )
        made.append(
            s.GroupVerdict(
                plan=plan,
                group=group,
                reference=reference,
                indicator=indicator,
                verdict=word,
                per_1000=value,
                share_not_worse=0.97 if word.startswith("gains") else 0.5,
            )
        )

    others = PER_1000["as_others_do"]
    for plan, row in PER_1000.items():
        for n, (group, *_rest) in enumerate(GROUPS):
            gain = row[n]
            add(
                plan,
                group,
                "no_new_money",
                "healthy_life_years",
                interval(gain, 0.4, 2.1) if gain > 0.05 else around(gain, 0.1),
                least=n == 5,
            )
            gap = gain - others[n]
            half = (
                0.55 * abs(gap)
                if n == 5 or (plan == "both_and" and n != 3) or (plan == "recovery_only" and n < 3)
                else 1.6 * abs(gap) + 0.3
            )
            if plan != "as_others_do":
                add(plan, group, "as_others_do", "healthy_life_years", around(gap, half))
            rem = gain * (1.0 if plan == "harm_reduction_only" else 3.6)
            add(
                plan,
                group,
                "no_new_money",
                "remission_years",
                interval(rem, 0.6, 1.5) if rem > 0.2 else around(rem, 0.2),
                least=n == 5,
            )
            add(
                plan,
                group,
                "no_new_money",
                "remission_years_without_medication",
                around(rem * 0.12, abs(rem) * (0.08 if n == 3 else 0.3)),
            )
    return made


def _pairs() -> list[s.Pair]:
    prices = {
        ("respect", "hope"): 2.08,
        ("respect", "self_determination"): 1.17,
        ("healing", "community_welfare"): 1.10,
        ("flourishing", "community_welfare"): 1.0,
        ("hope", "family_welfare"): 2.05,
        ("healing", "flourishing"): 1.15,
        ("patient_welfare", "family_welfare"): 1.04,
    }
    mapped = [v[0] for v in VALUES if v[4] == "simulated"]
    made: list[s.Pair] = []

    def add(kind: Any, a: str, b: str, price: float) -> None:
        error = 0.02
        lane = "go_together" if price <= 1.25 else "in_each_others_way" if price - error > 2 else "compete"
        spill = max(-0.2, 1.9 - price) if price < 2.03 else -0.15
        made.append(
            s.Pair(
                kind=kind,
                a=a,
                b=b,
                price=price,
                dollars=price * 750000,
                error=error,
                spill_ab=spill,
                spill_ba=spill - 0.2 if price > 1.2 else spill,
                collision=0.07 if price > 2 else 0.0,
                lane=lane,  # type: ignore[arg-type]
                remedy="They meet in the same waiting line. Give each its own treatment places."
                if lane == "in_each_others_way"
                else "",
            )
        )

    for n, (a, b) in enumerate(itertools.combinations(mapped, 2)):
        add("values", a, b, prices.get((a, b), round(1.38 + 0.047 * (n * 7 % 13), 2)))
    for n, (a, b) in enumerate(itertools.combinations([g[0] for g in GROUPS], 2)):
        add("groups", a, b, round(1.0 + 0.055 * (n * 5 % 14), 2))
    return made


def _rank(numbers: dict[str, float], tied: tuple[str, ...] = ()) -> list[s.Rank]:
    order = sorted(numbers, key=lambda p: -numbers[p])
    return [
        s.Rank(plan=p, healthy_life_years=numbers[p], rank=None if p in tied else n + 1) for n, p in enumerate(order)
    ]


def _both_and() -> s.BothAnd:
    z = {v[0]: round(0.34 + 0.06 * (n * 3 % 11), 2) for n, v in enumerate(VALUES) if v[4] == "simulated"}
    curve = [
        s.CurvePoint(floor=round(0.05 * n, 2), healthy_life_years=240 - 0.9 * n**2.2, deaths_averted=47 - 0.3 * n**2)
        for n in range(8)
    ]
    return s.BothAnd(
        plan="both_and",
        beta=0.37,
        z=z,
        curve=curve,
        floors_met=["no group below the even split"],
        floors_not_met=["no group below spending as others do"],
        service_range={k: interval(PLANS[-1][2].get(k, 8000), 0.5, 1.6) for k, *_ in SERVICES},
        surrogate_error=0.012,
    )


def _evidence(n: int, grade: Any) -> s.EvidenceRow:
    words = [
        "kits that reach the right hands",
        "deaths at an overdose with naloxone at hand",
        "overdoses that someone sees",
        "people in jail on a day who have opioid addiction",
        "return to use after the first year",
        "places filled on day one",
    ]
    mean = 0.12 + 0.03 * (n % 7)
    return s.EvidenceRow(
        key=f"{grade}_{n}",
        description=f"Share of {words[n % len(words)]}",
        unit="share",
        mean=mean,
        low=mean * 0.4,
        high=min(1.0, mean * 2.2),
        grade=grade,
        interval_origin="judgement" if grade == "judgement" else "not checked",
        source="Judged from three studies of kits that came back after use",
        locator="doi:10.1000/example",
        swing=max(0.0, 160 - 9.5 * n) if n < 30 else None,
    )


def _fit() -> s.Fit:
    seen = {2015: 50, 2016: 61, 2017: 69, 2018: 83, 2019: 57, 2020: 66, 2021: 73, 2022: 64, 2023: 66, 2024: 42}
    years = [
        s.FitYear(
            place=place,
            year=year,
            observed=None if year > 2024 else count * scale,
            test=s.Interval(mean=66 * scale, low=50 * scale, high=83 * scale) if year >= 2018 else None,
            decision=s.Interval(
                mean=(count - 2 if year < 2025 else 45) * scale, low=(count - 17) * scale, high=(count + 16) * scale
            ),
            outside=year == 2024,
        )
        for place, scale in (("Washtenaw County", 1.0), ("Michigan", 31.0))
        for year, count in ({**seen, 2025: 44} if scale == 1 else seen).items()
    ]
    return s.Fit(
        years=years,
        free_parameters=9,
        counts=20,
        wrong_by="We were wrong by 2 deaths in 2023 and by 24 deaths in 2024: the test fit expected 66 each year.",
        note="Outside the range: 2024. Nine numbers were free to fit twenty counts, so a close fit proves little.",
    )


def _requests() -> list[s.Request]:
    kinds = (
        ("methadone", "Methadone", 0.62),
        ("buprenorphine", "Buprenorphine", 0.81),
        ("residential", "Residential treatment", 0.44),
    )
    return [
        s.Request(
            plan=p[0],
            kind=k,
            label=label,
            met_within_30_days=s.Interval(
                mean=min(0.99, share + 0.02 * n), low=max(0, share - 0.1), high=min(1.0, share + 0.17)
            ),
            waiting=interval(90 - 9 * n, 0.5, 1.8),
            full=s.Interval(mean=0.94 - 0.02 * n, low=0.8, high=0.99),
        )
        for n, p in enumerate(PLANS)
        for k, label, share in kinds
    ]


def _bills() -> list[s.Bill]:
    payers = (
        ("Settlement money", 2.2e6, False),
        ("Medicaid", 1.9e6, True),
        ("Other health payers", 0.4e6, True),
        ("Jail and courts", -0.8e6, True),
        ("Living longer: all costs", 0.7e6, True),
    )
    return [
        s.Bill(
            plan=p[0],
            payer=payer,
            usd=interval(usd * (0.5 + 0.22 * n), 0.5, 1.7) if downstream else s.Interval(mean=usd, low=usd, high=usd),
            downstream=downstream,
        )
        for n, p in enumerate(PLANS[1:])
        for payer, usd, downstream in payers
    ]


def _findings() -> list[s.Sentence]:
    texts = {
        "picture": "Different values need different services. No single service serves all eleven.",
        "sheet_1": "One plan found leaves no group worse off than spending as others do",
        "sheet_1_deck": "That holds for every group at once in 93 of 100 runs. Each plan that "
        "follows one tradition alone leaves someone behind.",
        "sheet_2": "The both/and plan stays first under three doubts",
        "sheet_2_deck": "Second place changes with them. Order by healthy life-years in the best-guess run.",
        "map": "Most values only compete for money. Hardly any get in each other's way.",
        "map_deck": "Each coin is one budget of $750,000 a year. The more two "
        "coins overlap, the more one dollar serves both.",
        "groups": "Every plan that follows one tradition leaves people who would start later behind",
        "recovery": "Count medication and treatment leads; leave it out and recovery services lead",
        "horizon": "After one year you would see less than a hundredth of what a plan brings",
        "requests": "Four in ten people who ask for residential treatment wait more than a month",
        "bills": "For each settlement dollar, other payers pay almost as much again",
        "fit": "The model missed the fall in deaths of 2024",
    }
    return [s.Sentence(key=k, text=t, numbers={}) for k, t in texts.items()]


def example() -> s.Summary:
    """A full Summary: seven plans, six groups, eleven values, ten services."""
    guess = {p: n[1] for p, n in TEN.items()}
    tried = [
        (
            "naloxone_effect",
            "Deaths per overdose with naloxone at hand, against those without",
            0.35,
            0.9,
            "ratio",
            "Naloxone saves fewer per use",
            {
                "both_and": 138,
                "treatment_only": 109,
                "as_others_do": 79,
                "even_split": 67,
                "harm_reduction_only": 35,
                "recovery_only": 25,
            },
            (),
        ),
        (
            "kits_in_hands",
            "Kits already in the right hands",
            0.12,
            0.5,
            "share",
            "Many kits already there",
            {
                "both_and": 116,
                "treatment_only": 108,
                "as_others_do": 62,
                "even_split": 59,
                "harm_reduction_only": 16,
                "recovery_only": 25,
            },
            ("as_others_do", "even_split"),
        ),
        (
            "seen",
            "Overdoses that someone sees",
            0.65,
            0.35,
            "share",
            "Fewer overdoses are seen",
            {
                "both_and": 200,
                "as_others_do": 130,
                "treatment_only": 110,
                "harm_reduction_only": 91,
                "even_split": 90,
                "recovery_only": 25,
            },
            ("harm_reduction_only", "even_split", "treatment_only"),
        ),
    ]
    return s.Summary(
        study=_study(),
        money=_money(),
        services=_services(),
        plans=_plans(),
        groups=_groups(),
        values=_values(),
        marks=_marks(),
        picture=s.PictureSentences(
            serves_most="Low-barrier buprenorphine serves most values: 8 of 11. Even so, it leaves 3 to others.",
            only_one="Restoration rests on one service alone: recovery housing. "
            "Cut that line and the value goes with it.",
            hardest_pull="Respect and hope pull hardest against each other: syringe services and recovery "
            "housing each serve one, and are said to pull against the other.",
        ),
        indicators=list(INDICATORS),
        outcomes=_outcomes(),
        verdicts=_verdicts(),
        joint=[
            s.JointVerdict(
                plan=p,
                reference=r,
                indicator="healthy_life_years",
                share_no_group_worse=0.93 if p == "both_and" else 0.97 if r == "no_new_money" else 0.11,
            )
            for p in TEN
            for r in ("no_new_money", "as_others_do")
            if (p, r) != ("as_others_do", "as_others_do")
        ],  # type: ignore[arg-type]
        pairs=_pairs(),
        all_at_once=[
            s.AllAtOnce(kind="values", price=4.3, dollars=3.225e6),
            s.AllAtOnce(kind="groups", price=2.0, dollars=1.5e6),
        ],
        left_out=[
            s.LeftOut(value="solidarity", why="it follows from who runs a service, not from a simulation"),
            s.LeftOut(value="restoration", why="it is rated by a local panel; no rating has been made"),
        ],
        both_and=_both_and(),
        losers=[
            s.Loser(
                plan=p,
                group="later",
                reference="as_others_do",
                indicator="healthy_life_years",
                amount=s.Interval(mean=-1.1, low=-2.0, high=-0.4),
                mechanism="It buys no prevention; others spend 15 of 100 dollars on it.",
                repair="Put $110,000 a year into prevention for young people."
                if p != "recovery_only"
                else "no repair found",
            )
            for p in ("harm_reduction_only", "treatment_only", "recovery_only", "even_split")
        ],
        case_against=[
            "It adds little open, low-threshold contact: 33 more people on any day. Harm reduction alone adds 200.",
            "63 more people wait for treatment on any day, because it fills jail starts but adds no community places.",
            "It pays nothing for housing, which residents named first in 2024.",
            "It leans on jail medication, whose later costs fall on other payers.",
        ],
        deciding=[
            s.Deciding(key=k, label=label, used=u, tried=t, unit=unit, short=short, ranks=_rank(r, tied))
            for k, label, u, t, unit, short, r, tied in tried
        ],  # type: ignore[arg-type]
        best_guess=_rank(
            {**guess, "both_and": 315, "as_others_do": 221, "harm_reduction_only": 192, "even_split": 131},
            ("treatment_only", "even_split"),
        ),
        chance=s.Chance(
            deaths_ten_years=611,
            sd_ten_years=35,
            years_needed={"harm_reduction_only": 33, "treatment_only": 870, "both_and": 21, "recovery_only": 4100},
        ),
        grades=[
            s.GradeCount(grade=g, inputs=n, drivers=d)
            for g, n, d in (("primary", 71, 2), ("secondary", 33, 1), ("judgement", 58, 6), ("unverified", 9, 1))
        ],  # type: ignore[arg-type]
        judgements=[_evidence(n, "judgement") for n in range(34)],
        unverified=[_evidence(n, "unverified") for n in range(9)],
        linear_reach=s.Sentence(
            key="linear_reach",
            text="The finding does not depend on diminishing returns: it holds "
            "with linear reach and with half the ceiling.",
            numbers={},
        ),
        fit=_fit(),
        checks=[
            s.Check(
                key="point_share",
                label="People with addiction on medication on any day",
                model=s.Interval(mean=0.17, low=0.13, high=0.22),
                published_low=0.13,
                published_high=0.25,
                published="13 to 25 in 100, state survey",
                agrees=True,
            ),
            s.Check(
                key="ems",
                label="Ambulance runs for an overdose, per death",
                model=s.Interval(mean=5.1, low=3.9, high=6.6),
                published_low=5.7,
                published_high=9.6,
                published="5.7 to 9.6, county EMS",
                agrees=True,
            ),
            s.Check(
                key="stable",
                label="Share in stable remission after 20 years",
                model=s.Interval(mean=0.35, low=0.31, high=0.42),
                published_low=None,
                published_high=0.3,
                published="below 30 in 100, one cohort",
                agrees=False,
            ),
        ],
        requests=_requests(),
        bills=_bills(),
        worth=[
            s.Worth(
                plan=p,
                per_million_settlement=interval(n[1] / 2.2, 0.3, 2.2),
                per_million_all=interval(n[1] / 5.1, 0.3, 2.4),
                per_1000_with_addiction=interval(n[1] / 6.7, 0.3, 2.2),
            )
            for p, n in TEN.items()
        ],
        findings=_findings(),
        assumed=[
            "Effects of two services on one rate multiply, where no study says how they combine.",
            "The county's share of people with opioid addiction is the state's.",
            "The split inside a heading of what others do is even.",
        ],
        not_in_model=[
            s.NotInModel(
                what="Stimulants beside opioids",
                why="over half of the county's deaths involve one; no rates by both drugs",
            ),
            s.NotInModel(what="Work", why="no source ties a service here to work"),
            s.NotInModel(what="Serious bacterial infections", why="no county counts"),
        ],
    )


HALF = "as_others_do_half"
LONG_TITLES = {
    "picture": "Different values need different services. No service serves all eleven, and none serves both groups.",
    "sheet_1": "The even split helps every group, yet people who would start later lose against spending as others do",
    "sheet_1_deck": "That holds for every group at once in 93 of 100 runs. Each plan that follows one tradition alone "
    "leaves someone behind, and in two of them it is the people whom the other tradition knows best.",
    "sheet_2": "The numbers cannot tell the plans apart; treatment only has most healthy life-years in each run tried",
    "sheet_2_deck": "Order by healthy life-years over a lifetime in the best-guess run. These numbers cannot tell "
    "neighbours apart, and the second place changes with every one of the three doubts that were tried.",
}


def longest() -> s.Summary:
    """The example with eight plans and with every sentence of the first pages as long as a real run has made it."""
    whole = example()
    others = next(p for p in whole.plans if p.key == "as_others_do")
    place = whole.plans.index(others) + 1
    half = others.model_copy(update={"key": HALF, "label": "As others do, half unspent"})
    plans = [
        p.model_copy(update={"unspent": s.Interval(mean=240_000, low=0, high=560_000)}) if p.dollars else p
        for p in [*whole.plans[:place], half, *whole.plans[place:]]
    ]
    hardest = (
        "Self-determination and community welfare pull hardest against each other. Community naloxone and syringe "
        "services serve the first and are said to pull against the second. Recovery housing that welcomes medication "
        "serves the second and is said to pull against the first. Just as hard: self-determination and hope; respect "
        "and hope; respect and community welfare; primacy of the relationship and community welfare."
    )
    return whole.model_copy(
        update={
            "plans": plans,
            "outcomes": _with_half(whole.outcomes),
            "verdicts": _with_half(whole.verdicts),
            "money": whole.money.model_copy(
                update={
                    "rule": "The county's first round: $2.25 million for October 2025 to September 2028, spent here "
                    "over 2026 to 2028. At least 85 % of the money must go to opioid remediation, and at least half "
                    "of that to what is still to come."
                }
            ),
            "picture": s.PictureSentences(
                serves_most="Low-barrier buprenorphine and recovery housing that welcomes medication serve most "
                "values: 8 of 11, 6 of them measured, the rest claimed. They leave 3 to others.",
                only_one="Restoration and solidarity rest on one service each: recovery housing that welcomes "
                "medication, and syringe services. Cut that line, and nothing here serves it.",
                hardest_pull=hardest,
            ),
            "case_against": [
                *whole.case_against,
                "It pays nothing for navigation from harm reduction to treatment and recovery, methadone places, "
                "medication in jail, continued on release, residential treatment with medication and peer coaching.",
                "It was found by search on curves of single services (largest gap to the full model 0.02 of a "
                "value's own best); the other plans were not searched.",
                "Treatment only brings 280 more years in remission, medication included.",
                "Recovery only brings 150 more years in remission without medication.",
            ],
            "deciding": [
                d.model_copy(
                    update={
                        "label": "How the county's buprenorphine places differ from its share of the state's; "
                        "whether they are full is not known",
                        "short": "How the county's buprenorphine places differ from the state's: 0.75, not 1.1",
                    }
                )
                for d in whole.deciding
            ],
            "not_in_model": [
                *whole.not_in_model,
                *(
                    s.NotInModel(what=what, why="no source was found")
                    for what in ("Spread of infections", "Earlier overdoses and tolerance of a person", "Race")
                ),
            ],
            "findings": [f.model_copy(update={"text": LONG_TITLES.get(f.key, f.text)}) for f in whole.findings],
        }
    )


def _with_half(rows: list[Any]) -> list[Any]:
    """Return the rows and, for the plan that leaves half unspent, those of spending as others do."""
    return [*rows, *(r.model_copy(update={"plan": HALF}) for r in rows if r.plan == "as_others_do")]
