"""The grade of school that the pages ask of a reader: the council's sheet at most 10, the public picture at most 8."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from example import example, full, longest
from pyphen import Pyphen

from bothand.report.page import render
from bothand.report.summary import Summary

COMMITTED = Path(__file__).parents[2] / "docs" / "example" / "washtenaw.html"
PROSE = ("p", "h1", "h2", "h3", "li")
FEWEST_WORDS = 6  # fewer are a label, not a sentence
SYLLABLES = Pyphen(lang="en_US")


class Prose(HTMLParser):
    """The sentences of each section of a page, by the section's id; pictures and what stands in tables left out."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: dict[str, list[str]] = {}
        self._inside: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("section", "article"):
            self._inside.append((tag, dict(attrs).get("id")))
        elif tag in (*PROSE, "svg", "table"):
            self._inside.append((tag, None))
            if tag in PROSE:
                self._here().append("")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1][0] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._inside]
        if tags and tags[-1] in PROSE and not {"svg", "table"} & set(tags):
            self._here()[-1] += data

    def _here(self) -> list[str]:
        named = [key for _, key in self._inside if key]
        return self.sections.setdefault(named[-1] if named else "", [])


def prose(page: str, section: str) -> list[str]:
    """Sentences of a section that are long enough to be read as such."""
    parser = Prose()
    parser.feed(page)
    paragraphs = [re.sub(r"\s+", " ", text).strip() for text in parser.sections[section]]
    found = [part for text in paragraphs for part in re.split(r"(?<=[.!?:])\s+", text)]
    return [sentence for sentence in found if len(sentence.split()) >= FEWEST_WORDS]


def grade(sentences: list[str]) -> float:
    """Flesch-Kincaid grade (Kincaid et al 1975, Navy Research Branch report 8-75); a number is one syllable."""
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z]+|[\d.,$%]+", sentence)]
    syllables = sum(len(SYLLABLES.positions(word.lower())) + 1 for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def test_the_grade_of_two_known_texts() -> None:
    simple = ["The cat sat on the mat and it was a big cat."]
    hard = ["Recovery-oriented organisations necessarily incorporate multidimensional participatory accountability."]
    assert grade(simple) < 3
    assert grade(hard) > 20


@pytest.mark.parametrize(("section", "most"), [("picture", 8), ("sheet", 10), ("sheet-2", 10)])
@pytest.mark.parametrize("page", ["committed", "example", "longest"])
def test_the_first_pages_ask_no_more_of_a_reader_than_they_may(page: str, section: str, most: float) -> None:
    whole = (
        COMMITTED.read_text("utf-8")
        if page == "committed"
        else render({"example": example, "longest": longest}[page]())
    )
    sentences = prose(whole, section)
    assert len(sentences) > 2
    found = grade(sentences)
    print(f"{page}, {section}: grade {found:.1f} over {len(sentences)} sentences")
    assert found <= most


def test_what_chance_can_do_and_ten_thousand_lives_read_at_grade_ten() -> None:
    sentences = prose(render(example()), "lives")
    assert len(sentences) > 4
    assert grade(sentences) <= 10


@pytest.mark.parametrize("section", ["register", "dispute-kits_in_the_right_hands"])
def test_what_people_disagree_about_reads_at_grade_ten(section: str) -> None:
    sentences = prose(render(full()), section)
    assert sentences
    assert grade(sentences) <= 10


def test_one_change_for_all_reads_at_grade_ten() -> None:
    sentences = prose(render(example()), "moves")
    assert len(sentences) > 8
    print(f"moves: grade {grade(sentences):.1f}")
    assert grade(sentences) <= 10


@pytest.mark.parametrize("section", ["minds", "people"])
@pytest.mark.parametrize("whole", [example, longest])
def test_what_happens_to_people_and_what_would_change_our_mind_read_at_grade_eight(
    whole: Callable[[], Summary], section: str
) -> None:
    sentences = prose(render(whole()), section)
    assert len(sentences) > 10
    assert grade(sentences) <= 8
