"""Rates as text: the small grammar of a model file, its syntax tree and its arithmetic. Never ``eval``.

Grammar (blanks are free)::

    sum     = product { ("+" | "-") product }
    product = signed { ("*" | "/") signed }
    signed  = "-" signed | atom
    atom    = number | name | name "(" sum { "," sum } ")" | name "[" name { "," name } "]" | "(" sum ")"

Functions: ``min`` and ``max`` of two or more, ``exp``, ``log``, ``with(c, r) = 1 - c + c * r``: the factor on a rate
when the share ``c`` of people is reached and the ratio among them is ``r``; and ``within(x, a, b)``: 1 where x is at
least a and at most b, else 0, for what holds for a time only.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

MOST_TOKENS = 300  # UNIT: words and signs in one expression; a longer one belongs in several `let`
DEEPEST = 40  # UNIT: brackets inside brackets

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/(),\[\]]))"
)


class ExpressionError(ValueError):
    """The text is not an expression of the grammar; the message says what and at which character."""


@dataclass(frozen=True)
class Number:
    """A number written in the data file."""

    value: float


@dataclass(frozen=True)
class Name:
    """A quantity, a lever, a `let`, or ``at_hand``."""

    name: str


@dataclass(frozen=True)
class Index:
    """A series or a table with what it is read by: ``toxicity[year]``, ``background[sex, age]``."""

    name: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Negative:
    """Minus ``operand``."""

    operand: Expression


@dataclass(frozen=True)
class Operation:
    """``left sign right``, sign one of ``+ - * /``."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call:
    """One of the functions."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Number | Name | Index | Negative | Operation | Call


def _with(share: Any, ratio: Any) -> Any:
    return 1 - share + share * ratio


def _within(value: Any, least: Any, most: Any) -> Any:
    return np.where((value >= least) & (value <= most), 1.0, 0.0)


def _least(*values: Any) -> Any:
    return functools.reduce(np.minimum, values)


def _most(*values: Any) -> Any:
    return functools.reduce(np.maximum, values)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": _least, "max": _most, "exp": np.exp, "log": np.log, "with": _with, "within": _within,
}  # fmt: skip
SIGNS: dict[str, Callable[..., Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_ARGUMENTS = {"exp": 1, "log": 1, "with": 2, "within": 3}  # MATH: how many each function takes


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def _power(sign: str) -> str:
    """Say how a power is written, to whoever wrote it by a sign."""
    return "; write a power as exp(power * log(number))" if sign in ("^", "**") else ""


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            at = position + len(text[position:]) - len(text[position:].lstrip())
            raise ExpressionError(f"'{text[at]}' at character {at + 1} has no meaning here{_power(text[at])}")
        kind = str(found.lastgroup)
        tokens.append(_Token(kind, found.group(kind), found.start(kind)))
        position = found.end()
    if len(tokens) > MOST_TOKENS:
        raise ExpressionError(f"{len(tokens)} words and signs; at most {MOST_TOKENS} fit in one expression")
    return tokens


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = 0

    def whole(self) -> Expression:
        if not self.tokens:
            raise ExpressionError("the expression is empty")
        tree = self.sum()
        if self.next < len(self.tokens):
            raise self.unexpected()
        return tree

    def peek(self) -> str:
        return self.tokens[self.next].text if self.next < len(self.tokens) else ""

    def take(self, sign: str) -> bool:
        if self.peek() != sign:
            return False
        self.next += 1
        return True

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise self.unexpected(f"'{sign}' was expected")

    def unexpected(self, hint: str = "") -> ExpressionError:
        more = f"; {hint}" if hint else ""
        if self.next >= len(self.tokens):
            return ExpressionError(f"the expression ends too early{more}")
        token = self.tokens[self.next]
        last = self.tokens[self.next - 1].text if self.next else ""
        more = _power(last + token.text) or more
        return ExpressionError(f"'{token.text}' at character {token.at + 1} does not belong here{more}")

    def sum(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"brackets are nested more than {DEEPEST} deep")
        tree = self.product()
        while self.peek() in ("+", "-"):
            self.next += 1
            tree = Operation(self.tokens[self.next - 1].text, tree, self.product())
        self.depth -= 1
        return tree

    def product(self) -> Expression:
        tree = self.signed()
        while self.peek() in ("*", "/"):
            self.next += 1
            tree = Operation(self.tokens[self.next - 1].text, tree, self.signed())
        return tree

    def signed(self) -> Expression:
        if self.take("-"):
            return Negative(self.signed())
        return self.atom()

    def atom(self) -> Expression:
        if self.next >= len(self.tokens):
            raise self.unexpected()
        token = self.tokens[self.next]
        if self.take("("):
            tree = self.sum()
            self.expect(")")
            return tree
        if token.kind == "sign":
            raise self.unexpected("a number or a name was expected")
        self.next += 1
        if token.kind == "number":
            return self.number(token)
        if self.take("("):
            return self.call(token)
        if self.take("["):
            return self.index(token)
        if token.text in FUNCTIONS:
            raise ExpressionError(f"'{token.text}' is a function; write {token.text}( ... )")
        return Name(token.text)

    def number(self, token: _Token) -> Number:
        value = float(token.text)
        if value == float("inf"):
            raise ExpressionError(f"the number {token.text} is too large")
        return Number(value)

    def call(self, token: _Token) -> Call:
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.expect(")")
        if token.text not in FUNCTIONS:
            raise ExpressionError(f"there is no function '{token.text}'; allowed: {', '.join(sorted(FUNCTIONS))}")
        many = token.text in ("min", "max") and len(arguments) >= 2
        wanted = _ARGUMENTS.get(token.text, 2)
        if not many and len(arguments) != wanted:
            raise ExpressionError(f"'{token.text}' takes {wanted} argument(s), found {len(arguments)}")
        return Call(token.text, tuple(arguments))

    def index(self, token: _Token) -> Index:
        by: list[str] = []
        while True:
            if self.next >= len(self.tokens) or self.tokens[self.next].kind != "name":
                raise self.unexpected("a name such as year, sex or age was expected")
            by.append(self.tokens[self.next].text)
            self.next += 1
            if not self.take(","):
                break
        self.expect("]")
        return Index(token.text, tuple(by))


@functools.cache
def parse(text: str) -> Expression:
    """Return the syntax tree of an expression. Raises ExpressionError, in plain words, when it is none."""
    return _Parser(text).whole()


def names(expression: Expression) -> frozenset[str]:
    """Return every name an expression reads: quantities, levers, lets, series and tables alike."""
    match expression:
        case Number():
            return frozenset()
        case Name(name) | Index(name, _):
            return frozenset([name])
        case Negative(operand):
            return names(operand)
        case Operation(_, left, right):
            return names(left) | names(right)
        case Call(_, arguments):
            return frozenset().union(*map(names, arguments))


def evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression, in double precision.

    ``values`` holds one number or array per name; arrays of any shapes that broadcast together. A division by
    zero or a logarithm of a negative number gives an infinity or a NaN, which the caller must refuse.
    Raises KeyError for a name without a value.
    """
    with np.errstate(all="ignore"):
        return _value(expression, values)


