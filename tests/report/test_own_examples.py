"""Examples of one's own: drawn digits, rows set by sliders."""

import numpy as np
import pytest

import wann
from tests.reports import page_of, search
from wann import envs
from wann.envs.classification import ClassificationTask


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
    thumb = "const {textContent, ariaLabel} = document.querySelector('.thumb:nth-child(2)');"
    shown, said = browser.run(f"{thumb} return [textContent, ariaLabel]")
    assert shown == "2"
    assert said.startswith("2: ")  # who speaks to a page names what is seen
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
