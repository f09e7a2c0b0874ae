import dataclasses

import numpy as np
from sklearn.datasets import load_iris

from tests.genomes import genome, grown
from wann import envs
from wann.compare import costs
from wann.core.config import preset
from wann.envs.classification import ClassificationTask
from wann.storage import subject as subjects
from wann.storage.metrics import METRICS
from wann.storage.model import Model
from wann.storage.run import Run


def run_of(path, env, rows):
    """A run with a champion, and (evaluations, median connections) for each generation."""
    run = Run.create(preset(env), path)
    task = envs.make(env)
    found = grown(0, 10, len(task.inputs), len(task.outputs))
    run.save_champion(
        Model(found, env, task.inputs, task.outputs, task.action, search={"generation": 1})
    )
    for generation, (evaluations, connections) in enumerate(rows):
        values = dict.fromkeys(METRICS, 0)
        values |= {"evaluations": evaluations, "connections_median": connections}
        run.log({**values, "generation": generation})
    return subjects.read(path)


def test_a_search_by_hand(tmp_path):
    subject = run_of(tmp_path / "run", "swingup", [(100, 5), (300, 7)])
    assert costs.of_search(subject) == (300 * 1000, (100 * 5 + 200 * 7) * 1000)
    digits = run_of(tmp_path / "digits", "digits", [(10, 3)])
    images = len(digits.task.train.y)  # fewer than a batch may have
    assert costs.of_search(digits) == (10 * images, 30 * images)


def test_a_file_without_a_run_has_no_cost(tmp_path):
    subject = run_of(tmp_path / "run", "swingup", [(100, 5)])
    subject.model.save(tmp_path / "alone.json")
    assert costs.of_search(subjects.read(tmp_path / "alone.json")) == (None, None)


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
