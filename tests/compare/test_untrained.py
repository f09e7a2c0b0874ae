import dataclasses

import numpy as np
import pytest
from sklearn.datasets import load_iris

from tests.genomes import genome
from wann import envs
from wann.compare import untrained
from wann.core.config import preset
from wann.core.network import express
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask
from wann.evaluation import protocol
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.storage.model import Model

# Both push to the side the pole falls to: with w > 0 upright, with w < 0 never.
PAIRS = [(3, 6), (4, 6)]
CARTPOLE = dataclasses.replace(envs.make("cartpole"), episode_limit=50)


def model(connections, **more):
    task = CARTPOLE
    found = genome(4, 2, (), connections)
    return Model(found, task.name, task.inputs, task.outputs, task.action, **more)


def by_condition(scores):
    return {(score.regime, score.condition): score for score in scores}


def test_control_by_hand():
    network = express(genome(4, 2, (), PAIRS))
    with Pool(ControlEvaluator(CARTPOLE), 1) as pool:
        found = by_condition(untrained.scores(pool, network, None, 20, 0))
        cases = pool.evaluator.report(generator(0, Stream.SWEEP), 20)
        six = pool.scores([network], np.array([-2.0, -1, -0.5, 0.5, 1, 2]), cases)[0].mean(axis=1)
    assert set(found) == {("A", "random shared"), ("A", "six shared"), ("B", "best shared")}
    assert found["A", "six shared"].score == pytest.approx(six.mean())
    assert found["A", "six shared"].spread == pytest.approx(six.std(ddof=1))
    assert found["B", "best shared"].score == pytest.approx(six[-1])
    assert found["B", "best shared"].spread is None
    # The sign of a weight is all that counts here.
    above = (protocol.random_shared(0) > 0).mean()
    expected = (1 - above) * six[0] + above * six[-1]
    assert found["A", "random shared"].score == pytest.approx(expected)


def test_signs_turn_connections_around():
    upside_down = express(genome(4, 2, (), [(3, 5), (4, 6)]))
    right = express(genome(4, 2, (), PAIRS))
    signs = np.array([-1.0, 1.0])
    with Pool(ControlEvaluator(CARTPOLE), 1) as pool:
        a = untrained.scores(pool, upside_down, signs, 10, 0)
        b = untrained.scores(pool, upside_down, None, 10, 0)
        c = untrained.scores(pool, right, np.ones(2), 10, 0)
        d = untrained.scores(pool, right, None, 10, 0)
        cases = pool.evaluator.report(generator(0, Stream.SWEEP), 10)
        above = pool.scores([right], np.array([0.5, 1, 2]), cases)[0].mean()
    assert a != b
    # With signs of their own only weights above 0 are drawn; what is chosen may have any sign.
    signed, plain = by_condition(c), by_condition(d)
    assert signed["B", "best shared"] == plain["B", "best shared"]
    assert signed["A", "six shared"].score == pytest.approx(above)
    assert signed["A", "random shared"].score == pytest.approx(above)  # the size changes nothing
    assert plain["A", "random shared"].score < above


def test_images_have_an_ensemble():
    X, y = load_iris(return_X_y=True)
    task = ClassificationTask(X, y)
    network = express(genome(4, 3, (), [(i, o) for i in range(1, 5) for o in (5, 6, 7) if i != o]))
    with Pool(evaluator_for(task, preset("digits")), 1) as pool:
        found = by_condition(untrained.scores(pool, network, None, 1, 0))
        ones = np.ones(network.enabled)
        signed, other = (
            by_condition(untrained.scores(pool, network, signs, 1, 0)) for signs in (ones, -ones)
        )
    assert ("A", "ensemble, mean softmax") in found
    assert ("A", "ensemble, majority vote") in found
    # The weights of the six are symmetric around 0: their mean is that of both halves.
    six = ("A", "six shared")
    assert (signed[six].score + other[six].score) / 2 == pytest.approx(found[six].score)
    # What is chosen may have any sign, so a common one changes nothing.
    best = ("B", "best shared")
    for each in (signed, other):
        assert each[best].score == pytest.approx(found[best].score, abs=0.01)


def test_signs_from_the_file_or_from_the_weights():
    weights = np.array([0.5, -2.0])
    assert untrained.initial_signs(model(PAIRS, weights=weights)).tolist() == [1, -1]
    other = model(PAIRS, weights=weights, search={"initial_signs": "-0"})
    assert untrained.initial_signs(other).tolist() == [-1, 0]
    for search in ({"initial_signs": "+"}, {"initial_signs": "+x"}, {"initial_signs": 3}):
        with pytest.raises(ValueError, match=r"expected initial_signs, 2 characters of \+ - 0"):
            untrained.initial_signs(model(PAIRS, search=search))
    with pytest.raises(ValueError, match="or individual weights"):
        untrained.initial_signs(model(PAIRS))


def test_connections_of_sign_0_are_left_out():
    given = model([(0, 5), (3, 6), (1, 6, False), (4, 6)])
    bare, signs = untrained.without_zeros(given, np.array([0.0, -1.0, 1.0]))
    assert signs.tolist() == [-1, 1]
    assert bare.genome.connections["source"].tolist() == [3, 4]
