import os
import threading
import time

import numpy as np
import pytest

from tests import genomes
from wann import envs
from wann.core.checks import check_workers
from wann.core.config import SearchConfig
from wann.core.network import express
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool, evaluate

WEIGHTS = np.array([-1.0, 0.5, 2.0])


class Factor(int):
    """A network, of ten connections."""

    complexity = 10


class Products:
    """An evaluator whose reward is network · weight · case; networks are `Factor`s."""

    def __init__(self):
        self.threads = set()

    def rewards(self, network, weights, cases):
        self.threads.add(threading.current_thread().name)
        if network < 0:
            raise RuntimeError("the task broke")
        return network * weights[:, None] * cases

    def scores(self, network, weights, cases):
        return -self.rewards(network, weights, cases)


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize("networks", [0, 1, 3, 7, 64])
@pytest.mark.parametrize("rollouts", [1, 2, 5, 100])
def test_every_network_meets_every_case(workers, networks, rollouts):
    networks, cases = list(map(Factor, range(networks))), np.arange(1.0, rollouts + 1.0)
    with Pool(Products(), workers) as pool:
        rewards = pool.rewards(networks, WEIGHTS, cases)
        scores = pool.scores(networks, WEIGHTS, cases)
    expected = np.multiply.outer(np.multiply.outer(np.array(networks, float), WEIGHTS), cases)
    np.testing.assert_array_equal(rewards, expected)
    np.testing.assert_array_equal(scores, -expected)
    assert pool.rollouts == pool.samples == 2 * expected.size  # a case is one sample here
    assert pool.multiply_adds == 10 * pool.samples


def test_work_is_shared():
    evaluator = Products()
    gate = threading.Barrier(2, timeout=10.0)
    plain = evaluator.rewards

    def rewards(network, weights, cases):
        if network == 0:
            gate.wait()  # passes only if another worker comes here at the same time
        return plain(network, weights, cases)

    evaluator.rewards = rewards
    with Pool(evaluator, 2) as pool:
        pool.rewards([Factor(0)] * 2, WEIGHTS, np.ones(4))
    assert len(evaluator.threads) == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_task_comes_out(workers):
    with Pool(Products(), workers) as pool, pytest.raises(RuntimeError, match="the task broke"):
        pool.rewards([1, 2, 3, -4], WEIGHTS, np.ones(2))


def test_numbers_of_workers():
    check_workers(-1)
    check_workers(3)
    for wrong in (0, -2):
        with pytest.raises(ValueError, match=f"--workers: expected 1 to 1000.*{wrong}"):
            Pool(Products(), wrong)


def test_one_worker_a_core(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5, 7}, raising=False)
    assert Pool(Products()).workers == 3


def test_rollouts_do_not_depend_on_the_workers():
    evaluator = ControlEvaluator(envs.make("cartpole"))
    networks = [express(genome) for genome in genomes.population(0, 12, 15, 4, 2)]
    cases = evaluator.draw(np.random.default_rng(0), 5)
    found = []
    for workers in (1, 2, 5):
        with Pool(evaluator, workers) as pool:
            found.append(pool.rewards(networks, WEIGHTS, cases))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    assert found[0].shape == (12, 3, 5)
    assert np.unique(found[0]).size > 5


def test_more_cases_go_on_with_the_same_sequence():
    evaluator = evaluator_for(envs.make("swingup"), SearchConfig())
    few, many = (evaluator.draw(np.random.default_rng(3), count) for count in (2, 6))
    np.testing.assert_array_equal(few, many[:2])
    assert evaluator.describe(many) == "6 fresh episodes a weight"


def test_unknown_kinds_of_tasks():
    with pytest.raises(
        TypeError, match=r"expected a ControlTask, a GymTask, .* or an Evaluator, got int"
    ):
        evaluator_for(3, SearchConfig())


def test_jobs_of_processes_take_a_while_each():
    evaluator = evaluator_for(envs.make("gym:CartPole-v1"), SearchConfig())
    pool = Pool(evaluator, 2)

    def jobs(networks, weights, rollouts):
        parts = pool.split(networks, weights, rollouts)
        done = np.zeros((networks, weights, rollouts), int)
        for members, some, part in parts:
            done[members.start : members.stop : members.step, some, part] += 1
        assert (done == 1).all()
        return len(parts)

    assert jobs(100, 6, 3) == 16  # nothing is known yet: eight for each worker
    pool.pace = 1e-4
    assert jobs(100, 6, 3) == 2  # 0.18 s of work
    assert jobs(1000, 6, 3) == 18  # 1.8 s, where 0.1 s are worth a job
    pool.pace = 1.0
    assert jobs(100, 6, 3) == 64  # never more than 32 for each worker
    assert jobs(1, 81, 100) == 64  # parts of the rollouts
    assert jobs(3, 2, 1) == 3
    assert jobs(0, 2, 1) == 0
    assert jobs(1, 13, 1) == 2  # parts of the weights, for each worker one
    assert jobs(1, 1, 1) == 1


@pytest.mark.parametrize("env", ["gym:CartPole-v1", "envpool:CartPole-v1"])
@pytest.mark.parametrize("own", [False, True])
def test_few_episodes_of_many_weights_are_shared_out(env, own):
    if env.startswith("envpool:"):
        pytest.importorskip("envpool", reason="needs wann[envpool]")
    evaluator = evaluator_for(envs.make(env), SearchConfig(env=env))
    network = express(genomes.grown(5, 30, inputs=4, outputs=2))
    weights = np.linspace(-2, 2, 5)
    cases = np.arange(5)[None, :] + 7 if own else np.array([7])
    found = []
    for workers in (1, 4):
        with Pool(evaluator, workers) as pool:
            found.append(pool.scores([network], weights, cases))
            assert pool.rollouts == 5
    np.testing.assert_array_equal(*found)
    alone = [
        evaluator.scores(network, weights[k : k + 1], cases[:, k] if own else cases)[0, 0]
        for k in range(5)
    ]
    np.testing.assert_array_equal(found[0][0, :, 0], alone)
    assert np.unique(alone).size > 1


class Elsewhere:
    """Workers that are another process, as far as the pool can tell."""

    def run(self, function, jobs):
        return ((i, function(*job)) for i, job in enumerate(jobs))


def test_the_time_of_other_processes_is_counted():
    def busy(value):
        until = time.thread_time() + 0.01
        while time.thread_time() < until:
            pass
        return value

    with Pool(Products(), 1) as pool:
        assert pool.map(busy, [(1,), (2,)]) == [1, 2]
        assert pool.cpu_elsewhere == 0  # that of this process tells it
    pool._crew = Elsewhere()
    assert pool.map(busy, [(1,), (2,)]) == [1, 2]
    assert 0.02 <= pool.cpu_elsewhere < 1


def test_what_a_job_returns():
    rewards, seconds = evaluate(Products(), "scores", [1, 2], WEIGHTS, np.ones(2))
    np.testing.assert_array_equal(rewards, -np.multiply.outer([1, 2], WEIGHTS)[:, :, None] * [1, 1])
    assert 0 <= seconds < 10
