"""The best shared weight and CMA-ES, on made-up scores whose best weights are known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.genomes import genome
from wann import envs
from wann.core.network import express
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.pool import Pool
from wann.tune import base, cma_es
from wann.tune.base import CURVE, score
from wann.tune.cma_es import WeightEvolution, robust
from wann.tune.loop import tune, tuner_for
from wann.tune.shared_weight import clearly_better, tune_shared

# Three connections count, the fourth leads nowhere.
NETWORK = express(genome(2, 1, hidden=[(4, "tanh")], connections=[(1, 3), (2, 3), (2, 4), (0, 3)]))
TARGET = np.array([0.3, -1.2, 0.0, 0.9])


class Made:
    """Scores 10 less the squared distance to the target, or `shared(weight)`, plus the case.

    Attributes:
        asked: The cases of each evaluation.
    """

    def __init__(self, shared=lambda weights: -((weights - 0.7123) ** 2)):
        self.shared = shared
        self.asked = []

    def draw(self, rng, rollouts):
        return rng.normal(size=(rollouts, 1))

    confirmation = report = draw

    def describe(self, cases):
        return f"{len(cases)} made-up cases"

    def scores(self, network, weights, cases):
        self.asked.append(cases[:, 0])
        if weights.ndim == 1:
            return self.shared(weights)[:, None] + cases[:, 0]
        distance = (weights - TARGET)[:, network.genes]
        return 10 - (distance**2).sum(axis=1)[:, None] + cases[:, 0]

    rewards = scores


@pytest.fixture
def pool():
    with Pool(Made(), 1) as made:
        yield made


COARSE = np.linspace(-2, 2, 41)


def test_the_best_shared_weight_is_found(pool):
    found = tune_shared(pool, NETWORK, COARSE, np.array([-1.0, 1.0]), 0)
    assert found.weight == pytest.approx(0.7123, abs=0.1 / 4**4)
    assert found.known == 1.0
    assert set(found.rounds) == {0, 1, 2, 3, 4}
    np.testing.assert_array_equal(found.tried[found.rounds == 0], COARSE)
    assert found.rows()[0] == {"round": 0, "weight": -2.0, "mean": found.means[0]}
    assert found.confirmed == pytest.approx(0.0, abs=0.1)  # the mean of 1000 normal cases


def test_cases_that_seek_confirm_and_report_differ(pool):
    tune_shared(pool, NETWORK, COARSE, np.array([1.0]), 3)
    score(pool, NETWORK, 0.5, 3, 200)
    evolution = WeightEvolution(pool, NETWORK, 0.7, 3)
    evolution.step()
    sizes = [len(cases) for cases in pool.evaluator.asked]
    assert sizes == [32, 128, 128, 128, 128, 1000, 200, 1000, 32]
    seeking, rest = pool.evaluator.asked[:5], pool.evaluator.asked[5:]
    np.testing.assert_array_equal(rest[0], rest[2])  # the same cases confirm both
    sets = [*seeking, rest[0], rest[1], rest[3]]
    together = np.concatenate(sets)
    assert len(np.unique(together)) == len(together)


def test_a_known_weight_stays_unless_another_is_clearly_better():
    def flat(weights):
        return np.where(np.isin(weights, (-1.0, 1.0)), 0.0, -1e-9)

    with Pool(Made(flat), 1) as pool:
        found = tune_shared(pool, NETWORK, COARSE, np.array([-1.0, 1.0]), 0)
    assert (found.weight, found.known) == (-1.0, -1.0)
    old = np.array([1.0, 2.0, 3.0])
    assert clearly_better(old + 0.1, old)
    assert not clearly_better(old, old)
    assert not clearly_better(old + np.array([1.0, -1.0, 0.5]), old)
    assert clearly_better(np.array([0.93]), np.array([0.92]))  # all validation images, one case


def test_evolution_finds_the_best_weights(pool):
    evolution = WeightEvolution(pool, NETWORK, 0.5, 0)
    tune(evolution, steps=150)
    np.testing.assert_allclose(evolution.weights[[0, 1, 3]], TARGET[[0, 1, 3]], atol=0.01)
    assert evolution.weights[2] == 0.5  # does not count
    assert [row["iteration"] for row in evolution.curve] == list(range(1, 151))
    last = evolution.curve[-1]
    assert tuple(last) == CURVE
    assert last["confirmed"] == pytest.approx(10, abs=0.1)
    assert last["evaluations"] == 1000 + 150 * 7 * 32 + 15 * 1000
    assert last["best"] >= last["median"]


def test_a_restored_evolution_goes_on_as_if_nothing_had_been(pool, monkeypatch):
    monkeypatch.setattr(cma_es, "PATIENCE", 20)  # so that several runs begin
    whole, first, second = (WeightEvolution(pool, NETWORK, 0.5, 7) for _ in range(3))
    tune(whole, steps=130)
    tune(first, steps=93)
    second.restore(first.to_arrays())
    assert second.iteration == 93
    tune(second, steps=130)
    assert second.restarts == whole.restarts > 0
    np.testing.assert_array_equal(second.weights, whole.weights)
    np.testing.assert_array_equal(second.strategy.mean, whole.strategy.mean)

    def without_time(curve):
        return [{**row, "seconds": 0} for row in curve]

    assert without_time(second.curve) == without_time(whole.curve)


def test_a_state_that_does_not_come_back_is_refused(pool):
    evolution = WeightEvolution(pool, NETWORK, 0.5, 7)
    tune(evolution, steps=5)
    arrays = evolution.to_arrays()
    arrays["centre"] = arrays["centre"][::-1]
    with pytest.raises(ValueError, match="expected to come to where the tuning stood"):
        WeightEvolution(pool, NETWORK, 0.5, 7).restore(arrays)


def test_what_older_versions_told_is_told_again(pool, monkeypatch):
    told, tell = [], WeightEvolution._tell

    def noted(self, candidates, means):
        told.append(means)
        tell(self, candidates, means)

    monkeypatch.setattr(WeightEvolution, "_tell", noted)
    evolution = WeightEvolution(pool, NETWORK, 0.5, 7)
    tune(evolution, steps=5)
    now = evolution.to_arrays()
    older = {
        name: now[name]
        for name in now
        if "." not in name and name not in ("steps", "generator", "digest")
    }
    older["told"] = np.array(told)
    second = WeightEvolution(pool, NETWORK, 0.5, 7)
    second.restore(older)
    for name, array in second.to_arrays().items():
        np.testing.assert_array_equal(array, now[name], err_msg=name)
    older["told"] = older["told"][:, ::-1]
    with pytest.raises(ValueError, match="expected to come to where the tuning stood"):
        WeightEvolution(pool, NETWORK, 0.5, 7).restore(older)


def test_numpys_global_generator_is_left_alone(pool):
    np.random.seed(1)  # noqa: NPY002  the old global generator is what this is about
    before = np.random.get_state()[1].copy()  # noqa: NPY002  see above
    tune(WeightEvolution(pool, NETWORK, 0.5, 0), steps=3)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002  see above


def test_seeds_differ_and_repeat(pool):
    found = []
    for seed in (1, 1, 2):
        evolution = WeightEvolution(pool, NETWORK, 0.5, seed)
        tune(evolution, steps=20)
        found.append(evolution.weights)
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_it_ends_where_nothing_gets_better(monkeypatch):
    class Flat(Made):
        def scores(self, network, weights, cases):
            return np.full((len(weights), len(cases)), 500.0)

    with Pool(Flat(), 1) as pool:
        evolution = WeightEvolution(pool, NETWORK, 0.5, 0)
        tune(evolution, time_limit=20)
    assert evolution.finished()
    assert evolution.weights.tolist() == [0.5] * 4


def test_scores_that_are_not_finite_count_as_the_worst(pool):
    class Broken(Made):
        def scores(self, network, weights, cases):
            found = super().scores(network, weights, cases)
            found[0, :2] = np.nan, np.inf
            return found

    with Pool(Broken(), 1) as pool:
        evolution = WeightEvolution(pool, NETWORK, 0.5, 0)
        scores = evolution.scores(np.zeros((3, 4)), np.zeros((5, 1)))
        assert scores[0, :2].tolist() == [scores[0, 2]] * 2
        tune(evolution, steps=15)
    assert np.isfinite(evolution.weights).all()


def test_the_worst_case_counts():
    scores = np.array([[10.0, 20.0, 30.0], [15.0, 20.0, 20.0]])
    assert robust(scores).tolist() == pytest.approx([18.0, 0.8 * 55 / 3 + 3.0])


def test_the_loop_ends_at_its_limits(pool):
    evolution = WeightEvolution(pool, NETWORK, 0.5, 0)
    rows = []
    tune(evolution, steps=3, report=rows.append)
    assert [row["iteration"] for row in rows] == [1, 2, 3]
    tune(evolution, steps=3)
    assert evolution.iteration == 3
    tune(evolution, time_limit=1e-9)
    assert evolution.iteration == 4
    tune(evolution, interrupted=lambda: evolution.iteration == 6)
    assert evolution.iteration == 6


def test_final_scores_by_hand(pool):
    found = score(pool, NETWORK, TARGET, 0, 4)
    cases = pool.evaluator.asked[-1]
    assert found == {
        "on": "4 made-up cases",
        "mean": pytest.approx(10 + cases.mean()),
        "std": pytest.approx(cases.std()),
        "worst": pytest.approx(10 + cases.min()),
    }


def test_what_tunes_weights_depends_on_the_trials():
    with Pool(ControlEvaluator(envs.make("cartpole")), 1) as pool:
        network = express(genome(4, 2, connections=[(3, 6), (4, 6)]))
        assert isinstance(tuner_for(pool, network, 1.0, 0), WeightEvolution)
        lone = express(genome(4, 2, connections=[(3, 6)]))
        with pytest.raises(ValueError, match="expected a network of two or more connections, got"):
            tuner_for(pool, lone, 1.0, 0)


def test_streams_have_numbers_of_their_own():
    keys = (base.SHARED, base.WEIGHTS, base.CASES, base.CONFIRM, base.REPORT)
    assert len(set(keys)) == 5


def test_evolution_from_individual_weights_keeps_the_spread_of_its_best(pool):
    start = np.linspace(-1, 1, NETWORK.enabled)
    evolution = WeightEvolution(pool, NETWORK, start, 0, step_size=0.5, population=11, cases=5)
    assert evolution.weights.tolist() == start.tolist()
    assert evolution.spread[NETWORK.genes].tolist() == [0.5] * NETWORK.complexity
    tune(evolution, steps=10)
    assert evolution.weights.tolist() != start.tolist()
    stds = evolution.strategy.result.stds
    assert evolution.spread[NETWORK.genes].tolist() == stds.tolist()
    assert evolution.curve[-1]["evaluations"] == 1000 + 10 * 11 * 5 + 1000
