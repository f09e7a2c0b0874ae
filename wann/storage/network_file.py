"""The file format wann-network/1: what it says, and how it is checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wann.core.expressions import own as own_activations
from wann.core.expressions.own import Own
from wann.core.genome import CONNECTION, NODE, Genome, validate, with_genes
from wann.core.json_values import action, get, normalization, number
from wann.core.kernels import activations, graph
from wann.core.kernels.activations import OWN
from wann.envs.stepped.normalization import LIMIT, Normalization
from wann.envs.tables import encoding

FORMAT = "wann-network/1"
NORMALIZED = "wann-network/2"  # the same, with a normalization


@dataclass(frozen=True, eq=False)
class NetworkFile:
    """What a network's file says.

    Attributes:
        genome: The topology.
        task: The name of the task it is for.
        inputs: Name of each of the I inputs.
        outputs: Name of each of the O outputs.
        action: How outputs become an action; see `wann.envs.stepped.actions`.
        weights: None, one shared weight, or [C] individual weights, one for each enabled
            connection in the genome's order.
        scores: What was measured, by name.
        search: Where it comes from.
        normalization: How observations are normalised before the network gets them, if they are.
        table: What is recorded of the table it was found on, if it was one: its labels, its
            digests, and how its columns become inputs; see `wann.envs.tables.task`.
    """

    genome: Genome
    task: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    action: dict[str, Any]
    weights: float | np.ndarray | None = None
    scores: dict[str, Any] = field(default_factory=dict)
    search: dict[str, Any] = field(default_factory=dict)
    normalization: Normalization | None = None
    table: dict[str, Any] | None = None


def to_json(model: NetworkFile) -> dict[str, Any]:
    """A network as the values of its file."""
    genome = model.genome
    order = graph.hidden_order(*genome.parts)
    names = own_activations.names(genome.own)
    used = set(genome.hidden["activation"].tolist())
    own = {each.name: each.expression for i, each in enumerate(genome.own, OWN) if i in used}
    hidden = [
        {"id": node, "kind": "hidden", "activation": names[activation]}
        for node, activation in genome.hidden[order].tolist()
    ]
    first_output = 1 + genome.inputs
    nodes = [
        {"id": 0, "kind": "bias"},
        *({"id": 1 + i, "kind": "input"} for i in range(genome.inputs)),
        *hidden,
        *(
            {"id": first_output + o, "kind": "output", "activation": "linear"}
            for o in range(genome.outputs)
        ),
    ]
    connections = [
        {"source": source, "target": target, "enabled": enabled, "innovation": innovation}
        for source, target, innovation, enabled in genome.connections.tolist()
    ]
    weights: dict[str, Any] | None = None
    if isinstance(model.weights, np.ndarray):
        weights = {"individual": model.weights.tolist()}
    elif model.weights is not None:
        weights = {"shared": float(model.weights)}
    scaled = model.normalization
    return {
        # What does not know of it must not read on, and act on other numbers.
        "format": FORMAT if scaled is None else NORMALIZED,
        "task": model.task,
        "inputs": list(model.inputs),
        "outputs": list(model.outputs),
        "action": model.action,
        **(
            {}
            if scaled is None
            else {
                "normalization": {
                    "mean": list(scaled.mean),
                    "deviation": list(scaled.deviation),
                    "limit": LIMIT,
                }
            }
        ),
        **({"activations": own} if own else {}),
        "nodes": nodes,
        "connections": connections,
        "weights": weights,
        # JSON has no infinity: what could not be measured is null.
        "scores": {
            name: None if isinstance(score, float) and not math.isfinite(score) else score
            for name, score in model.scores.items()
        },
        "search": model.search,
        **({} if model.table is None else {"table": model.table}),
    }


def from_json(value: Any) -> NetworkFile:
    """What is in the values of a network file; every rule of the format is checked.

    Raises:
        ValueError: With what was expected and what came.
    """
    form = get(value, "format", str, "the file")
    if form not in (FORMAT, NORMALIZED):
        newer = form.startswith("wann-network/")
        raise ValueError(
            f"expected format {FORMAT!r}, got {form!r}" + (": update wann to read it" * newer)
        )
    inputs = _names(value, "inputs")
    outputs = _names(value, "outputs")
    own = _own(value)
    nodes = get(value, "nodes", list, "the file")
    hidden = _hidden(nodes, len(inputs), len(outputs), [each.name for each in own])
    connections = [
        _connection(gene, f"connection {i}")
        for i, gene in enumerate(get(value, "connections", list, "the file"))
    ]
    genes = np.array(connections, CONNECTION)
    genome = with_genes(
        Genome(len(inputs), len(outputs), np.empty(0, NODE), np.empty(0, CONNECTION), own),
        np.array(hidden, NODE),
        genes,
    )
    validate(genome)
    scaled = normalization(value.get("normalization"), len(inputs))
    if (scaled is None) != (form == FORMAT):
        raise ValueError(
            f"expected a normalization with the format {NORMALIZED!r}, and with no other, "
            f"got {form!r} with {'one' if scaled else 'none'}"
        )
    return NetworkFile(
        genome,
        get(value, "task", str, "the file"),
        inputs,
        outputs,
        action(value.get("action", {"kind": "discrete"}), len(outputs)),
        _weights(value.get("weights"), genes),
        get(value, "scores", dict, "the file") if "scores" in value else {},
        get(value, "search", dict, "the file") if "search" in value else {},
        scaled,
        _table(value, inputs),
    )


def _names(value: dict[str, Any], key: str) -> tuple[str, ...]:
    names = get(value, key, list, "the file")
    if not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"expected {key!r} to be a list of one or more names, got {names!r:.80}")
    return tuple(names)


def _table(value: dict[str, Any], inputs: tuple[str, ...]) -> dict[str, Any] | None:
    """What is recorded of a table; its columns must make the inputs."""
    if value.get("table") is None:
        return None
    table: dict[str, Any] = get(value, "table", dict, "the file")
    columns = encoding.from_json(table.get("columns"))
    names = tuple(name for column in columns for name in column.inputs)
    if names != inputs:
        raise ValueError(
            f"table: expected columns that make {len(inputs)} inputs, got {names!r:.80}"
        )
    return table


def _own(value: dict[str, Any]) -> tuple[Own, ...]:
    """The file's activations of its own; expressions are data, none of them is run."""
    if "activations" not in value:
        return ()
    expressions = get(value, "activations", dict, "the file")
    found = tuple(
        own_activations.own(name, get(expressions, name, str, "activations"))
        for name in expressions
    )
    own_activations.check(found)
    return found


