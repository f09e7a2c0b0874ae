"""Early-Bird tickets."""

from dataclasses import replace

import numpy as np

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.masks.selection import kept
from wann.prune.methods import early_bird
from wann.prune.methods.registry import preset


def masks(*places):
    mask = np.zeros(20, bool)
    mask[list(places)] = True
    return (mask.reshape(4, 5),)


def test_settled_needs_five_masks_that_differ_in_at_most_a_tenth():
    a, b, c = masks(0, 1), masks(0, 2), masks(2, 3)  # a and b differ in 2 of 20 places
    assert early_bird.settled([a, a, b, b, a])
    assert not early_bird.settled([a, a, b, b])
    assert not early_bird.settled([a, b, b, b, c])


def test_the_ticket_is_drawn_early_and_trained_on():
    settings = replace(preset("early-bird", "digits"), hidden="12", steps=600)
    experiment = Experiment(settings, envs.make("digits"))
    dense, found, ticket = early_bird.results(experiment, 0)
    epoch = 1257 // 60 * 60
    assert found.outcome.samples % epoch == 0
    assert 5 * epoch <= found.outcome.samples < dense.outcome.samples
    assert kept(found.outcome.masks) == 888 - round(0.7 * 768) - round(0.7 * 120)
    assert ticket.outcome.samples == found.outcome.samples + 600 * 60
    assert ticket.score > found.score
    for a, b in zip(found.outcome.masks, ticket.outcome.masks, strict=True):
        np.testing.assert_array_equal(a, b)
