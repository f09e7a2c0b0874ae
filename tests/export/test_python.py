import ast
import math
import subprocess
import sys

import numpy as np
import pytest

from tests import exported
from tests.exported import model
from tests.genomes import genome
from wann.core.kernels import activations
from wann.export import python

WEIGHT = 0.9


def load(found):
    """The names that a module of the model defines."""
    text = python.module(found)
    assert text.isascii()
    names = {}
    exec(compile(text, "<module>", "exec"), names)
    return names


def run(found, x):
    """Outputs [B, O] and actions of the module."""
    names = load(found)
    weight = [WEIGHT] if found.weights is None else []
    outputs = np.array([names["forward"](row, *weight) for row in x.tolist()])
    return outputs, np.array([names["act"](row, *weight) for row in x.tolist()])


def test_random_networks():
    for i, found in enumerate(exported.grown_models()):
        x = exported.inputs(found, i)
        outputs, actions = run(found, x)
        expected = found.forward(x, WEIGHT if found.weights is None else None)
        np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(actions, exported.action(found, outputs))


@pytest.mark.parametrize("found", exported.odd_models())
def test_odd_networks(found):
    x = exported.inputs(found, count=20)
    outputs, actions = run(found, x)
    expected = found.forward(x, WEIGHT if found.weights is None else None)
    np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(actions, exported.action(found, outputs))


@pytest.mark.parametrize("name", activations.NAMES)
def test_infinity_and_nan(name):
    found = model(genome(1, 1, [(3, name)], [(1, 3), (3, 2)]), 1.0)
    x = np.array([[np.inf], [-np.inf], [np.nan], [1e308], [-1e308], [-720.0], [-1e200]])
    outputs = [load(found)["forward"](row) for row in x.tolist()]
    np.testing.assert_allclose(outputs, found.forward(x), rtol=1e-9)


def test_observations_of_any_kind():
    forward = load(model(genome(2, 1, connections=[(1, 3), (2, 3)])))["forward"]
    for observation in ([0.1, 2], (0.1, 2), np.array([0.1, 2]), iter([0.1, 2])):
        assert forward(observation, 2) == [4.2]
    found = forward(np.array([0.1, 2], np.float32), 0.7)
    assert found == [0.7 * (float(np.float32(0.1)) + 2.0)]
    assert type(found[0]) is float
    with pytest.raises(ValueError, match="expected 2"):
        forward([0.1, 2, 3], 0.7)


def test_weights():
    found = genome(1, 1, connections=[(1, 2)])
    with pytest.raises(TypeError, match="weight"):
        load(model(found))["act"]([1.0])
    shared = load(model(found, 3.0))["forward"]
    assert (shared([2.0]), shared([2.0], weight=0.5)) == ([6.0], [1.0])
    with pytest.raises(TypeError, match="weight"):
        load(model(found, np.array([0.25])))["forward"]([1.0], weight=0.5)


def test_constants():
    found = exported.hostile_model()
    names = load(found)
    assert names["TASK"] == found.task
    assert names["INPUTS"] == found.inputs
    assert names["OUTPUTS"] == found.outputs
    assert names["ACTION"] == {"kind": "discrete"}
    assert names["ORIGIN"] == {**found.search, "wann": "0.1.0"}
    unbounded = {"kind": "continuous", "low": -math.inf, "high": math.inf}
    names = load(model(genome(1, 1, connections=[(1, 2)]), 1.0, unbounded))
    assert names["ACTION"] == {"kind": "continuous", "low": "-Infinity", "high": "Infinity"}
    assert names["act"]([1e300]) == [1e300]


def test_nothing_but_math_is_imported():
    for found in exported.grown_models()[:3]:
        tree = ast.parse(python.module(found))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        assert [ast.unparse(node) for node in imports] == ["import math"]


def test_a_file_of_its_own(tmp_path):
    found = exported.odd_models()[8]  # 151 connections to one node
    (tmp_path / "network.py").write_text(python.module(found), encoding="ascii")
    code = "import network; print(network.forward([0.01] * 150, 0.5)[0])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, check=True
    )
    assert float(done.stdout) == pytest.approx(found.forward([0.01] * 150, 0.5)[0], rel=1e-12)


def test_the_text():
    found = model(
        genome(2, 1, [(4, "tanh")], [(0, 4), (1, 4), (2, 3), (4, 3), (1, 3, False)]),
        task="balance",
        action=exported.CONTINUOUS,
    )
    text = python.module(found)
    assert "TASK = 'balance'\n" in text
    assert (
        """
def forward(observation, weight):
    \"""The outputs [1] for an observation [2].\"""
    [x0, x1] = map(float, observation)
    n4 = math.tanh(weight * (1.0 + x0))
    y0 = weight * (x1 + n4)
    return [y0]


def act(observation, weight):
    \"""The outputs, clipped.\"""
    return [min(max(y, -0.5), 0.25) for y in forward(observation, weight)]
"""
        in text
    )
