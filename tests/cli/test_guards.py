import errno
from dataclasses import dataclass
from pathlib import Path

import pytest

from wann.cli import guards
from wann.cli.options import check_resume, given, parse


@dataclass(frozen=True)
class Options:
    """Options of a command."""

    count: int = 3
    """How many."""
    name: str = "a"
    """What it is called."""
    limit: int | None = None
    """How many at most."""
    share: float = 0.5
    """Which part."""

    def __post_init__(self):
        if self.count < 0:
            raise ValueError("--count: expected 0 or more, " + 20 * "and so on, " + "got less")


def parsed(*args, default=None):
    return parse(Options, "prog", list(args), default)


def test_options():
    assert parsed() == Options()
    assert parsed("--count", "5", default=Options(name="b")) == Options(5, "b")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--count=x"], "--count: expected a whole number, got 'x'"),
        (["--count=1.5"], "--count: expected a whole number, got '1.5'"),
        (["--limit=x"], "--limit: expected a whole number, got 'x'"),
        (["--share=x"], "--share: expected a number, got 'x'"),
        (["--cuont", "3"], "Unrecognized options: --cuont, 3"),
        (["--count"], "Missing value for argument '--count'. Expected 1 values"),
        (["--count=-1"], "--count: expected 0 or more, " + 20 * "and so on, " + "got less"),
    ],
)
def test_bad_options_are_told_in_one_line(args, message, capsys):
    with pytest.raises(ValueError, match="prog --help lists the options") as caught:
        parsed(*args)
    assert str(caught.value) == f"{message}; prog --help lists the options"
    assert capsys.readouterr() == ("", "")


def test_help_is_printed(capsys):
    with pytest.raises(SystemExit) as end:
        parsed("--help")
    assert not end.value.code
    assert "How many." in capsys.readouterr().out


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


@pytest.mark.parametrize(
    ("args", "value"),
    [(["--env", "b"], "b"), (["--env=b=c"], "b=c"), (["--env"], None), (["--environment=b"], None),
     (["--env="], ""), ([], None)],
)  # fmt: skip
def test_given_flags(args, value):
    assert given(args, "--env") == value


def test_a_run_is_resumed_as_it_began_but_for_what_may_change():
    check_resume(Options(count=9), Options(), ("count",), None)
    with pytest.raises(ValueError, match=r"--share: expected 0.5 as in the run .*, got 0.6"):
        check_resume(Options(share=0.6), Options(), ("count",), None)
    with pytest.raises(ValueError, match="--run: expected none together with --resume"):
        check_resume(Options(), Options(), ("count",), Path("x"))
