import dataclasses
import importlib
import sys

import numba
import numpy as np
import pytest

from wann.core.kernels import rollout
from wann.core.kernels.jit import kept
from wann.envs import cartpole

TIMES = """
from wann.core.kernels.jit import kept
import {other}

@kept
def times(x):
    return x * {other}.FACTOR * {other}.half(2.0)
"""
OTHER = """
import numba

FACTOR = {factor}

@numba.njit
def half(x):
    return x / {divisor}
"""


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Write the modules and import them as a new process would."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def load(factor=3.0, divisor=2.0):
        (tmp_path / "its_numbers.py").write_text(OTHER.format(factor=factor, divisor=divisor))
        if not (tmp_path / "its_kernel.py").exists():
            (tmp_path / "its_kernel.py").write_text(TIMES.format(other="its_numbers"))
        for name in ("its_kernel", "its_numbers"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module("its_kernel").times

    yield load
    for name in ("its_kernel", "its_numbers"):
        sys.modules.pop(name, None)


def hits(kernel):
    return sum(kernel.stats.cache_hits.values())


def test_a_kernel_is_kept(fresh):
    assert fresh()(1.0) == 3.0
    again = fresh()
    assert again(1.0) == 3.0
    assert hits(again) == 1


@pytest.mark.parametrize("change", [{"factor": 5.0}, {"divisor": 1.0}], ids=["number", "function"])
def test_a_change_in_another_file_is_seen(fresh, change):
    fresh()(1.0)
    changed = fresh(**change)
    assert changed(1.0) == change.get("factor", 3.0) * 2.0 / change.get("divisor", 2.0)
    assert hits(changed) == 0


def named(function):
    return kept(function).py_func.__qualname__


def multiplier(factor):
    def multiply(x):
        return x * factor

    return multiply


def test_what_a_function_closes_over_tells_it_apart():
    names = [named(multiplier(factor)) for factor in (2.0, 2.0, 3.0, np.float32(2.0), (2.0, 3.0))]
    assert names[0] == names[1]
    assert len(set(names)) == 4
    arrays = [named(multiplier(np.array(values))) for values in ([1.0, 2.0], [1.0, 2.5], [1, 2])]
    assert len(set(arrays)) == 3


def test_the_options_of_called_functions_tell_apart():
    plain, fast = (numba.njit(fastmath=fastmath)(multiplier(2.0)) for fastmath in (False, True))

    def calling(function):
        def call(x):
            return function(x)

        return call

    assert named(calling(plain)) != named(calling(fast))


def test_recursive_functions():
    @numba.njit
    def down(n):
        return 0 if n == 0 else down(n - 1)

    def call(n):
        return down(n)

    assert kept(call)(3) == 0


def test_without_sources_nothing_is_kept():
    scope = {}
    exec("def double(x):\n    return 2 * x", scope)
    kernel = kept(scope["double"])
    assert kernel(2) == 4
    assert kernel.py_func.__qualname__ == "double"


def test_tasks_that_differ_only_in_numbers_have_their_own_kernels():
    def pushed(force):
        @numba.njit
        def step(state, action):
            state[0] += force * action[0]
            return state[0], False

        return dataclasses.replace(cartpole.make(), name="wann/push", step=step)

    names = {
        rollout.compile_rollout(task).py_func.__qualname__
        for task in (pushed(1.0), pushed(2.0), pushed(2.0), cartpole.make())
    }
    assert len(names) == 3
    assert not any("/" in name for name in names)


def test_dynamics_must_be_compiled():
    task = dataclasses.replace(cartpole.make(), step=cartpole.step.py_func)
    with pytest.raises(TypeError, match="task cartpole: expected step to be compiled by numba"):
        rollout.compile_rollout(task)
