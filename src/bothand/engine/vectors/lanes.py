"""Some draws as one value: one to a lane of a vector, and how compiled code is made and kept.

numba does not turn loops over lanes into vector code (measured: 8-10 times slower), hence ``Lanes``: a value type
of doubles whose few operations are emitted as LLVM vector instructions. Flat arrays are indexed in vectors: with L
lanes, ``load(a, i)`` is ``a[L i : L i + L]``.

numba keeps compiled code on disk by the file that it was written in and does not see when a file below changes.
Here every key also holds the text of this file and of ``streams.py`` beside it. So compiled code calls that of its own
file and of these two only, and takes its constants from there (a test looks).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import binding, ir
from numba.core import caching, cgutils, types
from numba.extending import intrinsic, models, register_model

from bothand.engine.arrays import Floats

WIDE = "avx512f"  # UNIT: what a processor with vectors of 512 bits says that it has
MANY = 8  # UNIT: doubles in a vector of 512 bits
FEW = 4  # UNIT: doubles in a vector of 256 bits
LANES: int = MANY if binding.get_host_cpu_features().get(WIDE) else FEW
"""Draws in one vector, by the machine. Where there are 256 bits only, eight would be a tenth slower (measured).

A draw has the same bits in either, since lanes never mix (a test looks).
"""

DOUBLE_BYTES = 8  # UNIT: bytes in one double, the alignment that loads may rely on
INDEX_BITS = 32  # UNIT: bits of the number that names a lane
BELOW = [path for name in ("lanes.py", "streams.py") if (path := Path(__file__).with_name(name)).exists()]
TEXT = hashlib.sha256(b"".join(path.read_bytes() for path in BELOW)).hexdigest()

Function = TypeVar("Function", bound=Callable[..., Any])


# Half of the time to compile goes into a way in from Python and from C, which the parts of the kernel do not need.
jit: Any = numba.njit  # its type does not know all options
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


class Kept(caching.FunctionCache):
    """Compiled code on disk, made anew when its own file or one of those below has changed."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        key = super()._index_key(sig, codegen)  # type: ignore[no-untyped-call]  # numba's, without types
        return (*key, TEXT)


def known_forms(dispatcher: Any) -> int:
    """Return how many forms of a compiled function, by the types of its arguments, are on disk as it stands now."""
    index = dispatcher._cache._cache_file._load_index()
    return sum(key[-1] == TEXT for key in index)


def _kept(function: Function, **options: Any) -> Function:
    dispatcher = jit(**OPTIONS, **options)(function)
    # What numba's option ``cache`` does, with other keys.
    dispatcher._cache = Kept(function)  # type: ignore[no-untyped-call]  # numba's, without types
    return cast(Function, dispatcher)


def compiled(function: Function) -> Function:
    """Compile a part, to be called by compiled code only; kept on disk; dividing by zero gives inf."""
    return _kept(function, no_cpython_wrapper=True)


def entry(function: Function) -> Function:
    """Compile what Python calls, to run without the interpreter lock."""
    return _kept(function)


def bare(function: Function) -> Function:
    """Compile a part as ``compiled`` does, for code that makes no arrays: references to them are not counted.

    Counting costs work where small parts are handed many arrays: ten times on the people engine, a fifth to a third on
    the cohort's (measured).
    """
    return _kept(function, no_cpython_wrapper=True, _nrt=False)


def inlined(function: Function) -> Function:
    """Compile a part as ``bare`` does, into the body of whatever calls it.

    A call hands over every array by its parts, which costs more than a small part does (measured: two fifths of a run
    of people).
    """
    return _kept(function, no_cpython_wrapper=True, _nrt=False, forceinline=True)


def bare_entry(function: Function) -> Function:
    """Compile what Python calls, as ``bare``."""
    return _kept(function, _nrt=False)


def emitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let numba replace calls of ``function`` (without its first argument) by the LLVM instructions it emits."""
    return cast(Callable[..., Any], intrinsic(function))


VECTOR = ir.VectorType(ir.DoubleType(), LANES)
tools: Any = cgutils  # without types
kinds: Any = types  # partly without types


class Lanes(types.Type):
    """The numba type of one vector of doubles."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes{LANES}")


LANES_TYPE = Lanes()


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """It is one LLVM vector."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, VECTOR)  # type: ignore[no-untyped-call]  # numba's, without types


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Pointer to vector number ``index`` of a flat array."""
    data = context.make_array(array_type)(context, builder, array).data
    start = builder.mul(index, ir.Constant(index.type, LANES))
    return builder.bitcast(builder.gep(data, [start]), VECTOR.as_pointer())


