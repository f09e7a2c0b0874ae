import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from wann.core import locks

HOLDER = """
import sys
from pathlib import Path
from wann.core import locks
with locks.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "checkpoint.npz"


def test_the_second_is_refused_and_told_who_is_first(file):
    here = re.escape(f"process {os.getpid()} on {socket.gethostname()}")
    match = rf"^{re.escape(str(file.parent))}: {here} is writing here; let it end or stop it"
    with locks.held(file), pytest.raises(ValueError, match=match), locks.held(file):
        raise AssertionError
    with locks.held(file):
        pass


def test_other_files_are_free(file):
    with locks.held(file), locks.held(file.with_name("other.npz")):
        assert sorted(path.name for path in file.parent.iterdir()) == [
            ".checkpoint.npz.lock",
            ".other.npz.lock",
        ]


def test_a_lock_ends_with_its_process_however_that_ends(file):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(ValueError, match=f"process {process.pid} on "), locks.held(file):
        raise AssertionError
    process.kill()
    process.communicate()
    with locks.held(file):
        pass


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x1b[31m", b"a\nb\n"])
def test_an_unknown_holder(file, content):
    with locks.held(file):
        (file.parent / ".checkpoint.npz.lock").write_bytes(content)
        with pytest.raises(ValueError, match=": another process is writing"), locks.held(file):
            raise AssertionError


def test_a_folder_that_cannot_be_written(file):
    (file.parent / "file").touch()
    with (
        pytest.raises(OSError, match=r"exists: '.*/file'"),
        locks.held(file.parent / "file" / "a"),
    ):
        raise AssertionError
