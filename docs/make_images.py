"""Makes every image in images/ from the champions that come with the project.

    python docs/make_images.py        # needs Chromium and its driver for the pictures of pages

An image is of the champion that the text beside it speaks of, and nothing is drawn by hand.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
# Name of the image: champion, width and height of the window, and what is done with the page.
PAGES = {
    "page": ("swingup", 1280, 900, "for (let i = 0; i < 330; i++) advance(); drawTask();"),
    "report-digits": ("digits", 1280, 1180, "setWeight(-0.7)"),
}
FIGURES = {
    "cartpole-topology": ("visualize", "cartpole", "topology.png"),
    "swingup-topology": ("visualize", "swingup", "topology.png"),
    "swingup-sweep": ("sweep", "swingup", "sweep.png"),
    # These two need wann[envpool].
    "carracing": ("visualize", "carracing", "behaviour.gif"),
    "biped": ("visualize", "biped", "behaviour.gif"),
}


def main() -> None:
    """Make all of them."""
    with tempfile.TemporaryDirectory() as place:
        for image, (command, champion, name) in FIGURES.items():
            out = Path(place) / image
            _wann(command, f"champion:{champion}", "--out", str(out), "--quiet")
            (IMAGES / image).with_suffix(Path(name).suffix).write_bytes((out / name).read_bytes())
        _photograph(Path(place))


def _wann(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "wann", *words], check=True)


def _photograph(place: Path) -> None:
    """Open the pages in a browser, and take their pictures."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.browser import chromium  # the one that the tests drive

    with chromium(place / "profile") as browser:
        for image, (champion, width, height, action) in PAGES.items():
            page = place / f"{champion}.html"
            if not page.exists():
                _wann("report", f"champion:{champion}", "--out", str(page), "--quiet")
            browser.open(page, width=width, height=height)
            browser.run(action)
            browser.driver.save_screenshot(str(IMAGES / f"{image}.png"))


if __name__ == "__main__":
    main()
