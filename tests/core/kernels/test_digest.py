"""What a kernel is told from others by."""

import dataclasses
import inspect
import os
import subprocess
import sys

import numba
import numpy as np

from wann.core.kernels import rollout
from wann.core.kernels.jit.digest import digest
from wann.envs import cartpole


def test_a_digest_is_that_of_any_process():
    code = """
import numba
from wann.core.kernels.gradients import backward
from wann.core.kernels.jit.digest import digest
@numba.njit(fastmath={"contract", "nnan", "ninf", "nsz"})
def f(x): return x in ("a", "b") or x in {"c", "d", "e"} or backward._backward
print(digest(f), digest(backward._backward))
"""
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def multiplier(factor):
    def multiply(x):
        return x * factor

    return multiply


def test_a_profiler_does_not_tell_apart():
    plain, watched = multiplier(2.0), multiplier(2.0)
    code = watched.__code__  # as Numba leaves it where a profiler or a debugger looks on
    watched.__code__ = code.replace(co_flags=inspect.CO_NEWLOCALS)
    assert watched.__code__.co_flags != plain.__code__.co_flags
    assert digest(watched) == digest(plain)


def test_what_a_function_closes_over_tells_it_apart():
    names = [digest(multiplier(factor)) for factor in (2.0, 2.0, 3.0, np.float32(2.0), (2.0, 3.0))]
    assert names[0] == names[1]
    assert len(set(names)) == 4
    arrays = [digest(multiplier(np.array(values))) for values in ([1.0, 2.0], [1.0, 2.5], [1, 2])]
    assert len(set(arrays)) == 3


def test_the_options_of_called_functions_tell_apart():
    plain, fast = (numba.njit(fastmath=fastmath)(multiplier(2.0)) for fastmath in (False, True))

    def calling(function):
        def call(x):
            return function(x)

        return call

    assert digest(calling(plain)) != digest(calling(fast))


def test_tasks_that_differ_only_in_numbers_have_their_own_kernels():
    def pushed(force):
        @numba.njit
        def step(state, action):
            state[0] += force * action[0]
            return state[0], False

        return dataclasses.replace(cartpole.make(), name="wann/push", step=step)

    digests = {
        digest(rollout.compile_rollout(task))
        for task in (pushed(1.0), pushed(2.0), pushed(2.0), cartpole.make())
    }
    assert len(digests) == 3
