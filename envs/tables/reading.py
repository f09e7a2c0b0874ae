"""Reading a table: a file as a data frame of pandas, and what may be odd about it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wann.envs import did_you_mean
from wann.envs.reading import read_bytes
from wann.envs.tables.name import SKLEARN, TableName

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

# Sets that come with scikit-learn: no download. The last two are for regression.
BUNDLED = ("iris", "wine", "breast_cancer", "digits", "diabetes", "linnerud")
LEAST = 4  # rows of a table that is parted
LABEL = "target"  # the label of arrays and bundled sets
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
SAMPLE = 65_536  # letters by which separators are told


class Table(NamedTuple):
    """What was read.

    Attributes:
        frame: The rows, as pandas reads them; the index is their place in the file.
        label: The names of the columns to tell.
        digest: SHA-256 of the file; of a bundled set, of its numbers.
    """

    frame: pd.DataFrame
    label: tuple[str, ...]
    digest: str


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        message = f"tables need more ({error}): pip install 'wann[tables]'"
        raise ValueError(message) from None
    return pandas


def read(name: TableName, path: Path, least: int = LEAST) -> Table:
    """Read a table.

    Args:
        name: What it is.
        path: The file, which may have moved; not looked at for a bundled set.
        least: Rows with a label, at least.

    Raises:
        OSError: If there is no such file.
        ValueError: If it is no table, or has no such label; it says what is wrong.
    """
    pd = _pandas()
    if name.format == SKLEARN:
        frame, label = _bundled(name.source)
        digest = hashlib.sha256(frame.to_csv().encode()).hexdigest()
        return _checked(Table(frame, name.label or label, digest), name.source, least)
    content = read_bytes(path)
    try:
        if name.format == "npz":
            frame, label = _arrays(pd, content)
        else:
            label = ()
            frame = _parquet(pd, content) if name.format == "parquet" else _text(pd, content, name)
    except ValueError as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    found = Table(frame, name.label or label, hashlib.sha256(content).hexdigest())
    return _checked(found, str(path), least)


def _checked(table: Table, where: str, least: int) -> Table:
    """The table with its labels found, names on one line, and rows without a label left out."""
    frame = table.frame
    names = [" ".join(str(column).split()) for column in frame.columns]
    if repeated := sorted(name for name, count in Counter(names).items() if count > 1):
        raise ValueError(f"{where}: expected columns of different names, got {repeated[0]!r} twice")
    frame.columns = names
    if not table.label:
        raise ValueError(
            f"{where}: expected --label COLUMN, one of {', '.join(names[:20])}"
            + (", ..." if len(names) > 20 else "")
        )
    label = table.label
    if len(label) == 1 and label[0] not in names:
        label = tuple(part.strip() for part in label[0].split(","))  # --label a,b
    for column in label:
        if column not in names:
            raise ValueError(
                f"{where}: expected --label to be a column, got {column!r}"
                + (did_you_mean(column, names) or f"; there are {', '.join(names[:20])}")
            )
    if len(names) == len(label):
        raise ValueError(f"{where}: expected a column beside the label, got none")
    frame = frame.reset_index(drop=True)
    frame = frame[frame[list(label)].notna().all(axis=1)]
    if len(frame) < least:
        rows = "row" if least == 1 else "rows"
        raise ValueError(
            f"{where}: expected at least {least} {rows} with a label, got {len(frame)}"
        )
    return Table(frame, label, table.digest)


def _bundled(name: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if name not in BUNDLED:
        raise ValueError(
            f"env 'sklearn:{name}': expected one of {', '.join(BUNDLED)}"
            + did_you_mean(name, BUNDLED)
        )
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")(as_frame=True)
    frame, target = found.frame, found.target
    if target.ndim == 2:
        return frame, tuple(target.columns)
    if "target_names" in found and name != "diabetes":
        frame[LABEL] = [str(found.target_names[number]) for number in target]
    return frame, (LABEL,)


def _arrays(pd: Any, content: bytes) -> tuple[pd.DataFrame, tuple[str, ...]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in ("X", "y")}
    except (KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"expected arrays X and y, but {error}") from None
    X, y = arrays["X"], arrays["y"]
    if X.ndim != 2 or y.ndim not in (1, 2) or len(y) != len(X):
        raise ValueError(f"expected X [B, I] and y [B], got {X.shape} and {y.shape}")
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    targets = y.reshape(len(y), -1)
    label = (LABEL,) if targets.shape[1] == 1 else tuple(f"y{i}" for i in range(targets.shape[1]))
    for column, values in zip(label, targets.T, strict=True):
        frame[column] = values
    return frame, label


def _parquet(pd: Any, content: bytes) -> pd.DataFrame:
    try:
        return pd.read_parquet(io.BytesIO(content))
    except ImportError as error:
        raise ValueError(f"needs more ({error}): pip install 'wann[tables]'") from None
    except OSError as error:  # pyarrow's errors are these or ValueErrors
        raise ValueError(f"expected a Parquet file, but {error}") from None


def _text(pd: Any, content: bytes, name: TableName) -> pd.DataFrame:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"expected text in UTF-8, but {error}") from None
    if not text.strip():
        raise ValueError("expected a header and rows, but the file is empty")
    separator = "\t" if name.format == "tsv" else _separator(text)
    rows = list(csv.reader(io.StringIO(text[:SAMPLE]), delimiter=separator))
    header = rows[0]
    if repeated := sorted(name for name, count in Counter(header).items() if count > 1):
        raise ValueError(f"expected columns of different names, got {repeated[0]!r} twice")
    cells = [cell.strip() for row in rows[1:] for cell in row]
    comma = separator != "," and any(DECIMAL_COMMA.fullmatch(cell) for cell in cells)
    return pd.read_csv(
        io.StringIO(text), sep=separator, decimal="," if comma else ".", skipinitialspace=True
    )


def _separator(text: str) -> str:
    """The one of , ; and tab of which the header has most."""
    header = text.lstrip().splitlines()[0]
    return max(",;\t", key=header.count)
