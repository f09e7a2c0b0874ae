"""Search on CartPole, sweep the champion over shared weights, and write the page."""

import wann


def main(generations: int = 100) -> wann.Model:
    """Search, and look at what was found."""
    model = wann.evolve("cartpole", seed=3, generations=generations)
    sweep = model.sweep("-2:2:41", episodes=20)
    print(model)
    print(sweep)
    sweep.plot().figure.savefig("cartpole-sweep.png")
    model.report("cartpole.html", force=True)
    return model


if __name__ == "__main__":
    main()
