"""Every field of every format, with each kind of value that harms: found by walking the files.

A new field, array or column is in a file of the fixture, and so is tried without being named.
"""

import copy
import io
import json
import os
import shutil

import numpy as np
import pytest

from tests.test_fuzz import FORMATS, original  # noqa: F401  a fixture
from wann.storage import metrics

# As they stand in a file: not all of them are JSON, and json.dumps would write none of them.
VALUES = {
    "NaN": "NaN",
    "infinite": "1e999",
    "minus infinite": "-Infinity",
    "400 digits": "9" * 400,
    "4000 digits": "9" * 5000,
    "half a character": r'"\udc9b"',
    "escape": r'"\u001b]0;title\u0007"',
}
REFUSED = [name for name in VALUES if name != "escape"]  # wherever they stand


def schema(value, path=()):
    """A path to the first leaf of each kind: entries of a list are of one kind."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    seen = {}
    for key, entry in items:
        if isinstance(entry, dict | list) and entry:
            for place in schema(entry, (*path, key)):
                kind = tuple("[]" if isinstance(k, int) else k for k in place)
                seen.setdefault(kind, place)
        else:
            kind = (*path, "[]" if isinstance(key, int) else key)
            seen.setdefault(kind, (*path, key))
    return list(seen.values())


def tried(folder, form):
    """Whether a file is read: if not, it is told in a line."""
    try:
        FORMATS[form][1](folder)
    except (ValueError, OSError) as error:
        assert str(error)  # noqa: PT017  some values may be read
        return False
    return True


def of_kind(loader):
    return [form for form, (name, _, _) in FORMATS.items() if name.endswith(loader)]


@pytest.fixture
def folder(original, tmp_path):  # noqa: F811
    return shutil.copytree(original, tmp_path / "copy")


@pytest.mark.parametrize("form", of_kind(".json"))
def test_every_field_of_json(folder, form):
    file = folder / FORMATS[form][0]
    value = json.loads(file.read_text())
    places = schema(value)
    assert len(places) > 10
    for place in places:
        for name, text in VALUES.items():
            changed = copy.deepcopy(value)
            holder = changed
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = "@here@"
            file.write_text(json.dumps(changed).replace('"@here@"', text))
            assert not (tried(folder, form) and name in REFUSED), (place, name)


# A fitness is -infinity where nothing was finite.
NO_FITNESS = {"last_fitness", "champion_fitness"}
NUMBERS = {"f": [np.nan, np.inf, -np.inf, 1e308], "i": [-1, 2**62, 2**63 - 1, -(2**63)]}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numbers near the limits of floats
@pytest.mark.parametrize("form", of_kind(".npz"))
def test_every_number_of_arrays(folder, form):
    file = folder / FORMATS[form][0]
    with np.load(io.BytesIO(file.read_bytes())) as found:
        arrays = dict(found)
    for name, array in arrays.items():
        for number in NUMBERS.get(array.dtype.kind, []) if array.size else []:
            changed = array.copy()
            changed.reshape(-1)[0] = number
            np.savez(file, **(arrays | {name: changed}))
            (folder / "run" / "checkpoint-before.npz").unlink(missing_ok=True)
            read = tried(folder, form)
            free = name in NO_FITNESS and number == -np.inf
            assert free or not (read and array.dtype.kind == "f" and not np.isfinite(number)), name


# A fitness may be whatever rewards make it, and three columns are text; all else is finite.
FREE = {"fitness_best", "fitness_median", "peak", "champion_fitness", "method", "arm", "note"}


@pytest.mark.parametrize("form", of_kind(".csv"))
def test_every_column_of_tables(folder, form):
    file = folder / FORMATS[form][0]
    header, first, *rows = file.read_text().splitlines()
    columns, cells = header.split(","), first.split(",")
    for i, column in enumerate(columns):
        for value in ("nan", "inf", "-inf", "9" * 400, "9" * 5000, "\x1b[31m", "1e999"):
            changed = ",".join([*cells[:i], value, *cells[i + 1 :]])
            file.write_text("\n".join([header, changed, *rows]) + "\n")
            read = tried(folder, form)
            free = column in FREE or (column in metrics.COSTS and value == "nan")  # not recorded
            assert free or not read, (column, value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("form", [form for form in FORMATS if form != "idx"])
def test_a_pipe_in_the_place_of_every_file(folder, form):
    file = folder / FORMATS[form][0]
    file.unlink()
    os.mkfifo(file)
    (folder / "run" / "checkpoint-before.npz").unlink(missing_ok=True)
    assert not tried(folder, form)
