"""Networks as other programs read them. A format is a function from a model to files.

The formats that compute have modules of their own: `onnx`, `c`, `python`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from wann.core import files
from wann.envs.naming import titled
from wann.export import c as export_c
from wann.export import formula
from wann.export import onnx as export_onnx
from wann.export import python as export_python
from wann.export import ticket as export_ticket
from wann.storage import matrix as reference
from wann.storage.model import Model
from wann.storage.network_file import to_json

# The formats that choose a precision; the others write numbers in full.
PRECISE = ("onnx", "c")


def matrix(model: Model) -> dict[str, bytes]:
    """The matrix of the paper's code, see `storage.matrix`; with weights also their list.

    Raises:
        ValueError: If observations are normalised, for which it has no place.
    """
    if model.normalization is not None:
        raise ValueError(
            "--to matrix: expected a network that takes observations as they are, but this one "
            "normalises them: export it to json, onnx, c or python"
        )
    text, weights = reference.write(model)
    found = {".out": text.encode()}
    if weights is not None:
        found["-weights.txt"] = weights.encode()
    return found


def graphml(model: Model) -> dict[str, bytes]:
    """GraphML: nodes with name, kind and activation; edges with weights, if there are any.

    A shared weight is the weight of every edge.
    """
    file = io.BytesIO()
    nx.write_graphml_xml(graph(model), file)
    return {".graphml": file.getvalue()}


def graph(model: Model) -> nx.DiGraph:
    """The connections on a path to an output as a graph; nodes in the order of computation."""
    network = model.network
    nodes = len(network.activations)
    first_hidden, first_output = 1 + network.inputs, nodes - network.outputs
    own = {f"activation {each.name}": each.expression for each in network.own}
    result = nx.DiGraph(task=titled(model.task), format="wann-network/1", **own)
    for node, activation in enumerate(network.activations.tolist()):
        if node < first_hidden:
            kind = "input" if node else "bias"
            name = model.inputs[node - 1] if node else "bias"
        elif node < first_output:
            kind, name = "hidden", f"hidden {network.ids[node]}"
        else:
            kind, name = "output", model.outputs[node - first_output]
        result.add_node(node, name=name, kind=kind, activation=network.names[activation])
    targets = np.repeat(np.arange(nodes), np.diff(network.offsets))
    edges = list(zip(network.sources.tolist(), targets.tolist(), strict=True))
    result.add_edges_from(edges)
    if model.weights is not None:
        strengths, shared = network.strengths(model.weights)
        weights = np.full(len(edges), shared) if strengths is None else strengths
        nx.set_edge_attributes(result, dict(zip(edges, weights.tolist(), strict=True)), "weight")
    return result


def onnx(model: Model, double: bool = False) -> dict[str, bytes]:
    """A graph of ONNX, in single or double precision. See `onnx`."""
    return {".onnx": export_onnx.graph(model, double).SerializeToString()}


def c(model: Model, double: bool = False, name: str | None = None) -> dict[str, bytes]:
    """A C header, whose names begin with `name` or the task's. See `c`."""
    return {".h": export_c.header(model, name, double).encode()}


def python(model: Model) -> dict[str, bytes]:
    """A Python module. See `python`."""
    return {".py": export_python.module(model).encode()}


def json(model: Model) -> dict[str, bytes]:
    """A network file, under a name that is no run's champion."""
    return {"-network.json": files.json_text(to_json(model)).encode()}


def ticket(model: Model) -> dict[str, bytes]:
    """Mask and initial weights as arrays of NumPy. See `ticket`."""
    file = io.BytesIO()
    np.savez_compressed(file, **export_ticket.arrays(model))  # type: ignore[arg-type]
    return {"-ticket.npz": file.getvalue()}


def plain_formula(model: Model) -> dict[str, bytes]:
    """Formulas to read, as plain text. See `formula`."""
    return {".txt": formula.text(model).encode()}


def latex(model: Model) -> dict[str, bytes]:
    """Formulas to print, in LaTeX. See `formula`."""
    return {".tex": formula.latex(model).encode()}


def contents(model: Model, to: str, double: bool, name: str) -> dict[str, bytes]:
    """The contents of the files of a format, by what follows the name that they share.

    Args:
        model: The network.
        to: One of `FORMATS`.
        double: In double precision; for `PRECISE` formats only.
        name: What the names in C begin with.

    Raises:
        ValueError: If there is no such format, a package is missing, or the network does not fit.
    """
    if to not in FORMATS:
        raise ValueError(f"--to: expected {', '.join(FORMATS)}, got {to!r}")
    if double and to not in PRECISE:
        raise ValueError(f"--double: goes with {' and '.join(PRECISE)} only, got {to}")
    settings: dict[str, Any] = {"double": double} if to in PRECISE else {}
    if to == "c":
        settings["name"] = name
    return FORMATS[to](model, **settings)


# What each format writes: the contents of files, by what follows the name that they share.
FORMATS: dict[str, Callable[..., dict[str, bytes]]] = {
    "onnx": onnx,
    "c": c,
    "python": python,
    "json": json,
    "matrix": matrix,
    "graphml": graphml,
    "formula": plain_formula,
    "latex": latex,
}
