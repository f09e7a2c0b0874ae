import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import wann
from tests import exported, naive
from tests.export import test_c
from tests.genomes import genome
from tests.naive import images as naive_images
from wann.core.kernels import activations, vector_math
from wann.core.kernels.gradients.backward import backward
from wann.export import onnx, python

# At -2, -0.5, 0, 0.5 and 2.
BY_HAND = {
    "linear": [-2.0, -0.5, 0.0, 0.5, 2.0],
    "step": [0.0, 0.0, 0.0, 1.0, 1.0],
    "sin": [0.0, -1.0, 0.0, 1.0, 0.0],
    "gaussian": [0.1353352832, 0.8824969026, 1.0, 0.8824969026, 0.1353352832],
    "tanh": [-0.9640275801, -0.4621171573, 0.0, 0.4621171573, 0.9640275801],
    "sigmoid": [0.1192029220, 0.3775406688, 0.5, 0.6224593312, 0.8807970780],
    "inverse": [2.0, 0.5, 0.0, -0.5, -2.0],
    "abs": [2.0, 0.5, 0.0, 0.5, 2.0],
    "relu": [0.0, 0.0, 0.0, 0.5, 2.0],
    "cos": [1.0, 0.0, 1.0, 0.0, 1.0],
}
# Beyond the range of exp, and what float64 has at its ends.
FAR = [-math.inf, -1e308, -1000.0, -5e-324, -0.0, 5e-324, 1000.0, 1e308, math.inf, math.nan]


def test_names_are_those_of_the_paper_in_its_order():
    assert " ".join(activations.NAMES) == (
        "linear step sin gaussian tanh sigmoid inverse abs relu cos"
    )
    assert tuple(each.name for each in activations.TABLE) == activations.NAMES


@pytest.mark.parametrize("name", activations.NAMES)
def test_values_by_hand(name):
    values = [activations.activate(activations.index(name), x) for x in (-2.0, -0.5, 0.0, 0.5, 2.0)]
    np.testing.assert_allclose(values, BY_HAND[name], atol=1e-10)


@pytest.mark.parametrize("name", activations.NAMES)
def test_equals_the_plain_formula(name):
    xs = [*FAR, *np.random.default_rng(0).normal(0.0, 3.0, 200).tolist()]
    values = [activations.activate(activations.index(name), x) for x in xs]
    np.testing.assert_allclose(values, [naive.activate(name, x) for x in xs], rtol=1e-14)


def test_indices():
    assert activations.index("cos") == activations.COS == 9
    chosen = activations.indices(["tanh", "linear"])
    assert chosen.dtype == np.uint8
    assert chosen.tolist() == [4, 0]
    assert activations.indices(["mine", "linear"], ["other", "mine"]).tolist() == [11, 0]


def test_unknown_names():
    with pytest.raises(ValueError, match="unknown activation 'softmax': expected one of linear, "):
        activations.indices(["tanh", "softmax"])


# Each activation between the one input and an output of its own.
HIDDEN = [(12 + i, name) for i, name in enumerate(activations.NAMES)]
ALL = exported.model(
    genome(1, 10, HIDDEN, [(1, n) for n, _ in HIDDEN] + [(n, n - 10) for n, _ in HIDDEN]),
    weights=np.ones(20),
)
XS = np.linspace(-3.0, 3.0, vector_math.TILE)[
    :, None
]  # 0, where some have a jump or a kink, is not among them


def by_kernel(_):
    return [[activations.activate(i, x) for i in range(10)] for x in XS[:, 0]]


def by_rows(_):
    memory = np.repeat(XS.T.astype(np.float32), 10, axis=0)
    for i in range(10):
        vector_math.activate_rows(i, np.ones(1, np.float32), memory, i)
    return memory.T


def by_backward(_):
    values, _ = _backward()
    return values[2:12].T


def by_oracle(_):
    return [[naive.activate(name, x) for name in activations.NAMES] for x in XS[:, 0].tolist()]


def by_images_oracle(_):
    return np.hstack([naive_images.FORMULAS[name](XS) for name in activations.NAMES])


def by_jax(_):
    pytest.importorskip("jax")
    from tests.naive.jax_forward import forward_function

    return forward_function(ALL.network)(ALL.weights, XS.astype(np.float32))


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
    session = runtime.InferenceSession(onnx.graph(ALL).SerializeToString())
    return session.run(["outputs"], {"observation": XS.astype(np.float32)})[0]


def by_page(_):
    if not shutil.which("node"):
        pytest.skip("needs node")
    script = Path(wann.__file__).with_name("report") / "static" / "network.js"
    values = f"{json.dumps(activations.NAMES)}.map((name) => ACTIVATIONS[name](x))"
    code = f"{script.read_text()}; {json.dumps(XS[:, 0].tolist())}.map((x) => {values})"
    program = f"JSON.stringify(eval({json.dumps(code)}))"
    done = subprocess.run(["node", "-p", program], capture_output=True, check=True)
    return json.loads(done.stdout)


WAYS = (
    by_kernel,
    by_rows,
    by_backward,
    by_oracle,
    by_images_oracle,
    by_jax,
    by_python,
    by_c,
    by_onnx,
    by_page,
)


@pytest.mark.parametrize("way", WAYS)
def test_all_that_compute_activations_agree_with_the_table(way, tmp_path):
    expected = np.hstack([activation.value(XS) for activation in activations.TABLE])
    np.testing.assert_allclose(np.array(way(tmp_path)), expected, atol=3e-6)


def _backward():
    labels = np.arange(len(XS)) % 10
    return backward(ALL.network.graph, XS.T, labels, np.ones(1))


def slopes_of_backward():
    _, deltas = _backward()
    return (deltas[2:12] / deltas[12:]).T


def slopes_of_jax():
    jax = pytest.importorskip("jax")
    from tests.naive.jax_forward import forward_function

    forward = forward_function(ALL.network)
    slopes = jax.vmap(jax.jacrev(lambda x: forward(ALL.weights, x[None])[0]))
    return slopes(XS.astype(np.float32))[:, :, 0]


def slopes_by_differences():
    step = 1e-6
    columns = [
        (activation.value(XS + step) - activation.value(XS - step)) / (2 * step)
        for activation in activations.TABLE
    ]
    return np.hstack(columns)


@pytest.mark.parametrize("way", [slopes_of_backward, slopes_of_jax, slopes_by_differences])
def test_all_that_compute_derivatives_agree_with_the_table(way):
    expected = np.hstack([activation.slope(XS) for activation in activations.TABLE])
    np.testing.assert_allclose(np.array(way()), expected, atol=2e-5)
