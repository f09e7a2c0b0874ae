from pathlib import Path

import numpy as np
import pytest

import wann
from wann import champions, sweep
from wann.storage import bundled


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with two champions, in which the test works."""
    model = wann.evolve("cartpole", wann.preset("cartpole", generations=1, population=8))
    for name in ("cartpole", "pole"):
        folder = tmp_path / bundled.PLACE / name
        folder.mkdir(parents=True)
        model.save(folder / "champion.json")
    (tmp_path / bundled.PLACE / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return model


def test_a_name_stands_for_a_folder(project):
    assert bundled.resolve("champion:pole") == str(bundled.PLACE / "pole")
    assert bundled.resolve("runs/other") == "runs/other"
    assert list(bundled.folders()) == ["cartpole", "pole"]


def test_an_unknown_name_is_told_with_the_known_ones_in_order_and_the_nearest(project):
    message = "champion:pol: unknown champion: expected champion:cartpole, champion:pole; did you"
    with pytest.raises(ValueError, match=f"{message} mean champion:pole"):
        bundled.resolve("champion:pol")


def test_without_champions_the_message_says_where_to_start(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bundled, "__file__", str(tmp_path / "wann" / "storage" / "bundled.py"))
    with pytest.raises(ValueError, match="start in the project"):
        bundled.resolve("champion:pole")


def test_a_model_is_loaded_by_name(project):
    observation = np.zeros(4)
    loaded = wann.load("champion:pole")
    assert loaded.genome == project.genome
    assert loaded(observation, weight=1.0) == project(observation, weight=1.0)


def test_commands_take_a_name(project, tmp_path):
    sweep.main(["champion:pole", "--episodes", "2", "--weights", "1", "--out", str(tmp_path)])
    assert Path("sweep.csv").exists()


def test_commands_refuse_an_unknown_name(project, refused):
    assert "unknown champion: expected champion:" in refused(sweep.main, ["champion:walker"])


def test_the_command_lists_them(project, capsys):
    champions.main([])
    printed = capsys.readouterr().out
    assert "cartpole" in printed
    assert "pole " in printed
