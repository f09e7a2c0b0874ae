"""What the page computes, against Python."""

import numpy as np
import pytest

import wann
from tests import naive
from tests.genomes import grown
from wann import envs
from wann.core.kernels import activations
from wann.core.network import express


def arrays(network):
    names = ("activations", "offsets", "sources", "ids")
    return {name: getattr(network, name).tolist() for name in names}


def test_page_computes_networks_as_python_does(pages, browser):
    rng = np.random.default_rng(1)
    cases, expected = [], []
    for seed in range(50):
        network = express(grown(seed, 60, inputs=4, outputs=3))
        x = rng.normal(0, 2, (20, 4))
        weights = rng.uniform(-2, 2, 20)
        cases.append({"arrays": arrays(network), "x": x.tolist(), "weights": weights.tolist()})
        expected.append([network.forward(row, w) for row, w in zip(x, weights, strict=True)])
    used = {a for case in cases for a in case["arrays"]["activations"]}
    assert used == set(range(len(activations.NAMES)))
    browser.open(pages["cartpole"])
    found = browser.run(
        """return arguments[0].map(({arrays, x, weights}) => {
             const network = makeNetwork(arrays, 4, 3, arguments[1]);
             return x.map((row, i) => {
               setInputs(network, row);
               return Array.from(forward(network, weights[i]));
             });
           });""",
        cases,
        list(activations.NAMES),
    )
    # Sines and exponentials may differ in the last digit; sin(πx) of a large sum in more.
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-9, atol=1e-9)


def test_page_computes_random_individual_weights_as_python_does(pages, browser):
    rng = np.random.default_rng(3)
    cases, expected = [], []
    for seed in range(30):
        network = express(grown(seed, 60, inputs=4, outputs=3))
        x = rng.normal(0, 2, (5, 4))
        weights, factor = rng.uniform(-2, 2, (5, network.enabled)), rng.uniform(-2, 2, 5)
        strengths = [network.strengths(each)[0].tolist() for each in weights]
        cases.append({"arrays": arrays(network), "x": x.tolist(), "weights": strengths})
        cases[-1]["factor"] = factor.tolist()
        # One factor of all weights is the same as all of them multiplied.
        expected.append(
            [network.forward(a, f * w) for a, f, w in zip(x, factor, weights, strict=True)]
        )
    browser.open(pages["cartpole"])
    found = browser.run(
        """return arguments[0].map(({arrays, x, weights, factor}) => {
             const network = makeNetwork(arrays, 4, 3, arguments[1]);
             return x.map((row, i) => {
               network.factors = Float64Array.from(weights[i]);
               setInputs(network, row);
               return Array.from(forward(network, factor[i]));
             });
           });""",
        cases,
        list(activations.NAMES),
    )
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["cartpole", "swingup"])
def test_page_moves_tasks_as_python_does(pages, browser, name):
    task = envs.make(name)
    rng = np.random.default_rng(2)
    actions = rng.integers(2, size=200) if task.bounds is None else rng.uniform(-1.5, 1.5, 200)
    expected = []
    starts = task.initial_states(np.random.default_rng([0, 5]), 3)
    for start in starts:
        state, observation, rows = start.copy(), np.empty(len(task.inputs)), []
        for action in actions:
            task.observe(state, observation)
            reward, over = task.step(state, np.array([float(action)]))
            rows.append([*observation, *state, reward, float(over)])
        expected.append(rows)
    browser.open(pages[name])
    found = browser.run(
        """const {constants, starts, kind} = runShown().scene;
           const dynamics = DYNAMICS[kind];
           return starts.slice(0, 3).map((start) => {
             const state = [...start];
             return arguments[0].map((action) => {
               const observation = dynamics.observe(state);
               const {reward, terminated} = dynamics.step(constants, state, [action]);
               return [...observation, ...state, reward, terminated ? 1 : 0];
             });
           });""",
        actions.tolist(),
    )
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-7, atol=1e-9)


def test_page_plays_episodes_as_python_does(runs, pages, browser):
    genome, task = wann.load(runs["cartpole"]).genome, envs.make("cartpole")
    starts = task.initial_states(np.random.default_rng([0, 5]), 4)
    weights = np.array([-1.5, 0.4, 1.0])
    expected = [[naive.rollout(task, genome, w, s)[0] for s in starts] for w in weights]
    browser.open(pages["cartpole"])
    found = browser.run(
        """return arguments[0].map((weight) => [0, 1, 2, 3].map((number) => {
             const episode = makeTask(runShown());
             episode.number = number;
             episode.restart();
             while (!episode.ending) episode.advance(network, weight);
             return episode.total;
           }));""",
        weights.tolist(),
    )
    assert found == expected
