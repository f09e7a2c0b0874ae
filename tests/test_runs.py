import json
import shutil
import subprocess
import sys
import time

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


def test_no_kernel_is_loaded_to_list_runs():
    """The start would take longer than the list."""
    code = "import sys, wann.runs; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_2000_runs_take_about_a_second(place, tmp_path):  # noqa: F811
    whole = place / "runs" / "first"
    for i in range(2000):
        folder = tmp_path / f"run-{i}"
        folder.mkdir()
        for name in ("config.json", "metrics.csv", "champion.json"):
            (folder / name).write_bytes((whole / name).read_bytes())
    started = time.process_time()
    found = [listing.read(path) for path in listing.folders(tmp_path)]
    assert time.process_time() - started < 1.5  # of the processor: other programs do not count
    assert {run.state for run in found} == {"done"}
    assert len(found) == 2000
