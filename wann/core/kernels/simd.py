"""The inner loop of the batched forward pass: a weighted sum of rows, as vector instructions."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from wann.core.kernels.jit import compiled_fast
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
) -> Any:
    """Set row `target` to row `start` plus strengths[k] · row (places[k] + shift), low <= k < high.

    Written as vectors because no loop over arrays compiles to this: the compiler cannot know
    that the rows differ, so it would check that before, and store every partial sum.
    """
    index = types.intp
    signature = types.void(memory, index, index, places, index, strengths, index, index)
    vector = ir.VectorType(ir.FloatType(), LANES)
    broadcast = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)

    def generate(context: Any, builder: Any, signature: Any, values: list[Any]) -> Any:
        _, target, start, _, shift, _, low, high = values
        memory, places, strengths = (
            context.make_array(signature.args[i])(context, builder, values[i]).data
            for i in (0, 3, 5)
        )

        def pointers(row: Any) -> list[Any]:
            at = builder.mul(row, ir.Constant(row.type, TILE))
            offsets = [builder.add(at, ir.Constant(at.type, i)) for i in range(0, TILE, LANES)]
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
        for total, pointer in zip(sums, pointers(target), strict=True):
            builder.store(builder.load(total), pointer).align = 4
        return context.get_dummy_value()

    return signature, generate


sum_rows: Any = intrinsic(_sum_rows)


@compiled_fast
def aligned_rows(rows: int) -> np.ndarray:
    """Memory for rows, float32[rows, TILE]; they start on cache lines, where loads are fastest."""
    floats = np.empty(rows * TILE + LANES, np.float32)
    skipped = (-(floats.ctypes.data // 4)) % LANES
    return floats[skipped : skipped + rows * TILE].reshape(rows, TILE)
