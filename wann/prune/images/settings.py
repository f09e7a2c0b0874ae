"""The settings of a pruning of image classifiers, and their defaults for each task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from wann.prune.images.rewinding import SHARED, SURVIVORS
from wann.prune.images.training import OPTIMIZERS
from wann.prune.masks.selection import check_sparsity
from wann.prune.networks.architecture import LENET5, NETWORKS
from wann.prune.run import (
    BIMODAL_DENSE,
    CORRUPTED_LABELS,
    DENSE_EQUAL,
    FROZEN,
    FROZEN_OUTWARD,
    INVERTED,
    NATIVE,
    REINITIALISED,
    SCRATCH_B,
    SCRATCH_E,
    SHUFFLED,
    SMALL_DENSE,
)
from wann.prune.scores.registry import ELEMENTARY, OF_IMAGES, WITHOUT_TRAINING
from wann.prune.settings import Settings, at_least_1, expect, flag

COEFFICIENTS = "coefficients"  # of hidden nodes; only early-bird trains them
NODES = ("nodes-l1", "nodes-l2")
SCOPES = ("layer", "global", *NODES)  # or n:m, such as 2:4
CHOICES = {
    "schedule": ("one-shot", "iterative"),
    "retrain": ("full", "fine-tune", "none"),
    "controls": ("targets", "all"),
}
# Controls that change the mask or how it is found; any survivors and any score are arms, too.
EQUAL_BUDGET = (DENSE_EQUAL, SMALL_DENSE, SCRATCH_E, SCRATCH_B, BIMODAL_DENSE)
HELD = (FROZEN, FROZEN_OUTWARD)  # pruned weights hold their first values
CONTROLS = (REINITIALISED, SHUFFLED, INVERTED, CORRUPTED_LABELS, NATIVE, *EQUAL_BUDGET, *HELD)


@dataclass(frozen=True)
class ImageOptions:
    """For images only: dense classifiers, trained by gradient."""

    sparsity: str = "0.9"
    """Shares of the weights (of hidden nodes, where the scope is nodes) to remove, below 1; several
    with commas, rising; 0 for the dense network alone; layer1=0.9,layer3=0.5 for one of each layer,
    the others left alone."""
    score: str = "magnitude"
    """What weights are kept for."""
    network: str = "mlp"
    """mlp, or lenet5: two convolutions and two dense layers; --hidden are then channels, channels,
    nodes, by default 20,50,500."""
    winners: float = 0.0
    """Share of the nodes of a hidden layer that stay active, those with the largest values; 0 for
    nodes that are relu."""
    scope: str = "layer"
    """Among which weights scores compete: layer, global, nodes-l1, nodes-l2, n:m, or
    (early-bird) coefficients."""
    schedule: Literal["one-shot", "iterative"] = "iterative"
    """All at once, or in rounds of the rate."""
    survivors: str = "initial"
    """What survivors hold when they are trained again."""
    retrain: Literal["full", "fine-tune", "none"] = "full"
    """Training after a pruning: as the first, a third as long at a tenth of the rate, or none."""
    coefficient_l1: float = 0.0
    """Factor of the sum of the absolute coefficients of nodes in the loss, of early-bird."""
    controls: Literal["targets", "all"] = "targets"
    """Controls where a sparsity of --sparsity is reached, or at every level."""
    steps: int = 12_000
    """Minibatches of a training."""
    batch: int = 60
    """Images in a minibatch."""
    optimizer: str = "adam"
    """adam or sgd."""
    learning_rate: float | None = None
    """Of the full training; by default 0.0012 with adam, 0.02 with sgd."""
    l2: float = 0.0
    """Factor of half the sum of squared weights in the loss."""
    penalty: float = 1.0
    """Factor of what a method adds to the loss so that weights or nodes vanish."""
    temperature: float = 8.0
    """What outputs are divided by before a student compares them with its teacher's."""
    mix: float = 0.9
    """Share of the teacher in a student's loss; the rest are the labels."""
    early_step: int = 500
    """The step that survivors of kind early are rewound to."""
    found_on: str = ""
    """Another task of the same shape, to find the masks on."""
    found_by: str = ""
    """Another optimizer, to find the masks with."""


