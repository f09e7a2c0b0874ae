"""A network as formulas, for readers: plain text, and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wann.core.expressions.values import value
from wann.envs.naming import titled
from wann.envs.tables.encoding import NUMBER
from wann.export import codegen, columns, expressions
from wann.storage.model import Model

# Names that are taken for nothing else: not for a number, the shared weight or a hidden node.
_PLAIN = re.compile(r"(?!w$|h\d+$)[^\W\d]\w*")
_TEX = str.maketrans(
    {
        **{c: f"\\{c}" for c in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)


@dataclass(frozen=True)
class Notation:
    """How formulas are written.

    Attributes:
        name: An input, an output or a class, by its name.
        hidden: A hidden node, by its number.
        number: A number.
        product: A factor times a term.
        brackets: An expression in brackets.
        activations: Each activation of an expression, by its name.
        own: The form of an activation of one's own, by its name.
        equals: What stands between the sides of an equation.
    """

    name: Callable[[str], str]
    hidden: Callable[[int], str]
    number: Callable[[float], str]
    product: Callable[[str, str], str]
    brackets: Callable[[str], str]
    activations: dict[str, Callable[[str], str]]
    own: Callable[[str], str]
    equals: str


def _tex_number(value: float) -> str:
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return mantissa + (rf" \cdot 10^{{{int(exponent)}}}" if exponent else "")


TEXT = Notation(
    name=lambda name: name if _PLAIN.fullmatch(name) else f"[{name}]",
    hidden="h{}".format,
    number="{:.4g}".format,
    product="{} * {}".format,
    brackets="({})".format,
    activations={
        "step": "step({})".format,
        "sin": "sin(pi * ({}))".format,
        "gaussian": "exp(-({})^2 / 2)".format,
        "tanh": "tanh({})".format,
        "sigmoid": "sigmoid({})".format,
        "inverse": "-({})".format,
        "abs": "abs({})".format,
        "relu": "max(0, {})".format,
        "cos": "cos(pi * ({}))".format,
    },
    own="{}({{}})".format,
    equals=" = ",
)
LATEX = Notation(
    name=lambda name: rf"\text{{{name.translate(_TEX)}}}",
    hidden="h_{{{}}}".format,
    number=_tex_number,
    product=r"{} \, {}".format,
    brackets=r"\left({}\right)".format,
    activations={
        "step": r"\left[{} > 0\right]".format,
        "sin": r"\sin\left(\pi \left({}\right)\right)".format,
        "gaussian": r"\exp\left(-\tfrac{{1}}{{2}} \left({}\right)^2\right)".format,
        "tanh": r"\tanh\left({}\right)".format,
        "sigmoid": r"\sigma\left({}\right)".format,
        "inverse": r"-\left({}\right)".format,
        "abs": r"\left|{}\right|".format,
        "relu": r"\max\left(0, {}\right)".format,
        "cos": r"\cos\left(\pi \left({}\right)\right)".format,
    },
    own=lambda name: (
        rf"\operatorname{{{{{name.translate(_TEX).replace('{', '{{').replace('}', '}}')}}}}}"
        r"\left({}\right)"
    ),
    equals=" &= ",
)


def equations(model: Model, notation: Notation) -> list[str]:
    """An equation for each hidden node that is used more than once, and for each output.

    Nodes used once stand where they are used, and so do those that are a number. The shared weight
    is w, or the model's own.
    """
    network = model.network
    strengths = None
    shared = "w"
    if isinstance(model.weights, np.ndarray):
        strengths, _ = network.strengths(model.weights)
    elif model.weights is not None:
        shared = notation.number(float(model.weights))
    nodes = len(network.activations)
    first_hidden, first_output = 1 + network.inputs, nodes - network.outputs
    uses = np.bincount(network.sources, minlength=nodes)
    written = ["1", *map(notation.name, model.inputs)]
    lines: list[str] = []
    for node in range(first_hidden, nodes):
        places = range(network.offsets[node], network.offsets[node + 1])
        terms = []
        for i in places:
            source = int(network.sources[i])
            term = written[source]
            if term == "0":
                continue
            if strengths is not None or len(places) == 1:  # else the weight stands before the sum
                factor = shared if strengths is None else notation.number(float(strengths[i]))
                term = _product(notation, factor, term) if source else factor
            terms.append(term)
        kind = network.activations[node]
        name = network.names[kind]
        if terms:
            total = _sum(terms)
            if strengths is None and len(places) > 1:
                total = notation.product(shared, notation.brackets(total))
            call = notation.activations.get(name, notation.own(name).format)
            expression = total if name == "linear" else call(total)
        else:  # nothing leads here, or only what is 0
            expression = notation.number(float(value(network.own, kind, np.zeros(1))[0]) + 0.0)
        if node >= first_output:
            target = notation.name(model.outputs[node - first_output])
            lines.append(target + notation.equals + expression)
        elif uses[node] == 1 or not terms:
            written.append(expression)
        else:
            target = notation.hidden(len(lines) + 1)
            lines.append(target + notation.equals + expression)
            written.append(target)
    return lines


def _product(notation: Notation, factor: str, term: str) -> str:
    """A factor times a term, which stands in brackets where it is negative."""
    return notation.product(factor, notation.brackets(term) if term.startswith("-") else term)


def _sum(terms: list[str]) -> str:
    """Terms added up; negative ones come last, and are subtracted."""
    terms = sorted(terms, key=lambda term: term.startswith("-"))
    total = terms[0]
    for term in terms[1:]:
        total += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return total


def meaning(model: Model) -> list[str]:
    """What the outputs say, and what the inputs are that lead to them, as sentences."""
    lines = [f"{name}(x) = {each.expression}" for name, each in codegen.own(model).items()]
    leading = np.isin(1 + np.arange(len(model.inputs)), model.network.sources)
    used = {name for name, leads in zip(model.inputs, leading, strict=True) if leads}
    if model.action["kind"] == "discrete":
        lines.append("The largest output is chosen.")
    elif model.action["kind"] == "regression":
        lines.append("A prediction is scale * output + offset, fitted for each shared weight:")
        for weight, scale, offset in zip(
            model.action.get("weights", []),
            model.action.get("scale", []),
            model.action.get("offset", []),
            strict=True,
        ):
            pairs = zip(model.outputs, scale, offset, strict=True)
            each = "; ".join(f"{name}: {s:.4g}, {o:.4g}" for name, s, o in pairs)
            lines.append(f"  w = {weight:g}: {each}")
    for column in columns.of(model):
        if used.isdisjoint(column.inputs):
            continue
        if column.kind == NUMBER:
            lines.append(f"{column.name}: ({column.name} - {column.mean:.4g}) / {column.scale:.4g}")
        else:
            lines.append(f"{column.name}=X: 1 where {column.name} is X, else 0")
    if model.normalization is not None:
        scaled = zip(
            model.inputs, model.normalization.mean, model.normalization.deviation, strict=True
        )
        lines += [
            f"{name}: ({name} - {mean:.4g}) / {scale:.4g}"
            for name, mean, scale in scaled
            if name in used
        ]
    return lines


def text(model: Model) -> str:
    """The formulas as plain text, with what inputs and outputs mean below."""
    weight = "w is the shared weight" if model.weights is None else "with the weights of the file"
    head = f"# {titled(model.task)}: {model.network.complexity} connections, {weight}"
    return "\n".join([head, "", *equations(model, TEXT), "", *meaning(model)]).rstrip() + "\n"


def latex(model: Model) -> str:
    """The formulas as an ``align*`` of amsmath, what inputs mean as comments."""
    own = [
        f"{LATEX.own(name).format('x')} &= {expressions.latex(each.tree, _tex_number)}"
        for name, each in codegen.own(model).items()
    ]
    lines = " \\\\\n".join(f"  {line}" for line in [*equations(model, LATEX), *own])
    notes = "".join(f"% {' '.join(line.split())}\n" for line in meaning(model))
    return f"{notes}\\begin{{align*}}\n{lines}\n\\end{{align*}}\n"
