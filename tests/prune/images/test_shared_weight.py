"""One weight for all connections of a mask."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from wann.compare import untrained
from wann.core.config import preset
from wann.envs.classification import ClassificationTask
from wann.evaluation import protocol
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.prune.images.experiment import Experiment
from wann.prune.images.outcome import Outcome
from wann.prune.images.settings import ImageSettings
from wann.prune.images.shared_weight import results
from wann.prune.networks import mlp as mlps
from wann.prune.networks.mlp import MLP, keep_all
from wann.prune.networks.model import to_model


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
    assert (six.score, six.spread) == (0.5, pytest.approx(np.sqrt(0.3)))
    many = found["unsigned-shared-uniform", "A"]
    above = protocol.random_shared(0) > 0
    assert (many.score, many.spread) == pytest.approx((above.mean(), above.std(ddof=1)))
    assert found["unsigned-shared-ensemble", "A"].score == 1.0


def test_regime_b_holds_the_weight_that_validation_chose(found):
    tuned = found["unsigned-shared", "B"]
    assert tuned.score == tuned.outcome.validation == 1.0
    (w,) = tuned.outcome.mlp.weights
    assert w[0, 0] > 0
    np.testing.assert_array_equal(w, np.eye(3, dtype=np.float32) * w[0, 0])
    assert tuned.target
    assert not found["unsigned-shared", "A"].target


def test_a_mask_scores_as_the_same_network_does_in_a_comparison():
    X, y = load_iris(return_X_y=True)
    task = ClassificationTask(X, y, test=(X[::3], y[::3]))
    mlp = mlps.glorot_normal((4, 6, 3), np.random.default_rng(0))
    mlp = MLP(tuple(np.sign(w) for w in mlp.weights), mlp.biases)
    rng = np.random.default_rng(1)
    masks = tuple(rng.random(w.shape) < 0.7 for w in mlp.weights)
    outcome = Outcome(mlps.masked(mlp, masks), masks, 0.0, 0, 0)
    rows = results(Experiment(ImageSettings(), task), "signed-shared", 3, 1, outcome, True, True)
    pruned = {(r.arm.removeprefix("signed-shared"), r.regime): (r.score, r.spread) for r in rows}
    model = to_model(outcome.mlp, masks, task)
    with Pool(evaluator_for(task, preset("digits")), 1) as pool:
        found = untrained.scores(pool, model.network, model.weights, 1, 0)
    compared = {(s.condition, s.regime): (s.score, s.spread) for s in found}
    for ending, condition, regime in (
        ("", "six shared", "A"),
        ("-uniform", "random shared", "A"),
        ("-ensemble", "ensemble, mean softmax", "A"),
        ("", "best shared", "B"),
    ):
        assert pruned[ending, regime] == compared[condition, regime]
    assert 0 < pruned["-uniform", "A"][1] < 1
