"""Numbers laid out in lanes for compiled code, and taken out of them again, by NumPy.

Compiled code reads flat arrays of vectors, a draw to a lane, and knows no other axes: what stands where is said here.
It would lay numbers out itself no faster, and compiling it for that took a fifth of all compiling (measured).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bothand.engine.arrays import Floats, Ints
from bothand.engine.vectors.lanes import DOUBLE_BYTES, LANES

STRATA = -3  # UNIT: axis of strata, before compartments and draws


def aligned(size: int, made: Callable[[int], Floats] = np.zeros) -> Floats:
    """Zeros, or what ``made`` gives, that begin on a vector's boundary: loads across one cost half the speed."""
    whole = made(size + LANES)
    skip = (-whole.ctypes.data // DOUBLE_BYTES) % LANES
    return whole[skip : skip + size]


def in_lanes(array: Floats) -> Floats:
    """Return (..., no more draws than lanes) as flat lanes; the last draw fills lanes that are left over."""
    many = array.shape[-1]
    lanes = aligned(array.size // many * LANES, np.empty)
    whole = lanes.reshape(*array.shape[:-1], LANES)
    whole[..., :many] = array
    whole[..., many:] = array[..., -1:]
    return lanes


def in_rows(array: Floats, order: Ints, wide: int, axis: int = STRATA) -> Floats:
    """Bring strata into ``order`` and cut them into blocks of ``wide``, compartments before the strata of a block.

    ``axis`` is that of strata, counted from the last, with compartments after it: (..., S, N, ...) becomes
    (..., block, N, stratum of the block, ...).
    """
    if (order != np.arange(len(order))).any():
        array = array.take(order, axis=axis)
    at = array.ndim + axis
    blocks = array.reshape(*array.shape[:at], len(order) // wide, wide, *array.shape[at + 1 :])
    return blocks.swapaxes(at + 1, at + 2)


def out_of_rows(rows: Floats, axis: int = STRATA) -> Floats:
    """Undo ``in_rows``, strata left in their places: (..., block, N, stratum of the block, ...) to (..., S, N, ...)."""
    at = rows.ndim + axis - 1
    whole = rows.swapaxes(at + 1, at + 2)
    return whole.reshape(*rows.shape[:at], rows.shape[at] * whole.shape[at + 1], *whole.shape[at + 2 :])
