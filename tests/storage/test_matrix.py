"""Matrices of the paper's released code, written by hand and read back."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wann
from tests.genomes import grown
from wann import envs
from wann.storage import matrix as reference
from wann.storage.model import Model

# bias, 5 inputs, 1 hidden tanh, 1 output. x -> tanh -> force, bias -> force, theta_dot -> tanh.
ROWS = """
0,0,0,0,0,0,0,-0.5,1
0,0,0,0,0,0,2.5,0,1
0,0,0,0,0,0,0,0,1
0,0,0,0,0,0,nan,0,1
0,0,0,0,0,0,0,0,1
0,0,0,0,0,0,1e-3,0,1
0,0,0,0,0,0,0,1,5
0,0,0,0,0,0,0,0,9
"""
OBSERVATION = np.array([0.3, 10.0, 10.0, 10.0, -0.7])


@pytest.fixture
def matrix(tmp_path):
    """Writes a matrix: ROWS, with some text replaced."""

    def write(old="", new="", text=ROWS):
        path = tmp_path / "net.out"
        path.write_text(text.replace(old, new) if old else text)
        return path

    return write


def model_of(genome, weights=None, env="swingup"):
    task = envs.make(env)
    return Model(genome, task.name, task.inputs, task.outputs, task.action, weights=weights)


def test_a_matrix_is_a_topology_without_weights(matrix):
    model = wann.load(matrix(), env="swingup")
    assert model.weights is None
    assert (model.task, model.inputs[0], model.outputs) == ("swingup", "x", ("force",))
    assert model.action == {"kind": "continuous", "low": -1.0, "high": 1.0}
    assert model.search == {"file": "net.out"}
    assert model.genome.hidden.tolist() == [(7, 4)]
    pairs = [(s, t) for s, t, _, _ in model.genome.connections.tolist()]
    assert pairs == [(0, 6), (1, 7), (5, 7), (7, 6)]
    w = 0.8
    expected = w * (1 + math.tanh(w * (0.3 - 0.7)))  # the ReLU of the output is not applied
    np.testing.assert_allclose(model.forward(OBSERVATION, w), [expected], rtol=1e-15)


@pytest.mark.parametrize(
    "text", ["-0.5, 2.5, 1e-3, 1", "-0.5\n2.5\n0.001\n1\n\n", "-.5 2.5 .001 1"]
)
def test_weights_stand_row_by_row(matrix, tmp_path, text):
    weights = tmp_path / "weights.txt"
    weights.write_text(text)
    model = wann.load(matrix(), env="swingup", weights_file=weights)
    np.testing.assert_array_equal(model.weights, [-0.5, 2.5, 0.001, 1])
    expected = -0.5 + math.tanh(2.5 * 0.3 - 0.001 * 0.7)
    np.testing.assert_allclose(model.forward(OBSERVATION), [expected], rtol=1e-15)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("weights", ["none", "shared", "individual"])
def test_written_matrices_read_back_equal(tmp_path, seed, weights):
    genome = grown(seed, 60)
    rng = np.random.default_rng(seed)
    enabled = int(genome.connections["enabled"].sum())
    value = {"none": None, "shared": 0.1 + 0.2, "individual": rng.normal(size=enabled)}[weights]
    if weights == "individual":
        value[:: max(enabled // 3, 1)] = 0.0
    model = model_of(genome, value)
    text, listed = reference.write(model)
    (tmp_path / "net.out").write_text(text)
    weights_file = None
    if listed is not None:
        weights_file = tmp_path / "weights.txt"
        weights_file.write_text(listed)
    again = wann.load(tmp_path / "net.out", env="swingup", weights_file=weights_file)
    assert again.network.complexity == model.network.complexity
    x = rng.normal(size=(7, 5))
    weight = 0.7 if value is None else None
    np.testing.assert_allclose(again.forward(x, weight), model.forward(x, weight), rtol=1e-9)
    if listed is not None:  # perhaps in another topological order
        assert sorted(reference.write(again)[1].split()) == sorted(listed.split())


def test_entries_are_the_weights_in_full(tmp_path, matrix):
    weights = tmp_path / "weights.txt"
    weights.write_text(f"{1 / 3!r} 0 -2 1e-20")
    text, listed = reference.write(wann.load(matrix(), "swingup", weights))
    rows = [line.split(",") for line in text.splitlines()]
    assert (rows[0][7], rows[1][6], rows[5][6], rows[6][7]) == (
        repr(1 / 3),
        "5e-324",
        "-2.0",
        "1e-20",
    )
    assert [row[8] for row in rows] == ["1"] * 6 + ["5", "1"]
    assert listed == f"{1 / 3!r}\n0.0\n-2.0\n1e-20\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2.5", "two", "row 2: expected numbers, but could not convert .*'two'"),
        ("2.5", "inf", "row 2, column 7: expected a finite number or nan"),
        ("2.5,0,1", "2.5,1", "N rows of N [+] 1 numbers, got 8 rows, and 8 numbers in row 2"),
        ("0,0,1,5", "0,0,0,1,5", "got 8 rows, and 10 numbers in row 7"),
        ("1,5", "1,11", "row 7: expected an activation from 1 to 10 .* got 11"),
        ("1,5", "1,2.5", "row 7: expected an activation from 1 to 10 .* got 2.5"),
        ("1,5", "1,nan", "row 7: expected an activation from 1 to 10 .* got nan"),
        ("0,0,0,1,5", "0,0,1,1,5", r"connections form a cycle: 7 -> back"),
        ("\n0,0,0,0,0,0,0,0,9", "\n0,0,0,0,0,0,1,0,9", "row 8, column 7: .*node 8, .* an output"),
        (
            "\n0,0,0,0,0,0,2.5",
            "\n3,0,0,0,0,0,0",
            "column 1: connects to node 1, .* bias or an input",
        ),
        (ROWS, "\n", "expected a matrix, but the file is empty"),
        (
            ROWS,
            "0,1,1\n0,0,1",
            "swingup: expected at least 7 nodes .* 5 inputs and 1 outputs, got 2",
        ),
    ],
)
def test_errors_say_what_is_wrong(matrix, old, new, message):
    with pytest.raises(ValueError, match=message):
        wann.load(matrix(old, new), env="swingup")


def test_errors_of_what_comes_with_a_matrix(matrix, tmp_path):
    weights = tmp_path / "weights.txt"
    with pytest.raises(
        ValueError, match=r"net\.out: a matrix does not name .*--env, one of cartpole"
    ):
        wann.load(matrix())
    with pytest.raises(ValueError, match=r"unknown env 'swing': .*did you mean swingup"):
        wann.load(matrix(), env="swing")
    with pytest.raises(FileNotFoundError):
        wann.load(matrix(), env="swingup", weights_file=weights)
    weights.write_text("1,2,3")
    with pytest.raises(ValueError, match=r"expected 4 weights, one for each entry .* got 3"):
        wann.load(matrix(), env="swingup", weights_file=weights)
    weights.write_text("1,2,3,inf")
    with pytest.raises(ValueError, match="expected finite weights, got inf"):
        wann.load(matrix(), env="swingup", weights_file=weights)
    (tmp_path / "binary.out").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="expected a text file of numbers"):
        wann.load(tmp_path / "binary.out", env="swingup")


def test_network_files_keep_their_task_and_weights(tmp_path, matrix):
    path = tmp_path / "net"  # JSON is known by how it starts, whatever the name
    wann.load(matrix(), env="swingup").save(path)
    assert wann.load(path, env="swingup").task == "swingup"
    with pytest.raises(ValueError, match="is for the task 'swingup', got --env cartpole"):
        wann.load(path, env="cartpole")
    with pytest.raises(ValueError, match="a list of weights goes with a matrix"):
        wann.load(path, weights_file=path)
    with pytest.raises(FileNotFoundError, match="expected a network file or a run, but there is"):
        wann.load(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"expected a run with a champion\.json"):
        wann.load(tmp_path)
