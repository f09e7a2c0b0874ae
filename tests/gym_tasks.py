"""Gymnasium environments for tests: small ones that count, and those that misbehave.

Their ids are "tests.gym_tasks:NAME", which works in worker processes, too.
"""

import os
import signal
import time

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary

LEAKED = []


class Counter(gymnasium.Env):
    """Steps to a total: an action adds to it, and ten steps make an episode.

    The observation is the total and the start, which the seed draws. The reward is the action.
    """

    observation_space = Box(-np.inf, np.inf, (1, 2), np.float64)
    action_space = Discrete(3, start=5)
    length = 10

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.start = self.np_random.integers(4)
        self.total, self.steps = float(self.start), 0
        return self.observation(), {}

    def observation(self):
        return np.array([[self.total, self.start]])

    def reward(self, action):
        return float(action)

    def step(self, action):
        assert self.action_space.contains(action), action
        self.total += float(np.sum(action))
        self.steps += 1
        return self.observation(), self.reward(action), self.steps == self.length, False, {}


class Push(Counter):
    """Actions with bounds of their own each; the reward tells them apart."""

    observation_space = Box(-1, 1, (2,), np.float32)
    action_space = Box(np.array([[-1, 0]]), np.array([[1, 5]]), dtype=np.float32)

    def observation(self):
        return np.array([self.total, self.start], np.float32)

    def reward(self, action):
        return float(action[0, 0] + 100 * action[0, 1])


class Endless(Counter):
    length = -1


class NotANumber(Counter):
    """Rewards of NaN where the episode starts at 3."""

    def reward(self, action):
        return float("nan") if self.start == 3 else 1.0


class Raises(Counter):
    """Raises where the episode starts at 3."""

    def reward(self, action):
        if self.start == 3:
            raise ZeroDivisionError("the track is too short")
        return 1.0


class Ends(Counter):
    """Raises what would end the program, where the episode starts at 3, or elsewhere if told so."""

    error, place = SystemExit(0), "step"

    def __init__(self):
        self._end("constructor")

    def _end(self, place):
        if self.place == place:
            raise self.error

    def reset(self, *, seed=None, options=None):
        self._end("reset")
        return super().reset(seed=seed)

    def step(self, action):
        if self.start == 3:
            self._end("step")
        return super().step(action)

    def close(self):
        self._end("close")


class Misshapen(Counter):
    """Shows fewer numbers than it says, where the episode starts at 3."""

    def observation(self):
        return np.array([self.total]) if self.start == 3 else super().observation()


class Hangs(Counter):
    """Hangs once, in an episode that starts at 3: where no file is named by the variable HUNG."""

    def step(self, action):
        if self.start != 3:  # the episode that is played before a search starts elsewhere
            return super().step(action)
        try:
            open(os.environ["HUNG"], "x").close()
        except FileExistsError:
            return super().step(action)
        time.sleep(3600)


class Stalls(Counter):
    def step(self, action):
        time.sleep(3600)


class Chatty(Counter):
    """Prints, as Python and as C do, and takes a while."""

    def step(self, action):
        print("chatter from Python")
        os.write(1, b"chatter from C\n")
        os.write(2, b"chatter from C\n")
        time.sleep(0.002)
        return super().step(action)


class Dies(Counter):
    """Kills its process once, in an episode that starts at 3: the first process that finds no
    file named by the variable DIED."""

    def step(self, action):
        if self.start != 3:  # the episode that is played before a search starts elsewhere
            return super().step(action)
        try:
            open(os.environ["DIED"], "x").close()
        except FileExistsError:
            return super().step(action)
        os.kill(os.getpid(), signal.SIGKILL)


class Leaks(Counter):
    """Keeps 40 MB of every episode until two processes have: each leaves a file with its name in
    the folder named by the variable LEAKED."""

    def reset(self, *, seed=None, options=None):
        folder = os.environ["LEAKED"]
        open(os.path.join(folder, str(os.getpid())), "a").close()
        if len(os.listdir(folder)) < 3:
            LEAKED.append(np.ones(40_000_000, np.uint8))
            time.sleep(0.14)
        return super().reset(seed=seed)


class Seen(Counter):
    observation_space = Dict({"a": Discrete(2)})


class Pictures(Counter):
    observation_space = Box(0, 255, (96, 96, 3), np.uint8)


class Switches(Counter):
    action_space = MultiBinary(3)


class Unbounded(Counter):
    action_space = Box(-np.inf, 1.0, (2,), np.float32)


class Blind(Counter):
    observation_space = Box(0, 1, (0,), np.float32)


for kind in (
    Counter, Push, Endless, NotANumber, Raises, Ends, Misshapen, Hangs, Stalls, Chatty, Dies,
    Leaks, Seen, Pictures, Switches, Unbounded, Blind,
):  # fmt: skip
    if kind.__name__ not in gymnasium.registry:
        gymnasium.register(kind.__name__, kind, reward_threshold=55.0 if kind is Counter else None)
gymnasium.register("Limited", Endless, max_episode_steps=7)