def _value(expression: Expression, values: Mapping[str, Any]) -> Any:
    match expression:
        case Number(value):
            return np.float64(value)
        case Name(name) | Index(name, _):
            return values[name]
        case Negative(operand):
            return np.negative(_value(operand, values))
        case Operation(sign, left, right):
            return SIGNS[sign](_value(left, values), _value(right, values))
        case Call(function, arguments):
            return FUNCTIONS[function](*(_value(a, values) for a in arguments))


_SUM, _PRODUCT, _SIGNED = 0, 1, 2


def _bracket(part: tuple[str, int], least: int) -> str:
    return part[0] if part[1] >= least else f"({part[0]})"


def join(sign: str, left: tuple[str, int], right: tuple[str, int]) -> tuple[str, int]:
    """Join two (text, strength) pairs by a sign, with brackets where they are needed."""
    strength = _SUM if sign in "+-" else _PRODUCT
    return f"{_bracket(left, strength)} {sign} {_bracket(right, strength + 1)}", strength


def negate(part: tuple[str, int]) -> tuple[str, int]:
    """Put a minus before a (text, strength) pair."""
    return f"-{_bracket(part, _SIGNED)}", _SIGNED


def number_text(value: float) -> str:
    """Return a number as people write it: 4 rather than 4.0."""
    return str(int(value)) if value.is_integer() and abs(value) < LARGEST_WHOLE else repr(value)


LARGEST_WHOLE = 1e15  # MATH: above this a float no longer shows every whole number
