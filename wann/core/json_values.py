"""Values in a network's file, checked: numbers, actions, a normalization."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wann.envs.stepped import actions
from wann.envs.stepped.normalization import LIMIT, Normalization


def get(value: Any, key: str, kind: type[Any], where: str) -> Any:
    """A key's value, of the kind that is expected; whole numbers must fit the genome's arrays."""
    if not isinstance(value, dict):
        raise ValueError(f"{where}: expected an object, got {type(value).__name__}")
    if key not in value:
        raise ValueError(f"{where}: expected {key!r}, but it is missing")
    found: Any = value[key]
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise ValueError(
            f"{where}: expected {key!r} to be {kind.__name__}, got {type(found).__name__}"
        )
    if kind is int and not 0 <= found < 2**31:
        raise ValueError(f"{where}: expected {key!r} from 0 to 2**31 - 1, got {found}")
    return found


def number(value: Any, where: str) -> float:
    """A finite number.

    Raises:
        ValueError: If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{where}: expected a number, got {value!r:.80}")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ValueError(f"{where}: expected a finite number, got {value!r:.80}")
    return found


def action(value: Any, outputs: int) -> dict[str, Any]:
    """How outputs become an action.

    Raises:
        ValueError: If it is no such rule, or not one for so many outputs.
    """
    kind = get(value, "kind", str, "action")
    if kind == "regression":
        return {"kind": kind, **_readout(value, outputs)}
    if kind != actions.PARTS:
        return _rule(value, outputs, "action")
    parts, left = [], outputs
    for i, part in enumerate(get(value, "parts", list, "action")):
        where = f"action: part {i}"
        count = get(part, "outputs", int, where)
        if not 1 <= count <= left:
            raise ValueError(f"{where}: expected 1 to {left} outputs, got {count}")
        parts.append({**_rule(part, count, where), "outputs": count})
        left -= count
    if left:
        raise ValueError(f"action: expected parts for all {outputs} outputs, got {outputs - left}")
    return {"kind": actions.PARTS, "parts": parts}


def _readout(value: dict[str, Any], outputs: int) -> dict[str, Any]:
    """The fitted scale and offset of each output, for some shared weights."""
    found = {key: value.get(key, []) for key in ("weights", "scale", "offset")}
    try:
        weights, scale, offset = (np.array(values, np.float64) for values in found.values())
    except (TypeError, ValueError) as error:
        raise ValueError(f"action: expected lists of numbers, but {error}") from None
    shape = (len(weights), outputs) if weights.ndim == 1 and weights.size else weights.shape
    if weights.ndim != 1 or scale.shape != shape or offset.shape != shape:
        raise ValueError(
            f"action: expected scale and offset {shape}, got {scale.shape} and {offset.shape}"
        )
    if not all(np.isfinite(values).all() for values in (weights, scale, offset)):
        raise ValueError("action: expected finite weights, scale and offset")
    return found if weights.size else {}


def _rule(value: Any, outputs: int, where: str) -> dict[str, Any]:
    """How outputs become one number, or as many."""
    kind = get(value, "kind", str, where)
    if kind == actions.DISCRETE:
        first = value.get("first", 0)
        if isinstance(first, bool) or not isinstance(first, int) or abs(first) >= 2**53:
            raise ValueError(f"{where}: expected a whole number as first, got {first!r:.80}")
        return {"kind": kind, **({"first": first} if first else {})}
    if kind == actions.BINARY:
        return {"kind": kind}
    if kind != actions.CONTINUOUS:
        raise ValueError(
            f"{where}: expected kind discrete, continuous, binary or parts, got {kind!r}"
        )
    low, high = (_bound(value.get(key), f"{where}: {key}", outputs) for key in ("low", "high"))
    if np.any(np.asarray(low) >= np.asarray(high)):
        raise ValueError(f"{where}: expected low < high, got {low} and {high}")
    return {"kind": kind, "low": low, "high": high}


def normalization(value: Any, inputs: int) -> Normalization | None:
    """How observations are normalised, if they are.

    Raises:
        ValueError: If it cannot be read, or is not for so many inputs.
    """
    if value is None:
        return None
    where = "normalization"
    mean, deviation = (
        _bound(get(value, key, list, where), f"{where}: {key}", inputs, "input")
        for key in ("mean", "deviation")
    )
    assert isinstance(mean, list)
    assert isinstance(deviation, list)
    if min(deviation) <= 0:
        raise ValueError(f"{where}: expected deviations above 0, got {min(deviation)}")
    if (limit := number(value.get("limit"), f"{where}: limit")) != LIMIT:
        raise ValueError(f"{where}: expected a limit of {LIMIT:g}, got {limit:g}")
    return Normalization(tuple(mean), tuple(deviation))


def _bound(value: Any, where: str, outputs: int, what: str = "output") -> float | list[float]:
    """One bound for all outputs, or a list with one for each."""
    if not isinstance(value, list):
        return number(value, where)
    if len(value) != outputs:
        raise ValueError(
            f"{where}: expected {outputs} numbers, one for each {what}, got {len(value)}"
        )
    return [number(each, where) for each in value]
