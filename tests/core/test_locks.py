import errno
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from wann.core import locks

HOLDER = """
import errno, os, sys
from pathlib import Path
from wann.core import locks
def no_locks(number):
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
if sys.argv[2:]:
    locks._try_lock = no_locks
with locks.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "checkpoint.npz"


@pytest.fixture(params=["locks", "no locks"])
def system(request, monkeypatch):
    """With the locks of the operating system, and without, as some network file systems are."""
    if request.param == "no locks":

        def refuse(number):
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

        monkeypatch.setattr(locks, "_try_lock", refuse)
    return request.param


def holder(file, system):
    """A process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file), *["soft"] * (system == "no locks")],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    return process


def lock_of(file):
    return file.with_name(f".{file.name}.lock")


def test_the_second_is_refused_and_told_who_is_first(file, system):
    here = re.escape(f"process {os.getpid()} on {socket.gethostname()}")
    match = rf"^{re.escape(str(file.parent))}: {here} is writing here; let it end or stop it"
    with locks.held(file), pytest.raises(ValueError, match=match), locks.held(file):
        raise AssertionError
    with locks.held(file):
        pass


def test_other_files_are_free(file, system):
    with locks.held(file), locks.held(file.with_name("other.npz")):
        assert sorted(path.name for path in file.parent.iterdir()) == [
            ".checkpoint.npz.lock",
            ".other.npz.lock",
        ]


def test_a_lock_ends_with_its_process_however_that_ends(file, system):
    process = holder(file, system)
    with pytest.raises(ValueError, match=f"process {process.pid} on "), locks.held(file):
        raise AssertionError
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.communicate()
    with locks.held(file):
        pass


def test_a_record_of_another_process_with_the_same_number(file, system):
    """Numbers come again; the start of a process tells them apart."""
    if system == "locks":
        pytest.skip("the system knows")
    lock_of(file).write_text(f"process {os.getpid()} on {socket.gethostname()} started 1.00\n")
    with locks.held(file):
        pass
    assert not list(file.parent.iterdir())


@pytest.mark.parametrize("record", ["process 1 on elsewhere started 1.00", "\x1b[31m", "who?"])
def test_who_cannot_be_looked_at_may_be_alive(file, monkeypatch, system, record):
    if system == "locks":
        pytest.skip("the system knows")
    lock_of(file).write_text(record)
    told = pytest.raises(ValueError, match=r"if it is gone, remove .*\.checkpoint\.npz\.lock$")
    with told, locks.held(file):
        raise AssertionError
    assert lock_of(file).read_text() == record


def test_an_empty_lock_is_free(file, system):
    lock_of(file).touch()
    with locks.held(file):
        pass


def test_a_lock_that_is_taken_away_is_told(file, system):
    with locks.held(file) as lock:
        lock.check()
        lock_of(file).unlink()
        told = pytest.raises(OSError, match=r"another process may write.*npz\.lock")
        with locks.held(file), told:
            lock.check()
        with pytest.raises(OSError, match="was removed or replaced"):
            lock.check()


def test_a_lock_of_another_is_left_alone(file, system):
    """One that lost its lock does not remove that of the one who has it now."""
    with locks.held(file):
        lock_of(file).unlink()
        process = holder(file, system)
    with pytest.raises(ValueError, match=f"process {process.pid} on "), locks.held(file):
        raise AssertionError
    process.communicate()


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x1b[31m", b"a\nb\n"])
def test_an_unknown_holder(file, content):
    with locks.held(file):
        lock_of(file).write_bytes(content)
        with pytest.raises(ValueError, match=": another process is writing"), locks.held(file):
            raise AssertionError


def test_what_the_system_refuses_is_not_called_another_process(file, monkeypatch):
    def refuse(number):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(locks, "_try_lock", refuse)
    told = pytest.raises(PermissionError, match=r"Permission denied: .*\.checkpoint\.npz\.lock")
    with told, locks.held(file):
        raise AssertionError


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_file(file):
    os.mkfifo(lock_of(file))
    with pytest.raises(ValueError, match="expected a file, but it is a pipe"), locks.held(file):
        raise AssertionError


def test_a_link_to_elsewhere_is_not_followed(file, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "file"
    other.write_text("of another")
    for target in (other, other.with_name("new")):
        lock_of(file).unlink(missing_ok=True)
        lock_of(file).symlink_to(target)
        with pytest.raises(ValueError, match="it is a link"), locks.held(file):
            raise AssertionError
    assert other.read_text() == "of another"
    assert not other.with_name("new").exists()


def test_a_folder_that_cannot_be_written(file):
    (file.parent / "file").touch()
    with (
        pytest.raises(OSError, match=r"'.*/file/\.a\.lock'"),
        locks.held(file.parent / "file" / "a"),
    ):
        raise AssertionError
