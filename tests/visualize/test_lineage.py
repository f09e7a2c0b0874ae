import numpy as np

from tests.genomes import ALL_ACTIVATIONS, RATES, grown
from wann.search.variation import mutation
from wann.search.variation.innovation import Innovations
from wann.storage.model import Model
from wann.visualize import lineage

DISCRETE = {"kind": "discrete"}


def champions(count, inputs=3, outputs=2):
    """A genome and its descendants, as champions of generations 0, 10, 20, ..."""
    innovations = Innovations(inputs, outputs)
    genome = grown(0, 5, inputs, outputs, innovations=innovations)
    rng = np.random.default_rng(0)
    names = tuple(f"pixel {i}" for i in range(inputs)), tuple(f"class {o}" for o in range(outputs))
    models = []
    for i in range(count):
        found = {"confirmed_fitness": -1.5 + i}, {"generation": 10 * i}
        models.append(Model(genome, "test", *names, DISCRETE, scores=found[0], search=found[1]))
        for _ in range(4):
            genome = mutation.mutate(genome, rng, innovations, ALL_ACTIVATIONS, RATES)
    return models


def test_captions_tell_generation_fitness_and_size():
    first, second = champions(2)
    assert lineage.caption(first) == (
        f"generation 0, fitness −1.500, {first.network.complexity} connections"
    )
    assert lineage.caption(second).startswith("generation 10, fitness −0.500, ")
    bare = Model(first.genome, "test", first.inputs, first.outputs, DISCRETE)
    assert lineage.caption(bare) == f"{first.network.complexity} connections"


def test_the_strip_has_a_panel_for_each_champion():
    models = champions(6)
    figure = lineage.strip(models)
    panels = [axes for axes in figure.axes if axes.get_title()]
    titles = [axes.get_title().replace("\n", ", ") for axes in panels]
    assert titles == [lineage.caption(model) for model in models]
    assert len(figure.axes) == 2 * lineage.ROW + 1
    for model, axes in zip(models, panels, strict=True):
        hidden = model.network.activations[1 + 3 : -2]
        markers = [line for line in axes.lines if line.get_markerfacecolor() != "white"]
        assert sum(len(line.get_xdata()) for line in markers) == len(hidden)
        cut = [line for line in axes.lines if line.get_clip_on() and len(line.get_xdata())]
        assert not cut  # at the edge of a panel


def test_the_strip_of_networks_for_images():
    figure = lineage.strip(champions(2, inputs=64))
    grids = [axes.child_axes[0].images[0].get_array() for axes in figure.axes[:2]]
    assert [grid.shape for grid in grids] == [(8, 8), (8, 8)]


def test_the_animation_has_a_picture_of_one_size_for_each_champion():
    pictures = lineage.animation(champions(3))
    assert len(pictures) == 3
    assert len({picture.size for picture in pictures}) == 1
    assert pictures[0].width <= lineage.MOST_WIDTH + 200
    assert len({picture.tobytes() for picture in pictures}) == 3
