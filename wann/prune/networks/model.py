"""A pruned network without what has no effect, and as a `Model`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.kernels import activations
from wann.envs.task import Task
from wann.prune.masks.effective import effective, reached, reaching, rows_of
from wann.prune.masks.selection import Masks
from wann.prune.networks.layers import activation as function
from wann.prune.networks.mlp import MLP, Activation, of_layers
from wann.storage.model import Model


def simplified(
    mlp: MLP, masks: Sequence[np.ndarray], activation: Activation = "relu"
) -> tuple[MLP, Masks]:
    """The same function without what is dead.

    A hidden node that no input reaches is a constant: what it adds to others goes into their
    biases. Biases of nodes that reach no output become 0.

    Of k-winners only the counts are right: a constant node competes with the others.

    Returns:
        The network, float64, and its effective masks.
    """
    alive, names = effective(masks), of_layers(activation, mlp)
    forward, backward = reached(masks), reaching(masks)
    weights, biases = [], []
    # What the constant nodes of the layer before emit, and 0 for those that inputs reach.
    constant = np.zeros(len(forward[0]))
    for i, (w, b, mask) in enumerate(zip(mlp.weights, mlp.biases, masks, strict=True)):
        spread = rows_of(constant, mask)  # over a channel's pixels, where it has several
        total = np.asarray(b, np.float64) + spread @ (np.asarray(w, np.float64) * mask)
        constant = np.where(forward[i + 1], 0.0, function(names[i])(total))
        last = i == len(masks) - 1
        live = np.ones(len(total), bool) if last else forward[i + 1] & backward[i + 1]
        weights.append(np.asarray(w, np.float64) * alive[i])
        biases.append(np.where(live, total, 0.0))
    return MLP(tuple(weights), tuple(biases)), alive


def normalised_inputs(mlp: MLP, shift: float, scale: float) -> MLP:
    """The network that does on inputs x what this one does on (x - shift) / scale."""
    first = np.asarray(mlp.weights[0], np.float64) / scale
    bias = np.asarray(mlp.biases[0], np.float64) - shift * first.sum(axis=0)
    return MLP((first, *mlp.weights[1:]), (bias, *mlp.biases[1:]))


def to_model(
    mlp: MLP,
    masks: Sequence[np.ndarray],
    task: Task,
    *,
    activation: Activation = "relu",
    normalisation: tuple[float, float] = (0.0, 1.0),
    scores: dict[str, Any] | None = None,
    search: dict[str, Any] | None = None,
    first: MLP | None = None,
) -> Model:
    """A pruned network as a model with individual weights; it computes the same outputs.

    Only what is effective becomes connections; a bias other than 0 becomes a connection from
    the bias node, so that ``model.network.complexity`` is the number of effective weights and
    biases together.

    Args:
        mlp: The network, I inputs and O outputs.
        masks: Its masks.
        task: The task, for the names.
        activation: Of the hidden nodes, "relu", "tanh" or "linear"; or one for each layer.
        normalisation: (shift, scale): the network was trained on (x - shift) / scale. This goes
            into its weights, so that the model takes the task's inputs x as they are.
        scores: What was measured, by name.
        search: Where it comes from.
        first: The network before any training. Its weights are kept in
            ``search["initial_weights"]``, their signs in ``search["initial_signs"]``, one for each
            connection; those of biases, which begin at 0, are 0. The signs make of the mask a
            network with one shared weight; the weights make of it a ticket to train again, with
            inputs as ``search["normalisation"]``, (shift, scale), says.
    """
    mlp = MLP(
        tuple(np.where(m, w, 0.0) for w, m in zip(mlp.weights, masks, strict=True)), mlp.biases
    )
    if normalisation != (0.0, 1.0):
        mlp = normalised_inputs(mlp, *normalisation)
    live, alive = simplified(mlp, masks, activation)
    inputs, outputs = live.sizes[0], live.sizes[-1]
    ids = _ids(alive, inputs, outputs)
    sources, targets, strengths, beginnings = [], [], [], []
    for i, (w, b, mask) in enumerate(zip(live.weights, live.biases, alive, strict=True)):
        source, target = np.nonzero(mask)
        biased = np.nonzero(b)[0]
        sources += [ids[i][source], np.zeros(len(biased), np.int32)]
        targets += [ids[i + 1][target], ids[i + 1][biased]]
        strengths += [w[source, target], b[biased]]
        if first is not None:
            beginnings += [first.weights[i][source, target], np.zeros(len(biased))]
    origin = dict(search or {})
    if first is not None:
        origin["initial_signs"] = signs(np.concatenate(beginnings))
        origin["initial_weights"] = np.concatenate(beginnings).tolist()
        origin["normalisation"] = list(normalisation)
    connections = np.zeros(sum(map(len, sources)), CONNECTION)
    connections["source"], connections["target"] = np.concatenate(sources), np.concatenate(targets)
    connections["innovation"] = np.arange(len(connections))
    connections["enabled"] = True
    hidden = np.array(
        [
            (node, activations.index(name))
            for layer, name in zip(ids[1:-1], of_layers(activation, mlp), strict=False)
            for node in layer[layer > 0]
        ],
        NODE,
    )
    return Model(
        Genome(inputs, outputs, hidden, connections),
        task.name,
        task.inputs,
        task.outputs,
        task.action,
        np.concatenate(strengths),
        scores or {},
        origin,
        table=getattr(task, "table", None),
    )


def untrained(
    topology: Genome, task: Task, scores: dict[str, Any], search: dict[str, Any]
) -> Model:
    """A topology for one shared weight as a model without weights."""
    names = task.name, task.inputs, task.outputs, task.action
    return Model(topology, *names, None, scores, search)


def signs(weights: np.ndarray) -> str:
    """The signs of weights [C] as a text of C characters, "+", "-" and "0"."""
    return "".join("-0+"[int(sign) + 1] for sign in np.sign(weights))


def _ids(alive: Sequence[np.ndarray], inputs: int, outputs: int) -> list[np.ndarray]:
    """The node ids of each layer of nodes, int32; 0 for hidden nodes that are not alive."""
    ids, first = [np.arange(1, 1 + inputs, dtype=np.int32)], 1 + inputs + outputs
    for mask in alive[:-1]:
        live = np.count_nonzero(mask, axis=0) > 0  # effective: it also leads on
        numbers = np.zeros(len(live), np.int32)
        numbers[live] = first + np.arange(np.count_nonzero(live))
        first += int(np.count_nonzero(live))
        ids.append(numbers)
    return [*ids, np.arange(1 + inputs, 1 + inputs + outputs, dtype=np.int32)]
