"""Where Numba keeps a compiled function: on disk, under a name that carries its digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numba.core.caching import FunctionCache, NullCache
from numba.np import linalg

from wann.core.kernels.jit.digest import digest
from wann.core.text import tell


def _begin() -> None:
    """Import what Numba does when it begins, without all of SciPy's linear algebra, a quarter of a
    second: it only wants to know that there is a BLAS, and asks again for code that calls one."""
    ask = linalg.ensure_blas
    linalg.ensure_blas = _find_scipy
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = ask


def _find_scipy() -> None:
    import scipy  # noqa: F401


_begin()


class Unopened(NullCache):
    """The place of a cache until the function is first compiled."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """As the cache that takes its place."""
        self._kernel._cache = _opened(self._kernel)
        return self._kernel._cache.load_overload(sig, target_context)


class _Kept(FunctionCache):
    """Numba's cache of a function, which does without the disk where that fails."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except ImportError:  # it holds a function of a module that this process has not
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as error:
            self.disable()
            _not_kept(str(error))


def _opened(kernel: Any) -> Any:
    function = kernel.py_func
    if not Path(function.__code__.co_filename).is_file():
        return NullCache()
    function.__qualname__ = f"{function.__name__}_{digest(kernel)}"
    try:
        return _Kept(function)
    except RuntimeError:  # Numba found no folder to write to
        _not_kept("no folder for them can be written to")
        return NullCache()


def _not_kept(why: str) -> None:
    """Say once why the next process will have to compile anew."""
    if not _said:
        _said.append(why)
        tell(
            f"compiled functions are not kept, so each start takes longer ({why}): "
            "set NUMBA_CACHE_DIR to a folder that can be written to"
        )


_said: list[str] = []
