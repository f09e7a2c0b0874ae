import csv
import dataclasses

import numpy as np
import pytest

from tests.searches import SMALL
from wann.curves import __main__ as curves
from wann.curves.bands import Curve, band
from wann.curves.figure import figure
from wann.plotting import style
from wann.storage.metrics import METRICS
from wann.storage.run import Run


def run(folder, scores, **settings):
    """A run whose champion had these scores."""
    made = Run.create(dataclasses.replace(SMALL, generations=99, **settings), folder)
    for generation, score in enumerate(scores):
        row = {"generation": generation, "evaluations": 100 * (generation + 1)}
        row |= {"seconds": 0.5 * (generation + 1), "champion_fitness": score, "nonfinite": 0}
        made.log({**dict.fromkeys(METRICS, 1.0), **row})
    return folder


@pytest.fixture
def place(tmp_path):
    """Two runs of a kind, and one of another."""
    run(tmp_path / "a0", [1.0, 2.0, 4.0], seed=0)
    run(tmp_path / "a1", [3.0, 4.0, 4.0], seed=1)
    run(tmp_path / "b0", [5.0, 6.0], population=30)
    return tmp_path


def table(file):
    with open(file, newline="") as opened:
        return list(csv.DictReader(opened))


def test_runs_of_equal_settings_are_one_line_with_what_differs_as_its_label(
    place, capsys, monkeypatch
):
    told = []
    monkeypatch.setattr(style, "entitle", lambda figure, text, scale: told.append(text))
    curves.main([str(place / name) for name in ("a0", "a1", "b0")])
    rows = table(place / "curves.csv")
    assert [(r["label"], r["n"], r["evaluations"], r["mean"]) for r in rows] == [
        ("population 24", "2", "100", "2"),
        ("population 24", "2", "200", "3"),
        ("population 24", "2", "300", "4"),
        ("population 30", "1", "100", "5"),
        ("population 30", "1", "200", "6"),
    ]
    assert (place / "curves.png").read_bytes()[:4] == b"\x89PNG"
    weights, rollouts = len(SMALL.weight_values), SMALL.confirm_rollouts
    tried = f"{weights} shared weights, {rollouts} rollouts each"
    assert told == [f"{SMALL.env} · 3 runs · seeds 0, 1 · {tried}"]
    out = capsys.readouterr().out
    assert "4.000 [4.000, 4.000]" in out
    assert f"Saved {place / 'curves.csv'}, " in out


def test_labels_and_the_other_axes(place):
    args = [f"--label=all={place}/a*", "--label", f"b={place}/b0", "--statistic=iqm"]
    curves.main([*args, "--against=seconds", "--quiet"])
    rows = table(place / "curves.csv")
    assert [(r["label"], r["seconds"]) for r in rows] == [
        ("all", "0.5"), ("all", "1"), ("all", "1.5"), ("b", "0.5"), ("b", "1"),
    ]  # fmt: skip
    curves.main([*args, "--against=generation", "--quiet", "--force"])
    assert [r["generation"] for r in table(place / "curves.csv")] == ["0", "1", "2", "0", "1"]


def test_a_search_that_reached_its_target_keeps_its_champion(place):
    run(place / "c0", [1.0, 7.0], target=7.0, seed=0)
    run(place / "c1", [1.0, 2.0, 7.0, 7.0], target=7.0, seed=1)
    curves.main([str(place / "c0"), str(place / "c1"), "--quiet"])
    assert [row["mean"] for row in table(place / "curves.csv")] == ["1", "4.5", "7", "7"]


def test_a_champion_that_is_not_finite_is_none(place):
    folder = run(place / "d", [-np.inf, 2.0])
    curves.main([str(folder), "--quiet"])
    assert [row["evaluations"] for row in table(folder / "curves.csv")] == ["200"]


def test_the_figure():
    pair = [Curve(np.array([1.0, 2]), np.array([y, y + 1])) for y in (1.0, 3.0)]
    bands = [band("paper, symmetric", pair), band("wann", pair[:1])]
    drawn = figure(bands, "evaluations", "mean", "swingup")
    (axes,) = drawn.axes
    texts = [text.get_text() for text in drawn.legends[0].texts]
    assert texts == ["paper, symmetric (n = 2)", "wann (n = 1)"]
    assert axes.get_title("left") == "swingup: mean over runs, 95% bootstrap interval"
    assert axes.lines[0].get_ydata().tolist() == [2, 3]
    assert len(axes.collections) == 1  # the second is a single run
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "expected one or more run folders, got none"),
        (["nowhere"], "nowhere: expected the folder of a run, but there is no such folder"),
        (["--label", "a"], "--label: expected NAME=RUN, such as paper=runs/paper-*, got a"),
        (["--label", "=a"], "--label: expected NAME=RUN"),
        (["--label", "a=nothing*"], "--label a=nothing*: expected runs, but there is nothing"),
        (["empty"], "empty: expected a search with a generation, but it has none (yet)"),
        (["a0", "other"], "expected runs of one task, but a0 is for cartpole and other for digits"),
        (["a0", "--against=time"], "time"),
    ],
)
def test_bad_options(place, refused, monkeypatch, args, message):
    monkeypatch.chdir(place)
    run(place / "empty", [])
    run(place / "other", [1.0], env="digits")
    assert message in refused(curves.main, args)
    assert not (place / "curves.csv").exists()


def test_nothing_is_replaced(place, refused):
    args = [str(place / "a0"), "--quiet"]
    curves.main(args)
    assert "curves.csv: exists already; --force replaces it" in refused(curves.main, args)
