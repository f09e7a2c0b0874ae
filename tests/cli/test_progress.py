import io
import math

import pytest
from rich.console import Console

from wann.cli import progress
from wann.cli.progress import SearchProgress
from wann.core.text import duration, number


class Clock:
    """Stands in for the module `time`."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def shown(*, terminal=False, quiet=False):
    """A console, and the text that it was given."""
    text = io.StringIO()
    return Console(file=text, force_terminal=terminal, quiet=quiet, width=200), text


def row(generation, champion=1.0, seconds=None):
    return {
        "generation": generation,
        "evaluations": 1000 * generation,
        "seconds": float(generation) if seconds is None else seconds,
        "fitness_best": 123.456,
        "fitness_median": 0.12345,
        "peak": 500.0,
        "champion_fitness": champion,
        "connections_best": 17,
    }


def test_a_plain_line(clock):
    console, text = shown()
    with SearchProgress(console, 11, math.inf) as show:
        show(row(0))
        clock.now += progress.PLAIN_INTERVAL
        show(row(5))
    assert text.getvalue().splitlines()[:3] == [
        "compiling ...",
        "generation    0  best 123.5  median 0.123  peak 500.0  champion 1.000  connections 17",
        "generation    5  best 123.5  median 0.123  peak 500.0  champion 1.000  connections 17"
        "  1,000 rollouts/s  left 5 s",
    ]


def test_plain_lines_come_with_a_better_champion_or_after_some_time(clock):
    console, text = shown()
    show = SearchProgress(console, 100, math.inf)
    champions = [1.0, 1.0, 2.0, 2.0, 2.0, 2.0]
    for generation, champion in enumerate(champions):
        show(row(generation, champion))
        clock.now += 0.4 * progress.PLAIN_INTERVAL
    told = [int(line.split()[1]) for line in text.getvalue().splitlines()]
    assert told == [0, 2, 5]


def test_a_champion_without_a_finite_score(clock):
    console, text = shown()
    SearchProgress(console, 100, math.inf)(row(0, -math.inf))
    assert "champion -inf" in text.getvalue()


def test_the_time_limit_may_come_first(clock):
    console, text = shown()
    show = SearchProgress(console, 1000, 60.0)
    show(row(0))
    clock.now += 20.0
    show(row(20))
    assert text.getvalue().splitlines()[-1].endswith("left 40 s")


def test_speed_counts_from_where_the_search_was_resumed(clock):
    console, text = shown()
    show = SearchProgress(console, 110, math.inf)
    show(row(100, seconds=900.0))
    clock.now += progress.PLAIN_INTERVAL
    show(row(105, seconds=905.0))
    assert text.getvalue().splitlines()[-1].endswith("1,000 rollouts/s  left 4 s")


def test_a_live_line_in_a_terminal(clock):
    console, text = shown(terminal=True)
    with SearchProgress(console, 10, math.inf) as show:
        for generation in range(10):
            show(row(generation))
    assert "compiling ..." in text.getvalue().splitlines()[0]
    assert "generation    9  best 123.5" in text.getvalue().splitlines()[-2]


@pytest.mark.parametrize("terminal", [False, True])
def test_quiet(terminal):
    console, text = shown(terminal=terminal, quiet=True)
    with SearchProgress(console, 10, math.inf) as show:
        show(row(0))
    assert text.getvalue() == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.500"), (-0.25, "-0.250"), (9.9994, "9.999"), (10.0, "10.0"), (-1234.56, "-1234.6"),
     (math.nan, "nan")],
)  # fmt: skip
def test_numbers(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1.0, "0 s"), (0.4, "0 s"), (99.4, "99 s"), (99.6, "1:40 min"), (185.0, "3:05 min"),
     (5999.0, "99:59 min"), (6000.0, "1:40 h"), (90_000.0, "25:00 h")],
)  # fmt: skip
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_two_measures_are_named(clock):
    console, text = shown()
    with SearchProgress(console, 11, math.inf, ("log-likelihood", "accuracy")) as show:
        show(row(0))
    line = text.getvalue().splitlines()[1]
    assert "log-likelihood best 123.5" in line
    assert "champion accuracy 1.000" in line
