"""A network as one Python module that needs nothing but ``math``."""

from __future__ import annotations

import numpy as np

from wann.envs.stepped.normalization import LIMIT
from wann.export import codegen, columns, expressions
from wann.export.codegen import Language
from wann.storage.model import Model

# The activations that are longer than a call, as functions of x. Where those of `math` refuse a
# number, they say what IEEE arithmetic does.
BODIES = {
    "step": "1.0 if x > 0.0 else 0.0",
    "sin": "math.sin(math.pi * x) if math.isfinite(math.pi * x) else math.nan",
    "gaussian": "math.exp(-0.5 * x * x)",
    "sigmoid": "0.0 if x < -709.0 else 1.0 / (1.0 + math.exp(-x))",
    "relu": "0.0 if x <= 0.0 else x",  # this way round NaN stays NaN
    "cos": "math.cos(math.pi * x) if math.isfinite(math.pi * x) else math.nan",
}
CALLS = {"inverse": "-({})", "abs": "abs({})", "tanh": "math.tanh({})"}


def module(model: Model) -> str:
    """The network as the text of a Python module, in ASCII.

    It holds ``forward(observation, weight)``, which returns a list of the O outputs, and ``act``,
    which returns the index of the largest, the first on ties, the list clipped, or the numbers of
    an action of several parts. Observations are taken as they are. A shared weight
    that the model holds is the default of `weight`; with individual weights, there is none. The
    constants TASK, INPUTS, OUTPUTS, ACTION and ORIGIN tell the rest.
    """
    weight, default = ", weight", ""
    if isinstance(model.weights, np.ndarray):
        weight = ""
    elif model.weights is not None:
        default = f"={float(model.weights)!r}"
    signature = f"(observation{weight}{default})"
    functions = [
        f"def _{name}(x):\n    return {BODIES[name]}\n"
        for name in codegen.used(model)
        if name in BODIES
    ]
    functions += _own(model)
    call = f"forward(observation{weight})"
    scaled = [_normalization(model)] if model.normalization else []
    parts = [_introduction(model), *scaled, *functions, _forward(model, signature)]
    return "\n\n".join([*parts, _act(model, signature, call), *_table(model, signature, weight)])


def _introduction(model: Model) -> str:
    """What stands at the top of the module."""
    about = codegen.origin(model)
    constants = {
        "TASK": about["task"],
        "INPUTS": tuple(about["inputs"]),
        "OUTPUTS": tuple(about["outputs"]),
        "ACTION": about["action"],
        "ORIGIN": {**about["search"], "wann": about["wann"]},
    }
    return "\n".join(
        [
            f'"""A weight agnostic neural network, exported by wann {about["wann"]}."""',
            "",
            "import math",
            "",
            *(f"{name} = {value!a}" for name, value in constants.items()),
            "",
        ]
    )


def _forward(model: Model, signature: str) -> str:
    """The function of the outputs."""
    language = Language(
        repr,
        "x{}".format,
        "y{}".format,
        lambda name, x: CALLS.get(name, f"{_called(name)}({{}})").format(x),
    )
    counts = len(model.inputs), len(model.outputs)
    inputs = ", ".join(map(language.input, range(counts[0])))
    outputs = ", ".join(map(language.output, range(counts[1])))
    lines = [
        f"def forward{signature}:",
        f'    """The outputs [{counts[1]}] for an observation [{counts[0]}]."""',
        codegen.wrapped(f"[{inputs}] = {_seen(model)}", "    "),
    ]
    for variable, expression in codegen.assignments(model, language):
        line = f"    {variable} = {expression}"
        if len(line) > codegen.WIDTH:
            line = codegen.wrapped(f"{variable} = ({expression})", "    ")
        lines.append(line)
    lines.append(codegen.wrapped(f"return [{outputs}]", "    "))
    return "\n".join(lines) + "\n"


def _called(name: str) -> str:
    """The function of an activation; one's own cannot have the name of another's."""
    return f"_{name}" if name in BODIES else f"_own_{name}"


