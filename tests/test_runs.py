import errno
import io
import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.storage.test_listing import place  # noqa: F401
from wann import runs
from wann.storage import listing
from wann.storage.listing import Listed


def test_a_table_and_a_damaged_run_as_one_marked_line(place, tmp_path, capsys):  # noqa: F811
    folder = shutil.copytree(place / "runs", tmp_path / "runs")
    (folder / "second" / "metrics.csv").write_text("generation\nx\n")
    runs.main([str(folder)])
    header, first, damaged = capsys.readouterr().out.splitlines()
    assert header.split() == [
        "path", "env", "method", "seed", "generation", "fitness", "connections", "age", "size",
        "state",
    ]  # fmt: skip
    assert first.split()[:2] == [str(folder / "first"), "cartpole"]
    assert first.endswith("done")
    assert damaged.startswith(str(folder / "second"))
    assert "damaged: " in damaged
    assert "expected 1 numbers in its last row, got 'x'" in damaged


def test_json(place, capsys):  # noqa: F811
    runs.main([str(place / "runs"), "--json", "--sort=seed"])
    found = json.loads(capsys.readouterr().out)
    assert [run["seed"] for run in found] == [4, 5]
    assert found[0]["fitness"] == listing.read(place / "runs" / "first").fitness


def test_sorting():
    some = [
        Listed("a", seed=1, fitness=3.0, started=10.0, size=1),
        Listed("b", seed=0, fitness=None, started=30.0, size=3),
        Listed("c", seed=2, fitness=5.0, started=20.0, size=2),
    ]

    def order(column):
        return "".join(run.path for run in runs.ordered(some, column))

    assert order("age") == "bca"  # the newest first
    assert order("fitness") == "cab"  # the best first, and what has none last
    assert order("seed") == "bac"
    assert order("size") == "bca"
    assert order("path") == "abc"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere"], "nowhere: expected a folder that holds runs, but it is none"),
        (["."], ".: expected a folder that holds runs, but there is none"),
        (["--sort=colour"], "colour"),
        (["--jsn"], "did you mean --json?"),
    ],
)
def test_bad_options(refused, tmp_path, monkeypatch, args, message):
    monkeypatch.chdir(tmp_path)
    assert message in refused(runs.main, args)


class Full(io.StringIO):
    """What is printed goes to a full disk."""

    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_full_disk_where_the_list_goes(place, refused, monkeypatch, flags):  # noqa: F811
    monkeypatch.setattr(sys, "stdout", Full())
    message = refused(runs.main, [str(place / "runs"), *flags])
    assert message.endswith("No space left on device; everything saved before is intact; make room")


def test_what_is_slow_to_load_is_not_loaded_to_list_runs(place):  # noqa: F811
    """The start would take longer than the list."""
    code = (
        "import sys, wann.runs; wann.runs.main(sys.argv[1:]); "
        "sys.exit(any(name in sys.modules for name in ('numba', 'gymnasium', 'numpy', 'psutil')))"
    )
    command = [sys.executable, "-c", code, place / "runs"]
    assert subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_a_run_takes_few_reads_however_long_it_went(place, tmp_path, monkeypatch):  # noqa: F811
    """2,000 runs take a second where each takes 0.3 ms: few and small reads."""
    for i in range(20):
        folder = shutil.copytree(place / "runs" / "first", tmp_path / f"run-{i}")
        rows = (folder / "metrics.csv").read_text().splitlines(keepends=True)
        (folder / "metrics.csv").write_text("".join([*rows, *rows[-1:] * 10_000]))
        champion = (folder / "champion.json").read_text()
        gene = '{"source": 0, "target": 5, "enabled": true, "innovation": 3},\n'
        champion = champion.replace(' "connections": [', ' "connections": [' + gene * 1000, 1)
        (folder / "champion.json").write_text(champion)
    calls = {"open": [], "read": [], "scandir": [], "stat": []}
    for name, found in calls.items():
        original = getattr(os, name)

        def counted(*args, original=original, found=found, **options):
            found.append(original(*args, **options))
            return found[-1]

        monkeypatch.setattr(os, name, counted)
    runs = list(listing.runs_in(tmp_path))
    monkeypatch.undo()
    assert [run.state for run in runs] == ["done"] * 20
    # The settings, and both ends of two files; the folder once, and the one of its champions; of
    # the files one is asked about that may have changed since: the lock.
    assert {name: len(found) for name, found in calls.items()} == {
        "open": 20 * 3,
        "read": 20 * 5,
        "scandir": 20 * 2 + 1,
        "stat": 20,
    }
    settings = sum((run.path / "config.json").stat().st_size for run in runs)
    assert sum(map(len, calls["read"])) <= settings + 20 * 4 * listing.TAIL
