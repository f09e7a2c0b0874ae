import copy
import json
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes
from tests.genomes import model_of
from wann.search.variation.crossover import crossover
from wann.search.variation.innovation import Innovations
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.network_file import from_json, to_json

GENOME = genomes.genome(
    *(2, 1, [(4, "tanh"), (6, "relu")]),
    [(1, 4, True, 3), (4, 3, True, 5), (0, 6, False, 6), (6, 4, True, 8), (2, 3, True, 9)],
)


def file_of(**settings):
    return to_json(model_of(GENOME, **settings))


def through_text(model):
    return Model(**vars(from_json(json.loads(json.dumps(to_json(model), allow_nan=False)))))


def test_the_file_by_hand():
    model = model_of(GENOME, weights=0.5, scores={"fitness": 1.5}, search={"seed": 3})
    assert to_json(model) == {
        "format": "wann-network/1",
        "task": "swingup",
        "inputs": ["in 0", "in 1"],
        "outputs": ["out 0"],
        "action": {"kind": "continuous", "low": -1.0, "high": 1.0},
        "nodes": [
            {"id": 0, "kind": "bias"},
            {"id": 1, "kind": "input"},
            {"id": 2, "kind": "input"},
            {"id": 6, "kind": "hidden", "activation": "relu"},
            {"id": 4, "kind": "hidden", "activation": "tanh"},
            {"id": 3, "kind": "output", "activation": "linear"},
        ],
        "connections": [
            {"source": 1, "target": 4, "enabled": True, "innovation": 3},
            {"source": 4, "target": 3, "enabled": True, "innovation": 5},
            {"source": 0, "target": 6, "enabled": False, "innovation": 6},
            {"source": 6, "target": 4, "enabled": True, "innovation": 8},
            {"source": 2, "target": 3, "enabled": True, "innovation": 9},
        ],
        "weights": {"shared": 0.5},
        "scores": {"fitness": 1.5},
        "search": {"seed": 3},
    }


@given(st.integers(0, 10**6), st.integers(0, 150), st.booleans())
def test_a_file_holds_everything(seed, mutations, crossed):
    innovations = Innovations(3, 2)
    genome = genomes.grown(seed, mutations, 3, 2, innovations=innovations)
    rng = np.random.default_rng(seed)
    if crossed:
        other = genomes.grown(seed + 1, mutations, 3, 2, innovations=innovations)
        genome = crossover(genome, other, rng)
    weights = rng.normal(size=int(genome.connections["enabled"].sum()))
    model = model_of(genome, weights=weights, scores={"fitness": 0.1}, search={"seed": seed})
    copied = through_text(model)
    assert copied.genome == genome
    np.testing.assert_array_equal(copied.weights, weights)
    x = rng.normal(size=(4, 3))
    np.testing.assert_array_equal(copied.forward(x), model.forward(x))
    np.testing.assert_array_equal(copied.forward(x, 0.7), model.forward(x, 0.7))
    for name in ("task", "inputs", "outputs", "action", "scores", "search"):
        assert getattr(copied, name) == getattr(model, name)
    place = {node["id"]: i for i, node in enumerate(to_json(model)["nodes"])}
    for source, target, _, _ in genome.connections.tolist():
        assert place[source] < place[target]


def test_individual_weights_follow_their_connections():
    """In a file whose connections and hidden nodes stand in any order."""
    weights = np.array([10.0, 20.0, 30.0, 40.0])
    value = file_of(weights=weights)
    expected = model_of(GENOME, weights=weights).forward([0.3, 0.7])
    enabled = [c for c in value["connections"] if c["enabled"]]
    by_gene = dict(zip((c["innovation"] for c in enabled), weights, strict=True))
    rng = np.random.default_rng(0)
    for _ in range(10):
        shuffled = copy.deepcopy(value)
        rng.shuffle(shuffled["connections"])
        rng.shuffle(shuffled["nodes"][3:5])
        shuffled["weights"]["individual"] = [
            by_gene[c["innovation"]] for c in shuffled["connections"] if c["enabled"]
        ]
        model = Model(**vars(from_json(shuffled)))
        assert model.genome == GENOME
        np.testing.assert_array_equal(model.weights, weights)
        np.testing.assert_array_equal(model.forward([0.3, 0.7]), expected)


def test_optional_keys():
    value = file_of()
    for key in ("weights", "scores", "search", "action"):
        del value[key]
    for node in value["nodes"]:
        if node["kind"] == "output":
            del node["activation"]
    model = from_json(value)
    assert model.weights is None
    assert model.scores == model.search == {}
    assert model.action == {"kind": "discrete"}


