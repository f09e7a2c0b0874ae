import numpy as np
import pytest

from tests.genomes import genome
from wann.envs.tables.regression import RegressionTask
from wann.storage.model import Model
from wann.visualize import predictions


@pytest.mark.parametrize("weights", [None, -2.0, np.array([0.7, -0.2])])
def test_what_follows_exactly_lies_on_the_line(weights):
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.stack([3 * X[:, 0] - 5, X[:, 1] * X[:, 0]], axis=1)
    task = RegressionTask(X, y, outputs=("exact", "other"))
    genes = genome(2, 2, [], [(1, 3), (2, 4)])
    model = Model(genes, task.name, task.inputs, task.outputs, task.action, weights)
    drawn = predictions.figure(model, task)
    exact, other = drawn.axes
    points = exact.lines[1]
    np.testing.assert_allclose(points.get_xdata(), task.validation.y[:, 0])
    np.testing.assert_allclose(points.get_ydata(), task.validation.y[:, 0], rtol=1e-5)
    assert exact.get_title().startswith("R² 1.000")
    assert not other.get_title().startswith("R² 1.000")
    assert exact.get_xlabel() == "exact, 6 validation rows"