def _hidden(
    nodes: list[Any], inputs: int, outputs: int, own: Sequence[str]
) -> list[tuple[int, int]]:
    """The (id, activation) of the hidden nodes; the ids of all others are checked."""
    ids: dict[str, list[int]] = {"bias": [], "input": [], "hidden": [], "output": []}
    hidden = []
    for i, node in enumerate(nodes):
        where = f"node {i}"
        kind, number = get(node, "kind", str, where), get(node, "id", int, where)
        if kind not in ids:
            raise ValueError(f"{where}: expected a kind of {', '.join(ids)}, got {kind!r}")
        ids[kind].append(number)
        if kind == "hidden":
            name = get(node, "activation", str, where)
            hidden.append((number, activations.index(name, own)))
        elif kind == "output" and node.get("activation", "linear") != "linear":
            raise ValueError(f"{where}: outputs are linear, got {node['activation']!r}")
    for kind, first, count in (
        ("bias", 0, 1),
        ("input", 1, inputs),
        ("output", 1 + inputs, outputs),
    ):
        if ids[kind] != list(range(first, first + count)):
            raise ValueError(
                f"nodes: expected {count} of kind {kind} with ids from {first} on, "
                f"got ids {ids[kind]!s:.80}"
            )
    return hidden


def _connection(gene: Any, where: str) -> tuple[int, int, int, bool]:
    return (
        get(gene, "source", int, where),
        get(gene, "target", int, where),
        get(gene, "innovation", int, where),
        get(gene, "enabled", bool, where),
    )


def _weights(weights: Any, genes: np.ndarray) -> float | np.ndarray | None:
    """The weights; individual ones in the order of the genome instead of the file's."""
    if weights is None:
        return None
    if not isinstance(weights, dict) or set(weights) not in ({"shared"}, {"individual"}):
        raise ValueError(
            'weights: expected null, {"shared": number} or {"individual": [numbers]}, '
            f"got {weights!r:.80}"
        )
    if "shared" in weights:
        return number(weights["shared"], "weights: shared")
    innovations = genes["innovation"][genes["enabled"]]
    values = weights["individual"]
    if not isinstance(values, list) or len(values) != len(innovations):
        size = len(values) if isinstance(values, list) else type(values).__name__
        raise ValueError(
            f"weights: expected {len(innovations)} individual weights, one for each enabled "
            f"connection, got {size}"
        )
    numbers = [number(value, f"weights: individual {i}") for i, value in enumerate(values)]
    return np.array(numbers, dtype=np.float64)[np.argsort(innovations, kind="stable")]
