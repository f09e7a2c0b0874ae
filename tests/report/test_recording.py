"""Recorded episodes: their pictures, what the network saw, and how the page plays them."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import wann
from tests.gym_tasks import Counter
from tests.reports import WEIGHTS, data_of, page_of, search
from wann import envs
from wann.core.rng import Stream, generator
from wann.envs import gym
from wann.evaluation.recording import first_case, record
from wann.report import filmstrips, playback


@pytest.fixture(scope="module")
def task():
    """Cart-pole under a name whose dynamics the page does not know."""
    return replace(envs.make("cartpole"), name="pole")


@pytest.fixture(scope="module")
def network(runs):
    return wann.load(runs["cartpole"]).network


def picture_of(sheet, i):
    """One picture of a sheet, uint8[height, width, 3]."""
    width, height = sheet["size"]
    row, column = divmod(i, sheet["columns"])
    with Image.open(io.BytesIO(base64.b64decode(sheet["picture"]))) as whole:
        box = (column * width, row * height, (column + 1) * width, (row + 1) * height)
        return np.asarray(whole.convert("RGB").crop(box)).astype(int)


def test_a_sheet_shows_an_episode_from_its_first_step_to_its_last(task, network):
    case = first_case(task, generator(0, Stream.SWEEP))
    episode = record(task, network, 1.0, case)
    [sheet] = filmstrips.sheets(task, [episode], case)
    steps = len(episode.rewards)
    assert sheet["times"][0] == 0
    assert sheet["times"][-1] == steps
    assert len(sheet["times"]) == min(filmstrips.FRAMES, steps + 1)
    for i in (0, len(sheet["times"]) // 2, -1):
        place = i % len(sheet["times"])
        drawn = Image.fromarray(task.draw(episode.states[sheet["times"][place]]))
        expected = np.asarray(drawn.resize(sheet["size"])).astype(int)
        assert abs(picture_of(sheet, place) - expected).mean() < 3


def test_sheets_keep_to_their_room(task, network, monkeypatch):
    case = first_case(task, generator(0, Stream.SWEEP))
    episodes = [record(task, network, w, case) for w in (1.0, -1.0)]
    full = filmstrips.sheets(task, episodes, case)
    size = sum(len(sheet["picture"]) for sheet in full)
    fewer = filmstrips.sheets(task, episodes, case, 0.7 * size / filmstrips.MOST_BYTES)
    assert sum(len(sheet["picture"]) for sheet in fewer) <= 0.7 * size
    for one, other in zip(fewer, full, strict=True):
        assert one["times"][-1] == other["times"][-1]
    assert sum(len(s["times"]) for s in fewer) < sum(len(s["times"]) for s in full)


def test_what_draws_nothing_has_no_film(network, task):
    assert filmstrips.sheets(replace(task, draw=None), [], None) is None
    assert filmstrips.sheets(gym.of(Counter), [], 0) is None


def test_units_of_the_built_in_tasks_belong_to_their_observations():
    for name, units in (
        ("cartpole", ["m", "m/s", "rad", "rad/s"]),
        ("swingup", ["m", "m/s", "", "", "rad/s"]),
    ):
        task = envs.make(name)
        assert len(task.units) == len(task.inputs)
        assert playback.of_task(task, 0)["units"] == units


@pytest.fixture(scope="module")
def page(task, collector, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(envs, "_makers", dict(envs._makers))
        envs.register("pole", lambda: task)
        run = search(folder / "run", "pole", generations=2)
        (folder / "page.html").write_text(page_of([run], collector), encoding="utf-8")
    return folder / "page.html"


def test_the_page_plays_pictures_of_the_nearest_recorded_weight(page, browser):
    [run] = data_of(page.read_text(encoding="utf-8"))["runs"]
    assert run["scene"]["weights"] == WEIGHTS.tolist()
    browser.open(page)
    browser.wait("return [...stage.sheets.values()].every((image) => image.complete)")
    colours = (
        "const {width, height} = stage.film;"
        "const copy = html('canvas', {width, height}).getContext('2d', {willReadFrequently: true});"
        "copy.drawImage(stage.film, 0, 0);"
        "const found = copy.getImageData(0, 0, width, height).data;"
        "return [width, height, [...found].filter((_, i) => i % 4 < 3)];"
    )
    for weight, place in ((-1.9, 0), (0.6, 5)):
        browser.slide("#weight", str(weight))
        assert browser.run("return task.weight") == WEIGHTS[place]
        browser.wait("return [...stage.sheets.values()].every((image) => image.complete)")
        film = run["scene"]["episodes"][place]["film"]
        last = len(film["times"]) - 1
        steps = film["times"][last]
        browser.run("for (let i = 0; i < arguments[0]; i++) advance(); drawTask()", steps)
        assert browser.run("return task.ending") == "the recording is over"
        width, height, found = browser.run(colours)
        assert [width, height] == film["size"]
        shown = np.array(found).reshape(height, width, 3)
        assert abs(shown - picture_of(film, last)).mean() < 3
        observations = run["scene"]["episodes"][place]["observations"]
        texts = browser.run("return stage.values.map((text) => text.textContent)")
        seen = [browser.run("return number(arguments[0])", value) for value in observations[-1]]
        assert texts == seen
    assert "theta_dot, rad/s" in browser.text(".stripchart")
    assert "Each strip is one of the network's inputs" in browser.text("#scene")


def test_the_page_names_what_the_network_sees_with_units(pages, browser):
    browser.open(pages["swingup"])
    browser.run("for (let i = 0; i < 7; i++) advance(); drawTask()")
    names = "return [...document.querySelectorAll('#observation dt')].map((e) => e.textContent)"
    values = "return [...document.querySelectorAll('#observation dd')].map((e) => e.textContent)"
    assert browser.run(names) == ["x", "x_dot", "cos_theta", "sin_theta", "theta_dot"]
    seen = browser.run("return task.state.slice(0, 5).map((value) => signed(value))")
    units = [" m", " m/s", "", "", " rad/s"]
    assert browser.run(values) == [a + b for a, b in zip(seen, units, strict=True)]
