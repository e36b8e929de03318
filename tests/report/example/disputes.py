"""Disputes that change the decision, that do not and that were not tried, and what is worth finding out."""

from __future__ import annotations

from bothand.report import summary as s
from example.prices import BOTH, FREE, NO_CONTACT


def disputes() -> list[s.RegisterEntry]:
    return [
        entry(
            "kits_in_the_right_hands",
            "Naloxone that is given away to whoever asks reaches the people who see overdoses.",
            ("many kits reach them", "few kits reach them"),
            moved=0.38,
            trials=(trial(NO_CONTACT, lost=41, error=5), trial(FREE, lost=-12, error=4, share_lost=0.21)),
            enters=["syringe_services"],
            leaves=["recovery_housing"],
            settling=settling("count", ["effective_kit_share"], worth=19.0, told=True, pays="yes"),
        ),
        entry(
            "criterion_of_recovery",
            "A person who takes medication and no longer uses otherwise is in recovery.",
            ("medication is part of recovery", "full recovery is without medication"),
            moved=0.17,
            trials=(trial(BOTH, lost=1, error=5), trial(NO_CONTACT, lost=2, error=4, share_lost=0.08)),
            enters=[],
            leaves=["syringe_services"],
            about="values",
            settling=settling(None, []),
        ),
        entry(
            "prevalence",
            "The household survey misses most people with opioid use disorder.",
            ("it counts about right", "it misses most"),
            moved=0.24,
            trials=(trial(BOTH, lost=2, error=5), trial(FREE, lost=1, error=4)),
            settling=settling("records", ["michigan_people_with_oud_2015"], worth=2.0, pays="cannot tell"),
        ),
        entry(
            "risk_after_release",
            "The weeks after release from jail are many times as dangerous as other weeks of use.",
            ("many times", "a little more"),
            moved=0.02,
            trials=(trial(BOTH, lost=9, error=5), trial(BOTH, lost=0, error=4)),
            settling=settling("trial", ["overdose_ratio_after_release"], worth=0.0, pays="no"),
        ),
        entry(
            "centre_and_crime",
            "An overdose prevention centre brings crime.",
            ("neighbours fear so", "none was seen"),
            why_not="outside the model: it has no streets",
            about="values",
        ),
    ]


def entry(
    key: str,
    claim: str,
    labels: tuple[str, str],
    *,
    moved: float = 0.0,
    trials: tuple[s.SideTrial | None, s.SideTrial | None] = (None, None),
    enters: list[str] | None = None,
    leaves: list[str] | None = None,
    why_not: str = "",
    about: str = "a fact",
    settling: s.Settling | None = None,
) -> s.RegisterEntry:
    loses = any(one.loses for one in trials if one)
    sides = [
        {
            "label": label,
            "says": f"Those who hold that {label} say so, and give their reasons in a sentence or two.",
            "sources": ["Someone 2020, a long study of a few people (table 2)"],
            "trial": one,
        }
        for label, one in zip(labels, trials, strict=True)
    ]
    return s.RegisterEntry.model_validate(
        {
            "key": key,
            "topic": key.replace("_", " ").capitalize(),
            "claim": claim,
            "about": about,
            "services": [],
            "settled_by": "A local count of each 100 kits, asked in the same way in two places.",
            "outcome": "not tried" if why_not else "changes" if moved > 0.1 and loses else "does not change",
            "why_not": why_not,
            "moved": moved,
            "least_moved": 0.0 if why_not else 0.1,
            "enters": enters or [],
            "leaves": leaves or [],
            "sides": sides,
            "settling": settling,
        }
    )


USD = {"count": 20_000.0, "records": 150_000.0, "trial": 2_800_000.0}
MARGIN = 5.0  # healthy life-years for $100,000


def settling(
    study: str | None, inputs: list[str], *, worth: float | None = None, told: bool = False, pays: str | None = None
) -> s.Settling:
    """What settling a dispute is worth and costs: from a third of the middle cost to three times it."""
    usd = [USD[study] * times for times in (0.3, 1, 3)] if study else None
    years = [each * MARGIN / 100_000 for each in usd] if usd else None
    return s.Settling.model_validate(
        {
            "inputs": inputs,
            "labels": [key.replace("_", " ") for key in inputs],
            "worth": worth,
            "error": None if worth is None else 2.0,
            "told": told,
            "study": study,
            "row": f"study_cost_{study}" if study else "",
            "usd": usd,
            "life_years": years,
            "share": USD[study] / 2_250_000 if study else None,
            "counties": years[1] / worth if years and worth else None,
            "pays": pays,
        }
    )


def trial(dollars: dict[str, float], lost: float, error: float, share_lost: float = 0.0) -> s.SideTrial:
    return s.SideTrial(
        dollars=dollars,
        healthy_life_years=210.0,
        lost=lost,
        share_lost=share_lost,
        lost_by_best_guess=lost / 2,
        error=error,
        share_error=0.03,
        loses=lost > error or share_lost > 0.03,
    )


def to_learn() -> list[s.WorthKnowing]:
    return [
        s.WorthKnowing(
            key="effective_kit_share",
            label="Share of kits that are in the right hands",
            worth=19.0,
            error=6.0,
            told=True,
            disputes=["kits_in_the_right_hands"],
            settled_by=["A local count of each 100 kits, asked in the same way in two places."],
            studies=[
                s.StudyWorth(people=50, worth=3.0, error=7.0, told=False),
                s.StudyWorth(people=200, worth=8.0, error=7.0, told=True),
                s.StudyWorth(people=1_000, worth=17.0, error=7.0, told=True),
            ],
        ),
        s.WorthKnowing(
            key="overdose_ratio_after_release",
            label="Overdoses in the weeks after release, against other weeks of use",
            worth=2.0,
            error=3.0,
            told=False,
            disputes=[],
            settled_by=[],
        ),
    ]


def learning() -> s.Learning:
    plans = ["status_quo", "even_split", "both_and"]
    return s.Learning(
        plans=plans,
        best="both_and",
        everything=55.0,
        by_chance=7.0,
        runs=64,
        study_source="Judgement by us, from two rows.",
        study_cost="such a survey costs about $50,000 ($12,000 to $240,000), a judgement too",
        margin=MARGIN,
        by_chance_disputes=8.0,
        cost_source="Judgement by us, from a row.",
        whom=[
            s.WorthToWhom(
                stakeholder=key,
                everything=0.14,
                by_chance=0.03,
                input="effective_kit_share",
                label="Share of kits that are in the right hands",
                worth=0.04 - 0.02 * n,
                low=0.0,
                high=0.05,
                told=n == 0,
            )
            for n, key in enumerate(("recovery_first", "autonomy_first"))
        ],
    )


FINDINGS = {
    "disputes": "Of 4 disputes that can be tried, 2 change the decision",
    "disputes_deck": "Most money moves over kits in the right hands and criterion of recovery.",
    "to_learn": "Knowing everything before a plan is chosen would bring 55 healthy life-years. Most of what one number "
    "brings, 19, comes from this one: share of kits that are in the right hands. A local count of 200 people or "
    "cases would bring 8.",
    "settling": "Of the 4 disputes that change most: for 1 a study is worth its cost to this county alone; for 1 a "
    "study costs more than all that it could tell is worth; for 1 these runs cannot tell; "
    "for 1 no number that is drawn holds the dispute.",
}
