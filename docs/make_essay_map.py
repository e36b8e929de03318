"""Write docs/reference/essay-map.md from docs/essay_map.toml and the essay's page: ``python docs/make_essay_map.py``.

The page cannot drift from what is there: a test asks that every file and every test it names exists, and that the page
is the one that this file makes.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

DOCS = Path(__file__).parent
MAP = DOCS / "essay_map.toml"
ESSAY = DOCS / "explanation" / "essay.md"
PAGE = DOCS / "reference" / "essay-map.md"
ROW = re.compile(r"^\| (E\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)

HEAD = """# Where the essay lives in the program

*Made by `docs/make_essay_map.py` from `docs/essay_map.toml`.* The essay's sentences stand, numbered, in
[The essay, sentence by sentence](../explanation/essay.md). A test asks that all that is named here exists.
A part that is not there yet names the issue that it waits for; the issues stand in the project's list.

| no | the software must | what is there | where | tests that hold it | waits for |
|---|---|---|---|---|---|
"""


def asked() -> dict[str, str]:
    """Return what each sentence asks of the software, by its number."""
    return {no: must for no, _, must in ROW.findall(ESSAY.read_text("utf-8"))}


def rows() -> list[dict[str, object]]:
    """Return the rows of the map."""
    found: list[dict[str, object]] = tomllib.loads(MAP.read_text("utf-8"))["row"]
    return found


def page() -> str:
    """Return the whole page."""
    must = asked()
    lines = []
    for row in rows():
        where = "<br>".join(_link(path) for path in row["where"])
        tests = "<br>".join(f"`{test}`" for test in row["tests"])
        cells = [row["no"], must[row["no"]], row["there"], where, tests, row["waits"] or "nothing"]
        lines.append(f"| {' | '.join(cells)} |")
    return HEAD + "\n".join(lines) + "\n"


def _link(path: str) -> str:
    return f"[{path.removeprefix('src/bothand/')}](../../{path})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