def test_scores_that_are_not_finite_are_null():
    scores = {"fitness": -math.inf, "peak": math.nan, "worst": np.float64(1.0), "on": "episodes"}
    assert through_text(model_of(GENOME, scores=scores)).scores == {
        "fitness": None,
        "peak": None,
        "worst": 1.0,
        "on": "episodes",
    }


def changed(path, value):
    """The file with one part replaced; `...` takes it away."""
    result = file_of(weights=np.array([1.0, 2.0, 3.0, 4.0]))
    part = result
    for key in path[:-1]:
        part = part[key]
    if value is ...:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return result


HIDDEN = {"id": 7, "kind": "hidden", "activation": "sin"}
GENE = {"source": 1, "target": 3, "enabled": True, "innovation": 20}
BROKEN = [
    (("format",), "wann-network/3", "expected format 'wann-network/1', got 'wann-network/3': upd"),
    (("format",), "onnx", "expected format 'wann-network/1', got 'onnx'$"),
    (("format",), 1, "the file: expected 'format' to be str, got int"),
    (("format",), ..., "the file: expected 'format', but it is missing"),
    (("task",), ..., "the file: expected 'task', but it is missing"),
    (("task",), None, "expected 'task' to be str, got NoneType"),
    (("inputs",), [], "expected 'inputs' to be a list of one or more names, got \\[\\]"),
    (("inputs",), ["a", 2], "expected 'inputs' to be a list of one or more names"),
    (("inputs",), "ab", "expected 'inputs' to be list, got str"),
    (("inputs",), ["a"], "nodes: expected 1 of kind input with ids from 1 on, got ids \\[1, 2\\]"),
    (("inputs",), ["a", "b", "c"], "nodes: expected 3 of kind input with ids from 1 on"),
    (("outputs",), ["a", "b"], "nodes: expected 2 of kind output with ids from 3 on, got"),
    (("outputs",), [[]], "expected 'outputs' to be a list of one or more names"),
    (("nodes",), {}, "expected 'nodes' to be list, got dict"),
    (("nodes",), [], "nodes: expected 1 of kind bias with ids from 0 on, got ids \\[\\]"),
    (("nodes", 0), 5, "node 0: expected an object, got int"),
    (("nodes", 0, "id"), 1, "nodes: expected 1 of kind bias with ids from 0 on, got ids \\[1\\]"),
    (("nodes", 1, "id"), 2, "nodes: expected 2 of kind input with ids from 1 on, got ids \\[2, 2"),
    (("nodes", 3, "id"), 6.0, "node 3: expected 'id' to be int, got float"),
    (("nodes", 3, "id"), True, "node 3: expected 'id' to be int, got bool"),
    (("nodes", 3, "id"), "6", "node 3: expected 'id' to be int, got str"),
    (("nodes", 3, "id"), -1, "node 3: expected 'id' from 0 to 2\\*\\*31 - 1, got -1"),
    (("nodes", 3, "id"), 2**31, "node 3: expected 'id' from 0 to 2\\*\\*31 - 1, got 2147483648"),
    (("nodes", 3, "id"), 10**30, "node 3: expected 'id' from 0 to 2\\*\\*31 - 1, got 10000000"),
    (("nodes", 3, "id"), 4, "hidden nodes: an id stands twice"),
    (("nodes", 3, "id"), 2, "hidden node 2: ids below 4 belong to bias, inputs and outputs"),
    (("nodes", 3, "id"), 5, "connection 0 -> 6: node 6 does not exist"),
    (("nodes", 3, "kind"), "input", "nodes: expected 2 of kind input"),
    (("nodes", 3, "kind"), "neuron", "node 3: expected a kind of bias, input, hidden, output, got"),
    (("nodes", 3, "kind"), ..., "node 3: expected 'kind', but it is missing"),
    (("nodes", 3, "activation"), "swish", "unknown activation 'swish': expected one of linear, "),
    (("activations",), [], "the file: expected 'activations' to be dict, got list"),
    (("activations",), {"mine": 3}, "activations: expected 'mine' to be str, got int"),
    (("activations",), {"tanh": "x"}, "expected a name of your own for an activation"),
    (("activations",), {"mine": "__import__('os')"}, "activation mine: cannot take"),
    (("activations",), {"mine": "x+" * 10**5 + "x"}, "mine: expected at most 200 characters"),
    (("nodes", 3, "activation"), 4, "node 3: expected 'activation' to be str, got int"),
    (("nodes", 3, "activation"), ..., "node 3: expected 'activation', but it is missing"),
    (("nodes", 5, "activation"), "tanh", "node 5: outputs are linear, got 'tanh'"),
    (("nodes", 4), HIDDEN, "connection 1 -> 4: node 4 does not exist"),
    (("connections",), None, "expected 'connections' to be list, got NoneType"),
    (("connections", 1), [], "connection 1: expected an object, got list"),
    (("connections", 1, "source"), 99, "connection 99 -> 3: node 99 does not exist"),
    (("connections", 1, "target"), 99, "connection 4 -> 99: node 99 does not exist"),
    (("connections", 1, "source"), 3, "connection 3 -> 3: node 3 cannot be a source"),
    (("connections", 1, "target"), 2, "connection 4 -> 2: node 2 cannot be a target"),
    (("connections", 1, "target"), 6, "the connections form a cycle: "),
    (("connections", 1, "target"), 4, "the connections form a cycle: 4 -> back to the start"),
    (("connections", 1, "enabled"), 1, "connection 1: expected 'enabled' to be bool, got int"),
    (("connections", 1, "enabled"), ..., "connection 1: expected 'enabled', but it is missing"),
    (("connections", 1, "innovation"), 3, "connections: an innovation number stands twice"),
    (("connections", 1, "innovation"), 2**40, "connection 1: expected 'innovation' from 0 to"),
    (("connections", 1), {**GENE, "source": 2}, "connection 2 -> 3 stands twice"),
    (("weights",), 0.7, "weights: expected null, {\"shared\": number} or {\"individual\": \\[num"),
    (("weights",), {}, "weights: expected null, "),
    (("weights",), {"shared": 1.0, "individual": []}, "weights: expected null, "),
    (("weights",), {"shared": "1"}, "weights: shared: expected a number, got '1'"),
    (("weights",), {"shared": True}, "weights: shared: expected a number, got True"),
    (("weights",), {"shared": None}, "weights: shared: expected a number, got None"),
    (("weights",), {"shared": math.nan}, "weights: shared: expected a finite number, got nan"),
    (("weights",), {"shared": 10**400}, "weights: shared: expected a finite number, got 1000000"),
    (("weights",), {"individual": [1.0] * 5}, "weights: expected 4 individual weights, one for"),
    (("weights",), {"individual": 1.0}, "weights: expected 4 individual weights, .* got float"),
    (("weights", "individual", 2), "x", "weights: individual 2: expected a number, got 'x'"),
    (("weights", "individual", 2), math.inf, "weights: individual 2: expected a finite number"),
    (("action",), [], "action: expected an object, got list"),
    (("action", "kind"), "random", "action: expected kind discrete, continuous, binary"),
    (("action", "low"), ..., "action: low: expected a number, got None"),
    (("action", "high"), -2.0, "action: expected low < high, got -1.0 and -2.0"),
    (("action", "high"), [1.0] * 3, "action: high: expected . numbers, one for each output, got 3"),
    (("action", "low"), ["a"], "action: low: expected"),
    (("scores",), [], "the file: expected 'scores' to be dict, got list"),
    (("search",), 3, "the file: expected 'search' to be dict, got int"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), BROKEN)
