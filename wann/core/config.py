"""The settings of a search, and the presets for each task."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from wann.core import checks, presets
from wann.core.checks import parse_weights
from wann.core.expressions import names as activation_names
from wann.core.expressions import own

if TYPE_CHECKING:  # NumPy takes a third of what the help of a search does, which needs none
    import numpy as np

# Weights from each part of the range with which champions are confirmed, where weights are fresh.
CONFIRMED = 4

_CONNECTIONS = ("add_connection", "enable_connection", "disable_connection")
MUTATIONS = ("change_activation", "add_node", *_CONNECTIONS)
OBJECTIVES = ("peak", "accuracy", "connections", "none")
OWN = "own:"  # before the name of an objective that the user's program registers

# What only says when a search ends may change when it goes on.
RESUMABLE = ("generations", "target", "patience")

LIMITS = {
    "seed": (0, checks.MOST_SEED),
    "generations": (1, 10**12),
    "patience": (0, 10**9),
    "population": (2, 10**6),
    "rollouts": (1, checks.MOST_EPISODES),
    "batch": (1, 10**8),
    "max_steps": (0, 10**9),
    "give_up": (0, 10**9),
    "first_mutations": (0, 10**6),
    "hall_of_fame": (0, 10**6),
    "tournament": (1, 10**6),
    "tournaments": (1, 100),
    "confirm_rollouts": (1, checks.MOST_EPISODES),
    "restart": (0, 10**9),
    "report_episodes": (1, checks.MOST_EPISODES),
}


@dataclass(frozen=True)
class SearchConfig:
    """Everything that determines what a search finds.

    The defaults are those of a task that no preset knows. Many are the numbers of the paper's
    released code; all of these, and its ways, are the preset `paper`.
    """

    env: str = "cartpole"
    """What to search on: cartpole, swingup, digits, mnist, mnist-28, fashion-mnist, ..., or gym:ID
    for any Gymnasium environment, or envpool:ID for one that EnvPool steps in C++,
    csv:FILE with --label for a table, sklearn:wine, or idx:FOLDER for images like MNIST's."""
    preset: str = "wann"
    """Where the settings come from that are not given: wann, or paper for those of Gaier & Ha
    (2019) and their released code."""
    seed: int = 0
    """The one seed of everything random. The same seed finds the same champion."""
    generations: int = 1024
    """Stop after this many generations."""
    target: float = math.inf
    """Stop once the champion's fitness on the confirmation episodes reaches this."""
    patience: int = 0
    """Stop after so many generations without a new champion; 0: never."""
    population: int = 192
    """Genomes in a generation."""
    rollouts: int = 3
    """Episodes for each genome and shared weight; for images, batches."""
    own_episodes: bool = False
    """Give each shared weight episodes of its own, in selection and confirmation, so that a genome
    meets more different ones (gym:ID and envpool:ID only)."""
    batch: int = 1000
    """Images in a batch (images only)."""
    calibrated: bool = True
    """Scale the outputs for the softmax by the factor that makes the right classes most likely
    (images only)."""
    max_steps: int = 0
    """End an episode after this many steps, be it fewer or more than usual; 0 leaves it to the
    task (not images)."""
    give_up: int = 0
    """Give up an episode that earned nothing for so many steps, and take what is left of it to go
    on like these; 0: never. Champions are judged by whole episodes (envpool:ID only)."""
    least_reward: float = -math.inf
    """In selection let no reward count as less, so that a fall that costs 100 is risked. Champions
    are judged by true ones (envpool:ID only)."""
    normalize: bool = False
    """Give networks observations less their mean, in units of their deviation, as the first
    generations see them (gym:ID and envpool:ID only)."""
    rollout_timeout: float = math.inf
    """Kill an episode that takes more seconds, and rank its genome last (Gymnasium only). What is
    found then depends on the machine's speed."""
    shared_weights: str = "-2,-1,-0.5,0.5,1,2"
    """The shared weights to try: a list with commas, or LOW:HIGH:COUNT."""
    fresh_weights: bool = False
    """Draw the shared weights anew each generation, one from each of COUNT equal parts of
    LOW:HIGH, so that no fixed ones can be learnt by heart."""
    connect_probability: float = 0.5
    """How likely each pair of input and output is connected in the first generation."""
    keep_undrawn: bool = False
    """Keep the pairs that are not connected at first as disabled connections, to be enabled."""
    first_mutations: int = 0
    """Begin with networks that had up to so many mutations each; 0: with the simplest ones."""
    complexity_probability: float = 0.5
    """How often the second objective is few connections."""
    objectives: str = "peak"
    """What the second objective is else: peak, the mean with the best single weight; accuracy
    (images only); connections, few of them; own:NAME, one of your own; or none, as with one weight
    the peak is the mean. Two with a comma make three objectives."""
    tournament: int = 8
    """Genomes that compete to become a parent."""
    tournaments: int = 1
    """Tournaments for each parent; the best of their winners is it."""
    elites: float = 0.2
    """Share of the population that survives unchanged."""
    hall_of_fame: int = 0
    """The elites, which stay as long as no better ones are confirmed; each generation has up to two
    genomes confirmed. 0: the best of each generation are."""
    cull: float = 0.2
    """Share of the population that may not become parents."""
    cull_first: bool = False
    """Take the share of the elites from those that the cull leaves, and round both down."""
    change_activation: float = 0.50
    """Relative rate of the mutation that changes a hidden node's activation."""
    add_node: float = 0.25
    """Relative rate of the mutation that splits a connection by a new node."""
    add_connection: float = 0.20
    """Relative rate of the mutation that adds a connection."""
    enable_connection: float = 0.05
    """Relative rate of the mutation that enables a disabled connection."""
    disable_connection: float = 0.0
    """Relative rate of the mutation that disables a connection."""
    mutations: str = ""
    """Relative rates of mutations of your own, NAME=RATE with commas."""
    more_mutations: float = 0.0
    """How likely a child gets one more mutation, and after that one more."""
    published_mutations: bool = False
    """Mutate as the paper's code does: exactly one draw, which leaves a clone where there is
    nothing to act on; a split always makes a new node id; new connections lead from a random node
    to one in a later layer, and never enable a disabled one."""
    guided: bool = False
    """Change networks where the gradient of the likelihood points (images only)."""
    layered: bool = False
    """Grow networks in which each path has four connections, through linear or inverse nodes in the
    odd layers; so with activations of the even ones out of linear, inverse, abs and relu the
    largest output is the same for any shared weight but 0."""
    symmetric: bool = False
    """Search only networks that do the same with the shared weight -w as with w."""
    crossover: float = 0.0
    """Share of the children that have two parents."""
    immigrants: float = 0.0
    """Share of the children that are new networks, like those of the first generation."""
    activations: str = ",".join(activation_names.NAMES)
    """The activations that hidden nodes may have, with commas; one of your own as NAME=EXPRESSION
    of x, such as softsign=x/(1+abs(x))."""
    simplify: bool = False
    """Take the connections from the champion, at the end, that do nothing for it."""
    restart: int = 0
    """Generations after which the population starts anew from the simplified champion, if there was
    a new one meanwhile; 0: never."""
    confirm_rollouts: int = 32
    """Episodes for each weight on which a would-be champion must prove better."""
    report_episodes: int = 100
    """Fresh episodes for each weight in the champion's last scores (not images)."""

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the setting, what was expected and what came.
        """
        for field in fields(self):
            kind = type(field.default)
            value = getattr(self, field.name)
            fits = isinstance(value, (int, float) if kind is float else kind)
            fits = fits and (kind is bool or not isinstance(value, bool))
            self._expect(field.name, fits, kind.__name__)
        for name, (low, high) in LIMITS.items():
            checks.check(f"--{name.replace('_', '-')}", getattr(self, name), low, high)
        self._expect("rollout_timeout", self.rollout_timeout > 0, "seconds above 0")
        self._expect("least_reward", self.least_reward <= 0, "a number of 0 or less")
        self._expect("target", not math.isnan(self.target), "a number")
        for name in ("connect_probability", "complexity_probability", "crossover", "immigrants"):
            self._expect(name, 0 <= getattr(self, name) <= 1, "a number from 0 to 1")
        for name in ("elites", "cull", "more_mutations"):
            self._expect(name, 0 <= getattr(self, name) < 1, "a share from 0 to below 1")
        for name, rate in self.mutation_rates.items():
            setting = name if name in MUTATIONS else "mutations"
            self._expect(setting, 0 <= rate < math.inf, "a rate of 0 or more")
        if sum(self.mutation_rates.values()) == 0:
            raise ValueError("mutation rates: expected at least one above 0, got all 0")
        checks.check_weights(self.shared_weights)
        listed, mine = own.listed(self.activations)
        for name in listed:
            activation_names.index(name, [each.name for each in mine])
        self._expect("preset", self.preset in presets.NAMES, " or ".join(presets.NAMES))
        names = self.objective_names
        known = all(name in OBJECTIVES or name.startswith(OWN) for name in names)
        known = known and len(names) <= 2 and (names == ["none"] or "none" not in names)
        self._expect("objectives", known, f"one or two of {', '.join(OBJECTIVES)}, {OWN}NAME")
        for name in presets.SWITCHES:
            if self.published_mutations and getattr(self, name):
                raise ValueError(
                    f"--{name}: expected --no-published-mutations with it: the paper's mutations "
                    "know nothing of it"
                )
        if self.fresh_weights and (self.shared_weights.count(":") != 2 or len(self._parts(1)) < 2):
            raise ValueError(
                "--fresh-weights: expected --shared-weights LOW:HIGH:COUNT with a count of 2 or "
                f"more, got {self.shared_weights!r}"
            )

    def _expect(self, name: str, holds: bool, expected: str) -> None:
        if not holds:
            raise ValueError(
                f"--{name.replace('_', '-')}: expected {expected}, got {getattr(self, name)!r}"
            )

    @property
    def weight_values(self) -> np.ndarray:
        """The shared weights that champions are confirmed with, float64[W].

        With fresh weights these are the middles of CONFIRMED smaller parts of each part.
        """
        return self._parts(CONFIRMED) if self.fresh_weights else parse_weights(self.shared_weights)

    def drawn_weights(self, generation: int) -> np.ndarray:
        """The shared weights that a generation is tried with, float64[W]."""
        if not self.fresh_weights:
            return parse_weights(self.shared_weights)
        from wann.core.rng import Stream, generator

        middles = self._parts(1)
        half = (middles[1] - middles[0]) / 2
        rng = generator(self.seed, Stream.WEIGHTS, generation)
        return middles + rng.uniform(-half, half, len(middles))

    def _parts(self, smaller: int) -> np.ndarray:
        """The middles of all `smaller` equal parts of each of the parts of LOW:HIGH."""
        import numpy as np

        ends = parse_weights(self.shared_weights)
        edges = np.linspace(ends[0], ends[-1], smaller * len(ends) + 1)
        return (edges[1:] + edges[:-1]) / 2

    @property
    def activation_indices(self) -> np.ndarray:
        """The activations that hidden nodes may have, uint8 indices."""
        from wann.core.kernels import activations

        names, mine = own.listed(self.activations)
        return activations.indices(names, [each.name for each in mine])

    @property
    def own_activations(self) -> tuple[own.Own, ...]:
        """Those of the activations that are expressions of one's own."""
        return own.listed(self.activations)[1]

    @property
    def mutation_rates(self) -> dict[str, float]:
        """The relative rate of each mutation, by the name of its operator."""
        return {**{name: getattr(self, name) for name in MUTATIONS}, **self.own_mutations}

    @property
    def own_mutations(self) -> dict[str, float]:
        """The relative rates of the user's own mutations, by their names."""
        pairs = [part.split("=") for part in self.mutations.split(",") if self.mutations]
        try:
            return {name.strip(): float(rate) for name, rate in pairs}
        except ValueError:
            expected = "--mutations: expected NAME=RATE with commas"
            raise ValueError(f"{expected}, got {self.mutations!r}") from None

    @property
    def objective_names(self) -> list[str]:
        """The names of the objectives beside fitness where few connections are not."""
        return self.objectives.split(",")


def preset(env: str, preset: str = "wann", **settings: Any) -> SearchConfig:
    """The settings for a task, with some of them given.

    Args:
        env: The task's name. A table is not read: the settings are those for many connections,
            as for regression, unless its name says ``task=classification``.
        preset: Where those that are not given come from; see `presets.NAMES`.
        **settings: By the names of the fields of `SearchConfig`. Others go with some of them, as
            negative weights with networks that are not symmetric; see `presets.settings`.

    Raises:
        ValueError: If a value is out of range, or there is no such preset.
        TypeError: If there is no setting of a name.
    """
    return SearchConfig(
        **{"env": env, "preset": preset, **presets.settings(env, preset, settings), **settings}
    )
