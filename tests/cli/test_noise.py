"""Scores under noise, and the two commands that show them."""

import csv
import dataclasses

import numpy as np
import pytest

from tests.genomes import genome
from wann import envs, sweep
from wann.cli.noise import of_model
from wann.compare import __main__ as compare
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.noise.disturbances import BITS, CUT, INPUTS, LEVELS, SHIFT, WEIGHTS
from wann.evaluation.noise.measure import NONE, SEEDS, Arena, points, summary
from wann.evaluation.pool import Pool
from wann.prune import __main__ as prune
from wann.storage.model import Model


def linear(weights=None):
    """Each class of digits looks at all pixels."""
    task = envs.make("digits")
    connections = [(i + 1, 65 + o) for i in range(64) for o in range(10)]
    return Model(
        genome(64, 10, [], connections), task.name, task.inputs, task.outputs, task.action, weights
    )


@pytest.fixture(scope="module")
def found():
    task = envs.make("digits")
    X, y = task.train
    weights = np.linalg.lstsq(X, np.eye(10)[y], rcond=None)[0].ravel()
    with Pool(ImageEvaluator(task, 1000), 1) as pool:
        arena = Arena(task, pool, 10, 0)
        scores = []
        for name, model in (("shared", linear()), ("own", linear(weights))):
            scores += points(arena, name, "", of_model(arena, model))
        again = list(points(arena, "own", "", of_model(arena, linear(weights))))
    return scores, again


def test_every_level_has_its_scores_and_the_same_ones_again(found):
    scores, again = found
    assert again == [point for point in scores if point.network == "own"]
    for kind in (WEIGHTS, CUT, INPUTS, SHIFT, BITS):
        mine = [point for point in again if point.kind == kind]
        assert len(mine) == len(LEVELS[kind]) * (1 if kind == BITS else SEEDS)
    assert {point.connections for point in scores} == {640}


def test_a_shared_weight_bears_few_bits_and_own_weights_do_not(found):
    means = {key: mean for key, (mean, _, _) in summary(found[0]).items()}
    assert means["shared", BITS, 2] == means["shared", NONE, 0.0]
    assert means["own", BITS, 8] == pytest.approx(means["own", NONE, 0.0], abs=0.02)
    assert means["own", BITS, 2] < means["own", NONE, 0.0]


def test_the_kinds_of_a_task():
    cartpole = dataclasses.replace(envs.make("cartpole"), episode_limit=20)
    with Pool(ControlEvaluator(cartpole), 1) as pool:
        assert Arena(cartpole, pool, 5, 0).kinds == [WEIGHTS, BITS, CUT, INPUTS]


def rows(file):
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_sweep_and_compare_score_networks_under_noise(tmp_path, capsys):
    linear().save(tmp_path / "champion.json")
    sweep.main([str(tmp_path / "champion.json"), "--noise", "--workers", "1"])
    assert "under noise" in capsys.readouterr().out
    swept = rows(tmp_path / "noise.csv")
    assert (tmp_path / "noise.png").stat().st_size > 5000
    run = tmp_path / "run"
    settings = ("--env", "digits", "--hidden", "8", "--steps", "20", "--arms", "")
    prune.main(["--method", "one-shot-ticket", *settings, "--run", str(run), "--quiet"])
    inputs = [str(tmp_path / "champion.json"), str(run)]
    compare.main([*inputs, "--noise", "--out", str(tmp_path / "out"), "--workers", "1"])
    compared = rows(tmp_path / "out" / "noise.csv")
    names = list(dict.fromkeys(row["network"] for row in compared))
    assert len(names) == 2
    assert names[0] == "WANN, shared weight, 640 connections"
    assert names[1].startswith("one-shot-ticket, ")
    champion = [row for row in compared if row["network"] == names[0]]
    assert [row["score"] for row in champion] == [row["score"] for row in swept]


def test_a_pruning_without_networks_is_refused(tmp_path, capsys):
    run = tmp_path / "run"
    settings = ("--env", "digits", "--hidden", "8", "--steps", "20", "--method", "layer-reset")
    prune.main([*settings, "--run", str(run), "--quiet"])
    for file in (run / "networks").iterdir():
        file.unlink()
    with pytest.raises(SystemExit) as failure:
        compare.main([str(run), "--noise"])
    assert failure.value.code == 2
    assert "expected a pruning that has saved networks" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        sweep.main(["champion:digits", "champion:cartpole", "--noise", "--out", str(tmp_path)])
    assert "--noise: expected networks of one task" in capsys.readouterr().err
