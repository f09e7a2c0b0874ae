"""Mutations and objectives of one's own, by the names that settings call them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from wann.core.config import OWN, SearchConfig
from wann.core.genome import Genome, GenomeError, validate
from wann.core.network import Network
from wann.envs import did_you_mean
from wann.search.variation.innovation import Innovations

Mutation = Callable[[Genome, np.random.Generator, Innovations], Genome | None]
Objective = Callable[[Sequence[Network], np.ndarray], np.ndarray]

_mutations: dict[str, Mutation] = {}
_objectives: dict[str, Objective] = {}


def register_mutation(name: str, mutation: Mutation) -> None:
    """Let searches mutate by a function of one's own: ``mutations={name: rate}``.

    Registering a name again replaces the function, so that a notebook's cell can run twice.

    Args:
        name: A word that is no setting of a search.
        mutation: ``f(genome, rng, innovations)`` returns another genome, or None where it has
            nothing to act on. All chance comes from the generator; `innovations` numbers new
            connections, ``innovations.connection(source, target)``, and new nodes. Genomes are
            values: their arrays are read-only.

    Raises:
        ValueError: If the name is taken, or no word.
    """
    if not name.isidentifier() or name in SearchConfig.__dataclass_fields__:
        raise ValueError(f"expected a name for a mutation of your own, got {name!r}")
    _mutations[name] = mutation


def register_objective(name: str, objective: Objective) -> None:
    """Let searches rank by a function of one's own: ``objectives="own:NAME"``.

    Registering a name again replaces the function, so that a notebook's cell can run twice.

    Args:
        name: A word.
        objective: ``f(networks, rewards)`` returns a number for each of P networks, float[P], to
            be made large; rewards are [P, W, R]. What it returns where rewards are not finite
            does not matter: such networks rank last.

    Raises:
        ValueError: If the name is no word.
    """
    if not name.isidentifier():
        raise ValueError(f"expected a name for an objective of your own, got {name!r}")
    _objectives[name] = objective


def check(config: SearchConfig) -> None:
    """See that what the settings name is registered.

    Raises:
        ValueError: If something is not.
    """
    for name in config.own_mutations:
        _registered("mutation", name, _mutations)
    for name in config.objective_names:
        if name.startswith(OWN):
            _registered("objective", name.removeprefix(OWN), _objectives)


def mutated(
    name: str, genome: Genome, rng: np.random.Generator, innovations: Innovations
) -> Genome | None:
    """A child by a mutation of one's own.

    Raises:
        TypeError: If it returns something else.
        ValueError: If the child breaks a rule; see `genome.validate`.
    """
    child = _registered("mutation", name, _mutations)(genome, rng, innovations)
    if child is None:
        return None
    if not isinstance(child, Genome):
        raise TypeError(f"mutation {name}: expected a Genome or None, got {type(child).__name__}")
    try:
        validate(child)
    except GenomeError as error:
        raise ValueError(f"mutation {name}: made a genome that breaks a rule: {error}") from None
    return child


def objective(name: str, networks: Sequence[Network], rewards: np.ndarray) -> np.ndarray:
    """What an objective of one's own says, float64[P].

    Raises:
        ValueError: If it does not give a finite number for each network with finite rewards.
    """
    found = np.asarray(_registered("objective", name, _objectives)(networks, rewards), np.float64)
    if found.shape != (len(networks),):
        raise ValueError(
            f"objective {name}: expected {len(networks)} numbers, one for each network, got an "
            f"array of shape {found.shape}"
        )
    counted = np.isfinite(rewards).all(axis=(1, 2))
    if not np.isfinite(found[counted]).all():
        raise ValueError(f"objective {name}: expected finite numbers, got {found[counted]!r:.80}")
    return found


def _registered(what: str, name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        has = f"there are {', '.join(known)}" if known else "there is none"
        raise ValueError(
            f"unknown {what} {name!r}: expected one that wann.register_{what} made known; "
            f"{has}{did_you_mean(name, known)}"
        )
    return known[name]
