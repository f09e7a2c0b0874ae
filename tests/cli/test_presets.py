import dataclasses
import io

import pytest
from rich.console import Console

from tests.tables import write_mixed
from wann.cli import presets
from wann.core import presets as wann_presets
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


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sklearn:wine", "classification"),
        ("sklearn:diabetes", "regression"),
        ("csv:{table}?label=grade", "classification"),
        ("csv:{table}?label=age", "regression"),
        ("csv:{table}?label=member&task=classification", "classification"),
    ],
)
@pytest.mark.parametrize("which", wann_presets.NAMES)
def test_a_table_is_searched_by_what_its_label_calls_for(name, kind, which, tmp_path):
    pytest.importorskip("pandas")
    env = name.format(table=write_mixed(tmp_path))
    config = presets.settings(["--preset", which], env)
    assert config == dataclasses.replace(preset(kind, which), env=env)
    moved = tmp_path / "moved" / "mixed.csv"
    if env.startswith("csv:"):
        moved.parent.mkdir()
        (tmp_path / "mixed.csv").rename(moved)
        assert presets.settings([f"--data={moved.parent}", "--preset", which], env) == config


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


def test_the_differences_on_a_table():
    pytest.importorskip("sklearn")
    (row,) = [line for line in shown("sklearn:wine").splitlines() if "--connect-prob" in line]
    assert [cell.strip() for cell in row.split("│")[2:4]] == ["0.1", "0.05"]


def test_a_table_that_is_not_there(tmp_path):
    """The help needs none; what differs on it is not known."""
    env = f"csv:{tmp_path}/none.csv?label=a"
    assert presets.settings([], env) == preset(env)
    with pytest.raises(OSError, match=r"none\.csv"):
        shown(env)


def test_the_differences_on_the_best_known_tasks():
    text = shown(None)
    for env in presets.SHOWN:
        assert f" {env} " in text
