import dataclasses
import io

import pytest
from rich.console import Console

from wann.cli import presets
from wann.core.config import preset


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([], preset("cartpole")),
        ([], preset("swingup")),
        (["--preset", "paper"], preset("mnist", "paper")),
        (["--no-symmetric"], preset("swingup", symmetric=False)),
        (["--no-guided"], preset("mnist", guided=False)),
        (["--no-layered"], preset("mnist", layered=False)),
        (["--no-layered", "--symmetric"],
         preset("mnist", layered=False, symmetric=True)),
        (["--activations=relu,sin"], preset("mnist", activations="relu,sin")),
        (["--shared-weights", "0.5,1"],
         dataclasses.replace(preset("swingup"), fresh_weights=False, shared_weights="0.5,1")),
    ],
)  # fmt: skip
def test_settings(args, expected):
    assert presets.settings(args, expected.env) == expected


def shown(env):
    console = Console(width=200, record=True, file=io.StringIO())
    presets.show(console, env)
    return console.export_text()


def test_the_differences_on_one_task():
    text = shown("swingup")
    rows = [line.split("│")[1:4] for line in text.splitlines() if "--" in line]
    found = {setting.strip(): (ours.strip(), paper.strip()) for setting, ours, paper in rows}
    assert found["--tournament"] == ("3", "8")
    assert found["--complexity-probability"] == ("0.95", "0.8")
    assert found["--published-mutations"] == ("False", "True")
    assert "--cull" not in found  # both 0.2
    assert "mnist" not in text


def test_the_differences_on_the_best_known_tasks():
    text = shown(None)
    for env in presets.SHOWN:
        assert f" {env} " in text
