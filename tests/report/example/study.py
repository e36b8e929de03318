"""What the example's study asks, the money it is about, and the people on day one."""

from __future__ import annotations

from bothand.report import summary as s
from example.parts import between, interval

GROUPS = (
    ("using", "Using, without addiction", "Using, no addiction", 10600, 9),
    ("addiction", "With addiction, not in treatment", "Addiction, not in treatment", 5500, 38),
    ("treatment", "In treatment", "In treatment", 1160, 5.1),
    ("recovery", "In remission", "In remission", 4100, 4.4),
    ("stopped", "Stopped, never addicted", "Stopped using", 7800, 0.4),
    ("later", "Would start later", "Would start later", 18900, 0),
)


def study() -> s.StudyPart:
    return s.StudyPart(
        key="washtenaw",
        label="opioid settlement money",
        place="Washtenaw County, Michigan",
        model="opioids-us",
        day_one="2026-01-01",
        last_day="2043-12-31",
        draws=64,
        draws_all_years=64,
        seed=1,
        version="0.1.0",
        run="3f9a2c71d0be",
        data_as_of="deaths and people to 2024; state rules seen September 2024 to April 2026",
    )


def money() -> s.Money:
    return s.Money(
        per_year=750000,
        years=[2026, 2027, 2028],
        first_round=2250000,
        rule="The county's first round: $2.25 million for three years from October 2025. "
        "At least 85 % must go to opioid remediation.",
        all_years=between(10.9e6, 12.1e6, 13.4e6),
        price_year=2024,
        people_with_addiction=between(4300, 6700, 7900),
        per_person_with_addiction=112,
        periods=["2026-2028", "2029-2031", "2032-2034", "2035-2037", "2038-2040"],
    )


def groups() -> list[s.Group]:
    return [
        s.Group(
            key=key,
            label=label,
            short=short,
            people=interval(people, 0.7, 1.4),
            first_year_deaths=interval(deaths, 0.7, 1.4),
        )
        for key, label, short, people, deaths in GROUPS
    ]
