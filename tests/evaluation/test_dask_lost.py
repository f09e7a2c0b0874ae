"""A Dask cluster that dies, wholly or in part: processes of each test's own, to be killed."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import wann
from wann.evaluation.cluster import ClusterLost
from wann.evaluation.dask_cluster import DaskCluster
from wann.search import __main__ as search

pytestmark = pytest.mark.usefixtures("bounded")
ROOT = Path(__file__).parents[2]


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


def test_a_scheduler_that_goes_before_a_result_is_fetched(own_dask, tmp_path, monkeypatch, capfd):
    """The work is done, but its result is still there; nothing but the one line is printed."""
    from distributed import Future

    address, scheduler, start_worker = own_dask
    start_worker()
    wait_for_workers(address, 1)
    fetch = Future.result

    def result(self):
        scheduler.kill()
        scheduler.wait(30)
        return fetch(self)

    gone = f"^the Dask scheduler at {address} is gone$"
    with DaskCluster(address) as cluster, monkeypatch.context() as patched:
        patched.setattr(Future, "result", result)
        with pytest.raises(ClusterLost, match=gone):
            list(cluster.run(nap, [(0, str(tmp_path)), (0, str(tmp_path))]))
    with pytest.raises(ClusterLost, match=gone):  # the client gave it up, too
        list(cluster.run(nap, [(0, str(tmp_path))]))
    assert capfd.readouterr().err == ""


def test_a_scheduler_that_goes_while_versions_are_asked(own_dask, monkeypatch):
    from distributed import Client

    address, scheduler, start_worker = own_dask
    start_worker()
    wait_for_workers(address, 1)
    ask = Client.run

    def run(self, *args, **options):
        scheduler.kill()
        scheduler.wait(30)
        return ask(self, *args, **options)

    monkeypatch.setattr(Client, "run", run)
    monkeypatch.setattr("wann.evaluation.cluster.WAIT", 2.0)
    gone = f"^--address: the Dask scheduler at {address} is gone "
    with pytest.raises(ConnectionError, match=gone):
        DaskCluster(address)


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
        search.main([
            "--env=gym:tests.gym_tasks:Dies", "--run", str(run), "--population=12", "--rollouts=2",
            "--confirm-rollouts=2", "--generations=10000", "--quiet", "--backend=dask",
            f"--address={address}",
        ])  # fmt: skip
    thread.join()
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        f"wann: the Dask scheduler at {address} is gone; --resume {run} goes on\n"
    )
