"""The recipes that prune policies trained by evolution: no gradients, so those that need none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from wann.prune.images.settings import nearest
from wann.prune.run import REINITIALISED, SHUFFLED

GONE = -np.inf  # the score of a connection that does nothing: it goes first


class State(NamedTuple):
    """A policy after a training; all arrays are [C].

    Attributes:
        first: The weights at the very beginning, the mean of the first search distribution.
        live: What of the policy's mask counts, bool.
        weights: The trained weights, the mean of the last search distribution; 0 where dead.
        spread: The standard deviation of that distribution; NaN where dead.
    """

    first: np.ndarray
    live: np.ndarray
    weights: np.ndarray
    spread: np.ndarray


def magnitude(state: State, rng: np.random.Generator) -> np.ndarray:
    """|w| (Frankle & Carbin, 2019)."""
    return np.where(state.live, np.abs(state.weights), GONE)


def signal_to_noise(state: State, rng: np.random.Generator) -> np.ndarray:
    """|mean| / standard deviation of the search distribution (Lange & Sprekeler, 2023)."""
    ratio = np.full(len(state.live), GONE)
    live = state.live
    ratio[live] = np.abs(state.weights[live]) / state.spread[live]
    return ratio


def initial_magnitude(state: State, rng: np.random.Generator) -> np.ndarray:
    """|w| before training."""
    return np.abs(state.first)


def random(state: State, rng: np.random.Generator) -> np.ndarray:
    """Uniform in [0, 1): a control."""
    return rng.random(len(state.live))


def inverted(scores: np.ndarray) -> np.ndarray:
    """The lowest first; what does nothing still goes before all others."""
    return np.where(scores == GONE, GONE, -scores)


class PolicyRecipe(NamedTuple):
    """How policies are pruned.

    Attributes:
        paper: Where it comes from.
        line: What it does, in a line.
        score: What says which connections stay, those with the highest scores.
        scored: When: after the training of each level, after that of the dense policy alone, or
            before any training.
        start: The weights that a level's training starts from, those at the very beginning or
            those trained last; None where it is not trained again.
        arms: Its controls by default.
    """

    paper: str
    line: str
    score: Callable[[State, np.random.Generator], np.ndarray]
    scored: Literal["each", "once", "before"]
    start: Literal["first", "trained"] | None
    arms: str = ""


CONTROLS = f"{REINITIALISED},{SHUFFLED}"
POLICY_RECIPES = {
    "lottery-ticket": PolicyRecipe(
        "Frankle & Carbin 2019",
        "iterative magnitude pruning, survivors reset to their initial weights",
        magnitude,
        "each",
        "first",
        CONTROLS,
    ),
    "signal-to-noise": PolicyRecipe(
        "Lange & Sprekeler 2023",
        "the same by mean / deviation of the search distribution",
        signal_to_noise,
        "each",
        "first",
        CONTROLS,
    ),
    "fine-tuning": PolicyRecipe(
        "Han et al. 2015",
        "iterative magnitude pruning, survivors keep their weights",
        magnitude,
        "each",
        "trained",
    ),
    "magnitude": PolicyRecipe(
        "Han et al. 2015", "the largest weights, not trained again", magnitude, "once", None
    ),
    "initial-magnitude": PolicyRecipe(
        "control",
        "before training: keep large weights",
        initial_magnitude,
        "before",
        "first",
    ),
    "random": PolicyRecipe(
        "control", "before training: keep connections at random", random, "before", "first"
    ),
}


def find(name: str) -> PolicyRecipe:
    """The recipe of this name.

    Raises:
        ValueError: If there is none; methods that need gradients make no sense here.
    """
    if name not in POLICY_RECIPES:
        raise ValueError(
            f"--method: expected one that prunes policies, which are trained by evolution, without "
            f"gradients: {', '.join(nearest(name, list(POLICY_RECIPES)))}; got {name!r}"
        )
    return POLICY_RECIPES[name]
