"""Work on a Dask cluster on the loopback interface."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor

from tests import genomes
from wann import envs
from wann.core.config import preset
from wann.core.network import express
from wann.evaluation.cluster import Machines
from wann.evaluation.dask_cluster import DaskCluster
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.search import __main__ as search
from wann.storage.load import load

pytestmark = pytest.mark.usefixtures("bounded")
ROOT = Path(__file__).parents[2]
WEIGHTS = np.array([-1.0, 0.5, 2.0])


def square(number):
    return number * number


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the environments that die or hang leave word that they did."""
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def dask(folder):
    """A scheduler with two workers, each a process of its own that is started again if it dies."""
    pytest.importorskip("distributed", reason="needs wann[dask]")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
        "DIED": str(folder / "died"),
        "HUNG": str(folder / "hung"),
    }
    common = [sys.executable, "-W", "ignore", "-m", "distributed.cli"]
    scheduler = [f"{common[-1]}.dask_scheduler", f"--port={port}", "--host=127.0.0.1"]
    worker = [f"{common[-1]}.dask_worker", address, "--nthreads=1", "--no-dashboard"]
    started = [
        subprocess.Popen([*common[:-1], *arguments], env=environment, stderr=subprocess.DEVNULL)
        for arguments in ([*scheduler, "--no-dashboard"], worker, worker)
    ]
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    yield Machines("dask", address)
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)


def test_results_come_with_the_numbers_of_their_jobs(dask):
    with DaskCluster(dask.address) as cluster:
        assert cluster.count == 2
        assert dict(cluster.run(square, [(i,) for i in range(9)])) == {i: i * i for i in range(9)}


def test_code_that_is_not_there(dask, tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text("def work(number):\n    return number\n")
    monkeypatch.syspath_prepend(tmp_path)
    import only_here

    told = pytest.raises(Exception, match=r"different environments|only_here")
    with DaskCluster(dask.address) as cluster, told:
        list(cluster.run(only_here.work, [(1,)]))


@pytest.mark.parametrize(
    "name", ["cartpole", "digits", "gym:tests.gym_tasks:Counter", "envpool:LunarLander-v3"]
)
def test_rewards_are_those_of_local_workers(dask, name):
    if name.startswith(envs.ENVPOOL):
        pytest.importorskip("envpool", reason="needs wann[envpool]")
    task = envs.make(name)
    evaluator = evaluator_for(task, preset(name, max_steps=100))
    networks = [
        express(genome)
        for genome in genomes.population(1, 20, 9, len(task.inputs), len(task.outputs))
    ]
    cases = evaluator.draw(np.random.default_rng(0), 3)
    with Pool(evaluator, 1) as local, Pool(evaluator, machines=dask) as remote:
        assert remote.workers == 2
        for what in ("rewards", "scores"):
            expected = getattr(local, what)(networks, WEIGHTS, cases)
            np.testing.assert_array_equal(getattr(remote, what)(networks, WEIGHTS, cases), expected)


def searched(run, *options):
    search.main([
        "--env=gym:tests.gym_tasks:Dies", "--run", str(run), "--population=12", "--rollouts=2",
        "--confirm-rollouts=2", "--generations=3", *options,
    ])  # fmt: skip
    return load(run)


def test_the_same_champion_though_a_worker_is_killed(dask, folder, tmp_path, monkeypatch):
    far = searched(tmp_path / "far", "--backend=dask", f"--address={dask.address}")
    assert (folder / "died").exists()
    monkeypatch.setenv("DIED", str(folder / "died"))
    get_reusable_executor().shutdown(kill_workers=True)  # new ones know of the variable
    near = searched(tmp_path / "near", "--workers=1")
    assert far.genome == near.genome
    assert far.scores == near.scores


def test_an_exception_on_another_machine(dask, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        search.main([
            "--env=gym:tests.gym_tasks:Raises", "--run", str(tmp_path / "run"), "--population=8",
            "--backend=dask", f"--address={dask.address}",
        ])  # fmt: skip
    assert ended.value.code == 1
    assert "ZeroDivisionError: the track is too short" in capsys.readouterr().err
    assert (tmp_path / "run" / "failed.json").exists()


def test_a_hanging_environment_on_another_machine(dask, folder):
    task = envs.make("gym:tests.gym_tasks:Hangs")
    evaluator = evaluator_for(task, preset(task.name, rollout_timeout=4.0))
    network = express(genomes.grown(0, 5, 2, 3))
    with Pool(evaluator, machines=dask) as pool:
        rewards = pool.rewards([network], WEIGHTS, np.arange(4))
    assert np.isnan(rewards).sum() == 1
    assert (folder / "hung").exists()


def test_nobody_answers(tmp_path, monkeypatch, capsys):
    pytest.importorskip("distributed", reason="needs wann[dask]")
    monkeypatch.setattr("wann.evaluation.cluster.WAIT", 0.5)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(SystemExit) as ended:
            searched(tmp_path / address[:4], "--backend=dask", f"--address={address}")
        assert ended.value.code == 2
        assert capsys.readouterr().err.startswith("wann: --address: no Dask scheduler answers")
