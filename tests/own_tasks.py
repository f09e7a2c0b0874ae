"""Environments for tests of what is one's own: spaces of all kinds, and ways to end an episode.

Their ids are "tests.own_tasks:NAME". Each step costs 1, so that the shortest episode is the best,
unless ending it does not pay.
"""

import random

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Text, Tuple


class Costly(gymnasium.Env):
    """Ten steps of -1 each; what is seen is the number of steps and the start."""

    observation_space = Box(-np.inf, np.inf, (2,), np.float64)
    action_space = Box(-5.0, 5.0, (1,), np.float64)
    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012  as Gymnasium has it

    def __init__(self, cost=1.0, render_mode=None):
        self.cost, self.render_mode = cost, render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps, self.start = 0, float(self.np_random.integers(1, 4))
        return self.seen(), {}

    def seen(self):
        return np.array([self.steps, self.start])

    def reward(self):
        return -self.cost

    def step(self, action):
        self.action = action
        self.steps += 1
        return self.seen(), self.reward(), self.over(), False, {}

    def over(self):
        return self.steps >= 10

    def render(self):
        picture = np.zeros((20, 30, 3), np.uint8)
        picture[:, : 3 * self.steps] = 255
        return picture


class BreaksSight(Costly):
    """A large action makes the observation NaN."""

    def seen(self):
        broken = self.steps and abs(self.action[0]) > 1
        return np.array([np.nan if broken else self.steps, self.start])


class BreaksAndEnds(BreaksSight):
    """The same, and says that the episode is over, as a simulation's check of its state does."""

    def over(self):
        return super().over() or bool(np.isnan(self.seen()).any())


class BreaksReward(Costly):
    def reward(self):
        return -np.inf if abs(self.action[0]) > 1 else -1.0


class Quits(Costly):
    """A large action is a legal way to end it."""

    def over(self):
        return super().over() or abs(self.action[0]) > 1


class Truncates(Quits):
    def step(self, action):
        observation, reward, over, _, info = super().step(action)
        return observation, reward, False, over, info


class Odd(Costly):
    """Rewards as many environments give them."""

    given = None

    def reward(self):
        return type(self).given


class Shared(Costly):
    """Draws from the generators that all of a program share."""

    def reward(self):
        return -np.random.rand() - random.random()  # noqa: NPY002  it is about these


class Restless(Costly):
    """Keeps something over a reset."""

    played = 0

    def reward(self):
        Restless.played += 1
        return -float(Restless.played)


class OldReset(Costly):
    def reset(self):
        return super().reset()[0]


class OldStep(Costly):
    def step(self, action):
        return (*super().step(action)[:3], {})


class OldBoth(Costly):
    def reset(self, seed=None, options=None):
        return super().reset(seed=seed)[0]


class Infinite(Costly):
    def seen(self):
        return np.array([self.steps, np.inf])


class Picky(Costly):
    def __init__(self, size=3):
        super().__init__()
        if size < 1:
            raise ValueError("size must be at least 1")


class Masked(Costly):
    """One of three choices is legal; another raises."""

    action_space = Discrete(3, start=2)

    def reset(self, *, seed=None, options=None):
        return super().reset(seed=seed)[0], {"action_mask": self.mask()}

    def mask(self):
        return np.eye(3, dtype=np.int8)[self.steps % 3]

    def step(self, action):
        assert self.mask()[action - 2], "illegal"
        return (*super().step(action)[:4], {"action_mask": self.mask()})


class Rover(Costly):
    """Sees and acts in several parts; the reward says what the action was."""

    observation_space = Dict(
        {
            "position": Box(-np.inf, np.inf, (2,), np.float32),
            "mode": Discrete(3),
            "lamps": MultiBinary(2),
        }
    )
    action_space = MultiDiscrete([3, 2])

    def seen(self):
        return {
            "position": np.array([300.0 * self.start, -self.steps], np.float32),
            "mode": self.steps % 3,
            "lamps": np.array([1, 0], np.int8),
        }

    def reward(self):
        assert self.action_space.contains(self.action), self.action
        return -float(self.action[0] + 10 * self.action[1])


class Arm(Rover):
    """Acts in a Dict of a Tuple, a Box and switches."""

    action_space = Dict(
        {
            "grip": Tuple((Discrete(2, start=1), MultiBinary(2))),
            "turn": Box(np.array([-1.0, 0.0]), np.array([1.0, 2.0]), dtype=np.float64),
        }
    )

    def reward(self):
        assert self.action_space.contains(self.action), self.action
        grip, turn = self.action["grip"], self.action["turn"]
        return -float(grip[0] + 10 * grip[1].sum() + 100 * turn.sum())


class Boundless(Costly):
    action_space = Box(-np.inf, np.inf, (2,), np.float64)


class Words(Costly):
    observation_space = gymnasium.spaces.Sequence(Discrete(3))


class Named(Costly):
    observation_space = Text(3)


def doubled(env):
    return gymnasium.wrappers.TransformReward(env, lambda reward: 2 * reward)


def nothing(env):
    return None


for kind in (
    Costly, BreaksSight, BreaksAndEnds, BreaksReward, Quits, Truncates, Odd, Shared, Restless,
    OldReset, OldStep, OldBoth, Infinite, Picky, Masked, Rover, Arm, Boundless, Words, Named,
):  # fmt: skip
    if f"{kind.__name__}-v0" not in gymnasium.registry:
        gymnasium.register(f"{kind.__name__}-v0", kind, max_episode_steps=100)
