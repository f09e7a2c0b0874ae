"""What the page teaches: kinds of weights, questions, a glossary."""

import numpy as np
import pytest

import wann
from wann.storage import bundled


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
