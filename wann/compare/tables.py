"""The tables of a comparison, as papers take them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wann.compare.measure import PERMUTATIONS
from wann.compare.paired import CONFIDENCE, Difference
from wann.compare.sizes import Size
from wann.compare.summary import REGIMES, THE_PAPER, Entry, Fewest, name, paper
from wann.core.text import number
from wann.envs.naming import titled

HEADER = ("network", "level", "seeds", "connections", "score", "± within")
COST_HEADER = ("samples", "multiply-adds", "CPU s", "dense µs", "sparse µs")
UNKNOWN = "not recorded"


def markdown(
    found: Sequence[Entry],
    task: str,
    unit: str,
    batch: int,
    best: Sequence[Fewest],
    paired: Sequence[Difference] = (),
    notes: Sequence[str] = (),
    sizes: Sequence[Size] = (),
) -> str:
    """The comparison as a document: a table for each condition, never regimes in one.

    Args:
        found: The entries.
        task: The name of the task.
        unit: What scores are, "return", "accuracy" or "R²".
        batch: Examples whose inference is timed together.
        best: The fewest connections that are good enough.
        paired: Differences between arms of the same seeds.
        notes: What makes networks hard to compare.
        sizes: What networks take, in bytes, operations and time.
    """
    lines = [
        f"# Networks for {titled(task)}",
        "",
        f"Scores are the mean {unit} on cases that chose nothing, ± the sample standard deviation "
        "over seeds (with n - 1; none for one seed). "
        "Connections are effective ones, those of the bias included. The other ± is within "
        "a network: over shared weights in regime A, else over episodes. Samples are images "
        "seen or environment steps (of episodes that end early, at most), each for every weight, "
        "for the mask or the topology and for the weights; a search's are of all "
        "that it did, its guide, confirmation and simplifying included. Times are medians of one "
        "call with "
        + (f"{batch:,} images" if batch > 1 else "one observation")
        + ", as dense products with zeros and sparse, on one thread. A mask is tried with one "
        "weight everywhere (unsigned), and with the sign each weight began with "
        "(signed; where a file does not tell it, the sign it has). "
        f"{WHY_POSITIVE} Edges permuted: with "
        f"the champion's degrees and activations, the mean of {PERMUTATIONS}.",
    ]
    for note in notes:
        lines += ["", f"**{note}**"]
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
                lines.append(
                    _line([THE_PAPER, "", "", f"{connections:,}", *texts, *[""] * len(COST_HEADER)])
                )
            lines += [_line(cells_of(e, unit)) for e in mine if e.condition == condition]
    if best:
        lines += ["", "## Fewest connections", "", *_table(("network", "weights", *FEWEST))]
        lines += [_line(fewest_cells(item)) for item in best]
    if paired:
        lines += ["", "## Paired differences", "", PAIRED, "", *_table(PAIRED_HEADER)]
        lines += [_line(paired_cells(item, unit)) for item in paired]
    if sizes:
        lines += ["", "## Size and speed", "", SIZES, "", *_table(SIZE_HEADER)]
        lines += [_line(size_cells(size)) for size in sizes]
    return "\n".join(lines) + "\n"


SIZES = (
    "Of the first seed. Bytes are those of single precision; CSR has a value, a column and row "
    "starts; C is the export, compiled for size. Energy goes with multiply-adds and with the "
    "numbers that are read from memory, which cost more. Speed-ups are against the dense network, "
    "in theory by multiply-adds and as measured on one thread."
)
SIZE_HEADER = (
    *("network", "level", "parameters", "non-zeros", "dense bytes", "CSR bytes", "C bytes"),
    *("multiply-adds", "memory reads", "in theory", "one: µs", "measured", "batch: µs", "measured"),
)


def size_cells(size: Size) -> list[str]:
    """The cells of a size's line, under `SIZE_HEADER`."""

    def count(value: int | None) -> str:
        return "" if value is None else f"{value:,}"

    def times(value: float | None) -> str:
        return "" if value is None else f"{value:.2g} x"

    def micro(value: float | None) -> str:
        return "" if value is None else f"{value:,.4g}"

    counts = (size.parameters, size.nonzeros, size.dense_bytes, size.csr_bytes, size.c_bytes)
    return [
        size.network,
        str(size.level) if size.level else "",
        *map(count, counts),
        *map(count, (size.multiply_adds, size.memory_reads)),
        times(size.theoretical),
        *(micro(size.one_us), times(size.one_speedup)),
        *(micro(size.batch_us), times(size.batch_speedup)),
    ]


WHY_POSITIVE = (
    "A signed mask meets weights above 0 alone in regime A: a weight below 0 turns each connection "
    "around and makes another network of it."
)
PAIRED = (
    "A method's own network minus another arm with the same seed, the mean over n seeds, with its "
    f"{CONFIDENCE:.0%} percentile bootstrap interval over seeds, which few seeds make too narrow."
)
PAIRED_HEADER = ("network", "level", "weights", "minus", "n", "difference", "interval")


def paired_cells(item: Difference, unit: str) -> list[str]:
    """The cells of a difference's line, under `PAIRED_HEADER`."""
    text = "{:+.2%}".format if unit == "accuracy" else "{:+.4g}".format
    low, high = item.low, item.high
    interval = "" if low is None or high is None else f"{text(low)} to {text(high)}"
    where = [item.method, str(item.level) if item.level else "", item.condition, item.arm]
    return [*where, str(item.seeds), text(item.mean), interval]


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
        *(UNKNOWN if x is None else f"{x:.1e}" for x in (entry.samples, entry.multiply_adds)),
        UNKNOWN if entry.cpu_seconds is None else f"{entry.cpu_seconds:,.0f}",
        *("" if x is None else f"{x:,.4g}" for x in (entry.dense_us, entry.sparse_us)),
    ]


def _score(unit: str) -> Callable[[float], str]:
    """How scores are written: returns as numbers, accuracies in per cent."""
    return {"return": number, "accuracy": "{:.2%}".format}.get(unit, "{:.3f}".format)


def _pm(mean: float, std: float | None, text: Callable[[float], str]) -> str:
    return text(mean) if std is None else f"{text(mean)} ± {text(std)}"


def _table(header: Sequence[str]) -> list[str]:
    return [_line(header), "|" + " --- |" * len(header)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
