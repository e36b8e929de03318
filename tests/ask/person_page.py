"""What tests of the guide for a person share: the page itself, and ways to read and fill it in a browser."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from bothand.ask.person.page import person_html

if TYPE_CHECKING:
    from playwright.sync_api import Page

VOID = {"meta", "link", "input", "br"}
UNSEEN = {"style", "script", "title"}

# What a reader meets of one option, in whichever order the options stand: words, links and controls.
OFFERS = """() => Object.fromEntries([...document.querySelectorAll('#options .option')].map(option => [
  option.dataset.key,
  { text: option.textContent.replace(/\\s+/g, ' ').trim(),
    links: [...option.querySelectorAll('a')].map(a => a.href),
    look: [...option.querySelectorAll('*')].map(e => [e.tagName, e.className, getComputedStyle(e).color,
      getComputedStyle(e).fontSize, getComputedStyle(e).opacity].join()).join('|'),
    seen: option.checkVisibility() && option.querySelector('.lead').checkVisibility(),
    usable: !option.querySelector('input').disabled },
]))"""


@lru_cache
def page(language: str = "en") -> str:
    return person_html("washtenaw", language)


class Texts(HTMLParser):
    """Every run of text that a reader can meet, with the tags and attributes around it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, dict[str, str | None]]]]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not UNSEEN & {tag for tag, _ in self._open}:
            self.found.append((words, list(self._open)))


def texts(html: str) -> list[tuple[str, list[tuple[str, dict[str, str | None]]]]]:
    parser = Texts()
    parser.feed(html)
    return parser.found


def opened(browser: Page, folder: Path, language: str = "en") -> Page:
    """The page in a browser, from a file."""
    path = folder / "guide.html"
    path.write_text(page(language), encoding="utf-8")
    browser.goto(path.as_uri())
    return browser


def filled(browser: Page) -> None:
    """Choose, order and write a little of everything."""
    for name in ("value", "option", "drug", "step"):
        for number in (1, 3):
            browser.locator(f"input[name={name}]").nth(number).check()
    browser.locator("#want-both").check()
    browser.locator("#pairs-mine input").first.check()
    browser.fill("#hope", "a hope that is sealed")
    browser.click("#seal")
    for area in browser.locator("#own textarea").all():
        area.fill("a secret of mine")
