import subprocess
import sys
import textwrap

import gymnasium
import numpy as np
import pytest

from tests import own_tasks
from wann import envs
from wann.envs import gym
from wann.envs.stepped import making


def test_missing_packages_name_what_to_install(monkeypatch):
    for error in (
        gymnasium.error.DependencyNotInstalled("it is not installed, run `swig`"),
        ImportError("No module named 'imageio'"),  # MuJoCo's modules import it
    ):

        def missing(*arguments, error=error, **options):
            raise error

        monkeypatch.setattr(making.gymnasium, "make", missing)
        for env_id, extra in (("LunarLander-v3", "box2d"), ("InvertedPendulum-v5", "mujoco")):
            with pytest.raises(
                ValueError, match=rf"needs more \([^`]*\): pip install 'wann\[{extra}\]'$"
            ):
                envs.make(f"gym:{env_id}")


def test_what_makes_environments():
    made = [own_tasks.Costly, lambda: own_tasks.Costly(cost=3.0), own_tasks.Costly(cost=3.0)]
    costs = []
    for each in made:
        task = gym.of(each)
        env = task.environment()
        assert env is not each
        costs.append(env.unwrapped.cost)
        assert task.name.startswith("own:")
    assert costs == [1.0, 3.0, 3.0]
    assert gym.of(own_tasks.Costly).name == "own:Costly"
    assert gym.of(own_tasks.Costly) == gym.of(own_tasks.Costly)
    assert gym.of(lambda: own_tasks.Costly()) != gym.of(lambda: own_tasks.Costly())


def test_a_copy_leaves_the_users_environment_alone():
    mine = own_tasks.Costly()
    mine.reset(seed=0)
    env = gym.of(mine).environment()
    env.reset(seed=1)
    env.step(np.zeros(1))
    assert mine.steps == 0


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (3, "expected a task, the name of one, an environment or a function .* got 3"),
        (lambda: 3, "expected a function that makes an environment, got 3"),
    ],
)
def test_what_makes_none(made, message):
    with pytest.raises(ValueError, match=message):
        gym.of(made)


def test_environments_of_a_script_work_in_processes(tmp_path):
    """Classes and registrations that only the script has, with one worker and with two."""
    (tmp_path / "script.py").write_text(
        textwrap.dedent(
            """
            import gymnasium
            import numpy as np
            import wann
            from wann.core.config import preset

            class Mine(gymnasium.Env):
                observation_space = gymnasium.spaces.Box(-9, 9, (1,), np.float64)
                action_space = gymnasium.spaces.Discrete(2)
                def reset(self, *, seed=None, options=None):
                    super().reset(seed=seed)
                    self.x, self.t = self.np_random.uniform(-1, 1), 0
                    return np.array([self.x]), {}
                def step(self, action):
                    self.x += 0.2 * action - 0.1
                    self.t += 1
                    return np.array([self.x]), -abs(self.x), self.t == 9, False, {}

            gymnasium.register("Mine-v0", Mine)
            if __name__ == "__main__":
                few = dict(population=8, generations=2, rollouts=2, confirm_rollouts=2,
                           report_episodes=3)
                found = []
                for env in (Mine, Mine(), lambda: Mine(), "gym:Mine-v0"):
                    for workers in (1, 2):
                        config = preset("gym:x", **few)
                        model = wann.evolve(env, config, workers=workers, progress=False)
                        found.append((model.genome, model.scores["fitness"]))
                        print(model.task)
                print(all(each == found[0] for each in found))
            """
        )
    )
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    *names, equal = done.stdout.split()
    assert names == ["own:Mine"] * 4 + ["own:lambda"] * 2 + ["gym:Mine-v0"] * 2
    assert equal == "True"