def _step(builder: Any, index: Any, count: int) -> Any:
    return builder.add(index, ir.Constant(index.type, count))


def _multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c, fused where the machine can."""
    kind = ir.FunctionType(VECTOR, [VECTOR, VECTOR, VECTOR])
    function = tools.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{LANES}f64")
    return builder.call(function, [a, b, c])


@emitted
def pick(typing: Any, array: Any, index: Any) -> Any:
    """array[index] without a test for negative indices."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.load(builder.gep(data, [arguments[1]]))

    return array.dtype(array, types.intp), emit


@emitted
def load(typing: Any, array: Any, index: Any) -> Any:
    """Vector number ``index`` of a flat array."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _address(context, builder, signature.args[0], *arguments)
        return builder.load(pointer, align=DOUBLE_BYTES)

    return LANES_TYPE(array, types.intp), emit


@emitted
def store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """Put one vector into a flat array."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _address(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], pointer, align=DOUBLE_BYTES)
        return context.get_dummy_value()

    return types.void(array, types.intp, LANES_TYPE), emit


@emitted
def fill(typing: Any, value: Any) -> Any:
    """One number in every lane."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector: Any = ir.Constant(VECTOR, ir.Undefined)
        for lane in range(LANES):
            vector = builder.insert_element(vector, arguments[0], ir.Constant(ir.IntType(INDEX_BITS), lane))
        return vector

    return LANES_TYPE(types.float64), emit


@emitted
def multiply_add(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c, lane by lane."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _multiply_add(builder, *arguments)

    return LANES_TYPE(LANES_TYPE, LANES_TYPE, LANES_TYPE), emit


@emitted
def fetch(typing: Any, array: Any, index: Any, length: Any) -> Any:
    """As many vectors as ``length`` is long, one after the other, as a tuple."""
    many = kinds.UniTuple(LANES_TYPE, length.count)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = [
            builder.load(
                _address(context, builder, signature.args[0], arguments[0], _step(builder, arguments[1], origin)),
                align=DOUBLE_BYTES,
            )
            for origin in range(many.count)
        ]
        return context.make_tuple(builder, many, found)

    return many(array, types.intp, length), emit


@emitted
def put(typing: Any, array: Any, index: Any, values: Any) -> Any:
    """Write the vectors of a tuple into a flat array, one after the other."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for origin, value in enumerate(tools.unpack_tuple(builder, arguments[2])):
            place = _step(builder, arguments[1], origin)
            pointer = _address(context, builder, signature.args[0], arguments[0], place)
            builder.store(value, pointer, align=DOUBLE_BYTES)
        return context.get_dummy_value()

    return types.void(array, types.intp, values), emit


@emitted
def scaled(typing: Any, factors: Any, values: Any) -> Any:
    """Factors * values: each factor for as many values that follow each other as there are to one factor."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        parts = _each(builder, factors, *arguments)
        return context.make_tuple(builder, values, [builder.fmul(factor, part) for factor, part in parts])

    return values(factors, values), emit


@emitted
def add_scaled(typing: Any, sums: Any, factor: Any, values: Any) -> Any:
    """Sums + factor * values, one factor for all."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        before, by, parts = arguments
        pairs = zip(tools.unpack_tuple(builder, before), tools.unpack_tuple(builder, parts), strict=True)
        return context.make_tuple(builder, sums, [_multiply_add(builder, by, v, s) for s, v in pairs])

    return sums(sums, LANES_TYPE, values), emit


