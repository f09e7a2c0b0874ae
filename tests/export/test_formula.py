import math
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from tests.genomes import genome
from wann.core.kernels import activations
from wann.export import __main__ as export
from wann.export import formats, formula
from wann.storage.model import Model

CALLS = {
    "step": lambda x: float(x > 0),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "max": max,
    "abs": abs,
    **{name: getattr(math, name) for name in ("sin", "cos", "exp", "tanh", "pi")},
}


def small(weights=None, kinds=("abs", "inverse", "tanh")):
    """Three hidden nodes, of which one is used twice, and the bias."""
    connections = [(1, 5), (2, 5), (5, 6), (5, 7), (0, 7), (6, 3), (7, 3), (2, 4)]
    found = genome(2, 2, list(enumerate(kinds, 5)), connections)
    return Model(found, "mine", ("age", "net income"), ("no", "yes"), {"kind": "discrete"}, weights)


def value(lines, inputs, w):
    """What formulas in plain text come to, by Python's own arithmetic."""
    known = {**CALLS, **inputs, "w": w}
    for line in lines:
        target, expression = line.split(" = ")
        expression = re.sub(r"\[net income\]", "net_income", expression).replace("^", "**")
        known[target] = eval(expression, {"__builtins__": {}}, known)  # the test's own text
    return [known["no"], known["yes"]]


@pytest.mark.parametrize("kind", activations.NAMES)
@pytest.mark.parametrize("w", [-1.5, 0.5])
def test_the_formulas_compute_what_the_network_does(kind, w):
    model = small(kinds=(kind, "inverse", "gaussian"))
    found = value(formula.equations(model, formula.TEXT), {"age": 0.3, "net_income": -0.7}, w)
    np.testing.assert_allclose(found, model.forward([0.3, -0.7], w), rtol=1e-6)


def test_individual_weights_stand_before_their_terms():
    weights = np.linspace(-1, 1, 8) + 0.01
    model = small(weights)
    found = value(formula.equations(model, formula.TEXT), {"age": 0.3, "net_income": -0.7}, None)
    np.testing.assert_allclose(found, model.forward([0.3, -0.7]), rtol=2e-3)


def test_what_a_reader_sees():
    assert formula.text(small()).splitlines() == [
        "# mine: 8 connections, w is the shared weight",
        "",
        "h1 = abs(w * (age + [net income]))",
        "no = w * (tanh(w * (h1 + 1)) - (w * h1))",
        "yes = w * [net income]",
        "",
        "The largest output is chosen.",
    ]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("inverse", "y = w * (age)"),
        ("cos", "y = w * (abs(w * 1) + 1 + age)"),
        ("sigmoid", "y = w * (abs(w * 0.5) + 0.5 + age)"),
    ],
)
def test_what_nothing_leads_to_is_a_number(kind, line):
    found = genome(2, 1, [(4, kind), (5, "abs")], [(4, 5), (5, 3), (4, 3), (1, 3)])
    model = Model(found, "mine", ("age", "x"), ("y",), {"kind": "discrete"})
    assert formula.equations(model, formula.TEXT) == [line]


def test_names_that_could_be_something_else_stand_in_brackets():
    names = ("0", "w", "h2", "weight", "größe", "a b")
    found = genome(6, 1, [], [(i, 7) for i in range(1, 7)])
    model = Model(found, "mine", names, ("y",), {"kind": "discrete"})
    (line,) = formula.equations(model, formula.TEXT)
    assert line == "y = w * ([0] + [w] + [h2] + weight + größe + [a b])"


def test_latex_escapes_names():
    model = replace(small(), inputs=("a_b", "50%"))
    written = formula.latex(model)
    assert r"\text{a\_b} + \text{50\%}" in written
    assert written.startswith("% The largest output is chosen.\n\\begin{align*}\n")


def test_both_are_formats_of_export(tmp_path):
    small().save(tmp_path / "net.json")
    for form, name in (("formula", "net.txt"), ("latex", "net.tex")):
        export.main([str(tmp_path / "net.json"), "--to", form, "--quiet"])
        (content,) = formats.FORMATS[form](small()).values()
        assert (tmp_path / name).read_bytes() == content


@pytest.mark.parametrize("kind", activations.NAMES)
def test_latex_is_well_formed(kind):
    for line in formula.equations(small(kinds=(kind, "inverse", "tanh")), formula.LATEX):
        plain = line.replace("&=", "=").replace(r"\tfrac", r"\frac").replace(r"\text", r"\mathrm")
        MathTextParser("agg").parse(f"${plain}$")
