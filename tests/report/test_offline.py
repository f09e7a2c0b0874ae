"""Pages from disk, with the network off: they need none, and ask for nothing."""

import pytest

ASKED = "return performance.getEntriesByType('resource').map(({ name }) => name)"


@pytest.fixture
def offline(browser):
    """The browser, which can reach nothing."""

    def conditions(offline, rate):
        values = {"offline": offline, "latency": 0}
        values |= {"downloadThroughput": rate, "uploadThroughput": rate}
        browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", values)

    browser.driver.execute_cdp_cmd("Network.enable", {})
    conditions(True, 0)
    yield browser
    conditions(False, -1)
    browser.driver.execute_cdp_cmd("Network.disable", {})


def test_weights_and_tuned_weights(tuned, offline):
    page, _ = tuned
    offline.open(page)
    assert offline.run("return navigator.onLine") is False
    for mode in ("random", "tuned", "shared"):
        offline.click(f"#mode-{mode}")
        assert offline.run("return modeNow()") == mode
    offline.slide("#weight", "-1.5")
    assert offline.text("#weight-value") == "−1.50"
    offline.click("#play")
    offline.wait("return task.steps > 3")
    offline.click("#play")
    offline.click("#mode-random")
    thrown = offline.markup("#topology")
    offline.click("#die")
    assert offline.markup("#topology") != thrown
    assert offline.run(ASKED) == []


def test_a_drawn_digit(pages, offline):
    offline.open(pages["digits"])
    offline.click(".tools button")
    offline.press(" " + 6 * "\ue015" + " ", ".pad")  # the down arrow
    assert offline.run("return task.own.bytes.some((byte) => byte > 0)")
    assert offline.run(ASKED) == []
