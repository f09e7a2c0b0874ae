"""Pruning on regression: squared error in the place of cross entropy, R² in that of accuracy."""

import csv

import numpy as np
import pytest

import wann
from tests.reports import search
from wann import envs
from wann.compare import __main__ as compare
from wann.evaluation.regression.readout import r_squared
from wann.prune import __main__ as prune
from wann.prune.images.data import examples_of
from wann.prune.images.training import Trainer, Training
from wann.prune.networks.mlp import MLP, forward, glorot_normal, keep_all, quality

TABLE = "sklearn:diabetes"
SMALL = (
    f"--env {TABLE} --hidden 8 --steps 300 --learning-rate 0.01 --sparsity 0.5 --schedule one-shot "
    "--quiet"
)


@pytest.fixture(scope="module")
def pruned(tmp_path_factory):
    run = tmp_path_factory.mktemp("prune") / "run"
    arms = "--arms dense-equal,random --run"
    prune.main([*SMALL.split(), "--method", "fine-tuning", *arms.split(), str(run)])
    return run


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_score_is_r_squared_in_the_targets_own_units(pruned):
    rows = rows_of(pruned / "results.csv")
    assert {row["arm"] for row in rows} == {"ticket", "dense-equal", "random"}
    (row,) = (row for row in rows if (row["arm"], row["level"]) == ("ticket", "1"))
    (file,) = pruned.rglob("*ticket*1.json")
    model, task = wann.load(file), envs.make(TABLE)
    assert model.table == task.table
    mean, deviation = task.train.y.mean(axis=0), task.train.y.std(axis=0)
    predicted = model.forward(task.report.X) * deviation + mean
    found = r_squared(predicted.T[None], task.report.y.T)[0]
    assert float(row["score"]) == pytest.approx(found, abs=1e-4)
    assert found > 0.2  # it has learnt: a constant has 0


def test_training_lowers_the_squared_error_and_keeps_the_best():
    assert examples_of(envs.make("sklearn:linnerud")).train.y.shape[1] == 3
    data = examples_of(envs.make(TABLE))
    np.testing.assert_allclose(data.train.y.std(axis=0), 1, atol=1e-5)
    start = glorot_normal((10, 8, 1), np.random.default_rng(0))
    found = Trainer(data).train(start, keep_all(start), Training(300), np.random.default_rng(0))
    train = data.train

    def error(mlp):
        return np.mean((forward(mlp, train.X) - train.y) ** 2)

    assert error(found.mlp) < error(start)
    assert found.validation == pytest.approx(quality(found.mlp, *data.validation), abs=1e-4)
    assert found.validation == pytest.approx(found.curve[:, 1].max())


def test_quality_is_r_squared_of_targets():
    mlp = MLP((np.array([[2.0]]),), (np.array([0.0]),))
    X, y = np.array([[0.0], [1], [2]]), np.array([[0.0], [2], [1]])
    assert quality(mlp, X, y) == pytest.approx(1 - 9 / 2)
    assert quality(mlp, X, np.zeros(3, int)) == 1.0  # classes: one output is always the largest


def test_pruned_dense_and_searched_networks_stand_in_one_table(pruned, tmp_path):
    run = search(tmp_path / "search", TABLE, generations=1)
    options = ["--episodes", "1", "--out", str(tmp_path / "found"), "--quiet"]
    compare.main([str(run), str(pruned), *options])
    rows = rows_of(tmp_path / "found" / "compare.csv")
    assert {"WANN", "dense", "fine-tuning"} <= {row["method"] for row in rows} | {
        row["arm"] for row in rows
    }
    text = (tmp_path / "found" / "compare.md").read_text(encoding="utf-8")
    assert "mean R²" in text
    assert (tmp_path / "found" / "compare-C.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--method synflow", "--method: expected one that needs no classes, for regression"),
        ("--score snip", "--score: expected scores of each weight alone, for regression"),
        ("--arms snip", "--arms: expected scores of each weight alone, for regression"),
        ("--found-on digits", "--found-on: expected none, for regression"),
    ],
)
def test_what_needs_classes_is_refused(options, message, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        prune.main([*f"--env {TABLE} {options} --run".split(), str(tmp_path / "run")])
    assert ended.value.code == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "run").exists()
