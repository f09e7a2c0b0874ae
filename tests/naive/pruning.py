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


def synflow(weights):
    """|w| times the sum over all paths through w of the product of the other weights' |w|."""
    found = [np.zeros(w.shape) for w in weights]

    def walk(layer, node, path, product):
        if layer == len(weights):
            for place in path:
                found[place[0]][place[1:]] += product
            return
        for target in range(weights[layer].shape[1]):
            step = product * abs(float(weights[layer][node, target]))
            walk(layer + 1, target, [*path, (layer, node, target)], step)

    for node in range(weights[0].shape[0]):
        walk(0, node, [], 1.0)
    return found


def log_likelihoods(weights, biases, x):
    """The logarithm of each class's probability for one input, relu hidden nodes."""
    ones = [np.ones(w.shape, bool) for w in weights]
    out = outputs(weights, biases, ones, x, "relu")
    return out - math.log(sum(math.exp(o) for o in out))


def gauss_newton_diagonal(weights, biases, images, step=1e-5):
    """The expected squared derivative of the log-likelihood, by differences, weight by weight."""
    found = [np.zeros(w.shape) for w in weights]
    for x in images:
        chances = np.exp(log_likelihoods(weights, biases, x))
        for layer, w in enumerate(weights):
            for place in np.ndindex(w.shape):
                sides = []
                for sign in (1, -1):
                    moved = [v.copy() for v in weights]
                    moved[layer][place] += sign * step
                    sides.append(log_likelihoods(moved, biases, x))
                slope = (sides[0] - sides[1]) / (2 * step)
                found[layer][place] += float((chances * slope**2).sum()) / len(images)
    return found
