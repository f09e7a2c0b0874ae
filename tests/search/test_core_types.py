"""The same seed on another kind of processor, where BLAS adds in another order.

OPENBLAS_CORETYPE makes OpenBLAS work as on another kind. Searches without guidance use none of its
products, and so find the same to the last bit; guided ones are promised that on one kind alone.
"""

import os
import subprocess
import sys

SEARCHES = """
from wann import evolve
from wann.core.config import preset
for env, settings in (("swingup", {}), ("digits", {"guided": False, "batch": 200})):
    small = {"population": 12, "generations": 4, "report_episodes": 1}
    model = evolve(env, preset(env, seed=1, **small, **settings), workers=1, progress=False)
    genome, fitness = model.genome, model.scores["confirmed_fitness"]
    print(env, genome.hidden.tolist(), genome.connections.tolist(), fitness.hex())
"""


def found(core):
    done = subprocess.run(
        [sys.executable, "-c", SEARCHES],
        env={**os.environ, "OPENBLAS_CORETYPE": core},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "digits" in done.stdout
    return done.stdout


def test_without_guidance_the_champion_is_the_same_on_any_kind():
    assert found("Prescott") == found("Haswell")
