import dataclasses
import gc

import psutil

import wann
from wann import envs
from wann.core.config import preset
from wann.evaluation import control
from wann.evaluation.control import ControlEvaluator

SMALL = preset("cartpole", population=4, generations=1, rollouts=1, confirm_rollouts=1)


def test_evaluators_of_a_task_share_what_is_compiled():
    task = envs.make("cartpole")
    first = ControlEvaluator(task)
    other = ControlEvaluator(dataclasses.replace(envs.make("cartpole"), episode_limit=7))
    assert other._kernel is first._kernel
    assert ControlEvaluator(envs.make("swingup"))._kernel is not first._kernel


def test_only_some_are_kept(monkeypatch):
    monkeypatch.setattr(control, "MOST_KERNELS", 2)
    monkeypatch.setattr(control, "compile_rollout", lambda task, apart: object())
    monkeypatch.setattr(control, "_kernels", {})
    task = envs.make("cartpole")
    for i in range(5):
        found = dataclasses.replace(task, inputs=tuple("abcdef"[: i + 1]))
        ControlEvaluator(found)
    assert len(control._kernels) == 2
    assert [key[-1] for key in control._kernels] == [4, 5]


def test_searches_one_after_another_do_not_grow():
    def memory():
        gc.collect()
        return psutil.Process().memory_info().rss

    for _ in range(10):
        wann.evolve("cartpole", SMALL, workers=1, progress=False)
    before = memory()
    for _ in range(50):
        wann.evolve("cartpole", SMALL, workers=1, progress=False)
    assert memory() - before < 3_000_000  # it was 0.2 MB a search
