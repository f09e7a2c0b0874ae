"""Work on Ray, where it is installed, in processes that Ray may end."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from wann.evaluation.ray_cluster import RayCluster
from wann.search import __main__ as search
from wann.storage import metrics
from wann.storage.load import load

pytestmark = [
    pytest.mark.usefixtures("bounded"),
    pytest.mark.skipif(not find_spec("ray"), reason="needs wann[ray]"),
]
ROOT = Path(__file__).parents[2]
LONGEST = 180  # seconds that a command may take
SEARCH = [
    "--env=gym:CartPole-v1", "--population=8", "--rollouts=1", "--confirm-rollouts=1",
    "--shared-weights=-1,1", "--max-steps=50", "--quiet",
]  # fmt: skip


@pytest.fixture
def place():
    """Where Ray keeps its files, with what one leaves that was killed; short, for its sockets."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))
    (folder / "ray").mkdir()
    (folder / "ray" / "ray_current_cluster").write_text("127.0.0.1:1")
    yield folder
    for process in processes(folder):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def begin(place, command, stdout=None):
    """Begin a command in a process of its own, which a lost Ray may take with it."""
    return subprocess.Popen(
        [sys.executable, *command],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RAY_TMPDIR": str(place)},
    )


def end(process, seconds=LONGEST):
    """The exit code of a process, and the lines it wrote; it is told if there is no end to it."""
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"no end in {seconds} s: {process.communicate()[1]}")
    return process.returncode, said.splitlines()


def processes(place, name=""):
    """The processes of Ray that keep their files in a folder."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().decode(errors="replace")
        except OSError:  # it has just ended
            continue
        if name in words.split("\0")[0] and f"{place}/" in words:
            yield int(file.parent.name)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_search_whose_head_is_killed_goes_on_without_it(place, tmp_path):
    """It begins though the last Ray here has left its traces, and ends where one core comes to."""
    far, near = tmp_path / "far", tmp_path / "near"
    options = [*SEARCH, "--generations=100000", "--target=inf", f"--run={far}"]
    process = begin(place, ["-c", searching([*options, "--backend=ray"], step=0.5)])
    until = time.monotonic() + LONGEST
    while not ((far / metrics.FILE).exists() and len(rows(far)) > 2):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            pytest.fail(f"no generation in {LONGEST} s: {process.communicate()[1]}")
        time.sleep(0.05)
    for head in processes(place, "gcs_server"):
        os.kill(head, signal.SIGKILL)
    code, said = end(process)
    assert code == 1
    assert said[-1] == f"wann: the Ray cluster at this machine is gone; --resume {far} goes on"
    assert all(line.startswith("wann: waiting for the Ray cluster") for line in said[:-1])
    generations = f"--generations={len(rows(far)) + 2}"
    search.main([f"--resume={far}", generations, "--workers=1", "--quiet"])
    search.main([*SEARCH, generations, "--target=inf", f"--run={near}", "--workers=1"])
    assert load(far).genome == load(near).genome
    assert load(far).scores == load(near).scores


def rows(run):
    return metrics.read(run / metrics.FILE)["generation"]


def searching(options, step, start=LONGEST):
    """The code of a search that looks at its cluster every so many seconds."""
    return (
        "from wann.evaluation import cluster, ray_cluster\n"
        "from wann.search.__main__ import main\n"
        f"cluster.STEP, ray_cluster.START = {step}, {start}\n"
        f"main({options})"
    )


# A head without workers of its own, and a node with one, which dies during the second job.
LOSING = """
from contextlib import suppress
from wann.evaluation import cluster
from wann.evaluation.ray_cluster import RayCluster
with suppress(ConnectionError):  # Ray is imported as in a search
    RayCluster("127.0.0.1:1")
from ray.cluster_utils import Cluster

SOON = {"health_check_period_ms": 200, "health_check_timeout_ms": 200,
        "health_check_initial_delay_ms": 0, "health_check_failure_threshold": 2}

def work(seconds):
    import time
    time.sleep(seconds)
    return seconds

machines = Cluster(True, head_node_args={"num_cpus": 0, "_system_config": SOON})
node = machines.add_node(num_cpus=1)
cluster.STEP = 0.3
with RayCluster(machines.address, timeout=0.5) as workers:
    try:
        for done in workers.run(work, [(0.0,), (1000.0,)]):
            print(done, flush=True)
            machines.remove_node(node, allow_graceful=False)
    except cluster.ClusterLost as lost:
        print(str(lost).replace(machines.address, "ADDRESS"))
"""


def test_workers_that_are_all_gone_are_waited_for_with_a_line_now_and_then(place):
    """Nothing else is said: Ray alone prints the last log of the node."""
    (place / "ray" / "ray_current_cluster").unlink()
    process = begin(place, ["-c", LOSING], stdout=subprocess.PIPE)
    printed, said = process.communicate(timeout=LONGEST)
    assert printed.splitlines() == [
        "(0, 0.0)", "the Ray cluster at ADDRESS had no workers for 0.5 s",
    ]  # fmt: skip
    assert said.count("has no workers left; waiting for some") == len(said.splitlines()) > 0


def test_who_listens_and_says_nothing_is_given_up(place, tmp_path):
    """Ray alone would try on; what it began then does not keep the program from its end."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        options = [*SEARCH, "--backend=ray", f"--address={address}", f"--run={tmp_path / 'run'}"]
        code, said = end(begin(place, ["-c", searching(options, step=0.4, start=1.0)]))
    assert code == 2
    assert said[0] == f"wann: waiting for the Ray cluster at {address}, 0 of 1 s"
    assert said[-1].startswith(
        f"wann: --address: no Ray cluster answers at {address} (no answer in 1 s); where it was "
        "begun with a token, RAY_AUTH_MODE=token"
    )


def test_no_ray_cluster_answers_at_once():
    with pytest.raises(ConnectionError, match=r"no Ray cluster answers at 127\.0\.0\.1:1 "):
        RayCluster("127.0.0.1:1")
