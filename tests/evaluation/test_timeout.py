import os
import time

import pytest

from wann.evaluation import timeout


def ready():
    pass


def slow_start():
    time.sleep(0.5)


def sleep(seconds):
    time.sleep(seconds)
    return os.getpid()


def fail():
    raise KeyError("no such key")


def die():
    os.kill(os.getpid(), 9)


def test_in_time_in_a_process_that_stays():
    first = timeout.call(30.0, None, ready, sleep, 0.0)
    assert first not in (None, os.getpid())
    assert timeout.call(30.0, None, ready, sleep, 0.0) == first


def test_too_late():
    first = timeout.call(30.0, None, ready, sleep, 0.0)
    started = time.monotonic()
    assert timeout.call(0.3, "late", ready, sleep, 60.0) == "late"
    assert time.monotonic() - started < 20
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)  # it is gone
    assert timeout.call(30.0, None, ready, sleep, 0.0) not in (None, first)


def test_the_start_of_a_process_does_not_count():
    timeout.call(0.01, None, ready, sleep, 60.0)  # kills it, so that a new one starts
    assert timeout.call(0.4, "late", slow_start, os.getpid) != "late"


def test_what_it_raises():
    with pytest.raises(KeyError, match="no such key"):
        timeout.call(30.0, None, ready, fail)


def test_a_process_that_dies():
    with pytest.raises(timeout.BrokenProcessPool):
        timeout.call(30.0, None, ready, die)
    assert timeout.call(30.0, None, ready, sleep, 0.0) is not None
