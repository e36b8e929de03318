"""Words for people: numbers as they are said, public labels, the person-first term list and the reading grade.

Source: STYLE ("Words for people"). Every public string of the project is held to ``forbidden`` by
``tests/house/test_words_for_people.py``; the rules for numbers are those of the charts: at most two significant
figures, a true minus, "to" in ranges, one denominator on a page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MINUS = "\u2212"
HUNDRED = 100  # UNIT: the denominator of "29 in 100"
PEOPLE = 1_000  # UNIT: the denominator of "7 in 1,000 people"
MILLION = 1_000_000  # UNIT: US dollars
BILLION = 1_000_000_000  # UNIT: US dollars
TEN = 10  # MATH: from here on two significant figures are whole numbers

KINDS = {
    "harm_reduction": "Harm reduction",
    "bridge": "Bridge",
    "treatment": "Treatment",
    "recovery": "Recovery",
    "family": "Family",
    "prevention": "Prevention",
    "community": "Community",
    "outside": "Outside the model",
}
FAMILIES = {
    "how_we_treat_people": "How we treat people",
    "what_people_gain": "What people gain",
    "what_we_hope_for": "What we hope for",
    "who_else_matters": "Who else matters",
}
LINES = {"without": "without addiction", "with": "with addiction"}
SIGNS = {"serves": "serves it", "pulls_against": "pulls against it"}
SILENT = "does not speak to this group"
VALUE_KINDS = {"simulated": "simulated", "rated": "rated by a local panel", "profile": "follows from the plan"}
RATER_ROLES = {"uses": "people who use the service", "staff": "staff of the service", "other": "others"}
VERDICTS = {"gains": "gains", "gains_least": "gains least", "loses": "loses", "cannot_tell": "cannot tell"}
COERCION = ("an offer", "an incentive", "a benefit with a condition", "legal pressure", "confinement")
"""Grades of coercion, from 0."""
DURATIONS = {"under_1": "under 1 year", "1_to_5": "1 to 5 years", "5_plus": "5 years and more"}
"""Public words of the code names that more than one room uses. States have theirs in the model's own file."""

SOFT = "\u00ad"
"""Marks in a label where a long word may be parted at the end of a line."""


def unparted(label: str) -> str:
    """Return a label without the marks at which its words may be parted."""
    return label.replace(SOFT, "")


# ---------------------------------------------------------------------------------------------------------- numbers


def number_words(value: float) -> str:
    """Return a number with at most two significant figures: '1,600', '12', '1.4', '0.04', '−3.5', '0'."""
    if not math.isfinite(value):
        return "not known"
    size = float(f"{abs(value):.2g}")
    shown = f"{size:,.0f}" if size >= TEN or size == 0 else _plain_decimal(size)
    return MINUS + shown if value < 0 and size else shown


def _plain_decimal(size: float) -> str:
    """Return a number below ten without an exponent and without zeros at its end."""
    places = 1 - math.floor(math.log10(size))
    shown = f"{size:.{places}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def range_words(low: float, high: float, say: Callable[[float], str] = number_words) -> str:
    """Return '2 to 9', or one number where both ends are said alike. Raises ValueError when low is above high."""
    if low > high:
        raise ValueError(f"the low end {low} is above the high end {high}")
    first, last = say(low), say(high)
    return first if first == last else f"{first} to {last}"


def mean_words(mean: float, low: float, high: float, say: Callable[[float], str] = number_words) -> str:
    """Return '12 (5 to 23)', or one number where mean and range are said alike."""
    first, span = say(mean), range_words(low, high, say)
    return first if first == span else f"{first} ({span})"


def in_so_many(share: float, noun: str = "people", among: int = PEOPLE) -> str:
    """Return a share as '7 in 1,000 people'. A page keeps one ``among``; the share is between 0 and 1."""
    if not 0 <= share <= 1:
        raise ValueError(f"{share} is not a share")
    people = f"{among:,} {noun}"
    count = share * among
    if 0 < count < 0.5:
        return f"fewer than 1 in {people}"
    whole = round(count)
    if share < 1 and whole == among:
        return f"more than {among - 1:,} in {people}"
    return f"{whole:,} in {people}"


