"""A comparison: points put together over seeds, and what papers take from it: CSV, Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from wann.points import OWN, PERMUTATIONS, SEARCHED, SIGNED, UNSIGNED, WANN, Point
from wann.progress import number
from wann.protocol import (
    BEST_SHARED,
    PAPER,
    PAPER_CONNECTIONS,
    RANDOM_SHARED,
    SOFTMAX,
    TUNED_WEIGHTS,
    VOTE,
)
from wann.pruning.results import TICKET, PruneRun
from wann.subjects import Subject
from wann.untrained import SIX

REGIMES = {
    "A": "no trained weight",
    "B": "one tuned shared weight",
    "C": "all weights trained",
}
CONDITIONS = (RANDOM_SHARED, SIX, SOFTMAX, VOTE, OWN, BEST_SHARED, TUNED_WEIGHTS)
THE_PAPER = "the paper's WANN"
# Mean return from which a tuned network counts as good; where a task has none, its own threshold.
TUNED_AT = {"swingup": 900.0}


@dataclass(frozen=True)
class Entry:
    """The points of one method, arm and level under one condition, over their seeds.

    Means are over the seeds; a ± is the standard deviation over them, None for a single one.
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
    dense_us: float | None
    sparse_us: float | None

    @property
    def is_control(self) -> bool:
        """Whether it only serves to judge another."""
        return self.arm not in (SEARCHED, TICKET, SIGNED, UNSIGNED)


# Settings in which runs may differ and still be seeds of one method.
FREE = ("seed", "seeds", "generations", "target", "arms", "controls")


def methods(contestants: Sequence[Subject | PruneRun]) -> list[str]:
    """What each is called: WANN or the recipe, with a folder's name where settings differ."""
    kinds = [WANN if isinstance(c, Subject) else str(c.settings.get("method")) for c in contestants]
    settings = [
        {
            key: value
            for key, value in (asdict(c.config) if isinstance(c, Subject) else c.settings).items()
            if key not in FREE
        }
        for c in contestants
    ]
    found = []
    for kind, its in zip(kinds, settings, strict=True):
        same = [i for i, other in enumerate(kinds) if other == kind]
        first = settings.index(its)
        plain = all(settings[i] == its for i in same)
        found.append(kind if plain else f"{kind} ({_label(contestants[first])})")
    return found


def _label(contestant: Subject | PruneRun) -> str:
    return contestant.label if isinstance(contestant, Subject) else contestant.path.resolve().name


COLUMNS = tuple(field.name for field in fields(Entry))


def entries(points: Iterable[Point]) -> list[Entry]:
    """Put points together, in the order of regimes, conditions and their first appearance."""
    groups: dict[tuple[Any, ...], list[Point]] = {}
    for point in points:
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


def _entry(key: tuple[Any, ...], points: Sequence[Point]) -> Entry:
    def mean(values: Iterable[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    def deviation(values: Sequence[float]) -> float | None:
        return float(np.std(values)) if len(values) > 1 else None

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
        dense_us=mean(point.times.dense if point.times else None for point in points),
        sparse_us=mean(point.times.sparse if point.times else None for point in points),
    )


def rows(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """The entries as rows, with the `COLUMNS`."""
    return [vars(entry) for entry in found]


@dataclass(frozen=True)
class Fewest:
    """The fewest connections with which a method reaches a return, by the mean over seeds.

    Attributes:
        method: WANN, or the recipe.
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


HEADER = ("network", "level", "seeds", "connections", "score", "± within")
COST_HEADER = ("samples", "multiply-adds", "dense µs", "sparse µs")


def markdown(found: Sequence[Entry], task: str, unit: str, batch: int, best: list[Fewest]) -> str:
    """The comparison as a document: a table for each condition, never regimes in one.

    Args:
        found: The entries.
        task: The name of the task.
        unit: What scores are, "return" or "accuracy".
        batch: Examples whose inference is timed together.
        best: The fewest connections that are good enough.
    """
    lines = [
        f"# Networks for {task}",
        "",
        f"Scores are the mean {unit} on cases that chose nothing, ± the standard deviation over "
        "seeds. Connections are effective ones, those of the bias included. The other ± is within "
        "a network: over shared weights in regime A, else over episodes. Samples are images "
        "seen or environment steps (of episodes that end early, at most), for the mask or the "
        "topology and for the weights. Times are medians of one call with "
        + (f"{batch:,} images" if batch > 1 else "one observation")
        + ", as dense products with zeros and sparse, on one thread. A mask is tried with one "
        "weight everywhere (unsigned-shared), and with the sign each weight began with "
        "(signed-shared; where a file does not tell it, the sign it has). Edges permuted: with "
        f"the champion's degrees and activations, the mean of {PERMUTATIONS}.",
    ]
    for regime, title in REGIMES.items():
        mine = [entry for entry in found if entry.regime == regime]
        if mine:
            lines += ["", f"## {regime}: {title}"]
        for condition in dict.fromkeys(entry.condition for entry in mine):
            lines += ["", f"### {condition}", "", *_table((*HEADER, *COST_HEADER))]
            if known := paper(task, condition):
                connections, score, std = known
                # Its ± is not one over seeds.
                texts = [_score(unit)(score), "" if std is None else _score(unit)(std)]
                lines.append(_line([THE_PAPER, "", "", f"{connections:,}", *texts, *[""] * 4]))
            lines += [_line(cells_of(e, unit)) for e in mine if e.condition == condition]
    if best:
        lines += ["", "## Fewest connections", "", *_table(("network", "weights", *FEWEST))]
        lines += [_line(fewest_cells(item)) for item in best]
    return "\n".join(lines) + "\n"


FEWEST = ("to reach", "connections", "score")


def fewest_cells(item: Fewest) -> list[str]:
    """The cells of a table of the fewest connections."""
    reached = ["none does", ""]
    if item.entry is not None:
        reached = [
            f"{item.entry.connections:.4g}",
            _pm(item.entry.score, item.entry.score_std, number),
        ]
    return [item.method, item.condition, f"{item.threshold:g}", *reached]


def cells_of(entry: Entry, unit: str) -> list[str]:
    """The cells of an entry's line, under `HEADER` and `COST_HEADER`."""
    text = _score(unit)
    return [
        name(entry),
        str(entry.level) if entry.level else "",
        str(entry.seeds),
        _pm(entry.connections, entry.connections_std, "{:,.0f}".format),
        _pm(entry.score, entry.score_std, text),
        "" if entry.spread is None else text(entry.spread),
        *("" if x is None else f"{x:.1e}" for x in (entry.samples, entry.multiply_adds)),
        *("" if x is None else f"{x:,.4g}" for x in (entry.dense_us, entry.sparse_us)),
    ]


def name(entry: Entry) -> str:
    """What an entry is called in tables and figures."""
    plain = entry.arm in (SEARCHED, TICKET)
    return entry.method if plain else f"{entry.method}, {entry.arm}"


def _score(unit: str) -> Callable[[float], str]:
    """How scores are written: returns as numbers, accuracies in per cent."""
    return number if unit == "return" else "{:.2%}".format


def _pm(mean: float, std: float | None, text: Callable[[float], str]) -> str:
    return text(mean) if std is None else f"{text(mean)} ± {text(std)}"


def _table(header: Sequence[str]) -> list[str]:
    return [_line(header), "|" + " --- |" * len(header)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
