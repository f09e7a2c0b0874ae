import pytest

from wann.prune.policies.settings import PolicySettings, preset


def test_levels_of_the_paper_s_policy():
    counts = PolicySettings().counts(66)
    assert counts == [53, 42, 34, 27, 22, 17, 14, 11, 9, 7, 6, 5, 4]


def test_levels_always_shrink_and_end_at_the_least():
    for rate in (0.01, 0.2, 0.5, 0.9):
        for least in (1, 4, 30):
            counts = PolicySettings(rate=rate, least=least).counts(66)
            assert counts[-1] == least
            assert all(a > b for a, b in zip([66, *counts], counts, strict=False))
    assert PolicySettings(least=66).counts(66) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": 1.0}, "--rate: expected a share between 0 and 1, got 1.0"),
        ({"budget": 0.0}, "--budget: expected steps above 0"),
        ({"least": 0}, "--least: expected at least 1"),
        ({"seeds": 0}, "--seeds: expected at least 1"),
        ({"seed": -1}, "--seed: expected 0 or more"),
        ({"hidden": "5,x"}, "--hidden: expected sizes such as 300,100, got '5,x'"),
        ({"arms": "corrupted-labels"}, "--arms: unknown 'corrupted-labels': expected one of"),
        ({"method": "synflow"}, "without gradients"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        PolicySettings(**settings)


def test_presets():
    assert preset("lottery-ticket", "swingup").arms == "reinitialised,shuffled"
    assert preset("random", "cartpole").budget == 2e7
