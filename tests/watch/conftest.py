"""A run that has only begun, and who follows it."""

import numpy as np
import pytest

from tests.followed import CONFIG
from wann.report.collect import Collector
from wann.report.follow import Watcher
from wann.storage.run import Run


@pytest.fixture
def run(tmp_path):
    """A run that has only begun: settings, and no champion."""
    return Run.create(CONFIG, tmp_path / "run")


@pytest.fixture
def watcher(run):
    return Watcher([run.path], Collector(np.linspace(-2, 2, 5), episodes=2, workers=1))
