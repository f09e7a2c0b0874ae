"""Small runs, the pages about them and a browser, made once for all tests of this folder."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

import wann
from tests.browser import chromium
from tests.reports import WEIGHTS, page_of, small_pages, small_runs
from wann.report.collect import Collector


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    return small_runs(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def collector():
    return Collector(WEIGHTS, episodes=3, workers=1)


@pytest.fixture(scope="session")
def pages(runs, collector, tmp_path_factory):
    return small_pages(runs, collector, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(autouse=True)
def _silent_console(request):
    yield
    if "browser" in request.fixturenames:
        assert request.getfixturevalue("browser").complaints() == []


@pytest.fixture(scope="session")
def tuned(runs, collector, tmp_path_factory):
    """A page about a run with weights of its own for each connection, and those weights."""
    run = shutil.copytree(runs["swingup"], tmp_path_factory.mktemp("tuned") / "run")
    model = wann.load(run)
    weights = np.random.default_rng(4).uniform(-2, 2, model.network.enabled)
    replace(model, weights=weights).save(run / "champion-tuned.json")
    page = run / "page.html"
    page.write_text(page_of([run], collector), encoding="utf-8")
    return page, model.network.strengths(weights)[0]
