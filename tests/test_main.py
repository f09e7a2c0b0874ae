import sys

import pytest

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
    assert err.count("\n") == 1


def test_a_command_gets_the_other_words(run):
    code, out, err = run("search", "--env", "cartpol")
    assert (code, out) == (2, "")
    assert err.startswith("wann: unknown env 'cartpol': expected one of cartpole")
