import json
import math
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import wann
from tests import exported
from tests.export import test_c
from tests.genomes import genome
from wann.core.config import SearchConfig
from wann.core.expressions import own, values
from wann.core.expressions.tree import parse
from wann.core.kernels import forward_batch, programs
from wann.core.kernels.activations import OWN
from wann.core.kernels.vector_math import TILE
from wann.export import expressions, onnx, python
from wann.report.networks import arrays

# By name: the expression, and the same in NumPy.
MINE = {
    "softsign": ("x/(1+abs(x))", lambda x: x / (1 + np.abs(x))),
    "softplus": ("log(1 + exp(x))", lambda x: np.log(1 + np.exp(x))),
    "leaky": ("where(x > 0, x, 0.01*x)", lambda x: np.where(x > 0, x, 0.01 * x)),
    "clip": ("max(-1, min(1, x))", lambda x: np.clip(x, -1, 1)),
    "odd": (
        "tanh(x)**3 - 2*sin(x)*cos(pi*x)",
        lambda x: np.tanh(x) ** 3 - 2 * np.sin(x) * np.cos(np.pi * x),
    ),
    "root": ("-sqrt(abs(x) + 1e-3)", lambda x: -np.sqrt(np.abs(x) + 1e-3)),
    "low": ("where(x <= -1, -1, x**2)", lambda x: np.where(x <= -1, -1, x**2)),
}
OWNS = tuple(own.own(name, expression) for name, (expression, _) in MINE.items())
COUNT = len(OWNS)

# Each of them between the one input and an output of its own.
_HIDDEN = [(2 + COUNT + i, "linear") for i in range(COUNT)]
_ENDS = [(1, n) for n, _ in _HIDDEN] + [(n, n - COUNT) for n, _ in _HIDDEN]


def _genome():
    plain = genome(1, COUNT, _HIDDEN, _ENDS)
    hidden = plain.hidden.copy()
    hidden["activation"] = OWN + np.arange(COUNT)
    return replace(plain, hidden=hidden, own=OWNS)


ALL = exported.model(_genome(), weights=np.ones(2 * COUNT))
XS = np.linspace(-3.0, 3.0, TILE)[:, None]
EXPECTED = np.hstack([formula(XS) for _, formula in MINE.values()])


def by_kernel(_):
    tables = values.programs(OWNS)
    return [[programs.value(tables, i, x) for i in range(COUNT)] for x in XS[:, 0]]


def by_network(_):
    return ALL.forward(XS)


def by_numpy(_):
    return np.hstack([values.value(OWNS, OWN + i, XS) for i in range(COUNT)])


def by_python(_):
    scope = {}
    exec(python.module(ALL), scope)
    return [scope["forward"](x) for x in XS]


def by_c(folder):
    if not shutil.which("gcc"):
        pytest.skip("needs gcc")
    return test_c.run(folder, [ALL], [XS], double=True)[0][0]


def by_onnx(_):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(onnx.graph(ALL, double=True).SerializeToString())
    return session.run(["outputs"], {"observation": XS})[0]


def by_page(_):
    if not shutil.which("node"):
        pytest.skip("needs node")
    script = Path(wann.__file__).with_name("report") / "static" / "network.js"
    record, names = json.dumps(arrays(ALL)), json.dumps(own.names(()))
    code = f"""{script.read_text()};
        const net = makeNetwork({record}, 1, {COUNT}, {names});
        {XS.tolist()}.map((x) => {{ setInputs(net, x); return Array.from(forward(net, 1)); }});"""
    program = f"JSON.stringify(eval({json.dumps(code)}))"
    done = subprocess.run(["node", "-p", program], capture_output=True, check=True)
    return json.loads(done.stdout)


WAYS = (by_kernel, by_network, by_numpy, by_python, by_c, by_onnx, by_page)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_all_that_compute_one_agree(tmp_path, way):
    np.testing.assert_allclose(way(tmp_path), EXPECTED, rtol=1e-12, atol=1e-12)


def test_rows_of_images_are_rounded_at_the_start_and_the_end():
    found = forward_batch.outputs(ALL.network.graph, XS.T, (0.7,))[0].T
    exact = ALL.forward(XS, 0.7)
    np.testing.assert_allclose(found, exact, rtol=3e-7, atol=1e-6)


