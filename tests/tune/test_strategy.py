"""A strategy of pycma that gets the numbers of another goes on as that would."""

import math

import numpy as np
import pytest

from wann.tune import strategy

cma = pytest.importorskip("cma")


class Tuning:
    """A strategy on noisy values."""

    def __init__(self, size, thin=False):
        self.rng, self.noise = np.random.default_rng(3), np.random.default_rng(9)
        self.across = 1e14 if thin else 0.0  # a valley so steep that the distribution gets thin
        options = {"randn": lambda *shape: self.rng.standard_normal(shape), "seed": math.nan}
        self.strategy = cma.CMAEvolutionStrategy(np.ones(size), 0.1, {**options, "verbose": -9})

    def step(self):
        candidates = np.array(self.strategy.ask())
        values = (candidates**2).sum(axis=1) + self.noise.normal(size=len(candidates))
        values += self.across * candidates.sum(axis=1) ** 2
        self.strategy.tell(list(candidates), values.tolist())
        return candidates

    def arrays(self):
        return strategy.to_arrays(self.strategy, self.rng)


def restored(tuning, size, steps):
    other = Tuning(size)
    strategy.restore(other.strategy, other.rng, steps, tuning.arrays())
    other.noise.bit_generator.state = tuning.noise.bit_generator.state
    other.across = tuning.across
    return other


@pytest.mark.parametrize(
    ("size", "steps", "thin"), [(2, 1, False), (5, 2, False), (3, 40, False), (3, 300, True)]
)
def test_it_goes_on_bit_for_bit(size, steps, thin):
    tuning = Tuning(size, thin)
    for _ in range(steps):
        tuning.step()
    assert tuning.strategy.gp.isidentity == (not thin)  # else pycma has changed the coordinates
    other = restored(tuning, size, steps)
    for _ in range(60):
        np.testing.assert_array_equal(other.step(), tuning.step())
        for found in ("xfavorite", "stds"):
            expected = getattr(tuning.strategy.result, found)
            np.testing.assert_array_equal(getattr(other.strategy.result, found), expected)
        assert dict(other.strategy.stop()) == dict(tuning.strategy.stop())


def test_its_size_does_not_follow_the_steps():
    tuning, sizes = Tuning(4), []
    for step in range(1, 301):
        tuning.step()
        if step in (100, 300):
            sizes.append(sum(array.nbytes for array in tuning.arrays().values()))
    # What was told would be 8 numbers a step; of each fifth step pycma keeps two.
    assert sizes[1] - sizes[0] <= 8 * 200


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("cma.sm.C", lambda array: array[:2]),
        ("cma.mean", lambda array: array * np.nan),
        ("cma.fit.hist", lambda array: array.astype(str)),
        ("generator", lambda array: array[1:]),
        ("cma.sigma", lambda array: None),
    ],
)
def test_what_does_not_fit_is_refused(name, change):
    tuning = Tuning(3)
    for _ in range(3):
        tuning.step()
    arrays = tuning.arrays()
    changed = change(arrays.pop(name))
    if changed is not None:
        arrays[name] = changed
    other = Tuning(3)
    with pytest.raises(ValueError, match="expected the numbers that were saved"):
        strategy.restore(other.strategy, other.rng, 3, arrays)
    arrays["digest"] = np.array(strategy._digest(arrays))
    with pytest.raises(ValueError, match=r"expected .*(finite|array|float64|uint64)"):
        strategy.restore(other.strategy, other.rng, 3, arrays)
