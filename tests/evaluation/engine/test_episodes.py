"""Lanes of one seed that act alike share an environment, and nothing else changes."""

import dataclasses

import numpy as np
import pytest

from tests import genomes
from wann import envs
from wann.core.network import express
from wann.evaluation.engine.episodes import play
from wann.evaluation.engine.lanes import Lanes

pytest.importorskip("envpool", reason="needs wann[envpool]")


class Counting:
    """Environments that show the time and the last action, and pay what they show; they note what
    is done in them."""

    def __init__(self, seeds, ends=10**9):
        self.seeds, self.ends = seeds, ends
        self.time, self.done = dict.fromkeys(range(len(seeds)), 0), {}

    def reset(self, environments):
        self.done.update({e: [] for e in environments.tolist()})
        return np.zeros((len(environments), 2)), {"env_id": environments}

    def step(self, actions, environments):
        for e, action in zip(environments.tolist(), actions.ravel().tolist(), strict=True):
            self.done[e].append(action)
        time = np.array([len(self.done[e]) for e in environments.tolist()])
        seen = np.column_stack((time, actions.ravel())) / 10
        over = (time >= self.ends) & (actions.ravel() > 0)
        turned = slice(None, None, -1)  # in another order than they were sent in
        none = np.zeros(len(time), bool)
        found = seen, seen.sum(axis=1), over, none, {"env_id": environments}
        return *(each[turned] for each in found[:4]), {"env_id": environments[turned]}

    def close(self):
        pass


def network(*connections, hidden=()):
    return express(genomes.genome(2, 1, hidden, connections))


def played(monkeypatch, networks, seeds, weights=(1.0,), steps=6, **options):
    task = envs.make("envpool:Pendulum-v1")
    task = dataclasses.replace(task, inputs=("a", "b"), episode_limit=steps)
    made, ends = [], options.pop("ends", 10**9)

    def pool(self, seeds):
        made.append(Counting(seeds, ends))
        return made[-1]

    monkeypatch.setattr(type(task), "pool", pool)
    lanes = Lanes(networks, np.array(weights), 1, task.low, task.high)
    returns = play(task, lanes, np.arange(len(lanes)), np.array(seeds), **options)
    return returns, made[0].done


BIAS, TIME, LAST = network((0, 3)), network((1, 3)), network((2, 3))
SAME = network((0, 4), (4, 3), hidden=[(4, "linear")])  # as the bias, with a weight of 1


def test_lanes_that_act_alike_step_once(monkeypatch):
    alone, _ = played(monkeypatch, [BIAS], [5])
    returns, done = played(monkeypatch, [BIAS, SAME, BIAS], [5, 5, 5])
    assert done == {0: [1.0] * 6}
    np.testing.assert_array_equal(returns, np.repeat(alone, 3))


def test_not_those_of_other_seeds(monkeypatch):
    _, done = played(monkeypatch, [BIAS, SAME], [5, 6])
    assert done == {0: [1.0] * 6, 1: [1.0] * 6}


def test_who_acts_otherwise_goes_on_alone_from_where_it_was(monkeypatch):
    # Nothing is shown at first, so that both do nothing; then one sees the time, one its action.
    (time,), timed = played(monkeypatch, [TIME], [5])
    (last,), lasted = played(monkeypatch, [LAST], [5])
    assert timed[0][0] == lasted[0][0] == 0
    returns, done = played(monkeypatch, [TIME, LAST, LAST], [5, 5, 5])
    assert done == {0: timed[0], 1: lasted[0]}
    np.testing.assert_array_equal(returns, [time, last, last])


@pytest.mark.parametrize("give_up", [0, 3])
def test_any_mix_is_as_each_alone(monkeypatch, give_up):
    some = [express(each) for each in genomes.population(3, 14, 10, 2, 1)]
    weights, options = (0.4, 1.7), {"steps": 150, "give_up": give_up, "ends": 70}
    seeds = [5] * 28
    returns, done = played(monkeypatch, some, seeds, weights, **options)
    alone = [
        played(monkeypatch, [each], [5], [weight], **options)[0][0]
        for each in some
        for weight in weights
    ]
    np.testing.assert_array_equal(returns, alone)
    assert 1 < len(done) < 28
    assert len({tuple(each) for each in done.values()}) == len(done)  # each is done once


@pytest.mark.parametrize("name", ["Acrobot-v1", "LunarLander-v3", "BipedalWalker-v3"])
@pytest.mark.parametrize("give_up", [0, 30])
def test_with_sharing_all_is_as_without(monkeypatch, name, give_up):
    task = dataclasses.replace(envs.make(f"envpool:{name}"), episode_limit=120)
    sizes = len(task.inputs), len(task.outputs)
    some = [express(each) for each in genomes.population(1, 12, 12, *sizes)]
    lanes = Lanes(some, np.array([0.5, 1.5]), 2, task.low, task.high)
    everyone = np.arange(48), np.tile([7, 8], 24)
    steps, pool = [], type(task).pool

    def counted(self, seeds):
        made = pool(self, seeds)
        step = made.step
        made.step = lambda actions, going: steps.append(len(going)) or step(actions, going)
        return made

    monkeypatch.setattr(type(task), "pool", counted)
    told = []
    alone = play(
        task, lanes, *everyone, give_up, watch=lambda alive, numbers: told.append(len(alive))
    )
    assert sum(told) == sum(steps)
    steps.clear()
    np.testing.assert_array_equal(play(task, lanes, *everyone, give_up), alone)
    assert 2 * len(told) < sum(steps) < sum(told)  # some of both seeds parted


def test_one_whose_output_is_not_finite_leaves_the_others(monkeypatch):
    endless = network((0, 4), (4, 3), hidden=[(4, "linear")])
    returns, done = played(monkeypatch, [endless, BIAS, BIAS], [5] * 6, (1e200, 1.0))
    assert np.isnan(returns[0])
    assert np.isfinite(returns[1:]).all()
    assert len(done) == 2  # the others do the same, as outputs are clipped, but one
