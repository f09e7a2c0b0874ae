"""The rows of docs/results/pruning.md: the options of `wann prune` that make each."""

from __future__ import annotations

STEPS, FULL_STEPS = 2_000, 12_000
COMMON = ["--env", "mnist", "--steps", str(STEPS)]
FULL = ["--env", "mnist", "--steps", str(FULL_STEPS)]
LENET = ["--env", "mnist-28", "--steps", "500"]
EQUAL = "small-dense,scratch-b"
ONCE = ["--method", "one-shot-ticket", "--arms", ""]
PAPER = ["--env", "mnist-28", "--steps", "15000"]
LENET5 = ["--env", "mnist", "--steps", "300", "--network", "lenet5"]
# The rows: a name, and the options that make it.
RUNS: dict[str, list[str]] = {
    "fine-tuning": [
        *(*COMMON, "--method", "fine-tuning", "--rate", "0.5"),
        *("--arms", f"dense-equal,{EQUAL},scratch-e"),
    ],
    "lottery-ticket": [
        *(*COMMON, "--method", "lottery-ticket", "--rate", "0.5"),
        *("--arms", f"reinitialised,shuffled,signed-constant,{EQUAL}"),
    ],
    "bimodal": [
        *(*COMMON, "--method", "lottery-ticket", "--rate", "0.5"),
        *("--arms", "bimodal,bimodal-dense"),
    ],
    # 500 steps of 12,000 are 83 of these.
    "rewinding": [
        *(*COMMON, "--method", "rewinding", "--rate", "0.5", "--early-step", "83"),
        *("--arms", f"initial,reinitialised,{EQUAL}"),
    ],
    "transfer-optimizer": [
        *(*COMMON, "--method", "transfer-optimizer", "--rate", "0.5"),
        *("--arms", f"native,reinitialised,shuffled,{EQUAL}"),
    ],
    "layers-alike": [*COMMON, *ONCE, "--sparsity", "layer1=0.9,layer2=0.9,layer3=0.9"],
    "larger-layers-more": [*COMMON, *ONCE, "--sparsity", "layer1=0.92,layer2=0.82,layer3=0.676"],
    "larger-layers-less": [*COMMON, *ONCE, "--sparsity", "layer1=0.89,layer2=0.95,layer3=0.912"],
    "sensitivity": [*COMMON, "--method", "sensitivity"],
    "nodes": [
        *(*COMMON, "--method", "nodes", "--sparsity", "0.8", "--rate", "0.5"),
        *("--arms", f"random,dense-equal,reinitialised,initial,shuffled,{EQUAL}"),
    ],
    "optimal-brain-damage": [
        *(*COMMON, "--method", "optimal-brain-damage", "--schedule", "one-shot"),
        *("--retrain", "none", "--sparsity", "0.9", "--arms", "magnitude,random"),
    ],
    "untrained-supermask": [*COMMON, "--method", "untrained-supermask", "--arms", "shuffled"],
    "n-of-m": [*COMMON, "--method", "n-of-m"],
    "dense": [*COMMON, "--method", "dense"],
    "layer-reset": [*COMMON, "--method", "layer-reset"],
    "low-rank": [*COMMON, "--method", "low-rank", "--sparsity", "0.5,0.8"],
    "collapse": [
        *(*LENET, "--method", "synflow", "--sparsity", "0.9,0.99,0.999"),
        *("--arms", "magnitude,random,snip"),
    ],
    "mask-criteria": [
        *(*COMMON, "--method", "one-shot-ticket", "--sparsity", "0.94055", "--arms"),
        "movement,magnitude-increase,initial-magnitude,random,inverted,frozen,frozen-outward,"
        "small-dense",
    ],
    "supermask-criteria": [
        *(*COMMON, "--method", "untrained-supermask", "--arms"),
        "magnitude,movement,magnitude-increase,random",
    ],
    "k-winners": [*COMMON, "--method", "k-winners"],
    "k-winners-relu": [*COMMON, "--method", "random", "--sparsity", "0.5"],
    # The largest penalties of `TRIED` that cost the first seed at most `POINTS` on validation.
    "l1": [*FULL, "--method", "l1", "--penalty", "1e-3"],
    "group-lasso": [*FULL, "--method", "group-lasso", "--penalty", "3e-4"],
    "l0": [*FULL, "--method", "l0", "--penalty", "3"],
    "bayesian-compression": [*FULL, "--method", "bayesian-compression", "--penalty", "1"],
    "set": [*FULL, "--method", "set", "--sparsity", "0.94055"],
    "rigl": [*FULL, "--method", "rigl", "--sparsity", "0.94055"],
    "random": [*COMMON, "--method", "random", "--sparsity", "0.94055"],
    "snip": [
        *COMMON,
        "--method",
        "snip",
        "--sparsity",
        "0.94055",
        "--arms",
        "grasp,synflow,small-dense",
    ],
    "distillation": [*COMMON, "--method", "distillation", "--sparsity", "0.94055"],
    # Hinton et al. found lower temperatures better for small students.
    **{
        f"distillation-t{temperature}": [
            *(*COMMON, "--method", "distillation", "--sparsity", "0.5,0.8,0.94055"),
            *("--temperature", temperature, "--arms", ""),
        ]
        for temperature in ("2.5", "8")
    },
    # With a teacher that is trained in full.
    "distillation-full": [
        *(*FULL, "--method", "distillation", "--sparsity", "0.5,0.8,0.94055"),
        *("--temperature", "2.5", "--arms", ""),
    ],
    # Dense networks of the sizes of the tickets at the full budget, and one-shot tickets.
    "small-dense": [
        *(*FULL, "--method", "one-shot-ticket", "--sparsity", "0.94055,0.97106,0.98071,0.99177"),
        *("--arms", "small-dense,reinitialised"),
    ],
    "lenet5-channels": [
        *(*LENET5, "--method", "nodes", "--sparsity", "0.5", "--rate", "0.5"),
        *("--arms", "random,dense-equal,small-dense"),
    ],
    "lenet5-weights": [
        *(*LENET5, "--method", "fine-tuning", "--rate", "0.7", "--scope", "global"),
        *("--arms", "dense-equal"),
    ],
    "lenet5-ticket": [
        *(*LENET5, "--method", "lottery-ticket", "--rate", "0.7", "--scope", "global"),
        *("--sparsity", "0.91", "--arms", "reinitialised,shuffled"),
    ],
    # At the full budget: the ticket at the sizes of the networks that are searched for.
    "ticket-full": [
        *(*FULL, "--method", "lottery-ticket", "--scope", "global"),
        *("--sparsity", "0.94055,0.97106,0.98071,0.99177"),
        *("--arms", "reinitialised,shuffled,small-dense"),
    ],
    # A mask needs five epochs to settle; in batches of 250 one has 220 steps.
    "early-bird": [*COMMON, "--method", "early-bird", "--batch", "250"],
    # LeNet-300-100 as in the papers: 28 x 28 pixels, 266,200 weights, rounds of a fifth.
    "300-100-dense": [*PAPER, "--method", "dense"],
    "300-100-ticket": [
        *(*PAPER, "--method", "lottery-ticket"),
        *("--arms", f"reinitialised,shuffled,signed-constant,{EQUAL}"),
    ],
    "300-100-fine-tuning": [
        *(*PAPER, "--method", "fine-tuning", "--arms", f"dense-equal,{EQUAL},scratch-e")
    ],
    "300-100-optimal-brain-damage": [
        *(*PAPER, "--method", "optimal-brain-damage", "--schedule", "one-shot"),
        *("--retrain", "none", "--sparsity", "0.9", "--arms", "magnitude,random"),
    ],
    "300-100-supermask": [*PAPER, "--method", "untrained-supermask", "--arms", "shuffled"],
    "300-100-synflow": [  # nothing is trained: what is left of it is the result
        *("--env", "mnist-28", "--method", "synflow", "--retrain", "none", "--arms", "random")
    ],
    "300-100-layer-reset": [*PAPER, "--method", "layer-reset"],
}
