"""Work on a Dask cluster on the loopback interface, and on Ray where it is installed."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor

import wann
from tests import genomes
from wann import envs
from wann.core.config import preset
from wann.core.network import express
from wann.evaluation.cluster import ClusterLost, Machines
from wann.evaluation.dask_cluster import DaskCluster
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.evaluation.ray_cluster import RayCluster
from wann.search import __main__ as search
from wann.storage.load import load

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
    evaluator = evaluator_for(task, preset(task.name, rollout_timeout=10.0))
    network = express(genomes.grown(0, 5, 2, 3))
    with Pool(evaluator, machines=dask) as pool:
        rewards = pool.rewards([network], WEIGHTS, np.arange(4))
    assert np.isnan(rewards).sum() == 1
    assert (folder / "hung").exists()


def test_ray(tmp_path):
    pytest.importorskip("ray", reason="needs wann[ray]")
    code = (
        "import sys\n"
        "from wann.search.__main__ import main\n"
        "if __name__ == '__main__':\n"
        "    main(sys.argv[1:])\n"
    )
    arguments = ["--env=gym:CartPole-v1", "--population=8", "--generations=1", "--rollouts=1",
                 "--confirm-rollouts=1", "--shared-weights=-1,1", "--max-steps=50"]  # fmt: skip
    run = tmp_path / "far"
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--run", str(run), "--backend=ray"],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 0, ended.stderr
    search.main([*arguments, "--run", str(tmp_path / "near"), "--workers=1"])
    assert load(run).genome == load(tmp_path / "near").genome
    assert load(run).scores == load(tmp_path / "near").scores


@pytest.mark.parametrize(
    ("backend", "address", "message"),
    [
        ("dask", None, "--backend dask: expected the scheduler's --address"),
        ("local", "tcp://localhost:1", "--address: expected --backend dask or --backend ray"),
    ],
)
def test_what_does_not_go_together(backend, address, message):
    with pytest.raises(ValueError, match=message):
        Machines(backend, address)


def test_nobody_answers(tmp_path, monkeypatch, capsys):
    pytest.importorskip("distributed", reason="needs wann[dask]")
    monkeypatch.setattr("wann.evaluation.cluster.WAIT", 0.5)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(SystemExit) as ended:
            searched(tmp_path / address[:4], "--backend=dask", f"--address={address}")
        assert ended.value.code == 2
        assert capsys.readouterr().err.startswith("wann: --address: no Dask scheduler answers")


def test_no_ray_cluster_answers_at_once():
    pytest.importorskip("ray", reason="needs wann[ray]")
    with pytest.raises(ConnectionError, match=r"no Ray cluster answers at 127\.0\.0\.1:1 "):
        RayCluster("127.0.0.1:1")


@pytest.fixture
def own_dask(tmp_path):
    """What starts a scheduler and workers of a test's own, to be killed."""
    pytest.importorskip("distributed", reason="needs wann[dask]")
    started = []

    def start(kind, *arguments, **environment):
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{kind}"]
        process = subprocess.Popen(
            [*command, *arguments, "--no-dashboard"],
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            cwd=tmp_path,  # which Python would look for modules in, first
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = start("scheduler", f"--port={port}", "--host=127.0.0.1")
    yield (
        address,
        scheduler,
        lambda **env: start("worker", address, "--nthreads=1", "--no-nanny", **env),
    )
    for process in started:
        process.kill()
        process.wait(30)


def wait_for_workers(address, count):
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def nap(seconds, folder):
    (Path(folder) / "begun").touch()
    time.sleep(seconds)
    return seconds


def killed_while_at_work(folder, process, then=lambda: None):
    """Kill a process once the work has begun, and a second later do something else."""

    def kill():
        while not (folder / "begun").exists():
            time.sleep(0.05)
        process.kill()
        time.sleep(1.0)
        then()

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_scheduler_that_is_gone(own_dask, tmp_path, monkeypatch):
    monkeypatch.setattr("wann.evaluation.cluster.STEP", 0.5)
    address, scheduler, start_worker = own_dask
    start_worker()
    wait_for_workers(address, 1)
    with DaskCluster(address) as cluster:
        thread = killed_while_at_work(tmp_path, scheduler)
        with pytest.raises(ClusterLost, match=f"^the Dask scheduler at {address} is gone$"):
            list(cluster.run(nap, [(60, str(tmp_path))]))
        with pytest.raises(ClusterLost):
            list(cluster.run(nap, [(0, str(tmp_path))]))
    thread.join()


def test_workers_that_are_gone(own_dask, tmp_path, monkeypatch, capsys):
    """Others may come and do the work; if none do, there is an end to it."""
    monkeypatch.setattr("wann.evaluation.cluster.STEP", 0.3)
    address, _, start_worker = own_dask
    worker = start_worker()
    wait_for_workers(address, 1)
    with DaskCluster(address, timeout=60.0) as cluster:
        thread = killed_while_at_work(tmp_path, worker, start_worker)
        assert list(cluster.run(nap, [(1.5, str(tmp_path))])) == [(0, 1.5)]
    thread.join()
    assert f"the Dask scheduler at {address} has no workers left" in capsys.readouterr().err


def test_workers_that_do_not_come_back(own_dask, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("wann.evaluation.cluster.STEP", 0.3)
    address, _, start_worker = own_dask
    worker = start_worker()
    wait_for_workers(address, 1)
    with DaskCluster(address, timeout=1.0) as cluster:
        thread = killed_while_at_work(tmp_path, worker)
        with pytest.raises(ClusterLost, match="had no workers for 1 s"):
            list(cluster.run(nap, [(60, str(tmp_path))]))
    thread.join()


def test_a_worker_with_another_version_is_refused_by_name(own_dask, tmp_path):
    address, _, start_worker = own_dask
    (tmp_path / "wann").mkdir()
    (tmp_path / "wann" / "__init__.py").write_text("__version__ = '0.0.1'\n")
    start_worker(PYTHONPATH=str(tmp_path))
    wait_for_workers(address, 1)
    match = (
        rf"^--address: the worker tcp://\S+ has wann 0.0.1: expected {wann.__version__} as here$"
    )
    with pytest.raises(ConnectionError, match=match):
        DaskCluster(address)


def test_a_search_that_loses_its_cluster_says_how_it_goes_on(
    own_dask, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("wann.evaluation.cluster.STEP", 0.5)
    address, scheduler, start_worker = own_dask
    start_worker(DIED=str(tmp_path))
    wait_for_workers(address, 1)
    run = tmp_path / "run"

    def kill():
        while not (run / "metrics.csv").exists():
            time.sleep(0.05)
        scheduler.kill()

    thread = threading.Thread(target=kill)
    thread.start()
    with pytest.raises(SystemExit) as ended:
        searched(run, "--generations=10000", "--backend=dask", f"--address={address}", "--quiet")
    thread.join()
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        f"wann: the Dask scheduler at {address} is gone; --resume {run} goes on\n"
    )
