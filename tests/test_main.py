import sys

import pytest

import wann
from wann import __main__


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `wann` with some words: exit code, output, errors."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["wann", *words])
        code = 0
        try:
            __main__.main()
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",)])
def test_usage(run, words):
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert out.startswith("usage: wann COMMAND")
    assert all(name in out for name in __main__.COMMANDS)


def test_unknown_commands(run):
    code, out, err = run("serach", "--env", "cartpole")
    assert (code, out) == (2, "")
    assert err.startswith("wann: unknown command 'serach': expected search, ")
    assert err.endswith("; did you mean search?\n")
    assert err.count("\n") == 1


def test_a_command_gets_the_other_words(run):
    code, out, err = run("search", "--env", "cartpol")
    assert (code, out) == (2, "")
    assert err.startswith("wann: unknown env 'cartpol': expected one of cartpole")


def test_version(run):
    assert run("--version") == (0, f"wann {wann.__version__}\n", "")


def test_completion_for_a_shell_knows_commands_and_flags(run):
    code, out, err = run("--tyro-print-completion", "bash")
    assert (not code, err) == (True, "")
    assert all(name in out for name in __main__.COMMANDS)
    assert "--time-limit" in out
    assert "complete " in out


def test_completion_for_no_shell(run):
    for words in ((), ("dos",)):
        code, out, err = run("--tyro-print-completion", *words)
        assert (code, out) == (2, "")
        assert err == "wann: --tyro-print-completion: expected one of bash, zsh, tcsh after it\n"
