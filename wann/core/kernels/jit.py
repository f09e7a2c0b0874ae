"""Kernels that Numba keeps on disk, told apart by all they are made of.

Numba compiles a kept kernel anew when the kernel's own file has changed. It does not look at the
functions the kernel calls in other files, nor at the numbers it builds in; and it keeps one
kernel for each name, so that two of one name would be taken for each other.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, ModuleType
from typing import Any

import numba
import numpy as np


def kept(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function and keep it on disk, used there only while all it names is the same.

    Without sources, as in an interactive session, it is compiled but not kept.

    Args:
        function: What to compile; its name on disk carries a digest of itself and of the
            compiled functions and the numbers that it names, and those that they name.
        **options: More options for `numba.njit`.
    """
    try:
        function.__qualname__ = f"{function.__name__}_{_digest(function, {})}"
    except OSError:
        cache = False
    else:
        cache = True
    return numba.njit(cache=cache, nogil=True, error_model="numpy", **options)(function)


def _digest(function: Any, known: dict[Any, str]) -> str:
    """A digest of what a function is compiled from; OSError if a source cannot be read."""
    if function not in known:
        known[function] = "itself"  # where it is named by what it names
        parts = "\0".join(_parts(function, known))
        known[function] = hashlib.sha256(parts.encode()).hexdigest()[:16]
    return known[function]


def _parts(function: Any, known: dict[Any, str]) -> Iterator[str]:
    plain = getattr(function, "py_func", getattr(function, "_defn", function))
    yield inspect.getsource(plain)
    yield repr(getattr(function, "targetoptions", None))
    used = _names(plain.__code__)
    named = {name: plain.__globals__[name] for name in used if name in plain.__globals__}
    named |= inspect.getclosurevars(plain).nonlocals
    for name, value in sorted(named.items()):
        yield name
        yield from _value(value, used, known)


def _value(value: Any, names: frozenset[str], known: dict[Any, str]) -> Iterator[str]:
    """What compiled code takes from a value; of a module, what has one of the names in it."""
    if hasattr(value, "py_func") or hasattr(value, "_defn"):  # compiled, or an intrinsic
        yield _digest(value, known)
    elif isinstance(value, ModuleType):
        for name in sorted(names & vars(value).keys()):
            yield name
            yield from _value(vars(value)[name], frozenset(), known)
    elif isinstance(value, tuple):
        for part in value:
            yield from _value(part, names, known)
    elif isinstance(value, np.ndarray):
        yield repr((value.dtype, value.shape, value.tobytes()))
    elif isinstance(value, bool | int | float | complex | str | bytes | np.generic | None):
        yield repr(value)


def _names(code: CodeType) -> frozenset[str]:
    """The names of globals and attributes in a function's code."""
    inner = (_names(part) for part in code.co_consts if isinstance(part, CodeType))
    return frozenset(code.co_names).union(*inner)
