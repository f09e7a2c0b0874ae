"""Plain versions of what the package compiles, obviously right and slow, to compare it with.

A genome is evaluated straight from its genes, one node, one weight and one observation at a time.
"""

import math

import numpy as np

FORMULAS = {
    "linear": lambda x: x,
    "step": lambda x: 1.0 if x > 0 else 0.0,
    "sin": lambda x: math.sin(math.pi * x),
    "gaussian": lambda x: math.exp(-(x**2) / 2),
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "inverse": lambda x: -x,
    "abs": abs,
    "relu": lambda x: max(x, 0.0),
    "cos": lambda x: math.cos(math.pi * x),
}
# By the number a node gene holds.
ORDER = list(FORMULAS)


def activate(name, x):
    """An activation; where Python's functions refuse a number, what IEEE arithmetic says."""
    try:
        return FORMULAS[name](x)
    except OverflowError:  # exp(-x) in the sigmoid, x² in the Gaussian: both are 0 out there
        return 0.0
    except ValueError:  # the sine of infinity
        return math.nan


def enabled(genome):
    """The (source, target) of the enabled connections, in the genome's order."""
    return [(int(c["source"]), int(c["target"])) for c in genome.connections if c["enabled"]]


def output_ids(genome):
    return range(1 + genome.inputs, 1 + genome.inputs + genome.outputs)


def live_nodes(genome):
    """The nodes with a path of enabled connections to an output."""
    live = set(output_ids(genome))
    while True:
        more = {source for source, target in enabled(genome) if target in live} - live
        if not more:
            return live
        live |= more


def complexity(genome):
    live = live_nodes(genome)
    return sum(target in live for _, target in enabled(genome))


def is_acyclic(genome):
    """Whether taking away nodes without sources, again and again, leaves none."""
    pairs = {(int(c["source"]), int(c["target"])) for c in genome.connections}
    while pairs:
        targets = {target for _, target in pairs}
        left = {(source, target) for source, target in pairs if source in targets}
        if left == pairs:
            return False
        pairs = left
    return True


def plan(genome):
    """(node, activation, [(source, place among the enabled connections)]) for each node that an
    output depends on, found by recursion from the outputs through the sources."""
    activations = {int(node["id"]): ORDER[node["activation"]] for node in genome.hidden}
    connections, done, steps = enabled(genome), set(range(1 + genome.inputs)), []

    def visit(node):
        if node in done:
            return
        done.add(node)
        feeding = [(source, i) for i, (source, target) in enumerate(connections) if target == node]
        for source, _ in feeding:
            visit(source)
        steps.append((node, activations.get(node, "linear"), feeding))

    for node in output_ids(genome):
        visit(node)
    return steps


def outputs(genome, x, weight, steps=None):
    """The outputs [O] for inputs x [I].

    `weight` is shared, or there is one for each enabled connection. `steps` is the genome's plan,
    for those who have it already.
    """
    values = {0: 1.0, **{1 + i: float(x[i]) for i in range(genome.inputs)}}
    shared = np.ndim(weight) == 0
    for node, activation, feeding in plan(genome) if steps is None else steps:
        if shared:
            total = weight * sum(values[source] for source, _ in feeding)
        else:
            total = sum(weight[i] * values[source] for source, i in feeding)
        values[node] = activate(activation, total)
    return np.array([values[node] for node in output_ids(genome)], dtype=float)


def act(outputs, bounds):
    """The action [O]: the index of the largest output, the first on ties, or clipped outputs."""
    if bounds is None:
        action = np.zeros(len(outputs))
        action[0] = list(outputs).index(max(outputs))
        return action
    return np.clip(outputs, *bounds)


def rollout(task, genome, weight, state):
    """The return and the number of steps of one episode from a state [S].

    `weight` is a NumPy number, or an array with one for each enabled connection.
    """
    steps, state, total = plan(genome), state.copy(), 0.0
    weight = weight.tolist()
    observation = np.empty(genome.inputs)
    for done in range(task.episode_limit):
        task.observe.py_func(state, observation)
        found = outputs(genome, observation, weight, steps)
        if not np.isfinite(found).all():
            return total, done
        reward, terminated = task.step.py_func(state, act(found, task.bounds))
        total += reward
        if terminated:
            return total, done + 1
    return total, task.episode_limit


def dominates(a, b):
    return all(x >= y for x, y in zip(a, b, strict=True)) and any(
        x > y for x, y in zip(a, b, strict=True)
    )


def fronts(objectives):
    """The front of each individual: peel off those that nothing left dominates."""
    front, left, number = {}, set(range(len(objectives))), 0
    while left:
        best = {i for i in left if not any(dominates(objectives[j], objectives[i]) for j in left)}
        front |= dict.fromkeys(best, number)
        left -= best
        number += 1
    return [front[i] for i in range(len(objectives))]


def crowding_distance(objectives, fronts):
    """As in NSGA-II: neighbours by value, then by index, in each objective of each front."""
    distance = [0.0] * len(objectives)
    for front in set(fronts):
        members = [i for i in range(len(objectives)) if fronts[i] == front]
        for k in range(len(objectives[0])):
            ordered = sorted(members, key=lambda i: objectives[i][k])
            low, high = objectives[ordered[0]][k], objectives[ordered[-1]][k]
            distance[ordered[0]] = distance[ordered[-1]] = math.inf
            if high > low:
                for before, i, after in zip(ordered, ordered[1:], ordered[2:], strict=False):
                    gap = objectives[after][k] - objectives[before][k]
                    distance[i] += gap / (high - low)
    return distance
