"""Models for tests of exports: grown and odd topologies, all kinds of weights, hostile names."""

from dataclasses import replace
from functools import cache

import numpy as np

from tests.genomes import genome, grown
from wann.core.kernels import activations
from wann.storage.model import Model

DISCRETE = {"kind": "discrete"}
EACH = {"kind": "continuous", "low": [-1.0, -0.2, 0.0], "high": [1.0, 0.2, 0.5]}
CONTINUOUS = {"kind": "continuous", "low": -0.5, "high": 0.25}
HOSTILE = (
    'say "hi"',
    "two\nlines\r",
    "*/ int x; /*",
    "what??/",
    "back\\",
    "größe",
    "日本",
    "",
    "x",
    "X",
    "x_1",
    "%s\t{}",
    "nul\0byte",
    "lone \ud800",
    "int",
    '""" + 1 + """',
    "a" * 3000,
    "a" * 3000 + "b",
)


def model(genome, weights=None, action=DISCRETE, **fields):
    """A model of plain names."""
    inputs = tuple(f"in {i}" for i in range(genome.inputs))
    outputs = tuple(f"out {o}" for o in range(genome.outputs))
    fields = {"task": "a task", "search": {"seed": 3, "generation": 7}, **fields}
    return Model(genome, inputs=inputs, outputs=outputs, action=action, weights=weights, **fields)


def individual(genome, rng):
    return rng.normal(size=int(genome.connections["enabled"].sum()))


@cache
def grown_models():
    """50 models which use every activation; a third each with no, a shared, individual weights."""
    models = []
    for i in range(50):
        rng = np.random.default_rng(i)
        found = grown(i, 30 + 2 * i, inputs=1 + i % 6, outputs=1 + i % 4)
        weights = (None, -1.3, individual(found, rng))[i % 3]
        models.append(model(found, weights, (DISCRETE, CONTINUOUS)[i % 2]))
    used = np.unique(np.concatenate([found.network.activations for found in models]))
    assert len(used) == len(activations.NAMES)
    return models


def odd_models():
    """Topologies at the edges of what there can be."""
    functions = list(enumerate(activations.NAMES, 4))
    sourceless = genome(1, 2, functions, [(node, 2) for node, _ in functions])
    wide = genome(150, 1, [(152, "tanh")], [(i, 152) for i in range(151)] + [(152, 151), (7, 151)])
    return [
        model(genome(2, 2)),
        model(genome(2, 2), weights=0.7),
        model(genome(2, 2), weights=np.empty(0)),
        model(sourceless),  # hidden nodes without sources
        model(sourceless, weights=np.linspace(-1, 1, 10), action=CONTINUOUS),
        model(genome(1, 1, [(3, "cos"), (4, "sin")], [(0, 3), (3, 4), (1, 2, False), (0, 2)])),
        model(genome(2, 1, connections=[(0, 3)])),  # the bias alone
        model(genome(1, 3, connections=[(1, 2), (1, 4)])),  # ties, and an output without sources
        model(wide),
        model(wide, weights=np.linspace(-1, 1, 153)),
        model(genome(1, 1, connections=[(1, 2)]), weights=np.array([0.0])),
        model(grown(1, 30, 2, 3), action=EACH),
        model(grown(2, 30, 2, 3), weights=0.7, action={**EACH, "low": -0.3}),
    ]


def hostile_model(weights=None):
    """A model whose every name is hard to write down."""
    size = len(HOSTILE)
    found = genome(size, size, connections=[(1 + i, 1 + size + i) for i in range(size)])
    plain = model(found, weights, task='a "task" */ ??/\n\\', search={"file": "*/ ??/ \\ \n é.out"})
    return replace(plain, inputs=HOSTILE, outputs=HOSTILE[::-1])


def inputs(found, seed=0, count=1000):
    """Random observations, [count, I]."""
    return np.random.default_rng(seed).normal(size=(count, found.genome.inputs))


def action(found, outputs):
    """What the outputs [..., O] mean."""
    if found.action["kind"] == "continuous":
        return np.clip(outputs, found.action["low"], found.action["high"])
    return outputs.argmax(axis=-1)


def steady(found, x, weight):
    """The rows of x [B, I] at which a few roundings to single precision, of weights and inputs,
    hardly change the outputs, bool[B]: the others cannot be compared with double precision."""
    expected = found.forward(x, weight)
    own = found.weights if weight is None else weight
    result = np.ones(len(x), bool)
    for change in (1 - 3e-7, 1 + 3e-7):
        for other in (
            found.forward(x * change, weight),
            found.forward(x, np.multiply(own, change)),
        ):
            result &= (np.abs(other - expected) < 6e-6 * (1 + np.abs(expected))).all(axis=1)
    return result
