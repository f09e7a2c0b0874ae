"""A digest of what a function is compiled from."""

from __future__ import annotations

import hashlib
import inspect
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

# A profiler and a debugger have Numba change the others, which say nothing of what is compiled.
_FLAGS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR

# What these do is told by their versions, which Numba keeps beside its files.
_LIBRARIES = ("numba", "llvmlite", "numpy")


def digest(kernel: Any) -> str:
    """A digest of what a function is compiled from.

    That is its bytecode, constants and options, and the compiled functions, numbers, arrays and
    named tuples that it names, and what those name in turn; and the modules of those that are not
    of this project.
    """
    found = _Digest()
    found.add_function(kernel)
    return found.hash.hexdigest()[:16]


class _Digest:
    """Walks through what a function names, each thing once, in the order of the names."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self._seen: dict[Any, int] = {}

    def add_function(self, function: Any) -> None:
        """A compiled function, an intrinsic, or a plain function that one of these names."""
        plain = getattr(function, "py_func", getattr(function, "_defn", function))
        if self._again(id(plain)):
            return
        module = plain.__module__ or ""
        if module.partition(".")[0] != "wann":  # what is kept names the module, and imports it
            self._add("module", module)
        names = self._add_code(plain.__code__)
        self._add_value(sorted(getattr(function, "targetoptions", {}).items()), names)
        self._add_value((plain.__defaults__, plain.__kwdefaults__), names)
        for name in sorted(names & plain.__globals__.keys()):
            self._add("global", name)
            self._add_value(plain.__globals__[name], names)
        for cell in plain.__closure__ or ():
            self._add_value(cell.cell_contents, names)

    def _add_code(self, code: CodeType) -> frozenset[str]:
        """All names in the code, of globals and attributes, for what they refer to."""
        self._add(
            "code",
            code.co_code,
            code.co_argcount,
            code.co_kwonlyargcount,
            code.co_flags & _FLAGS,
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            getattr(code, "co_exceptiontable", b""),  # Python 3.11
        )
        names = frozenset(code.co_names)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                names |= self._add_code(constant)
            else:
                self._add_value(constant, names)
        return names

    def _add_value(self, value: Any, names: frozenset[str]) -> None:
        """What compiled code takes from a value; of a module, what has one of the names in it."""
        if hasattr(value, "py_func") or hasattr(value, "_defn"):
            self.add_function(value)
        elif isinstance(value, FunctionType):
            if (value.__module__ or "").partition(".")[0] not in _LIBRARIES:
                self.add_function(value)
        elif isinstance(value, ModuleType):
            if not self._again((id(value), names)):
                for name in sorted(names & vars(value).keys()):
                    self._add("attribute", name)
                    self._add_value(vars(value)[name], names)
        elif isinstance(value, tuple | list):
            self._add(type(value), len(value))
            for part in value:
                self._add_value(part, names)
        elif isinstance(value, frozenset | set):
            self._add("set", sorted(map(repr, value)))
        elif isinstance(value, dict):
            self._add_value(list(value.items()), names)
        elif isinstance(value, np.ndarray):
            self._add("array", value.dtype, value.shape, value.tobytes())
        elif isinstance(value, type):
            self._add(value, getattr(value, "_fields", None), getattr(value, "__members__", None))
        elif isinstance(value, bool | int | float | complex | str | bytes | np.generic | None):
            self._add(type(value), value)

    def _again(self, key: Any) -> bool:
        """Whether something was met before; then its number stands for it."""
        known = key in self._seen
        self._add("seen", self._seen.setdefault(key, len(self._seen)))
        return known

    def _add(self, *parts: object) -> None:
        self.hash.update(repr(parts).encode())
