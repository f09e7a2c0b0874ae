"""Random numbers for compiled code, out of NumPy's generators: the very ones that they give.

A generator says where its state is and which C functions step it; these are called by their
addresses, so that what is compiled holds for all generators, and is kept on disk.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from wann.core.kernels.jit import Intrinsic, compiled


class Draws(NamedTuple):
    """A generator as compiled code takes it: the addresses of its state and of its functions."""

    state: int
    uint32: int
    uint64: int
    double: int


@lru_cache(maxsize=4)
def draws_of(rng: np.random.Generator) -> Draws:
    """A generator as compiled code takes it; valid as long as the generator lives.

    The few last ones are kept, as it is asked for with each child.
    """
    interface = rng.bit_generator.ctypes
    functions = interface.next_uint32, interface.next_uint64, interface.next_double
    addresses = (ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions)
    return Draws(interface.state_address, *addresses)


def _calling(result: str) -> Any:
    """What calls a function, by its address, with the address of a state, in compiled code; its
    result is of a type of Numba's."""

    def call(typing_context: Any, function: Any, state: Any) -> Any:
        from llvmlite import ir
        from numba.core import types

        found = getattr(types, result)

        def generate(context: Any, builder: Any, signature: Any, values: list[Any]) -> Any:
            pointer = ir.IntType(8).as_pointer()
            kind = ir.FunctionType(context.get_value_type(found), [pointer])
            function, state = values
            return builder.call(
                builder.inttoptr(function, kind.as_pointer()), [builder.inttoptr(state, pointer)]
            )

        return found(types.intp, types.intp), generate

    return Intrinsic(call)


_next_uint32 = _calling("uint32")
_next_uint64 = _calling("uint64")
_next_double = _calling("float64")


@compiled
def random(draws: Draws) -> float:
    """A number from 0 to below 1, as `Generator.random()`."""
    return _next_double(draws.double, draws.state)


@compiled
def below(draws: Draws, count: int) -> int:
    """A whole number from 0 to count - 1, as `Generator.integers(count)` (Lemire, 2019)."""
    if count <= 1:
        return 0
    if count > 1 << 32:
        return _below_large(draws, np.uint64(count))
    range_, low = np.uint64(count), np.uint64(0xFFFFFFFF)
    product = np.uint64(_next_uint32(draws.uint32, draws.state)) * range_
    if product & low < range_:
        threshold = (np.uint64(1 << 32) - range_) % range_
        while product & low < threshold:
            product = np.uint64(_next_uint32(draws.uint32, draws.state)) * range_
    return np.int64(product >> np.uint64(32))


@compiled
def _below_large(draws: Draws, count: int) -> int:
    threshold = (np.uint64(0) - count) % count
    while True:
        high, low = _product(np.uint64(_next_uint64(draws.uint64, draws.state)), count)
        if low >= threshold:
            return np.int64(high)


@compiled
def _product(a: int, b: int) -> tuple[int, int]:
    """The product of two uint64, its high and low half."""
    half, mask = np.uint64(32), np.uint64(0xFFFFFFFF)
    low, first = (a & mask) * (b & mask), (a >> half) * (b & mask)
    second, high = (a & mask) * (b >> half), (a >> half) * (b >> half)
    middle = (low >> half) + (first & mask) + (second & mask)
    return high + (first >> half) + (second >> half) + (middle >> half), a * b


@compiled
def distinct(draws: Draws, count: int, chosen: int) -> np.ndarray:
    """Different whole numbers below `count`, few of them, as `Generator.choice(count, chosen,
    replace=False)` of few numbers: by Floyd's algorithm, then shuffled; int64[chosen]."""
    result = np.empty(chosen, np.int64)
    for i in range(chosen):
        most = count - chosen + i
        result[i] = below(draws, most + 1)
        for j in range(i):
            if result[j] == result[i]:
                result[i] = most
                break
    for i in range(chosen - 1, 0, -1):
        j = below(draws, i + 1)
        result[i], result[j] = result[j], result[i]
    return result


@compiled
def least(draws: Draws, count: int, chosen: int) -> int:
    """The least of some whole numbers below `count`, as `Generator.integers(count, size=chosen)`
    draws them."""
    result = count
    for _ in range(chosen):
        result = min(result, below(draws, count))
    return result
