"""Pruned weights that hold their first values: which, and that nobody trains them."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.prune.images import frozen
from wann.prune.images.experiment import Experiment
from wann.prune.images.iterative import results
from wann.prune.methods.registry import preset
from wann.prune.networks.mlp import MLP

MASK = np.array([[True, False], [False, False]])
FIRST = MLP((np.array([[0.5, -0.2], [0.3, 0.4]]),), (np.zeros(2),))
DENSE = MLP((np.array([[0.1, -0.6], [0.1, -0.5]]),), (np.zeros(2),))


def test_which_weights_are_not_0():
    assert frozen.held("frozen", (MASK,), FIRST, DENSE)[0].all()
    # -0.2 grew to -0.6, 0.3 fell to 0.1, 0.4 turned around and grew to -0.5; 0.5 survives.
    outward = frozen.held("frozen-outward", (MASK,), FIRST, DENSE)[0]
    assert outward.tolist() == [[True, True], [False, True]]


def test_survivors_stand_among_first_values():
    own = MLP((np.full((2, 2), 9.0),), (np.ones(2),))
    found = frozen.combined((MASK,), own, FIRST)
    assert found.weights[0].tolist() == [[9.0, -0.2], [0.3, 0.4]]
    assert found.biases[0].tolist() == [1, 1]


def test_only_survivors_are_trained():
    settings = replace(
        preset("one-shot-ticket", "digits"),
        hidden="6",
        steps=30,
        sparsity="0.5",
        arms="frozen,frozen-outward",
    )
    experiment = Experiment(settings, envs.make("digits"))
    found = {result.arm: result.outcome for result in results(experiment, 0) if result.level}
    first, ticket = experiment.initial(0), found["ticket"]
    assert all(mask.all() for mask in found["frozen"].masks)
    for arm in ("frozen", "frozen-outward"):
        for i, survives in enumerate(ticket.masks):
            rest = ~survives & found[arm].masks[i]
            assert np.array_equal(found[arm].mlp.weights[i][rest], first.weights[i][rest])
            assert not np.array_equal(
                found[arm].mlp.weights[i][survives], first.weights[i][survives]
            )
            assert not found[arm].mlp.weights[i][~survives & ~found[arm].masks[i]].any()


def test_something_has_to_be_trained():
    with pytest.raises(ValueError, match="--arms frozen: expected --retrain full, for nothing"):
        replace(preset("untrained-supermask", "digits"), arms="frozen")
