"""The page of a report, in a browser."""

import base64
import shutil
from dataclasses import replace

import numba
import numpy as np
import pytest

import wann
from tests import naive
from tests.browser import chromium
from tests.genomes import grown
from tests.reports import WEIGHTS, data_of, page_of, search, small_pages, small_runs
from wann import envs
from wann.core.kernels import activations
from wann.core.network import express
from wann.envs.classification import ClassificationTask
from wann.envs.task import ControlTask
from wann.report import playback
from wann.report.collect import Collector
from wann.report.page import render
from wann.storage import bundled

HOSTILE = """</script><script>alert("1")</script>'<!--ü&amp;{{data}}"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return small_runs(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def collector():
    return Collector(WEIGHTS, episodes=3, workers=1)


@pytest.fixture(scope="module")
def pages(runs, collector, tmp_path_factory):
    return small_pages(runs, collector, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(autouse=True)
def _silent_console(request):
    yield
    if "browser" in request.fixturenames:
        assert request.getfixturevalue("browser").complaints() == []


# Its computing, against Python's.


def arrays(network):
    names = ("activations", "offsets", "sources", "ids")
    return {name: getattr(network, name).tolist() for name in names}


def test_page_computes_networks_as_python_does(pages, browser):
    rng = np.random.default_rng(1)
    cases, expected = [], []
    for seed in range(50):
        network = express(grown(seed, 60, inputs=4, outputs=3))
        x = rng.normal(0, 2, (20, 4))
        weights = rng.uniform(-2, 2, 20)
        cases.append({"arrays": arrays(network), "x": x.tolist(), "weights": weights.tolist()})
        expected.append([network.forward(row, w) for row, w in zip(x, weights, strict=True)])
    used = {a for case in cases for a in case["arrays"]["activations"]}
    assert used == set(range(len(activations.NAMES)))
    browser.open(pages["cartpole"])
    found = browser.run(
        """return arguments[0].map(({arrays, x, weights}) => {
             const network = makeNetwork(arrays, 4, 3, arguments[1]);
             return x.map((row, i) => {
               setInputs(network, row);
               return Array.from(forward(network, weights[i]));
             });
           });""",
        cases,
        list(activations.NAMES),
    )
    # Sines and exponentials may differ in the last digit; sin(πx) of a large sum in more.
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-9, atol=1e-9)


def test_page_computes_random_individual_weights_as_python_does(pages, browser):
    rng = np.random.default_rng(3)
    cases, expected = [], []
    for seed in range(30):
        network = express(grown(seed, 60, inputs=4, outputs=3))
        x = rng.normal(0, 2, (5, 4))
        weights, factor = rng.uniform(-2, 2, (5, network.enabled)), rng.uniform(-2, 2, 5)
        strengths = [network.strengths(each)[0].tolist() for each in weights]
        cases.append({"arrays": arrays(network), "x": x.tolist(), "weights": strengths})
        cases[-1]["factor"] = factor.tolist()
        # One factor of all weights is the same as all of them multiplied.
        expected.append(
            [network.forward(a, f * w) for a, f, w in zip(x, factor, weights, strict=True)]
        )
    browser.open(pages["cartpole"])
    found = browser.run(
        """return arguments[0].map(({arrays, x, weights, factor}) => {
             const network = makeNetwork(arrays, 4, 3, arguments[1]);
             return x.map((row, i) => {
               network.factors = Float64Array.from(weights[i]);
               setInputs(network, row);
               return Array.from(forward(network, factor[i]));
             });
           });""",
        cases,
        list(activations.NAMES),
    )
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["cartpole", "swingup"])
def test_page_moves_tasks_as_python_does(pages, browser, name):
    task = envs.make(name)
    rng = np.random.default_rng(2)
    actions = rng.integers(2, size=200) if task.bounds is None else rng.uniform(-1.5, 1.5, 200)
    expected = []
    starts = task.initial_states(np.random.default_rng([0, 5]), 3)
    for start in starts:
        state, observation, rows = start.copy(), np.empty(len(task.inputs)), []
        for action in actions:
            task.observe(state, observation)
            reward, over = task.step(state, np.array([float(action)]))
            rows.append([*observation, *state, reward, float(over)])
        expected.append(rows)
    browser.open(pages[name])
    found = browser.run(
        """const {constants, starts, kind} = runShown().scene;
           const dynamics = DYNAMICS[kind];
           return starts.slice(0, 3).map((start) => {
             const state = [...start];
             return arguments[0].map((action) => {
               const observation = dynamics.observe(state);
               const {reward, terminated} = dynamics.step(constants, state, [action]);
               return [...observation, ...state, reward, terminated ? 1 : 0];
             });
           });""",
        actions.tolist(),
    )
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-7, atol=1e-9)


def test_page_plays_episodes_as_python_does(runs, pages, browser):
    genome, task = wann.load(runs["cartpole"]).genome, envs.make("cartpole")
    starts = task.initial_states(np.random.default_rng([0, 5]), 4)
    weights = np.array([-1.5, 0.4, 1.0])
    expected = [[naive.rollout(task, genome, w, s)[0] for s in starts] for w in weights]
    browser.open(pages["cartpole"])
    found = browser.run(
        """return arguments[0].map((weight) => [0, 1, 2, 3].map((number) => {
             const episode = makeTask(runShown());
             episode.number = number;
             episode.restart();
             while (!episode.ending) episode.advance(network, weight);
             return episode.total;
           }));""",
        weights.tolist(),
    )
    assert found == expected


# In use.


def test_slider_changes_what_is_drawn(pages, browser):
    browser.open(pages["swingup"])
    assert browser.text("#weight-value") == "1.00"
    drawn = "#topology", "#sweep .marker"
    before = [browser.markup(selector) for selector in drawn]
    browser.slide("#weight", "-1.5")
    assert browser.text("#weight-value") == "−1.50"
    assert all(b != browser.markup(s) for b, s in zip(before, drawn, strict=True))
    left = browser.run("return document.querySelector('#sweep .marker line').getAttribute('x1')")
    thumb = browser.run(
        """const slider = document.getElementById('weight').getBoundingClientRect();
           const chart = document.querySelector('#sweep svg').getBoundingClientRect();
           return slider.left + 11 + (slider.width - 22) * 0.125 - chart.left"""
    )
    assert float(left) == pytest.approx(thumb, abs=1.5)  # the thumb stands below the marker


def test_play_pause_and_step(pages, browser):
    browser.open(pages["swingup"])
    steps = "return task.steps"
    assert browser.run(steps) == 0
    browser.click("#step")
    assert browser.run(steps) == 1
    cart = browser.markup("#scene")
    browser.click("#play")
    browser.wait("return task.steps > 5")
    assert browser.markup("#scene") != cart
    browser.click("#play")
    paused = browser.run(steps)
    later = "return new Promise(done => setTimeout(() => done(task.steps), 80))"
    assert browser.run(later) == paused
    browser.click("#next")
    assert browser.run("return [task.steps, task.number]") == [0, 1]


def test_keyboard(pages, browser):
    browser.open(pages["swingup"])
    browser.press(".")
    assert browser.run("return task.steps") == 1
    browser.press(" ")
    assert browser.text("#play") == "Pause"
    browser.press(" ")
    browser.press("\ue012", "#weight")  # the left arrow
    assert browser.text("#weight-value") == "0.99"
    first = "#topology .node"
    browser.run("document.querySelector(arguments[0]).focus()", first)
    assert "bias" in browser.text("#facts")
    browser.press("\ue014", first)  # the right arrow
    assert "x" in browser.run("return document.activeElement.getAttribute('aria-label')")
    assert browser.run("return document.querySelectorAll('#topology [tabindex=\"0\"]').length") == 1


def test_node_tells_activation_and_connections(pages, browser):
    browser.open(pages["swingup"])
    node = browser.run("return network.firstOutput")
    from selenium.webdriver import ActionChains

    target = browser.driver.find_element("css selector", f'.node[data-node="{node}"]')
    ActionChains(browser.driver).move_to_element(target).perform()
    told = browser.text("#facts")
    assert "output force, linear; from" in told
    sources = browser.run("return sourcesOf(network, arguments[0]).length", node)
    marked = "return document.querySelectorAll('#topology .marked .in').length"
    assert browser.run(marked) == sources > 0


def test_evolution_and_front_choose_the_network(pages, browser):
    browser.open(pages["swingup"])
    last = browser.text("#network-title")
    shown = browser.markup("#topology")
    browser.slide("#generation", "0")
    assert browser.text("#network-title") == "Champion of generation 0" != last
    assert browser.markup("#topology") != shown
    browser.run("document.querySelector('#pareto .point').dispatchEvent(new MouseEvent('click'))")
    assert browser.text("#network-title") == "From the Pareto front"
    network = browser.run("return document.querySelector('#pareto .point.shown').dataset.network")
    assert browser.run("return state.shown") == int(network)


def test_examples_are_sorted_anew_with_the_weight(pages, runs, browser):
    browser.open(pages["digits"])
    assert browser.run("return document.querySelectorAll('.thumb').length") == 40
    assert browser.run("return document.querySelectorAll('.chance').length") == 10
    network, task = wann.load(runs["digits"]).network, envs.make("digits")
    bars = browser.markup(".chances")
    for weight in (-2.0, 0.3):
        browser.slide("#weight", str(weight))
        outputs = network.forward(task.test.X[playback.balanced(task.test, 40)], weight)
        guessed = outputs[np.arange(40), browser.run("return task.guesses")]
        np.testing.assert_allclose(guessed, outputs.max(axis=1), rtol=1e-9)  # some are equal
    assert browser.markup(".chances") != bars
    browser.click("#step")
    assert browser.run("return task.number") == 1


@pytest.mark.parametrize("name", ["swingup", "cartpole", "digits"])
def test_phone_and_dark(pages, browser, name):
    browser.open(pages[name], width=360, height=740, dark=True)
    width = "return document.documentElement.scrollWidth"
    assert browser.run(width) == 360
    background = "return getComputedStyle(document.body).backgroundColor"
    assert browser.run(background) == "rgb(17, 20, 23)"
    browser.open(pages[name])
    assert browser.run(width) == 1280
    assert browser.run(background) == "rgb(247, 246, 242)"


def test_page_prints_wide_and_comes_back(pages, browser):
    browser.open(pages["swingup"], width=360)
    narrow = browser.markup("#topology")
    printed = """window.dispatchEvent(new Event('beforeprint'));
                 const drawn = topology.plan.upright;
                 window.dispatchEvent(new Event('afterprint'));
                 return drawn;"""
    assert not browser.run(printed)
    assert browser.markup("#topology") == narrow
    pdf = browser.driver.execute_cdp_cmd("Page.printToPDF", {})["data"]
    assert base64.b64decode(pdf).startswith(b"%PDF")


def test_page_plays_at_once_but_not_against_the_users_wish(pages, browser):
    browser.open(pages["cartpole"], paused=False)
    assert browser.text("#play") == "Pause"
    browser.open(pages["cartpole"], paused=True)
    assert browser.text("#play") == "Play"


def test_runs_are_compared(runs, collector, browser, tmp_path):
    other = shutil.copytree(runs["swingup"], tmp_path / "other")
    page = tmp_path / "page.html"
    paths = [runs["swingup"], other, runs["cartpole"]]
    page.write_text(page_of(paths, collector), encoding="utf-8")
    browser.open(page)
    rows = "return document.querySelectorAll('#compare .scroll:first-child tbody tr').length"
    assert browser.run(rows) == 3
    assert browser.run("return document.querySelectorAll('#compare .sweeps .line').length") == 2
    assert browser.text("#title") == "swingup"
    assert "add connection" in browser.text("#compare")  # a setting in which they differ
    assert browser.run("return areSeeds(data.runs)") is False
    seeds = "const [one] = data.runs; return [areSeeds([one, one, one]), band([[1, 2], [3, 2]])]"
    assert browser.run(seeds) == [True, [[2, pytest.approx(2**0.5)], [2, 0]]]
    browser.click("#runs button:last-child")
    assert browser.text("#title") == "cartpole"
    browser.open(page, width=360)
    assert browser.run("return document.documentElement.scrollWidth") == 360


# Teaching.


@pytest.fixture(scope="module")
def tuned(runs, collector, tmp_path_factory):
    """A page about a run with weights of its own for each connection, and those weights."""
    run = shutil.copytree(runs["swingup"], tmp_path_factory.mktemp("tuned") / "run")
    model = wann.load(run)
    weights = np.random.default_rng(4).uniform(-2, 2, model.network.enabled)
    replace(model, weights=weights).save(run / "champion-tuned.json")
    page = run / "page.html"
    page.write_text(page_of([run], collector), encoding="utf-8")
    return page, model.network.strengths(weights)[0]


def test_shared_random_and_tuned_weights(tuned, browser):
    page, weights = tuned
    browser.open(page)
    pressed = "return document.querySelector('.switch [aria-pressed=true]').textContent"
    assert browser.run(pressed) == "shared"
    assert "Every line of this network has the same weight" in browser.text("#lead")
    assert browser.run("return network.factors") is None
    browser.click("#mode-random")
    factors = "return Array.from(network.factors)"
    first = np.array(browser.run(factors))
    assert len(first) == len(weights)
    assert len(np.unique(first)) == len(first)
    assert np.abs(first).max() <= 2
    assert "random" in browser.text("#lead")
    browser.press("\n", "#die")
    assert not np.allclose(first, browser.run(factors))
    browser.click("#mode-tuned")
    np.testing.assert_array_equal(browser.run(factors), weights)
    assert browser.text("#weight-value") == "1.00"
    ordinary = wann.load(bundled.ordinary("swingup"))
    np.testing.assert_array_equal(
        browser.run("return Array.from(rival.network.factors)"),
        ordinary.network.strengths(ordinary.weights)[0],
    )
    browser.click("#mode-shared")
    assert browser.run("return network.factors") is None


def test_tuned_weights_are_those_of_the_last_champion_alone(tuned, runs, pages, browser):
    browser.open(tuned[0])
    browser.click("#mode-tuned")
    browser.slide("#generation", "0")
    assert browser.run("return [modeNow(), network.factors]") == ["shared", None]
    browser.open(pages["swingup"])
    assert browser.run("return document.getElementById('mode-tuned').disabled")


def test_conditions_are_marks_one_can_press(tuned, browser):
    browser.open(tuned[0])
    names = browser.run(
        "return [...document.querySelectorAll('.condition button')]"
        ".map((button) => button.dataset.condition)"
    )
    assert names == ["random weights", "random shared", "best shared", "tuned weights"]
    for name, mode in zip(names, ("random", "shared", "shared", "tuned"), strict=True):
        browser.run("document.querySelector(`[data-condition='${arguments[0]}']`).click()", name)
        assert browser.run("return modeNow()") == mode
    weight = browser.run("return runShown().conditions[2].weight")
    browser.run("document.querySelector(\"[data-condition='best shared']\").click()")
    assert browser.run("return state.weight") == pytest.approx(weight)


def test_what_a_throw_is_worth_is_tried_in_the_page(tuned, browser):
    browser.open(tuned[0])
    browser.click("#mode-random")
    browser.wait("return !['', '…'].includes(document.querySelector('#sweep .value').textContent)")
    tried = """const episode = makeTask(runShown());
               let total = 0;
               for (let i = 0; i < 12; i++) {
                 while (!episode.ending) episode.advance(network, 1);
                 total += episode.total;
                 episode.next();
               }
               return number(total / 12);"""
    assert browser.run(tried) == browser.text("#sweep .value")


def test_a_change_of_weight_starts_the_episode_anew(pages, browser):
    browser.open(pages["swingup"])
    for change in (
        "document.getElementById('mode-random').click()",
        "setWeight(0.5)",
        "document.getElementById('die').click()",
    ):
        browser.run("for (let i = 0; i < 5; i++) advance(); drawTask();")
        assert browser.run("return [task.steps, rival.task.steps]") == [5, 5]
        browser.run(change)
        assert browser.run("return [task.steps, task.total, rival.task.steps]") == [0, 0, 0]
    browser.run("advance()")
    browser.run("setWeight(state.weight)")
    assert browser.run("return task.steps") == 1


def test_four_questions_are_answered(tuned, browser):
    browser.open(tuned[0])
    told = browser.text("#questions")
    for question in (
        "What is this?",
        "Why does it not fall?",
        "What happens if the weights differ?",
        "What is trained?",
    ):
        assert question in told
    assert "[" not in told
    means = browser.run("return runShown().conditions.map(({mean}) => number(mean))")
    assert f"the mean return is {means[0]}, with one random weight for all {means[1]}" in told


def test_words_explain_themselves(tuned, browser):
    browser.open(tuned[0])
    shown = "const tip = document.getElementById('tip'); return tip.hidden ? null : tip.textContent"
    assert (
        browser.run(
            "return [...document.querySelectorAll('.term')]"
            ".filter((term) => !GLOSSARY[term.dataset.term]).length"
        )
        == 0
    )
    for term in ("weight", "peak", "champion"):
        browser.run(f"document.querySelector('[data-term={term}]').focus()")
        assert browser.run(shown) == browser.run("return GLOSSARY[arguments[0]]", term)
    browser.press("\ue00c", "[data-term=champion]")  # escape
    assert browser.run(shown) is None


def test_scores_that_are_all_the_same_are_one_number(pages, browser):
    browser.open(pages["digits"])
    browser.run(
        "Object.assign(runShown(), {shared_weights: [1, 2]});"
        "Object.assign(runShown().scores, {fitness: 0.9, peak: 0.9, worst: 0.9}); drawHead()"
    )
    assert browser.text("#summary").count("0.900") == 1
    assert "invariant" in browser.text("#summary")


# One's own examples.


def test_a_digit_can_be_drawn(pages, runs, browser):
    from selenium.webdriver import ActionChains

    browser.open(pages["digits"])
    browser.click(".tools button")
    pad = browser.driver.find_element("css selector", ".pad")
    chain = ActionChains(browser.driver, duration=0).move_to_element_with_offset(pad, 0, -50)
    chain.click_and_hold().move_by_offset(0, 60).move_by_offset(0, 40).release().perform()
    drawn = np.array(browser.run("return Array.from(task.own.bytes)")).reshape(8, 8)
    assert drawn[:, 3:5].min() > 100  # a stroke from top to bottom, in the middle
    assert drawn[:, [0, 1, 6, 7]].max() == 0
    values = np.array(browser.run("return task.own.values"))
    network = wann.load(runs["digits"]).network
    for weight in (1.0, -0.7):
        browser.run("setWeight(arguments[0])", weight)
        outputs = network.forward(values, weight)
        assert outputs[browser.run("return task.guess")] == pytest.approx(outputs.max())
        pixels = browser.run("return Array.from(network.values.subarray(1, 65))")
        np.testing.assert_array_equal(pixels, values)
    assert "your own" in browser.text("#status")
    browser.click(".thumb")
    assert browser.run("return [task.own, document.querySelector('.pad').hidden]") == [None, True]


def test_a_digit_can_be_drawn_with_keys(pages, browser):
    browser.open(pages["digits"])
    browser.click(".tools button")
    browser.press(" " + 6 * "\ue015" + " ", ".pad")  # the down arrow
    drawn = np.array(browser.run("return Array.from(task.own.bytes)")).reshape(8, 8)
    assert drawn[:, 3:5].sum() == drawn.sum() > 0


# Names that mean harm, and tasks the page does not know.


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


def test_rows_without_pictures(collector, browser, tmp_path, monkeypatch):
    monkeypatch.setattr(envs, "_makers", dict(envs._makers))
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    envs.register("rows", lambda: ClassificationTask(X, X[:, 0] > 0, name="rows"))
    page = tmp_path / "page.html"
    run = search(tmp_path / "run", "rows", generations=2, batch=20)
    page.write_text(page_of([run], collector), encoding="utf-8")
    browser.open(page)
    assert browser.text("#task-title") == "An example, yours or one of these, and the 2 outputs"
    assert browser.run("return document.querySelectorAll('.features input').length") == 3
    values = browser.run("return [...task.example.values]")
    browser.slide(".features label:nth-child(2) input", "0.25")
    own = browser.run("return task.own.values")
    assert own[1] == pytest.approx(0.25, abs=0.02)
    assert own[::2] == values[::2]
    outputs = wann.load(run).network.forward(np.array(own), browser.run("return state.weight"))
    assert browser.run("return task.guess") == outputs.argmax()
    assert "your own" in browser.text("#status")
    browser.click("#next")
    assert browser.run("return task.own") is None
