"""On which line of a TOML file each table, key and list item begins: the parser tells what a file says, not where."""

from __future__ import annotations

import re
from bisect import bisect

Path_ = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_NAME = r"(?:[A-Za-z0-9_-]+|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')"
_NAMES = re.compile(rf"[ \t]*{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*[ \t]*")
_TEXT = re.compile(r"\"\"\"(?:\\.|[^\\])*?\"{3,5}|'''.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]*")


def toml_lines(text: str) -> dict[Path_, int]:
    """Map the path of each table, key and list item to its line. ``text`` is valid TOML."""
    return _Lines(text).found


class _Lines:
    """A walk over valid TOML that notes on which line everything begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = [match.start() for match in re.finditer("\n", text)]
        self.found: dict[Path_, int] = {}
        self.counts: dict[Path_, int] = {}
        prefix: Path_ = ()
        at = self._skip(0)
        while at < len(text):
            if text[at] == "[":
                doubled = text.startswith("[[", at)
                names = _end(_NAMES, text, at + (2 if doubled else 1))
                prefix = self._table(_split(text[at:names]), doubled)
                self._note(prefix, at)
                at = self._skip(names + (2 if doubled else 1))
            else:
                at = self._skip(self._pair(at, prefix))

    def _skip(self, at: int) -> int:
        return _end(_SPACE, self.text, at)

    def _note(self, where: Path_, at: int) -> None:
        line = bisect(self.ends, at - 1) + 1
        for size in range(1, len(where) + 1):
            self.found.setdefault(where[:size], line)

    def _table(self, names: list[str], doubled: bool) -> Path_:
        prefix: Path_ = ()
        for depth, name in enumerate(names):
            prefix = (*prefix, name)
            if doubled and depth == len(names) - 1:
                self.counts[prefix] = self.counts.get(prefix, -1) + 1
            if prefix in self.counts:
                prefix = (*prefix, self.counts[prefix])
        return prefix

    def _pair(self, at: int, prefix: Path_) -> int:
        end = _end(_NAMES, self.text, at)
        where = (*prefix, *_split(self.text[at:end]))
        self._note(where, at)
        return self._value(self._skip(end + 1), where)

    def _value(self, at: int, where: Path_) -> int:
        opening = self.text[at : at + 1]
        if opening not in ("[", "{"):
            return _end(_TEXT if opening in ('"', "'") else _SCALAR, self.text, at)
        number, at = 0, self._skip(at + 1)
        while self.text[at : at + 1] not in ("]", "}", ""):
            if opening == "{":
                at = self._pair(at, where)
            else:
                self._note((*where, number), at)
                at = self._value(at, (*where, number))
            number, at = number + 1, self._skip(at)
            at = self._skip(at + 1) if self.text[at : at + 1] == "," else at
        return at + 1


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at + 1


def _split(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_NAME, dotted)]
