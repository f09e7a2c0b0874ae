"""Activations in the languages of exports; those of one's own operation by operation."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from wann.core.expressions.own import Own
from wann.core.expressions.tree import Tree

# Every activation but linear, of x; {f} is the suffix of the precision, {pi} the number.
C_BODIES = {
    "step": "x > 0.0{f} ? 1.0{f} : 0.0{f}",
    "sin": "sin{f}({pi} * x)",
    "gaussian": "exp{f}(-0.5{f} * x * x)",
    "tanh": "tanh{f}(x)",
    "sigmoid": "1.0{f} / (1.0{f} + exp{f}(-x))",
    "inverse": "-x",
    "abs": "fabs{f}(x)",
    "relu": "x <= 0.0{f} ? 0.0{f} : x",  # this way round NaN stays NaN
    "cos": "cos{f}({pi} * x)",
}
C = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "div": "({} / {})",
    "pow": "pow{f}({}, {})",
    "max": "{prefix}_larger({}, {})",
    "min": "{prefix}_smaller({}, {})",
    "greater": "{} > {}",
    "at_least": "{} >= {}",
    "where": "({} ? {} : {})",
    "neg": "(-{})",
    "abs": "fabs{f}({})",
    **{name: name + "{f}({})" for name in ("exp", "log", "tanh", "sin", "cos", "sqrt")},
}
# C's own fmax and fmin take the other number in the place of NaN.
C_HELPERS = {
    "max": """\
static inline {real} {prefix}_larger({real} a, {real} b)
{{
    return a > b || a != a ? a : b;
}}
""",
    "min": """\
static inline {real} {prefix}_smaller({real} a, {real} b)
{{
    return a < b || a != a ? a : b;
}}
""",
}

PYTHON = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "greater": "{} > {}",
    "at_least": "{} >= {}",
    "where": "({1} if {0} else {2})",
    "neg": "(-{})",
    "abs": "abs({})",
    "tanh": "math.tanh({})",
    **{name: f"_{name}({{}})" for name in ("exp", "log", "sin", "cos", "sqrt")},
    **{name: f"_{name}({{}}, {{}})" for name in ("div", "pow", "max", "min")},
}
# Where Python raises an error, what IEEE arithmetic gives.
PYTHON_HELPERS = {
    "max": "def _max(a, b):\n    return a if a > b or a != a else b\n",
    "min": "def _min(a, b):\n    return a if a < b or a != a else b\n",
    "div": """\
def _div(a, b):
    if b != 0.0:
        return a / b
    return math.nan if a == 0.0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)
""",
    "pow": """\
def _pow(a, b):
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0.0 and b % 2.0 == 1.0 else math.inf
    except ValueError:
        if a != 0.0:
            return math.nan
        return math.copysign(math.inf, a) if b % 2.0 == 1.0 else math.inf
""",
    "exp": """\
def _exp(x):
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf
""",
    "log": """\
def _log(x):
    if x > 0.0:
        return math.log(x)
    return -math.inf if x == 0.0 else math.nan
""",
    "sqrt": "def _sqrt(x):\n    return math.sqrt(x) if x >= 0.0 else math.nan\n",
    "sin": "def _sin(x):\n    return math.sin(x) if math.isfinite(x) else math.nan\n",
    "cos": "def _cos(x):\n    return math.cos(x) if math.isfinite(x) else math.nan\n",
}

ONNX = {
    **{"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow", "max": "Max"},
    **{"min": "Min", "greater": "Greater", "at_least": "GreaterOrEqual", "where": "Where"},
    **{"neg": "Neg", "abs": "Abs", "exp": "Exp", "log": "Log", "tanh": "Tanh", "sin": "Sin"},
    **{"cos": "Cos", "sqrt": "Sqrt"},
}


def c(tree: Tree, number: Callable[[float], str], prefix: str, suffix: str) -> str:
    """An expression in C, of the variable x.

    Args:
        tree: The expression.
        number: Writes a number.
        prefix: That of all names.
        suffix: That of functions in the precision, f or nothing.
    """
    operations = {
        name: form.replace("{f}", suffix).replace("{prefix}", prefix).format
        for name, form in C.items()
    }
    return tree.fold(
        "x", lambda value: f"({number(value)})" if value < 0 else number(value), operations
    )


def c_helpers(own: Iterable[Own], prefix: str, real: str) -> list[str]:
    """The functions that activations of one's own need beside those of C.

    Args:
        own: The activations.
        prefix: That of all names.
        real: The type of numbers.
    """
    needed = {name for each in own for name in each.tree.operations}
    return [t.format(real=real, prefix=prefix) for k, t in C_HELPERS.items() if k in needed]


def python(tree: Tree) -> str:
    """An expression in Python, of the variable x."""
    operations = {name: form.format for name, form in PYTHON.items()}
    return tree.fold("x", lambda value: f"({value!r})" if value < 0 else repr(value), operations)


def onnx(
    tree: Tree, x: str, name: str, node: Callable[..., str], constant: Callable[[str, float], str]
) -> str:
    """An expression of the tensor x, as the tensor `name`.

    Args:
        tree: The expression.
        x: The name of a tensor.
        name: That of the result; those between begin with it.
        node: Adds an operator, by its inputs and the name of its output; returns that.
        constant: Adds a number, by a name; returns that.
    """
    count = itertools.count(1)

    def part(operator: str) -> Callable[..., str]:
        return lambda *parts: node(operator, list(parts), f"{name}_part{next(count)}")

    operations = {each: part(operator) for each, operator in ONNX.items()}
    found = tree.fold(x, lambda value: constant(f"number_{value!r}", value), operations)
    return node("Identity", [found], name)


def latex(tree: Tree, number: Callable[[float], str]) -> str:
    """An expression in LaTeX, of x."""

    def tight(part: tuple[str, bool]) -> str:
        return rf"\left({part[0]}\right)" if part[1] else part[0]

    def call(name: str) -> Callable[..., tuple[str, bool]]:
        return lambda *parts: (
            rf"\{name}\left({', '.join(text for text, _ in parts)}\right)",
            False,
        )

    # The text, and whether it is a sum or has a sign, and so stands in brackets inside others.
    operations: dict[str, Callable[..., tuple[str, bool]]] = {
        "add": lambda a, b: (f"{a[0]} + {tight(b) if b[0].startswith('-') else b[0]}", True),
        "sub": lambda a, b: (f"{a[0]} - {tight(b)}", True),
        "mul": lambda a, b: (rf"{tight(a)} \, {tight(b)}", False),
        "div": lambda a, b: (rf"\frac{{{a[0]}}}{{{b[0]}}}", False),
        "pow": lambda a, b: (
            f"{a[0] if a[0] == 'x' else tight((a[0], True))}^{{{b[0]}}}",
            False,
        ),
        "greater": lambda a, b: (f"{a[0]} > {b[0]}", False),
        "at_least": lambda a, b: (rf"{a[0]} \ge {b[0]}", False),
        "where": lambda condition, a, b: (
            rf"\begin{{cases}} {a[0]} & {condition[0]} \\ "
            rf"{b[0]} & \text{{otherwise}} \end{{cases}}",
            True,
        ),
        "neg": lambda a: (f"-{tight(a)}", True),
        "abs": lambda a: (rf"\left|{a[0]}\right|", False),
        "sqrt": lambda a: (rf"\sqrt{{{a[0]}}}", False),
        **{name: call(name) for name in ("exp", "log", "tanh", "sin", "cos", "max", "min")},
    }
    return tree.fold(("x", False), lambda value: (number(value), value < 0), operations)[0]
