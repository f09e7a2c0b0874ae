import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import wann
from wann import champions, sweep
from wann.envs import envpool
from wann.export import __main__ as export
from wann.report import __main__ as report
from wann.search import __main__ as search
from wann.storage import bundled, saved
from wann.tune import __main__ as tune

ROOT = Path(__file__).parents[2]


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


def test_an_ordinary_network_is_that_of_a_champion_and_none_of_the_working_folder(project):
    file = bundled.PLACE / "pole" / bundled.ORDINARY
    for made in (file, Path(bundled.ORDINARY)):
        project.save(made)
    assert bundled.ordinary("pole") == file
    assert bundled.ordinary("cartpole") is None
    assert bundled.ordinary("envpool:CarRacing-v3") is None


def test_without_champions_the_message_says_where_to_start(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bundled, "__file__", str(tmp_path / "wann" / "storage" / "bundled.py"))
    with pytest.raises(ValueError, match="start in the project"):
        bundled.resolve("champion:pole")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The champions as pip installs them, seen from an empty folder."""
    place = tmp_path / "site-packages" / "champions"
    files = shutil.ignore_patterns("*.lock", "checkpoint*")
    shutil.copytree(ROOT / bundled.PLACE / "cartpole", place / "cartpole", ignore=files)
    monkeypatch.setattr(bundled, "INSTALLED", place)
    monkeypatch.setattr(bundled, "__file__", str(tmp_path / "wann" / "storage" / "bundled.py"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return place


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_installed_champions_are_there_from_any_folder_and_results_go_to_that_folder(installed):
    before = contents(installed)
    champions.main([])
    quick = ["--quiet", "--weights", "1", "--episodes", "2"]
    sweep.main(["champion:cartpole", *quick])
    tune.main(["champion:cartpole", "--what", "shared", *quick])
    report.main(["champion:cartpole", "--quiet", "--weights=1:2:2", "--episodes", "1"])
    export.main(["champion:cartpole", "--quiet", "--to", "json"])
    found = {path.name for path in (bundled.PLACE / "cartpole").iterdir()}
    assert found >= {"sweep.csv", "champion-tuned.json", "report.html", "champion-network.json"}
    assert contents(installed) == before


def test_weights_that_come_along_are_used_until_others_are_tuned(installed):
    found = saved.read(Path(bundled.resolve("champion:cartpole")))
    shipped = found.tuned()
    assert len(shipped.weights) == found.model.network.enabled
    found.tuned_file().parent.mkdir(parents=True)
    replace(found.model, weights=0.5, scores={}).save(found.tuned_file())
    assert found.tuned().weights == 0.5


def test_an_installed_champion_is_not_searched_on(installed, refused):
    before = contents(installed)
    message = refused(search.main, ["--resume", "champion:cartpole"])
    assert message.endswith("--like begins a new search with its settings, --from with its network")
    assert contents(installed) == before


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


@pytest.mark.parametrize(
    ("name", "task", "inputs", "outputs"),
    [("carracing", "CarRacing-v3", 9, 3), ("biped", "BipedalWalker-v3", 24, 4)],
)
def test_a_champion_of_envpool_is_read_without_it_and_sweeps_say_what_to_install(
    monkeypatch, refused, tmp_path, name, task, inputs, outputs
):
    monkeypatch.setitem(sys.modules, "envpool", None)
    network = wann.load(f"champion:{name}")
    assert network.forward(np.zeros(inputs), 1.1).shape == (outputs,)
    message = refused(sweep.main, [f"champion:{name}", "--out", str(tmp_path)])
    assert f"envpool:{task}" in message
    assert envpool.INSTALL in message
    assert not any(tmp_path.iterdir())
