import dataclasses
import json
import math
import re
import subprocess
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests import genomes
from wann.core import files, locks
from wann.core.config import preset
from wann.storage import folder
from wann.storage.load import load
from wann.storage.metrics import METRICS
from wann.storage.model import Model
from wann.storage.run import Run

CONFIG = preset("cartpole", seed=3)


@pytest.fixture
def run(tmp_path):
    return Run.create(CONFIG, tmp_path / "run")


def row(generation):
    return {**dict.fromkeys(METRICS, 0.5), "generation": generation}


def generations(run):
    header, *rows = (run.path / "metrics.csv").read_text().splitlines()
    assert header == ",".join(METRICS)
    return [int(line.split(",")[0]) for line in rows]


def test_a_new_run(run):
    value = json.loads((run.path / "config.json").read_text())
    assert value["settings"]["population"] == 64
    assert value["versions"]["numpy"] == np.__version__
    assert {"command", "started"} <= value.keys()
    assert {path.name for path in run.path.iterdir()} == {"config.json", ".config.json.lock"}


@pytest.mark.parametrize("target", [475.0, math.inf, -math.inf])
def test_settings_survive(tmp_path, target):
    config = dataclasses.replace(CONFIG, target=target, shared_weights="-1:1:5")
    assert Run.create(config, tmp_path / "run").config() == config


def test_names_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = Run.create(CONFIG), Run.create(CONFIG)
    assert first.path != second.path
    for run in (first, second):
        assert run.path.parent.name == "runs"
        assert run.path.name.startswith("cartpole-20")
    assert first.path.name.endswith("-s3")


def test_an_empty_folder_is_taken(tmp_path):
    assert Run.create(CONFIG, tmp_path).path == tmp_path


@pytest.mark.parametrize("kind", ["run", "other", "file"])
def test_a_folder_that_holds_something_is_refused(tmp_path, kind):
    path = tmp_path / "run"
    if kind == "run":
        Run.create(CONFIG, path)
    elif kind == "other":
        path.mkdir()
        (path / "notes.txt").touch()
    else:
        path.touch()
    with pytest.raises(ValueError, match="expected a new or empty folder, but it holds something"):
        Run.create(CONFIG, path)


def test_what_killed_processes_left_is_nothing(tmp_path):
    """Killed before its settings were written, a search can be started again in its folder."""
    for name in (".config.json.lock", ".config.json.123.tmp"):
        (tmp_path / name).touch()
    run = Run.create(CONFIG, tmp_path)
    (tmp_path / "champions").mkdir()
    (tmp_path / "champions" / ".000012.json.123.tmp").touch()
    (tmp_path / ".report.html.123.tmp").touch()  # of another command, that may be at work
    with run.writing():
        names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert names == [".config.json.lock", ".report.html.123.tmp", "champions", "config.json"]


def test_one_search_at_a_time(run):
    with run.writing(), pytest.raises(ValueError, match="is writing here"), run.writing():
        raise AssertionError


def test_a_folder_that_another_search_has_just_begun(tmp_path):
    with locks.held(tmp_path / "config.json"):
        with pytest.raises(ValueError, match="is writing here"):
            Run.create(CONFIG, tmp_path)
        assert not (tmp_path / "config.json").exists()


def test_no_run(tmp_path):
    with pytest.raises(ValueError, match="expected the folder of a run, but it has no config"):
        Run(tmp_path)
    with pytest.raises(ValueError, match="expected the folder of a run, but there is no such fol"):
        Run(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "list indices"),
        ("{}", "'settings'"),
        ('{"settings": 3}', "'int'"),
        ('{"settings": {"populatoin": 3}}', "unknown settings populatoin: was it made by a newer"),
        ('{"settings": {"population": 0}}', "--population: expected at least 2, got 0"),
        ('{"settings": {"population": "3"}}', "--population: expected int, got '3'"),
        ('{"settings": {"shared_weights": null}}', "--shared-weights: expected str"),
    ],
)
def test_damaged_settings(run, text, message):
    (run.path / "config.json").write_text(text)
    match = rf"config\.json: expected the settings of a search, but .*{message}"
    with pytest.raises(ValueError, match=match):
        run.config()


def test_settings_cut_short(run):
    (run.path / "config.json").write_text('{"settings": {"pop')
    with pytest.raises(ValueError, match=r"config\.json: expected JSON, but .*cut short"):
        run.config()


def test_metrics(run):
    for generation in range(3):
        run.log(row(generation))
    assert generations(run) == [0, 1, 2]
    assert run.metrics()["generation"].tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("broken", "left"),
    [
        (lambda text: text, [0, 1]),
        (lambda text: text + "3,0.5,0.", [0, 1]),
        (lambda text: text[:-1], [0, 1]),
        (lambda text: text + "\0\0\0\n", [0, 1]),
        (lambda text: text[: text.index("\n1,") + 4], [0]),
        (lambda text: text[:20], []),
        (lambda text: "", []),
    ],
    ids=["whole", "half a line", "no newline", "zeros", "cut early", "half a header", "empty"],
)
def test_trimming_metrics(run, broken, left):
    """To where a checkpoint stands; after a crash or on a full disk the end may be anything."""
    for generation in range(3):
        run.log(row(generation))
    file = run.path / "metrics.csv"
    file.write_text(broken(file.read_text()))
    run.trim_metrics(2)
    assert generations(run) == left
    run.log(row(2))
    assert generations(run) == [*left, 2]


