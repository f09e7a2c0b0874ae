"""A search that begins with a network it is given, instead of inputs joined at random."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from wann.core.config import SearchConfig
from wann.core.expressions.own import Own
from wann.core.genome import Genome
from wann.core.invariance import layered
from wann.core.kernels.activations import OWN
from wann.core.structure import genome_of
from wann.core.symmetry import symmetric
from wann.envs.task import Task
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.saved import check_sizes


def read(path: Path) -> Model:
    """The network to begin with: of a file, a run, a champion, or the one that a pruning wrote.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not a valid network, or the pruning wrote several.
    """
    files = sorted((path / "networks").glob("*.json"))
    if not files or (path / "champion.json").exists():
        return load(path)
    if len(files) > 1:
        raise ValueError(
            f"--from: expected one network, but {path} holds {len(files)}: name one, such as "
            f"{files[0]}"
        )
    return load(files[0])


def beginning(model: Model, task: Task, config: SearchConfig) -> Genome:
    """The genome to begin with: what of a network leads to an output, without its weights.

    Raises:
        ValueError: If it has not the sizes of the task, or is none of those the search is among.
    """
    check_sizes(model, task, f"as {task.name} has")
    network = model.network
    if network.complexity == 0:
        raise ValueError("--from: expected a network with connections, got one without")
    genome = _renumbered(genome_of(network))
    genome = _with_own(genome, config.own_activations)
    if config.symmetric and not symmetric(genome):
        raise ValueError("--from: expected a symmetric network; --no-symmetric takes any")
    if config.layered and not layered(genome):
        raise ValueError("--from: expected a layered network; --no-layered takes any")
    return genome


def _with_own(genome: Genome, own: tuple[Own, ...]) -> Genome:
    """The genome with the search's activations of one's own in the place of the network's.

    Raises:
        ValueError: If the network has one that the search has not.
    """
    hidden = genome.hidden.copy()
    for index, each in enumerate(genome.own, OWN):
        its = genome.hidden["activation"] == index
        if each in own:
            hidden["activation"][its] = OWN + own.index(each)
        elif its.any():
            raise ValueError(
                f"--from: the network has an activation of your own: expected {each.name}="
                f"{each.expression} among --activations"
            )
    return replace(genome, hidden=hidden, own=own)


def _renumbered(genome: Genome) -> Genome:
    """The genome with the smallest ids for its hidden nodes, in their order."""
    ids = np.concatenate((np.arange(genome.first_hidden), genome.hidden["id"]))
    hidden, connections = genome.hidden.copy(), genome.connections.copy()
    hidden["id"] = genome.first_hidden + np.arange(len(hidden))
    for end in ("source", "target"):
        connections[end] = np.searchsorted(ids, connections[end])
    return replace(genome, hidden=hidden, connections=connections)
