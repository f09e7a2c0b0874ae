"""The network files of the paper's released code: matrices without names.

A file holds N rows of N + 1 numbers with commas. The nodes are the bias, the I inputs, the hidden
nodes in topological order and the O outputs. An entry in row s and column t, neither 0 nor NaN,
is a connection from s to t; the last column is the activation, numbered from 1 in the order of
`activations.NAMES`. I and O are not in the file: they follow from the task.

The entries of a search's result are leftovers of its start, which evaluation replaces by the
shared weight. So a matrix is read as a topology without weights; individual weights stand in a
list of their own, one for each connection, row by row. The activation of outputs is not read:
that code never applied it, and outputs are linear.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np

from wann import envs
from wann.core.genome import CONNECTION, NODE, Genome, validate
from wann.core.kernels import activations
from wann.envs.reading import open_regular, read_bytes
from wann.envs.task import Task
from wann.storage.model import Model


def is_matrix(path: Path) -> bool:
    """Whether a file is to be read as a matrix: it neither is named .json nor starts as JSON.

    Raises:
        OSError: If it cannot be read.
    """
    if path.suffix == ".json":
        return False
    with open_regular(path) as file:
        return not file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(path: Path, env: str | Task | None, weights_file: Path | None = None) -> Model:
    """The network in a matrix.

    Args:
        path: The file.
        env: The task or its name; it gives the inputs and outputs.
        weights_file: A list of individual weights, one for each connection, row by row; numbers
            with commas, blanks or line ends between them.

    Raises:
        OSError: If a file cannot be read.
        ValueError: If there is no env, or a file is not valid; it says what is wrong.
    """
    if env is None:
        raise ValueError(
            f"{path}: a matrix does not name its inputs and outputs: expected --env, one of "
            f"{', '.join(envs.names())}"
        )
    task = envs.make(env) if isinstance(env, str) else env
    matrix, numbers = _parse(path)
    try:
        genome = _genome(matrix, numbers, len(task.inputs), len(task.outputs))
    except ValueError as error:
        raise ValueError(f"{path}, as a network for {task.name}: {error}") from None
    weights = None
    if weights_file is not None:
        weights = _read_weights(weights_file, len(genome.connections))
    return Model(
        genome,
        task.name,
        task.inputs,
        task.outputs,
        task.action,
        weights=weights,
        search={"file": path.name},
    )


def write(model: Model) -> tuple[str, str | None]:
    """The model as a matrix, and the list of its weights if it has any.

    Only connections on a path to an output are in it. Its entries are the weights, 1 where there
    are none; a weight of 0 is written as the smallest positive number, as 0 means no connection.
    All numbers are written in full.

    Returns:
        The text of the matrix and that of the list; the list is None without weights.

    Raises:
        ValueError: If the network has activations of one's own, which no number stands for.
    """
    network = model.network
    if (own := network.activations >= activations.OWN).any():
        raise ValueError(
            "a matrix numbers the activations of the paper's code: expected a network of those, "
            f"got one with {network.names[network.activations[own][0]]}"
        )
    nodes = len(network.activations)
    strengths = np.ones(network.complexity)
    if model.weights is not None:
        individual, shared = network.strengths(model.weights)
        strengths = shared * (strengths if individual is None else individual)
    targets = np.repeat(np.arange(nodes), np.diff(network.offsets))
    matrix = np.zeros((nodes, nodes))
    matrix[network.sources, targets] = np.where(strengths == 0, math.ulp(0.0), strengths)
    rows = (
        ",".join([*map(_text, row), str(1 + activation)])
        for row, activation in zip(matrix.tolist(), network.activations.tolist(), strict=True)
    )
    text = "\n".join(rows) + "\n"
    if model.weights is None:
        return text, None
    row_by_row = strengths[np.lexsort((targets, network.sources))]
    return text, "".join(f"{weight!r}\n" for weight in row_by_row.tolist())


def _text(entry: float) -> str:
    return repr(entry) if entry else "0"


def _parse(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The entries float64[N, N] and the activations' numbers float64[N]."""
    rows = [_numbers(line, path, i) for i, line in enumerate(_lines(path), 1)]
    size = len(rows)
    for i, row in enumerate(rows, 1):
        if len(row) != size + 1:
            raise ValueError(
                f"{path}: expected a matrix of N rows of N + 1 numbers, got {size} rows, "
                f"and {len(row)} numbers in row {i}"
            )
    if not rows:
        raise ValueError(f"{path}: expected a matrix, but the file is empty")
    values = np.array(rows)
    return np.nan_to_num(values[:, :-1], nan=0.0, posinf=np.inf, neginf=-np.inf), values[:, -1]


