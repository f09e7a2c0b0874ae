"""Sweeps and the paper's four conditions: numbers from made-up scores, and whole commands."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from tests.genomes import genome
from wann import envs, sweep
from wann.evaluation import conditions
from wann.evaluation.sweep import Sweep, best_of, joint
from wann.plotting import style
from wann.storage.model import Model

# Two weights that solve it, and one that does not. Three episodes each.
SWEEP = Sweep(
    np.array([-1.0, 0.0, 1.0]), np.array([[6.0, 9.0, 9.0], [0.0, 1.0, 2.0], [8.0, 8.0, 8.0]]), 8.0
)


@pytest.fixture
def balancer():
    """Pushes the cart to where the pole falls: theta + theta_dot decides, for weights above 0."""
    task = envs.make("cartpole")
    genes = genome(4, 2, connections=[(3, 6), (4, 6), (0, 5, False)])
    return Model(genes, task.name, task.inputs, task.outputs, task.action)


@pytest.fixture
def champion(balancer, tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    balancer.save(folder / "champion.json")
    return folder


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_sweep_by_hand():
    assert SWEEP.mean.tolist() == [8.0, 1.0, 8.0]
    np.testing.assert_allclose(SWEEP.std, [np.sqrt(2), np.sqrt(2 / 3), 0])
    assert (SWEEP.best, SWEEP.worst) == (2, 1)
    assert SWEEP.solved == pytest.approx(2 / 3)
    assert SWEEP.rows()[0] == {
        "weight": -1.0,
        "mean": 8.0,
        "std": pytest.approx(np.sqrt(2)),
        "min": 6.0,
        "max": 9.0,
        "episodes": 3,
    }
    assert Sweep(SWEEP.weights, SWEEP.scores, None).solved is None


def test_the_command(champion, capsys, monkeypatch):
    told = []
    monkeypatch.setattr(style, "entitle", lambda figure, text, scale: told.append(text))
    sweep.main([str(champion), "--weights", "-1:1:3", "--episodes", "4", "--workers", "1"])
    out = capsys.readouterr().out
    assert "champion so far" not in out
    rows = rows_of(champion / "sweep.csv")
    assert [row["weight"] for row in rows] == ["-1", "0", "1"]
    assert list(rows[0]) == ["weight", "mean", "std", "min", "max", "episodes"]
    assert {row["episodes"] for row in rows} == {"4"}
    means = [float(row["mean"]) for row in rows]
    assert means[2] > 190 > 60 > max(means[:2])
    assert f"{means[2]:.1f}" in out
    assert (champion / "sweep.png").read_bytes().startswith(b"\x89PNG")
    assert told == ["cartpole · net · 3 shared weights · 4 fresh episodes a weight"]
    again = [str(champion), "--weights", "1", "--episodes", "1", "--force", "--quiet"]
    sweep.main([*again, "--bare", "--style", "slides"])
    assert len(told) == 1


def test_nothing_is_replaced_without_force(champion, refused):
    args = [str(champion), "--weights", "1", "--episodes", "1", "--quiet"]
    sweep.main(args)
    (champion / "sweep.csv").write_text("mine")
    assert refused(sweep.main, args) == (
        f"{champion / 'sweep.csv'}: exists already; --force replaces it, --out writes elsewhere"
    )
    assert (champion / "sweep.csv").read_text() == "mine"
    sweep.main([*args, "--out", str(champion / "new")])
    sweep.main([*args, "--force"])
    assert rows_of(champion / "sweep.csv") == rows_of(champion / "new" / "sweep.csv")


def test_results_of_other_files_carry_their_name(balancer, tmp_path):
    balancer.save(tmp_path / "mine.json")
    sweep.main([str(tmp_path / "mine.json"), "--weights", "1,2", "--episodes", "1", "--quiet"])
    assert {path.name for path in tmp_path.iterdir()} == {
        "mine.json",
        "mine-sweep.csv",
        "mine-sweep.png",
    }


def test_several_networks_make_one_figure(champion, balancer, tmp_path, capsys):
    balancer.save(tmp_path / "other.json")
    args = ["--weights", "-1:1:3", "--episodes", "2", str(champion), str(tmp_path / "other.json")]
    sweep.main(args)
    rows = rows_of(tmp_path / "sweeps.csv")
    assert [row["network"] for row in rows] == ["net"] * 3 + ["other"] * 3
    assert rows[0]["mean"] == rows[3]["mean"]
    assert (tmp_path / "sweeps.png").exists()
    out = capsys.readouterr().out
    assert "│ net " in out
    assert "│ other " in out


def test_networks_under_a_label_are_one_line(champion, balancer, tmp_path, capsys):
    for name in ("one", "two"):
        balancer.save(tmp_path / f"{name}.json")
    args = ["--weights", "-1:1:3", "--episodes", "2", str(champion)]
    sweep.main([*args, "--label", f"pair={tmp_path}/*.json"])
    rows = rows_of(tmp_path / "sweeps.csv")
    assert [(row["label"], row["network"]) for row in rows[::3]] == [
        ("", "net"),
        ("pair", "one"),
        ("pair", "two"),
    ]
    lines = [line for line in capsys.readouterr().out.splitlines() if "│ " in line]
    assert [line.split()[1:4:2] for line in lines if "│ pair" in line or "│ net " in line] == [
        ["net", "1"],
        ["pair", "2"],
    ]


def test_the_mean_and_the_deviation_over_networks_by_hand():
    other = Sweep(SWEEP.weights, SWEEP.scores + 2.0, 8.0)
    line = joint([SWEEP, other])
    np.testing.assert_allclose(line.mean, [9.0, 2.0, 9.0])
    np.testing.assert_allclose(line.spread, 3 * [2.0 / 2**0.5])
    assert line.solved == pytest.approx(2 / 3)
    assert joint([SWEEP]).spread is None


def test_the_protocol_command(champion, balancer, capsys):
    args = [str(champion), "--protocol", "--episodes", "3", "--force"]
    sweep.main(args)
    assert "Tuned weights: none; python -m wann.tune" in capsys.readouterr().out
    tuned = Model(
        balancer.genome,
        balancer.task,
        balancer.inputs,
        balancer.outputs,
        balancer.action,
        weights=np.array([1.0, 1.0]),
    )
    tuned.save(champion / "champion-tuned.json")
    sweep.main(args)
    rows = rows_of(champion / "protocol.csv")
    assert tuple(rows[0]) == conditions.COLUMNS
    assert [row["condition"] for row in rows][2:] == ["best shared", "tuned weights"]
    assert (rows[0]["weights"], rows[2]["over_weights"], rows[3]["paper_mean"]) == ("100", "", "")
    assert float(rows[3]["mean"]) > 190


def test_tuned_weights_of_another_network_are_refused(champion, balancer, refused):
    value = json.loads((champion / "champion.json").read_text())
    value["connections"][2]["enabled"] = True
    value["weights"] = {"shared": 1.0}
    (champion / "champion-tuned.json").write_text(json.dumps(value))
    assert "champion-tuned.json: is tuned for another network" in refused(
        sweep.main, [str(champion), "--protocol"]
    )


def test_a_search_that_is_not_over_is_named(champion, capsys):
    config = {"settings": {"env": "cartpole", "shared_weights": "0.5,1"}}
    (champion / "config.json").write_text(json.dumps(config))
    sweep.main([str(champion), "--weights", "1", "--episodes", "1"])
    out = capsys.readouterr().out
    assert "still going, or was cut off; this is its champion so far, of generation ?" in out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "wann-network/3"}, "got 'wann-network/3': update wann to read it"),
        ({"task": "cartpol"}, "unknown env 'cartpol': expected one of cartpole"),
        ({"task": "swingup"}, "expected 5 inputs, as swingup has, got 4"),
    ],
)
def test_files_that_cannot_be_swept(champion, refused, change, message):
    file = champion / "champion.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    assert message in refused(sweep.main, [str(champion)])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "expected one or more run folders or network files, got none"),
        (["nowhere"], "nowhere: expected a network file or a run, but there is none"),
        (["."], "expected a run with a champion.json, but it "),
        (["net", "--episodes", "0"], "--episodes: expected at least 1, got 0"),
        (["net", "--seed", "-1"], "--seed: expected 0 or more, got -1"),
        (["net", "--weights", "1:2"], "expected LOW:HIGH:COUNT or numbers with commas"),
        (["net", "net", "--protocol"], "--protocol: expected one network at a time"),
        (["net", "--workers", "0"], "--workers: expected 1 to 1000, or -1"),
    ],
)
def test_bad_options(champion, monkeypatch, refused, args, message):
    monkeypatch.chdir(champion.parent)
    assert message in refused(sweep.main, args)


def test_of_equal_weights_the_best_is_that_nearest_to_one():
    weights = np.array([-2.0, -1.0, 0.0, 0.8, 1.3, 2.0])
    assert best_of(weights, np.array([5.0, 5.0, 1.0, 5.0, 5.0, 5.0])) == 3
    assert best_of(weights, np.array([5.0, 6.0, 1.0, 5.0, 5.0, 6.0])) == 5
    assert best_of(weights, np.array([5.0, np.nan, np.inf, 5.0, 5.0, 4.0])) == 3


def test_invariant_networks_are_said_to_be_so(tmp_path, capsys):
    """Four equal numbers would look like four findings."""
    sweep.main(["champion:digits", "--protocol", "--out", str(tmp_path)])
    out = " ".join(capsys.readouterr().out.split())
    assert "│ invariant " in out
    assert "invariant: by construction the largest output is the same for any shared weight" in out
    assert "majority vote" not in out
    (file,) = tmp_path.glob("*protocol.csv")
    rows = {row["condition"]: float(row["mean"]) for row in rows_of(file)}
    assert rows.pop("random weights") < 0.5
    rows = {name: mean for name, mean in rows.items() if "tuned" not in name}
    assert len(rows) == 4
    assert list(rows.values()) == pytest.approx(
        [rows["best shared"]] * 4, abs=0.01
    )  # an image or two by rounding


@pytest.mark.parametrize(("flags", "episodes"), [([], "1000"), (["--episodes=7"], "7")])
def test_the_protocol_meets_a_thousand_episodes(balancer, tmp_path, flags, episodes, capsys):
    balancer.save(tmp_path / "net.json")
    sweep.main([str(tmp_path / "net.json"), "--protocol", *flags])
    rows = rows_of(tmp_path / "net-protocol.csv")
    assert {row["episodes"] for row in rows} == {episodes}
    assert float(rows[1]["standard_error"]) > 0
    assert "standard error" in " ".join(capsys.readouterr().out.split())
