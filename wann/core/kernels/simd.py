"""What loops need to become vector instructions: a weighted sum of rows, the product of two, and a
lane's column."""

from __future__ import annotations

from typing import Any

import numpy as np

from wann.core.kernels.jit import Intrinsic, compiled_fast
from wann.core.kernels.vector_math import LANES, TILE


def _sum_rows(
    typing_context: Any,
    memory: Any,
    target: Any,
    start: Any,
    places: Any,
    shift: Any,
    strengths: Any,
    low: Any,
    high: Any,
    width: Any,
    scale: Any,
) -> Any:
    """Set row `target` to row `start` plus strengths[k] · row (places[k] + shift), low <= k < high.

    Only the first numbers of the row are computed, width of them, a constant multiple of `LANES`.
    Where there is a row `scale`, the sums are multiplied by its numbers.

    Written as vectors because no loop over arrays compiles to this: the compiler cannot know
    that the rows differ, so it would check that before, and store every partial sum.
    """
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.core.errors import RequireLiteralValue

    if not isinstance(width, types.IntegerLiteral):
        raise RequireLiteralValue("width")
    scaled = not isinstance(scale, types.NoneType)
    index = types.intp
    signature = types.void(
        *(memory, index, index, places, index, strengths, index, index, width),
        index if scaled else scale,
    )
    vector = ir.VectorType(ir.FloatType(), LANES)
    broadcast = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)

    def generate(context: Any, builder: Any, signature: Any, values: list[Any]) -> Any:
        _, target, start, _, shift, _, low, high, _, scale = values
        memory, places, strengths = (
            context.make_array(signature.args[i])(context, builder, values[i]).data
            for i in (0, 3, 5)
        )

        def pointers(row: Any) -> list[Any]:
            at = builder.mul(row, ir.Constant(row.type, TILE))
            offsets = [
                builder.add(at, ir.Constant(at.type, i))
                for i in range(0, width.literal_value, LANES)
            ]
            return [
                builder.bitcast(builder.gep(memory, [offset]), vector.as_pointer())
                for offset in offsets
            ]

        def load(pointer: Any) -> Any:
            value = builder.load(pointer)
            value.align = 4  # as of float32; the default is that of the whole vector
            return value

        sums = [cgutils.alloca_once_value(builder, load(p)) for p in pointers(start)]
        with cgutils.for_range_slice(builder, low, high, low.type(1), low.type) as (k, _):
            strength = builder.load(builder.gep(strengths, [k]))
            undefined = ir.Constant(vector, ir.Undefined)
            factor = builder.insert_element(undefined, strength, ir.IntType(32)(0))
            factor = builder.shuffle_vector(factor, undefined, broadcast)
            row = builder.add(builder.load(builder.gep(places, [k])), shift)
            for total, pointer in zip(sums, pointers(row), strict=True):
                term = builder.fmul(factor, load(pointer), flags=["contract"])
                added = builder.fadd(builder.load(total), term, flags=["contract"])
                builder.store(added, total)
        factors = pointers(scale) if scaled else sums
        for total, pointer, factor in zip(sums, pointers(target), factors, strict=True):
            value = builder.load(total)
            if scaled:
                value = builder.fmul(value, load(factor))
            builder.store(value, pointer).align = 4
        return context.get_dummy_value()

    return signature, generate


sum_rows: Any = Intrinsic(_sum_rows)


def _dot_rows(typing_context: Any, these: Any, row: Any, those: Any, other: Any, width: Any) -> Any:
    """The sum of the products of a row of one memory with a row of another, float32.

    Of their first numbers, `width` of them, a constant multiple of `LANES`. Each lane adds up its
    own, then halves of the lanes are added to each other, so that all machines add in one order.
    """
    from llvmlite import ir
    from numba.core import types
    from numba.core.errors import RequireLiteralValue

    if not isinstance(width, types.IntegerLiteral):
        raise RequireLiteralValue("width")
    signature = types.float32(these, types.intp, those, types.intp, width)
    vector = ir.VectorType(ir.FloatType(), LANES)

    def generate(context: Any, builder: Any, signature: Any, values: list[Any]) -> Any:
        memories = [
            context.make_array(signature.args[i])(context, builder, values[i]).data for i in (0, 2)
        ]
        starts = [builder.mul(row, ir.Constant(row.type, TILE)) for row in (values[1], values[3])]
        total: Any = None
        for i in range(0, width.literal_value, LANES):
            factors = []
            for memory, start in zip(memories, starts, strict=True):
                pointer = builder.gep(memory, [builder.add(start, ir.Constant(start.type, i))])
                factors.append(builder.load(builder.bitcast(pointer, vector.as_pointer())))
                factors[-1].align = 4  # as of float32; the default is that of the whole vector
            term = builder.fmul(*factors, flags=["contract"])
            total = term if total is None else builder.fadd(total, term, flags=["contract"])
        half = LANES // 2
        while half:
            halves = [
                builder.shuffle_vector(
                    total,
                    ir.Constant(total.type, ir.Undefined),
                    ir.Constant(
                        ir.VectorType(ir.IntType(32), half), list(range(first, first + half))
                    ),
                )
                for first in (0, half)
            ]
            total = builder.fadd(*halves)
            half //= 2
        return builder.extract_element(total, ir.Constant(ir.IntType(32), 0))

    return signature, generate


dot_rows: Any = Intrinsic(_dot_rows)


def _lane_of(typing_context: Any, rows: Any, lane: Any, size: Any) -> Any:
    """rows[:, lane] of [size, TILE], where size is a constant.

    A loop over lanes sees a pointer and two constants of this view. Of rows[:, lane] it would see
    a distance between two numbers that it cannot know, so that lanes might overlap, and a length
    to be checked.
    """
    from numba.core import cgutils, types
    from numba.core.errors import RequireLiteralValue
    from numba.np.arrayobj import populate_array

    if not isinstance(size, types.IntegerLiteral):
        raise RequireLiteralValue("size")
    view = types.Array(rows.dtype, 1, "A")

    def generate(context: Any, builder: Any, signature: Any, values: list[Any]) -> Any:
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        array = context.make_array(view)(context, builder)
        integer = context.get_value_type(types.intp)
        itemsize = context.get_abi_sizeof(context.get_data_type(view.dtype))
        populate_array(
            array,
            data=builder.gep(data, [values[1]]),
            shape=cgutils.pack_array(builder, [integer(size.literal_value)]),
            strides=cgutils.pack_array(builder, [integer(itemsize * TILE)]),
            itemsize=integer(itemsize),
            meminfo=None,  # the rows keep the memory
        )
        return array._getvalue()

    return view(rows, lane, size), generate


lane_of: Any = Intrinsic(_lane_of)


@compiled_fast
def aligned_rows(rows: int) -> np.ndarray:
    """Memory for rows, float32[rows, TILE]; they start on cache lines, where loads are fastest."""
    floats = np.empty(rows * TILE + LANES, np.float32)
    skipped = (-(floats.ctypes.data // 4)) % LANES
    return floats[skipped : skipped + rows * TILE].reshape(rows, TILE)
