"""Tasks in a module of the user's: --env MODULE:NAME, with every command."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import wann
from wann import envs
from wann.compare import __main__ as compare
from wann.core.kernels.jit.digest import digest
from wann.envs.failure import Failure
from wann.export import __main__ as export
from wann.report import __main__ as report
from wann.search import __main__ as search
from wann.sweep import main as sweep
from wann.tune import __main__ as tune

ROOT = Path(__file__).parents[2]
MODULE = """
import math
import numba
import numpy as np
import wann
from wann.envs.task import ControlTask

compiled = numba.njit(nogil=True, error_model="numpy")


def initial_states(rng, count):
    return rng.uniform(-1, 1, (count, 2))


@compiled
def observe(state, observation):
    observation[0], observation[1] = state[0], state[1]


@compiled
def step(state, action):
    position, velocity = state
    state[0] = position + 0.05 * velocity
    state[1] = velocity + 0.05 * action[0]
    return math.exp(-position * position), abs(position) > 5.0


names = ("position", "velocity"), ("push",)
functions = (initial_states, observe, step)
cart = ControlTask("cart", *names, 20, 18.0, (-1.0, 1.0), *functions)


def make():
    return cart


class Greater(wann.Evaluator):
    name, inputs, outputs = "greater", ("a", "b"), ("first", "second")
    action, solved_at = {"kind": "discrete"}, 1.0

    def draw(self, rng, rollouts):
        return rng.uniform(-1, 1, (rollouts, 2))

    def rewards(self, network, weights, cases):
        chosen = np.array([network.forward(cases, weight).argmax(axis=1) for weight in weights])
        return (chosen == cases.argmax(axis=1)).astype(float)


number = 3
"""
SMALL = ["--generations=2", "--population=8", "--confirm-rollouts=2", "--report-episodes=2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the module and a run, from which modules are imported."""
    place = tmp_path_factory.mktemp("own")
    (place / "own_module.py").write_text(MODULE)
    (place / "broken_module.py").write_text("raise KeyError('mine')")
    before = list(sys.path)
    sys.path.append(str(place))
    env = ["--env", "own_module:cart"]
    search.main([*env, *SMALL, "--quiet", "--workers=1", "--run", str(place / "run")])
    yield place
    sys.path[:] = before


def test_every_command_takes_the_name(folder, tmp_path):
    run, env = str(folder / "run"), ["--env", "own_module:cart"]
    quiet = [*env, "--quiet", "--out", str(tmp_path)]
    few = ["--episodes=2", "--workers=1"]
    sweep([run, *quiet, *few, "--weights=1:2:2"])
    tune.main([run, *quiet, *few, "--what=shared", "--weights=1:2:2"])
    export.main([run, *quiet[2:], "--to=c"])
    compare.main([run, *quiet, *few])
    report.main([run, *quiet[:-1], str(tmp_path / "r.html"), *few, "--weights=1:2:2"])
    found = {path.name for path in tmp_path.iterdir()}
    assert found >= {"sweep.csv", "champion-tuned.json", "compare.csv", "r.html"}
    assert '"scene": null' not in (tmp_path / "r.html").read_text()
    search.main(["--resume", run, *env, "--generations=3", "--quiet", "--workers=1"])
    model = wann.load(run, env="own_module:cart")
    assert model.task == "own_module:cart"
    assert len(model.history) == 3
    assert model.sweep([1.0], 2, workers=1).mean.shape == (1,)


def test_a_task_a_function_and_an_evaluator(folder):
    for name in ("cart", "make"):
        task = envs.make(f"own_module:{name}")
        assert (task.name, task.inputs) == (f"own_module:{name}", ("position", "velocity"))
    model = wann.evolve(
        "own_module:Greater", generations=2, population=8, rollouts=5, progress=False, workers=1
    )
    assert (model.task, model.inputs) == ("own_module:Greater", ("a", "b"))


def test_a_file_that_names_it_imports_nothing(folder, refused):
    message = refused(sweep, [folder / "run"])
    assert message.endswith("would import a module: if you trust it, say --env own_module:cart")


def test_two_modules_that_hold_the_same_are_told_apart(folder, tmp_path, monkeypatch):
    """What is kept of a compiled function imports the module that it was compiled in."""
    (tmp_path / "same_module.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    tasks = [envs.make(f"{module}:cart") for module in ("own_module", "same_module")]
    assert digest(tasks[0].step) != digest(tasks[1].step)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("own_module:crat", "the module own_module has no 'crat'; did you mean cart"),
        (
            "own_modul:cart",
            "expected MODULE:NAME with a module that can be imported from here, but",
        ),
        ("own_module:number", "expected a task, or a function that makes one; a int has no name"),
        ("own_module:names", "expected a task, or a function that makes one; a tuple has no name"),
        ("own_module:", "unknown env 'own_module:': expected one of .*MODULE:NAME"),
    ],
)
def test_what_is_no_task(folder, name, message):
    with pytest.raises(ValueError, match=message):
        envs.make(name)


def test_a_module_that_raises(folder):
    with pytest.raises(Failure, match=r"broken_module.py, line 1: KeyError: 'mine'"):
        envs.make("broken_module:cart")


SCRIPT = f"""{MODULE}
from wann import envs
envs.register("cart", make)
settings = dict(generations=2, population=8, report_episodes=2, progress=False, workers=1)
print(wann.evolve("cart", **settings).scores["fitness"])
"""


def test_a_script_a_cell_and_standard_input_find_the_same(folder, tmp_path):
    """Compiled functions without a source file are not kept, and nothing is said of it."""
    (tmp_path / "script.py").write_text(SCRIPT)
    cell = f"exec(compile({SCRIPT!r}, '<cell>', 'exec'))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    options = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    found = [
        subprocess.run([sys.executable, *words], input=text, **options)
        for words, text in ((["script.py"], None), (["-"], SCRIPT), (["-c", cell], None))
    ]
    assert [each.stderr for each in found] == ["", "", ""]
    assert len({each.stdout for each in found}) == 1
    assert np.isfinite(float(found[0].stdout))
