"""Many networks at once: a lane is an episode with a network and a choice of weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.core.kernels.action import Graphs, act_lanes
from wann.core.network import Network


class Lanes:
    """P networks with W choices of weights each, acting in R episodes each: L = P · W · R lanes.

    Lane (p · W + w) · R + r is network p with weights w in episode r.
    """

    def __init__(
        self,
        networks: Sequence[Network],
        weights: np.ndarray,
        rollouts: int,
        low: Sequence[float] | None,
        high: Sequence[float] | None,
    ) -> None:
        """Get everything ready that does not change from step to step.

        Args:
            networks: P networks of the same inputs and outputs.
            weights: Shared ones [W], or individual ones [W, C] for networks of C enabled
                connections each.
            rollouts: The number of episodes R.
            low: The least value of each output; None if actions are discrete.
            high: The greatest.

        Raises:
            ValueError: If an array of weights has the wrong size.
        """
        self._graphs = joined(networks)
        self._strengths, self._weights = None, np.asarray(weights, np.float64)
        if self._weights.ndim == 2:
            rows = [[network.strengths(row)[0] for network in networks] for row in weights]
            self._strengths = np.array([np.concatenate(row) for row in rows])  # type: ignore
            self._weights = np.ones(len(weights))
        shape = len(networks), len(weights), rollouts
        self._lanes = np.array(np.unravel_index(np.arange(np.prod(shape)), shape)).T[:, :2].copy()
        self._bounds = None if low is None or high is None else (np.array(low), np.array(high))

    def __len__(self) -> int:
        """The number of lanes."""
        return len(self._lanes)

    def act(self, lanes: np.ndarray, observations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What lanes int[L] do for their observations [L, I].

        Returns:
            The outputs, clipped to their bounds, float64[L, O]; and the index of the largest,
            int64[L], or -1 if an output or an observation is not finite.
        """
        outputs = np.empty((len(lanes), self._graphs.outputs))
        chosen = act_lanes(
            self._graphs,
            self._strengths,
            self._weights,
            self._lanes[lanes],
            np.ascontiguousarray(observations),
            self._bounds,
            outputs,
        )
        return outputs, chosen


def joined(networks: Sequence[Network]) -> Graphs:
    """The arrays of networks, one after the other, as the kernels take them."""
    first = networks[0]
    nodes = [len(network.activations) for network in networks]
    edges = np.cumsum([0, *(network.complexity for network in networks)])
    offsets = [n.offsets[:-1] + start for n, start in zip(networks, edges, strict=False)]
    return Graphs(
        first.inputs,
        first.outputs,
        np.cumsum([0, *nodes]),
        np.concatenate([network.activations for network in networks]),
        np.append(np.concatenate(offsets), edges[-1]).astype(np.int32),
        np.concatenate([network.sources for network in networks]),
        first.graph.own,  # networks of one search
    )
