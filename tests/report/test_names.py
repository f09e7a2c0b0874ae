"""Names that mean harm, and tasks that the page does not know."""

import numba
import pytest

from tests.reports import WEIGHTS, data_of, page_of, search
from wann import envs
from wann.envs.task import ControlTask
from wann.report.collect import Collector
from wann.report.page import render

HOSTILE = """</script><script>alert("1")</script>'<!--ü&amp;{{data}}"""


@numba.njit
def observe(state, observation):
    observation[:] = state


@numba.njit
def step(state, action):
    state[0] += 0.1 * action[0]
    return 1.0 + action[0], abs(state[0]) > 2.0


@pytest.fixture
def hostile_task(monkeypatch):
    """A registered control task of bad names, and its own dynamics."""
    monkeypatch.setattr(envs, "_makers", dict(envs._makers))
    task = ControlTask(
        name=HOSTILE,
        inputs=(HOSTILE, '"><img src=x onerror=alert(1)>'),
        outputs=("\u2028\u202e&<",),
        episode_limit=30,
        solved_at=25.0,
        bounds=(-1.0, 1.0),
        initial_states=lambda rng, count: rng.uniform(-1, 1, (count, 2)),
        observe=observe,
        step=step,
    )
    envs.register(HOSTILE, lambda: task)
    return task


def test_names_do_no_harm(hostile_task, collector, browser, tmp_path):
    run = search(tmp_path / "<i>a\"b'é</i>", HOSTILE, generations=2)
    data = collector.collect(collector.read([run]))
    assert data["runs"][0]["scene"]["kind"] == "recorded"
    page = tmp_path / "page.html"
    page.write_text(render(data), encoding="utf-8")
    assert data_of(page.read_text(encoding="utf-8")) == data
    browser.open(page)
    assert browser.text("#title") == HOSTILE
    assert run.name in browser.text("#about")
    assert browser.run("return document.querySelectorAll('img, i > *, script').length") == 2
    browser.slide("#weight", "-2")
    browser.click("#step")
    assert browser.run("return task.steps") == 1
    assert browser.run("return task.weight") == -2
    browser.open(page, width=360)
    assert browser.run("return document.documentElement.scrollWidth") == 360


def test_unknown_task_shows_the_rest(hostile_task, browser, tmp_path):
    run = search(tmp_path / "run", HOSTILE, generations=2)
    envs._makers.pop(HOSTILE)
    page = tmp_path / "page.html"
    page.write_text(page_of([run], Collector(WEIGHTS, 2, 1)), encoding="utf-8")
    browser.open(page)
    assert "unknown env" in browser.text("#note")
    assert browser.run("return document.getElementById('sweep').hidden")
    weights = browser.markup("#topology")
    browser.slide("#weight", "-1")
    assert browser.markup("#topology") != weights
