from dataclasses import dataclass
from pathlib import Path

import pytest

from wann.cli.command_line import check_resume, command, given, parse


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
        (["--cuont", "3"], "Unrecognized options: --cuont, 3; did you mean --count?"),
        (["--xyz"], "Unrecognized options: --xyz"),
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


@pytest.mark.parametrize(
    ("args", "value"),
    [(["--env", "b"], "b"), (["--env=b=c"], "b=c"), (["--env"], None), (["--environment=b"], None),
     (["--env="], ""), ([], None), (["--env", "b", "--env=c"], "c")],
)  # fmt: skip
def test_given_flags(args, value):
    assert given(args, "--env") == value


def test_a_run_is_resumed_as_it_began_but_for_what_may_change():
    check_resume(Options(count=9), Options(), ("count",), None)
    with pytest.raises(ValueError, match=r"--share: expected 0.5 as in the run .*, got 0.6"):
        check_resume(Options(share=0.6), Options(), ("count",), None)
    with pytest.raises(ValueError, match="--run: expected none together with --resume"):
        check_resume(Options(), Options(), ("count",), Path("x"))


def test_a_command_begins_with_its_options_and_ends_in_one_line_where_they_are_bad(
    capsys, monkeypatch
):
    with command(Options, "name", ["--count=4"]) as options:
        assert options == Options(4)
    monkeypatch.setattr("sys.argv", ["wann", "--name=b"])
    with command(Options, "name", None, lambda args: Options(7, str(args))) as options:
        assert options == Options(7, "b")
    with pytest.raises(SystemExit) as end, command(Options, "name", ["--count=x"]):
        raise AssertionError
    assert end.value.code == 2
    assert capsys.readouterr().err == (
        "wann: --count: expected a whole number, got 'x'; python -m wann.name --help lists the "
        "options\n"
    )
    with pytest.raises(SystemExit), command(Options, "name", []):
        raise ValueError("what follows from the options is bad")
    assert capsys.readouterr().err == "wann: what follows from the options is bad\n"


def test_names_of_runs_are_resolved_also_behind_a_flag(tmp_path, monkeypatch):
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    (tmp_path / "runs" / "mine" / "config.json").write_text('{"settings": {}}')
    monkeypatch.chdir(tmp_path)
    run = str(Path("runs", "mine"))
    for args in (["--name", "latest"], ["--name=latest"]):
        with command(Options, "name", args, lambda args: Options(name=args[-1])) as options:
            assert options.name == run
