"""Sparse ternary networks on digits."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.core.network import express
from wann.prune.images.experiment import Experiment
from wann.prune.images.saving import save_network
from wann.prune.images.settings import ImageSettings
from wann.prune.methods.registry import preset
from wann.prune.methods.ternary import count_at, results
from wann.prune.run import PruneRun
from wann.storage.load import load

SETTINGS = replace(
    preset("ternary", "digits"), hidden="20", sparsity="0.7,0.85", steps=900, batch=60
)
TIES = 0.003  # at most one of the 360 images


def test_a_topology_that_is_as_good_with_any_weight(tmp_path):
    task = envs.make("digits")
    experiment = Experiment(SETTINGS, task, run=PruneRun.create(vars(SETTINGS), tmp_path / "run"))
    found = list(results(experiment, 0))
    assert [(r.arm, r.level, r.regime, r.target) for r in found] == [
        ("ticket", 1, "A", True),
        ("ticket-uniform", 1, "A", False),
        ("ticket", 2, "A", True),
        ("ticket-uniform", 2, "A", False),
    ]
    for six, many, share in zip(found[::2], found[1::2], (0.3, 0.15), strict=True):
        # Pixels are sixteenths, so that classes may tie; rounding then decides, with each weight
        # in its way.
        assert six.score == pytest.approx(many.score, abs=TIES)
        assert six.score > 0.7  # by chance 0.1
        assert max(six.spread, many.spread) < TIES
        row = experiment.row(six)
        assert row.kept == round(share * 20 * (64 + 10))
        assert row.samples == 900 * 60
        assert row.multiply_adds == 3 * 900 * 60 * 20 * (64 + 10)
        save_network(experiment, six)
        model = load(tmp_path / "run" / "networks" / f"ticket-s0-l{six.level}.json")
        assert model.network.complexity == row.connections > row.kept
        for weight in (-2, 0.01, 1.3):
            classes = model.forward(task.report.X, weight).argmax(axis=1)
            assert (classes == task.report.y).mean() == pytest.approx(six.score, abs=TIES)
    again = list(results(replace(experiment, run=None), 0))
    assert [r.score for r in again] == [r.score for r in found]
    assert express(again[0].topology).complexity == experiment.row(found[0]).connections


def test_the_weights_get_fewer_over_the_first_part():
    counts = [count_at(share, 1000, 100) for share in np.linspace(0, 1, 101)]
    assert counts[0] == 1000
    assert counts[30] == 100 + round(900 * 0.5**3)
    assert counts == sorted(counts, reverse=True)
    assert set(counts[60:]) == {100}


def test_there_is_one_hidden_layer():
    with pytest.raises(ValueError, match="--hidden: expected one hidden layer, such as 90"):
        ImageSettings(method="ternary", hidden="100,50")
