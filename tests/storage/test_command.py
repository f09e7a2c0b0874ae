import sys

import pytest

from wann.core import files
from wann.core.config import preset
from wann.storage.command import typed
from wann.storage.run import Run


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ("/home/a/.venv/bin/wann search --seed 3", "wann search --seed 3"),
        (r"C:\Users\a\Scripts\wann.exe search", "wann search"),
        ("/home/a/wann/search/__main__.py --env digits", "wann search --env digits"),
        (r"D:\a\wann\search\__main__.py --env digits", "wann search --env digits"),
        ("/home/a/project/wann/search.py --env digits", "wann search --env digits"),  # older
        ("/home/a/project/wann/__main__.py search", "wann search"),
        ("wann search --env digits", "wann search --env digits"),
        ("/home/a/wann/train.py --fast", "python train.py --fast"),
        ("/usr/lib/python3/pytest/__main__.py -q", "python -m pytest -q"),
        ("/usr/bin/pytest -q", "pytest -q"),
        ("-c", "python -c"),
        ("", "python"),
    ],
)
def test_commands(argv, command):
    assert typed(argv.split()) == command.split()
    assert typed(command.split()) == command.split()


def test_a_run_says_how_it_was_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/opt/python/bin/wann", "search", "--env", "cartpole"])
    run = Run.create(preset("cartpole"), tmp_path / "run")
    command = files.read_json(run.path / "config.json")["command"]
    assert command == ["wann", "search", "--env", "cartpole"]
