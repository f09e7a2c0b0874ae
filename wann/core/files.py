"""Writing files so that a crash or a full disk leaves the old content or the new, never half."""

from __future__ import annotations

import csv
import errno
import glob
import io
import json
import math
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from wann.envs.reading import open_regular, read_bytes

if TYPE_CHECKING:
    import numpy as np

MOST_ARRAY_BYTES = 2**33  # of a checkpoint
WHOLE = range(-(2**63), 2**64)  # what an array of whole numbers can hold


def write(path: Path, write_to: Callable[[IO[bytes]], object], before: Path | None = None) -> None:
    """Replace a file by what `write_to` writes to a binary file.

    Args:
        path: The file.
        write_to: Writes the new content.
        before: A name for the old content, which else is gone.

    Raises:
        OSError: If that fails; the file keeps its old content. Folders and devices, such as
            /dev/null, are never replaced.
    """
    temporary = _temporary(path)
    try:
        temporary.unlink(missing_ok=True)  # it may be a link to elsewhere
        with open(temporary, "xb") as file:
            write_to(file)
            file.flush()
            os.fsync(file.fileno())
        if before is not None and path.exists():
            os.replace(path, before)
        os.replace(temporary, path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise


def write_again(path: Path, written: Path) -> None:
    """Replace a file by another that was written just now: both are one on the disk, until one is
    replaced; where the file system has no links, it is a copy.

    Raises:
        OSError: If that fails; the file keeps its old content.
    """
    temporary = _temporary(path)
    try:
        temporary.unlink(missing_ok=True)
        os.link(written, temporary)
    except OSError:
        content = read_bytes(written)
        write(path, lambda file: file.write(content))
        return
    try:
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)  # it stays where both were one already
    sync_folder(path.parent)


def _temporary(path: Path) -> Path:
    """The name under which a file is written until it is whole.

    Raises:
        OSError: If there is something else in the file's place.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "expected a file to write, but this is none", str(path))
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, so that they survive a power failure.

    Not all systems and file systems can; what is in the files is safe without it.
    """
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def write_text(path: Path, text: str) -> None:
    """Replace a file by text, UTF-8; half a character, as a name of a file may hold, becomes ?."""
    write(path, lambda file: file.write(text.encode(errors="replace")))


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace a file by an object as JSON."""
    write_text(path, json_text(value))


def json_text(value: dict[str, Any]) -> str:
    """An object as JSON; each record in a list of records gets a line, without spaces."""
    entries = (f" {json.dumps(key)}: {_json(entry)}" for key, entry in value.items())
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _json(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(_RECORDS.encode, value)) + "\n ]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_arrays(path: Path, arrays: dict[str, np.ndarray], before: Path | None = None) -> None:
    """Replace a file by named arrays, npz, and keep the old one where a name for it is given."""
    import numpy as np  # only here and below: most files hold text, and commands start sooner

    write(path, lambda file: np.savez(file, allow_pickle=False, **arrays), before)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The named arrays in a file that `write_arrays` wrote. Nothing in it is ever executed.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no such file, or damaged.
    """
    import numpy as np

    with open_regular(path, MOST_ARRAY_BYTES) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                # What is not compressed cannot be greater than the file.
                if any(member.compress_type for member in archive.infolist()):
                    raise ValueError("it is compressed")
            file.seek(0)
            with np.load(file, allow_pickle=False) as found:
                arrays = dict(found)
            for name, array in arrays.items():
                if not isinstance(array, np.ndarray):
                    raise ValueError(f"{name} is no array")
        except Exception as error:  # zipfile and NumPy raise a dozen kinds on damaged bytes
            raise ValueError(f"{path}: expected arrays, but it is damaged ({error})") from None
    return arrays


def remove_leftovers(path: Path) -> None:
    """Remove what processes that were killed while they wrote a file left beside it.

    Raises:
        OSError: If that fails.
    """
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        leftover.unlink(missing_ok=True)


def read_json(path: str | Path, content: bytes | None = None) -> Any:
    """The value in a JSON file, whose content may have been read already.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no JSON, or holds what no writer here writes: a number that is not
            finite or does not fit an array, or half a character.
    """
    content = read_bytes(path) if content is None else content
    try:
        text = content.decode()
        value = _JSON.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError(f"{path}: expected JSON, got brackets nested too deep") from None
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise ValueError(f"{path}: expected whole characters, got {half}") from None
    except _Number as error:
        raise ValueError(f"{path}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{path}: expected JSON, but {error}; is the file cut short?") from None
    return value


class _Number(ValueError):
    """A number that no reader here could use."""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _whole(digits: str) -> int:
    if len(digits) < 19:  # as most: these fit
        return int(digits)
    number = int(digits) if len(digits) <= 20 else None
    if number is None or number not in WHOLE:
        raise _Number(f"expected whole numbers from -2**63 to 2**64 - 1, got {digits:.40}")
    return number


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Number(f"expected finite numbers, got {digits:.40}")
    return number


_RECORDS = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_JSON = json.JSONDecoder(parse_constant=_refuse, parse_int=_whole, parse_float=_finite)


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """The columns and rows of a CSV file, as text; none where it is empty.

    A last line that is only half written, as while it grows, is left out.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no such file.
    """
    try:
        lines = read_bytes(path).decode().splitlines(keepends=True)
        columns, *rows = list(csv.reader(x for x in lines if x.endswith("\n"))) or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: expected a table with commas, but {error}") from None
    return columns, rows


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace a file by a table, CSV; None is an empty cell, and floats keep 12 digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    write_text(path, text.getvalue())


def _cell(value: Any) -> Any:
    return f"{value:.12g}" if isinstance(value, float) else value