def as_subject(label: str) -> str:
    """Return a label as what a verb follows: 'Wayne County, as published,' and 'Even split'."""
    return f"{label}," if ", " in label else label


def in_100(share: float) -> str:
    """Return a share, of whatever size, as '29 in 100'; less than one with a decimal: '0.3 in 100'."""
    count = share * HUNDRED
    return f"{count:.1f} in {HUNDRED}" if 0 < abs(count) < 1 else f"{round(count)} in {HUNDRED}"


def dollars(value: float) -> str:
    """Return a sum of US dollars with two significant figures: '$750,000', '$1.3 million', '−$40'."""
    size = float(f"{abs(value):.2g}") if math.isfinite(value) else math.inf
    for unit, word in ((BILLION, " billion"), (MILLION, " million"), (1, "")):
        if size >= unit or unit == 1:
            return f"{MINUS if value < 0 and size else ''}${number_words(size / unit)}{word}"
    raise AssertionError("every size has a unit")


def run_as(by: str) -> str:
    """Return what follows the name of a plan or a study whose services are run on the terms of a programme."""
    return f", run as {by} does"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Return 'a', 'a and b' or 'a, b and c'; an empty text for nothing."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def first_up(text: str) -> str:
    """Return a text with its first letter up, and the others as they are: 'a bed' becomes 'A bed'."""
    return text[:1].upper() + text[1:]


def in_sentence(name: str) -> str:
    """Return a label as it stands inside a sentence: 'Recovery housing' becomes 'recovery housing', 'EMS' stays.

    So does a name whose second word is written large too, such as 'Kent County'.
    """
    first, second = [*name.split(" ", 2), "", ""][:2]
    named = first[1:] != first[1:].lower() or (second[:1].isupper() and second[1:2].islower())
    return name if named else name[:1].lower() + name[1:]


def listed(labels: Sequence[str], last: str = "and") -> str:
    """Return labels as they stand in a sentence, parted by semicolons where one of them has a comma of its own."""
    names = [in_sentence(label) for label in labels]
    return "; ".join(names) if any("," in name for name in names) else join_words(names, last)


# ---------------------------------------------------------------------------------------------- person-first language


@dataclass(frozen=True)
class Hit:
    """A term that no public text may hold: what was found, what to say, and where it starts."""

    found: str
    instead: str
    start: int

    def __str__(self) -> str:
        return f"'{self.found}': say '{self.instead}'"


TERMS: tuple[tuple[str, str], ...] = (
    (r"addicts?", "person with addiction"),
    (r"abusers?", "person who uses drugs"),
    (r"(?:drug|substance|alcohol|opioid|heroin) abuse", "use, or use disorder"),
    (r"abus(?:e|es|ed|ing) (?:of )?(?:drugs|substances|alcohol|opioids|heroin)", "use"),
    (r"junkies?|druggies?|alcoholics?", "person who uses drugs, person with alcohol use disorder"),
    (r"(?:drug|substance|opioid|heroin|pain[- ]reliever|syringe[- ]service) users?", "people who use drugs"),
    (r"drug (?:habit|problem)s?", "use, or use disorder"),
    (r"clean", "in recovery, not using; tested negative"),
    (r"dirty", "using; tested positive"),
    (r"substitution", "medication for opioid use disorder"),
    (r"opioid replacement|replacement (?:therapy|treatment)", "medication for opioid use disorder"),
    (r"(?:methadone|buprenorphine|opioid) maintenance|maintenance (?:therapy|treatment)", "methadone, buprenorphine"),
    (r"relaps(?:e|es|ed|ing)", "return to use"),
    (r"non-?complian(?:t|ce)", "stopped; did not work for the person"),
    (r"failed treatments?|treatment failures?", "treatment that did not work for the person"),
    (r"treatment[- ]resistant", "not yet served well"),
    (r"enabling|enablers?", "the concern itself, by name"),
    (r"culture of addiction", "the concern itself, by name"),
    (r"hard(?:er|est)?[- ]to[- ]reach", "not yet served well"),
    (r"hot[- ]?spots?", "neighbourhood with more deaths"),
    (r"target populations?", "people we want to reach"),
    (r"high[- ]utili[sz]ers?", "people who often need care"),
    (r"overdose victims?", "people who died of overdose"),
)
"""Pattern and what to say instead (STYLE; NIDA, Words Matter; ONDCP and Shatterproof tables)."""

