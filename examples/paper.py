"""The paper's experiment on the swing-up champion: what do random, shared and best weights do?"""

import wann


def main(episodes: int = 100) -> wann.api.results.Protocol:
    """Print the conditions, each with its mean."""
    protocol = wann.load("champion:swingup").protocol(episodes)
    print(protocol)
    return protocol


if __name__ == "__main__":
    main()
