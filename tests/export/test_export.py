"""Exports: what stands in the files, and that they read back as the same network."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

import wann
from tests.genomes import genome, grown
from wann import envs
from wann.export import __main__ as export
from wann.export import c, formats, onnx, python
from wann.storage.model import Model


def model_of(genes, weights=None, env="swingup"):
    task = envs.make(env)
    return Model(genes, task.name, task.inputs, task.outputs, task.action, weights=weights)


@pytest.fixture
def small():
    """x and bias -> tanh 9 -> force; a hidden node that leads nowhere, a disabled connection."""
    return model_of(
        genome(
            5,
            1,
            hidden=[(9, "tanh"), (10, "relu")],
            connections=[(1, 9), (0, 9), (9, 6), (2, 10), (1, 6, False)],
        ),
        weights=np.array([0.1 + 0.2, -1.0, 2.0, 7.0]),
    )


def test_a_graph_by_hand(small):
    graph = formats.graph(small)
    assert graph.graph["task"] == "swingup"
    assert [tuple(data.values()) for _, data in graph.nodes(data=True)] == [
        ("bias", "bias", "linear"),
        ("x", "input", "linear"),
        ("x_dot", "input", "linear"),
        ("cos_theta", "input", "linear"),
        ("sin_theta", "input", "linear"),
        ("theta_dot", "input", "linear"),
        ("hidden 9", "hidden", "tanh"),
        ("force", "output", "linear"),
    ]
    assert dict(graph.edges) == {
        (1, 6): {"weight": 0.1 + 0.2},
        (0, 6): {"weight": -1.0},
        (6, 7): {"weight": 2.0},
    }


@pytest.mark.parametrize(("weights", "expected"), [(None, {}), (0.7, {"weight": 0.7})])
def test_edges_without_individual_weights(weights, expected):
    graph = formats.graph(model_of(genome(5, 1, connections=[(1, 6)]), weights))
    assert dict(graph.edges) == {(1, 6): expected}


def test_graphml_reads_back(small, tmp_path):
    (tmp_path / "net.graphml").write_bytes(formats.graphml(small)[".graphml"])
    again = nx.read_graphml(tmp_path / "net.graphml", node_type=int)
    expected = formats.graph(small)
    assert dict(again.nodes) == dict(expected.nodes)
    assert dict(again.edges) == dict(expected.edges)


def test_names_may_hold_any_character(tmp_path):
    model = model_of(genome(5, 1, connections=[(1, 6)]))
    odd = Model(model.genome, "own", ("<x & ü>", *model.inputs[1:]), ('"f"',), model.action)
    (tmp_path / "net.graphml").write_bytes(formats.graphml(odd)[".graphml"])
    names = nx.get_node_attributes(nx.read_graphml(tmp_path / "net.graphml"), "name")
    assert (names["1"], names["6"]) == ("<x & ü>", '"f"')


@pytest.mark.parametrize("tuned", [False, True])
def test_the_command_writes_a_matrix(small, tmp_path, capsys, tuned):
    model = small if tuned else model_of(small.genome)
    model.save(tmp_path / "champion.json")
    export.main([str(tmp_path), "--to", "matrix"])
    files = ["champion.out", "champion-weights.txt"] if tuned else ["champion.out"]
    assert all(file in capsys.readouterr().out for file in files[:1])
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*files, "champion.json"])
    weights = tmp_path / files[1] if tuned else None
    again = wann.load(tmp_path / "champion.out", "swingup", weights)
    x = np.random.default_rng(0).normal(size=(9, 5))
    weight = None if tuned else -0.4
    np.testing.assert_allclose(again.forward(x, weight), model.forward(x, weight), rtol=1e-12)
    assert again.network.complexity == 3


def test_a_matrix_becomes_graphml(tmp_path):
    model = model_of(grown(3, 40))
    model.save(tmp_path / "net.json")
    export.main([str(tmp_path / "net.json"), "--to", "matrix", "--quiet"])
    args = ["--to", "graphml", "--env", "swingup", "--out", str(tmp_path / "new")]
    export.main([str(tmp_path / "net.out"), *args])
    again = nx.read_graphml(tmp_path / "new" / "net.graphml", node_type=int)

    def same(one, other):
        return one["activation"] == other["activation"] and one["kind"] == other["kind"]

    assert nx.is_isomorphic(again, formats.graph(model), node_match=same)


def written(folder, *flags):
    """What the command wrote into a new folder, by file."""
    out = folder / "new"
    export.main([str(folder / "net-1.json"), "--out", str(out), "--quiet", *flags])
    return {file.name: file.read_bytes() for file in out.iterdir()}


def test_code(small, tmp_path):
    """The formats have tests of their own; here they are asked for the right thing."""
    model_of(small.genome).save(tmp_path / "net-1.json")
    model = wann.load(tmp_path / "net-1.json")
    [(name, content)] = written(tmp_path, "--to", "onnx").items()
    assert (name, content) == ("net-1.onnx", onnx.graph(model).SerializeToString())
    found = written(tmp_path, "--to", "c", "--double")
    assert found["net-1.h"].decode() == c.header(model, "net-1", double=True)
    found = written(tmp_path, "--to", "c", "--name", "cart")
    assert found["cart.h"].decode() == c.header(model, "cart")
    found = written(tmp_path, "--to", "python")
    assert found["net_1.py"].decode() == python.module(model)


@pytest.mark.parametrize("tuned", [False, True])
def test_a_fixed_weight(small, tmp_path, tuned):
    (small if tuned else model_of(small.genome)).save(tmp_path / "net-1.json")
    fixed = model_of(small.genome, weights=0.25)
    found = written(tmp_path, "--to", "json", "--weight", "0.25")
    assert list(found) == ["net-1-network.json"]
    again = wann.load(tmp_path / "new" / "net-1-network.json")
    assert again.weights == 0.25
    assert again.genome == small.genome
    found = written(tmp_path, "--to", "python", "--weight=0.25")
    assert found["net_1.py"].decode() == python.module(fixed)


def test_the_champion_of_a_run(small, tmp_path):
    """Its copy has a name that does not replace it; names in C are the task's."""
    small.save(tmp_path / "champion.json")
    for format in ("json", "c"):
        export.main([str(tmp_path), "--to", format, "--quiet"])
    champion, copy = tmp_path / "champion.json", tmp_path / "champion-network.json"
    assert copy.read_text() == champion.read_text()
    assert "static inline void swingup_act(" in (tmp_path / "champion.h").read_text()


def test_errors(small, tmp_path, refused):
    small.save(tmp_path / "net.json")
    for args, message in (
        (["--to", "onyx"], f"--to: expected {', '.join(formats.FORMATS)}, got 'onyx'"),
        (["--to", "matrix", "--env", "cartpole"], "is for the task 'swingup', got --env cartpole"),
        ([], "--to"),
        (["--to", "c", "--weight", "nan"], "--weight: expected a finite number, got nan"),
        (["--to", "python", "--double"], "--double: goes with onnx and c only, got python"),
        (["--to", "c", "--name", "a/b"], "--name: expected a file's name, got 'a/b'; see --out"),
        (["--to", "onnx", "--weight", "1e300"], "weight: 1e+300 is too large for single"),
    ):
        assert message in refused(export.main, [tmp_path / "net.json", *args])
    (tmp_path / "net.graphml").write_text("mine")
    args = [str(tmp_path / "net.json"), "--to", "graphml"]
    assert "net.graphml: exists already; --force replaces it" in refused(export.main, args)
    export.main([*args, "--force"])
    assert (tmp_path / "net.graphml").read_text() != "mine"
