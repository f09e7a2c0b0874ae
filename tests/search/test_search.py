import dataclasses
import errno
import hashlib
import math
import os
import shlex
import time
from pathlib import Path

import numpy as np
import pytest

import wann
from tests.searches import FLAGS, SMALL, everything, history, population, ran
from wann.search import state
from wann.search.__main__ import main
from wann.storage.run import Run


def digest(genome):
    genes = genome.inputs, genome.outputs, genome.hidden.tolist(), genome.connections.tolist()
    return hashlib.sha256(repr(genes).encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A search that nothing interrupted."""
    return ran(tmp_path_factory.mktemp("whole") / "run", "--workers=1")


def test_the_pinned_run(whole):
    """A change here means that the same seed finds something else than before."""
    champion = wann.load(whole.path)
    assert digest(champion.genome) == "f9b388c721996225"
    assert champion.scores["confirmed_fitness"] == 500.0
    assert champion.scores["fitness"] == pytest.approx(478.16)
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
    assert f"  python -m wann.sweep {shlex.quote(str(folder))}" in lines


def test_weights_that_say_nothing_of_others_are_warned_of(tmp_path, capsys):
    flags = [*FLAGS[:-1], "--generations=1", "--run", str(tmp_path / "run")]
    main([*flags, "--shared-weights=0.5,1"])
    out = capsys.readouterr().out
    scores = wann.load(tmp_path / "run").scores
    assert "the weights 0.5, 1" in out
    assert f"over 81 weights in [-2, 2] the mean is {scores['whole_range']:.1f}. Search with" in out


def test_weights_of_both_signs_are_not(whole, capsys, tmp_path):
    main([*FLAGS[:-1], "--generations=1", "--run", str(tmp_path / "run")])
    out = capsys.readouterr().out
    assert "the weights -2, -1, -0.5, 0.5, 1, 2" in out
    assert "Warning" not in out


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
def test_bad_flags(refused, tmp_path, monkeypatch, flags, message):
    monkeypatch.chdir(tmp_path)
    assert message in refused(main, flags)
    assert list(tmp_path.iterdir()) == []  # no folder is made


def test_a_run_folder_that_exists(refused, whole):
    before = everything(whole)
    message = refused(main, ["--run", str(whole.path), "--quiet"])
    assert "expected a new or empty folder, but it holds something; choose another" in message
    assert everything(whole) == before


def test_a_folder_inside_a_file(refused, tmp_path):
    (tmp_path / "file").touch()
    assert "Not a directory" in refused(main, ["--run", tmp_path / "file" / "run"])


def test_a_read_only_folder(refused, tmp_path, monkeypatch):
    def refuse(path, *args, **kwargs):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert "run: Read-only file system" in refused(main, ["--run", str(tmp_path / "run")])


class Rewards:
    """An evaluator of made-up rewards, [W, R] from a function of the network's complexity."""

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
    evaluator = Rewards(lambda complexity: broken if always or complexity > 5 else complexity)
    monkeypatch.setattr(state, "evaluator_for", lambda task, config: evaluator)
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


def test_the_same_from_python(whole):
    model = wann.evolve("cartpole", SMALL, workers=1)
    assert model.genome == wann.load(whole.path).genome
    assert model.scores == wann.load(whole.path).scores
