"""One layer at a time is pruned."""

from dataclasses import replace

import numpy as np

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.methods.registry import preset
from wann.prune.methods.sensitivity import results


def test_one_layer_loses_its_smallest_weights_and_the_others_stay():
    settings = replace(preset("sensitivity", "digits"), hidden="12", steps=60, sparsity="0.5,0.9")
    experiment = Experiment(settings, envs.make("digits"))
    dense, *others = results(experiment, 0)
    assert [(r.arm, r.level) for r in others] == [
        ("layer-1", 1),
        ("layer-1", 2),
        ("layer-2", 1),
        ("layer-2", 2),
    ]
    for result in others:
        layer = int(result.arm[-1]) - 1
        for i, (w, whole, mask) in enumerate(
            zip(
                result.outcome.mlp.weights,
                dense.outcome.mlp.weights,
                result.outcome.masks,
                strict=True,
            )
        ):
            if i != layer:
                np.testing.assert_array_equal(w, whole)
                continue
            count = whole.size - round((0.5, 0.9)[result.level - 1] * whole.size)
            assert mask.sum() == count
            assert abs(whole[mask]).min() >= abs(whole[~mask]).max()
            assert (w[~mask] == 0).all()
        assert result.outcome.samples == dense.outcome.samples
