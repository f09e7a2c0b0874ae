"""The figure of a comparison: score against connections, one panel for each condition."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from wann.compare.measure import DENSE, OWN, SEARCHED, WANN
from wann.compare.summary import CONDITIONS, THE_PAPER, Entry, name, paper
from wann.envs.gym import GymTask
from wann.envs.naming import titled
from wann.envs.task import ControlTask, Task
from wann.evaluation.conditions import RANDOM_SHARED, SIX_SHARED
from wann.plotting import style
from wann.prune.run import DENSE_EQUAL, TICKET, PruneRun
from wann.storage.subject import Subject

_PRUNED: tuple[dict[str, Any], ...] = tuple(
    {"color": colour, "marker": marker, "markersize": 4, "linestyle": "solid"}
    for colour, marker in (
        (style.BLUE, "o"),
        (style.GREEN, "s"),
        (style.PURPLE, "^"),
        (style.ORANGE, "D"),
        (style.SKY, "v"),
        (style.WINE, "p"),
    )
)
_WANNS: tuple[dict[str, Any], ...] = tuple(
    {"color": colour, "marker": marker, "markersize": 7, "linestyle": ""}
    for colour, marker in ((style.VERMILION, "X"), (style.BLACK, "P"), (style.GREY, "h"))
)
# A control has its method's colour, dashes and a hollow marker of its own.
_ARMS: tuple[dict[str, Any], ...] = tuple(
    {"linestyle": dashes, "marker": marker}
    for dashes, marker in (
        ((0, (4, 1.5)), "s"),
        ((0, (1, 1)), "^"),
        ((0, (5, 1.5, 1, 1.5)), "D"),
        ((0, (9, 2)), "v"),
        ((0, (3, 1, 1, 1, 1, 1)), "o"),
        ((0, (7, 1, 2, 1)), "<"),
        ((0, (2, 2)), ">"),
    )
)
_TITLES = {RANDOM_SHARED: "one random shared weight in [−2, 2]"}


def told(
    task: Task, contestants: Sequence[Subject | PruneRun], episodes: int | None = None
) -> list[str]:
    """What figures are of: the task, the runs, their seeds, and the episodes of a score."""
    seeds: set[int] = set()
    for contestant in contestants:
        if isinstance(contestant, PruneRun):
            seeds |= {row.seed for row in contestant.rows()}
        elif contestant.run is not None:
            seeds.add(contestant.config.seed)
    count = f"{len(contestants)} run{'s' * (len(contestants) != 1)}"
    numbers = f"seed{'s' * (len(seeds) != 1)} {', '.join(map(str, sorted(seeds)))}"
    played = episodes is not None and isinstance(task, ControlTask | GymTask)
    tried = f"{episodes:,} episodes a weight" if played else ""
    return [titled(task.name), count, numbers if seeds else "", tried]


@style.paper()
def figure(found: Sequence[Entry], regime: str, task: str, unit: str) -> Figure:
    """Score against effective connections, mean ± sample standard deviation over seeds.

    Args:
        found: The entries of all regimes: a method looks the same in each.
        regime: The one to draw, which some of the entries are of.
        task: The name of the task, for the paper's own network.
        unit: What scores are, "return" or "accuracy".
    """
    mine = [entry for entry in found if entry.regime == regime]
    present = {(entry.method, entry.arm) for entry in mine}
    looks = {key: look for key, look in _looks(found).items() if key in present}
    conditions = _panels({entry.condition for entry in mine})
    width = max(5.0, 1.2 + 3.0 * len(conditions))
    figure = Figure(figsize=(width, 3.4), layout="constrained")
    panels = figure.subplots(1, len(conditions), sharey=True, squeeze=False)[0]
    for axes, condition in zip(panels, conditions, strict=True):
        for key, look in looks.items():
            shown = (condition, OWN) if condition == RANDOM_SHARED else (condition,)
            curve = [e for e in mine if e.condition in shown and (e.method, e.arm) == key]
            if key[1] == DENSE:
                for entry in curve:
                    _reference(axes, entry, look)
            elif key[1] == DENSE_EQUAL:
                _draw(axes, _beside_the_ticket(curve, mine), look)
            elif curve:
                _draw(axes, curve, look)
        if known := paper(task, condition):
            connections, score, _ = known
            axes.plot(connections, score, **_STAR)
        _finish(axes, _TITLES.get(condition, condition))
    panels[0].set_ylabel(f"mean {unit}")
    if any(entry.seeds > 1 for entry in mine):
        figure.suptitle("bars: ± the sample standard deviation over n seeds", fontsize=7.5)
    handles = [
        Line2D([], [], label=style.name(_label(mine, key)) + _seeds(mine, key), **look)
        for key, look in looks.items()
    ]
    if any(paper(task, condition) for condition in conditions):
        handles.append(Line2D([], [], label=THE_PAPER, **_STAR))
    # Inches of a column: a handle, so long that every kind of dashes repeats in it, and the text.
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = max(1, int(width / (0.75 + 0.06 * longest)))
    rows = -(-len(handles) // columns)
    figure.set_size_inches(width, 3.4 + 0.16 * max(0, rows - 3))
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, handlelength=4.5)
    return figure


def _panels(conditions: Set[str]) -> list[str]:
    """The conditions with a panel. The six weights have none, beside a hundred random ones.

    Nor have masks with untrained weights of their own, where there is one that weight agnostic
    networks stand in: they are their rivals without training.
    """
    without = {SIX_SHARED, *([OWN] if RANDOM_SHARED in conditions else [])}
    return [c for c in CONDITIONS if c in conditions and c not in without]


def _reference(axes: Axes, entry: Entry, look: dict[str, Any]) -> None:
    """The dense network, a line: its size is far from those of the others."""
    axes.axhline(entry.score, **look)
    if entry.score_std:
        low, high = entry.score - entry.score_std, entry.score + entry.score_std
        axes.axhspan(low, high, color=look["color"], alpha=0.12, linewidth=0)


def _beside_the_ticket(curve: Sequence[Entry], mine: Sequence[Entry]) -> list[Entry]:
    """The dense network of equal training, where the pruned one stands that had it, too."""
    places = {(e.method, e.level): e.connections for e in mine if e.arm == TICKET}
    return [
        replace(e, connections=places[e.method, e.level])
        for e in curve
        if (e.method, e.level) in places
    ]


_STAR: dict[str, Any] = {
    "marker": "*",
    "linestyle": "",
    "markersize": 11,
    "markerfacecolor": style.YELLOW,
    "markeredgecolor": style.BLACK,
    "markeredgewidth": 0.6,
    "zorder": 5,
}


def _looks(found: Sequence[Entry]) -> dict[tuple[str, str], dict[str, Any]]:
    """How each (method, arm) is drawn."""
    methods = list(dict.fromkeys(entry.method for entry in found if entry.arm != DENSE))
    wanns = [method for method in methods if method.startswith(WANN)]
    pruned = [method for method in methods if method not in wanns]
    base = dict(zip(wanns, cycle(_WANNS), strict=False))
    base |= dict(zip(pruned, cycle(_PRUNED), strict=False))
    looks: dict[tuple[str, str], dict[str, Any]] = {}
    arms: dict[str, dict[str, Any]] = {}
    for entry in found:
        if entry.arm == DENSE:
            shades = (style.GREY, style.BLACK)
            dashes = [key for key in looks if key[1] == DENSE]
            colour = shades[len(dashes) % len(shades)]
            looks[entry.method, DENSE] = {"color": colour, "linestyle": "--", "linewidth": 1.0}
            continue
        look = {**base[entry.method], "linewidth": 1.4}
        if entry.arm not in (SEARCHED, TICKET):
            look |= {"markerfacecolor": "white", "linewidth": 1.0}
            if entry.method in pruned:
                # The same arm looks the same with every method.
                look |= arms.setdefault(entry.arm, _ARMS[len(arms) % len(_ARMS)])
        looks[entry.method, entry.arm] = look
    return looks


def _label(found: Sequence[Entry], key: tuple[str, str]) -> str:
    return next(name(entry) for entry in found if (entry.method, entry.arm) == key)


def _seeds(found: Sequence[Entry], key: tuple[str, str]) -> str:
    """How many seeds its points stand for."""
    counts = {entry.seeds for entry in found if (entry.method, entry.arm) == key}
    return f" (n = {'–'.join(map(str, sorted({min(counts), max(counts)})))})"


def _draw(axes: Axes, curve: Sequence[Entry], look: dict[str, Any]) -> None:
    """One method's levels, from the smallest network to the largest."""
    ordered = sorted((e for e in curve if e.connections > 0), key=lambda e: e.connections)
    single = len(ordered) == 1
    axes.errorbar(
        [e.connections for e in ordered],
        [e.score for e in ordered],
        yerr=[e.score_std or 0.0 for e in ordered],
        xerr=[e.connections_std or 0.0 for e in ordered] if single else None,
        elinewidth=0.7,
        capsize=1.5,
        **look,
    )


def _finish(axes: Axes, title: str) -> None:
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    few = np.log10(high / low) < 2.2  # with so few decades 2 and 5 have room between the tens
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("effective connections")
    axes.set_title(title, loc="left")
    axes.grid(axis="y", color="#e8e8e8", linewidth=0.5)
