"""The state of a CMA-ES of pycma as numbers: the package itself saves it only by pickle.

Its objects hold numbers, arrays and lists of numbers, some hundred in all; another strategy with
the same ones does the same. Where each belongs is said by such a strategy, not by a file. What was
made of the settings, as the size of a population, stays what it is.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from wann.core.arrays import take, take_whole

PREFIX = "cma."  # of the names of its numbers
WARM = 2  # steps after which a strategy has all of its numbers but these
THIN = ("gp._tf_matrix", "gp._tf_matrix_inv")  # of one whose distribution became long and thin
WATCHES = ("logger", "timer")  # parts that change nothing
# Whole numbers that change; others are sizes.
COUNTER = re.compile("count|iter|eval|update|compared|index|got_worse")
WORDS = 6  # of the generator: state and increment, of 128 bits each, and half a draw that is left


def to_arrays(strategy: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The state of a strategy between two steps, and of the generator that it draws from."""
    found = {name: np.asarray(value, np.float64) for name, (_, value) in _numbers(strategy).items()}
    state = rng.bit_generator.state
    wide = [state["state"][name] for name in ("state", "inc")]
    words = [number >> shift & 2**64 - 1 for number in wide for shift in (0, 64)]
    arrays = {
        **{f"{PREFIX}{name}": array for name, array in found.items()},
        "generator": np.array([*words, state["has_uint32"], state["uinteger"]], np.uint64),
    }
    return {**arrays, "digest": np.array(_digest(arrays))}


def restore(
    strategy: Any, rng: np.random.Generator, steps: int, arrays: Mapping[str, np.ndarray]
) -> None:
    """Give a new strategy, with the same settings, the state that another had after some steps.

    Raises:
        ValueError: If an array is missing or does not fit, as that of another version of cma.
    """
    if int(take_whole(arrays, "digest")) != _digest(arrays):
        raise ValueError("expected the numbers that were saved, but some are others")
    for _ in range(min(steps, WARM)):
        candidates = strategy.ask()
        strategy.tell(candidates, np.arange(float(len(candidates))).tolist())
    places = _numbers(strategy)
    if all(f"{PREFIX}{name}" in arrays for name in THIN):
        places |= {name: (strategy.gp, np.eye(strategy.N)) for name in THIN}
        strategy.gp.tf_pheno, strategy.gp.tf_geno = strategy._tfp, strategy._tfg
    for name, (owner, now) in places.items():
        shape = (None,) if isinstance(now, list) else np.shape(now)
        found = take(arrays, f"{PREFIX}{name}", np.float64, *shape)
        if not np.isfinite(found).all():
            raise ValueError(f"{name}: expected finite numbers")
        setattr(owner, name.rpartition(".")[2], _like(now, found))
    words = [int(word) for word in take(arrays, "generator", np.uint64, WORDS)]
    rng.bit_generator.state = {
        **rng.bit_generator.state,
        "state": {"state": words[0] | words[1] << 64, "inc": words[2] | words[3] << 64},
        "has_uint32": words[4],
        "uinteger": words[5],
    }


def _digest(arrays: Mapping[str, np.ndarray]) -> int:
    """Of what a strategy is made of: where a number is off, pycma fails long after, or never."""
    digest = 0
    for name in sorted(arrays):
        if name.startswith(PREFIX) or name == "generator":
            digest = zlib.crc32(arrays[name].tobytes(), zlib.crc32(name.encode(), digest))
    return digest


def _numbers(part: Any, path: str = "", above: tuple[int, ...] = ()) -> dict[str, tuple[Any, Any]]:
    """All that can change in an object of pycma's, by its path: what it belongs to, and its
    value."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in vars(part).items():
        known = isinstance(value, bool | float) and math.isfinite(value)  # a limit may be infinite
        if isinstance(value, np.ndarray):
            known = value.dtype.kind in "iuf"
        elif type(value) is list:
            known = all(type(each) in (int, float) for each in value)
        elif isinstance(value, int | np.integer):
            known = known or COUNTER.search(name) is not None
        elif name not in WATCHES and _holds(value) and id(value) not in above:
            found |= _numbers(value, f"{path}{name}.", (*above, id(part)))
        if known:
            found[path + name] = part, value
    return found


def _holds(value: Any) -> bool:
    """Whether something is an object of pycma's."""
    ours = type(value).__module__.partition(".")[0] == "cma"
    return ours and hasattr(value, "__dict__") and not isinstance(value, dict | type)


def _like(now: Any, found: np.ndarray) -> Any:
    """Numbers in the form that a value has."""
    if isinstance(now, np.ndarray):
        return found.astype(now.dtype)
    if isinstance(now, list):
        return found.tolist()
    return type(now)(found) if isinstance(now, int) else np.float64(found)
