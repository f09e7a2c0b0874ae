"""The command, and its page in a browser."""

import json

import pytest

from tests.browser import chromium
from tests.followed import search, serving
from wann import watch
from wann.report.server import Server
from wann.storage.metrics import METRICS


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
