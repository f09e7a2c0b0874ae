"""A ticket that is taken away: mask and initial weights, and the documented example."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import wann
from tests.genomes import genome
from wann import envs
from wann.export import __main__ as export
from wann.export import ticket
from wann.prune import __main__ as prune
from wann.prune.networks import policy
from wann.prune.networks.mlp import MLP, glorot_normal
from wann.prune.networks.model import to_model
from wann.storage.model import Model

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "export.md"


def test_the_arrays_are_the_mask_and_the_first_weights():
    task = envs.make("digits")
    rng = np.random.default_rng(0)
    first = glorot_normal((64, 6, 5, 10), rng)
    masks = tuple(rng.random(w.shape) < 0.8 for w in first.weights)  # nothing is dead
    trained = MLP(tuple(w + 1 for w in first.weights), tuple(b + 1 for b in first.biases))
    model = to_model(trained, masks, task, normalisation=(0.25, 0.5), first=first)
    found = ticket.arrays(model)
    assert (found["shift"], found["scale"]) == (0.25, 0.5)
    assert found["activations"].tolist() == ["relu", "relu", "linear"]
    for number, (mask, w) in enumerate(zip(masks, first.weights, strict=True), 1):
        np.testing.assert_array_equal(found[f"mask_{number}"], mask)
        np.testing.assert_array_equal(found[f"initial_{number}"], np.where(mask, w, 0))
        assert found[f"bias_mask_{number}"].all()  # biases are never pruned
        assert not found[f"bias_initial_{number}"].any()


def test_a_policy_s_biases_are_pruned_like_the_others():
    task = envs.make("cartpole")
    sizes = (4, 2, 2)
    mask = np.ones(16, bool)
    mask[[0, 5, 15]] = False  # the bias of the first hidden node is one of them
    first = np.arange(1.0, 17.0)
    found = ticket.arrays(policy.model(task, sizes, mask, -first, first))
    layers, masks = policy.split(np.where(mask, first, 0), sizes), policy.split(mask, sizes)
    for number, (layer, kept) in enumerate(zip(layers, masks, strict=True), 1):
        np.testing.assert_array_equal(found[f"bias_mask_{number}"], kept[0])
        np.testing.assert_array_equal(found[f"bias_initial_{number}"], layer[0])
        np.testing.assert_array_equal(found[f"mask_{number}"], kept[1:])
        np.testing.assert_array_equal(found[f"initial_{number}"], layer[1:])


def test_what_is_no_ticket_is_told(tmp_path, refused):
    task = envs.make("cartpole")
    skipping = Model(
        genome(4, 2, [(7, "relu")], [(1, 7), (7, 5), (2, 6)]),
        task.name,
        task.inputs,
        task.outputs,
        task.action,
        np.ones(3),
    )
    skipping.save(tmp_path / "a.json")
    args = [tmp_path / "a.json", "--what", "ticket"]
    assert "expected a network with initial_weights, a number for each of 3" in refused(
        export.main, args
    )
    replace(skipping, search={"initial_weights": [1, 2, 3]}).save(tmp_path / "b.json")
    args = [tmp_path / "b.json", "--what", "ticket"]
    assert "a network of layers one after the other" in refused(export.main, args)
    assert "--to: expected none with --what ticket" in refused(export.main, [*args, "--to", "c"])


@pytest.fixture
def documented(tmp_path, monkeypatch):
    """The folder where both documented commands were run, with fewer steps and no arms."""
    pytest.importorskip("jax", reason="needs wann[train]")
    monkeypatch.chdir(tmp_path)
    text = HOW_TO.read_text()
    (pruning,) = re.findall(r"^    wann prune (.*)$", text, re.MULTILINE)
    (exporting,) = re.findall(r"^    wann export (.* --what ticket .*)$", text, re.MULTILINE)
    prune.main([*pruning.split(), "--steps", "300", "--arms=", "--quiet"])
    export.main([*exporting.split(), "--quiet"])
    return tmp_path


def test_the_documented_example_trains_a_ticket_elsewhere(documented):
    (network,) = documented.glob("runs/digits/networks/ticket-s0-l*.json")
    (example,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    names = {}
    exec(compile(example, str(HOW_TO), "exec"), names)  # the project's own documents
    assert names["accuracy"] > 0.85
    for w, mask in zip(names["weights"], names["masks"], strict=True):
        assert (w[~mask] == 0).all()
    assert sum(int(m.sum()) for m in names["masks"]) <= wann.load(network).network.complexity
