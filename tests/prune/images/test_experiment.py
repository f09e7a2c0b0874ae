"""The rows and files of results."""

from dataclasses import replace

import numpy as np
import pytest

import wann
from wann.envs.classification import ClassificationTask
from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.saving import save_network
from wann.prune.images.settings import ImageSettings
from wann.prune.networks.mlp import MLP
from wann.prune.run import PruneRun


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(0)
    return ClassificationTask(rng.random((30, 4)), np.arange(30) % 2)


@pytest.fixture
def result():
    """Node 0 of three is dead, node 1 a constant, and node 2 alive."""
    first = np.zeros((4, 3), bool)
    first[:, 0] = first[1, 2] = True
    second = np.array([[False, False], [True, False], [True, True]])
    mlp = MLP(
        (np.where(first, 0.5, 0.0), np.where(second, 2.0, 0.0)),
        (np.array([1.0, 1.0, 0.0]), np.array([0.0, 0.0])),
    )
    outcome = Outcome(mlp, (first, second), 0.6, 100, 900)
    return Result("ticket", 3, 2, "C", outcome, 0.5)


def test_a_row_counts_what_is_effective(task, result):
    row = Experiment(ImageSettings(hidden="3"), task).row(result)
    assert row.kept == 8
    assert row.sparsity == pytest.approx(1 - 8 / 18)
    assert row.connections == 3  # input 1 to node 2, node 2 to both outputs
    assert row.biases == 1  # what node 1 adds to output 0
    assert (row.arm, row.seed, row.level, row.score, row.validation) == ("ticket", 3, 2, 0.5, 0.6)
    assert (row.samples, row.multiply_adds) == (100, 900)


def test_the_network_says_where_it_comes_from(task, result, tmp_path, monkeypatch):
    run = PruneRun.create({"method": "random", "env": "x", "seed": 3}, tmp_path / "run")
    experiment = Experiment(ImageSettings(hidden="3"), task, run=run)
    save_network(experiment, result)
    model = wann.load(run.network("ticket", 3, 2))
    assert model.network.complexity == 4
    assert model.scores == {"on": "3 test images", "mean": 0.5}
    assert model.search["initial_signs"] == "-+-0"
    where = {"method": "lottery-ticket", "arm": "ticket", "seed": 3, "level": 2}
    assert model.search.items() >= where.items()
    monkeypatch.setattr("wann.prune.images.saving.LARGEST", 7)
    save_network(experiment, result._replace(level=9))
    assert not run.network("ticket", 3, 9).exists()


def test_trainings_follow_from_the_settings(task):
    experiment = Experiment(ImageSettings(optimizer="sgd", found_by="adam", steps=90, l2=0.5), task)
    assert (experiment.training.optimizer, experiment.training.learning_rate) == ("sgd", 0.02)
    assert (experiment.finding.optimizer, experiment.finding.learning_rate) == ("adam", 0.0012)
    assert experiment.fine(experiment.training) == replace(
        experiment.training, steps=30, learning_rate=0.002
    )
    assert Experiment(ImageSettings(learning_rate=0.5), task).training.learning_rate == 0.5


def test_without_a_run_a_step_is_computed_once(task, result):
    experiment, calls = Experiment(ImageSettings(), task), []

    def compute():
        calls.append(1)
        return result.outcome

    assert experiment.step("a", compute) is experiment.step("a", compute)
    assert len(calls) == 1


def test_chance_has_a_stream_for_each_purpose(task):
    experiment = Experiment(ImageSettings(), task)
    draws = {
        float(experiment.rng(seed, chance, level).random())
        for seed in (0, 1)
        for chance in Chance
        for level in (0, 1)
    }
    assert len(draws) == 2 * len(Chance) * 2
