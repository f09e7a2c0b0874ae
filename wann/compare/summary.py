"""A comparison: points put together over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from wann.cli.groups import FREE
from wann.compare.measure import DENSE, OWN, SEARCHED, SIGNED, UNSIGNED, WANN, Point
from wann.evaluation.conditions import (
    BEST_SHARED,
    PAPER,
    PAPER_CONNECTIONS,
    RANDOM_SHARED,
    SIX_SHARED,
    SOFTMAX,
    TUNED_WEIGHTS,
    VOTE,
)
from wann.prune.run import TICKET, PruneRun
from wann.storage.subject import Subject

REGIMES = {
    "A": "no trained weight",
    "B": "one tuned shared weight",
    "C": "all weights trained",
}
CONDITIONS = (RANDOM_SHARED, SIX_SHARED, SOFTMAX, VOTE, OWN, BEST_SHARED, TUNED_WEIGHTS)
THE_PAPER = "the paper's WANN"
# Mean return from which a tuned network counts as good; where a task has none, its own threshold.
TUNED_AT = {"swingup": 900.0}


@dataclass(frozen=True)
class Entry:
    """The points of one method, arm and level under one condition, over their seeds.

    Means are over the seeds; a ± is the sample standard deviation over them, with n - 1, None for
    a single one.
    """

    regime: str
    condition: str
    method: str
    arm: str
    level: int
    seeds: int
    connections: float
    connections_std: float | None
    score: float
    score_std: float | None
    spread: float | None
    samples: float | None
    multiply_adds: float | None
    cpu_seconds: float | None
    dense_us: float | None
    sparse_us: float | None

    @property
    def is_control(self) -> bool:
        """Whether it only serves to judge another."""
        return self.arm not in (SEARCHED, TICKET, SIGNED, UNSIGNED, DENSE)


def name(entry: Entry) -> str:
    """What an entry is called in tables and figures."""
    if entry.arm in (SEARCHED, TICKET, DENSE):
        return entry.method
    only = " (w > 0)" if entry.arm == SIGNED and entry.regime == "A" else ""
    return f"{entry.method}, {entry.arm.removesuffix('-shared')}{only}"


def methods(
    contestants: Sequence[Subject | PruneRun], labels: Sequence[str | None] = ()
) -> list[str]:
    """What each is called: WANN or the method, with a folder's name where settings differ.

    Args:
        contestants: The networks and prunings.
        labels: What the user calls each, None for nothing; it stands in the place of the folder.
    """
    origins = [c.model.search if isinstance(c, Subject) else c.settings for c in contestants]
    kinds = [str(origin.get("method", WANN)) for origin in origins]  # pruned ones tell theirs
    settings = [
        {
            key: value
            for key, value in (asdict(c.config) if isinstance(c, Subject) else c.settings).items()
            if key not in FREE
        }
        for c in contestants
    ]
    labels = labels or [None] * len(contestants)
    found = []
    for kind, its, label in zip(kinds, settings, labels, strict=True):
        if label is not None:
            found.append(f"{kind} ({label})")
            continue
        same = [i for i, other in enumerate(kinds) if other == kind and labels[i] is None]
        first = next(i for i in same if settings[i] == its)
        plain = all(settings[i] == its for i in same)
        found.append(kind if plain else f"{kind} ({_label(contestants[first])})")
    return found


def _label(contestant: Subject | PruneRun) -> str:
    return contestant.label if isinstance(contestant, Subject) else contestant.path.resolve().name


# What compare.csv calls the spreads, so that it says what they are.
SPREADS = {
    "connections_std": "connections_sample_std_over_seeds",
    "score_std": "score_sample_std_over_seeds",
    "spread": "mean_spread_within_network",
}
COLUMNS = tuple(SPREADS.get(field.name, field.name) for field in fields(Entry))


def entries(points: Iterable[Point]) -> list[Entry]:
    """Put points together, in the order of regimes, conditions and their first appearance."""
    groups: dict[tuple[Any, ...], list[Point]] = {}
    for point in with_one_dense(counted_once(points)):
        key = (point.regime, point.condition, point.method, point.arm, point.level)
        groups.setdefault(key, []).append(point)
    found = [_entry(key, its) for key, its in groups.items()]
    methods = list(dict.fromkeys(entry.method for entry in found))
    arms = list(dict.fromkeys(entry.arm for entry in found))

    def order(entry: Entry) -> tuple[Any, ...]:
        condition = CONDITIONS.index(entry.condition)
        places = methods.index(entry.method), arms.index(entry.arm)
        return (entry.regime, condition, *places, entry.level)

    return sorted(found, key=order)


def counted_once(points: Iterable[Point]) -> list[Point]:
    """The points without those that stand there again, as where a run is named twice."""
    found: dict[tuple[Any, ...], Point] = {}
    for point in points:
        what = (point.regime, point.condition, point.method, point.arm, point.level)
        key = (*what, point.seed, point.connections, point.score)
        if key not in found or found[key].times is None:
            found[key] = point
    return list(found.values())


def with_one_dense(points: Sequence[Point]) -> list[Point]:
    """The points with one dense network where all methods began with the same one.

    Where they did not, such as with other steps, each is named for its method.
    """
    dense = [point for point in points if point.arm == DENSE]
    same = len({(p.seed, p.connections, p.score) for p in dense}) == len({p.seed for p in dense})
    named = [
        replace(p, method=DENSE if same else f"{DENSE} ({p.method})") if p.arm == DENSE else p
        for p in points
    ]
    return counted_once(named)


# What makes trainings differ in what they cost, or networks in size, whatever the method.
BUDGET = ("steps", "batch", "optimizer", "learning_rate", "hidden", "budget", "examples")


def unequal(prunings: Sequence[PruneRun], methods: Sequence[str]) -> list[str]:
    """A line for each setting of the budget, the size or the data in which prunings differ."""
    lines = []
    for setting in BUDGET:
        values: dict[str, list[str]] = {}
        for run, method in zip(prunings, methods, strict=True):
            value = {**run.settings, **run.about}.get(setting)
            if value is not None and method not in values.setdefault(str(value), []):
                values[str(value)].append(method)
        if len(values) > 1:
            each = "; ".join(f"{', '.join(names)}: {value}" for value, names in values.items())
            lines.append(f"These differ in {setting}, so they are not of one budget: {each}.")
    return lines


def _entry(key: tuple[Any, ...], points: Sequence[Point]) -> Entry:
    def mean(values: Iterable[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    def deviation(values: Sequence[float]) -> float | None:
        return float(np.std(values, ddof=1)) if len(values) > 1 else None

    connections = [point.connections for point in points]
    scores = [point.score for point in points]
    regime, condition, method, arm, level = key
    return Entry(
        regime,
        condition,
        method,
        arm,
        level,
        seeds=len(points),
        connections=float(np.mean(connections)),
        connections_std=deviation(connections),
        score=float(np.mean(scores)),
        score_std=deviation(scores),
        spread=mean(point.spread for point in points),
        samples=mean(point.samples for point in points),
        multiply_adds=mean(point.multiply_adds for point in points),
        cpu_seconds=mean(point.cpu_seconds for point in points),
        dense_us=mean(point.times.dense if point.times else None for point in points),
        sparse_us=mean(point.times.sparse if point.times else None for point in points),
    )


def rows(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """The entries as rows, with the `COLUMNS`."""
    return [{SPREADS.get(k, k): v for k, v in vars(entry).items()} for entry in found]


@dataclass(frozen=True)
class Fewest:
    """The fewest connections with which a method reaches a return, by the mean over seeds.

    Attributes:
        method: WANN, or the method of a pruning.
        condition: How the weights came about.
        threshold: The mean return to reach.
        entry: The smallest entry that does; None where none does.
    """

    method: str
    condition: str
    threshold: float
    entry: Entry | None


def fewest(found: Sequence[Entry], task: str, solved_at: float | None) -> list[Fewest]:
    """The fewest connections that are good enough, for each method; for control tasks."""
    if solved_at is None:
        return []
    thresholds = {BEST_SHARED: solved_at, TUNED_WEIGHTS: TUNED_AT.get(task, solved_at)}
    result = []
    for condition, threshold in thresholds.items():
        own = [e for e in found if e.condition == condition and not e.is_control]
        for method in dict.fromkeys(entry.method for entry in own):
            good = [e for e in own if e.method == method and e.score >= threshold]
            smallest = min(good, key=lambda e: e.connections, default=None)
            result.append(Fewest(method, condition, threshold, smallest))
    return result


def paper(task: str, condition: str) -> tuple[int, float, float | None] | None:
    """Connections, score and ± of the paper's own network; None where it gives none."""
    known = PAPER.get(task, {}).get(condition)
    return None if known is None else (PAPER_CONNECTIONS[task], *known)
