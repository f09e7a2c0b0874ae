"""What exports to code share: a network's origin, words for names, nodes as assignments."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import wann
from wann.core.expressions.own import Own
from wann.envs.naming import titled
from wann.envs.stepped import actions
from wann.envs.stepped.normalization import LIMIT
from wann.storage.model import Model

WIDTH = 100
# Compilers nest an expression as deep as its sum is long, and some give up at a few hundred.
TERMS = 64
# C tells identifiers apart by their first 63 characters; ours join two of these words.
LETTERS = 26


def origin(model: Model) -> dict[str, Any]:
    """What an export says of a network beside its nodes, as values of JSON.

    Returns:
        task, inputs, outputs, action and normalization; search, how the network was found; and
        wann, the version that wrote the export. Numbers that JSON does not have, such as infinity,
        are strings.
    """
    about = {
        "task": titled(model.task),
        "inputs": list(model.inputs),
        "outputs": list(model.outputs),
        "action": model.action,
        **(
            {}
            if model.normalization is None
            else {
                "normalization": {
                    "mean": list(model.normalization.mean),
                    "deviation": list(model.normalization.deviation),
                    "limit": LIMIT,
                }
            }
        ),
        "search": model.search,
        "wann": wann.__version__,
    }
    return dict(json.loads(json.dumps(about), parse_constant=str))


def quoted(value: Any) -> str:
    """A value as JSON in ASCII: whatever letters, quotes and line ends are in it, one line."""
    return json.dumps(value)


def identifiers(names: Sequence[str]) -> list[str]:
    """A word of a-z, 0-9 and single underscores for each name, all different.

    They may start with a digit, so a prefix has to go before them. Names that would have the same
    word, or none, get their place as a number behind it.
    """
    plain = [re.sub("[^a-z0-9]+", "_", name.lower())[:LETTERS].strip("_") for name in names]
    words: list[str] = []
    for i, word in enumerate(plain):
        if not word or plain.count(word) > 1:
            word = f"{word}_{i}".strip("_")
        while word in words:
            word = f"{word}_{i}"
        words.append(word)
    return words


def single(values: Any, what: str) -> np.ndarray:
    """Finite numbers in single precision, float32 of the same shape.

    Raises:
        ValueError: If one is too large for it.
    """
    with np.errstate(over="ignore"):
        rounded = np.asarray(values).astype(np.float32)
    if not np.isfinite(rounded).all():
        raise ValueError(
            f"{what}: {np.abs(values).max():g} is too large for single precision; export in double"
        )
    return rounded


def rules(model: Model) -> list[dict[str, Any]]:
    """How the outputs become an action, part by part, each with its number of ``outputs``."""
    whole = {**model.action, "outputs": len(model.outputs)}
    return list(model.action.get("parts", [whole]))


def composed(model: Model) -> bool:
    """Whether an action is a list of numbers that do not all follow the same simple rule."""
    return model.action["kind"] not in (actions.DISCRETE, actions.CONTINUOUS, "regression")


def numbers(model: Model) -> int:
    """How many numbers A an action is made of."""
    return sum(1 if r["kind"] == actions.DISCRETE else r["outputs"] for r in rules(model))


def limits(rule: dict[str, Any], double: bool) -> tuple[list[float], list[float]]:
    """The least and greatest value of a continuous action, at most the precision's greatest.

    Returns:
        One of each, or O where those of the outputs are not all the same.
    """
    greatest = float(np.finfo(np.float64 if double else np.float32).max)
    low, high = (np.atleast_1d(rule[key]).astype(float) for key in ("low", "high"))
    return np.maximum(low, -greatest).tolist(), np.minimum(high, greatest).tolist()


@dataclass(frozen=True)
class Language:
    """How a language writes what networks are made of.

    Attributes:
        number: A literal for a number.
        input: The value of an input, by its index.
        output: The variable of an output, by its index.
        call: An activation, by its name, of an expression.
    """

    number: Callable[[float], str]
    input: Callable[[int], str]
    output: Callable[[int], str]
    call: Callable[[str, str], str]


def assignments(model: Model, language: Language) -> Iterator[tuple[str, str]]:
    """The computation of a network as (variable, expression), in order.

    The variable of a hidden node is n and its id; that of a shared weight, ``weight``. A long sum
    is several assignments to one variable, added up in the order of `Network.forward`.
    """
    network = model.network
    strengths = None
    if isinstance(model.weights, np.ndarray):
        strengths, _ = network.strengths(model.weights)
    first_output = len(network.activations) - network.outputs
    values = [
        language.number(1.0),
        *(language.input(i) for i in range(network.inputs)),
        *(f"n{node}" for node in network.ids[1 + network.inputs : first_output].tolist()),
        *(language.output(o) for o in range(network.outputs)),
    ]
    for node in range(1 + network.inputs, len(values)):
        terms = []
        for i in range(network.offsets[node], network.offsets[node + 1]):
            source = int(network.sources[i])
            term = values[source]
            if strengths is not None:
                factor = language.number(float(strengths[i]))
                term = f"{factor} * {term}" if source else factor
            terms.append(term)
        variable = values[node]
        while len(terms) > TERMS:
            yield variable, " + ".join(terms[:TERMS])
            terms = [variable, *terms[TERMS:]]
        total = " + ".join(terms) or language.number(0.0)
        if terms and strengths is None:
            total = f"weight * ({total})" if len(terms) > 1 else f"weight * {total}"
        name = network.names[network.activations[node]]
        yield variable, total if name == "linear" else language.call(name, total)


def used(model: Model) -> list[str]:
    """The names of the activations of a network's nodes, but for linear, in their usual order."""
    return [model.network.names[i] for i in np.unique(model.network.activations) if i]


def own(model: Model) -> dict[str, Own]:
    """The activations of one's own that a network's nodes have, by their names."""
    names = used(model)
    return {each.name: each for each in model.network.own if each.name in names}


def wrapped(text: str, indent: str = "") -> str:
    """Source text on lines that are not too long, the first one indented, the others more so."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
