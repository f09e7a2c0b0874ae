"""A table as a task: parted, encoded, and recorded, so that every command finds the same again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wann.envs.classification import ClassificationTask
from wann.envs.tables import encoding
from wann.envs.tables.encoding import Column
from wann.envs.tables.name import CLASSIFICATION, REGRESSION, SKLEARN, parse
from wann.envs.tables.reading import Table, read
from wann.envs.tables.regression import RegressionTask
from wann.envs.tables.split import held_out

if TYPE_CHECKING:
    import pandas as pd

TEST, VALIDATION = 0.2, 0.2  # shares of the rows, and of those that are no test rows
SEED = 0  # of the parts, the same for all searches: their test rows are the same
MOST_CLASSES = 20  # for which whole numbers are taken for classes


class Parts(NamedTuple):
    """The rows of a table as frames without and arrays with the labels, by what they serve."""

    train: tuple[pd.DataFrame, np.ndarray]
    validation: tuple[pd.DataFrame, np.ndarray]
    test: tuple[pd.DataFrame, np.ndarray]


def kind_of(name: str, data: str | Path | None = None) -> str:
    """What is told of a table, one of `KINDS`, by its name or else by its label.

    Args:
        name: As for `make`.
        data: A folder to look for the file in, where it has moved.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no table, or has no such label.
    """
    named = parse(name)
    return named.kind or _kind(read(named, _found(named.source, data)))


def make(
    name: str, data: str | Path | None = None, record: dict[str, Any] | None = None
) -> ClassificationTask | RegressionTask:
    """The task on a table.

    Args:
        name: What `TableName` says, such as ``csv:iris.csv?label=species``.
        data: A folder to look for the file in, where it has moved.
        record: What a network was found with: the table must be the same, and is encoded so.

    Raises:
        OSError: If a file cannot be read.
        ValueError: If it is no table that can be learnt, or not the one of the record.
    """
    named = parse(name)
    table = read(named, _found(named.source, data))
    where = named.source if named.format == SKLEARN else str(_found(named.source, data))
    test, files = None, [where]
    if named.test:
        beside, file = replace(parse(f"csv:{named.test}"), label=table.label), named.test
        test = read(beside, _found(file, data), least=1)
        files.append(str(_found(file, data)))
    digests = [part.digest for part in (table, test) if part]
    kind = named.kind or _kind(table)
    if kind == REGRESSION:
        _check_numbers(table, where)
    else:
        _check_classes(table, where)
    parts = _parts(table, test, kind == CLASSIFICATION)
    if record is None:
        columns, notes = encoding.fit(parts.train[0], where)
        notes += _lacking(parts, where) if kind == CLASSIFICATION else []
        for note in notes:
            print(f"wann: {note}", file=sys.stderr)
    else:
        columns = encoding.from_json(record.get("columns"))
        if changed := _changed(files, digests, record.get("sha256")):
            raise ValueError(
                f"{changed}: has changed since the search: put back the table it was, or search "
                "again"
            )
    task = _task(str(named), kind, parts, columns, table.label, files)
    task.table = {
        "label": list(table.label),
        "sha256": digests,
        "rows": [len(labels) for _, labels in parts],
        "columns": encoding.to_json(columns),
    }
    return task


def _task(
    name: str,
    kind: str,
    parts: Parts,
    columns: tuple[Column, ...],
    label: tuple[str, ...],
    files: Sequence[str],
) -> ClassificationTask | RegressionTask:
    inputs = [name for column in columns for name in column.inputs]
    train, validation, test = (
        (encoding.encode(columns, frame, file), labels)
        for (frame, labels), file in zip(parts, (files[0], files[0], files[-1]), strict=True)
    )
    shared: dict[str, Any] = {
        "name": name, "validation": validation, "test": test, "inputs": inputs
    }  # fmt: skip
    if kind == REGRESSION:
        return RegressionTask(*train, outputs=label, **shared)
    classes = np.unique(np.concatenate([labels for _, labels in parts]))
    return ClassificationTask(*train, classes=classes, **shared)


def _changed(files: Sequence[str], digests: Sequence[str], recorded: Any) -> str | None:
    """The first of a task's files that is not as it was recorded, if there is one."""
    if recorded == digests:
        return None
    if isinstance(recorded, list) and len(recorded) == len(digests):
        pairs = zip(files, digests, recorded, strict=True)
        return next(file for file, digest, before in pairs if digest != before)
    return files[0]


