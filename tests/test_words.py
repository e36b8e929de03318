"""Numbers as they are said to people, person-first words, and the reading grade."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.words import (
    DURATIONS,
    FAMILIES,
    KINDS,
    LINES,
    SIGNS,
    TERMS,
    VALUE_KINDS,
    VERDICTS,
    dollars,
    first_up,
    forbidden,
    in_sentence,
    in_so_many,
    join_words,
    listed,
    mean_words,
    number_words,
    range_words,
    reading_grade,
    syllables,
    unparted,
)

LABELS = [
    label for group in (KINDS, FAMILIES, LINES, SIGNS, VALUE_KINDS, VERDICTS, DURATIONS) for label in group.values()
]
FINITE = st.floats(-1e9, 1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (1.44, "1.4"),
        (9.96, "10"),
        (12.3, "12"),
        (1604, "1,600"),
        (0.0432, "0.043"),
        (0.00012, "0.00012"),
        (-3.5, "\u22123.5"),
        (math.inf, "not known"),
        (math.nan, "not known"),
    ],
)
def test_a_number_is_said_with_two_significant_figures_and_a_true_minus(value: float, said: str) -> None:
    assert number_words(value) == said


@given(FINITE)
def test_what_is_said_is_within_a_twentieth_of_the_number(value: float) -> None:
    said = float(number_words(value).replace("\u2212", "-").replace(",", ""))
    assert math.isclose(said, value, rel_tol=0.05)
    assert "-" not in number_words(value)
    assert "e" not in number_words(value)


@given(FINITE, FINITE)
def test_a_larger_number_is_never_said_as_a_smaller_one(a: float, b: float) -> None:
    low, high = sorted((a, b))

    def heard(value: float) -> float:
        return float(number_words(value).replace("\u2212", "-").replace(",", ""))

    assert heard(low) <= heard(high)


def test_ranges_are_said_in_words() -> None:
    assert range_words(2, 9) == "2 to 9"
    assert range_words(-3, 4) == "\u22123 to 4"
    assert range_words(7.01, 7.02) == "7"
    assert range_words(5e5, 1.3e6, dollars) == "$500,000 to $1.3 million"
    with pytest.raises(ValueError, match="above the high end"):
        range_words(9, 2)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.007, "7 in 1,000 people"),
        (0, "0 in 1,000 people"),
        (0.0002, "fewer than 1 in 1,000 people"),
        (0.9999, "more than 999 in 1,000 people"),
        (1, "1,000 in 1,000 people"),
    ],
)
def test_a_share_is_said_among_a_thousand_people(share: float, said: str) -> None:
    assert in_so_many(share) == said


def test_a_share_is_never_rounded_up_to_all_or_down_to_none() -> None:
    assert in_so_many(0.004, "runs", 100) == "fewer than 1 in 100 runs"
    assert in_so_many(0.999, "runs", 100) == "more than 99 in 100 runs"


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="not a share"):
        in_so_many(share)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "$0"),
        (750_000, "$750,000"),
        (753_218, "$750,000"),
        (1_300_000, "$1.3 million"),
        (999_999, "$1 million"),
        (2.4e9, "$2.4 billion"),
        (-40, "\u2212$40"),
        (438, "$440"),
    ],
)
def test_money_is_said_in_dollars_and_words(value: float, said: str) -> None:
    assert dollars(value) == said


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [join_words(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert join_words(["a", "b"], "or") == "a or b"


def test_a_label_keeps_its_capitals_inside_a_sentence_only_when_it_is_a_name_of_letters() -> None:
    assert in_sentence("Recovery housing") == "recovery housing"
    assert in_sentence("EMS runs") == "EMS runs"
    assert in_sentence("Kent County, as published") == "Kent County, as published"
    assert in_sentence("Hepatitis C infections") == "hepatitis C infections"


def test_every_shared_code_name_has_a_public_label_of_its_own() -> None:
    assert KINDS["harm_reduction"] == "Harm reduction"
    assert all("_" not in text for text in LABELS)
    assert len(set(LABELS)) == len(LABELS)


def test_a_label_without_its_marks_is_the_plain_word() -> None:
    assert unparted("bupre\u00adnorphine") == "buprenorphine"


# ---- person-first words

NEVER = [
    "addict",
    "abuser",
    "clean",
    "dirty",
    "substitution",
    "non-compliant",
    "enabling",
    "hard-to-reach",
    "hotspot",
    "target population",
    "relapse",
]


@pytest.mark.parametrize("term", NEVER)
def test_a_term_that_is_never_said_is_found_in_any_case_and_said_better(term: str) -> None:
    for text in (f"An {term} came.", term.upper(), f"{term.capitalize()}: 3"):
        assert [hit.found.lower() for hit in forbidden(text)] == [term]


def test_hits_say_where_they_start() -> None:
    text = "People relapse, then abusers relapse."
    assert [text[hit.start :].startswith(hit.found) for hit in forbidden(text)] == [True, True, True]
    assert [hit.found for hit in forbidden(text)] == ["relapse", "abusers", "relapse"]


@pytest.mark.parametrize(
    "text",
    [
        "person with opioid addiction, addicted",
        "medication for opioid use disorder",
        "return to use after a while; a cleanly cut sheet",
        "od_mult_relapse",
        "relapse_24w_bup",
        "Lee 2018, J Addict Med 3; Addict Behav 35:741",
        "Substance Abuse and Mental Health Services Administration",
        "National Institute on Drug Abuse",
    ],
)
def test_person_first_words_code_names_and_names_of_journals_and_agencies_pass(text: str) -> None:
    assert forbidden(text) == []


def test_an_allowed_phrase_excuses_itself_and_nothing_else() -> None:
    title = "Predictors of relapse"
    assert forbidden(title, allowed=[title]) == []
    assert len(forbidden(f"{title}; relapse", allowed=[title])) == 1


def test_nothing_that_is_offered_instead_is_itself_forbidden() -> None:
    assert [hit for _, instead in TERMS for hit in forbidden(instead)] == []


def test_no_public_label_is_forbidden() -> None:
    assert [hit for text in LABELS for hit in forbidden(text)] == []


# ---- reading grade


def test_the_reading_grade_is_that_of_flesch_and_kincaid() -> None:
    # six words of one syllable in one sentence: 0.39 x 6 + 11.8 x 1 - 15.59
    assert reading_grade("The cat sat on the mat.") == pytest.approx(-1.45)
    # two sentences of three one-syllable words
    assert reading_grade("The cat sat. The dog ran.") == pytest.approx(0.39 * 3 + 11.8 - 15.59)


def test_a_line_of_its_own_counts_as_a_sentence() -> None:
    assert reading_grade("The cat\nsat on the mat") < reading_grade("The cat sat on the mat")


def test_long_words_and_long_sentences_raise_the_grade() -> None:
    plain = "People who use drugs are not all ill. Some need help to stop."
    heavy = "Problematic consumption necessitates multidisciplinary interventions facilitating discontinuation."
    assert reading_grade(plain) < 5 < 15 < reading_grade(heavy)


def test_a_text_without_words_has_no_grade() -> None:
    assert reading_grade(" ... ") == 0


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("use", 1),
        ("the", 1),
        ("used", 1),
        ("values", 2),
        ("table", 2),
        ("needed", 2),
        ("people", 2),
        ("recovery", 4),
        ("medication", 4),
        ("services", 3),
        ("addiction", 3),
        ("housing", 2),
        ("radio", 3),
        ("2026", 1),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


@given(st.text(min_size=1))
def test_first_up_changes_the_first_letter_alone(text: str) -> None:
    assert first_up(text) == text[0].upper() + text[1:]


def test_first_up_undoes_what_in_sentence_does_to_every_label() -> None:
    for label in LABELS:
        assert first_up(in_sentence(label)) == first_up(label)
    assert first_up("EMS runs") == "EMS runs"
    assert first_up("") == ""


@given(FINITE, FINITE, FINITE)
def test_a_mean_stands_before_its_range_and_alone_where_nothing_varies(a: float, b: float, c: float) -> None:
    low, mean, high = sorted((a, b, c))
    said = mean_words(mean, low, high)
    assert said.startswith(number_words(mean))
    assert (said == number_words(mean)) or said.endswith(f" ({range_words(low, high)})")
    assert mean_words(a, a, a) == number_words(a)


def test_labels_are_parted_by_semicolons_only_where_one_has_a_comma() -> None:
    assert listed(["Naloxone", "Recovery housing"], "or") == "naloxone or recovery housing"
    assert listed(["Medication in jail, continued", "Naloxone"]) == "medication in jail, continued; naloxone"