@dataclass(frozen=True)
class ImageSettings(ImageOptions, Settings):
    """Everything that decides what a pruning of image classifiers finds."""

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        super().__post_init__()
        for name in ("steps", "batch", "early_step"):
            at_least_1(name, getattr(self, name))
        if self.learning_rate is not None and not 0 < self.learning_rate < float("inf"):
            raise ValueError(f"--learning-rate: expected above 0, got {self.learning_rate}")
        for name in ("l2", "coefficient_l1", "penalty"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{flag(name)}: expected 0 or more, got {getattr(self, name)}")
        if self.layer_sparsities() is None:
            self.sparsities()
        if not 0 < self.temperature < float("inf"):
            raise ValueError(f"--temperature: expected above 0, got {self.temperature}")
        if not 0 <= self.mix <= 1:
            raise ValueError(f"--mix: expected a share from 0 to 1, got {self.mix}")
        self.n_of_m()
        for name, known in CHOICES.items():
            expect(flag(name), getattr(self, name), known)
        expect("--score", self.score, OF_IMAGES)
        expect("--network", self.network, NETWORKS)
        expect("--survivors", self.survivors, SURVIVORS)
        expect("--optimizer", self.optimizer, OPTIMIZERS)
        if self.found_by:
            expect("--found-by", self.found_by, OPTIMIZERS)
        for arm in self.arm_names():
            expect("--arms", arm, (*CONTROLS, *SURVIVORS, *OF_IMAGES))
        self._check_sense()

    def _check_sense(self) -> None:
        """See that what is combined makes sense together.

        Raises:
            ValueError: If it does not.
        """
        if self.survivors in SHARED and self.retrain != "none":
            raise ValueError(
                f"--survivors {self.survivors}: one weight for all connections is not trained: "
                f"expected --retrain none, got {self.retrain}"
            )
        if self.method == "ternary" and len(self.hidden_sizes()) != 1:
            raise ValueError(
                "--hidden: expected one hidden layer, such as 90, with --method ternary, as a "
                f"topology for any weight has paths of four connections; got {self.hidden}"
            )
        if self.scope == COEFFICIENTS and self.method != "early-bird":
            raise ValueError(
                f"--scope {COEFFICIENTS}: expected --method early-bird, which trains them, got "
                f"{self.method}"
            )
        self._check_network()
        layers = self.layer_sparsities()
        if layers is not None and (
            self.scope not in ("layer", *NODES) or (self.scope in NODES and layers[-1])
        ):
            raise ValueError(
                f"--sparsity {self.sparsity}: expected --scope layer, or hidden layers alone with "
                f"a scope of nodes, got --scope {self.scope}"
            )
        trained = self.survivors == "trained" or self.retrain != "none"
        if not trained and (arms := sorted({*EQUAL_BUDGET, *HELD} & set(self.arm_names()))):
            raise ValueError(f"--arms {arms[0]}: expected --retrain full, for nothing is trained")
        again = self.retrain != "none" or self.survivors == "trained"
        if self.schedule == "iterative" and not again and self.score not in WITHOUT_TRAINING:
            raise ValueError(
                "--schedule iterative: a round prunes what was trained after the one before: "
                "expected --retrain full or fine-tune, got none"
            )

    def _check_network(self) -> None:
        """See that what is not made for all networks is not asked of others than relu ones.

        Raises:
            ValueError: If it is.
        """
        if not 0 <= self.winners < 1:
            raise ValueError(f"--winners: expected a share from 0 to below 1, got {self.winners}")
        if self.network == "mlp" and not self.winners:
            return
        which = f"--winners {self.winners:g}"
        if self.network == LENET5:
            which = f"--network {LENET5}"
            if self.winners:
                raise ValueError(f"--winners: expected none with {which}, whose nodes are relu")
            if len(self.hidden_sizes()) != 3:
                raise ValueError(
                    "--hidden: expected channels of two convolutions and nodes of a layer, such as "
                    f"20,50,500, with {which}, got {self.hidden}"
                )
        self.check_elementary(f"with {which}")

    def check_elementary(self, why: str) -> None:
        """See that scores are of each weight alone, and that no weights are shared.

        Raises:
            ValueError: If some are not; it says why that is asked.
        """
        for option, names in (("score", (self.score,)), ("arms", self.arm_names())):
            for name in names:
                if name in OF_IMAGES and name not in ELEMENTARY:
                    raise ValueError(
                        f"--{option}: expected scores of each weight alone, {why}: "
                        f"{', '.join(ELEMENTARY)}; got {name}"
                    )
        for option, names in (("survivors", (self.survivors,)), ("arms", self.arm_names())):
            for name in names:
                if name in SHARED:
                    raise ValueError(f"--{option}: expected no shared weight, {why}, got {name}")

    def sparsities(self) -> list[float]:
        """The sparsities to reach.

        Raises:
            ValueError: If they are not rising numbers in [0, 1).
        """
        try:
            found = [float(part) for part in self.sparsity.split(",")]
        except ValueError:
            raise ValueError(
                f"--sparsity: expected shares such as 0.9 or 0.9,0.95, got {self.sparsity!r}"
            ) from None
        try:
            for sparsity in found:
                check_sparsity(sparsity)
        except ValueError as error:
            raise ValueError(f"--sparsity: {error}") from None
        if found != sorted(set(found)):
            raise ValueError(f"--sparsity: expected shares that rise, got {self.sparsity}")
        return found

    def layer_sparsities(self) -> tuple[float, ...] | None:
        """The sparsity of each layer to reach, 0 where it is left alone; None for all together.

        Raises:
            ValueError: If a layer or a share is none, or stands twice.
        """
        if "=" not in self.sparsity:
            return None
        layers = [f"layer{i + 1}" for i in range(len(self.hidden_sizes()) + 1)]
        found = dict.fromkeys(layers, 0.0)
        named = []
        for part in self.sparsity.split(","):
            name, _, text = part.partition("=")
            expect("--sparsity", name, layers)
            named.append(name)
            try:
                found[name] = float(text)
                check_sparsity(found[name])
            except ValueError:
                raise ValueError(
                    f"--sparsity: expected shares in [0, 1) such as layer1=0.9, got {part!r}"
                ) from None
        if len(set(named)) < len(named):
            raise ValueError(f"--sparsity: expected each layer once, got {self.sparsity}")
        return tuple(found.values())

    def n_of_m(self) -> tuple[int, int] | None:
        """n and m where the scope is n:m.

        Raises:
            ValueError: If the scope is unknown.
        """
        if self.scope in (*SCOPES, COEFFICIENTS):
            return None
        n, colon, m = self.scope.partition(":")
        if not colon or not (n.isdecimal() and m.isdecimal()) or not 1 <= int(n) < int(m):
            expect("--scope", self.scope, (*SCOPES, COEFFICIENTS, "2:4"))
        return int(n), int(m)


LENET = {"hidden": "300,100", "steps": 15_000, "sparsity": "0.964"}
# For each task: its defaults. Sparsity 0.94055 of 256-100-50-10 leaves as many weights as the
# connections of the paper's own network for MNIST, 1,849.
TASKS: dict[str, dict[str, Any]] = {
    "mnist-28": LENET,
    "fashion-mnist-28": LENET,
    "mnist": {"sparsity": "0.94055"},
    "fashion-mnist": {"sparsity": "0.94055"},
    "digits": {"hidden": "32,16", "steps": 2_000, "early_step": 50},
}
