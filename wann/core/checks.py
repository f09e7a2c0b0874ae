"""How large the numbers that users give may be: far above any use, and below what fills a memory.

A slip such as a digit too many then ends in one line, and so does a settings file made to harm.
"""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST_EPISODES = 10**6  # for each weight
MOST_WEIGHTS = 10**5
MOST_WORKERS = 1000
MOST_SEED = 2**63 - 1  # what an array of whole numbers can hold
MOST_SEEDS = 1000


def check(name: str, value: int, low: int, high: int) -> None:
    """Check a number.

    Args:
        name: Of the flag or setting, such as "--episodes".
        value: What is given.
        low: The smallest that is allowed.
        high: The largest.

    Raises:
        ValueError: If it is out of range; it says what was expected and what came.
    """
    if value < low:
        expected = f"at least {low}" if low else "0 or more"
        raise ValueError(f"{name}: expected {expected}, got {value}")
    if value > high:
        raise ValueError(f"{name}: expected at most {high}, got {value}")


def check_episodes(episodes: int) -> None:
    """Check the number of episodes for each weight.

    Raises:
        ValueError: If there are none, or too many.
    """
    check("--episodes", episodes, 1, MOST_EPISODES)


def check_workers(workers: int) -> None:
    """Check a number of workers.

    Raises:
        ValueError: If it is neither positive nor -1, or absurdly large.
    """
    if not 1 <= workers <= MOST_WORKERS and workers != -1:
        raise ValueError(f"--workers: expected 1 to {MOST_WORKERS}, or -1 for all, got {workers}")


def check_seed(seed: int) -> None:
    """Check a seed.

    Raises:
        ValueError: If it is negative or too large.
    """
    check("--seed", seed, 0, MOST_SEED)


def check_seeds(seed: int, seeds: int) -> None:
    """Check a first seed, and how many there are.

    Raises:
        ValueError: If one is negative or too large, there are none, or too many.
    """
    check_seed(seed)
    check("--seeds", seeds, 1, MOST_SEEDS)
    check("--seed and --seeds: the last seed", seed + seeds - 1, 0, MOST_SEED)


def require(extra: str, what: str, *modules: str) -> None:
    """Check that the packages of an extra can be imported.

    Args:
        extra: The name of the extra in pyproject.toml.
        what: What needs it, for the message.
        *modules: The modules that will be imported.

    Raises:
        ValueError: If one is missing; it says what to install.
    """
    try:
        for module in modules:
            import_module(module)
    except ImportError as error:
        raise ValueError(f"{what} needs more ({error}): pip install 'wann[{extra}]'") from None


def check_weights(text: str) -> None:
    """Check shared weights as `parse_weights` reads them.

    Raises:
        ValueError: If the text is neither, or a number is not finite.
    """
    try:
        if ":" in text:
            low, high, count = text.split(":")
            if not 1 <= int(count) <= MOST_WEIGHTS:
                raise ValueError
            values = [float(low), float(high), float(high) - float(low)]
        else:
            values = [float(part) for part in text.split(",")]
        if not all(map(math.isfinite, values)):
            raise ValueError
    except ValueError:
        raise ValueError(
            f"weights: expected LOW:HIGH:COUNT or numbers with commas, got {text!r}"
        ) from None


def parse_weights(text: str) -> np.ndarray:
    """Shared weights written as ``LOW:HIGH:COUNT`` or as numbers with commas.

    Returns:
        float64[W].

    Raises:
        ValueError: If the text is neither, or a number is not finite.
    """
    import numpy as np  # only here: options are checked without

    check_weights(text)
    if ":" in text:
        low, high, count = text.split(":")
        return np.linspace(float(low), float(high), int(count))
    return np.array([float(part) for part in text.split(",")])
