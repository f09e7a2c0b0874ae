"""A champion as a C header and as a Python module that needs nothing but math."""

import runpy

import wann


def main() -> list[float]:
    """Write both, and run the Python one."""
    model = wann.load("champion:cartpole")
    model.export("c", "cartpole", force=True)
    model.export("python", "cartpole_network", force=True)
    module = runpy.run_path("cartpole_network.py")
    outputs = module["forward"]([0.0, 0.1, 0.02, -0.1], 0.7)
    print("outputs:", outputs, "as here:", model.forward([0.0, 0.1, 0.02, -0.1], weight=0.7))
    return list(outputs)


if __name__ == "__main__":
    main()
