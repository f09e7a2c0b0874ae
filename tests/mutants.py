"""Damaged and malicious variants of files, each decided by a seed."""

import copy
import io
import json

import numpy as np

# Infinity stands for 1e999, which is JSON and reads as infinite.
STRANGE = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 1.5, 1e308, float("inf")),
    *("", "x", "\x1b[31m", "é\n", "../../x", "-2:2:100000000000", "9" * 400),
    *([], {}, [[]], [1, 2], {"a": 1}, ["a"] * 3),
]
PIECES = [b"\0", b"\xff", b'"', b",", b"\n", b"nan", b"1e999", b"-", b"[" * 3000, b"9" * 300]
NUMBERS = [-1, 0, 1, 7, 10**6, 2**31 - 1, 2**31, 2**62, 2**63 - 1]


def damaged(content, rng):
    """Bytes with some of them changed, cut off, put in, taken out or doubled."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5])):
        place = int(rng.integers(len(content) + 1))
        end = place + int(rng.integers(200))
        kind = rng.integers(5)
        if kind == 0:
            content[place : place + 1] = rng.bytes(1)
        elif kind == 1:
            del content[place:]
        elif kind == 2:
            content[place:place] = PIECES[rng.integers(len(PIECES))]
        elif kind == 3:
            del content[place:end]
        else:
            content[place:place] = content[place:end] * 2
    return bytes(content)


def changed_json(content, rng):
    """A JSON file in which some values are others, missing or doubled."""
    value = json.loads(content)
    for _ in range(rng.choice([1, 1, 2, 3])):
        path = _places(value)[rng.integers(len(_places(value)))]
        holder = value
        for key in path[:-1]:
            holder = holder[key]
        kind = rng.integers(10)
        if kind < 7:
            holder[path[-1]] = copy.deepcopy(STRANGE[rng.integers(len(STRANGE))])
        elif kind < 8:
            del holder[path[-1]]
        elif isinstance(holder, list):
            holder.insert(path[-1], copy.deepcopy(holder[path[-1]]))
        else:
            holder["another"] = copy.deepcopy(holder[path[-1]])
        if not _places(value):
            break
    return json.dumps(value).replace("Infinity", "1e999").encode()


def _places(value, path=()):
    """The paths to all values inside a value."""
    if not isinstance(value, dict | list):
        return []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [place for k, v in items for place in ((*path, k), *_places(v, (*path, k)))]


def changed_arrays(content, rng):
    """An npz file, whole as such, in which an array is missing or another."""
    with np.load(io.BytesIO(content)) as found:
        arrays = dict(found)
    name = sorted(arrays)[rng.integers(len(arrays))]
    array = arrays[name]
    kind = rng.integers(6)
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        other = ["f8", "i1", "U5", "u8", "c16"][rng.integers(5)]
        arrays[name] = np.zeros(array.shape, other)
    elif kind == 2:
        arrays[name] = np.array([np.nan, 1e308, -1, 2**62][rng.integers(4)])
    elif kind == 3:
        flat = array.reshape(-1)
        arrays[name] = np.concatenate([flat, flat[: rng.integers(3)]])
    else:
        arrays[name] = _one_other(array, rng)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _one_other(array, rng):
    """An array with one other number, or one other byte where it has fields."""
    array = array.copy()
    if not array.size:
        return array
    place = rng.integers(array.size)
    if array.dtype.kind == "i":
        array.reshape(-1)[place] = NUMBERS[rng.integers(len(NUMBERS))]
    elif array.dtype.kind == "f":
        array.reshape(-1)[place] = [np.nan, np.inf, -np.inf, 1e308][rng.integers(4)]
    else:
        content = array.view(np.uint8)
        content[rng.integers(content.size)] = rng.integers(256)
    return array
