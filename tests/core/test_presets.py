"""Each setting of the paper's preset, by the name it has in the paper or its released code."""

import dataclasses
import math
from pathlib import Path

import pytest

from wann import envs
from wann.core import presets
from wann.core.config import SearchConfig, preset
from wann.evaluation.evaluator import evaluator_for

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "presets.md"
SWINGUP, BIPED, MNIST = "swingup", "gym:BipedalWalker-v3", "mnist"
TASKS = (SWINGUP, BIPED, MNIST)
OTHERS = {
    SWINGUP: ("cartpole", "gym:Acrobot-v1", "mine"),
    BIPED: presets.BIPEDS,
    MNIST: (*presets.IMAGES, *presets.ARRAYS, "idx:folder", "csv:table.csv", "sklearn:wine"),
}
TEN = "linear,step,sin,gaussian,tanh,sigmoid,inverse,abs,relu,cos"
WEIGHTS = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]

# (what it is, the setting, its value on swing-up, the biped and MNIST; None where it has no effect)
PUBLISHED = [
    ("population", "population", 192, 480, 960),
    ("generations", "generations", 1024, 2048, 4096),
    ("rollouts per weight", "rollouts", 3, 4, 1),
    ("the same episodes for all weights", "own_episodes", False, False, False),
    ("1 batch of 1000 images", "batch", None, None, 1000),
    ("initial connection enabled with probability", "connect_probability", 0.5, 0.25, 0.05),
    ("tournament size", "tournament", 8, 16, 32),
    ("the better of two tournaments", "tournaments", 2, 2, 2),
    ("elites, share of the population", "elites", 0.2, 0.2, 0.2),
    ("culled, share of the population", "cull", 0.2, 0.2, 0.2),
    ("elites = floor(0.2 x what is left)", "cull_first", True, True, True),
    ("parents are of the last generation", "hall_of_fame", 0, 0, 0),
    ("bias and inputs fully paired with outputs", "keep_undrawn", True, True, True),
    ("no hidden nodes at first", "first_mutations", 0, 0, 0),
    ("shared weights", "weight_values", WEIGHTS, WEIGHTS, WEIGHTS),
    ("the same weights each generation", "fresh_weights", False, False, False),
    ("(mean, 1/connections) with probability 0.8", "complexity_probability", 0.8, 0.8, 0.8),
    ("else (mean, best single weight)", "objectives", "peak", "peak", "peak"),
    ("exactly one mutation, clones included", "published_mutations", True, True, True),
    ("no second mutation", "more_mutations", 0.0, 0.0, 0.0),
    ("change activation 0.50", "change_activation", 0.5, 0.5, 0.5),
    ("split a connection 0.25", "add_node", 0.25, 0.25, 0.25),
    ("add connection 0.20", "add_connection", 0.2, 0.2, 0.2),
    ("re-enable a connection 0.05", "enable_connection", 0.05, 0.05, 0.05),
    ("nothing ever shrinks a network", "disable_connection", 0.0, 0.0, 0.0),
    ("mutations of one's own are no part of it", "mutations", None, None, None),
    ("no crossover", "crossover", 0.0, 0.0, 0.0),
    ("all children have parents", "immigrants", 0.0, 0.0, 0.0),
    ("ten activations, on MNIST without step", "activations", TEN, TEN, TEN.replace("step,", "")),
    ("a softmax over 10 outputs, as they are", "calibrated", None, None, False),
    ("no gradients", "guided", False, False, False),
    ("no layers of equal depth", "layered", False, False, False),
    ("no symmetry", "symmetric", False, False, False),
    ("no simplification", "simplify", False, False, False),
    ("no restarts", "restart", 0, 0, 0),
    ("whole episodes", "max_steps", 0, 0, 0),
    ("whole episodes", "give_up", 0, 0, 0),
    ("rewards as they are, but for the fall", "least_reward", -math.inf, None, -math.inf),
    ("observations as they are", "normalize", False, False, False),
    ("no early end", "patience", 0, 0, 0),
    ("all generations", "target", float("inf"), float("inf"), float("inf")),
]


