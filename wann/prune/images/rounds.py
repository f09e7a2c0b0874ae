"""One pruning of an image classifier: scores become masks, in one round or, with SynFlow, many."""

from __future__ import annotations

import numpy as np

from wann.envs.classification import Examples
from wann.prune.images.experiment import PASSES
from wann.prune.images.outcome import Outcome
from wann.prune.images.settings import NODES, ImageSettings
from wann.prune.masks import schedules
from wann.prune.masks.selection import Masks, globally, n_of_m, of_nodes, per_layer
from wann.prune.networks.mlp import MLP, masked
from wann.prune.scores import gradients
from wann.prune.scores.optimal_brain_damage import IMAGES
from wann.prune.scores.pruned import Pruned, Scores
from wann.prune.scores.registry import ROUNDS, SCORES


def prune(
    settings: ImageSettings,
    base: Outcome,
    initial: MLP,
    shares: tuple[float, ...],
    examples: Examples,
    rng: np.random.Generator,
    inverted: bool = False,
) -> tuple[Masks, int, int]:
    """Masks within those of a network, and the images and multiply-adds that their scores take.

    Args:
        settings: What connections are kept for, and among which they compete.
        base: The network.
        initial: It before any training.
        shares: The sparsity of each layer; none where the scope is n:m.
        examples: Training images with their classes.
        rng: Of the scores.
        inverted: Whether the lowest scores are kept.
    """
    name = settings.score
    rounds = ROUNDS.get(name, 1)
    before = gone(settings, base.masks) if shares else ()
    paths = (schedules.exponential(s, rounds, g) for s, g in zip(shares, before, strict=True))
    parts = list(zip(*paths, strict=True))
    masks = base.masks
    for part in parts or [()]:
        mlp = masked(base.mlp, masks)
        scores = SCORES[name](Pruned(mlp.weights, initial.weights, masks, mlp, *examples), rng)
        if inverted:
            scores = tuple(-layer for layer in scores)
        masks = choose(settings, scores, part, masks)
    if name == "optimal-brain-damage":  # forward, and backward from each class
        seen = min(IMAGES, len(examples.y))
        return masks, seen, seen * base.mlp.total * (1 + 2 * base.mlp.sizes[-1])
    if name in gradients.PASSES:
        seen = min(gradients.IMAGES, len(examples.y))
        return masks, seen, seen * base.mlp.total * gradients.PASSES[name]
    return masks, 0, rounds * PASSES * base.mlp.total if name == "synflow" else 0


def gone(settings: ImageSettings, masks: Masks) -> tuple[float, ...]:
    """The share of each layer that masks have removed: of its nodes where those are pruned, and
    nothing then of the output layer."""
    if settings.scope not in NODES:
        return tuple(1 - float(mask.mean()) for mask in masks)
    return (*(1 - float(mask.any(axis=0).mean()) for mask in masks[:-1]), 0.0)


def choose(
    settings: ImageSettings, scores: Scores, shares: tuple[float, ...], within: Masks
) -> Masks:
    """The masks that keep the highest scores of a scope."""
    scope = settings.scope
    if ratio := settings.n_of_m():
        return n_of_m(scores, *ratio)
    if scope == "layer":
        return per_layer(scores, shares, within)
    counts = [layer.size for layer in scores]
    if scope == "global":
        return globally(scores, schedules.overall(counts, shares), within)
    norm = 1 if scope == "nodes-l1" else 2
    nodes = [np.linalg.norm(layer, ord=norm, axis=0) for layer in scores[:-1]]
    left = [np.count_nonzero(mask, axis=0) > 0 for mask in within[:-1]]
    stays = per_layer(nodes, shares[:-1], left)
    return of_nodes(stays, [layer.shape for layer in scores])
