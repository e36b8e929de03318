"""One self-contained page: its policy lets nothing in or out, and its words come from a catalogue."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from bothand.ask.language import Language, load_language, read_catalogue
from bothand.ask.page import digest, script
from bothand.ask.person.page import person_html
from bothand.faults import FaultsFound


def sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_names_the_very_style_and_script_of_the_page_and_lets_in_nothing_else() -> None:
    page = person_html("washtenaw", "en")
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    policy = policy.replace("&#39;", "'")
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    [code] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src '{sha256(style)}'",
        f"script-src '{sha256(code)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not re.search(r"\sstyle=|\son[a-z]+=", page.replace(style, "").replace(code, ""))


def test_the_digest_is_the_one_of_the_standard() -> None:
    # published example of Content Security Policy Level 3, hash of: alert('Hello, world.');
    assert digest("alert('Hello, world.');") == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="


def test_no_script_asks_a_network_or_a_store_for_anything() -> None:
    code = re.sub(r"//.*", "", script([path.name for path in SCRIPTS]))
    for word in ("fetch", "XMLHttpRequest", "WebSocket", "sendBeacon", "localStorage", "sessionStorage", "indexedDB"):
        assert word not in code
    for word in ("cookie", "caches", "serviceWorker", "import(", "eval", "innerHTML", "http"):
        assert word not in code


SCRIPTS = sorted((Path(__file__).parents[2] / "src" / "bothand" / "ask" / "scripts").glob("*.js"))


def test_a_catalogue_is_read_with_its_long_texts_and_without_its_empty_ones(tmp_path: Path) -> None:
    path = tmp_path / "es.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n"X-Review: a draft\\n"\n\n# a note\nmsgid "one"\nmsgstr "uno"\n\n'
        'msgid ""\n"two "\n"lines"\nmsgstr "dos \\"lineas\\""\n\nmsgid "three"\nmsgstr ""\n',
        encoding="utf-8",
    )
    assert read_catalogue(path) == {"": "X-Review: a draft\n", "one": "uno", "two lines": 'dos "lineas"'}


def test_every_fault_of_a_catalogue_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "es.po"
    path.write_text('msgid "one"\nmsgstr "uno"\n\nmsgid "one"\nmsgstr "una"\nwhat\nmsgid two\n', encoding="utf-8")
    with pytest.raises(FaultsFound) as found:
        read_catalogue(path)
    assert sorted(fault.line or 0 for fault in found.value.faults) == [4, 6, 7]


def test_a_text_is_said_in_english_where_a_catalogue_has_none() -> None:
    words = Language("es", {"{n} of us": "{n} de nosotros"})
    assert words.say("{n} of us", n=3) == "3 de nosotros"
    assert words.say("nobody") == "nobody"
    assert words.asked == {"{n} of us", "nobody"}


@pytest.mark.parametrize("page", ["person", "programme"])
def test_a_page_that_cannot_be_written_is_told_in_plain_words(
    call: Callable[..., Result], tmp_path: Path, page: str
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    for folder, words in ((file, "this is a file; a folder was expected."), (file / "new", f"'{file}' is a file")):
        result = call("ask", page, "--out", folder)
        assert result.exit_code == 2
        assert words in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_full_disk_leaves_neither_a_half_page_nor_an_empty_folder(
    call: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = call("ask", "person", "--out", tmp_path / "new" / "deep")
    assert result.exit_code == 2
    assert f"{tmp_path / 'new' / 'deep' / 'ask-person.html'}: it cannot be written: No space left" in result.output
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_language_is_a_fault_and_nothing_is_written(call: Callable[..., Result], tmp_path: Path) -> None:
    result = call("ask", "person", "--out", tmp_path / "new", "--language", "xx")
    assert result.exit_code == 2
    assert "there is no language 'xx'" in result.output
    assert not (tmp_path / "new").exists()
    with pytest.raises(FaultsFound):
        load_language("person", "../person")
