"""What a page shows that follows a run."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

import wann
from tests.followed import CONFIG, search, unfinished
from wann.core.kernels import activations
from wann.report import follow, networks
from wann.report.collect import Collector
from wann.report.follow import Watcher
from wann.storage.metrics import METRICS
from wann.storage.run import Run


def test_watcher_looks_only_when_something_changed(run, watcher):
    assert watcher.snapshot.version == 0
    assert watcher.state() == "Waiting for the first champion."
    search(run, 2)
    watcher.look()
    assert watcher.snapshot.version == 1
    assert watcher.state() == "The search is over, after generation 1."
    watcher.look()
    assert watcher.snapshot.version == 1
    search(run, 5)
    watcher.look()
    assert watcher.snapshot.version == 2
    assert watcher.snapshot.data["runs"][0]["metrics"]["generation"] == [0, 1, 2, 3, 4]


def test_a_champion_may_come_before_the_first_row(run, watcher):
    search(run, 1)
    (run.path / "metrics.csv").unlink()
    watcher.look()
    assert watcher.snapshot.data["runs"][0]["metrics"] == {name: [] for name in METRICS}
    unfinished(run)
    watcher.look()
    with run.writing():
        assert watcher.state() == "The search is running: its start."


def several(run, names):
    """Champions of a running search, each with a node of one of some activations."""
    first = wann.load(run.path / "champion.json").genome
    for i, name in enumerate(names):
        node = np.array([(99, activations.NAMES.index(name))], first.hidden.dtype)
        genome = replace(first, hidden=node, connections=first.connections[:0])
        search = {"generation": i}
        model = replace(wann.load(run.path / "champion.json"), genome=genome, search=search)
        model = replace(model, scores={"confirmed_fitness": 9.0})
        model.save(run.path / "champions" / f"{i:06d}.json")
    model.save(run.path / "champion.json")


def shown(watcher):
    """The generations of the champions on the page."""
    networks = watcher.snapshot.data["runs"][0]["networks"]
    return [network["search"]["generation"] for network in networks if network["kind"] != "front"]


def test_a_new_champion_waits_for_no_layout_of_an_earlier_one(run, watcher, monkeypatch):
    search(run, 1)
    names = "sin", "tanh", "cos", "abs", "relu", "step", "linear"
    several(run, names)
    watcher.look()
    assert shown(watcher) == [5, 6]  # the last, and the latest of those before
    watcher.complete()
    assert shown(watcher) == [0, 1, 2, 3, 4, 5, 6]
    laid, arrange = [], networks.arrays
    monkeypatch.setattr(networks, "arrays", lambda model: laid.append(model) or arrange(model))
    several(run, [*names, "gaussian"])
    watcher.look()
    assert shown(watcher) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert [model.search["generation"] for model in laid] == [7]


def test_what_takes_long_gives_way_to_a_new_champion(run, watcher, monkeypatch):
    search(run, 1)
    several(run, ["sin", "tanh", "cos"])
    watcher.look()
    sweep, swept = networks.Exhibits.sweep, []

    def overtaken(self, network, *args):
        swept.append(network)
        if len(swept) == 2:
            several(run, ["sin", "tanh", "cos", "abs"])
        return sweep(self, network, *args)

    monkeypatch.setattr(networks.Exhibits, "sweep", overtaken)
    watcher.complete()
    assert len(swept) == 2  # and no more of it
    assert watcher.runs[0].trouble == ""
    watcher.look()
    watcher.complete()
    champions = watcher.snapshot.data["runs"][0]["networks"][:4]
    assert all(network["sweep"] for network in champions)


def test_state_of_a_running_search(run, watcher, monkeypatch):
    search(run, 2)
    unfinished(run)
    watcher.look()
    with run.writing():
        assert watcher.state() == "The search is running: generation 1."
        monkeypatch.setattr(follow, "QUIET", -1.0)
        assert watcher.state() == "No news from the search since generation 1."
    # It has ended as soon as nobody holds its lock.
    assert watcher.state().startswith("The search has ended, after generation 1; wann search")


def test_a_champion_is_shown_before_its_sweep(run, watcher):
    search(run, 2)
    watcher.look()
    shown = watcher.snapshot.data["runs"][0]
    assert shown["networks"][-1]["sources"]
    assert shown["networks"][-1]["sweep"] is None
    assert shown["population"] is None
    watcher.complete()
    whole = watcher.snapshot.data["runs"][0]
    champions = [network for network in whole["networks"] if network["kind"] == "champion"]
    assert len(champions[-1]["sweep"]["mean"]) == 5
    assert whole["population"]["size"] == 12
    assert watcher.snapshot.version == 2
    watcher.complete()
    assert watcher.snapshot.version == 2
    # The next champion comes at once, too, and the front of before stays until there is a new one.
    search(run, 4)
    unfinished(run)
    watcher.look()
    quick = watcher.snapshot.data["runs"][0]
    front = [i for i in quick["population"]["networks"] if i is not None]
    assert {quick["networks"][i]["kind"] for i in front} == {"front"}
    assert quick["population"]["generation"] == whole["population"]["generation"]


def test_what_was_computed_for_an_older_champion_replaces_no_newer_one(run, watcher, monkeypatch):
    search(run, 2)
    watcher.look()
    compute = watcher.collector.run

    def overtaken(source, share, quick=False, **options):
        found = compute(source, share, quick)
        if not quick:
            monkeypatch.setattr(watcher.collector, "run", compute)
            unfinished(run)
            watcher.look()
        return found

    monkeypatch.setattr(watcher.collector, "run", overtaken)
    watcher.complete()
    assert watcher.snapshot.data["runs"][0]["scores"] == {"confirmed_fitness": 9.0}


def test_a_folder_of_runs_is_followed_with_those_to_come(run):
    search(run, 1)
    watcher = Watcher([run.path.parent], Collector(np.linspace(-2, 2, 5), episodes=2, workers=1))
    assert [shown["label"] for shown in watcher.snapshot.data["runs"]] == ["run"]
    other = Run.create(CONFIG, run.path.parent / "another")
    search(other, 1)
    watcher.look()
    assert [shown["label"] for shown in watcher.snapshot.data["runs"]] == ["another", "run"]
    assert watcher.state() == "2 runs, 0 of them searching."
    with other.writing():
        assert watcher.state() == "2 runs, 1 of them searching."


def test_damaged_files_leave_the_last_view(run, watcher):
    search(run, 2)
    watcher.look()
    (run.path / "champion.json").write_text('{"format": ')
    watcher.look()
    assert watcher.snapshot.version == 1


def test_follows_in_the_background(run, watcher, monkeypatch):
    monkeypatch.setattr(follow, "TICK", 0.01)
    watcher.start()
    search(run, 2)
    for _ in range(500):
        if watcher.snapshot.version:
            break
        threading.Event().wait(0.01)
    watcher.stop()
    assert watcher.snapshot.version >= 1


def test_the_page_says_what_keeps_it_from_following(run, watcher, monkeypatch):
    monkeypatch.setattr(follow, "TICK", 0.01)
    search(run, 2)
    whole = (run.path / "champion.json").read_text()
    (run.path / "champion.json").write_text(whole.replace('"id":0', '"id":' + "9" * 4000))
    watcher.start()
    seen = threading.Event()

    def defect(paths, population=True):
        seen.set()
        raise RuntimeError("not thought of\x1b[31m")

    monkeypatch.setattr(watcher, "collector", replaced := SimpleNamespace(read=defect))
    assert seen.wait(5)
    deadline = time.monotonic() + 5
    while "not thought of" not in watcher.state() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert watcher.state() == (
        "The run cannot be shown as it is now: RuntimeError: not thought of\\x1b[31m"
    )
    replaced.read = Collector(np.linspace(-2, 2, 5), episodes=2, workers=1).read
    while "expected whole numbers" not in watcher.state() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "champion.json: expected whole numbers from -2**63" in watcher.state()
    watcher.stop()
