from dataclasses import dataclass
from pathlib import Path

import pytest

from wann.cli.command_line import parse
from wann.cli.options import Among, Input, Output, Work
from wann.evaluation.cluster import LOCAL


@dataclass(frozen=True)
class Options:
    """Options of a command."""

    input: Among[Input] = Input()
    work: Among[Work] = Work()
    output: Among[Output] = Output()


def test_the_options_of_a_group_are_among_those_of_the_command(capsys):
    args = ["--env=swingup", "--max-steps=3", "--workers=2", "--out=a", "--force"]
    options = parse(Options, "prog", args)
    assert options.input == Input("swingup", max_steps=3)
    assert options.work == Work(2, LOCAL)
    assert options.output == Output(Path("a"), force=True)
    with pytest.raises(SystemExit):
        parse(Options, "prog", ["--help"])
    text = capsys.readouterr().out
    assert all(f"--{name}" in text for name in ("weights-file", "data", "backend", "quiet"))
    assert not any(f"{group} options" in text for group in ("input", "work", "output"))
    assert not any(f"--{group}." in text for group in ("input", "work", "output"))


def test_a_bad_number_of_workers_is_told():
    with pytest.raises(ValueError, match=r"--workers: expected 1 to 1000, .*, got 0; prog --help"):
        parse(Options, "prog", ["--workers=0"])