def opened_at(place, opener, file, *args, **kwargs):
    """What opening metrics.csv gives when it lies at another place."""
    return opener(place if Path(file).name == "metrics.csv" else file, *args, **kwargs)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_told_with_the_name_of_the_file(run, monkeypatch):
    monkeypatch.setattr("builtins.open", partial(opened_at, "/dev/full", open))
    with pytest.raises(OSError, match=r"No space left on device: '.*metrics\.csv'"):
        run.log(row(0))


def test_trimming_what_is_not_there(run, capsys):
    run.trim_metrics(0)
    assert capsys.readouterr().err == ""
    run.trim_metrics(5)
    assert not (run.path / "metrics.csv").exists()
    assert "metrics.csv: holds no row for 5 of 5 generations" in capsys.readouterr().err


def test_a_gap_in_the_metrics_is_told(run, capsys):
    for generation in (0, 1, 4, 4, 5):  # one twice, as two searches at a time left it
        run.log(row(generation))
    run.trim_metrics(5)
    assert generations(run) == [0, 1, 4]
    assert "holds no row for 2 of 5 generations; the search goes" in capsys.readouterr().err


def test_a_lock_that_is_taken_away_stops_every_write(run):
    model = Model(genomes.grown(0, 5), "t", ("a", "b", "c"), ("d", "e"), {"kind": "discrete"})
    with run.writing():
        run.log(row(0))
        (run.path / ".config.json.lock").unlink()
        for write in (
            lambda: run.log(row(1)),
            lambda: run.save_checkpoint({"a": np.arange(3)}),
            lambda: run.save_champion(model),
        ):
            with pytest.raises(OSError, match=r"another process may write.*config\.json\.lock"):
                write()
    assert generations(run) == [0]
    assert not (run.path / "checkpoint.npz").exists()
    assert not (run.path / "champions").exists()


@pytest.mark.parametrize(
    "name",
    ["champions", "metrics.csv", "checkpoint.npz", "champion.json", ".config.json.lock", "other"],
)
@pytest.mark.parametrize("dangling", [False, True])
def test_nothing_outside_a_foreign_folder_is_touched(run, name, dangling, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / ".mine.tmp").write_text("of another")
    (run.path / name).unlink(missing_ok=True)
    (run.path / name).symlink_to(other / "new" if dangling else other)
    with pytest.raises(ValueError, match=f"{name}: expected .* but it is a link"), run.writing():
        raise AssertionError
    assert [path.name for path in other.iterdir()] == [".mine.tmp"]


def test_what_became_a_link_meanwhile_is_not_written(run, tmp_path):
    with run.writing():
        (run.path / "metrics.csv").symlink_to(tmp_path / "new")
        with pytest.raises(OSError, match=r"expected a file to write.*metrics\.csv"):
            run.log(row(0))
    assert not (tmp_path / "new").exists()


def test_champions(run):
    for generation in (0, 12):
        run.save_champion(
            Model(
                genomes.grown(generation, 10, 4, 2),
                "cartpole",
                ("a", "b", "c", "d"),
                ("e", "f"),
                {"kind": "discrete"},
                search={"generation": generation},
            )
        )
    names = sorted(path.name for path in (run.path / "champions").iterdir())
    assert names == ["000000.json", "000012.json"]
    assert load(run.path).genome == load(run.path / "champions" / names[1]).genome
    assert load(run.path).genome == genomes.grown(12, 10, 4, 2)


def test_what_made_a_run_and_what_resumed_it(run):
    with run.writing():
        run.save_checkpoint({"a": np.arange(3)})
    begun = files.read_json(run.path / "config.json")
    assert "resumed" not in begun
    assert begun["commit"] is None or re.fullmatch(r"[0-9a-f]{40}(-dirty)?", begun["commit"])
    for times in (1, 2):
        with run.writing():
            pass
        found = files.read_json(run.path / "config.json")
        resumed = found.pop("resumed")
        assert found == begun
        assert len(resumed) == times
        assert set(resumed[-1]) == {"versions", "commit", "command", "started"}
    assert run.config() == run.config()


def test_the_commit_is_that_of_the_checkout(tmp_path, monkeypatch):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    monkeypatch.setattr(folder, "__file__", str(tmp_path / "wann" / "storage" / "folder.py"))
    assert folder.made_by()["commit"] is None  # as where wann is installed
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "file").write_text("a")
    subprocess.run([*git, "add", "file"], check=True)
    subprocess.run([*git, "commit", "-qm", "a"], check=True)
    clean = folder.made_by()["commit"]
    assert re.fullmatch(r"[0-9a-f]{40}", clean)
    (tmp_path / "file").write_text("b")
    assert folder.made_by()["commit"] == f"{clean}-dirty"


def test_a_damaged_list_of_resumptions(run):
    with run.writing():
        run.save_checkpoint({"a": np.arange(3)})
    value = files.read_json(run.path / "config.json")
    files.write_json(run.path / "config.json", {**value, "resumed": 3})
    with pytest.raises(ValueError, match="expected a list of what resumed"), run.writing():
        pass
