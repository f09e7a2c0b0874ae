"""Training a masked MLP by gradients, with JAX and optax.

Where few weights are left they are trained one by one, see `sparse`. Else masks are arguments of
the compiled function, so that all levels of a pruning share it. Many steps
go in one call, and batches are gathered inside. Seeds run one after the other or on threads:
vmap over seeds was measured on two cores and gains nothing at LeNet's size, for the matrix
products are the time, while threads gain a factor of almost two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from wann.core.kernels.gradients.descent import Rule
from wann.prune.images.data import Data
from wann.prune.masks.selection import Masks
from wann.prune.networks import sparse
from wann.prune.networks.layers import CONVOLUTION, outputs_in_jax
from wann.prune.networks.mlp import MLP, Activation, masked, of_layers

OPTIMIZERS = ("adam", "sgd")
MOMENTUM = 0.9  # of sgd
LEARNING_RATES = {"adam": 1.2e-3, "sgd": 0.02}
CHECKS = 30  # of a training, after equal numbers of steps, on the validation examples
FIRST = 100  # steps between those before the first of them, which choose nothing


@dataclass(frozen=True)
class Training:
    """How weights are trained.

    Attributes:
        steps: Number of minibatches.
        batch: Images in each.
        optimizer: One of `OPTIMIZERS`.
        learning_rate: Constant.
        l2: Factor of the sum of squared weights, halved, in the loss.
        choose: Whether to take the weights that are best on the validation examples, or the last.
    """

    steps: int
    batch: int = 60
    optimizer: str = "adam"
    learning_rate: float = LEARNING_RATES["adam"]
    l2: float = 0.0
    choose: bool = True


class Trained(NamedTuple):
    """A trained network.

    Attributes:
        mlp: The weights with the highest accuracy on the validation examples, the first on ties;
            or the last ones, where that is asked.
        validation: Their accuracy on the validation examples.
        samples: Images seen.
        step: The step after which they were these.
        curve: (step, accuracy on the validation examples), float64[S, 2].
    """

    mlp: MLP
    validation: float
    samples: int
    step: int
    curve: np.ndarray


class Trainer:
    """Trains on one set of examples; it may be used by several threads."""

    def __init__(
        self,
        data: Data,
        tick: Callable[[int], object] = lambda steps: None,
        activation: Activation = "relu",
    ) -> None:
        """Put the examples where JAX computes.

        Args:
            data: The examples.
            tick: Called with the number of steps just done; it stops the training by raising.
            activation: What the hidden layers do, see `layers`.
        """
        import jax.numpy as jnp

        self._names = activation if isinstance(activation, str) else tuple(activation)

        self.data = data
        self._tick = tick
        kind = jnp.int32 if data.train.y.ndim == 1 else jnp.float32
        self._train, self._validation = (
            (jnp.asarray(part.X), jnp.asarray(part.y, kind))
            for part in (data.train, data.validation)
        )

    def train(
        self,
        start: MLP,
        masks: Masks,
        training: Training,
        rng: np.random.Generator,
        learns: Masks | None = None,
    ) -> Trained:
        """Train the weights in the masks; the others are 0 and stay so.

        Args:
            start: The weights to start with; those outside the masks count as 0.
            masks: Which weights there are.
            training: How.
            rng: Of the order of the images: another one for each pass through them.
            learns: Which of them are trained; by default all.
        """
        parts = parts_of(training.steps)
        checks = np.cumsum(parts).tolist() if training.choose else [training.steps]
        parts = [*pieces_of(parts[0]), *parts[1:]]
        best, highest, at = start, -np.inf, 0
        curve: list[tuple[int, float]] = []
        run = self.run(start, masks, training, rng, parts, learns)
        for step, mlp in zip(np.cumsum(parts).tolist(), run, strict=True):
            found = self._validated(mlp, masks)
            curve.append((step, found))
            if step in checks and found > highest:
                best, highest, at = mlp, found, step
        samples = training.steps * min(training.batch, len(self.data.train.y))
        return Trained(best, highest, samples, at, np.array(curve))

    def run(
        self,
        start: MLP,
        masks: Masks,
        training: Training,
        rng: np.random.Generator,
        parts: Iterable[int],
        learns: Masks | None = None,
    ) -> Iterator[MLP]:
        """The network after each part of a training, of so many steps; see `train`."""
        import jax.numpy as jnp

        orders = batches_of(len(self.data.train.y), training.batch, rng)
        names = of_layers(self._names, start)
        if sparse.pays(masks, names, self.data.train.y):
            few = sparse.SparseNetwork(start, masks, names)
            rule = Rule(MOMENTUM if training.optimizer == "sgd" else 0.0, training.l2)
            rate = training.learning_rate
            of_few = sparse.run(few, learns or masks, rule, rate, self.data.train, orders)
            for steps in parts:
                yield of_few(steps)
                self._tick(steps)
            return
        run, prepare = compiled_training(training.optimizer, training.l2, self._names)
        mlp: Any = MLP(*(tuple(map(jnp.asarray, part)) for part in masked(start, masks)))
        moments = prepare(mlp)
        keep = tuple(jnp.asarray(mask, jnp.float32) for mask in learns or masks)
        for steps in parts:
            batches = jnp.asarray(np.stack([next(orders) for _ in range(steps)]), jnp.int32)
            mlp, moments = run(mlp, moments, keep, *self._train, batches, training.learning_rate)
            yield MLP(*(tuple(map(np.asarray, part)) for part in mlp))
            self._tick(steps)

    def _validated(self, mlp: MLP, masks: Masks) -> float:
        """The accuracy on the validation examples, or R² where they have targets."""
        names = of_layers(self._names, mlp)
        if sparse.pays(masks, names, self.data.train.y):
            return sparse.SparseNetwork(mlp, masks, names).accuracy(*self.data.validation)
        return float(_quality(self._names)(mlp, *self._validation))


def parts_of(steps: int) -> list[int]:
    """A number of steps in at most `CHECKS` parts of equal size and a rest."""
    part = -(-steps // CHECKS)
    return [part] * (steps // part) + ([steps % part] if steps % part else [])


def pieces_of(part: int) -> list[int]:
    """The steps before the first check, in pieces of `FIRST` and a rest: learning is fast there."""
    return [FIRST] * (part // FIRST) + ([part % FIRST] if part % FIRST else [])


def batches_of(count: int, batch: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Places of images, int64[batch], without end: each pass through all has a new order."""
    batch = min(batch, count)
    while True:
        order = rng.permutation(count)
        yield from order[: count // batch * batch].reshape(-1, batch)


def forward(mlp: MLP, X: Any, activation: Activation = "relu") -> Any:
    """The outputs [B, O] for inputs [B, I], as a JAX function."""
    channels = 1
    for name, w, b in zip(of_layers(activation, mlp), mlp.weights, mlp.biases, strict=True):
        X = outputs_in_jax(name, X, w, b, channels)
        channels = w.shape[1] if name == CONVOLUTION else channels
    return X


@cache
def _quality(activation: Activation) -> Any:
    """As `mlp.quality`, compiled."""
    import jax
    import jax.numpy as jnp

    def found(mlp: MLP, X: Any, y: Any) -> Any:
        outputs = forward(mlp, X, activation)
        if y.ndim == 1:
            return jnp.mean(jnp.argmax(outputs, axis=1) == y)
        total = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
        left = ((outputs - y) ** 2).sum(axis=0) / total
        return jnp.where(total > 0, 1 - left, 0.0).mean()

    return jax.jit(found)


@cache
def compiled_training(
    optimizer: str, l2: float, activation: Activation = "relu"
) -> tuple[Any, Any]:
    """Compiled ``run(mlp, moments, masks, X, y, batches, rate) -> (mlp, moments)`` and
    ``prepare(mlp) -> moments``."""
    import jax
    import optax

    rule = {"adam": optax.scale_by_adam(), "sgd": optax.trace(MOMENTUM)}[optimizer]

    def loss(mlp: MLP, X: Any, y: Any) -> Any:
        outputs = forward(mlp, X, activation)
        if y.ndim == 1:
            found = optax.softmax_cross_entropy_with_integer_labels(outputs, y).mean()
        else:  # targets of regression: half the squared error
            found = ((outputs - y) ** 2).mean() / 2
        return found + l2 / 2 * sum((w * w).sum() for w in mlp.weights) if l2 else found

    def run(
        mlp: MLP, moments: Any, masks: Any, X: Any, y: Any, batches: Any, rate: Any
    ) -> tuple[MLP, Any]:
        def step(state: tuple[MLP, Any], batch: Any) -> tuple[tuple[MLP, Any], None]:
            mlp, moments = state
            gradient = jax.grad(loss)(mlp, X[batch], y[batch])
            # Without a gradient, weights that nobody trains stay what they are.
            gradient = masked(gradient, masks)
            changes, moments = rule.update(gradient, moments)
            mlp = jax.tree.map(lambda weight, change: weight - rate * change, mlp, changes)
            return (mlp, moments), None

        return jax.lax.scan(step, (mlp, moments), batches)[0]

    return jax.jit(run), jax.jit(rule.init)
