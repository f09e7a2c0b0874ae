"""How the figures of a command look, and what they say they are of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from wann.cli.options import Flag
from wann.core import files
from wann.core.config import SearchConfig
from wann.envs.naming import titled
from wann.plotting import style
from wann.plotting.medium import Medium, fit
from wann.storage.saved import Saved

LONGEST = 80  # characters of a part of a title


@dataclass(frozen=True)
class Figures:
    """How figures look."""

    style: Medium = "screen"
    """Print: 89 mm wide and 600 dpi; slides: 16:9 and 1,920 pixels, with larger text."""
    bare: Flag = False
    """Figures without the line above that says what they are of."""

    def finish(self, figure: Figure, *parts: str) -> float | None:
        """Fit a figure to its medium and say above it what it is of; the dpi of a PNG of it."""
        text, dpi = fit(figure, self.style)
        if not self.bare:
            style.entitle(figure, title(parts), text)
        return dpi

    def write(self, figure: Figure, file: Path, *parts: str) -> None:
        """Finish a figure and write it as PNG.

        Raises:
            OSError: If it cannot be written.
        """
        dpi = self.finish(figure, *parts)
        files.write(file, partial(style.save, figure, form="png", dpi=dpi))


SCREEN = Figures()


def title(parts: Iterable[str]) -> str:
    """The parts of what a figure is of as one line; those that are empty are left out."""
    return " · ".join(style.name(part, LONGEST) for part in dict.fromkeys(parts) if part)


def run_of(saved: Saved, config: SearchConfig) -> list[str]:
    """The task of a network, its run and its seed, as far as they are known."""
    label = saved.label if saved.label != saved.model.task else ""
    seed = f"seed {config.seed}" if saved.run is not None else ""
    return [titled(saved.model.task), label, seed]


def runs_of(found: Iterable[tuple[Saved, SearchConfig]]) -> list[str]:
    """The same of several networks: their tasks, how many they are, and their seeds."""
    each = list(found)
    if len(each) == 1:
        return run_of(*each[0])
    tasks = dict.fromkeys(titled(saved.model.task) for saved, _ in each)
    seeds = sorted({config.seed for saved, config in each if saved.run is not None})
    word = "seed" if len(seeds) == 1 else "seeds"
    told = f"{word} {', '.join(map(str, seeds))}" if seeds else ""
    return [", ".join(tasks), f"{len(each)} networks", told]
