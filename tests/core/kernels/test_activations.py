import math

import numpy as np
import pytest

from tests import naive
from wann.core.kernels import activations

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


def test_unknown_names():
    with pytest.raises(ValueError, match="unknown activation 'softmax': expected one of linear, "):
        activations.indices(["tanh", "softmax"])
