"""The name of a task on a table: where the table is, and which column is to be told.

``csv:/data/iris.csv?label=species`` says all that is needed to make the task again, so it is what
runs, network files and other machines know it by.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode

FORMATS = ("csv", "tsv", "parquet", "npz")
SKLEARN = "sklearn"
PREFIXES = tuple(f"{kind}:" for kind in (*FORMATS, SKLEARN))
CLASSIFICATION, REGRESSION = "classification", "regression"
KINDS = (CLASSIFICATION, REGRESSION)


@dataclass(frozen=True)
class TableName:
    """What the name of a task on a table says.

    Attributes:
        format: One of `FORMATS`, or `SKLEARN` for the sets that come with scikit-learn.
        source: The file, or the name of the set.
        label: The column to tell, or several, for regression; empty where the set says it.
        kind: One of `KINDS`; empty where the label decides.
        test: A file with the test rows; empty for a share of the rows.
    """

    format: str
    source: str
    label: tuple[str, ...] = ()
    kind: str = ""
    test: str = ""

    def __str__(self) -> str:
        """The name, with absolute paths: a run is looked at from anywhere."""
        source = self.source if self.format == SKLEARN else str(Path(self.source).absolute())
        options = [("label", label) for label in self.label]
        options += [("task", self.kind)] if self.kind else []
        options += [("test", str(Path(self.test).absolute()))] if self.test else []
        query = f"?{urlencode(options, quote_via=quote, safe='/')}" if options else ""
        path = source.replace("%", "%25").replace("?", "%3F")
        return f"{self.format}:{path}{query}"

    @property
    def titled(self) -> str:
        """What pages and figures call it: "iris.csv: species", wherever the file lies."""
        if self.format == SKLEARN:
            return f"{self.format}:{self.source}"
        return ": ".join([Path(self.source).name, *([", ".join(self.label)] if self.label else [])])

    @property
    def short(self) -> str:
        """A short name, for folders, files and figures: "iris"."""
        return re.sub(r"[^\w.-]", "-", Path(self.source).stem) or self.format


def is_table(name: str) -> bool:
    """Whether a task's name is that of a table."""
    return name.startswith(PREFIXES)


def parse(name: str) -> TableName:
    """What a name says.

    Raises:
        ValueError: If it is not one of a table.
    """
    form, _, rest = name.partition(":")
    source, _, query = rest.partition("?")
    options = parse_qs(query, keep_blank_values=True)
    unknown = sorted(set(options) - {"label", "task", "test"})
    if unknown:
        raise ValueError(f"env {name!r}: expected label, task or test after ?, got {unknown[0]}")
    kind = options.get("task", [""])[-1]
    if kind and kind not in KINDS:
        raise ValueError(f"env {name!r}: expected task {' or '.join(KINDS)}, got {kind!r}")
    source = unquote(source)
    if not source:
        raise ValueError(f"env {name!r}: expected a file after {form}:, got none")
    if form in FORMATS:
        suffix = os.path.splitext(source)[1].lower().lstrip(".")
        form = suffix if suffix in FORMATS else form
    return TableName(
        form, source, tuple(options.get("label", ())), kind, options.get("test", [""])[-1]
    )


def with_options(name: str, label: str = "", kind: str = "", test: str = "") -> str:
    """The whole name of a task, of what stands in ``--env`` and in options beside it.

    Raises:
        ValueError: If an option goes with no table, or is not valid.
    """
    if not is_table(name):
        for flag, value in (("--label", label), ("--task", kind), ("--test", test)):
            if value:
                raise ValueError(f"{flag}: goes with a table, --env csv:FILE, got --env {name}")
        return name
    found = parse(name)
    if label:
        found = replace(found, label=(label,))
    if kind and kind not in KINDS:
        raise ValueError(f"--task: expected {' or '.join(KINDS)}, got {kind!r}")
    return str(replace(found, kind=kind or found.kind, test=test or found.test))
