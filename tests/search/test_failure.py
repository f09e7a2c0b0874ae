import numpy as np
import pytest

from tests import genomes
from wann import envs
from wann.core.config import preset
from wann.core.network import express
from wann.evaluation.gym import EpisodeError
from wann.evaluation.workers import WorkersDied
from wann.search.command import failure
from wann.storage.load import load
from wann.storage.run import Run

TASK = envs.make("gym:tests.gym_tasks:Counter")
NETWORK = express(genomes.grown(3, 30, 2, 3))


@pytest.fixture
def run(tmp_path):
    return Run.create(preset(TASK.name), tmp_path / "run")


def end(run, error):
    with pytest.raises(SystemExit) as ended, failure.shown(TASK, run):
        raise error
    return ended.value.code


def test_an_exception_in_an_environment(run, capsys):
    assert (
        end(
            run,
            EpisodeError(NETWORK, np.float64(-0.5), 17, "Error", "Traceback\n  its\x1b[0m lines"),
        )
        == 1
    )
    printed = capsys.readouterr().err
    assert printed.startswith(
        "Traceback\n  its\\x1b[0m lines\nwann: the environment failed in episo"
    )
    assert f"saved in {run.path / 'failed.json'}" in printed
    saved = load(run.path / "failed.json")
    assert (saved.task, saved.weights) == (TASK.name, -0.5)
    assert saved.search == {"failed_in_episode": 17}
    x = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_array_equal(saved.forward(x), NETWORK.forward(x, -0.5))


def test_individual_weights_are_left_out(run):
    assert end(run, EpisodeError(NETWORK, np.ones(NETWORK.enabled), 17, "Error")) == 1
    assert load(run.path / "failed.json").weights is None


def test_processes_that_die(run, capsys):
    assert end(run, WorkersDied("worker processes died")) == 1
    assert capsys.readouterr().err.startswith("wann: worker processes died; --resume")


def test_other_errors_pass(run):
    with pytest.raises(KeyError), failure.shown(TASK, run):
        raise KeyError
    assert not (run.path / "failed.json").exists()