def test_broken_files(path, value, message):
    with pytest.raises(ValueError, match=message):
        from_json(changed(path, value))


@pytest.mark.parametrize("value", [None, 3, "network", [], [{}]])
def test_files_that_hold_something_else(value):
    with pytest.raises(ValueError, match="the file: expected an object, got"):
        from_json(value)


@pytest.mark.parametrize("length", [0, 1, 40, 400, -3])
def test_files_cut_short(tmp_path, length):
    path = tmp_path / "network.json"
    model_of(GENOME).save(path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"network\.json: .*expected"):
        load(path)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_no_json(tmp_path, constant):
    path = tmp_path / "network.json"
    model_of(GENOME, weights=0.5).save(path)
    path.write_text(path.read_text().replace("0.5", constant))
    with pytest.raises(ValueError, match=f"expected JSON, but {constant} is not a number"):
        load(path)


def test_errors_name_the_file(tmp_path):
    path = tmp_path / "network.json"
    path.write_text(json.dumps(changed(("nodes", 3, "activation"), "swish")))
    with pytest.raises(ValueError, match=r"network\.json: unknown activation 'swish'"):
        load(path)
    with pytest.raises(FileNotFoundError, match="nothing: expected a network file or a run"):
        load(tmp_path / "nothing")
    with pytest.raises(FileNotFoundError, match="expected a run with a champion"):
        load(tmp_path)


def test_what_beginners_name_instead_of_a_run(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "champion.json").touch()
    such = rf"it is a folder of 2: name one, such as {re.escape(str(tmp_path / 'b'))}"
    with pytest.raises(FileNotFoundError, match=such):
        load(tmp_path)
    with pytest.raises(
        ValueError, match=r"metrics\.csv: is a part of a run; name its folder, .*b$"
    ):
        load(tmp_path / "b" / "metrics.csv")
