"""A run that a page follows, and a server that answers."""

import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

import wann
from wann.core.config import preset
from wann.report.server import Server

CONFIG = preset("cartpole", population=12, generations=3, confirm_rollouts=2, target=1000.0)


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


def unfinished(run):
    """Its champion as while a search runs: without final scores."""
    champion = run.path / "champion.json"
    replace(wann.load(champion), scores={"confirmed_fitness": 9.0}).save(champion)