def _own(model: Model) -> list[str]:
    """The functions of one's own activations, and what they need."""
    own = codegen.own(model)
    needed = {name for each in own.values() for name in each.tree.operations}
    helpers = [text for name, text in expressions.PYTHON_HELPERS.items() if name in needed]
    return helpers + [
        f"def _own_{name}(x):\n"
        + codegen.wrapped(f"return ({expressions.python(each.tree)})", "    ")
        + "\n"
        for name, each in own.items()
    ]


def _seen(model: Model) -> str:
    """The numbers that the network gets for an observation."""
    if model.normalization is None:
        return "map(float, observation)"
    return "map(_normalized, observation, _MEAN, _DEVIATION)"


def _normalization(model: Model) -> str:
    """The function that normalises a number, and its constants."""
    scaled = model.normalization
    if scaled is None:
        return ""
    tables = ((f"_{n.upper()}", getattr(scaled, n)) for n in ("mean", "deviation"))
    lines = [codegen.wrapped(f"{name} = ({', '.join(map(repr, v))},)") for name, v in tables]
    return "\n".join(
        [
            *lines,
            "",
            "",
            "def _normalized(x, mean, deviation):",
            f"    return min(max((float(x) - mean) / deviation, {-LIMIT!r}), {LIMIT!r})",
            "",
        ]
    )


def _act_in_parts(model: Model, signature: str, call: str) -> str:
    """The function of an action of several parts."""
    rows, start = [], 0
    for rule in codegen.rules(model):
        end = start + rule["outputs"]
        some = f"y[{start}:{end}]"
        if rule["kind"] == "discrete":
            rows.append(f"float({rule.get('first', 0)} + {some}.index(max({some}))),")
        elif rule["kind"] == "binary":
            rows.append(f"*(float(each > 0.0) for each in {some}),")
        else:
            bounds = codegen.limits(rule, double=True)
            low, high = (v * (rule["outputs"] // len(v)) for v in bounds)
            rows += [
                f"min(max(y[{start + i}], {a!r}), {b!r}),"
                for i, (a, b) in enumerate(zip(low, high, strict=True))
            ]
        start = end
    body = "\n".join(f"        {row}" for row in rows)
    return (
        f'def act{signature}:\n    """The numbers of an action of several parts."""\n'
        f"    y = {call}\n    return [\n{body}\n    ]\n"
    )


def _table(model: Model, signature: str, weight: str) -> list[str]:
    """What takes the raw columns, where the network was found on a table."""
    if not (raw := columns.of(model)):
        return []
    chosen = f"act(encode(row){weight})"
    if model.action["kind"] == "discrete":
        what, chosen = "The class of a row of the table; see `encode`", f"OUTPUTS[{chosen}]"
    else:
        what = "The predictions for a row of the table; see `encode`"
    head = f"def predict{signature.replace('observation', 'row')}:"
    return [columns.python(raw), f'{head}\n    """{what}."""\n    return {chosen}\n']


def _act(model: Model, signature: str, call: str) -> str:
    """The function of the action."""
    if codegen.composed(model):
        return _act_in_parts(model, signature, call)
    if model.action["kind"] == "regression":
        what = "The predictions: the outputs with the scale and the offset that were fitted"
        rows = f"zip({call}, {', '.join(map(repr, columns.readout(model)))})"
        loop = f"return [scale * y + offset for y, scale, offset in {rows}]"
        body = codegen.wrapped(loop, "    ")
    elif model.action["kind"] == "continuous":
        low, high = codegen.limits(model.action, double=True)
        what = "The outputs, clipped"
        if len(low) == len(high) == 1:
            body = f"    return [min(max(y, {low[0]!r}), {high[0]!r}) for y in {call}]"
        else:
            each = (values * (len(model.outputs) // len(values)) for values in (low, high))
            rows = f"zip({call}, {', '.join(map(repr, each))})"
            loop = f"return [min(max(y, low), high) for y, low, high in {rows}]"
            body = codegen.wrapped(loop, "    ")
    else:
        what = "The index of the largest output, the first on ties"
        first = model.action.get("first", 0)
        body = f"    outputs = {call}\n    return "
        body += f"{f'{first} + ' if first else ''}outputs.index(max(outputs))"
        what += f", counted from {first}" if first else ""
    return f'def act{signature}:\n    """{what}."""\n{body}\n'
