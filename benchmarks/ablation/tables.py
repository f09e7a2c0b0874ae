"""The tables of docs/results/ablation.md and its figures, from the CSV files alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from wann.core import files
from wann.plotting import style

DOCS = Path(__file__).parents[2] / "docs"
PAGE, IMAGES = DOCS / "results" / "ablation.md", DOCS / "images"
TASKS = {"swingup": "swing-up", "mnist": "MNIST"}
# Of the fronts: the size of the paper's network, and one about half as large.
COLUMNS = {"swingup": (20, 52), "mnist": (900, 1849)}
LINES = (  # of the figures: as many as can be told apart
    ("paper", style.BLACK, "o"),
    ("wann", style.VERMILION, "X"),
    ("wann, population 1 (greedy)", style.BLUE, "s"),
    ("wann, layers without guidance", style.GREEN, "^"),
    ("wann, guidance without layers", style.PURPLE, "v"),
    ("paper + activations that hardly mind the size", style.ORANGE, "D"),
    ("paper + our mutations, symmetric", style.SKY, "P"),
    ("best of N random networks", style.GREY, "h"),
)

# The paper's mean over random shared weights.
PUBLISHED = {"swingup": 515, "mnist": 0.82}
# When the long searches are looked at, by their CPU seconds.
TIMES = {"after 40 s": 40.0, "after 80 s": 80.0, "at the end": math.inf}

Rows = list[dict[str, str]]


def write(folder: Path) -> None:
    """Put the tables between their marks on the page, and draw the figures beside it."""
    text = PAGE.read_text(encoding="utf-8")
    for part, table in tables(folder).items():
        marks = f"<!-- {part} -->\n", f"<!-- end of {part} -->"
        pattern = f"{re.escape(marks[0])}.*?{re.escape(marks[1])}"
        text = re.sub(pattern, lambda _, t=table, m=marks: f"{m[0]}\n{t}\n{m[1]}", text, flags=re.S)
    files.write_text(PAGE, text)
    for task in TASKS:
        picture = figure(task, read(folder, "fronts"), read(folder, "runs"))
        files.write(
            IMAGES / f"ablation-{task}.png",
            lambda file, picture=picture: style.save(picture, file, "png"),
        )


def tables(folder: Path) -> dict[str, str]:
    """The tables as Markdown, by the names of their marks."""
    runs, fronts, curves, rewired = (
        read(folder, name) for name in ("runs", "fronts", "curves", "rewired")
    )
    return {
        **{task: table(task, runs, fronts, curves) for task in TASKS},
        "longer": longer(folder.with_name(f"{folder.name}-long")),
        "sizes": sizes(fronts),
        "rewired": controls(rewired),
        **({"ternary": ternary(folder.parent / "ternary.csv")}),
        **({"objectives": objectives(folder.parent / "objectives.csv")}),
    }


def read(folder: Path, name: str) -> Rows:
    """The lines of a CSV file, by its columns."""
    columns, lines = files.read_csv(folder / f"{name}.csv")
    return [dict(zip(columns, line, strict=True)) for line in lines]


# Rows whose time goes elsewhere: they come to far fewer trials than the others.
WITHOUT_POPULATION = ("wann, population 1", "best of N")


def table(task: str, runs: Rows, fronts: Rows, curves: Rows) -> str:
    """A line for each row of the ablation: at equal CPU seconds, and at equal trials."""
    mine = of(runs, task=task)
    if not mine:
        return "No run is done yet.\n"
    rows = list(dict.fromkeys(run["row"] for run in mine))
    trials = min(
        float(run["trials"]) for run in mine if not run["row"].startswith(WITHOUT_POPULATION)
    )
    small, large = COLUMNS[task]
    what = "images" if task == "mnist" else "episodes"
    header = (
        "row",
        "seeds",
        "score",
        "connections",
        f"within {small:,}",
        f"within {large:,}",
        "generations",
        "CPU s",
        f"after {trials:.2g} {what}",
    )
    lines = [_line(header), "|" + " --- |" * len(header)]
    for row in rows:
        found = of(mine, row=row)
        own = of(curves, task=task, row=row)
        within = [of(fronts, task=task, row=row, budget=str(most)) for most in (small, large)]
        lines.append(
            _line(
                (
                    row,
                    str(len(found)),
                    mean(found, "score", task),
                    f"{np.mean([float(run['connections']) for run in found]):,.0f}",
                    *(mean(each, "score", task) if each else "none" for each in within),
                    f"{np.mean([float(run['generations']) for run in found]):,.0f}",
                    f"{np.mean([float(run['cpu_seconds']) for run in found]):.0f}",
                    mean(_at(own, trials), "chosen_by", task),
                )
            )
        )
    return "\n".join(lines) + "\n"


def _at(curves: Rows, trials: float) -> Rows:
    """For each seed the last point of its curve that took no more trials; none for a row in which
    a seed took fewer in all."""
    ends = {point["seed"]: float(point["trials"]) for point in curves}
    return _before(curves, "trials", trials) if min(ends.values()) >= trials else []


def _before(curves: Rows, column: str, most: float) -> Rows:
    """For each seed the last point of its curve that has no more of something, if each has one."""
    points = [point for point in curves if float(point[column]) <= most]
    last = {point["seed"]: point for point in points}
    return list(last.values()) if len(last) == len({point["seed"] for point in curves}) else []


def longer(folder: Path) -> str:
    """The rows that were searched for three times as long, and what they were worth on the way."""
    runs, curves = read(folder, "runs"), read(folder, "curves")
    header = ("task", "row", "seeds", *TIMES, "score", "connections", "generations")
    lines = [_line(header), "|" + " --- |" * len(header)]
    for task, name in TASKS.items():
        for row in dict.fromkeys(run["row"] for run in of(runs, task=task)):
            found, own = (of(rows, task=task, row=row) for rows in (runs, curves))
            ways = [
                mean(_before(own, "seconds", most), "chosen_by", task) for most in TIMES.values()
            ]
            sizes, generations = (
                f"{np.mean([float(run[key]) for run in found]):,.0f}"
                for key in ("connections", "generations")
            )
            cells = (str(len(found)), *ways, mean(found, "score", task), sizes, generations)
            lines.append(_line((name, row, *cells)))
    return "\n".join(lines) + "\n"


def sizes(fronts: Rows) -> str:
    """The smallest network of each front that has the paper's score on the cases that choose, of
    the rows in which a seed comes to it."""
    header = ("task", "row", "seeds that come to it", "connections", "score")
    lines = [_line(header), "|" + " --- |" * len(header)]
    for task, name in TASKS.items():
        mine = of(fronts, task=task)
        for row in dict.fromkeys(line["row"] for line in mine):
            own = of(mine, row=row)
            reached = [line for line in own if float(line["chosen_by"]) >= PUBLISHED[task]]
            smallest = {line["seed"]: line for line in reversed(reached)}
            if smallest:
                found = list(smallest.values())
                count = f"{len(found)} of {len({line['seed'] for line in own})}"
                scores = mean(found, "score", task)
                lines.append(_line((name, row, count, mean(found, "connections", ""), scores)))
    return "\n".join(lines) + "\n"


def controls(rewired: Rows) -> str:
    """What the champions of the preset are worth with their wiring at random."""
    lines = [_line(("task", "control", "seeds", "score")), "| --- | --- | --- | --- |"]
    for task, name in TASKS.items():
        mine = of(rewired, task=task)
        for control in dict.fromkeys(line["control"] for line in mine):
            found = of(mine, control=control)
            lines.append(_line((name, control, str(len(found)), mean(found, "score", task))))
    return "\n".join(lines) + "\n"


def ternary(file: Path) -> str:
    """Trainings of ternary networks, and searches that begin with them."""
    columns, cells = files.read_csv(file)
    rows = [dict(zip(columns, line, strict=True)) for line in cells]
    header = ("within", "what", "seeds", "CPU s", "connections", "validation", "test")
    lines = [_line(header), "|" + " --- |" * len(header)]
    for budget in dict.fromkeys(row["budget"] for row in rows):
        for what in dict.fromkeys(row["what"] for row in rows):
            found = of(rows, budget=budget, what=what)
            sizes, seconds = (
                np.mean([float(row[key]) for row in found])
                for key in ("connections", "cpu_seconds")
            )
            accuracies = (mean(found, key, "mnist") for key in ("validation", "test"))
            counts = str(len(found)), f"{seconds:.0f}", f"{sizes:,.0f}"
            lines.append(_line((f"{int(budget):,}", what, *counts, *accuracies)))
    return "\n".join(lines) + "\n"


def objectives(file: Path) -> str:
    """Searches on images with different second objectives."""
    columns, cells = files.read_csv(file)
    rows = [dict(zip(columns, line, strict=True)) for line in cells]
    header = ("beside the likelihood", "seeds", "score", "connections", "within 900", "generations")
    lines = [_line(header), "|" + " --- |" * len(header)]
    for name in dict.fromkeys(row["row"] for row in rows):
        found = of(rows, row=name)
        sizes, generations = (
            np.mean([float(row[key]) for row in found]) for key in ("connections", "generations")
        )
        scores, small = (mean(found, key, "mnist") for key in ("score", "within_900"))
        counts = f"{sizes:,.0f}", small, f"{generations:,.0f}"
        lines.append(_line((name, str(len(found)), scores, *counts)))
    return "\n".join(lines) + "\n"


def of(rows: Rows, **cells: str) -> Rows:
    """The lines with these cells."""
    return [row for row in rows if all(row[key] == value for key, value in cells.items())]


def mean(rows: Rows, column: str, task: str) -> str:
    """The mean of a column over the lines ± their sample deviation, an accuracy in per cent."""
    values = np.array([float(row[column]) for row in rows]) * (100 if task == "mnist" else 1)
    if not len(values):
        return ""
    spread = f" ± {values.std(ddof=1):.1f}" if len(values) > 1 else ""
    return f"{values.mean():.1f}{' %' if task == 'mnist' else ''}{spread}"


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(cells) + " |"


@style.paper()
def figure(task: str, fronts: Rows, runs: Rows) -> Figure:
    """The fronts of the rows in `LINES`, a line a seed, and the score of every row and seed."""
    rows = list(dict.fromkeys(run["row"] for run in of(runs, task=task)))
    picture = Figure(figsize=(7.0, 0.9 + 0.19 * max(len(rows), 10)), layout="constrained")
    front, scores = picture.subplots(1, 2, gridspec_kw={"width_ratios": (1.0, 0.8)})
    looks = {name: {"color": colour, "marker": marker} for name, colour, marker in LINES}
    for row, look in looks.items():
        mine = of(fronts, task=task, row=row)
        for number, seed in enumerate(dict.fromkeys(line["seed"] for line in mine)):
            own = of(mine, seed=seed)
            x, y = ([float(line[key]) for line in own] for key in ("connections", "score"))
            front.plot(x, y, lw=0.8, ms=3, label=row if number == 0 else None, **look)
    front.set(xscale="log", xlabel="connections", ylabel="mean over weights in [−2, 2]")
    front.set_xticks([size * ten for ten in (10, 100, 1000) for size in (1, 2, 5)])
    front.set_xlim(*_limits(fronts, task))
    front.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    front.xaxis.set_minor_formatter(NullFormatter())
    front.set_title("the best within so many connections", loc="left")
    for place, row in enumerate(rows):
        values = [float(run["score"]) for run in of(runs, task=task, row=row)]
        look = {"color": style.LINE, "marker": "o", **looks.get(row, {})}
        scores.plot(values, [place] * len(values), ls="", ms=4, **look)
    scores.set_yticks(range(len(rows)), rows, fontsize=6.5)
    scores.set_ylim(len(rows) - 0.5, -0.5)
    scores.grid(axis="y", lw=0.3)
    scores.set_title("all rows, a mark a seed", loc="left")
    return picture


def _limits(fronts: Rows, task: str) -> tuple[float, float]:
    """The ends of an axis for the connections of the rows in `LINES`."""
    names = [name for name, *_ in LINES]
    sizes = [float(line["connections"]) for line in of(fronts, task=task) if line["row"] in names]
    return 0.8 * min(sizes, default=1), 1.25 * max(sizes, default=10)
