"""Plain versions of what pruning computes, obviously right and slow, to compare it with."""

import math

import numpy as np


def keep_highest(scores, count):
    """The places of the highest scores, the first on ties: take the best, again and again."""
    left = list(range(len(scores)))
    chosen = []
    for _ in range(count):
        best = max(left, key=lambda i: (scores[i], -i))
        left.remove(best)
        chosen.append(best)
    return sorted(chosen)


def effective(masks):
    """The (layer, source, target) on a whole path from an input to an output, path by path."""
    found = set()

    def walk(layer, node, path):
        if layer == len(masks):
            found.update(path)
            return
        for target in range(masks[layer].shape[1]):
            if masks[layer][node, target]:
                walk(layer + 1, target, [*path, (layer, node, target)])

    for node in range(masks[0].shape[0]):
        walk(0, node, [])
    return found


def outputs(weights, biases, masks, x, activation):
    """The outputs for one input x [I], one connection at a time."""
    values = list(x)
    for layer, (w, b, mask) in enumerate(zip(weights, biases, masks, strict=True)):
        sums = []
        for target in range(w.shape[1]):
            total = float(b[target])
            for source in range(w.shape[0]):
                if mask[source, target]:
                    total += float(w[source, target]) * values[source]
            sums.append(total)
        if layer < len(weights) - 1:
            sums = [max(s, 0.0) if activation == "relu" else math.tanh(s) for s in sums]
        values = sums
    return np.array(values)
