"""A page that shows runs: ``python -m wann.report RUN [RUN ...]`` writes report.html."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import numpy as np
import tyro

from wann.cli import guards
from wann.cli.options import Data, Flag, Force, Quiet, Threads
from wann.core import checks, files
from wann.core.config import parse_weights
from wann.evaluation.pool import check_workers
from wann.plotting import style
from wann.report.collect import Collector
from wann.report.run_data import Source

SCRIPTS = (
    "util",
    "network",
    "tasks",
    "plan",
    "topology",
    "stage",
    "charts",
    "facts",
    "app",
    "controls",
)
MOST_BYTES = 5_000_000
NAME = "report.html"
WEIGHTS, EPISODES = "-2:2:41", 20


@dataclass(frozen=True)
class Options:
    """Write one self-contained page that shows a champion at work, its search and its settings.

    Several runs are compared on the same page.
    """

    runs: tyro.conf.Positional[list[Path]]
    """Folders of runs, or network files."""
    out: Path | None = None
    """File to write; by default report.html beside what is read."""
    force: Force = False
    weights: str = WEIGHTS
    """Shared weights of the sweep and the slider, LOW:HIGH:COUNT."""
    episodes: int = EPISODES
    """Episodes for each of these weights."""
    workers: Threads = -1
    data: Data = None
    open: Flag = False
    """Show the page when it is made."""
    quiet: Quiet = False


def main(args: list[str] | None = None) -> None:
    """The command."""
    args = sys.argv[1:] if args is None else args
    with guards.bad_input():
        options = guards.parse(Options, "python -m wann.report", args)
        out = _claim(options)
        collector = checked_collector(
            options.weights, options.episodes, options.workers, options.data
        )
        sources = collector.read(options.runs)
    with guards.full_disk(), guards.stoppable():
        page = write(sources, collector)
        files.write_text(out, page)
    guards.console(options.quiet).print(
        f"{out}: {len(page.encode()) / 1e6:.1f} MB, opens in any browser", soft_wrap=True
    )
    if options.open:
        webbrowser.open(out.resolve().as_uri())


def write(sources: Sequence[Source], collector: Collector) -> str:
    """The page about some runs, in less than `MOST_BYTES`: with fewer networks if need be."""
    share, page = 1.0, ""
    while not page or (len(page.encode()) > MOST_BYTES and share > 0.01):
        page = render(collector.collect(sources, share))
        share /= 2
    return page


def render(data: dict[str, Any], live: bool = False) -> str:
    """The page with its data inside; names in the data cannot leave their place.

    Args:
        data: What `Collector.collect` gives, for a page that follows a search with ``live``.
        live: Whether the page may ask its own server for news.
    """
    script = "".join(_source(f"{name}.js") for name in SCRIPTS)
    colours = "\n".join(f"  --{n}: {c};" for n, c in style.ACTIVATION_COLOURS.items())
    sheet = _source("style.css").replace("{{colours}}", colours)
    runs = data["runs"]
    title = f"{runs[0]['task']} - {runs[0]['label']}" if runs else "wann"
    # Nothing but this very script and style sheet runs, and nothing is ever fetched.
    policy = [
        "default-src 'none'",
        f"script-src '{_digest(script)}'",
        f"style-src '{_digest(sheet)}'",
        "img-src data:",
        *(["connect-src 'self'"] if live else []),
    ]
    parts = {
        "policy": "; ".join(policy),
        "title": html.escape(title).encode("ascii", "xmlcharrefreplace").decode(),
        "style": sheet,
        # Inside a script element only "<" can end it.
        "data": json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c"),
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _source("page.html"))


def checked_collector(
    weights: str, episodes: int, workers: int, data: Path | None = None
) -> Collector:
    """A collector for what the options of report and watch say.

    Raises:
        ValueError: If an option is bad.
    """
    values = np.unique(parse_weights(weights))
    if len(values) < 2:
        raise ValueError(f"--weights: expected two or more different weights, got {weights}")
    checks.check_episodes(episodes)
    check_workers(workers)
    return Collector(values, episodes, workers, data)


def _claim(options: Options) -> Path:
    """Where the page goes, which must be free.

    Raises:
        ValueError: If there is a file, or no run is named.
    """
    runs = options.runs
    if not runs:
        raise ValueError("expected one or more runs")
    out = options.out or _beside(runs)
    if out.is_dir():
        raise ValueError(f"--out: expected a file, such as {out / NAME}, got a folder")
    if out.exists() and not options.force:
        raise ValueError(f"{out}: exists already; --force replaces it, --out FILE writes elsewhere")
    return out


def _beside(runs: Sequence[Path]) -> Path:
    """report.html in the run's folder, beside a network file, or in the folder of all runs."""
    if len(runs) == 1 and not runs[0].is_dir():
        return runs[0].with_name(f"{runs[0].stem}-{NAME}")
    if len(runs) == 1:
        return runs[0] / NAME
    return Path(os.path.commonpath([os.path.dirname(os.path.abspath(run)) for run in runs]), NAME)


def _source(name: str) -> str:
    return (package_files("wann.report") / "static" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


if __name__ == "__main__":
    main()