def test_derivatives_are_those_of_small_differences():
    sums = XS.T.astype(np.float32)
    h = 1e-6
    for i, (_, formula) in enumerate(MINE.values()):
        deltas = np.ones_like(sums)
        programs.differentiate(values.programs(OWNS), i, np.float32(0.5), sums, deltas, 0)
        x = 0.5 * sums.astype(np.float64)
        slope = (formula(x + h) - formula(x - h)) / (2 * h)
        np.testing.assert_allclose(deltas, 0.5 * slope, rtol=1e-5, atol=1e-5)


def test_where_there_is_no_finite_derivative_it_is_0():
    deltas, sums = np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32)
    tables = values.programs((own.own("root", "sqrt(x)"),))
    programs.differentiate(tables, 0, np.float32(1), sums, deltas, 0)
    assert deltas.tolist() == [[0.0]]


FAR = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e200, -1e200, 710.0])
FORMS = (
    *("1/x", "x/x", "exp(x)", "log(x)", "sqrt(x)", "x**3", "x**-1", "x**0.5", "sin(x)", "cos(x)"),
    *("max(x, 1)", "max(1, x)", "min(x, 1)", "min(1, x)", "abs(x)", "where(x >= 0, 1, -1)"),
)


def test_far_numbers_are_the_same_in_python_c_and_the_kernel(tmp_path):
    scope, found = {"math": math}, {"kernel": [], "python": []}
    exec("\n".join(expressions.PYTHON_HELPERS.values()), scope)
    for text in FORMS:
        tables = values.programs((own.own("mine", text),))
        found["kernel"].append([programs.value(tables, 0, x) for x in FAR])
        call = eval(f"lambda x: {expressions.python(parse(text))}", scope)
        found["python"].append([call(x) for x in FAR.tolist()])
    np.testing.assert_array_equal(found["python"], found["kernel"])
    if shutil.which("gcc"):
        np.testing.assert_array_equal(_by_c(tmp_path), found["kernel"])


def _by_c(folder):
    helpers = [t.format(real="double", prefix="p") for t in expressions.C_HELPERS.values()]
    texts = [expressions.c(parse(text), repr, "p", "") for text in FORMS]
    lines = [f"static double f{i}(double x) {{ return {t}; }}" for i, t in enumerate(texts)]
    calls = "".join(f"y = f{i}(x[k]); fwrite(&y, 8, 1, stdout);" for i in range(len(texts)))
    body = f"double x[{len(FAR)}], y; int k; if (fread(x, 8, {len(FAR)}, stdin) != {len(FAR)}) "
    body += f"return 1; for (k = 0; k < {len(FAR)}; k++) {{ {calls} }} return 0;"
    head = ["#include <math.h>", "#include <stdio.h>", *helpers, *lines]
    source = "\n".join([*head, f"int main(void) {{ {body} }}"])
    program = test_c.compiled(folder, source)
    done = subprocess.run([program], input=FAR.tobytes(), capture_output=True, check=True)
    return np.frombuffer(done.stdout).reshape(len(FAR), len(texts)).T


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("linear,tanh=x", "expected a name of your own for an activation, .* got 'tanh'"),
        ("linear,2x=x", "expected a name of your own for an activation"),
        ("linear,a b=x", "expected a name of your own for an activation"),
        ("mine=import os", "activation mine: expected an expression of x"),
        ("mine=x,mine=2*x", "activations: mine stands twice"),
        (",".join(f"f{i}=x" for i in range(17)), "expected at most 16 activations of your own"),
        ("linear,x/(1+abs(x))", "unknown activation 'x/.*: expected one of linear, "),
    ],
)
def test_lists_that_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        SearchConfig(activations=text)


def test_commas_and_signs_inside_an_expression_part_nothing():
    names, mine = own.listed("linear, a = where(x >= 0, max(x, 1), -1) ,tanh")
    assert names == ("linear", "a", "tanh")
    assert mine == (own.Own("a", "where(x >= 0, max(x, 1), -1)"),)
    config = SearchConfig(activations="tanh,a=max(x,0),linear,b=x")
    assert config.activation_indices.tolist() == [4, 10, 0, 11]