def _found(source: str, data: str | Path | None) -> Path:
    """Where a file is: in the folder `data`, if there is one of its name."""
    moved = None if data is None else Path(data) / Path(source).name
    return moved if moved is not None and moved.is_file() else Path(source)


def _kind(table: Table) -> str:
    """What a label calls for: numbers that are not whole, or many, are told as numbers."""
    if len(table.label) > 1:
        return REGRESSION
    values = table.frame[table.label[0]]
    if values.dtype.kind not in "iuf":
        return CLASSIFICATION
    whole = bool((values == values.round()).all())
    return CLASSIFICATION if whole and values.nunique() <= MOST_CLASSES else REGRESSION


def _check_numbers(table: Table, where: str) -> None:
    for label in table.label:
        values = table.frame[label]
        if values.dtype.kind not in "iufb":
            raise ValueError(
                f"{where}: expected numbers in the label {label!r} for regression, got "
                f"{values.iloc[0]!r}; --task classification tells classes"
            )
        if not np.isfinite(values.astype(float)).all():
            raise ValueError(f"{where}: expected finite numbers in the label {label!r}, got inf")


def _check_classes(table: Table, where: str) -> None:
    if len(table.label) > 1:
        raise ValueError(f"{where}: expected one label for classification, got {len(table.label)}")
    (label,) = table.label
    values = table.frame[label]
    count = values.nunique()
    if count < 2:
        raise ValueError(
            f"{where}: expected a label {label!r} of two classes or more, got {values.iloc[0]!r} "
            "in all rows"
        )
    continuous = values.dtype.kind == "f" and not (values == values.round()).all()
    if (continuous and count > MOST_CLASSES) or 2 * count > len(values):
        raise ValueError(
            f"{where}: expected classes in the label {label!r}, got {count} different values in "
            f"{len(values)} rows; --task regression tells numbers"
        )


def _parts(table: Table, test: Table | None, stratify: bool) -> Parts:
    frame, label = table.frame, list(table.label)
    labels = _labels(frame, label, stratify)
    features = frame.drop(columns=label)
    if test is None:
        out = held_out(labels, TEST, SEED, stratify)
        tested = features[out], labels[out]
        features, labels = features[~out], labels[~out]
    else:
        tested = test.frame.drop(columns=label), _labels(test.frame, label, stratify)
    out = held_out(labels, VALIDATION, SEED + 1, stratify)
    return Parts((features[~out], labels[~out]), (features[out], labels[out]), tested)


def _labels(frame: pd.DataFrame, label: Sequence[str], classes: bool) -> np.ndarray:
    if not classes:
        return frame[list(label)].to_numpy(float)
    values = frame[label[0]]
    if values.dtype.kind in "iub":
        return values.to_numpy()
    if values.dtype.kind == "f" and bool((values == values.round()).all()):
        return values.to_numpy(int)  # a missing label has made them floats
    return np.array([str(value) for value in values])


def _lacking(parts: Parts, where: str) -> list[str]:
    """A line for each part that lacks a class."""
    known = set(np.concatenate([labels for _, labels in parts]).tolist())
    lines = []
    for part, (_, labels) in zip(parts._fields, parts, strict=True):
        if missing := sorted(known - set(labels.tolist())):
            names = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
            lines.append(f"{where}: the {part} rows have none of class {names}")
    return lines
