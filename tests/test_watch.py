import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import wann
from tests.browser import chromium
from wann import watch
from wann.core.config import preset
from wann.core.kernels import activations
from wann.report import follow, networks
from wann.report.collect import Collector
from wann.report.follow import Watcher
from wann.report.server import MOST_CONNECTIONS, Handler, Server
from wann.storage.metrics import METRICS
from wann.storage.run import Run

CONFIG = preset("cartpole", population=12, generations=3, confirm_rollouts=2, target=1000.0)


@pytest.fixture
def run(tmp_path):
    """A run that has only begun: settings, and no champion."""
    return Run.create(CONFIG, tmp_path / "run")


@pytest.fixture
def watcher(run):
    return Watcher([run.path], Collector(np.linspace(-2, 2, 5), episodes=2, workers=1))


@contextmanager
def serving(watcher):
    """A server that answers in a thread of its own."""
    server = Server(watcher)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def search(run, generations):
    """Go on with a search to a generation."""
    wann.evolve("cartpole", replace(CONFIG, generations=generations), run, workers=1)


def get(server, path, host=None):
    request = urllib.request.Request(server.address + path)
    if host:
        request.add_header("Host", host)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read().decode()


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


def unfinished(run):
    """Its champion as while a search runs: without final scores."""
    champion = run.path / "champion.json"
    replace(wann.load(champion), scores={"confirmed_fitness": 9.0}).save(champion)


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


def test_rows_come_by_appending(run, watcher):
    search(run, 2)
    watcher.look()
    with serving(watcher) as server:
        version = watcher.live()["version"]
        asked = urllib.parse.urlencode({"after": version, "run": run.path, "seen": 1})
        assert "rows" not in json.loads(get(server, f"data.json?{asked}"))
        with run.writing():
            run.log(dict.fromkeys(METRICS, 2))
        rows = json.loads(get(server, f"data.json?{asked}"))["rows"][str(run.path)]
        assert rows["generation"] == rows["fitness_best"] == [2]
        damaged = asked.replace("seen=1", "seen=x")
        assert "rows" not in json.loads(get(server, f"data.json?{damaged}"))


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
    (run.path / "champion.json").write_text(whole.replace('"id": 0', '"id": ' + "9" * 4000))
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


def test_half_open_connections_starve_nobody(watcher, monkeypatch):
    with serving(watcher) as server, ExitStack() as stack:
        for _ in range(3 * MOST_CONNECTIONS):
            stack.enter_context(socket.create_connection(server.server_address))
        assert "wann" in get(server, "")
        assert len(server._connections) <= MOST_CONNECTIONS


def test_a_request_that_does_not_come_is_ended(watcher, monkeypatch, capsys):
    monkeypatch.setattr(Handler, "timeout", 0.05)
    with serving(watcher) as server:
        with socket.create_connection(server.server_address, timeout=5) as half:
            half.sendall(b"GET / HT")
            assert half.recv(10) == b""
        with socket.create_connection(server.server_address) as aborted:
            aborted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            host = next(iter(server.names))
            aborted.sendall(f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        assert "wann" in get(server, "")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("path", ["", "data.json", "nothing"])
def test_no_page_shows_this_one_inside_itself(watcher, path):
    with serving(watcher) as server:
        try:
            answer = urllib.request.urlopen(server.address + path, timeout=5)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_server_tells_only_news(run, watcher):
    search(run, 2)
    watcher.look()
    with serving(watcher) as server:
        assert server.server_address[0] == "127.0.0.1"
        assert "connect-src 'self'" in get(server, "")
        live = watcher.live()
        assert json.loads(get(server, "data.json?after=0"))["runs"]
        # A version of another watcher is none of this one.
        other = live["version"].replace(watcher.session, "0")
        assert json.loads(get(server, f"data.json?after={other}"))["runs"]
        assert json.loads(get(server, f"data.json?after={live['version']}")) == {"live": live}


@pytest.mark.parametrize(("path", "host", "code"), [("../etc", None, 404), ("", "evil.org", 403)])
def test_server_refuses_the_rest(watcher, path, host, code):
    with serving(watcher) as server, pytest.raises(urllib.error.HTTPError) as refusal:
        get(server, path, host)
    assert refusal.value.code == code
    refusal.value.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "expected the folder of a run"),
        ([], "expected the folder of a run, or of several"),
        (["{run}", "--port", "70000"], "--port: expected 0 to 65535"),
        (["{run}", "--port", "{port}"], "--port: expected a free port"),
        (["{run}", "--episodes", "0"], "--episodes"),
    ],
)
def test_bad_input_is_one_line(run, watcher, refused, arguments, message):
    with serving(watcher) as server:
        values = {"run": run.path, "port": server.server_port}
        args = [argument.format(**values) for argument in arguments]
        assert message in refused(watch.main, args)


def test_command_serves_until_it_is_interrupted(run, monkeypatch, capsys):
    def interrupt(server):
        assert "Waiting for the first champion" in json.dumps(server.watcher.live())
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", interrupt)
    watch.main([str(run.path), "--port", "0"])
    assert "http://127.0.0.1:" in capsys.readouterr().out


def test_page_follows_the_search(run, watcher, tmp_path):
    with serving(watcher) as server, chromium(tmp_path / "profile") as browser:
        browser.open(server.address)
        assert browser.run("return document.getElementById('page').hidden")
        search(run, 2)
        watcher.look()
        browser.wait("return !document.getElementById('page').hidden")
        browser.slide("#weight", "-1.25")
        browser.slide("#generation", "0")
        search(run, 6)
        watcher.look()
        browser.wait("return data.runs[0].metrics.generation.length === 6")
        assert browser.text("#weight-value") == "−1.25"
        assert browser.text("#network-title") == "Champion of generation 0"
        assert "generation 5" in browser.text("#live")
        title = "return document.title"
        assert browser.run(title).startswith("generation 5, ")
        with run.writing():
            run.log({**dict.fromkeys(METRICS, 1), "generation": 6})
        browser.wait("return data.runs[0].metrics.generation.length === 7")
        assert browser.run(title).startswith("generation 6, ")
        assert browser.complaints() == []
