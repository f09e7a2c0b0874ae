"""Activations of one's own: programs for a machine with a stack, run on whole rows in float64.

A program is a table [L, 2] of operations, each a code and, for `NUMBER`, a number. Row 0 of the
stack holds x; operations take their operands from the top of the stack and leave their result
there, which at the end stands in row 1. A table of operations is data: what a file says is never
code that runs. Where there are no programs, None stands for them, and nothing that runs any is
compiled.
"""

from __future__ import annotations

import math

import numpy as np

from wann.core.expressions.names import DEEPEST
from wann.core.kernels.jit import compiled, compiled_within

# Of a comparison the result is 1 or 0; `WHERE` takes a condition and two values.
CODES = (
    *("end", "x", "number", "add", "sub", "mul", "div", "pow", "max", "min", "greater"),
    *("at_least", "where", "neg", "abs", "exp", "log", "tanh", "sin", "cos", "sqrt"),
)
END, X, NUMBER, ADD, SUB, MUL, DIV, POW, MAX, MIN, GREATER = range(11)
AT_LEAST, WHERE, NEG, ABS, EXP, LOG, TANH, SIN, COS, SQRT = range(11, len(CODES))

STACK = 2 * DEEPEST + 2  # rows; each operation needs at most two places before its last operand


@compiled_within
def run(program: np.ndarray, stack: np.ndarray, slopes: np.ndarray | None, width: int) -> None:
    """Run a program on the first numbers of row 0 of the stack, width of them.

    Args:
        program: float64[L, 2].
        stack: float64[STACK, at least width].
        slopes: None, or the derivatives by x of what is on the stack, of its size; they are
            computed beside the values, operation by operation.
        width: Numbers in a row.
    """
    if slopes is not None:
        slopes[0] = 1.0
    top = np.int64(0)  # a literal would have what it is given to compiled once more
    for i in range(len(program)):
        code = int(program[i, 0])
        if code == END:
            break
        if code in (X, NUMBER):
            top += 1
            _push(stack, slopes, top, width, code == X, program[i, 1])
        elif code == WHERE:
            top -= 2
            _choose(stack, slopes, top, width)
        elif code < NEG:
            top -= 1
            _two(code, stack, slopes, top, width)
        else:
            _one(code, stack, slopes, top, width)


@compiled_within
def _push(
    stack: np.ndarray, slopes: np.ndarray | None, a: int, width: int, is_x: bool, number: float
) -> None:
    for t in range(width):
        stack[a, t] = stack[0, t] if is_x else number
        if slopes is not None:
            slopes[a, t] = 1.0 if is_x else 0.0


@compiled_within
def _choose(stack: np.ndarray, slopes: np.ndarray | None, a: int, width: int) -> None:
    for t in range(width):
        chosen = a + 1 if stack[a, t] != 0.0 else a + 2
        stack[a, t] = stack[chosen, t]
        if slopes is not None:
            slopes[a, t] = slopes[chosen, t]


@compiled_within
def _two(code: int, stack: np.ndarray, slopes: np.ndarray | None, a: int, width: int) -> None:
    """An operation of rows a and a + 1, into row a."""
    b = a + 1
    if slopes is not None:
        _two_slopes(code, stack, slopes, a, width)
    if code == ADD:
        for t in range(width):
            stack[a, t] += stack[b, t]
    elif code == SUB:
        for t in range(width):
            stack[a, t] -= stack[b, t]
    elif code == MUL:
        for t in range(width):
            stack[a, t] *= stack[b, t]
    elif code == DIV:
        for t in range(width):
            stack[a, t] /= stack[b, t]
    elif code == POW:
        for t in range(width):
            stack[a, t] = stack[a, t] ** stack[b, t]
    elif code == MAX:  # these ways round NaN stays NaN
        for t in range(width):
            left, right = stack[a, t], stack[b, t]
            stack[a, t] = left if left > right or left != left else right
    elif code == MIN:
        for t in range(width):
            left, right = stack[a, t], stack[b, t]
            stack[a, t] = left if left < right or left != left else right
    elif code == GREATER:
        for t in range(width):
            stack[a, t] = 1.0 if stack[a, t] > stack[b, t] else 0.0
    else:
        for t in range(width):
            stack[a, t] = 1.0 if stack[a, t] >= stack[b, t] else 0.0


