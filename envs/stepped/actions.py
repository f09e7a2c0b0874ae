"""Actions of any kind from a network's outputs.

An action is a list of A numbers, and `assembled` makes what an environment takes of them. How the
numbers follow from the O outputs stands in network files as ``action``:

- ``{"kind": "discrete", "first": F}``: F, 0 if it is left out, plus the index of the largest
  output, the first on ties;
- ``{"kind": "continuous", "low": ..., "high": ...}``: the outputs, clipped;
- ``{"kind": "parts", "parts": [...]}``: several of them, each of the next ``outputs`` outputs;
  among them ``{"kind": "binary"}``: 1 for each output above 0, else 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from wann.envs.failure import Unfit

DISCRETE, CONTINUOUS, BINARY, PARTS = "discrete", "continuous", "binary", "parts"
ROOT = "action"
MOST_OUTPUTS = 10_000  # for an action


@dataclass(frozen=True)
class Part:
    """How some outputs become one number, or as many.

    Attributes:
        kind: Discrete, continuous or binary.
        names: Of the outputs.
        first: The number of the first discrete choice.
        low: The least value of each output, if they are continuous.
        high: The greatest.
    """

    kind: str
    names: tuple[str, ...]
    first: int = 0
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @property
    def rule(self) -> dict[str, Any]:
        """It as it stands in network files."""
        if self.kind == CONTINUOUS:
            equal = len(set(self.low)) == len(set(self.high)) == 1
            low, high = (v[0] if equal else list(v) for v in (self.low, self.high))
            return {"kind": CONTINUOUS, "low": low, "high": high}
        return {"kind": self.kind, **({"first": self.first} if self.first else {})}


def parts(
    task: str, space: gymnasium.Space[Any], limits: tuple[float, float] | None
) -> tuple[Part, ...]:
    """How a network acts in a space, part by part, with a name for each output.

    Args:
        task: The name of the task, for messages.
        space: Of the actions.
        limits: The bounds of actions that have none.

    Raises:
        ValueError: If it is of a kind that networks cannot act in, or has no bounds.
    """
    found = tuple(_parts(task, space, limits, ""))
    if (size := sum(len(part.names) for part in found)) > MOST_OUTPUTS:
        raise _too_many(task, size)
    if not any(part.names for part in found):
        raise Unfit(f"{task}: expected one or more numbers in an action, got {space}")
    return found


def _parts(
    task: str, space: gymnasium.Space[Any], limits: tuple[float, float] | None, path: str
) -> Iterator[Part]:
    stem = path or ROOT
    whole = spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary | spaces.Box
    # Before each gets a name.
    if isinstance(space, whole) and (size := _size(space)) > MOST_OUTPUTS:
        raise _too_many(task, size)
    if isinstance(space, spaces.Dict | spaces.Tuple):
        inner = space.spaces.items() if isinstance(space, spaces.Dict) else enumerate(space.spaces)
        for key, part in inner:
            yield from _parts(task, part, limits, f"{path}_{key}" if path else str(key))
    elif isinstance(space, spaces.Discrete):
        first = int(space.start)
        yield Part(DISCRETE, tuple(f"{stem}_{first + i}" for i in range(int(space.n))), first)
    elif isinstance(space, spaces.MultiDiscrete):
        for i, (count, start) in enumerate(
            zip(space.nvec.ravel().tolist(), space.start.ravel().tolist(), strict=True)
        ):
            yield Part(DISCRETE, tuple(f"{stem}_{i}_{start + n}" for n in range(count)), start)
    elif isinstance(space, spaces.MultiBinary):
        yield Part(BINARY, _numbered(stem, space.shape))
    elif isinstance(space, spaces.Box):
        yield Part(CONTINUOUS, _numbered(stem, space.shape), 0, *_bounds(task, space, limits))
    else:
        raise Unfit(
            f"{task}: expected actions in a Box, Discrete, MultiDiscrete, MultiBinary, or a Tuple "
            f"or Dict of these, got {type(space).__name__}"
        )


def _size(space: gymnasium.Space[Any]) -> int:
    """How many outputs a space without parts takes, also if that is beyond 64 bits."""
    if isinstance(space, spaces.Discrete):
        return int(space.n)
    if isinstance(space, spaces.MultiDiscrete):
        return sum(space.nvec.ravel().tolist())
    return math.prod(space.shape or ())


def _too_many(task: str, size: int) -> Unfit:
    return Unfit(
        f"{task}: expected at most {MOST_OUTPUTS:,} outputs for an action, got {size:,}: wrap it "
        "(--wrapper MODULE:FUNCTION) in one that takes fewer"
    )


def _numbered(stem: str, shape: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"{stem}_{i}" for i in range(math.prod(shape)))


def _bounds(
    task: str, space: spaces.Box, limits: tuple[float, float] | None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    low, high = space.low.ravel().astype(float), space.high.ravel().astype(float)
    if limits is not None:
        low = np.where(np.isfinite(low), low, limits[0])
        high = np.where(np.isfinite(high), high, limits[1])
    if not (np.isfinite(low).all() and np.isfinite(high).all() and (low < high).all()):
        raise Unfit(
            f"{task}: expected actions with finite bounds, got {space}: say --action-bounds "
            "LOW:HIGH, such as --action-bounds -1:1"
        )
    return tuple(low.tolist()), tuple(high.tolist())


def decode(
    rule: dict[str, Any], outputs: np.ndarray, legal: np.ndarray | None = None
) -> np.ndarray:
    """The numbers of actions, float64[..., A], for outputs [..., O].

    Args:
        rule: The ``action`` of a network file.
        outputs: Finite numbers.
        legal: bool[..., O]; of discrete choices only those count. Where none is legal, all are.
    """
    if rule["kind"] == CONTINUOUS:
        return np.clip(outputs, rule["low"], rule["high"])
    if rule["kind"] == BINARY:
        return (outputs > 0).astype(np.float64)
    if rule["kind"] == DISCRETE:
        if legal is not None:
            outputs = np.where(legal | ~legal.any(axis=-1, keepdims=True), outputs, -np.inf)
        return rule.get("first", 0) + outputs.argmax(axis=-1)[..., None].astype(np.float64)
    found, start = [], 0
    for part in rule["parts"]:
        end = start + part["outputs"]
        mask = None if legal is None else legal[..., start:end]
        found.append(decode(part, outputs[..., start:end], mask))
        start = end
    return np.concatenate(found, axis=-1)


def assembled(space: gymnasium.Space[Any], numbers: Iterator[float]) -> Any:
    """What an environment takes for the next numbers of an action."""
    if isinstance(space, spaces.Dict):
        return {key: assembled(part, numbers) for key, part in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(assembled(part, numbers) for part in space.spaces)
    if isinstance(space, spaces.Discrete):
        return int(next(numbers))
    count = math.prod(space.shape or ())
    values = np.array([next(numbers) for _ in range(count)])
    return values.astype(space.dtype).reshape(space.shape)
