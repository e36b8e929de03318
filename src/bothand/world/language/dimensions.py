"""Dimensions of a formula: a hazard is not a probability, and the two are never added.

Every quantity has one dimension word: *hazard* (per year), *probability*, *ratio*, *duration* (years), *count*
(people, places, kits), *flow* (count per year), *money* or *utility*; the words of ``bothand.units.Kind`` are read as
well. A quantity whose word is not known is not checked. A formula made of numbers alone may stand for anything;
inside a sum a number is a plain number (0 fits anywhere).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bothand.world.language.graph import BROKEN, NEGATIVE, NUMBER, PICK, Graph, Node


@dataclass(frozen=True)
class Kind:
    """Powers of time, of counts and of money; ``word`` tells apart what has none of them."""

    time: int = 0
    count: int = 0
    money: int = 0
    word: str = "ratio"

    @property
    def bare(self) -> bool:
        """Say whether all powers are 0."""
        return not (self.time or self.count or self.money)


NUMBER_KIND = Kind(word="number")
ZERO = Kind(word="zero")
WORDS: Mapping[str, Kind] = {
    "hazard": Kind(time=-1),
    "probability": Kind(word="probability"),
    "ratio": Kind(),
    "duration": Kind(time=1),
    "count": Kind(count=1),
    "flow": Kind(time=-1, count=1),
    "money": Kind(money=1),
    "utility": Kind(word="utility"),
    # further words of bothand.units
    "number": Kind(),
    "share": Kind(word="probability"),
    "count per year": Kind(time=-1, count=1),
    "hazard ratio": Kind(),
    "rate ratio": Kind(),
    "risk ratio": Kind(),
    "odds ratio": Kind(),
    "standardised mortality ratio": Kind(),
    "relative reduction": Kind(),
    "standardised mean difference": Kind(),
    "money per thing": Kind(count=-1, money=1),
    "money per year": Kind(time=-1, money=1),
    "change of utility": Kind(word="utility"),
}
LEVERS = {"reach": "probability", "share": "probability", "places": "count", "kits": "flow"}
ANY = "any"  # any formula that mixes no units
PLAIN = "plain"  # any formula without powers: a ratio, a probability or a utility

Words = Callable[[Node], str | None]
Told = Callable[[str], None]


def said(kind: Kind) -> str:
    """Return a kind in words."""
    if kind.bare:
        return {"number": "a plain number", "zero": "zero"}.get(kind.word, f"a {kind.word}")
    for word, known in WORDS.items():
        if (known.time, known.count, known.money) == (kind.time, kind.count, kind.money):
            return f"a {word}"
    powers = (("time", kind.time), ("count", kind.count), ("money", kind.money))
    return " x ".join(name if p == 1 else f"{name}^{p}" for name, p in powers if p)


class Dimensions:
    """The kinds of a graph's nodes. ``words`` gives the dimension word of a leaf (None: not known)."""

    def __init__(self, graph: Graph, words: Words) -> None:
        self.graph = graph
        self.words = words
        self._kinds: dict[int, Kind | None] = {}

    def check(self, root: int, wanted: str, told: Told) -> None:
        """Tell of every operation in ``root`` that mixes kinds, once each, and of a result that is not ``wanted``."""
        for i in self.graph.needed([root]):
            if i not in self._kinds:
                self._kinds[i] = self._kind(i, told)
        kind = self._kinds[root]
        if kind is None or kind.word in ("number", "zero") or wanted == ANY:
            return
        if wanted == PLAIN:
            if not kind.bare:
                told(f"a probability or a ratio was expected; this is {said(kind)}")
            return
        aim = WORDS[wanted]
        if (kind.time, kind.count, kind.money) != (aim.time, aim.count, aim.money):
            told(f"a {wanted} was expected; this is {said(kind)}")

    def _kind(self, number: int, told: Told) -> Kind | None:
        node = self.graph.nodes[number]
        parts = [self._kinds[p] for p in node.parts]
        if node.kind == NUMBER:
            return ZERO if node.value == 0 else NUMBER_KIND
        if not parts:
            word = None if node.kind == BROKEN else self.words(node)
            return None if word is None else WORDS.get(word)
        if node.kind in ("*", "/"):
            return _times(parts[0], parts[1], 1 if node.kind == "*" else -1)
        if node.kind == NEGATIVE:
            return parts[0]
        if node.kind in ("exp", "log", "with"):
            for part, kind in zip(node.parts, parts, strict=True):
                if kind is not None and not kind.bare:
                    told(f"'{self.graph.text(part)}' inside {node.kind}() is {said(kind)}; a ratio was expected")
            return Kind()
        alike = self._sum(node, parts, told)
        return Kind() if node.kind == "within" else alike

    def _sum(self, node: Node, parts: list[Kind | None], told: Told) -> Kind | None:
        known = [(p, k) for p, k in zip(node.parts, parts, strict=True) if k is not None and k.word != "zero"]
        if not known:
            return None if None in parts else ZERO
        verb = {"+": "added to", "-": "subtracted from", PICK: "beside"}.get(node.kind, "compared with")
        first, kind = known[0]
        for other, found in known[1:]:
            if node.kind == PICK and "number" in (kind.word, found.word):
                continue
            if not _alike(kind, found):
                a, b = self.graph.text(first), self.graph.text(other)
                pair = (b, found, a, kind) if node.kind == "-" else (a, kind, b, found)
                told(f"'{pair[0]}' is {said(pair[1])} and is {verb} '{pair[2]}', {said(pair[3])}")
                return None
            if kind.word == "number":
                kind = found
        return None if len(known) < len(parts) and None in parts else kind


def _times(a: Kind | None, b: Kind | None, sign: int) -> Kind | None:
    if a is None or b is None:
        return None
    kind = Kind(a.time + sign * b.time, a.count + sign * b.count, a.money + sign * b.money)
    if not kind.bare:
        return kind
    words = {a.word if a.bare else "ratio", b.word if b.bare else "ratio"} - {"number"}
    if "zero" in words and sign == 1:
        return ZERO
    if not words:
        return NUMBER_KIND
    if words == {"probability"} and sign == 1 and a.word == b.word:
        return replace(kind, word="probability")
    return replace(kind, word="utility") if "utility" in words and sign == 1 else kind


def _alike(a: Kind, b: Kind) -> bool:
    if (a.time, a.count, a.money) != (b.time, b.count, b.money):
        return False
    if not a.bare or "number" in (a.word, b.word):
        return True
    return (a.word == "utility") == (b.word == "utility")
