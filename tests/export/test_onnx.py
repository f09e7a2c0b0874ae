import json
import sys
import time

import numpy as np
import onnx
import onnxruntime
import pytest

from tests import exported
from tests.exported import model
from tests.genomes import genome
from wann.export import onnx as export_onnx

WEIGHT = 0.9


def session(found, double=False):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    data = export_onnx.graph(found, double).SerializeToString()
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run(found, x, weight=None, double=False):
    """Outputs and actions by onnxruntime."""
    precision = np.float64 if double else np.float32
    feed = {"observation": x.astype(precision)}
    if found.weights is None:
        feed["weight"] = np.array([weight], precision)
    return session(found, double).run(["outputs", "action"], feed)


def test_random_networks():
    compared = 0
    for i, found in enumerate(exported.grown_models()):
        x = exported.inputs(found, i)
        weight = WEIGHT if found.weights is None else None
        expected = found.forward(x, weight)
        outputs, action = run(found, x, weight, double=True)
        np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(action, exported.action(found, outputs))
        outputs, action = run(found, x, weight)
        rows = exported.steady(found, x, weight)
        compared += rows.sum()
        np.testing.assert_allclose(outputs[rows], expected[rows], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(action, exported.action(found, outputs))
    assert compared > 0.9 * 50 * 1000


@pytest.mark.parametrize("found", exported.odd_models())
def test_odd_networks(found):
    x = exported.inputs(found, count=20)
    weight = WEIGHT if found.weights is None else None
    outputs, action = run(found, x, weight)
    np.testing.assert_allclose(outputs, found.forward(x, weight), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(action, exported.action(found, outputs))


def test_batches_of_any_size():
    found = exported.grown_models()[0]
    opened = session(found)
    x = exported.inputs(found, count=32).astype(np.float32)
    weight = np.array([WEIGHT], np.float32)
    whole, _ = opened.run(None, {"observation": x, "weight": weight})
    for size in (1, 3):
        part, _ = opened.run(None, {"observation": x[:size], "weight": weight})
        np.testing.assert_allclose(part, whole[:size], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("weights", "inputs"),
    [
        (None, ["observation", "weight"]),
        (0.7, ["observation"]),
        (np.array([2.0]), ["observation"]),
    ],
)
def test_inputs_and_outputs(weights, inputs):
    found = model(genome(3, 2, connections=[(1, 4)]), weights)
    opened = session(found)
    assert [(x.name, x.shape) for x in opened.get_inputs()] == list(
        zip(inputs, (["batch", 3], [1]), strict=False)
    )
    assert [(y.name, y.shape, y.type) for y in opened.get_outputs()] == [
        ("outputs", ["batch", 2], "tensor(float)"),
        ("action", ["batch"], "tensor(int64)"),
    ]


def test_the_first_output_wins_a_tie():
    found = model(genome(1, 3, connections=[(1, 3), (1, 4)]))
    _, action = run(found, np.array([[1.0], [-1.0], [0.0]]), WEIGHT)
    assert action.tolist() == [1, 0, 0]


def test_a_continuous_action_is_clipped():
    found = model(genome(1, 1, connections=[(1, 2)]), 1.0, exported.CONTINUOUS)
    outputs, action = run(found, np.array([[-2.0], [0.125], [2.0]]))
    assert outputs.tolist() == [[-2.0], [0.125], [2.0]]
    assert action.tolist() == [[-0.5], [0.125], [0.25]]


def test_metadata():
    found = exported.hostile_model()
    metadata = session(found).get_modelmeta().custom_metadata_map
    assert metadata["task"] == found.task
    assert json.loads(metadata["inputs"]) == list(found.inputs)
    assert json.loads(metadata["outputs"]) == list(found.outputs)
    assert json.loads(metadata["action"]) == {"kind": "discrete"}
    assert json.loads(metadata["search"]) == found.search
    assert metadata["wann"] == "0.1.0"


def test_a_network_for_images_is_small_and_made_in_seconds():
    """2,000 connections of 256 inputs, 400 hidden nodes and 10 outputs."""
    rng = np.random.default_rng(0)
    hidden = [(267 + i, "tanh") for i in range(400)]
    places = np.array([*range(257), *range(267, 667)])
    pairs = {}
    while len(pairs) < 2000:
        target = rng.integers(257, 657) if rng.random() < 0.8 else 657
        source = int(places[rng.integers(target)])
        pairs[source, int(places[target] if target < 657 else rng.integers(257, 267))] = None
    found = model(genome(256, 10, hidden, pairs))
    started = time.monotonic()
    graph = export_onnx.graph(found)
    assert time.monotonic() - started < 5
    assert graph.ByteSize() < 1_000_000
    assert len(graph.graph.node) < 1000
    x = exported.inputs(found, count=100)
    outputs, _ = run(found, x, 0.1)
    np.testing.assert_allclose(outputs, found.forward(x, 0.1), rtol=1e-5, atol=1e-5)


def test_a_weight_too_large_for_single_precision():
    found = model(genome(1, 1, connections=[(1, 2)]), np.array([1e300]))
    with pytest.raises(ValueError, match=r"1e\+300 is too large for single precision"):
        export_onnx.graph(found)
    outputs, _ = run(found, np.array([[2.0]]), double=True)
    assert outputs == 2e300


def test_without_onnx(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ValueError, match=r"pip install 'wann\[onnx\]'"):
        export_onnx.graph(exported.grown_models()[0])


def test_the_graph_is_valid():
    graph = export_onnx.graph(exported.grown_models()[0])
    onnx.checker.check_model(graph, full_check=True)
    assert graph.producer_name == "wann"
    assert [(entry.domain, entry.version) for entry in graph.opset_import] == [("", 17)]


def test_more_factors_than_a_file_holds(monkeypatch):
    monkeypatch.setattr(export_onnx, "MOST", 3)
    with pytest.raises(ValueError, match="of this network has more than 3 factors, as its layers"):
        export_onnx.graph(exported.hostile_model())
