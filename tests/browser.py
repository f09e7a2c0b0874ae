"""A headless Chromium for tests of pages, driven through Selenium."""

import shutil
from contextlib import contextmanager

import pytest

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)


@contextmanager
def chromium(profile):
    """A driver whose profile is an empty folder; the test is skipped where there is none."""
    programs = shutil.which("chromium"), shutil.which("chromedriver")
    if None in programs:
        pytest.skip("needs Debian's packages chromium and chromium-driver: the page is NOT tested")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(programs[1]))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """What the tests do with a page."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, page, width=1280, height=900, dark=False, paused=True):
        """Open a file or an address at a size, in light or dark."""
        address = page if isinstance(page, str) else page.resolve().as_uri()
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        motion = {"name": "prefers-reduced-motion", "value": "reduce" if paused else ""}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, motion]})
        self.driver.get(address)

    def run(self, script, *arguments):
        """The value of a function body, run in the page."""
        return self.driver.execute_script(script, *arguments)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).textContent", selector)

    def markup(self, selector):
        return self.run("return document.querySelector(arguments[0]).innerHTML", selector)

    def slide(self, selector, value):
        """Move a slider as its user would, and see that it says so."""
        self.run(
            "const slider = document.querySelector(arguments[0]); slider.value = arguments[1];"
            "slider.dispatchEvent(new Event('input', {bubbles: true}))",
            selector,
            value,
        )

    def click(self, selector):
        self.driver.find_element("css selector", selector).click()

    def press(self, keys, selector="body"):
        self.driver.find_element("css selector", selector).send_keys(keys)

    def wait(self, script, seconds=5):
        """Wait until a function body returns something true."""
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.driver, seconds, 0.05).until(lambda _: self.run(script))

    def complaints(self):
        """What the console holds since the last call: errors and warnings."""
        return [entry["message"] for entry in self.driver.get_log("browser")]
