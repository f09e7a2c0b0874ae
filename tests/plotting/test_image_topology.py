import io

import numpy as np
import pytest
from matplotlib.colors import to_hex

from tests.genomes import genome, grown
from wann.core import structure
from wann.core.network import express
from wann.plotting import image_topology, style, topology

NAMES = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
CLASSES = [str(digit) for digit in range(10)]


@pytest.mark.parametrize(
    ("names", "side"),
    [
        (NAMES, 8),
        ([f"p{i}" for i in range(256)], 16),
        ([f"pixel {i}" for i in range(784)], 28),
        (NAMES[:-1], None),  # no square
        (NAMES[:49], None),  # too small: sensors
        ([*NAMES[:-1], "angle"], None),
        (["x", "x_dot", "theta", "theta_dot"], None),
    ],
)
def test_pixels_are_known_by_their_number_and_names(names, side):
    assert image_topology.side_of(names) == side


def small():
    """Pixel 1 (row 0, column 0) feeds a tanh and an output; pixel 64 (row 7, column 7) the tanh."""
    return express(genome(64, 2, [(67, "tanh")], [(1, 67), (64, 67), (67, 65), (1, 65), (0, 66)]))


def test_use_counts_the_connections_of_each_pixel():
    expected = np.zeros((8, 8), int)
    expected[0, 0], expected[7, 7] = 2, 1
    np.testing.assert_array_equal(image_topology.use(small(), 8), expected)


def test_a_pixels_share_is_split_evenly_at_every_node():
    expected = np.zeros((2, 8, 8))
    expected[0, 0, 0] = 1 / 2 + 1 / 2 * 1 / 2
    expected[0, 7, 7] = 1 / 2 * 1 / 2
    np.testing.assert_allclose(image_topology.shares(small(), 8), expected)


def test_all_shares_together_are_one():
    network = express(grown(3, 200, 64, 10, probability=0.2))
    nodes = len(network.ids)
    whole = image_topology.shares(network, 8).sum(axis=(1, 2))
    assert nodes > 80
    assert (whole <= 1 + 1e-12).all()
    assert whole.max() > 0.8  # the rest is the bias, and nodes without sources


@pytest.mark.parametrize("seed", range(5))
def test_connections_lead_from_left_to_right_and_nodes_keep_apart(seed):
    network = express(grown(seed, 300, 64, 10, probability=0.2))
    x, y = image_topology.place(network, 8)
    targets = np.repeat(np.arange(len(x)), np.diff(network.offsets))
    assert (x[network.sources] < x[targets]).all()
    hidden = structure.hidden_nodes(network)
    places = np.column_stack((x, y))[hidden.start :]
    distances = np.abs(places[:, None] - places).max(axis=2)
    assert distances[~np.eye(len(places), dtype=bool)].min() > image_topology.DOT / 2
    assert np.abs(y).max() <= image_topology.HEIGHT / 2


def figure_of(network, **options):
    return topology.draw(network, NAMES, CLASSES[: network.outputs], **options)


def test_the_figure_shows_use_shares_and_names():
    network = express(grown(1, 150, 64, 10, probability=0.2))
    figure = figure_of(network)
    axes = figure.axes[0]
    grid, *maps = [inset for inset in axes.child_axes if inset.images]
    np.testing.assert_array_equal(grid.images[0].get_array(), image_topology.use(network, 8))
    drawn = np.array([one.images[0].get_array() for one in maps])
    np.testing.assert_allclose(drawn, image_topology.shares(network, 8))
    assert {*CLASSES, "bias"} <= {text.get_text() for text in axes.texts}
    names = [text.get_text().split(":")[0] for text in axes.get_legend().get_texts()]
    assert names == structure.activations_of(network)
    assert len(axes.collections[0].get_paths()) == network.complexity


def test_weights_and_what_is_new_are_shown():
    network = small()
    weights = np.array([1.0, -2.0, 1.0, -1.0, 2.0])
    lines = figure_of(network, weights=weights).axes[0].collections[0]
    strengths = network.strengths(weights)[0]
    colours = [style.BLUE if w > 0 else style.VERMILION for w in strengths]
    assert [to_hex(colour) for colour in lines.get_edgecolor()] == colours
    before = express(genome(64, 2, [], [(1, 65), (0, 66)]))
    lines = figure_of(network, before=before).axes[0].collections[0]
    assert (np.array(lines.get_linewidth()) > 1).tolist() == structure.new_since(network, before)


def test_networks_without_hidden_nodes_or_connections():
    for connections in ([], [(5, 65)]):
        figure = figure_of(express(genome(64, 1, [], connections)))
        style.save(figure, io.BytesIO(), "svg")
