"""XOR by ask and tell: the search as a loop of one's own."""

import numpy as np

import wann

X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
WEIGHTS = [0.5, 1, 2]


def main(generations: int = 100) -> wann.Network | None:
    """A network that tells, by the sign of its output, whether one of two inputs is 1."""
    kinds = "linear,step,inverse,abs,relu"
    config = wann.SearchConfig(population=128, complexity_probability=0.2, activations=kinds)
    evolution = wann.Evolution(2, 1, config)
    for generation in range(generations):
        networks = [wann.express(genome) for genome in evolution.ask()]
        outputs = np.array([[net.forward(X, w)[:, 0] for w in WEIGHTS] for net in networks])
        solved = ((outputs > 0) == Y).all(axis=(1, 2))
        if solved.any():
            best = networks[solved.argmax()]
            print(f"generation {generation}: solved with {best.complexity} connections")
            return best
        evolution.tell(-((outputs - Y) ** 2), [network.complexity for network in networks])
    return None


if __name__ == "__main__":
    main()
