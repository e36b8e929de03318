"""What could be wrong: inputs that decide the order of plans, chance, judgements, the fit and its checks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bothand.report import summary as s
from example.outcomes import HEALTHY
from example.parts import between, table

TRIED = (
    (
        ("naloxone_effect", "Deaths per overdose with naloxone at hand, against those without", 0.35, 0.9, "ratio",
         "Naloxone saves fewer per use"),
        {"both_and": 138, "treatment_only": 109, "as_others_do": 79, "even_split": 67, "harm_reduction_only": 35,
         "recovery_only": 25},
        (),
    ),
    (
        ("kits_in_hands", "Kits already in the right hands", 0.12, 0.5, "share", "Many kits already there"),
        {"both_and": 116, "treatment_only": 108, "as_others_do": 62, "even_split": 59, "harm_reduction_only": 16,
         "recovery_only": 25},
        ("as_others_do", "even_split"),
    ),
    (
        ("seen", "Overdoses that someone sees", 0.65, 0.35, "share", "Fewer overdoses are seen"),
        {"both_and": 200, "as_others_do": 130, "treatment_only": 110, "harm_reduction_only": 91, "even_split": 90,
         "recovery_only": 25},
        ("harm_reduction_only", "even_split", "treatment_only"),
    ),
)  # fmt: skip
"""Three inputs, healthy life-years by plan when each is tried otherwise, and the plans that cannot be told apart."""

JUDGED = (
    "kits that reach the right hands",
    "deaths at an overdose with naloxone at hand",
    "overdoses that someone sees",
    "people in jail on a day who have opioid addiction",
    "return to use after the first year",
    "places filled on day one",
)
SEEN = {2015: 50, 2016: 61, 2017: 69, 2018: 83, 2019: 57, 2020: 66, 2021: 73, 2022: 64, 2023: 66, 2024: 42}
"""Deaths by year in the county."""


def deciding() -> list[s.Deciding]:
    rows = [(*given, ranked(numbers, tied)) for given, numbers, tied in TRIED]
    return table(s.Deciding, "key label used tried unit short ranks", rows)


def best_guess() -> list[s.Rank]:
    changed = {"both_and": 315, "as_others_do": 221, "harm_reduction_only": 192, "even_split": 131}
    return ranked({**HEALTHY, **changed}, ("treatment_only", "even_split"))


def ranked(numbers: Mapping[str, float], tied: Collection[str]) -> list[s.Rank]:
    order = sorted(numbers, key=lambda plan: -numbers[plan])
    rows = [(plan, numbers[plan], None if plan in tied else n) for n, plan in enumerate(order, start=1)]
    return table(s.Rank, "plan healthy_life_years rank", rows)


def minds() -> s.Minds:
    """The supply and reach otherwise, two services with disputes, and three numbers that the county can find out."""
    toxic = ranked({**HEALTHY, "harm_reduction_only": 480}, ())
    less = ranked({plan: years * 0.6 for plan, years in HEALTHY.items()}, ("as_others_do", "both_and"))
    turn = {"before": "both_and", "after": "treatment_only", "first": True, "at": 0.2}
    counted = [
        ("kits", "Kits that the state gives away here in a year", "count", 0.3, [turn]),
        ("paid", "Share of the unit cost that settlement money pays: methadone places", "ask_payers", 0.5,
         [{**turn, "at": 0.7, "first": False}, turn]),
        ("willing", "Share of people who would come", "ask_people", 0.2, []),
    ]  # fmt: skip
    rests = {plan: years * 0.6 for plan, years in HEALTHY.items()}
    return s.Minds(
        orders=table(
            s.OrderUnder,
            "key label ranks",
            [("toxicity", "The supply becomes as toxic again", toxic), ("half", "Half the people come", less)],
        ),
        disputed=table(
            s.Disputed,
            "service first_without",
            [("community_naloxone", "treatment_only"), ("syringe_services", "both_and")],
            rests=rests,
            whole=HEALTHY,
            first="both_and",
        ),
        counts=table(
            s.LocalCount,
            "key label how used turns",
            counted,
            unit="share",
            low=0.1,
            high=0.9,
            swing=83.0,
        ),
    )


def chance() -> s.Chance:
    return s.Chance(
        deaths_ten_years=611,
        sd_ten_years=35,
        years_needed={"harm_reduction_only": 33, "treatment_only": 870, "both_and": 21, "recovery_only": 4100},
    )


def grades() -> list[s.GradeCount]:
    rows = [("primary", 71, 2), ("secondary", 33, 1), ("judgement", 58, 6), ("unverified", 9, 1)]
    return table(s.GradeCount, "grade inputs drivers", rows)


def evidence(grade: str, rows: int) -> list[s.EvidenceRow]:
    """So many quantities of one grade, those that move most first."""
    return [row_of(grade, n) for n in range(rows)]


def row_of(grade: str, n: int) -> s.EvidenceRow:
    mean = 0.12 + 0.03 * (n % 7)
    return s.EvidenceRow.model_validate(
        {
            "key": f"{grade}_{n}",
            "description": f"Share of {JUDGED[n % len(JUDGED)]}",
            "unit": "share",
            "mean": mean,
            "low": mean * 0.4,
            "high": min(1.0, mean * 2.2),
            "grade": grade,
            "interval_origin": "judgement" if grade == "judgement" else "not checked",
            "source": "Judged from three studies of kits that came back after use",
            "locator": "doi:10.1000/example",
            "swing": max(0.0, 160 - 9.5 * n) if n < 30 else None,
        }
    )


def linear_reach() -> s.Sentence:
    text = "The finding does not depend on diminishing returns: it holds with linear reach and with half the ceiling."
    return s.Sentence(key="linear_reach", text=text, numbers={})


def fit() -> s.Fit:
    county = [year_of("Washtenaw County", year, deaths, 1.0) for year, deaths in {**SEEN, 2025: 44}.items()]
    state = [year_of("Michigan", year, deaths, 31.0) for year, deaths in SEEN.items()]
    return s.Fit(
        years=[*county, *state],
        free_parameters=9,
        counts=20,
        wrong_by="We were wrong by 2 deaths in 2023 and by 24 deaths in 2024: the test fit expected 66 each year.",
        note="Outside the range: 2024. Nine numbers were free to fit twenty counts, so a close fit proves little.",
    )


def year_of(place: str, year: int, deaths: int, scale: float) -> s.FitYear:
    mean = deaths - 2 if year < 2025 else 45
    return s.FitYear(
        place=place,
        year=year,
        observed=None if year > 2024 else deaths * scale,
        test=between(50 * scale, 66 * scale, 83 * scale) if year >= 2018 else None,
        decision=between((deaths - 17) * scale, mean * scale, (deaths + 16) * scale),
        outside=year == 2024,
    )


def checks() -> list[s.Check]:
    rows = [
        ("point_share", "People with addiction on medication on any day", between(0.13, 0.17, 0.22), 0.13, 0.25,
         "13 to 25 in 100, state survey", True),
        ("ems", "Ambulance runs for an overdose, per death", between(3.9, 5.1, 6.6), 5.7, 9.6,
         "5.7 to 9.6, county EMS", True),
        ("stable", "Share in stable remission after 20 years", between(0.31, 0.35, 0.42), None, 0.3,
         "below 30 in 100, one cohort", False),
    ]  # fmt: skip
    return table(s.Check, "key label model published_low published_high published agrees", rows)


def luck() -> s.Luck:
    counted = [
        s.Counted(plan=plan, deaths=s.Interval(mean=mean, low=mean - 230, high=mean + 260), fewer_than_today=share)
        for plan, mean, share in (("status_quo", 518.0, 0.5), ("both_and", 503.0, 0.6875))
    ]
    return s.Luck(
        counties=16, years=10, people=51_262, own_weeks=False, fewer_next_year=0.52, a_fifth_fewer=0.23, counted=counted
    )


def lives() -> s.Lives:
    courses = [
        s.LifeCourse(
            plan=plan,
            overdose_death=died,
            other_death=0.0994,
            sustained=reached,
            sustained_without=0.2549,
            returns=[0.86, 0.11, 0.02, 0.01],
            overdose_before=0.07,
            overdose_death_in_all=0.076,
        )
        for plan, died, reached in (("status_quo", 0.0238, 0.4669), ("both_and", 0.0226, 0.4727))
    ]
    return s.Lives(people=10_000, years=18, courses=courses)
