"""All pruning scores by name: the higher a connection's, the more it is worth keeping.

A score is a function of a `Pruned` and a generator that gives an array [I_l, O_l] for each layer.
What it says of weights outside the masks does not count.
"""

from __future__ import annotations

from wann.prune.scores import elementary
from wann.prune.scores.gradients import grasp, snip
from wann.prune.scores.optimal_brain_damage import optimal_brain_damage
from wann.prune.scores.pruned import Score
from wann.prune.scores.synflow import synflow

SCORES: dict[str, Score] = {
    "random": elementary.random,
    "magnitude": elementary.magnitude,
    "initial-magnitude": elementary.initial_magnitude,
    "optimal-brain-damage": optimal_brain_damage,
    "synflow": synflow,
    "snip": snip,
    "grasp": grasp,
    "large-final-same-sign": elementary.large_final_same_sign,
    "movement": elementary.movement,
    "magnitude-increase": elementary.magnitude_increase,
    "signal-to-noise": elementary.signal_to_noise,
}
# Those that need what only evolution has: a search distribution.
OF_POLICIES = ("signal-to-noise",)
OF_IMAGES = tuple(name for name in SCORES if name not in OF_POLICIES)
# Those of a weight alone, whatever the network computes with it.
ELEMENTARY = (
    "random",
    "magnitude",
    "initial-magnitude",
    "large-final-same-sign",
    "movement",
    "magnitude-increase",
)
# Those that are found on the network as it is initialised, without any training.
WITHOUT_TRAINING = ("random", "initial-magnitude", "synflow", "snip", "grasp")
WITHOUT_IMAGES = ("random", "initial-magnitude", "synflow")  # those of them that look at none
# Rounds in which the initial network is pruned; more than one keeps layers from collapsing.
ROUNDS = {"synflow": 100}
