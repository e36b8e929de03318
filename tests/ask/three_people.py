"""Three people who answer the page of a programme in a browser: how a test fills in, seals and opens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bothand.ask.programme.page import ROLES
from bothand.ask.programme.statements import load_asked

if TYPE_CHECKING:
    from playwright.sync_api import Page

FILL = """given => given.forEach(([name, value]) => {
  document.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
})"""
KEYS = [statement.key for statement in load_asked().mixed]
Answers = Mapping[str, str]
"""Statement to answer; one that is left out has none."""


def same(word: str = "yes", **others: str) -> dict[str, str]:
    """The same answer to every statement, but for some."""
    return {**dict.fromkeys(KEYS, word), **others}


def answer(page: Page, role: str, answers: Answers, shown: Mapping[str, str] | None = None, name: str = "") -> None:
    """Fill in one person's answers."""
    page.fill("#programme", name)
    page.check(f'input[name="role"][value="{role}"]')
    page.evaluate(FILL, [[f"a-{key}", word] for key, word in answers.items()])
    for key, words in (shown or {}).items():
        page.fill(f"#how-{key}", words)


def save(page: Page, button: str, folder: Path) -> Path:
    """Press a button that saves a file, and return where the file stands."""
    with page.expect_download() as waiting:
        page.click(button)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def seal(page: Page, folder: Path) -> tuple[Path, str]:
    """Seal what was filled in; return the file and its code, and clear the page for the next person."""
    path = save(page, "#seal", folder)
    page.wait_for_selector(".code")
    code = page.inner_text(".code")
    page.click("#sealing .wipe")
    return path, code


def seal_three(
    page: Page,
    folder: Path,
    three: Mapping[str, Answers],
    shown: Mapping[str, Mapping[str, str]] | None = None,
    name: str = "Corner House",
) -> dict[str, tuple[Path, str]]:
    """Let three people answer and seal on the same page, one after the other; return each one's file and code."""
    found = {}
    for role, answers in three.items():
        answer(page, role, answers, (shown or {}).get(role), name=name)
        found[role] = seal(page, folder)
    return found


def open_three(page: Page, sealed: Mapping[str, tuple[Path, str]]) -> None:
    """Choose the files, type in the codes and open."""
    page.set_input_files("#files", [path for path, _ in sealed.values()])
    for role, (_, code) in sealed.items():
        page.wait_for_selector(f"#code-{role}:enabled")
        page.fill(f"#code-{role}", code)
    page.click("#open")
    page.wait_for_selector("#result:visible")


def opened(page: Page, folder: Path, three: Mapping[str, Answers]) -> None:
    """Answer, seal and open, for three people."""
    assert list(three) == list(ROLES)
    open_three(page, seal_three(page, folder, three))


def words_of(page: Page, selector: str) -> str:
    """The words of a part of the page, in one line."""
    return re.sub(r"\s+", " ", page.inner_text(selector)).strip()
