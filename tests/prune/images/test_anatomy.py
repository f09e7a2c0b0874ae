"""What winning tickets look like."""

import io
from dataclasses import asdict, replace

import numpy as np
import pytest

from wann import envs
from wann.compare import anatomy_figure
from wann.plotting import style
from wann.prune.images.anatomy import anatomy
from wann.prune.images.experiment import Experiment
from wann.prune.images.iterative import results
from wann.prune.images.rewinding import Past, bimodal
from wann.prune.masks.effective import effective
from wann.prune.masks.selection import kept
from wann.prune.methods.registry import preset
from wann.prune.networks.mlp import glorot_normal
from wann.prune.run import PruneRun

SETTINGS = replace(
    preset("lottery-ticket", "digits"),
    hidden="12",
    steps=60,
    sparsity="0.7",
    rate=0.5,
    arms="bimodal,bimodal-dense",
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    run = PruneRun.create(asdict(SETTINGS), tmp_path_factory.mktemp("x") / "run")
    experiment = Experiment(SETTINGS, envs.make("digits"), run=run)
    rows = {(r.arm, r.level): r for r in results(experiment, 0)}
    run.write_rows(experiment.row(r) for r in rows.values())
    return experiment, run, rows


def test_the_layers_are_those_of_the_sparsest_ticket(found):
    experiment, run, rows = found
    layers = anatomy(run, experiment.task)
    last = max(level for _, level in rows)
    initial = experiment.initial(0)
    alive = effective(rows["ticket", last].outcome.masks)
    for i, layer in enumerate(layers):
        np.testing.assert_array_equal(layer.initial, initial.weights[i])
        moved = rows["ticket", 0].outcome.mlp.weights[i] - initial.weights[i]
        np.testing.assert_array_equal(layer.moved, abs(moved))
        np.testing.assert_array_equal(layer.mask, alive[i])
        assert layer.share == alive[i].mean()
    figure = anatomy_figure.anatomy(layers)
    style.save(figure, io.BytesIO(), "png")
    titles = [axes.get_title("left") for axes in figure.axes]
    assert titles[:2] == [
        f"layer {i + 1}: {layer.share:.1%} kept" for i, layer in enumerate(layers)
    ]
    (picture,) = (axes for axes in figure.axes if axes.images)
    np.testing.assert_array_equal(
        picture.images[0].get_array(), layers[0].mask.sum(axis=1).reshape(8, 8)
    )
    bars = [bar.get_height() for bar in figure.axes[3].patches]
    assert bars == pytest.approx([100 * layer.share for layer in layers])


def test_a_run_without_a_ticket_has_none(found, tmp_path):
    experiment, _, rows = found
    run = PruneRun.create(asdict(SETTINGS), tmp_path / "run")
    assert anatomy(run, experiment.task) == []
    run.write_rows([experiment.row(rows["ticket", 0])])
    assert anatomy(run, experiment.task) == []


def test_bimodal_weights_are_first_values_of_survivors():
    first = glorot_normal((20, 10, 3), np.random.default_rng(0))
    masks = tuple(abs(w) > np.quantile(abs(w), 0.8) for w in first.weights)
    drawn = bimodal(Past(first, first, first, masks), np.random.default_rng(1))
    for w, values, mask in zip(first.weights, drawn.weights, masks, strict=True):
        assert set(values.ravel().tolist()) <= set(w[mask].tolist())
        assert values.shape == w.shape
    nothing = tuple(np.zeros(w.shape, bool) for w in first.weights)
    drawn = bimodal(Past(first, first, first, nothing), np.random.default_rng(1))
    assert not any(w.any() for w in drawn.weights)


def test_a_bimodal_dense_network_keeps_everything(found):
    _, _, rows = found
    last = max(level for _, level in rows)
    assert kept(rows["bimodal-dense", last].outcome.masks) == 888
    assert kept(rows["bimodal", last].outcome.masks) == kept(rows["ticket", last].outcome.masks)
    assert rows["bimodal", last].outcome.samples == rows["ticket", last].outcome.samples