CITED: tuple[str, ...] = (
    "Addict Behav",
    "Addict Sci",
    "Am J Addict",
    "Eur Addict Res",
    "J Addict",
    "Subst Use Addict",
    "J Subst Abuse Treat",
    "Subst Abuse",
    "Drug Alcohol Abuse",
    "Alcoholics Anonymous",
    "National Institute on Drug Abuse",
    "Project Towards No Drug Abuse",
    "Substance Abuse and Mental Health Services Administration",
    "Substance Abuse Prevention and Treatment Block Grant",
)
"""Names of journals, agencies, laws and groups, which are quoted as they are."""

_TERMS = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), instead) for pattern, instead in TERMS)
_CITED = re.compile("|".join(re.escape(name) for name in CITED))


def forbidden(text: str, allowed: Sequence[str] = ()) -> list[Hit]:
    """Return every term of ``text`` that is not person-first, in the order of the text.

    ``allowed`` are further exact phrases to leave alone (the title of a cited work). Names of journals, agencies and
    laws in ``CITED`` are always left alone. Underscored code names are one word and never match.
    """
    seen = _CITED.sub(_blank, text)
    for phrase in allowed:
        seen = seen.replace(phrase, " " * len(phrase))
    hits = [Hit(m.group(), instead, m.start()) for term, instead in _TERMS for m in term.finditer(seen)]
    return sorted(hits, key=lambda hit: hit.start)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


# ------------------------------------------------------------------------------------------------------ reading grade

WORDS_A_SENTENCE = 0.39  # MATH: Flesch-Kincaid grade, Kincaid et al 1975
SYLLABLES_A_WORD = 11.8  # MATH: Flesch-Kincaid grade, Kincaid et al 1975
OFFSET = 15.59  # MATH: Flesch-Kincaid grade, Kincaid et al 1975
SHORTEST = 3  # MATH: in words of up to three letters a final e is the only vowel ("the") and counts

_WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)*|\d[\d,.]*\d|\d")
_END = re.compile(r"[.!?]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?<![aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeioutd])ed$|(?<=[^aeioulsxzhcg])es$|(?<=[aeiou])e[ds]$")
_APART = re.compile(r"(?<![tscg])i[ao](?!n|us)")


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid US school grade of a text; 0.39 W/S + 11.8 Y/W - 15.59, 0 for a text without words.

    W words, S sentences (a line of its own counts as one), Y syllables. Source: Kincaid et al 1975. Syllables are
    counted by their vowels, so a single word may be off by one: a guide over a page, not a verdict on a sentence.
    """
    sentences = [words for part in _END.split(text) if (words := _WORD.findall(part))]
    count = sum(len(words) for words in sentences)
    if not count:
        return 0.0
    spoken = sum(syllables(word) for words in sentences for word in words)
    return WORDS_A_SENTENCE * count / len(sentences) + SYLLABLES_A_WORD * spoken / count - OFFSET


def syllables(word: str) -> int:
    """Return the syllables of one English word by its groups of vowels; at least one.

    A silent e ("use"), -es ("values") and -ed ("used") are left out; "ia" and "io" count twice where said apart.
    """
    letters = re.sub(r"[^a-z]", "", word.lower())
    if len(letters) <= SHORTEST:
        return 1
    spoken = _SILENT.sub("", letters)
    return max(1, len(_VOWELS.findall(spoken)) + len(_APART.findall(spoken)))
