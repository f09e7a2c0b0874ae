"""Loads what a search needs, its compiled functions included, for processes forked from here."""

import wann
from tests import searches  # noqa: F401
from wann.core.config import preset

wann.evolve("cartpole", preset("cartpole", population=4, generations=2), workers=1)
