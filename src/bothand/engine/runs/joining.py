"""Blocks of draws put together again: whatever can be cut along its draws can be joined along them.

Which axis of an array counts the draws is not written down a second time: a value is cut by its own ``at``, and the one
axis whose length changed is the axis of the draws. What a cut leaves as it is must be the same in every block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from bothand.engine.arrays import Which

Value = TypeVar("Value")


def join(parts: Sequence[Value], draws: Sequence[int], at: Callable[[Value, Which], Value]) -> Value:
    """Return blocks as one value, in their order.

    Args:
        parts: values of the same kind, each of a block of draws.
        draws: how many draws each of them has.
        at: how a value is cut to some of its draws.

    Raises:
        ValueError: when the blocks differ in something that is not by draw.
    """
    which = [0, 0] if draws[0] == 1 else [0]
    joined: Value = _joined(list(parts), at(parts[0], which), type(parts[0]).__name__)
    return joined


def _joined(parts: list[Any], cut: Any, where: str) -> Any:
    first = parts[0]
    if cut is first and all(part is first for part in parts):
        return first
    if len({type(part) for part in parts}) > 1:
        raise ValueError(f"{where}: blocks of several kinds cannot be joined.")
    if isinstance(first, np.ndarray):
        return _arrays(parts, cut, where)
    if is_dataclass(first) and not isinstance(first, type):
        names = [field.name for field in fields(first)]
        made = {n: _joined([getattr(p, n) for p in parts], getattr(cut, n), f"{where}.{n}") for n in names}
        return replace(first, **made)
    if isinstance(first, Mapping):
        if any(part.keys() != first.keys() for part in parts):
            raise ValueError(f"{where}: blocks do not hold the same entries.")
        return {key: _joined([part[key] for part in parts], cut[key], f"{where}.{key}") for key in first}
    if isinstance(first, list | tuple):
        if any(len(part) != len(first) for part in parts):
            raise ValueError(f"{where}: blocks do not hold the same entries.")
        made_of = (
            _joined(list(each), c, f"{where}[{n}]") for n, (*each, c) in enumerate(zip(*parts, cut, strict=True))
        )
        return type(first)(made_of)
    if any(part != first for part in parts):
        raise ValueError(f"{where}: blocks differ in what is not by draw.")
    return first


def _arrays(parts: list[Any], cut: Any, where: str) -> Any:
    first = parts[0]
    changed = [axis for axis, (n, m) in enumerate(zip(first.shape, cut.shape, strict=True)) if n != m]
    if not changed:
        if any(not np.array_equal(part, first) for part in parts):
            raise ValueError(f"{where}: blocks differ in what is not by draw.")
        return first
    (axis,) = changed
    # One layout however many blocks there are: sums go along memory, so another layout might give another last bit.
    return np.ascontiguousarray(np.concatenate(parts, axis=axis))
