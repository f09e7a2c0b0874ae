"""Shapes of LeNet-5; what of it is left where channels go."""

import numpy as np
import pytest

from wann.prune.images.outcome import Outcome, from_arrays, to_arrays
from wann.prune.masks.effective import effective, reached, reaching
from wann.prune.masks.selection import kept, of_nodes
from wann.prune.networks.architecture import Architecture
from wann.prune.networks.deploy import deployed, restored
from wann.prune.networks.mlp import MLP, forward, masked

SMALL = Architecture((64, 4, 6, 8, 3), "lenet5")
RNG = np.random.default_rng(1)


def test_the_shapes_are_those_of_the_literature():
    lenet = Architecture((784, 20, 50, 500, 10), "lenet5")
    assert lenet.shapes == [(25, 20), (500, 50), (800, 500), (500, 10)]
    assert lenet.total == 430_500
    assert lenet.multiply_adds == 2_293_000
    assert SMALL.shapes == [(9, 4), (36, 6), (6, 8), (8, 3)]
    assert Architecture((256, 4, 6, 8, 3), "lenet5").shapes == [(25, 4), (100, 6), (6, 8), (8, 3)]
    assert Architecture((7, 5, 3)).shapes == [(7, 5), (5, 3)]


@pytest.mark.parametrize("pixels", [49, 60, 16])
def test_images_have_to_be_square_and_large_enough(pixels):
    with pytest.raises(ValueError, match="square images of at least 8 x 8 pixels, got"):
        Architecture((pixels, 4, 6, 8, 3), "lenet5").shapes  # noqa: B018


def test_k_winners_are_a_share_of_each_layer():
    assert Architecture((64, 100, 50, 10), winners=0.3).activation == ("winners-30", "winners-15")
    assert Architecture((64, 2, 10), winners=0.1).activation == ("winners-1",)


def channels(masks):
    """Whether each weight has an effect, by sending ones through all paths."""
    found = []
    for layer, mask in enumerate(masks):
        alive = np.zeros_like(mask)
        for row, column in zip(*np.nonzero(mask), strict=True):
            only = [m.astype(int) for m in masks]
            only[layer] = np.zeros_like(only[layer])
            only[layer][row, column] = 1
            flow = np.ones(len(masks[0]), int)
            for m in only:
                flow = np.repeat(flow, len(m) // len(flow)) @ m
            alive[row, column] = flow.any()
        found.append(alive)
    return found


def test_what_has_an_effect_in_channels():
    for share in (0.7, 0.9):
        masks = tuple(RNG.random(shape) > share for shape in SMALL.shapes)
        for ours, naive in zip(effective(masks), channels(masks), strict=True):
            np.testing.assert_array_equal(ours, naive)
    assert [len(nodes) for nodes in reached(masks)] == [9, 4, 6, 8, 3]
    assert [len(nodes) for nodes in reaching(masks)] == [9, 4, 6, 8, 3]


def test_channels_that_are_gone_are_not_there():
    mlp = SMALL.initial(RNG)
    mlp = MLP(mlp.weights, tuple(RNG.standard_normal(len(b)).astype("f4") for b in mlp.biases))
    keep = [np.arange(4) < 2, np.arange(6) % 2 == 0, np.arange(8) < 5]
    masks = of_nodes(keep, mlp.shapes)
    assert kept(masks) == 9 * 2 + 18 * 3 + 3 * 5 + 5 * 3
    outcome = Outcome(masked(mlp, masks), masks, 0.0, 0, 0, SMALL.activation)
    small, names = restored(deployed(outcome, (0.0, 1.0)))
    assert small.shapes == [(9, 2), (18, 3), (3, 5), (5, 3)]
    # Biases of channels that no input reaches go on: here all are gone with their weights, and
    # their constants have to be in what is left.
    x = RNG.random((20, 64)).astype(np.float32)
    expected = forward(masked(mlp, masks), x, SMALL.activation)
    np.testing.assert_allclose(forward(small, x, names), expected, rtol=1e-4, atol=1e-5)


def test_an_outcome_is_kept_with_what_its_layers_do():
    mlp = SMALL.initial(RNG)
    masks = tuple(RNG.random(shape) > 0.5 for shape in SMALL.shapes)
    outcome = Outcome(masked(mlp, masks), masks, 0.5, 3, 4, SMALL.activation)
    back = from_arrays(to_arrays(outcome))
    assert back.activation == SMALL.activation
    for ours, theirs in zip(back.mlp.weights, outcome.mlp.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