@pytest.mark.parametrize(
    ("name", "setting", "values"),
    [(name, setting, values) for name, setting, *values in PUBLISHED],
    ids=[row[0] for row in PUBLISHED],
)
def test_the_papers_value(name, setting, values):
    for task, value in zip(TASKS, values, strict=True):
        for env in (task, *OTHERS[task]):
            found = getattr(preset(env, "paper"), setting)
            if setting == "weight_values":
                found = found.tolist()
            assert value is None or found == value


@pytest.mark.parametrize("env", presets.BIPEDS)
def test_the_papers_biped_does_not_pay_for_its_fall(env):
    """But where Gymnasium itself counts the rewards."""
    found = preset(env, "paper").least_reward
    assert found == (-1.0 if env.startswith("envpool:") else -math.inf)


@pytest.mark.parametrize("env", presets.CARS)
def test_the_papers_car_racing(env):
    """Population 64, 2 rollouts, 1024 generations, initial connections 0.5."""
    config = preset(env, "paper")
    assert (config.population, config.rollouts, config.generations) == (64, 2, 1024)
    assert config.connect_probability == 0.5
    same = {"population": 192, "rollouts": 3, "env": "swingup"}
    assert dataclasses.replace(config, **same) == preset("swingup", "paper")


def test_the_papers_settings_are_all_there():
    """What is left says nothing of the algorithm, or is the confirmation, which it has not."""
    rest = {"env", "preset", "seed", "rollout_timeout", "confirm_rollouts", "report_episodes"}
    tested = {row[1].replace("weight_values", "shared_weights") for row in PUBLISHED}
    assert tested | rest == {field.name for field in dataclasses.fields(SearchConfig)}


def test_the_table_of_the_docs():
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in DOCS.read_text().split("The run that came with the code")[0].splitlines()
        if line.startswith("|")
    ]
    header, _, *rows = rows
    assert header == ["setting", *TASKS]
    for setting, *cells in rows:
        for task, cell in zip(TASKS, cells, strict=True):
            assert cell in ("", str(getattr(preset(task, "paper"), setting)))
    listed = {setting: [cell == "" for cell in cells] for setting, *cells in rows}
    assert listed == {
        setting.replace("weight_values", "shared_weights"): [value is None for value in values]
        for _, setting, *values in PUBLISHED
    }


@pytest.mark.parametrize("name", envs.names()[:5])
def test_presets(name):
    config = preset(name)
    assert (config.env, config.preset) == (name, "wann")
    assert preset(name, seed=7, population=10) == dataclasses.replace(config, seed=7, population=10)


def test_settings_that_are_given_win():
    assert preset("swingup", "paper", tournaments=1, elites=0.05).tournaments == 1
    assert preset("swingup", symmetric=False, shared_weights="0:2:6").shared_weights == "0:2:6"


def test_a_task_without_a_preset_has_the_defaults():
    assert preset("mine") == SearchConfig(env="mine")


def test_a_table_that_is_named_whole_has_the_settings_of_its_kind():
    few = preset("csv:a.csv?label=b&task=classification")
    assert few == dataclasses.replace(preset("classification"), env=few.env)
    assert preset("csv:a.csv?label=b").connect_probability == 0.8  # it is not read


def test_an_unknown_preset():
    with pytest.raises(ValueError, match="--preset: expected wann or paper, got 'papr'"):
        preset("swingup", "papr")
    with pytest.raises(ValueError, match="--preset: expected wann or paper, got 'papr'"):
        SearchConfig(preset="papr")


NOBODY_KNOWS = ["gym:Acrobot-v1?max=1", "gym:mine:A-v0", "envpool:Ant-v4", "own:A"]


