"""Model: a network as its users hold it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wann.core import files
from wann.core.network import Network, express
from wann.core.text import number, printable
from wann.envs.stepped import actions
from wann.storage.network_file import NetworkFile, to_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Model(NetworkFile):
    """A topology with the names of its inputs and outputs, perhaps weights, and scores.

    It holds what its file says, and is a policy: ``model(observation, weight=0.7)`` is the action.
    """

    @cached_property
    def network(self) -> Network:
        """The expressed network."""
        return express(self.genome)

    def __repr__(self) -> str:
        """What it is for, its size and, if it is known, its mean, in one line."""
        network = self.network
        hidden = len(network.ids) - 1 - network.inputs - network.outputs
        fitness = self.scores.get("fitness")
        scored = "" if fitness is None else f", fitness {number(fitness)}"
        return printable(
            f"<Model for {self.task}: {network.inputs} inputs, {network.outputs} outputs, "
            f"{network.complexity} connections, {hidden} hidden nodes{scored}>"
        )

    def forward(self, x: np.ndarray, weight: float | np.ndarray | None = None) -> np.ndarray:
        """The outputs [..., O] for inputs x [..., I], with the model's own weights by default.

        Raises:
            ValueError: If x or weight has the wrong size, or no weight is given and the model
                has none.
        """
        if weight is None:
            weight = self.weights
        if weight is None:
            raise ValueError("this network holds no weights: expected weight=..., such as 0.7")
        if self.normalization is not None:
            x = self.normalization(np.asarray(x, np.float64))
        return self.network.forward(x, weight)

    def __call__(self, observation: np.ndarray, weight: float | np.ndarray | None = None) -> Any:
        """The action for an observation [I], or the actions for many [..., I].

        Discrete: the index of the largest output, the first on ties, counted from the first
        action. Continuous: the outputs [..., O], clipped. Of several parts: A numbers, [..., A].
        Regression: the predictions [..., O].

        Raises:
            ValueError: As by `forward` and `readout`.
        """
        outputs = self.forward(observation, weight)
        if self.action["kind"] == "regression":
            scale, offset = self.readout(self.weights if weight is None else weight)
            return outputs * scale + offset
        chosen = actions.decode(self.action, outputs)
        if self.action["kind"] != actions.DISCRETE:
            return chosen
        chosen = chosen[..., 0].astype(np.int64)
        return int(chosen) if chosen.ndim == 0 else chosen

    def readout(self, weight: Any) -> tuple[np.ndarray, np.ndarray]:
        """What makes outputs of regression predictions: the scale and the offset of each, [O].

        Raises:
            ValueError: If it was not fitted for the weight.
        """
        known = self.action.get("weights", [])
        if np.ndim(weight) or weight not in known:
            raise ValueError(
                f"expected one of the shared weights that a scale and an offset were fitted for, "
                f"{', '.join(map('{:g}'.format, known)) or 'of which there are none'}, got "
                f"{'individual ones' if np.ndim(weight) else weight}"
            )
        place = known.index(weight)
        return np.array(self.action["scale"][place]), np.array(self.action["offset"][place])

    def topology(self, before: Network | None = None) -> Figure:
        """A figure of the topology.

        Args:
            before: An earlier network of the same run; what is new since is bold.
        """
        from wann.plotting import topology  # only now: Matplotlib takes a while

        weights = self.weights if isinstance(self.weights, np.ndarray) else None
        return topology.draw(self.network, self.inputs, self.outputs, weights, before)

    def _repr_svg_(self) -> str:
        """The topology, for notebooks."""
        from wann.plotting import style

        return style.svg(self.topology())

    def save(self, path: str | Path) -> None:
        """Write the model to a file in the format wann-network/1."""
        files.write_json(Path(path), to_json(self))
