import csv
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

import wann
from tests.search.test_search_resumed import ROOT, wait_for
from tests.searches import FLAGS, everything, history, ran, resumed
from wann.cli.options import Work
from wann.core import files
from wann.evaluation.cluster import Machines
from wann.search import seeds
from wann.search.__main__ import main
from wann.storage import listing
from wann.storage.run import Run

SHORT = [*FLAGS, "--generations=3"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two short searches, side by side."""
    place = tmp_path_factory.mktemp("seeds") / "several"
    with pytest.raises(SystemExit) as end:
        main(["--run", str(place), "--seeds=2", "--workers=2", *SHORT])
    assert end.value.code == 0
    return place


def table(file):
    with open(file, newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("seed", [1, 2])
def test_each_run_is_the_search_with_its_seed(folder, tmp_path, seed):
    alone = ran(tmp_path / "run", "--generations=3", f"--seed={seed}")
    assert everything(Run(folder / f"s{seed}")) == everything(alone)


def test_the_tables(folder):
    rows = table(folder / "seeds.csv")
    assert [row["seed"] for row in rows] == ["1", "2"]
    models = [wann.load(folder / f"s{seed}") for seed in (1, 2)]
    fitness = [model.scores["fitness"] for model in models]
    assert [float(row["fitness"]) for row in rows] == pytest.approx(fitness)
    summed = {row["quantity"]: row for row in table(folder / "summary.csv")}
    assert float(summed["fitness"]["mean"]) == pytest.approx(np.mean(fitness))
    # of two values the sample deviation is their distance by the root of two
    assert float(summed["fitness"]["std"]) == pytest.approx(abs(np.subtract(*fitness)) / 2**0.5)
    assert summed["fitness"]["n"] == "2"
    assert seeds.summary([dict.fromkeys(seeds.SUMMED, 3)])[0] == {
        "quantity": "fitness", "n": 1, "mean": 3.0, "std": None,
    }  # fmt: skip


def test_all_are_resumed_at_once(folder, tmp_path, capsys):
    place = tmp_path / "copy"
    with pytest.raises(SystemExit):
        main(["--run", str(place), "--seeds=2", *FLAGS, "--generations=1"])
    (place / "s2" / "config.json").unlink()  # as where making the folders was cut off
    for file in [*(place / "s2").rglob("*")]:
        if file.is_file():
            file.unlink()
    (place / "s2" / "champions").rmdir()
    with pytest.raises(SystemExit) as end:
        main(["--resume", str(place), "--generations=3"])
    assert end.value.code == 0
    for seed in ("s1", "s2"):
        assert everything(Run(place / seed)) == everything(Run(folder / seed))
    out = capsys.readouterr().out
    assert "2 of 2 seeds, on fresh cases" in out
    assert f"python -m wann.curves {place}" in out


@pytest.mark.parametrize("harm", [b"[" * 10**5 + b"\n", b"1\n2\n", bytes(range(256)), None])
def test_metrics_that_are_not(folder, tmp_path, capsys, monkeypatch, harm):
    shutil.copytree(folder, tmp_path / "harmed")
    file = tmp_path / "harmed" / "s1" / "metrics.csv"
    file.unlink()
    os.mkfifo(file) if harm is None else file.write_bytes(harm)
    monkeypatch.setattr(  # a search that has nothing to do
        seeds, "_begin", lambda run, flags: subprocess.Popen([sys.executable, "-S", "-c", ""])
    )
    with pytest.raises(SystemExit) as end:
        main(["--resume", str(tmp_path / "harmed")])
    said = capsys.readouterr()
    assert end.value.code == 2
    assert said.err.startswith(f"wann: {file}: expected a ")
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("lines", [0, 1])
def test_no_row_of_metrics(folder, tmp_path, monkeypatch, lines):
    shutil.copytree(folder, tmp_path / "copy")
    file = tmp_path / "copy" / "s1" / "metrics.csv"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:lines]))
    monkeypatch.setattr(
        seeds, "_begin", lambda run, flags: subprocess.Popen([sys.executable, "-S", "-c", ""])
    )
    with pytest.raises(SystemExit) as end:
        main(["--resume", str(tmp_path / "copy")])
    assert end.value.code == 0
    rows = table(tmp_path / "copy" / "seeds.csv")
    assert [row["seconds"] == "" for row in rows] == [True, False]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_an_interruption_is_handed_on_and_nothing_goes_on(tmp_path):
    place = tmp_path / "several"
    flags = ["--run", str(place), "--seeds=3", "--workers=2", *FLAGS, "--generations=1000000"]
    process = subprocess.Popen([sys.executable, "-m", "wann.search", *flags], cwd=ROOT)
    wait_for(lambda: all((place / s / "checkpoint.npz").exists() for s in ("s1", "s2")))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60.0) == 130
    assert [listing.read(place / s).state for s in ("s1", "s2", "s3")] == [
        "done",
        "done",
        "stopped",
    ]
    assert len(table(place / "seeds.csv")) == 2


def test_a_search_that_fails_ends_all_with_its_code(folder, tmp_path, capfd):
    for seed in ("s1", "s2"):
        (tmp_path / seed).mkdir()
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    for seed in ("s1", "s2"):
        (tmp_path / seed / "config.json").write_text("{}")
    with pytest.raises(SystemExit) as end:
        main(["--resume", str(tmp_path), "--quiet"])
    assert end.value.code == 2
    assert (
        "config.json: expected the settings of a search, but 'settings'" in capfd.readouterr().err
    )


def test_how_workers_are_shared_out():
    assert seeds.shares(5, Work(2)) == (2, 1)
    assert seeds.shares(2, Work(8)) == (2, 4)
    assert seeds.shares(3, Work(8)) == (3, 2)
    assert seeds.shares(3, Work(1)) == (1, 1)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert seeds.shares(1000, Work()) == (cores, 1)
    assert seeds.shares(3, Work(4, Machines("dask", "tcp://localhost:8786"))) == (1, 4)


def test_bad_ways(refused, folder, tmp_path):
    assert "--seeds: expected at least 1, got 0" in refused(main, ["--seeds=0"])
    message = refused(main, ["--resume", str(folder), "--seeds=3"])
    assert "--seeds: expected 2 as in the folder to resume, got 3" in message
    message = refused(main, ["--resume", str(folder / "s1"), "--seeds=3"])
    assert "--seeds: expected none, as " in message
    assert "--population: expected 24 as in the run to resume" in refused(
        main, ["--resume", str(folder), "--population=25"]
    )
    files.write_json(tmp_path / "config.json", {"kind": "seeds", "settings": {}, "seeds": ["a"]})
    message = refused(main, ["--resume", str(tmp_path)])
    assert "expected" in message
    assert "it is a folder of 2: name one" in refused_load(folder)
    new = ["--seeds=2", "--run", str(tmp_path / "new")]
    assert "did you mean cartpole?" in refused(main, [*new, "--env=cartpol"])
    assert "expected a network file or a run" in refused(main, [*new, "--from=nowhere"])
    assert not (tmp_path / "new").exists()


def refused_load(folder):
    with pytest.raises(FileNotFoundError) as caught:
        wann.load(folder)
    return str(caught.value)


def test_like_another_run_with_a_changed_flag(folder, tmp_path):
    main(["--like", str(folder), "--population=25", "--run", str(tmp_path / "run"), "--quiet"])
    config, before = Run(tmp_path / "run").config(), Run(folder).config()
    assert config.population == 25
    assert config.seed == before.seed
    assert config.confirm_rollouts == before.confirm_rollouts == 8
    assert files.read_json(tmp_path / "run" / "config.json")["like"] == str(folder)


def test_patience(tmp_path):
    run = ran(tmp_path / "run", "--generations=500", "--patience=4")
    rows = history(run)
    fitness = [float(row["champion_fitness"]) for row in rows]
    assert fitness.index(max(fitness)) == len(rows) - 1 - 4
    news = [i for i in range(1, len(fitness)) if fitness[i] > fitness[i - 1]]
    assert max(np.diff([0, *news]), default=0) <= 4
    longer = resumed(run.path, "--patience=6")
    assert len(history(longer)) >= len(rows) + 2


def test_settings_from_a_file_and_the_command_line_wins(tmp_path, refused):
    (tmp_path / "a.toml").write_text("population = 20\ngenerations = 2\nconfirm-rollouts = 4\n")
    config = ["--config", str(tmp_path / "a.toml")]
    main([*config, "--generations=1", "--quiet", "--run", str(tmp_path / "run")])
    found = Run(tmp_path / "run").config()
    assert (found.population, found.generations, found.confirm_rollouts) == (20, 1, 4)
    (tmp_path / "a.toml").write_text("populaton = 20\n")
    assert "did you mean --population?" in refused(main, config)
    (tmp_path / "a.toml").write_text("env = 'gym:some.module:Env-v0'\n")  # no file imports
    assert "would import a module: if you trust it, say --env" in refused(main, config)