def _lines(path: Path) -> list[str]:
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: expected a text file of numbers, got other data") from None
    return [line for line in text.splitlines() if line.strip()]


def _numbers(line: str, path: Path, number: int, separator: str = ",") -> list[float]:
    try:
        return [float(part) for part in re.split(separator, line.strip())]
    except ValueError as error:
        raise ValueError(f"{path}, row {number}: expected numbers, but {error!s:.80}") from None


def _genome(matrix: np.ndarray, numbers: np.ndarray, inputs: int, outputs: int) -> Genome:
    """The genome of a matrix [N, N] with activations' numbers [N]."""
    nodes, first_hidden = len(matrix), 1 + inputs
    hidden = nodes - first_hidden - outputs
    if hidden < 0:
        raise ValueError(
            f"expected at least {first_hidden + outputs} nodes for the bias, {inputs} inputs and "
            f"{outputs} outputs, got {nodes}"
        )
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0] + 1
        raise ValueError(f"row {row}, column {column}: expected a finite number or nan")
    sources, targets = np.nonzero(matrix)
    _check_ends(sources, targets, first_hidden, nodes - outputs)
    kinds = [_activation(numbers[n], n) for n in range(first_hidden, first_hidden + hidden)]
    ids = np.arange(nodes)
    ids[first_hidden : nodes - outputs] += outputs
    ids[nodes - outputs :] = np.arange(first_hidden, first_hidden + outputs)
    genome = Genome(
        inputs,
        outputs,
        np.array(list(zip(ids[first_hidden : nodes - outputs], kinds, strict=True)), NODE),
        np.array(
            [
                (ids[s], ids[t], i, True)
                for i, (s, t) in enumerate(zip(sources, targets, strict=True))
            ],
            CONNECTION,
        ),
    )
    validate(genome)
    return genome


def _check_ends(
    sources: np.ndarray, targets: np.ndarray, first_hidden: int, first_output: int
) -> None:
    for row, column in zip(sources.tolist(), targets.tolist(), strict=True):
        wrong = None
        if column < first_hidden:
            wrong = f"connects to node {column + 1}, which is the bias or an input"
        elif row >= first_output:
            wrong = f"connects from node {row + 1}, which is an output"
        if wrong:
            raise ValueError(f"row {row + 1}, column {column + 1}: {wrong}; is the env right?")


def _activation(number: float, node: int) -> int:
    if number not in range(1, 1 + len(activations.NAMES)):
        raise ValueError(
            f"row {node + 1}: expected an activation from 1 to {len(activations.NAMES)} in the "
            f"last column, got {number:g}"
        )
    return int(number) - 1


def _read_weights(path: Path, connections: int) -> np.ndarray:
    """A list of weights, float64[C]."""
    rows = [
        _numbers(line.strip(" \t,"), path, i, r"[\s,]+") for i, line in enumerate(_lines(path), 1)
    ]
    weights = np.array([weight for row in rows for weight in row])
    if len(weights) != connections:
        raise ValueError(
            f"{path}: expected {connections} weights, one for each entry of the matrix that is "
            f"not 0, got {len(weights)}"
        )
    if not np.isfinite(weights).all():
        raise ValueError(
            f"{path}: expected finite weights, got {weights[~np.isfinite(weights)][0]}"
        )
    return weights
