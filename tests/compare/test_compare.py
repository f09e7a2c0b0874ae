import csv
import dataclasses
import json

import numpy as np
import pytest

from tests.compare.test_measure import model, pruned, row
from wann.compare import __main__ as compare
from wann.evaluation.control import ControlEvaluator
from wann.plotting import style
from wann.prune import __main__ as prune
from wann.prune.kinds import policies

FILES = [
    "compare.csv",
    "compare.md",
    "compare-paired.csv",
    "compare-kept.png",
    "compare-A.png",
    "compare-B.png",
    "compare-C.png",
]


def short(task, *_):
    """CartPole with episodes of 20 steps, so that thousands take no time."""
    return ControlEvaluator(dataclasses.replace(task, episode_limit=20))


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_the_whole_on_a_tiny_budget(tmp_path, capsys, monkeypatch):
    told = set()
    monkeypatch.setattr(style, "entitle", lambda figure, text, scale: told.add(text))
    monkeypatch.setattr(policies, "ControlEvaluator", short)
    monkeypatch.setattr(compare, "evaluator_for", short)
    settings = ["--env", "cartpole", "--hidden", "2", "--least", "6", "--rate", "0.4"]
    run = tmp_path / "pruned"
    prune.main([*settings, "--budget", "1", "--seeds", "2", "--run", str(run), "--quiet"])
    for seed in (0, 1):
        model(search={"seed": seed}).save(tmp_path / f"wann{seed}.json")
    model(weights=np.ones(5)).save(tmp_path / "wann0-tuned.json")
    networks = [str(tmp_path / f"wann{seed}.json") for seed in (0, 1)]
    out = tmp_path / "out"
    compare.main([*networks, str(run), "--episodes", "5", "--out", str(out)])
    assert sorted(file.name for file in out.iterdir()) == sorted(FILES)
    assert told == {"cartpole · 3 runs · seeds 0, 1 · 5 episodes a weight"}
    printed = capsys.readouterr().out
    assert "all weights trained: tuned weights" in printed
    assert "Fewest connections" in printed
    rows = table(out / "compare.csv")
    found = {(r["regime"], r["method"], r["arm"]): int(r["seeds"]) for r in rows}
    assert found["A", "WANN", "searched"] == 2
    assert found["B", "WANN", "edges permuted"] == 2
    assert found["C", "WANN", "searched"] == 1
    assert found["C", "lottery-ticket", "shuffled"] == 2
    assert found["A", "lottery-ticket", "signed-shared"] == 2
    assert found["C", "dense", "dense"] == 2
    pairs = {(r["regime"], r["method"], r["arm"]): r for r in table(out / "compare-paired.csv")}
    assert pairs["C", "lottery-ticket", "shuffled"]["seeds"] == "2"
    assert pairs["C", "lottery-ticket", "dense"]["seeds"] == "2"
    assert pairs["A", "WANN", "edges permuted"]["seeds"] == "2"
    assert "## Paired differences" in (out / "compare.md").read_text()
    assert (out / "compare.md").read_text().startswith("# Networks for cartpole\n")


def test_a_run_named_twice_counts_once_and_unequal_budgets_are_told(tmp_path, capsys):
    run = pruned(tmp_path / "a", [row(), row(level=1)])
    other = pruned(tmp_path / "b", [row(method="random", seed=4)])
    for folder, name, budget in ((run.path, "lottery-ticket", 2e7), (other.path, "random", 1e6)):
        config = json.loads((folder / "config.json").read_text())
        config["settings"] |= {"method": name, "budget": budget}
        (folder / "config.json").write_text(json.dumps(config))
    args = [str(run.path), str(run.path), str(other.path), "--episodes", "2"]
    compare.main([*args, "--out", str(tmp_path / "out")])
    seeds = {
        (r["method"], r["arm"]): r["seeds"]
        for r in table(tmp_path / "out" / "compare.csv")
        if r["regime"] == "C"
    }
    assert seeds == {("dense", "dense"): "2", ("lottery-ticket", "ticket"): "1"}
    line = (
        "These differ in budget, so they are not of one budget: lottery-ticket: 20000000.0; random"
    )
    assert line in capsys.readouterr().out.replace("\n", " ")
    assert line in (tmp_path / "out" / "compare.md").read_text()


