import numpy as np

from tests import genomes
from wann.search.champion import Champion, summary


def test_summary():
    # Two weights, three episodes each.
    scores = summary(np.array([[1.0, 2.0, 3.0], [5.0, 7.0, 9.0]]))
    assert scores == {"fitness": 4.5, "peak": 7.0, "worst": 2.0}


def test_a_champion_survives_a_checkpoint():
    champion = Champion(genomes.grown(3, 40, 4, 2), 123.4, 56)
    restored = Champion.from_arrays(champion.to_arrays())
    assert restored.genome == champion.genome
    assert (restored.fitness, restored.generation) == (123.4, 56)
