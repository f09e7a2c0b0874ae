"""One layer at a time is reset."""

from dataclasses import replace

import numpy as np

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.methods.layer_reset import results
from wann.prune.methods.registry import preset


def test_one_layer_changes_and_the_others_stay():
    settings = replace(preset("layer-reset", "digits"), hidden="12,8", steps=300)
    experiment = Experiment(settings, envs.make("digits"))
    dense, *others = results(experiment, 0)
    assert [r.arm for r in others] == [
        f"layer-{layer}-{kind}" for kind in ("initial", "fresh") for layer in (1, 2, 3)
    ]
    initial = experiment.initial(0)
    for i, result in enumerate(others):
        for layer, w in enumerate(result.outcome.mlp.weights):
            same = np.array_equal(w, dense.outcome.mlp.weights[layer])
            assert same == (layer != i % 3)
        first = np.array_equal(result.outcome.mlp.weights[i % 3], initial.weights[i % 3])
        assert first == (i < 3)
        assert (result.outcome.mlp.biases[i % 3] == 0).all()
        assert result.score < dense.score
