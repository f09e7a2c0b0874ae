"""Calls that are cut off after some seconds, whatever they hang in: each thread makes them in a
process of its own, which is killed when the time is up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from wann.evaluation.workers import ENVIRONMENT, IDLE, begin

TRIES = 3  # with a new process each, if one dies

_mine = threading.local()


def call(
    seconds: float,
    late: Any,
    prepare: Callable[[], object],
    function: Callable[..., Any],
    *args: Any,
) -> Any:
    """What a function returns, or `late` if that takes too long.

    Args:
        seconds: The time it has.
        late: What to return when the time is up.
        prepare: Called first in each new process; its time does not count.
        function: What to call; like its arguments and its result it must be picklable.
        *args: For the function.

    Raises:
        Exception: What the function raises.
        BrokenProcessPool: If the process dies again and again.
    """
    for attempt in range(TRIES):
        try:
            future = _executor(prepare).submit(function, *args)
            return future.result(seconds)
        except OutOfTime:
            if future.done():
                return future.result()  # just in time, or an OutOfTime of the function's own
            _kill()
            return late
        except BrokenProcessPool:
            _kill()
            if attempt == TRIES - 1:
                raise
    raise AssertionError


def _executor(prepare: Callable[[], object]) -> Any:
    if getattr(_mine, "executor", None) is None:
        from joblib.externals.loky.process_executor import ProcessPoolExecutor

        _mine.executor = ProcessPoolExecutor(1, timeout=IDLE, initializer=begin, env=ENVIRONMENT)
        _mine.executor.submit(prepare).result()
    return _mine.executor


def _kill() -> None:
    executor, _mine.executor = _mine.executor, None
    executor.shutdown(kill_workers=True)
