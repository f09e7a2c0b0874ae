"""A Gymnasium environment of one's own: a cart is to stay near a place."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

import wann


class Stay(gymnasium.Env):
    """Stay near 0: see position and velocity, push with -1 to 1."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict]:
        """Start somewhere."""
        super().reset(seed=seed)
        self.state, self.steps = self.np_random.uniform(-1, 1, 2), 0
        return self.state.astype(np.float32), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        """Push."""
        position, velocity = self.state
        self.state = np.array([position + 0.05 * velocity, velocity + 0.05 * action[0]])
        self.steps += 1
        reward = float(np.exp(-(self.state[0] ** 2)))
        ended = bool(abs(self.state[0]) > 5)
        return self.state.astype(np.float32), reward, ended, self.steps >= 100, {}


def main(generations: int = 30, population: int = 64, workers: int = -1) -> wann.Model:
    """Search, and say what the network does at rest at 0.5."""
    model = wann.evolve(
        Stay,
        generations=generations,
        population=population,
        confirm_rollouts=8,
        workers=workers,
    )
    print(model)
    print("the push at 0.5, at rest:", model([0.5, 0.0], weight=1.0))
    return model


if __name__ == "__main__":
    main()
