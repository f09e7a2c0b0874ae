import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

import wann
from tests.reports import WEIGHTS, data_of, page_of
from wann import envs
from wann.core import files
from wann.evaluation.recording import record
from wann.report import __main__ as report
from wann.report import page, playback

# What is in the page.


def test_page_is_whole_and_small(pages):
    for file in pages.values():
        text = file.read_text(encoding="utf-8")
        assert len(text.encode()) < 1_000_000
        assert not re.search(r"""(src|href)=["'](?!data:)|@import|url\(""", text)
        addresses = set(re.findall(r"https?://[^\s\"'`]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg"}
        assert "default-src 'none'" in text
        assert "{{" not in text.split('<script type="application/json"')[0]


def test_data_of_a_run(runs, pages):
    run = data_of(pages["swingup"].read_text(encoding="utf-8"))["runs"][0]
    model = wann.load(runs["swingup"])
    assert run["task"] == "swingup"
    assert run["scores"]["fitness"] == model.scores["fitness"]
    assert run["about"]["settings"]["population"] == "12"
    assert run["about"]["versions"]["numpy"] == np.__version__
    assert not run["running"]
    assert run["metrics"]["generation"] == [0, 1, 2, 3, 4, 5]
    champions = [network for network in run["networks"] if network["kind"] == "champion"]
    files = sorted((runs["swingup"] / "champions").glob("*.json"))
    assert [c["search"]["generation"] for c in champions] == [int(f.stem) for f in files]
    assert champions[-1]["sources"] == model.network.sources.tolist()


@pytest.mark.parametrize(
    "command", [["/home/a/wann/search.py", "--env", "swingup"], ["wann", "search", "--env=swingup"]]
)
def test_the_command_is_shown_as_one_types_it(runs, collector, tmp_path, command):
    """Older files hold the place of a script."""
    run = shutil.copytree(runs["swingup"], tmp_path / "run")
    config = files.read_json(run / "config.json")
    files.write_json(run / "config.json", {**config, "command": command})
    [source] = collector.read([run])
    assert source.about["command"].replace("=", " ") == "wann search --env swingup"


def test_sweep_is_that_of_the_rollouts(runs, collector):
    run = collector.collect(collector.read([runs["swingup"]]))["runs"][0]
    task, network = envs.make("swingup"), wann.load(runs["swingup"]).network
    starts = task.initial_states(np.random.default_rng([0, 5]), 3)
    returns = [[record(task, network, w, s).rewards.sum() for s in starts] for w in WEIGHTS]
    sweep = [n for n in run["networks"] if n["kind"] == "champion"][-1]["sweep"]
    np.testing.assert_allclose(sweep["mean"], np.mean(returns, axis=1), rtol=0.05, atol=2)
    assert sweep["weights"] == WEIGHTS.tolist()


def test_front_of_the_population(runs, collector):
    run = collector.collect(collector.read([runs["cartpole"]]))["runs"][0]
    population = run["population"]
    points = list(zip(population["fitness"], population["connections"], strict=True))
    for point, front, index in zip(
        points, population["fronts"], population["networks"], strict=True
    ):
        better = [p for p in points if p[0] >= point[0] and p[1] <= point[1] and p != point]
        assert (front == 0) == (not better)
        if front == 0:
            network = run["networks"][index]
            assert len(network["sources"]) == point[1]
            assert network["scores"]["fitness"] == pytest.approx(point[0], rel=1e-5)
    assert sum(population["counts"]) == population["size"] == 12


def test_examples_are_balanced_and_exact():
    task = envs.make("digits")
    scene = playback.of_task(task, 0)
    assert sorted(scene["labels"]) == sorted([*range(10)] * 4)
    assert scene["part"] == "test"
    assert scene["shape"] == [8, 8]


def test_large_pages_get_fewer_networks(runs, collector, monkeypatch):
    whole = page_of([runs["digits"]], collector)
    monkeypatch.setattr(page, "MOST_BYTES", len(whole) - 1)
    smaller = page_of([runs["digits"]], collector)
    assert len(smaller) < len(whole)
    assert data_of(smaller)["runs"][0]["networks"]


# The command.


def test_command_writes_beside_the_run(runs, tmp_path, capsys, refused):
    run = shutil.copytree(runs["cartpole"], tmp_path / "a <run>")
    options = [str(run), "--episodes", "2", "--weights=-1:1:3", "--workers", "1"]
    report.main(options)
    assert "report.html" in capsys.readouterr().out
    assert data_of((run / "report.html").read_text(encoding="utf-8"))["weights"] == [-1, 0, 1]

    (run / "report.html").write_text("mine")
    assert "report.html: exists already" in refused(report.main, options)
    assert (run / "report.html").read_text() == "mine"

    report.main([*options, "--force", "--quiet"])
    assert len((run / "report.html").read_text(encoding="utf-8")) > 10_000
    assert capsys.readouterr().out == ""


def test_labels(runs, tmp_path):
    out = tmp_path / "page.html"
    labels = [f"--label=one={runs['swingup']}", f"--label=two={runs['digits']}"]
    labels.append(f"--label=two={runs['cartpole']}")
    report.main([*labels, "--out", str(out), "--quiet", "--weights=-1:1:3", "--episodes=1"])
    found = [run["label"] for run in data_of(out.read_text())["runs"]]
    assert found == ["one", "two digits", "two cartpole"]


def test_command_takes_files_and_several_runs(runs, tmp_path):
    run = shutil.copytree(runs["cartpole"], tmp_path / "one")
    shutil.copytree(run, tmp_path / "two")
    options = ["--episodes", "2", "--weights=-1:1:3", "--workers", "1", "--quiet"]
    report.main([str(run), str(tmp_path / "two"), *options])
    data = data_of((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert [r["label"] for r in data["runs"]] == ["one", "two"]
    report.main([str(run / "champion.json"), *options])
    alone = data_of((run / "champion-report.html").read_text(encoding="utf-8"))["runs"][0]
    assert alone["about"] is None
    assert alone["metrics"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere"),
        ([], "run"),
        (["{run}", "--episodes", "0"], "--episodes: expected at least 1"),
        (["{run}", "--weights", "1"], "--weights: expected two or more"),
        (["{run}", "--weights", "nan:1:3"], "weights: expected LOW:HIGH:COUNT"),
        (["{run}", "--workers", "0"], "--workers"),
        (["{run}", "--out", "{run}"], "--out: expected a file"),
        (["{run}", "--nonsense"], "nonsense"),
    ],
)
def test_bad_input_is_one_line(runs, refused, arguments, message):
    args = [argument.format(run=runs["cartpole"]) for argument in arguments]
    assert message in refused(report.main, args)


def test_damaged_runs_are_told(runs, collector, tmp_path):
    run = shutil.copytree(runs["cartpole"], tmp_path / "run")
    shutil.copy(run / "champion.json", run / "champions" / "000999.json")
    (run / "champions" / "000000.json").write_bytes(
        (runs["swingup"] / "champion.json").read_bytes()
    )
    message = r"000000\.json: expected 4 inputs, as in champion\.json, got 5"
    with pytest.raises(ValueError, match=message):
        collector.read([run])
    shutil.copy(runs["cartpole"] / "champion.json", run / "champions" / "000000.json")
    np.savez(run / "checkpoint.npz", generation=np.array(3))
    with pytest.raises(ValueError, match=r"run: the checkpoint does not fit: expected an array"):
        collector.read([run])
    (run / "champion.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"run with a champion\.json"):
        collector.read([run])


def test_tuned_weights_of_another_network_are_told_and_left_out(runs, tmp_path, capsys):
    run = shutil.copytree(runs["swingup"], tmp_path / "run")
    earlier = wann.load(sorted((run / "champions").glob("*.json"))[0])
    weights = np.full(int(earlier.genome.connections["enabled"].sum()), 0.5)
    for content in (lambda file: replace(earlier, weights=weights).save(file), damage):
        content(run / "champion-tuned.json")
        report.main([str(run), "--episodes", "2", "--workers", "1", "--force", "--quiet"])
        captured = capsys.readouterr().err.splitlines()
        assert len(captured) == 1
        assert captured[0].endswith("the page is made without tuned weights")
        assert (
            data_of((run / "report.html").read_text(encoding="utf-8"))["runs"][0]["tuned"] is None
        )


def damage(file):
    file.write_text('{"format": []}')
