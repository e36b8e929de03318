"""The eleven values as they ship, and made-up marks of which service serves which of them."""

from __future__ import annotations

from collections.abc import Iterator

from bothand.outcomes.values import load_values
from bothand.report import summary as s
from bothand.words import SILENT
from example.services import KEYS

# What a value says to people without addiction, in fewer words than the files have.
WITHOUT_ADDICTION = {
    "respect": "a welcome without conditions",
    "self_determination": "my own choices are mine",
    "primacy_of_the_relationship": "someone to talk to",
    "solidarity": "nothing about us without us",
    "patient_welfare": "staying alive and well",
    "healing": "infections avoided",
    "family_welfare": "families spared a loss",
    "community_welfare": "fewer calls and less harm around",
}

# One row for each value, one column for each service in their order. A mark is its group, sign and status; a dot: none.
MARKS = """
respect                      w+c,a+c  w+c,a+c  .    a+c  .    .    .        a-c  a+c  .
self_determination           .        w+c,a+c  a-c  a+c  a+c  a-c  w-c,a-c  .    .    .
primacy_of_the_relationship  .        w+c,a+c  a+c  a+m  .    .    .        .    a+c  a+c
solidarity                   .        w+c,a+c  .    .    .    .    .        a+c  a+c  a+c
patient_welfare              w+m,a+m  .        .    a+m  a+m  a+m  a+c      .    .    .
healing                      .        w+m,a+m  .    a+m  a+m  a+m  a+m      a+m  a+c  a+c
flourishing                  .        .        .    a+m  a+m  .    .        a+c  a+c  a+a
hope                         .        a-c      a+c  .    .    .    a+c      a+c  a+c  a+c
restoration                  .        .        .    .    .    .    .        a+c  .    .
family_welfare               w+m,a+m  .        .    a+c  .    .    a+c      .    .    a+c
community_welfare            w-c,a-m  w-c,a-c  .    a+m  a+m  a+m  a+c      .    .    .
"""
GROUP = {"w": "without", "a": "with"}
SIGN = {"+": "serves", "-": "pulls_against"}
STATUS = {"m": "measured", "c": "claimed", "a": "assumed"}


def values() -> list[s.Value]:
    return [
        s.Value(
            key=v.key,
            label=v.label,
            plain=v.plain,
            family=v.family,
            kind=v.kind,
            order=v.order,
            indicator=f"person-years of {v.plain}" if v.kind == "simulated" else "rated by a local panel",
            unit="person-years",
            without_addiction=WITHOUT_ADDICTION.get(v.key, SILENT),
        )
        for v in load_values()
    ]


def simulated() -> list[str]:
    """Keys of the values that can stand on the map."""
    return [v.key for v in values() if v.kind == "simulated"]


def marks() -> list[s.Mark]:
    return [
        s.Mark.model_validate(
            {
                "value": value,
                "service": service,
                "group": GROUP[mark[0]],
                "sign": SIGN[mark[1]],
                "status": STATUS[mark[2]],
                "source": "practice review, section 5",
            }
        )
        for value, service, mark in drawn()
    ]


def drawn() -> Iterator[tuple[str, str, str]]:
    """Value, service and the three letters of every mark."""
    for value, row in zip(load_values(), MARKS.strip().split("\n"), strict=True):
        key, *cells = row.split()
        assert key == value.key
        for service, cell in zip(KEYS, cells, strict=True):
            yield from ((key, service, mark) for mark in cell.split(",") if mark != ".")


def sentences() -> s.PictureSentences:
    return s.PictureSentences(
        serves_most="Low-barrier buprenorphine serves most values: 8 of 11. Even so, it leaves 3 to others.",
        only_one="Restoration rests on one service alone: recovery housing. Cut that line and the value goes with it.",
        hardest_pull="Respect and hope pull hardest against each other: syringe services and recovery "
        "housing each serve one, and are said to pull against the other.",
    )
