"""What the server of a followed run answers, and to whom."""

import json
import socket
import struct
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack

import pytest

from tests.followed import get, search, serving
from wann.report.server import MOST_CONNECTIONS, Handler
from wann.storage.metrics import METRICS


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