def _each(builder: Any, kind: Any, factors: Any, values: Any) -> list[tuple[Any, Any]]:
    """Pair every value with its factor: the first factor for the first values, and so on; or all with the only one."""
    few = [factors] if isinstance(kind, Lanes) else tools.unpack_tuple(builder, factors)
    many = tools.unpack_tuple(builder, values)
    return [(few[n * len(few) // len(many)], value) for n, value in enumerate(many)]


@emitted
def dot(typing: Any, start: Any, a: Any, b: Any) -> Any:
    """Start + the sum of a * b, vector by vector."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        result, *both = arguments
        for one, other in zip(*(tools.unpack_tuple(builder, values) for values in both), strict=True):
            result = _multiply_add(builder, one, other, result)
        return result

    return LANES_TYPE(LANES_TYPE, a, b), emit


@emitted
def add_each(typing: Any, sums: Any, factors: Any, values: Any) -> Any:
    """Sums + factors * values, with factors as in ``scaled``."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        before = tools.unpack_tuple(builder, arguments[0])
        parts = zip(before, _each(builder, factors, *arguments[1:]), strict=True)
        return context.make_tuple(builder, sums, [_multiply_add(builder, f, v, s) for s, (f, v) in parts])

    return sums(sums, factors, values), emit


@emitted
def none(typing: Any, length: Any) -> Any:
    """Zeros, as many vectors as ``length`` is long."""
    many = kinds.UniTuple(LANES_TYPE, length.count)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_tuple(builder, many, [ir.Constant(VECTOR, [0.0] * LANES)] * many.count)

    return many(length), emit


@emitted
def less(typing: Any, values: Any, vector: Any) -> Any:
    """Every vector of ``values`` less one vector."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        parts = tools.unpack_tuple(builder, arguments[0])
        return context.make_tuple(builder, values, [builder.fsub(part, arguments[1]) for part in parts])

    return values(values, LANES_TYPE), emit


@emitted
def fetch_late(typing: Any, array: Any, before: Any, index: Any, parts: Any, many: Any) -> Any:
    """As many vectors as ``many`` is long, one part late: the last part from ``before``, then the first from ``index``.

    A part is that share of ``many`` which ``parts`` is long.
    """
    one = many.count // parts.count

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        at = [_step(builder, arguments[1], many.count - one + n) for n in range(one)]
        at += [_step(builder, arguments[2], n) for n in range(many.count - one)]
        places = [_address(context, builder, signature.args[0], arguments[0], place) for place in at]
        loaded = [builder.load(place, align=DOUBLE_BYTES) for place in places]
        return context.make_tuple(builder, signature.return_type, loaded)

    return kinds.UniTuple(LANES_TYPE, many.count)(array, types.intp, types.intp, parts, many), emit


@emitted
def fetch_early(typing: Any, array: Any, index: Any, after: Any, parts: Any, many: Any) -> Any:
    """As many vectors as ``many`` is long, one part early: from the second of ``index``, then the first from ``after``.

    A part is as in ``fetch_late``.
    """
    one = many.count // parts.count

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        at = [_step(builder, arguments[1], n) for n in range(one, many.count)]
        at += [_step(builder, arguments[2], n) for n in range(one)]
        places = [_address(context, builder, signature.args[0], arguments[0], place) for place in at]
        loaded = [builder.load(place, align=DOUBLE_BYTES) for place in places]
        return context.make_tuple(builder, signature.return_type, loaded)

    return kinds.UniTuple(LANES_TYPE, many.count)(array, types.intp, types.intp, parts, many), emit


def _sum(builder: Any, parts: Any) -> Any:
    result = parts[0]
    for part in parts[1:]:
        result = builder.fadd(result, part)
    return result


@emitted
def total(typing: Any, values: Any) -> Any:
    """Sum of vectors, in their order."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _sum(builder, tools.unpack_tuple(builder, arguments[0]))

    return LANES_TYPE(values), emit


@emitted
def totals(typing: Any, values: Any, parts: Any) -> Any:
    """Sum of the vectors of each part, as many as ``parts`` is long."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        every = tools.unpack_tuple(builder, arguments[0])
        one = len(every) // parts.count
        sums = [_sum(builder, every[n * one : (n + 1) * one]) for n in range(parts.count)]
        return context.make_tuple(builder, signature.return_type, sums)

    return kinds.UniTuple(LANES_TYPE, parts.count)(values, parts), emit


@bare
def read_lanes(into: Floats, index: int, values: Floats, first: int) -> None:
    """Copy a vector's draws of ``values`` (D,), from ``first``; the last draw fills lanes that are left over."""
    for lane in range(LANES):
        into[index * LANES + lane] = values[min(first + lane, len(values) - 1)]


@bare
def leave(exits: Floats, compartment: int, rate: Floats, edge: int) -> None:
    """Add the rate of an edge to the hazard of leaving a compartment."""
    for lane in range(LANES):
        exits[compartment * LANES + lane] += rate[edge * LANES + lane]


@bare
def clear(numbers: Floats) -> None:
    """Set to zero (a slice would do, but compiles for a second)."""
    for i in range(len(numbers)):
        numbers[i] = 0
