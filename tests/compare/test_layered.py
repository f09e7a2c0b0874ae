"""Networks of layers under noise: as the same network as a graph, and what only layers can be."""

import numpy as np
import pytest

from wann import envs
from wann.cli.noise import of_model
from wann.compare import robustness
from wann.compare.layered import Layered, Products, read
from wann.core import files
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.noise.disturbances import BITS, LEVELS
from wann.evaluation.noise.measure import NONE, Arena, points, summary
from wann.evaluation.pool import Pool
from wann.prune.networks.deploy import as_arrays
from wann.prune.networks.mlp import MLP, accuracy, drawn, masked
from wann.prune.networks.model import to_model
from wann.prune.run import PruneRun, Row

RNG = np.random.default_rng(0)
MLP_ = drawn([(64, 12), (12, 10)], RNG)
MASKS = tuple(RNG.random(shape) < 0.8 for shape in MLP_.shapes)
NETWORK = MLP(masked(MLP_, MASKS).weights, tuple(np.full_like(b, 0.1) for b in MLP_.biases))


@pytest.fixture(scope="module")
def arena():
    with Pool(ImageEvaluator(envs.make("digits"), 1000), 1) as pool:
        yield Arena(envs.make("digits"), pool, 10, 0)


def test_layers_score_as_the_same_graph(arena):
    ours = Layered(NETWORK, "relu", (0.0, 1.0))
    graph = of_model(arena, to_model(NETWORK, MASKS, arena.task))
    assert ours.connections == graph.connections == sum(map(np.count_nonzero, MASKS)) + 22
    kept = [(NONE, 0.0), *((BITS, level) for level in LEVELS[BITS])]
    means = [
        {key: mean for key, mean in means_of(arena, subject).items() if key in kept}
        for subject in (ours, graph)
    ]
    assert means[0] == pytest.approx(means[1], abs=1e-9)
    assert len(means[0]) == len(kept)
    products = Products(graph.network, graph.weights, graph.targets)
    assert means_of(arena, products) == pytest.approx(means_of(arena, graph), abs=1e-9)


def means_of(arena, subject):
    found = summary(list(points(arena, "it", "", subject)))
    return {(kind, level): mean for (_, kind, level), (mean, _, _) in found.items()}


def test_k_winners_are_read_from_the_run_that_saved_them(tmp_path, arena):
    settings = {"method": "k-winners", "env": "digits", "seed": 0}
    run = PruneRun.create(settings, tmp_path / "run")
    file = run.arrays("ticket", 0, 1)
    file.parent.mkdir()
    files.write_arrays(file, as_arrays(NETWORK, ("winners-4",), (0.25, 2.0)))
    row = Row("k-winners", "ticket", 0, 1, "C", 0.2, 700, 700, 22, 0.5, 0.5, None, 1, 1)
    run.write_rows([row])
    assert robustness.saved(run) == [row]
    network = robustness.network_of(arena, run, row)
    test = arena.task.report
    expected = accuracy(NETWORK, (test.X - np.float32(0.25)) / 2, test.y, ("winners-4",))
    weights = np.asarray(network.weights)[None]
    assert network.scores(arena, weights, arena.cases, False)[0] == pytest.approx(expected)
    assert network.scores(arena, 0 * weights, arena.cases, False)[0] == np.mean(test.y == 0)
    assert next(robustness.points_of(arena, run, "k")).score == pytest.approx(expected)


def test_damaged_arrays_end_in_a_line(tmp_path):
    arrays = as_arrays(NETWORK, "relu", (0.0, 1.0))
    files.write_arrays(tmp_path / "a.npz", {k: v for k, v in arrays.items() if k != "shift"})
    with pytest.raises(ValueError, match=r"a\.npz: expected the arrays of a network, but it is d"):
        read(tmp_path / "a.npz")