def test_results_go_to_the_folder_that_holds_all_and_replace_nothing(tmp_path, refused):
    for name in ("a", "b"):
        pruned(tmp_path / name, [row()])
    args = [tmp_path / "a", tmp_path / "b", "--episodes", "2", "--quiet"]
    compare.main([str(arg) for arg in args])
    names = sorted(file.name for file in tmp_path.glob("compare*"))
    assert names == ["compare-C.png", "compare.csv", "compare.md"]  # no mask, so no A and B
    before = (tmp_path / "compare.csv").read_bytes()
    assert "compare.csv: exists already; --force replaces it" in refused(compare.main, args)
    assert (tmp_path / "compare.csv").read_bytes() == before
    compare.main([str(arg) for arg in [*args, "--force"]])


def test_labels_and_what_a_plus_minus_is(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(compare, "evaluator_for", short)
    for seed in (0, 1, 2):
        model(search={"seed": seed}).save(tmp_path / f"wann{seed}.json")
    args = [str(tmp_path / "wann0.json"), f"--label=mine={tmp_path}/wann[12].json"]
    compare.main([*args, "--episodes", "2"])
    found = {r["method"]: int(r["seeds"]) for r in table(tmp_path / "compare.csv")}
    assert found == {"WANN": 1, "WANN (mine)": 2}
    printed = capsys.readouterr().out
    assert "±: the sample standard deviation over seeds" in printed
    assert "seeds" in printed


def test_several_tasks_are_refused(tmp_path, refused):
    pruned(tmp_path / "a", [row()])
    other = dataclasses.replace(model(), task="swingup")
    other.save(tmp_path / "b.json")
    error = refused(compare.main, [tmp_path / "a", tmp_path / "b.json"])
    assert "expected 5 inputs, as swingup has, got 4" in error
    settings = (tmp_path / "a" / "config.json").read_text()
    pruned(tmp_path / "c", [row()])
    (tmp_path / "c" / "config.json").write_text(settings.replace("cartpole", "swingup"))
    error = refused(compare.main, [tmp_path / "a", tmp_path / "c"])
    assert "expected runs of one task, but" in error
    assert "for cartpole" in error
    assert "for swingup" in error


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "expected one or more runs"),
        (["x", "--episodes", "0"], "--episodes: expected at least 1, got 0"),
        (["x", "--seed", "-1"], "--seed: expected 0 or more, got -1"),
        (["x", "--workers", "0"], "--workers: expected 1 to 1000"),
        (["nowhere"], "nowhere: expected a network file or a run, but there is none"),
    ],
)
def test_bad_options_are_one_line(args, message, refused):
    assert message in refused(compare.main, args)


def test_a_run_without_results_is_refused(tmp_path, refused):
    pruned(tmp_path / "a", [])
    error = refused(compare.main, [tmp_path / "a"])
    assert "a: expected a pruning with results, but it has none (yet)" in error


def test_a_damaged_run_is_one_line(tmp_path, refused):
    run = pruned(tmp_path / "a", [row(level=1)])
    text = (tmp_path / "a" / "results.csv").read_text()
    (tmp_path / "a" / "results.csv").write_text(text.replace("ticket,3", "ticket,x"))
    assert "results.csv: line 2" in refused(compare.main, [tmp_path / "a"])
    run.write_rows([row(level=1)])
    run.network("ticket", 3, 1).write_text("{}")
    (tmp_path / "compare.csv").unlink(missing_ok=True)
    assert "ticket-s3-l1.json" in refused(compare.main, [tmp_path / "a"])
