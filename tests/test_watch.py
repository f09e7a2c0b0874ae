import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

import wann
from tests.browser import chromium
from wann import watch
from wann.core.config import preset
from wann.report import follow
from wann.report.collect import Collector
from wann.report.follow import Watcher
from wann.report.server import Server
from wann.storage.run import Run

CONFIG = preset("cartpole", population=12, generations=3, confirm_rollouts=2, target=1000.0)


@pytest.fixture
def run(tmp_path):
    """A run that has only begun: settings, and no champion."""
    return Run.create(CONFIG, tmp_path / "run")


@pytest.fixture
def watcher(run):
    return Watcher(run.path, Collector(np.linspace(-2, 2, 5), episodes=2, workers=1))


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


def test_state_of_a_running_search(run, watcher, monkeypatch):
    search(run, 2)
    champion = run.path / "champion.json"
    model = wann.load(champion)
    replace(model, scores={"confirmed_fitness": 9.0}).save(champion)
    watcher.look()
    assert watcher.state() == "The search is running: generation 1."
    monkeypatch.setattr(follow, "QUIET", -1.0)
    assert watcher.state() == "No news from the search since generation 1."


def test_damaged_files_leave_the_last_view(run, watcher):
    search(run, 2)
    watcher.look()
    (run.path / "champion.json").write_text('{"format": ')
    watcher.look()
    assert watcher.snapshot.version == 1


def test_follows_in_the_background(run, watcher, monkeypatch):
    monkeypatch.setattr(follow, "INTERVAL", 0.01)
    watcher.start()
    search(run, 2)
    for _ in range(500):
        if watcher.snapshot.version:
            break
        threading.Event().wait(0.01)
    watcher.stop()
    assert watcher.snapshot.version >= 1


def test_server_tells_only_news(run, watcher):
    search(run, 2)
    watcher.look()
    with serving(watcher) as server:
        assert server.server_address[0] == "127.0.0.1"
        assert "connect-src 'self'" in get(server, "")
        assert json.loads(get(server, "data.json?after=0"))["runs"]
        assert json.loads(get(server, "data.json?after=1")) == {"live": watcher.live()}


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
        assert browser.complaints() == []
