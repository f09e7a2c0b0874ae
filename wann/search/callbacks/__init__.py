"""What is called after each generation of a search: ``callback(state)``.

Any function of the state will do; `state.row` is the generation's row of metrics. A callback that
is a context manager, as those here, is entered before the search and left after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from wann.search.state import SearchState

Callback = Callable[[SearchState], object]


@contextmanager
def entered(callbacks: Sequence[Callback]) -> Iterator[None]:
    """Those that are context managers, entered."""
    with ExitStack() as stack:
        for callback in callbacks:
            if isinstance(callback, AbstractContextManager):
                stack.enter_context(callback)
        yield


def rows_before(state: SearchState) -> list[Mapping[str, Any]]:
    """The rows of the generations before this one that the run's folder holds, if it has one.

    Raises:
        OSError: If they cannot be read.
        ValueError: If they are damaged.
    """
    if state.run is None:
        return []
    columns = state.run.metrics()
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [row for row in rows if row["generation"] < state.row["generation"]]
