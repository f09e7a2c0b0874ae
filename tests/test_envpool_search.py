"""Searches in EnvPool's environments, and all that comes after them, end to end."""

import csv
import json

import pytest
from PIL import Image

from wann import sweep
from wann.export import __main__ as export
from wann.report import __main__ as report
from wann.search import __main__ as search
from wann.storage.load import load
from wann.tune import __main__ as tune
from wann.visualize import __main__ as visualize

pytest.importorskip("envpool", reason="needs wann[envpool]")
SETTINGS = (
    "--population=8",
    "--rollouts=2",
    "--confirm-rollouts=2",
    "--report-episodes=2",  # each with each weight at once, and CarRacing's take 20 MB each
    "--shared-weights=-1,1",
    "--generations=3",
    "--quiet",
)


def searched(name, run, *options):
    search.main(["--env", name, "--run", str(run), *SETTINGS, *options])
    with open(run / "metrics.csv") as file:
        return [{**row, "seconds": None, "cpu_seconds": None} for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    "options",
    [
        ["--max-steps=120"],
        ["--max-steps=60", "--own-episodes", "--hall-of-fame=3", "--first-mutations=9"],
    ],
    ids=["plain", "dear"],
)
def test_the_same_champion_for_any_number_of_threads_and_after_a_resume(tmp_path, options):
    options = [*options, "--seed=3"]
    rows = [
        searched("envpool:LunarLander-v3", tmp_path / str(n), *options, f"--workers={n}")
        for n in (1, 2, 3)
    ]
    assert rows[0] == rows[1] == rows[2]
    files = [(tmp_path / str(n) / "champion.json").read_text() for n in (1, 2, 3)]
    assert files[0] == files[1] == files[2]
    run = tmp_path / "resumed"
    searched("envpool:LunarLander-v3", run, *options, "--generations=1", "--workers=2")
    search.main(["--resume", str(run), "--generations=3", "--workers=1", "--quiet"])
    assert (run / "champion.json").read_text() == files[0]


def test_all_commands(tmp_path, capsys):
    run = tmp_path / "run"
    searched("envpool:Acrobot-v1", run, "--max-steps=20", "--workers=2")
    assert load(run).task == "envpool:Acrobot-v1"
    few = ["--weights=-1,1", "--episodes=3", "--workers=2"]
    sweep.main([str(run), *few])
    assert "-20,0,-20,-20,3" in (run / "sweep.csv").read_text()
    tune.main([str(run), "--what=shared", "--episodes=2", "--weights=-1:1:3", "--workers=2"])
    assert load(run / "champion-tuned.json").scores["tuning"]
    visualize.main([str(run)])
    with Image.open(run / "behaviour.gif") as gif:
        assert gif.n_frames == 21
        # One picture for each of the two weights, side by side, and the acrobot moves.
        assert gif.width == 606
        first = gif.convert("RGB").tobytes()
        gif.seek(10)
        assert gif.convert("RGB").tobytes() != first
    assert (run / "behaviour.png").exists()
    report.main([str(run)])
    assert "envpool:Acrobot-v1" in (run / "report.html").read_text()
    export.main([str(run), "--to=python", f"--out={tmp_path}"])
    assert len(list(tmp_path.glob("*.py"))) == 1
    capsys.readouterr()


def test_what_is_seen_of_images(tmp_path, refused):
    run = tmp_path / "run"
    observed = [
        "--shared-weights=0:2:2",
        "--observe=grid:2x2:green-red",
        "--max-steps=2",
        "--generations=1",
    ]
    searched("envpool:CarRacing-v3", run, "--workers=1", *observed)
    name = "envpool:CarRacing-v3?grid:2x2:green-red"
    assert json.loads((run / "config.json").read_text())["settings"]["env"] == name
    champion = load(run)
    assert (champion.task, len(champion.inputs)) == (name, 4)
    sweep.main([str(run), "--weights=1", "--episodes=1", "--workers=1"])
    search.main(["--resume", str(run), "--generations=2", "--workers=1", "--quiet"])
    other = ["--resume", run, "--observe=grid:1x1"]
    assert "--env: expected envpool:CarRacing-v3?grid:2x2" in refused(search.main, other)
    new = tmp_path / "new"
    for env, message in (
        ("swingup", "--observe: expected --env gym:ID or envpool:ID with it, got swingup"),
        ("envpool:CarRacing-v3", "expected grid:ROWSxCOLUMNS"),
    ):
        said = refused(search.main, ["--env", env, "--observe=1x1", "--run", new])
        assert message in said
    assert not new.exists()


def test_one_line_where_envpool_is_faster(tmp_path, capsys):
    options = ["--population=4", "--generations=1", "--rollouts=1", "--confirm-rollouts=1"]
    options += ["--max-steps=5", "--workers=1", "--shared-weights=1"]
    search.main(["--env=gym:Acrobot-v1", "--run", str(tmp_path / "run"), *options])
    said = capsys.readouterr()
    assert (said.out + said.err).count("--env envpool:Acrobot-v1") == 1
