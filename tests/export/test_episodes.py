"""Exports take raw observations and act as in Python, over whole episodes."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from tests.genomes import grown
from wann import envs
from wann.core.network import express
from wann.envs.stepped.normalization import Moments
from wann.evaluation.recording import record
from wann.export import c, formats
from wann.export import onnx as export_onnx
from wann.export import python as export_python
from wann.storage.load import load
from wann.storage.model import Model

TASKS = (
    "gym:tests.own_tasks:Rover-v0",
    "gym:tests.own_tasks:Arm-v0",
    "gym:tests.own_tasks:Masked-v0",  # without its mask: choices count from 2
    "gym:Acrobot-v1",
    "gym:Pendulum-v1",
)
WEIGHT = 0.9


def played(name, normalized=True):
    """A model of a task, and all it sees and does in some episodes."""
    task = replace(envs.make(name), episode_limit=60)
    genome = grown(7, 25, len(task.inputs), len(task.outputs))
    network = express(genome)
    if "Masked" in name:
        observations = np.random.default_rng(0).normal(size=(100, 2))
    else:
        observations = np.concatenate(
            [record(task, network, WEIGHT, seed).observations for seed in range(3)]
        )
    if normalized:
        task = replace(task, normalization=Moments.of(observations[:40]).normalization())
    model = Model(
        genome, task.name, task.inputs, task.outputs, task.action,
        normalization=task.normalization,
    )  # fmt: skip
    if "Masked" in name:
        return model, observations, model(observations, WEIGHT)[:, None]
    found = [record(task, network, WEIGHT, seed) for seed in range(3)]
    return (
        model,
        np.concatenate([each.observations for each in found]),
        np.concatenate([each.actions for each in found]),
    )


@pytest.fixture(scope="module", params=TASKS)
def case(request):
    return played(request.param)


def test_the_model_acts_as_the_policy(case):
    model, observations, actions = case
    found = model(observations, WEIGHT).reshape(len(observations), -1)
    np.testing.assert_array_equal(found, actions)
    assert len(np.unique(actions, axis=0)) > 1


def test_the_python_module(case):
    model, observations, actions = case
    module = {}
    exec(export_python.module(model), module)
    found = [np.atleast_1d(module["act"](row, WEIGHT)) for row in observations.tolist()]
    np.testing.assert_allclose(found, actions, rtol=1e-12)


def test_onnx(case):
    model, observations, actions = case
    session = onnxruntime.InferenceSession(
        export_onnx.graph(model, double=True).SerializeToString(),
        providers=["CPUExecutionProvider"],
    )
    feed = {"observation": observations, "weight": np.array([WEIGHT])}
    (found,) = session.run(["action"], feed)
    np.testing.assert_allclose(found.reshape(len(observations), -1), actions, rtol=1e-9, atol=1e-12)


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_c(case, tmp_path):
    model, observations, actions = case
    (tmp_path / "m.h").write_text(c.header(model, "m", double=True))
    size = actions.shape[1]
    act = (
        f"a[0] = m_act(x, {WEIGHT});"
        if model.action["kind"] == "discrete"
        else f"m_act(x, {WEIGHT}, a);"
    )
    (tmp_path / "main.c").write_text(f"""
#include <stdio.h>
#include "m.h"
int main(void)
{{
    double x[M_INPUTS], a[{size}];
    while (fread(x, sizeof x, 1, stdin) == 1) {{
        {act}
        fwrite(a, sizeof a, 1, stdout);
    }}
    return 0;
}}
""")
    strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow"]
    subprocess.run(["gcc", *strict, "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
    ended = subprocess.run(
        [tmp_path / "main"], input=observations.tobytes(), capture_output=True, check=True
    )
    found = np.frombuffer(ended.stdout).reshape(-1, size)
    np.testing.assert_allclose(found, actions, rtol=1e-12)


@pytest.mark.skipif(not shutil.which("g++"), reason="needs g++")
@pytest.mark.parametrize("double", [False, True])
def test_c_plus_plus_takes_it(case, tmp_path, double):
    model = case[0]
    (tmp_path / "m.h").write_text(c.header(model, "m", double))
    (tmp_path / "main.cpp").write_text('#include "m.h"\nint main() { return 0; }\n')
    strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion"]
    subprocess.run(["g++", *strict, "-Wno-unused-function", "main.cpp", "-o", "main"],
                   cwd=tmp_path, check=True)  # fmt: skip


def test_files_keep_it(case, tmp_path):
    model, observations, actions = case
    model.save(tmp_path / "m.json")
    again = load(tmp_path / "m.json")
    assert again.action == model.action
    assert again.normalization == model.normalization
    found = again(observations, WEIGHT).reshape(len(observations), -1)
    np.testing.assert_array_equal(found, actions)
    assert '"wann-network/2"' in (tmp_path / "m.json").read_text()
    with pytest.raises(ValueError, match="--to matrix: expected a network that takes obs"):
        formats.matrix(model)
