"""Small runs to report on, and the pages about them."""

import json
import re

import numpy as np

import wann
from wann.core.config import preset
from wann.report import page
from wann.storage.run import Run

WEIGHTS = np.linspace(-2, 2, 9)


def search(folder, env, **settings):
    """A tiny run."""
    config = preset(env, **{"population": 12, "generations": 6, "confirm_rollouts": 2, **settings})
    wann.evolve(env, config, Run.create(config, folder), workers=1)
    return folder


def small_runs(folder):
    """Folders of runs by task."""
    return {
        "swingup": search(folder / "swingup", "swingup", add_node=2.0, add_connection=2.0),
        "cartpole": search(folder / "cartpole", "cartpole", target=1000.0),
        "digits": search(folder / "digits", "digits", batch=100),
    }


def small_pages(runs, collector, folder):
    """Reports by task."""
    for name, run in runs.items():
        (folder / f"{name}.html").write_text(page_of([run], collector), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in runs}


def page_of(paths, collector):
    return page.write(collector.read(paths), collector)


def data_of(page):
    """The values in a page."""
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
    return json.loads(text)
