import errno
import os
import signal
import subprocess
import sys

import pytest
from rich.table import Table

from wann.cli import guards
from wann.envs.failure import Failure


def test_long_messages_keep_their_ends(capsys):
    with pytest.raises(SystemExit), guards.bad_input():
        raise ValueError(f"begin {'x' * 10**6} end")
    err = capsys.readouterr().err
    assert err.startswith("wann: begin xxx")
    assert err.endswith("xxx end\n")
    assert len(err) < 1100


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MemoryError(), "not enough memory\n"),
        (MemoryError("Unable to allocate 8 TiB"), "not enough memory: Unable to allocate 8 TiB\n"),
        (ValueError("a\n  b"), "a b"),
        (OSError("just text"), "just text"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; everything"),
        (
            OSError(errno.EROFS, "Read-only", "a"),
            "a: Read-only; everything saved before is intact; ch",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "x.json"), "x.json: Permission denied"),
    ],
)
def test_errors_become_one_line(error, line, capsys):
    with pytest.raises(SystemExit) as end, guards.bad_input():
        raise error
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"wann: {line}")
    assert err.count("\n") == 1


def test_a_second_process_is_told_in_one_line(tmp_path, capsys):
    with guards.alone(tmp_path / "config.json"):
        with pytest.raises(SystemExit) as end, guards.alone(tmp_path / "config.json"):
            raise AssertionError
        assert end.value.code == 2
    assert "is writing here; let it end or stop it first" in capsys.readouterr().err
    with guards.alone(tmp_path / "config.json"):
        pass


def test_defects_keep_their_traceback():
    with pytest.raises(ValueError, match="a defect"), guards.full_disk():
        raise ValueError("a defect")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="terminals do not end here")
def test_a_terminal_that_ends_is_an_interruption():
    with guards.interruptible() as interrupted:
        os.kill(os.getpid(), signal.SIGHUP)
        assert interrupted()
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_DFL


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="terminals do not end here")
def test_under_nohup_it_is_none():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with guards.interruptible() as interrupted:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not interrupted()
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are others there")
def test_work_goes_on_when_nobody_reads(tmp_path):
    """As behind ``| head -1``: all that is left is to print less."""
    code = (
        "from wann.cli import guards\n"
        "console = guards.console()\n"
        "for _ in range(10_000):\n"
        "    console.print('x' * 70)\n"
        "open('done', 'x').close()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.readline()
    process.stdout.close()
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait() == 0
    assert (tmp_path / "done").exists()


def test_what_to_do_once_there_is_room_is_said_where_it_does_help(capsys):
    full = OSError(errno.ENOSPC, "No space left on device", "x")
    for guard, said in (
        (guards.bad_input(), "intact; make room\n"),
        (guards.full_disk(), "intact; make room\n"),
        (guards.full_disk(lambda: "--resume x goes on"), "make room, then --resume x goes on\n"),
        (guards.full_disk(lambda: ""), "intact; make room\n"),
    ):
        with pytest.raises(SystemExit), guard:
            raise full
        assert capsys.readouterr().err.endswith(said)


def test_a_failure_is_told_behind_its_traceback(capsys):
    error = Failure("it failed\x1b[31m")
    error.text = "Traceback\n  a\x07 line"
    for guard in (guards.bad_input(), guards.full_disk()):
        with pytest.raises(SystemExit) as end, guard:
            raise error
        assert end.value.code == 1
        assert capsys.readouterr().err == "Traceback\n  a\\x07 line\nwann: it failed\\x1b[31m\n"


def test_no_text_steers_the_terminal(capsys):
    """Neither a note nor a table's title, header, cell or caption, nor what is waited for."""
    hostile = "a\x1b[31m\x1b]0;title\x07\x9b1mb"
    console = guards.console()
    table = Table(hostile, title=hostile, caption=hostile)
    table.add_row(hostile)
    console.print(hostile, soft_wrap=True)
    console.print(table)
    with console.status(hostile) as waited:
        assert str(waited.status) == r"a\x1b[31m\x1b]0;title\x07\x9b1mb"
    out = capsys.readouterr().out
    assert r"a\x1b[31m\x1b]0;title\x07\x9b1mb" in out
    assert not {"\x1b", "\x07", "\x9b"} & set(out)
