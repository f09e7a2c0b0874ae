"""The one way in which functions are compiled, kept on disk by all that they are made of.

Numba compiles a function that it kept anew when the function's own file has changed. It does not
look at the functions that it calls in other files, nor at the numbers that it builds in; and it
keeps one function for each name, so that two of one name would be taken for each other. So the
name on disk carries a digest of all this.

The digest is made when a function is first called: most are not, in most processes, and what a
function names may stand below it. Numba itself is imported then, too: it takes longer than all the
rest of a command that only lists runs or tells of its options.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

# No C code calls a function by its address, so what that would take is not compiled.
_OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function, exactly as it is written, and keep it on disk."""
    return Kernel(function, _OPTIONS)


def compiled_within(function: Callable[..., Any]) -> Any:
    """As `compiled`, for a function that only compiled ones call: Python cannot, which takes less
    time to compile."""
    return Kernel(function, {**_OPTIONS, "no_cpython_wrapper": True})


def compiled_fast(function: Callable[..., Any]) -> Any:
    """As `compiled`, but products and sums may fuse, which loops over rows gain from.

    No other freedom: reordering would undo exact reductions of arguments, and NaN and infinity
    must keep their meaning.
    """
    return Kernel(function, {**_OPTIONS, "fastmath": {"contract"}})


_making = threading.RLock()


class Kernel:
    """A function that `numba.njit` gets when it is first called, or named by another that is
    compiled. To both, and to who asks for one of its attributes, it is what Numba makes of it."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        """A function, and what `numba.njit` is told of it."""
        functools.update_wrapper(self, function)
        self.py_func = function
        self._options = options

    @property
    def dispatcher(self) -> Any:
        """What Numba makes of the function."""
        with _making:  # one, whoever asks first
            return self._dispatcher

    @cached_property
    def _dispatcher(self) -> Any:
        import numba

        return keep(numba.njit(**self._options)(self.py_func))

    def __call__(self, *arguments: Any) -> Any:
        """As the function."""
        return self.dispatcher(*arguments)

    @property
    def _numba_type_(self) -> Any:  # where Numba looks
        return self.dispatcher._numba_type_

    def __getattr__(self, name: str) -> Any:
        return getattr(self.dispatcher, name)

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process goes what Numba made."""
        return _itself, (self.dispatcher,)


def _itself(dispatcher: Any) -> Any:
    return dispatcher


class Intrinsic:
    """A definition that `numba.extending.intrinsic` gets when compiled code first names it."""

    def __init__(self, definition: Callable[..., Any]) -> None:
        """A definition, some of whose arguments have to be literal."""
        self._defn = definition

    @cached_property
    def _numba_type_(self) -> Any:  # where Numba looks
        from numba.core.registry import cpu_target
        from numba.extending import intrinsic

        made = intrinsic(prefer_literal=True)(self._defn)
        context = cpu_target.typing_context
        context.refresh()
        return context.resolve_value_type(made)


def keep(kernel: Any) -> Any:
    """Have a function of `numba.njit` kept on disk, used there only while its digest is the same.

    Without a source file, as in an interactive session, it is not kept; where no folder can be
    written to, neither, and one line says so.
    """
    if not isinstance(kernel, Kernel):
        from wann.core.kernels.jit.cache import Unopened

        kernel._cache = Unopened(kernel)
    return kernel
