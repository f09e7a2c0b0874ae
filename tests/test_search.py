import dataclasses
import errno
import hashlib
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from searches import everything, files_of, history, population

import envs
import wann
from wann import files, state
from wann.config import preset
from wann.runs import Run
from wann.search import main, search
from wann.state import SearchState

SETTINGS = {"population": 24, "generations": 6, "target": math.inf, "seed": 1}
SMALL = preset("cartpole", confirm_rollouts=8, **SETTINGS)
FLAGS = ["--confirm-rollouts=8", *(f"--{k}={v}" for k, v in SETTINGS.items()), "--quiet"]
ROOT = Path(__file__).parent.parent


def ran(folder, *flags):
    """A search from the command line."""
    main(["--run", str(folder), *FLAGS, *flags])
    return Run(folder)


def resumed(folder, *flags):
    main(["--resume", str(folder), "--quiet", *flags])
    return Run(folder)


def digest(genome):
    genes = genome.inputs, genome.outputs, genome.hidden.tolist(), genome.connections.tolist()
    return hashlib.sha256(repr(genes).encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A search that nothing interrupted."""
    return ran(tmp_path_factory.mktemp("whole") / "run", "--workers=1")


@pytest.fixture
def copy(whole, tmp_path):
    """The same, to be damaged."""
    return Run(shutil.copytree(whole.path, tmp_path / "copy"))


@pytest.fixture
def failed(capsys):
    """Run the command with bad input: what it said in its one line."""

    def run(*flags):
        with pytest.raises(SystemExit) as end:
            main(list(flags))
        assert end.value.code == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("wann: ")
        assert err.count("\n") == 1
        return err

    return run


def test_the_pinned_run(whole):
    """A change here means that the same seed finds something else than before."""
    champion = wann.load(whole.path)
    assert digest(champion.genome) == "d337cc1f0f708291"
    assert champion.scores["confirmed_fitness"] == pytest.approx(472.1458333)
    assert champion.scores["fitness"] == pytest.approx(450.5366667)
    best = [float(row["fitness_best"]) for row in history(whole)]
    assert best == pytest.approx([165.8333333, 149.8333333, 255.0, 255.0, 411.1666667, 476.2222222])


def test_the_champions_file(whole):
    champion = wann.load(whole.path)
    assert champion.task == "cartpole"
    assert champion.inputs == ("x", "x_dot", "theta", "theta_dot")
    assert champion.outputs == ("left", "right")
    assert champion.action == {"kind": "discrete"}
    assert champion.weights is None
    assert champion.scores["on"] == "100 fresh episodes a weight"
    assert champion.scores["worst"] <= champion.scores["fitness"] <= champion.scores["peak"]
    assert champion.search["seed"] == 1
    assert champion([0.0, 0.0, 0.1, 0.1], weight=0.7) in (0, 1)


def test_metrics(whole):
    rows = history(whole)
    assert [int(row["generation"]) for row in rows] == list(range(6))
    # 24 genomes, 6 weights, 3 episodes each; a challenger plays 6 weights, 8 episodes.
    evaluations = np.diff([0, *(int(row["evaluations"]) for row in rows)])
    assert set(evaluations) <= {432, 480}
    fitness = [float(row["champion_fitness"]) for row in rows]
    assert fitness == sorted(fitness)
    for row in rows:
        assert float(row["fitness_median"]) <= float(row["fitness_best"]) <= float(row["peak"])
        assert row["nonfinite"] == "0"
    better = {int(row["generation"]) for row, before in zip(rows, [-1.0, *fitness], strict=False)
              if float(row["champion_fitness"]) > before}  # fmt: skip
    assert {int(path.stem) for path in (whole.path / "champions").iterdir()} == better


@pytest.mark.parametrize("workers", ["2", "5", "-1"])
def test_the_number_of_workers_changes_nothing(whole, tmp_path, workers):
    assert everything(ran(tmp_path / "run", "--workers", workers)) == everything(whole)


def test_another_seed_finds_something_else(whole, tmp_path):
    assert population(ran(tmp_path / "run", "--seed=2")) != population(whole)


@pytest.mark.parametrize("settings", [{}, {"crossover": 0.5}], ids=["plain", "crossover"])
def test_an_interruption_after_every_generation_changes_nothing(tmp_path, monkeypatch, settings):
    """Also with forgotten innovations, of which the numbers must not come back."""
    monkeypatch.setattr("wann.evolution.FORGET_EVERY", 3)
    task, config = envs.make("cartpole"), dataclasses.replace(SMALL, **settings)
    through = Run.create(config, tmp_path / "through")
    search(SearchState(task, config, through), workers=1)
    broken = Run.create(config, tmp_path / "broken")
    stops = 0
    while (current := SearchState(task, config, broken)) and not current.finished():
        search(current, workers=1, interrupted=lambda: True)
        stops += 1
    assert stops == 6
    assert everything(broken) == everything(through)


@pytest.mark.parametrize("generation", [0, 2, 5])
def test_an_old_checkpoint_leads_to_the_same_end(whole, tmp_path, generation):
    """After kill -9 the metrics and the champions may be ahead of the checkpoint."""
    task, config = envs.make("cartpole"), whole.config()
    early = Run.create(config, tmp_path / "early")
    search(
        SearchState(task, dataclasses.replace(config, generations=generation + 1), early),
        workers=1,
    )
    copy = shutil.copytree(whole.path, tmp_path / "copy")
    shutil.copy(early.path / "checkpoint.npz", copy)
    with open(copy / "metrics.csv", "a") as file:
        file.write("6,1234,0.1")
    assert everything(resumed(copy)) == everything(whole)


def test_without_a_checkpoint_it_starts_anew(whole, copy):
    (copy.path / "checkpoint.npz").unlink()
    assert everything(resumed(copy.path)) == everything(whole)


def test_a_finished_search_is_left_as_it_is(whole, copy):
    assert everything(resumed(copy.path)) == everything(whole)


def test_more_generations(whole, tmp_path):
    run = ran(tmp_path / "run", "--generations=3")
    assert len(history(run)) == 3
    assert everything(resumed(run.path, "--generations=6")) == everything(whole)


def test_the_target_ends_a_search(tmp_path):
    run = ran(tmp_path / "run", "--target=50", "--generations=100")
    assert 1 <= len(history(run)) < 100
    assert wann.load(run.path).scores["confirmed_fitness"] >= 50.0
    assert float(history(run)[-1]["champion_fitness"]) >= 50.0
    assert all(float(row["champion_fitness"]) < 50.0 for row in history(run)[:-1])


def test_the_time_limit_ends_a_search(tmp_path):
    started = time.monotonic()
    run = ran(tmp_path / "run", "--time-limit=0.2", "--generations=1000000")
    assert 0.2 <= time.monotonic() - started < 10.0
    assert len(history(run)) >= 1
    assert wann.load(run.path).scores["fitness"] > 0.0


def test_plain_lines_where_there_is_no_terminal(tmp_path, capsys):
    folder = tmp_path / ("a long name, longer than a terminal is wide, " * 3) / "[bold]"
    main(["--run", str(folder), *FLAGS[:-1]])
    out, err = capsys.readouterr()
    assert err == ""
    assert "\x1b" not in out
    lines = out.splitlines()
    assert lines[0] == "compiling ..."
    assert lines[1].startswith("generation    0  best ")
    assert any("Champion on 100 fresh episodes a weight" in line for line in lines)
    assert f"Saved in {folder}. Next:" in lines
    assert f"  python -m wann.sweep {folder}" in lines


def test_quiet(tmp_path, capfd):
    ran(tmp_path / "run")
    assert capfd.readouterr() == ("", "")


def test_a_folder_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main([*FLAGS, "--generations=1", "--seed=4"])
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("cartpole-")
    assert folder.name.endswith("-s4")
    assert Run(folder).config() == dataclasses.replace(SMALL, generations=1, seed=4)


def test_help(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--env=swingup", "--help"])
    assert end.value.code in (0, None)
    out = capsys.readouterr().out
    for flag in ("--env", "--seed", "--population", "--time-limit", "--resume", "--quiet"):
        assert flag in out
    assert "(default: 192)" in out  # the preset of the task that --env names


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--env=cartpol"], "unknown env 'cartpol': expected one of cartpole, "),
        (["--env", "cartpol"], "unknown env 'cartpol'"),
        (["--population=0"], "--population: expected at least 2, got 0; python -m wann.search --h"),
        (["--population", "many"], "--population: expected a whole number, got 'many'"),
        (["--popul", "3"], "Unrecognized options: --popul"),
        (["--resume"], "Missing value for argument '--resume'"),
        (["cartpole"], "Unrecognized options: cartpole"),
        (["--shared-weights=1:2"], "weights: expected LOW:HIGH:COUNT or numbers with commas, got"),
        (["--activations=tanh,tan"], "unknown activation 'tan': expected one of linear, step, "),
        (["--workers=0"], "--workers: expected 1 to 1000, or -1 for all, got 0"),
        (["--time-limit=0"], "--time-limit: expected seconds above 0, got 0.0"),
        (["--time-limit=nan"], "--time-limit: expected seconds above 0, got nan"),
        (["--resume=nothing"], "nothing: expected the folder of a run, but there is no such"),
        (["--resume="], "expected the folder of a run, but it has no config.json"),
    ],
)
def test_bad_flags(failed, tmp_path, monkeypatch, flags, message):
    monkeypatch.chdir(tmp_path)
    assert message in failed(*flags)
    assert list(tmp_path.iterdir()) == []  # no folder is made


def test_bad_ways_to_resume(failed, copy):
    resume = ("--resume", str(copy.path))
    assert "--run: expected none together with --resume" in failed(*resume, "--run=other")
    message = failed(*resume, "--population=17")
    assert "--population: expected 24 as in the run to resume, got 17" in message
    assert "--env: expected cartpole as in the run" in failed(*resume, "--env=swingup")
    assert "--seed: expected 1 as in the run to resume, got 2" in failed(*resume, "--seed=2")
    (copy.path / "config.json").write_text('{"settings": ')
    assert "config.json: expected JSON" in failed(*resume)


def test_a_run_folder_that_exists(failed, whole):
    before = everything(whole)
    message = failed("--run", str(whole.path), "--quiet")
    assert "expected a new or empty folder, but it holds something; choose another" in message
    assert everything(whole) == before


def test_two_searches_in_one_folder(failed, copy):
    before = everything(copy)
    with copy.writing():
        message = failed("--resume", str(copy.path), "--quiet")
    assert f"{copy.path}: process {os.getpid()} on " in message
    assert "is writing here; let it end or stop it first" in message
    with copy.writing(), pytest.raises(ValueError, match="is writing here"):
        wann.evolve("cartpole", copy.config(), copy)
    assert everything(copy) == before


def test_a_folder_inside_a_file(failed, tmp_path):
    (tmp_path / "file").touch()
    assert "Not a directory" in failed("--run", str(tmp_path / "file" / "run"))


def test_a_read_only_folder(failed, tmp_path, monkeypatch):
    def refuse(path, *args, **kwargs):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert "run: Read-only file system" in failed("--run", str(tmp_path / "run"))


def cut(file, share):
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_damaged_checkpoint(monkeypatch, whole, tmp_path, share, capsys):
    """Nothing is lost: the one before it leads to the same end."""
    monkeypatch.setattr(state, "CHECKPOINT_INTERVAL", 0.0)
    monkeypatch.setattr(state, "CHECKPOINT_PAUSE", 0.0)
    run = ran(tmp_path / "run", "--generations=4")
    cut(run.path / "checkpoint.npz", share)
    assert everything(resumed(run.path, "--generations=6")) == everything(whole)
    err = capsys.readouterr().err
    assert "checkpoint.npz: expected arrays, but it is damaged" in err
    assert "the one before it is whole and taken instead" in err
    assert err.count("\n") == 1


def test_two_damaged_checkpoints(failed, whole, copy):
    checkpoints = [copy.path / name for name in ("checkpoint.npz", "checkpoint-before.npz")]
    shutil.copy(*checkpoints)
    for file in checkpoints:
        cut(file, 0.5)
    before = files_of(copy)
    message = failed("--resume", str(copy.path))
    assert "checkpoint.npz: expected arrays, but it is damaged" in message
    assert "champions are untouched; without checkpoint.npz and checkpoint-before.npz" in message
    assert files_of(copy) == before
    for file in checkpoints:
        file.unlink()
    assert everything(resumed(copy.path)) == everything(whole)


def test_a_checkpoint_of_another_task(failed, copy, tmp_path):
    other = Run.create(preset("swingup", population=4, generations=1), tmp_path / "other")
    shutil.copy(copy.path / "checkpoint.npz", other.path)
    message = failed("--resume", str(other.path))
    assert "expected 5 inputs and 1 outputs, as swingup has, got 4 and 2" in message


def test_a_checkpoint_of_something_else(failed, copy):
    files.write_arrays(copy.path / "checkpoint.npz", {"a": np.arange(3)})
    message = failed("--resume", str(copy.path))
    assert "the checkpoint does not fit: expected an array 'sizes', but there is none" in message


class FullDisk:
    """A disk on which a number of files can be written, and then none."""

    def __init__(self, room):
        self.room = room

    def fsync(self, number):
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("room", [0, 1, 2, 3, 4, 5, 6, 8])
def test_a_disk_that_fills_up(failed, whole, tmp_path, monkeypatch, room):
    """What was saved is intact, and the search can go on once there is room."""
    monkeypatch.setattr(state, "CHECKPOINT_INTERVAL", 0.0)
    monkeypatch.setattr(state, "CHECKPOINT_PAUSE", 0.0)
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", FullDisk(room).fsync)
        message = failed("--run", str(folder), *FLAGS)
    assert "No space left on device; everything saved before is intact" in message
    assert not list(folder.rglob("*.tmp"))
    if room == 0:
        assert "config.json: No space" in message
        assert [path for path in folder.iterdir() if not path.name.startswith(".")] == []
        ran(folder)
    else:
        for path in folder.rglob("*.json"):
            assert path.name == "config.json" or wann.load(path)
        resumed(folder)
    assert everything(Run(folder)) == everything(whole)


def test_a_disk_that_fills_up_in_the_metrics(failed, whole, tmp_path, monkeypatch):
    def log(run, row):
        if row["generation"] == 3:
            with open(run.path / "metrics.csv", "a") as file:
                file.write("3,12")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        plain(run, row)

    plain = Run.log
    with monkeypatch.context() as patch:
        patch.setattr(Run, "log", log)
        assert "No space left on device" in failed("--run", str(tmp_path / "run"), *FLAGS)
    assert everything(resumed(tmp_path / "run")) == everything(whole)


class Rewards:
    """Trials with made-up rewards, [W, R] from a function of the network's complexity."""

    def __init__(self, reward):
        self.reward = reward

    def draw(self, rng, rollouts):
        return rng.random(rollouts)

    confirmation = report = draw

    def describe(self, cases):
        return "made-up rewards"

    def rewards(self, network, weights, cases):
        result = np.ones((len(weights), len(cases))) * network.complexity
        result[0, 0] = self.reward(network.complexity)
        return result

    scores = rewards


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("always", [True, False])
def test_rewards_that_are_not_finite(tmp_path, monkeypatch, broken, always):
    trials = Rewards(lambda complexity: broken if always or complexity > 5 else complexity)
    monkeypatch.setattr(state, "trials_for", lambda task, config: trials)
    run = ran(tmp_path / "run")
    champion = wann.load(run.path)
    rows = history(run)
    if always:
        assert champion.scores["confirmed_fitness"] is None
        assert all(row["nonfinite"] == "24" for row in rows)
        assert all(row["fitness_best"] == row["peak"] == "-inf" for row in rows)
    else:
        assert champion.scores["fitness"] == champion.network.complexity <= 5
        assert all(float(row["fitness_best"]) <= 5.0 for row in rows)
        assert any(int(row["nonfinite"]) > 0 for row in rows)


def test_evolve_from_python(whole, tmp_path):
    model = wann.evolve("cartpole", SMALL, workers=1)
    assert model.genome == wann.load(whole.path).genome
    assert model.scores == wann.load(whole.path).scores
    rows = []
    model = wann.evolve(
        envs.make("cartpole"),
        SMALL,
        Run.create(SMALL, tmp_path / "run"),
        report=rows.append,
        interrupted=lambda: len(rows) == 2,
    )
    assert [row["generation"] for row in rows] == [0, 1]
    assert wann.load(tmp_path / "run").genome == model.genome


def test_evolve_with_an_unknown_name():
    with pytest.raises(ValueError, match="unknown env 'cartpol': expected one of cartpole"):
        wann.evolve("cartpol")


def start(*flags):
    return subprocess.Popen(
        [sys.executable, "-m", "wann.search", *flags, "--workers=1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(holds):
    deadline = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_interrupted_then_killed_then_finished(tmp_path):
    """Ctrl-C, a resumed search that is killed as hard as can be, and a third that gets done."""
    folder, many = tmp_path / "run", "--generations=1000000"
    process = start("--run", str(folder), *FLAGS, many)
    wait_for((folder / "checkpoint.npz").exists)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60.0)
    assert (process.returncode, out, err) == (130, "", "")
    assert wann.load(folder).scores["on"] == "100 fresh episodes a weight"
    stopped_at = len(history(Run(folder)))

    process = start("--resume", str(folder), "--quiet", many)
    wait_for(lambda: len(history(Run(folder))) > stopped_at + 20)
    process.kill()
    process.communicate(timeout=60.0)
    killed_at = len(history(Run(folder)))

    last = f"--generations={killed_at + 5}"
    assert everything(resumed(folder, last)) == everything(ran(tmp_path / "whole", last))
