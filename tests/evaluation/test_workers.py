import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from wann.evaluation.workers import Processes, Threads, WorkersDied


def square(number):
    if number == -1:
        raise KeyError("minus one")
    return number * number


def die_once(number, path):
    """Kill this process if the path does not exist yet, else square."""
    if number == 3 and not os.path.exists(path):
        open(path, "x").close()
        os.kill(os.getpid(), 9)
    return square(number)


def die(number):
    os.kill(os.getpid(), 9)


def surroundings():
    return os.getpid(), os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]


def say(text):
    print(text, flush=True)
    os.write(1, text.encode())
    os.write(2, text.encode())


@pytest.mark.parametrize("crew", [Threads(2), Threads(1), Processes(2), Processes(1)])
@pytest.mark.parametrize("count", [0, 1, 7])
def test_results_come_with_the_numbers_of_their_jobs(crew, count):
    with crew:
        found = dict(crew.run(square, [(i,) for i in range(count)]))
    assert found == {i: i * i for i in range(count)}


@pytest.mark.parametrize("crew", [Threads(2), Processes(2)])
def test_an_exception_comes_out_and_the_next_work_is_done(crew):
    with crew:
        with pytest.raises(KeyError, match="minus one"):
            list(crew.run(square, [(2,), (-1,), (3,)]))
        assert dict(crew.run(square, [(4,)])) == {0: 16}


def test_work_of_a_process_that_dies_is_done_again(tmp_path):
    path = tmp_path / "died"
    found = dict(Processes(2).run(die_once, [(i, str(path)) for i in range(8)]))
    assert path.exists()
    assert found == {i: i * i for i in range(8)}


def test_processes_that_die_again_and_again():
    with pytest.raises(WorkersDied, match="died 3 times in a row"):
        list(Processes(2).run(die, [(0,), (1,)]))
    assert dict(Processes(2).run(square, [(3,)])) == {0: 9}


def test_processes_stay_and_have_one_thread_for_linear_algebra():
    crew = Processes(2)
    seen = set(dict(crew.run(surroundings, [()] * 20)).values())
    seen |= set(dict(crew.run(surroundings, [()] * 20)).values())
    assert len({pid for pid, *_ in seen}) <= 2
    assert os.getpid() not in {pid for pid, *_ in seen}
    assert {threads for _, *threads in seen for threads in threads} == {"1"}


def test_what_is_printed_stays_off_the_terminal(capfd):
    list(Processes(1).run(say, [("chatter",)]))
    assert capfd.readouterr() == ("", "")


PROGRAM = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from wann.evaluation.workers import Processes
def wait():
    print(os.getpid(), file=open(sys.argv[2], "w"), flush=True)
    time.sleep(60)
list(Processes(1).run(wait, [()]))
"""


def test_processes_do_not_outlive_the_one_that_started_them(tmp_path):
    path = tmp_path / "pid"
    here = str(Path(__file__).parents[2])
    code = PROGRAM.replace("sys.argv[2]", repr(str(path)))
    program = subprocess.Popen([sys.executable, "-c", code, here], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until and not (path.exists() and path.read_text().strip()):
        time.sleep(0.05)
    worker = psutil.Process(int(path.read_text()))
    program.kill()
    program.wait()
    worker.wait(timeout=20)
    assert not worker.is_running()
