import numpy as np
import pytest

from tests.exported import CONTINUOUS, HOSTILE, model
from tests.genomes import genome
from wann.export import codegen
from wann.export.codegen import Language

PLAIN = Language("{:g}".format, "x{}".format, "y{}".format, "{}({})".format)


def test_identifiers():
    assert codegen.identifiers(["x", "Pole angle", "größe"]) == ["x", "pole_angle", "gr_e"]
    assert codegen.identifiers(["x", "X", "x_1", "日本"]) == ["x_0", "x_1", "x_1_2", "3"]
    words = codegen.identifiers(HOSTILE)
    assert len(set(words)) == len(HOSTILE)
    assert all(word.replace("_", "").isalnum() and word.isascii() for word in words)
    assert max(map(len, words)) < 31


def test_origin():
    found = model(genome(1, 2), task="t", action={**CONTINUOUS, "high": np.inf})
    assert codegen.origin(found) == {
        "task": "t",
        "inputs": ["in 0"],
        "outputs": ["out 0", "out 1"],
        "action": {"kind": "continuous", "low": -0.5, "high": "Infinity"},
        "search": {"seed": 3, "generation": 7},
        "wann": "0.1.0",
    }


def test_assignments():
    found = genome(2, 1, [(4, "linear"), (9, "tanh")], [(1, 9), (0, 9), (9, 4), (4, 3), (2, 3)])
    assert list(codegen.assignments(model(found), PLAIN)) == [
        ("n9", "tanh(weight * (x0 + 1))"),
        ("n4", "weight * n9"),
        ("y0", "weight * (n4 + x1)"),
    ]
    weights = np.array([1, -2, 3, 4, 5])
    assert list(codegen.assignments(model(found, weights), PLAIN)) == [
        ("n9", "tanh(1 * x0 + -2)"),
        ("n4", "3 * n9"),
        ("y0", "4 * n4 + 5 * x1"),
    ]


def test_a_long_sum_is_added_up_in_pieces():
    found = model(genome(130, 1, connections=[(1 + i, 131) for i in range(130)]))
    parts = list(codegen.assignments(found, PLAIN))
    assert [variable for variable, _ in parts] == ["y0"] * 3
    assert [text.count("+") + 1 for _, text in parts] == [64, 64, 4]
    values = {f"x{i}": 10.0 ** (i % 30) for i in range(130)} | {"weight": 0.7}
    for variable, text in parts:
        values[variable] = eval(text, {}, values)
    assert values["y0"] == found.forward([values[f"x{i}"] for i in range(130)], 0.7)[0]


def test_single_precision():
    assert codegen.single([0.1, 1e-300], "").tolist() == [float(np.float32(0.1)), 0.0]
    with pytest.raises(ValueError, match="weights: 1e\\+39 is too large"):
        codegen.single([1.0, -1e39], "weights")


def test_limits():
    huge = {"kind": "continuous", "low": -np.inf, "high": 1e300}
    assert codegen.limits(huge, double=False) == (
        [-float(np.finfo(np.float32).max)],
        [float(np.finfo(np.float32).max)],
    )
    assert codegen.limits(huge, double=True)[1] == [1e300]
    each = {"kind": "continuous", "low": -1.0, "high": [0.5, 1e300]}
    assert codegen.limits(each, double=True) == ([-1.0], [0.5, 1e300])
