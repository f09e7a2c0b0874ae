import json
import os
import shutil
import time

import pytest

import wann
from tests import genomes
from wann import envs
from wann.core.config import preset
from wann.core.network import express
from wann.search.champion import Champion
from wann.storage import listing, names
from wann.storage.run import Run


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with runs/: a finished search of CartPole, and one of digits."""
    folder = tmp_path_factory.mktemp("place")
    small = {"population": 8, "generations": 3, "confirm_rollouts": 2, "target": 1e9}
    for name, seed in (("first", 4), ("second", 5)):
        config = preset("cartpole", seed=seed, **small)
        wann.evolve("cartpole", config, Run.create(config, folder / "runs" / name), workers=1)
    return folder


def test_a_finished_run(place):
    found = listing.read(place / "runs" / "first")
    model = wann.load(found.path)
    assert (found.env, found.seed, found.generation, found.state) == ("cartpole", 4, 2, "done")
    assert found.fitness == model.scores["fitness"]
    assert found.connections == model.network.complexity
    assert abs(found.started - time.time()) < 300
    files = [path for path in found.path.rglob("*") if path.is_file()]
    assert found.size == sum(path.stat().st_size for path in files)


@pytest.mark.parametrize("seed", range(12))
def test_connections_are_those_of_the_network_also_where_the_file_does_not_say(tmp_path, seed):
    genome = genomes.grown(seed, 40, 4, 2)
    model = Champion(genome, 1.0, 3).to_model(envs.make("cartpole"), 0, {"fitness": 2.0})
    assert model.search["connections"] == express(genome).complexity
    model.save(tmp_path / "champion.json")
    value = json.loads((tmp_path / "champion.json").read_text())
    assert listing.connections(value) == express(genome).complexity
    del value["search"]["connections"]  # as in older versions
    (tmp_path / "champion.json").write_text(json.dumps(value))
    (tmp_path / "config.json").write_text('{"settings": {"env": "cartpole"}}')
    assert listing.read(tmp_path).connections == express(genome).complexity


def test_going_and_stopped(place, tmp_path):
    run = Run(shutil.copytree(place / "runs" / "first", tmp_path / "run"))
    with run.writing():
        assert listing.read(run.path).state == "going"
    assert listing.read(run.path).state == "done"
    (run.path / "champion.json").unlink()
    found = listing.read(run.path)
    last = run.metrics()["champion_fitness"][-1]
    assert (found.state, found.fitness, found.connections) == ("stopped", last, None)
    with open(run.path / "metrics.csv", "a") as file:
        file.write("3,12")  # a row that is being written
    assert listing.read(run.path).generation == 2
    (run.path / "metrics.csv").unlink()
    assert listing.read(run.path).generation is None


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("config.json", '{"settings": ', "config.json: expected JSON"),
        ("config.json", "[]", "config.json: expected settings, got list"),
        ("config.json", "{}", "config.json: expected settings, but there are none"),
        ("metrics.csv", "generation,seconds\n1,2,3\n", "metrics.csv: expected 2 numbers in its la"),
        ("metrics.csv", "generation,seconds\n1,x\n", "metrics.csv: expected 2 numbers in its last"),
        ("metrics.csv", "generation\ninf\n", "cannot convert float infinity"),
        ("champion.json", '{\n "scores": {},\n "search": {"connections": []}\n}', "int()"),
        ("champion.json", "{", "champion.json: expected JSON"),
        ("champion.json", '{"nodes": []}', "'connections'"),
    ],
)
def test_a_damaged_run_is_told(place, tmp_path, file, text, problem):
    folder = shutil.copytree(place / "runs" / "first", tmp_path / "run")
    (folder / file).write_text(text)
    found = listing.read(folder)
    assert found.state == "damaged"
    assert problem in found.problem
    assert "\n" not in found.problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("file", ["config.json", "metrics.csv", "champion.json"])
def test_a_pipe_keeps_no_list_waiting_and_a_link_to_a_file_is_one(place, tmp_path, file):
    folder = shutil.copytree(place / "runs" / "first", tmp_path / "runs" / "run")
    (folder / file).rename(tmp_path / file)
    (folder / file).symlink_to(tmp_path / file)
    (linked,) = listing.runs_in(tmp_path / "runs")
    assert linked.state == "done"
    (tmp_path / file).unlink()
    os.mkfifo(tmp_path / file)
    found = listing.read(folder)
    assert found.state == "damaged"
    assert "is a pipe" in found.problem


def test_folders_of_runs(place, tmp_path):
    runs = shutil.copytree(place / "runs", tmp_path / "runs")
    shutil.copytree(runs / "first", runs / "of a day" / "third")
    shutil.copytree(runs / "first", runs / ".hidden" / "fourth")
    (runs / "empty").mkdir()
    (runs / "several" / "s0").mkdir(parents=True)
    (runs / "several" / "config.json").write_text('{"kind": "seeds"}')
    (runs / "several" / "s0" / "config.json").write_text("{}")
    found = [path.relative_to(runs).as_posix() for path in listing.folders(runs)]
    assert found == ["first", "of a day/third", "second", "several/s0"]
    found = [path.relative_to(runs).as_posix() for path in listing.folders(runs, inside=False)]
    assert found == ["first", "of a day/third", "second", "several"]
    assert list(listing.folders(runs / "first")) == [runs / "first"]
    assert [listing.is_search(runs / name) for name in ("first", "several", "empty")] == [
        True,
        True,
        False,
    ]
    (runs / "second" / "config.json").write_text('{"kind": "prune", "settings": {}}')
    assert not listing.is_search(runs / "second")
    assert list(listing.folders(tmp_path / "nowhere")) == []


def test_latest(place, tmp_path, monkeypatch):
    monkeypatch.chdir(place)
    assert names.resolve("latest") == "runs/second"
    assert wann.load("latest").search["seed"] == 5
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="latest: expected a run in runs/, but there is none here"):
        names.resolve("latest")
    (tmp_path / "latest").mkdir()
    assert names.resolve("latest") == "latest"  # the user's own


def test_the_best(place, monkeypatch):
    monkeypatch.chdir(place)
    fitness = {path: listing.read(path).fitness for path in listing.folders(listing.PLACE)}
    assert names.resolve("best:cartpole") == str(max(fitness, key=fitness.get))
    message = "runs/ whose search is over, but there are runs for cartpole; did you mean cartpole?"
    with pytest.raises(ValueError, match=message):
        names.resolve("best:cartpol")


def test_champions_that_come_with_the_project_are_not_among_the_best(place, tmp_path, monkeypatch):
    shutil.copytree(place / "runs" / "first", tmp_path / "runs" / "champions" / "cartpole")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="there is none here"):
        names.resolve("best:cartpole")