@pytest.mark.parametrize("env", NOBODY_KNOWS)
def test_environments_that_nobody_knows(env):
    config = preset(env)
    assert config.normalize
    assert (config.population, config.rollouts, len(config.drawn_weights(0))) == (64, 1, 3)
    assert dataclasses.replace(config, env="gym:X") == preset("gym:X")
    assert not preset("gym:BipedalWalker-v3").normalize


def test_only_lanes_are_given_up_and_fall_at_less():
    pytest.importorskip("Box2D", reason="needs gymnasium[box2d]")
    pytest.importorskip("envpool", reason="needs wann[envpool]")
    for env in (*presets.CARS, *presets.BIPEDS):
        for name in presets.NAMES:
            evaluator_for(envs.make(env), preset(env, name))  # which refuses what it cannot do
    assert preset("envpool:CarRacing-v3").give_up > 0
    assert preset("envpool:BipedalWalker-v3").least_reward == -10


@pytest.mark.parametrize("env", ["swingup", "gym:Acrobot-v1", "gym:BipedalWalker-v3"])
def test_listed_weights_are_the_same_in_each_generation(env):
    listed = preset(env, shared_weights="-1,1")
    assert listed.drawn_weights(3).tolist() == listed.weight_values.tolist() == [-1.0, 1.0]
    assert listed.symmetric
    assert preset(env, shared_weights="-1:1:2").fresh_weights
    with pytest.raises(ValueError, match="--fresh-weights: expected --shared-weights LOW:HIGH"):
        preset(env, shared_weights="-1,1", fresh_weights=True)


@pytest.mark.parametrize("env", ["swingup", "gym:Acrobot-v1", *presets.BIPEDS])
def test_without_symmetry_weights_have_both_signs(env):
    whole, half = preset(env, symmetric=False), preset(env)
    assert half.symmetric
    assert half.weight_values.min() > 0
    assert not whole.symmetric
    assert whole.fresh_weights
    assert (whole.weight_values.min(), whole.weight_values.max()) == pytest.approx(
        (-half.weight_values.max(), half.weight_values.max()), abs=0.1
    )
    assert (whole.weight_values < 0).mean() == 0.5


def test_images_guided_and_layered_need_one_weight():
    config = preset("mnist")
    assert (config.guided, config.layered, config.symmetric) == (True, True, True)
    assert config.weight_values.tolist() == [1.0]
    assert config.objectives == "none"
    assert set(config.activations.split(",")) == set(presets.HOMOGENEOUS)
    # Layered networks are symmetric by their structure, so the switch alone changes no weight.
    assert preset("mnist", symmetric=False).weight_values.tolist() == [1.0]


def test_images_without_a_guide_need_a_large_population():
    config = preset("mnist", guided=False)
    assert (config.population, config.tournament, config.batch) == (960, 32, 1000)
    assert (config.change_activation, config.more_mutations) == (0.5, 0.0)
    assert config.weight_values.tolist() == [1.0]  # of layered networks, still


@pytest.mark.parametrize("guided", [True, False])
def test_images_without_layers_need_many_weights(guided):
    config = preset("mnist", guided=guided, layered=False)
    assert config.fresh_weights
    assert (config.shared_weights, config.symmetric) == ("-2:2:6", False)
    assert config.population == (64 if guided else 960)
    assert 1 not in config.activation_indices  # the step
    assert len(config.activation_indices) == 9
    assert preset("mnist", layered=False, symmetric=True).shared_weights == "0:2:3"


def test_layers_of_other_activations_need_many_weights():
    assert preset("mnist", activations="linear,relu").shared_weights == "1"
    config = preset("mnist", activations="linear,tanh")
    assert (config.shared_weights, config.fresh_weights) == ("0:2:3", True)


@pytest.mark.parametrize("switch", presets.SWITCHES)
def test_the_papers_mutations_go_with_no_switch(switch):
    with pytest.raises(ValueError, match=f"--{switch}: expected --no-published-mutations with it"):
        preset("mnist", "paper", **{switch: True})
