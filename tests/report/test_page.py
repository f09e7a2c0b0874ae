"""The page in use, in a browser."""

import base64
import shutil

import numpy as np
import pytest

import wann
from tests.reports import page_of
from wann import envs
from wann.report import playback

# Where lines of the sweep run through its number.
CROSSED = """
    const text = document.querySelector('#sweep .value').getBBox(), found = [];
    for (const line of document.querySelectorAll('#sweep .line')) {
      for (let at = 0; at < line.getTotalLength(); at += 1) {
        const { x, y } = line.getPointAtLength(at);
        const [right, low] = [x - text.x, y - text.y];
        if (right > 0 && right < text.width && low > 3 && low < text.height - 4) found.push(y);
      }
    }
    return found"""


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


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["swingup", "cartpole", "digits"])
def test_the_score_at_the_slider_stands_on_no_line(pages, browser, name, width):
    browser.open(pages[name], width=width)
    for weight in ("-2", "-0.4", "0", "0.3", "1", "1.9"):
        browser.slide("#weight", weight)
        assert browser.run(CROSSED) == []


def test_the_score_in_a_narrow_valley_stands_on_no_line(pages, browser):
    browser.open(pages["swingup"], width=390)
    valley = """const { sweep } = recordShown();
                Object.assign(runShown().scene, { solved_at: 700 });
                sweep.mean = sweep.weights.map((w) => Math.min(20 + 600 * Math.abs(w), 800));
                sweep.std = null;
                drawSweep();"""
    browser.run(valley)
    browser.slide("#weight", "0")
    assert browser.run(CROSSED) == []
    assert browser.text("#sweep .value") == "20.0"


def test_words_of_settings_stay_whole(pages, browser):
    for width in (390, 768):
        browser.open(pages["swingup"], width=width)
        told = browser.run(
            "return [byId('about').querySelector('pre').textContent, data.runs[0].about]"
        )
        assert told[0] == told[1]["command"]
        heights = """const words = [...document.querySelectorAll('.word')];
                     return words.map(word => word.getBoundingClientRect().height)"""
        assert max(browser.run(heights)) < 26
    told = browser.run("return [number(-0.0001), signed(-0.001), number(-0.01), signed(-2)]")
    assert told == ["0.000", "0.00", "−0.010", "−2.00"]


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


def test_champions_stand_side_by_side_under_one_weight(runs, collector, browser, tmp_path):
    page = tmp_path / "page.html"
    paths = [runs["swingup"], runs["cartpole"], runs["digits"]]
    page.write_text(page_of(paths, collector), encoding="utf-8")
    browser.open(page)
    cells = "return beside.cells.map(({run, network}) => [run.label, network.connections])"
    found = browser.run(cells)
    assert found == [[path.name, wann.load(path).network.complexity] for path in paths]
    browser.run("document.getElementById('beside').scrollIntoView()")
    browser.wait("return beside.visible")
    browser.click("#mode-random")
    browser.slide("#beside input", "-0.75")
    assert browser.run("return [modeNow(), state.weight]") == ["shared", -0.75]
    assert browser.text("#weight-value") == browser.text(".one-weight output") == "−0.75"
    browser.run("document.getElementById('beside').scrollIntoView()")
    browser.wait("return beside.visible")
    browser.run("for (let i = 0; i < 3; i++) advance(); drawTask()")
    assert browser.run("return beside.cells.slice(0, 2).map(({task}) => task.steps)") == [3, 3]
    same = """return beside.cells.slice(0, 2).map(({network, task, run}) => {
               const own = makeNetwork(network.record, run.inputs.length, run.outputs.length,
                                       activationNames());
               setInputs(own, task.seen());
               const outputs = Array.from(forward(own, -0.75));
               task.look(network, -0.75);
               return outputs.every((v, i) => v === network.values[network.firstOutput + i]);
             })"""
    assert browser.run(same) == [True, True]
    told = browser.run("return beside.cells.map(({facts}) => facts.textContent)")
    score = "return number(curveAt(lastChampion(data.runs[arguments[0]]).sweep, -0.75))"
    assert all(browser.run(score, i) in text for i, text in enumerate(told))
    assert "right here" in told[2]
    browser.slide("#weight", "0.5")
    assert browser.run("return beside.cells.slice(0, 2).map(({task}) => task.steps)") == [0, 0]
