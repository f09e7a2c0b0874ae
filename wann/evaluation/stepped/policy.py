"""A network that acts in a Gymnasium environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from gymnasium.spaces import Box

from wann.core.kernels.action import act
from wann.core.kernels.jit import compiled
from wann.core.network import Network
from wann.envs.failure import BadObservation
from wann.envs.gym import GymTask
from wann.envs.stepped import actions

MASK = "action_mask"  # in an info: which choices are legal


class Policy:
    """A network with weights that acts in an environment.

    Attributes:
        numbers: The numbers of the last action, float64[A].
    """

    def __init__(
        self, task: GymTask, env: Any, network: Network, weight: float | np.ndarray
    ) -> None:
        """Get everything ready that does not change from step to step."""
        self._graph = network.graph
        self._strengths, self._shared = network.strengths(weight)
        self._values = np.zeros(len(network.activations))
        self._values[0] = 1.0
        self._inputs = self._values[1 : 1 + network.inputs]
        self._outputs = self._values[len(self._values) - network.outputs :]
        self._rule, self._space = task.action, env.action_space
        self._normalization = task.normalization
        self._low = self._high = None
        if task.low is not None:
            self._low, self._high = np.array(task.low), np.array(task.high)

    def sees(self, observation: Any) -> bool:
        """Take in an observation; tell whether it is finite.

        Raises:
            BadObservation: If it is not made of as many numbers as the network has inputs.
        """
        seen = np.asarray(observation)
        if seen.size != len(self._inputs) or seen.dtype.kind not in "fiub":
            raise BadObservation(
                f"expected an observation of {len(self._inputs)} numbers, got "
                + (
                    f"{seen.dtype}{[*seen.shape]}"
                    if seen.dtype != object
                    else f"{observation!r:.80}"
                )
            )
        self._inputs[:] = seen.ravel()
        finite = all_finite(self._inputs)
        if finite and self._normalization is not None:
            self._inputs[:] = self._normalization(self._inputs)
        return bool(finite)

    def __call__(self, observation: Any, info: dict[str, Any] | None = None) -> Any:
        """The action, or None if the observation or an output is not finite.

        Args:
            observation: What the network sees.
            info: What came with it; the choices that its ``action_mask`` forbids are not taken.

        Raises:
            BadObservation: If it is not made of as many numbers as the network has inputs.
        """
        if not self.sees(observation):
            return None
        chosen = act(
            self._graph, self._strengths, self._shared, self._values, self._low, self._high
        )
        if chosen < 0:
            return None
        if self._low is not None:
            self.numbers = self._outputs
            if isinstance(self._space, Box):
                return self._outputs.astype(self._space.dtype).reshape(self._space.shape)
            return actions.assembled(self._space, iter(self.numbers.tolist()))
        mask = None if info is None else info.get(MASK)
        if mask is None and self._rule["kind"] == actions.DISCRETE:
            number = self._rule.get("first", 0) + chosen
            self.numbers = np.array([number], np.float64)
            return actions.assembled(self._space, iter(self.numbers))
        legal = None if mask is None else legal_of(mask, len(self._outputs))
        self.numbers = actions.decode(self._rule, self._outputs, legal)
        return actions.assembled(self._space, iter(self.numbers.tolist()))


def legal_of(mask: Any, outputs: int) -> np.ndarray:
    """An action mask as one number for each output, bool[O]; those of several parts in a row.

    Raises:
        BadObservation: If it has another size.
    """
    parts = [mask] if isinstance(mask, np.ndarray) else list(_leaves(mask))
    legal = np.concatenate([np.ravel(part) for part in parts]) if parts else np.zeros(0)
    if len(legal) != outputs:
        raise BadObservation(
            f"expected an action_mask of {outputs} numbers, one for each choice, got {len(legal)}"
        )
    return legal.astype(bool)


def _leaves(mask: Any) -> Iterator[Any]:
    if isinstance(mask, dict):
        mask = list(mask.values())
    if isinstance(mask, list | tuple):
        for part in mask:
            yield from _leaves(part)
    else:
        yield mask


@compiled
def all_finite(values: np.ndarray) -> bool:
    """Whether all of some numbers [N] are."""
    for value in values:  # noqa: SIM110  compiled
        if not np.isfinite(value):
            return False
    return True