@compiled_within
def _two_slopes(code: int, stack: np.ndarray, slopes: np.ndarray, a: int, width: int) -> None:
    """The derivative of an operation of rows a and a + 1, before it is done."""
    b = a + 1
    for t in range(width):
        left, right = stack[a, t], stack[b, t]
        slope, other = slopes[a, t], slopes[b, t]
        if code == ADD:
            slope += other
        elif code == SUB:
            slope -= other
        elif code == MUL:
            slope = slope * right + left * other
        elif code == DIV:
            slope = (slope - left / right * other) / right
        elif code == POW:  # the exponent is a number
            slope *= right * left ** (right - 1.0)
        elif code == MAX:
            slope = slope if left > right else other
        elif code == MIN:
            slope = slope if left < right else other
        else:  # a comparison is 0 or 1
            slope = 0.0
        slopes[a, t] = slope


@compiled_within
def _one(code: int, stack: np.ndarray, slopes: np.ndarray | None, a: int, width: int) -> None:
    """A function of row a, in place."""
    for t in range(width):
        x = stack[a, t]
        if code == NEG:
            value = -x
        elif code == ABS:
            value = abs(x)
        elif code == EXP:
            value = math.exp(x)
        elif code == LOG:
            value = math.log(x)
        elif code == TANH:
            value = math.tanh(x)
        elif code == SIN:
            value = math.sin(x)
        elif code == COS:
            value = math.cos(x)
        else:
            value = math.sqrt(x)
        stack[a, t] = value
        if slopes is not None:
            slopes[a, t] *= _slope(code, x, value)


@compiled_within
def _slope(code: int, x: float, value: float) -> float:
    """The derivative of a function at x, where it is `value`."""
    if code == NEG:
        return -1.0
    if code == ABS:
        return 1.0 if x > 0.0 else -1.0
    if code == EXP:
        return value
    if code == LOG:
        return 1.0 / x
    if code == TANH:
        return 1.0 - value * value
    if code == SIN:
        return math.cos(x)
    if code == COS:
        return -math.sin(x)
    return 0.5 / value


@compiled
def value(programs: np.ndarray | None, index: int, x: float) -> float:
    """The value at x of one of some programs, float64[K, L, 2]."""
    if programs is None:
        return x
    stack = np.empty((STACK, 1))
    stack[0, 0] = x
    run(programs[index], stack, None, stack.shape[1])
    return stack[1, 0]


@compiled
def activate_rows(
    programs: np.ndarray | None, index: int, weights: np.ndarray, memory: np.ndarray, row: int
) -> None:
    """As `vector_math.activate_rows`, by a program: in float64, and rounded at the end."""
    if programs is None:
        return
    width = memory.shape[1]
    stack = np.empty((STACK, width))
    for w in range(len(weights)):
        weight, r = weights[w], row + w
        for t in range(width):
            stack[0, t] = weight * memory[r, t]
        run(programs[index], stack, None, width)
        for t in range(width):
            memory[r, t] = stack[1, t]


@compiled
def differentiate(
    programs: np.ndarray | None,
    index: int,
    weight: np.float32,
    sums: np.ndarray,
    deltas: np.ndarray,
    row: int,
) -> None:
    """As `backward.differentiate`, by a program; where it has no finite derivative that is 0."""
    if programs is None:
        return
    width = sums.shape[1]
    stack, slopes = np.empty((STACK, width)), np.empty((STACK, width))
    for t in range(width):
        stack[0, t] = weight * sums[row, t]
    run(programs[index], stack, slopes, width)
    for t in range(width):
        slope = np.float32(slopes[1, t]) if np.isfinite(slopes[1, t]) else np.float32(0.0)
        deltas[row, t] *= weight * slope
