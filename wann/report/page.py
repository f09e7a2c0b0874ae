"""The page: what runs hold, in one self-contained file."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import numpy as np

from wann.core import checks
from wann.core.checks import check_workers, parse_weights
from wann.plotting import style
from wann.report.collect import Collector
from wann.report.run_data import Source

SCRIPTS = (
    "util",
    "glossary",
    "network",
    "tasks",
    "predictions",
    "plan",
    "topology",
    "draw",
    "stage",
    "recording",
    "charts",
    "facts",
    "reading",
    "weights",
    "lesson",
    "beside",
    "app",
    "controls",
)


MOST_BYTES = 5_000_000


WEIGHTS, EPISODES = "-2:2:41", 20


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
    colours = "\n".join(
        f"  --{n}: {c};" for n, c in {**style.ACTIVATION_COLOURS, "own": style.OWN_COLOUR}.items()
    )
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
    weights: str, episodes: int, workers: int, data: Path | None = None, env: str | None = None
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
    return Collector(values, episodes, workers, data, env)


def _source(name: str) -> str:
    return (package_files("wann.report") / "static" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
