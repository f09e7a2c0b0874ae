import pytest

from wann.core import checks


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1, "--n: expected at least 2, got 1"),
        (6, "--n: expected at most 5, got 6"),
        (2, ""),
        (5, ""),
    ],
)
def test_limits(value, message):
    if not message:
        checks.check("--n", value, 2, 5)
        return
    with pytest.raises(ValueError, match=message):
        checks.check("--n", value, 2, 5)


def test_negative_numbers():
    with pytest.raises(ValueError, match="--seed: expected 0 or more, got -1"):
        checks.check_seed(-1)
    with pytest.raises(ValueError, match="--episodes: expected at most 1000000, got 10000000"):
        checks.check_episodes(10**7)
