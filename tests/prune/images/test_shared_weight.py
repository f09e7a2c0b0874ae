"""One weight for all connections of a mask."""

import numpy as np
import pytest

from wann.envs.classification import ClassificationTask
from wann.prune.images.experiment import Experiment
from wann.prune.images.outcome import Outcome
from wann.prune.images.settings import ImageSettings
from wann.prune.images.shared_weight import results
from wann.prune.networks.mlp import MLP, keep_all


@pytest.fixture
def found():
    """A network without hidden nodes that is right for every weight above 0."""
    X = np.eye(3, dtype=np.float32)[np.arange(60) % 3]
    task = ClassificationTask(X, np.arange(60) % 3, test=(X, np.arange(60) % 3))
    mlp = MLP((np.eye(3, dtype=np.float32),), (np.zeros(3, np.float32),))
    outcome = Outcome(mlp, keep_all(mlp), 0.0, 0, 0)
    rows = results(Experiment(ImageSettings(), task), "unsigned-shared", 0, 1, outcome, True)
    return {(r.arm, r.regime): r for r in rows}


def test_regime_a_is_the_mean_over_the_papers_weights(found):
    # Weights above 0 are right; below 0 the right output is the lowest, so all are wrong.
    six = found["unsigned-shared", "A"]
    assert (six.score, six.spread) == (0.5, 0.5)
    many = found["unsigned-shared-uniform", "A"]
    assert (many.score, many.spread) == (0.5, 0.5)
    assert found["unsigned-shared-ensemble", "A"].score == 1.0


def test_regime_b_holds_the_weight_that_validation_chose(found):
    tuned = found["unsigned-shared", "B"]
    assert tuned.score == tuned.outcome.validation == 1.0
    (w,) = tuned.outcome.mlp.weights
    assert w[0, 0] > 0
    np.testing.assert_array_equal(w, np.eye(3, dtype=np.float32) * w[0, 0])
    assert tuned.target
    assert not found["unsigned-shared", "A"].target
