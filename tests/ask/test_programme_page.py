"""The page of a programme as it is written: its words, its numbers, and that nothing in it is chosen beforehand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import Result

from bothand.ask.language import ENGLISH, load_language
from bothand.ask.page import script
from bothand.ask.programme import NAME
from bothand.ask.programme.page import SCRIPTS, programme_html
from bothand.ask.programme.statements import load_asked
from bothand.evidence.tables import load_evidence
from bothand.words import forbidden, reading_grade

PROSE = ("p", "li", "legend", "th", "caption", "h1", "h2", "h3")
MOST_GRADE = 8
FEWEST_WORDS = 4


@lru_cache
def page(language: str = ENGLISH) -> str:
    return programme_html(language)


class Read(HTMLParser):
    """Every run of prose, the ids, the links inside, and what stands in English whatever the language."""

    def __init__(self) -> None:
        super().__init__()
        self.prose: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []
        self.links += [found["href"] or ""] if tag == "a" else []
        if tag in ("meta", "link", "input", "br"):
            return
        self._open.append((tag, bool(found.get("lang")) and tag != "html"))
        if tag in PROSE:
            self.prose.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        hidden = {"script", "style", "code"} & set(tags) or any(foreign for _, foreign in self._open)
        if self.prose and not hidden and set(PROSE) & set(tags):
            self.prose[-1] += data


def read(language: str = ENGLISH) -> Read:
    found = Read()
    found.feed(page(language))
    return found


def data_of(html: str) -> dict[str, object]:
    [text] = re.findall(r'<script type="application/json" id="asked">(.*?)</script>', html, re.DOTALL)
    found: dict[str, object] = json.loads(text)
    return found


def test_the_command_writes_one_file_and_says_where(call: Callable[..., Result], tmp_path: Path) -> None:
    result = call("ask", "programme", "--out", tmp_path / "new")
    assert result.exit_code == 0
    assert result.output == f"page: {tmp_path / 'new' / NAME}\n"
    assert [path.name for path in (tmp_path / "new").iterdir()] == [NAME]
    assert (tmp_path / "new" / NAME).read_text("utf-8") == page()


def test_an_unknown_language_is_told_and_nothing_is_written(call: Callable[..., Result], tmp_path: Path) -> None:
    result = call("ask", "programme", "--out", tmp_path / "new", "--language", "fr")
    assert result.exit_code == 2
    assert "there is no language 'fr'" in result.output
    assert not (tmp_path / "new").exists()


def test_it_is_one_file_that_asks_for_nothing() -> None:
    html = page()
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:,)[^"']*["']""", html)
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert len(re.findall(r"<script>", html)) == 1


def test_nothing_is_chosen_beforehand() -> None:
    assert not re.search(r"<[^>]*\s(checked|selected)\b", page())
    assert page().count('value=""') == len(re.findall("<select", page()))


def test_what_it_prints_says_that_nobody_reviewed_it() -> None:
    for section in ("result", "main"):
        part = page().split(f'id="{section}"', 1)[1]
        for who in ("the harm reduction tradition", "the recovery tradition", "people who use such a service"):
            assert re.search(rf"Not yet reviewed by (anyone of )?{who}", part)


def test_it_reads_at_grade_eight() -> None:
    shown = data_of(page())
    said = [*read().prose, *_texts(shown["texts"]), *_texts(shown["questions"])]
    sentences = [
        s.strip() for text in said for s in re.split(r"(?<=[.!?:])\s+", text) if len(s.split()) >= FEWEST_WORDS
    ]
    assert len(sentences) > 200
    found = reading_grade("\n".join(sentences))
    print(f"grade {found:.1f} over {len(sentences)} sentences")
    assert found <= MOST_GRADE


def test_each_statement_alone_reads_at_grade_ten() -> None:
    grades = {s.key: reading_grade(s.text) for s in load_asked().statements}
    assert max(grades.values()) <= 10, grades


def test_no_word_of_it_is_one_that_hurts() -> None:
    assert not [hit for text in read().prose for hit in forbidden(text)]
    assert not [hit for text in _texts(data_of(page())) for hit in forbidden(text)]


def _texts(part: object) -> list[str]:
    if isinstance(part, str):
        return [part]
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [text for one in inner for text in _texts(one)]


def test_every_number_of_what_is_known_stands_by_its_key_and_no_other_number_stands_there() -> None:
    evidence = load_evidence()
    known = page().split('id="known"', 1)[1].split("</section>", 1)[0]
    entries = re.findall(r'<li id="known-[a-z_]+-([a-z0-9_]+)">(.*?)</li>', known, re.DOTALL)
    assert len(entries) == sum(len(statement.known) for statement in load_asked().statements)
    for key, words in entries:
        assert key in evidence
        assert f"<code>{key}</code>" in words
    for statement in load_asked().statements:
        for fact in statement.known:
            bare = re.sub(r"within 7 days|under 36", "", fact.words)  # what was asked, not what was found
            assert not re.search(r"\d", bare), fact.words


def test_every_link_leads_to_a_part_of_the_page_and_no_id_stands_twice() -> None:
    found = read()
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    facts = [(s["key"], key) for s in data_of(page())["statements"] for key in s["known"]]  # type: ignore[index, attr-defined]
    assert {f"known-{statement}-{key}" for statement, key in facts} <= set(found.ids)


def test_spanish_says_every_text_and_says_that_a_machine_drafted_it() -> None:
    words = load_language("programme", "es")
    assert "sin revisar" in words.review
    assert words.review in page("es")
    asked = asked_texts()
    assert len(asked) > 300
    missing = sorted(text for text in asked if text not in words.texts)
    assert not missing, "\n".join(missing)
    assert set(words.texts) <= asked, sorted(set(words.texts) - asked)


def asked_texts() -> set[str]:
    """Every text that the page asks a catalogue for."""
    from unittest.mock import patch

    from bothand.ask.programme import page as module

    words = load_language("programme", "es")
    with patch.object(module, "load_language", lambda name, code: words):
        programme_html("es")
    return words.asked


def test_a_translation_keeps_every_place_that_is_filled_in() -> None:
    words = load_language("programme", "es")
    for english, spanish in words.texts.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", spanish)), english


def test_the_same_statements_have_the_same_name_in_every_language() -> None:
    assert data_of(page())["set"] == data_of(page("es"))["set"]


@pytest.mark.parametrize("word", ["fetch", "localStorage", "sessionStorage", "indexedDB", "cookie", "innerHTML"])
def test_its_script_asks_no_network_and_keeps_nothing(word: str) -> None:
    assert word not in re.sub(r"//.*", "", script(SCRIPTS))
