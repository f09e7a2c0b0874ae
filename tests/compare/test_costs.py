import dataclasses
import shutil
import time

import numpy as np
import pytest
from sklearn.datasets import load_iris

import wann
from tests.genomes import genome
from tests.test_older_runs import OLDER
from wann import envs
from wann.compare import costs
from wann.core.config import preset
from wann.envs.classification import ClassificationTask
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.images import ImageEvaluator
from wann.search import __main__ as search
from wann.search.state import Cost
from wann.search.variation import candidates, guidance
from wann.storage import subject as subjects
from wann.storage.model import Model
from wann.storage.run import Run


class Counted:
    """Counts what a search on images or a control task does, from the arrays that it works on."""

    def __init__(self, monkeypatch):
        self.samples = self.multiply_adds = 0
        self.spy(monkeypatch, ImageEvaluator, "_scores", self.images)
        self.spy(monkeypatch, ControlEvaluator, "rewards", self.episodes)
        self.spy(monkeypatch, ControlEvaluator, "scores", self.episodes)
        self.spy(monkeypatch, guidance, "backward", self.gradient)
        self.spy(monkeypatch, guidance, "derivatives", self.products)
        self.spy(monkeypatch, guidance, "forward_candidates", self.nodes)
        self.spy(monkeypatch, candidates, "contrasts", self.contrasts)

    def spy(self, monkeypatch, place, name, count):
        function = getattr(place, name)

        def counted(*args):
            found = function(*args)
            count(found, *args)
            return found

        monkeypatch.setattr(place, name, counted)

    def images(self, found, evaluator, network, weights, cases):
        seen = len(weights) * sum(images.shape[1] for images, _ in cases)
        self.samples += seen
        self.multiply_adds += seen * len(network.sources)

    def episodes(self, found, evaluator, network, weights, cases):
        steps = len(weights) * len(cases) * evaluator.task.episode_limit
        self.samples += steps
        self.multiply_adds += steps * len(network.sources)

    def gradient(self, found, graph, images, labels, weights, calibrated):
        self.samples += len(weights) * images.shape[1]
        self.multiply_adds += 2 * len(graph.sources) * len(weights) * images.shape[1]

    def products(self, found, deltas, values):
        self.multiply_adds += 2 * deltas.shape[0] * values.shape[0] * deltas.shape[1]

    def nodes(self, found, sources, signs, kinds, weights, values, own):
        self.multiply_adds += sum(abs(sign) for sign in signs.ravel().tolist()) * values.shape[1]

    def contrasts(self, found, inputs, deltas, activations, rng):
        directions = len(found.sources)  # each an iteration of two products with all inputs
        seen = inputs[:, : candidates.CONTRAST_IMAGES].size
        self.multiply_adds += directions * candidates.ITERATIONS * 2 * seen


SMALL = {"population": 8, "restart": 2, "simplify": True, "confirm_rollouts": 2, "batch": 200}


@pytest.mark.parametrize(
    ("env", "settings"),
    [
        ("digits", {}),
        ("digits", {"layered": False, "objectives": "accuracy"}),
        ("cartpole", {"max_steps": 50, "report_episodes": 3}),
    ],
)
def test_all_that_a_search_does_is_counted_over_a_resume(tmp_path, monkeypatch, env, settings):
    begun, so_far = time.process_time(), Cost()
    for generations in (3, 5):
        with monkeypatch.context() as patch:
            counted = Counted(patch)
            config = preset(env, **SMALL, **settings, generations=generations)
            wann.evolve(env, config, tmp_path / "run", workers=1)
        subject = subjects.read(tmp_path / "run")
        cost = costs.of_search(subject)
        assert cost.samples == so_far.samples + counted.samples
        assert cost.multiply_adds == so_far.multiply_adds + counted.multiply_adds
        assert so_far.cpu_seconds < cost.cpu_seconds < time.process_time() - begun
        so_far = Cost.from_arrays(subject.run.load_checkpoint())  # without the end
    metrics = subject.run.metrics()
    assert metrics["samples"].shape == (5,)
    for name, total in cost._asdict().items():
        assert (np.diff(metrics[name]) > 0).all()
        assert metrics[name][-1] < total  # what comes after the last generation is in the total


def test_a_search_of_an_older_version_recorded_none(tmp_path):
    run = shutil.copytree(OLDER / "cartpole", tmp_path / "run")
    before = (run / "metrics.csv").read_text()
    search.main(["--resume", str(run), "--generations=5", "--workers=1", "--quiet"])
    assert costs.of_search(subjects.read(run)) is None
    assert (run / "metrics.csv").read_text().startswith(before)
    metrics = Run(run).metrics()
    assert metrics["generation"].tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(metrics["cpu_seconds"]).all()


def test_a_file_without_a_run_has_no_cost(tmp_path):
    wann.evolve("cartpole", preset("cartpole", **SMALL, generations=1)).save(tmp_path / "one.json")
    assert costs.of_search(subjects.read(tmp_path / "one.json")) is None


def test_a_tuning_by_hand():
    task = envs.make("swingup")
    found = genome(5, 1, (), [(1, 6), (2, 6)])
    model = Model(found, "swingup", task.inputs, task.outputs, task.action)
    tuned = dataclasses.replace(
        model, weights=np.ones(2), scores={"tuning": {"evaluations": 50, "iteration": 2}}
    )
    assert costs.of_tuning(tuned, task) == (50_000, 100_000)
    assert costs.of_tuning(model, task) is None
    X, y = load_iris(return_X_y=True)
    images = ClassificationTask(X, y)
    net = genome(4, 3, [(8, "tanh")], [(1, 8), (8, 5), (2, 6), (2, 7)])
    tuned = Model(
        net,
        "x",
        images.inputs,
        images.outputs,
        images.action,
        np.ones(4),
        {"tuning": {"iteration": 2}},
    )
    # Each of the four connections once forward and twice back.
    samples = 2 * len(images.train.y)
    assert costs.of_tuning(tuned, images) == (samples, 3 * samples * 4)
