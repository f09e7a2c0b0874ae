"""The networks of results as files: as graphs, as arrays, and without what is gone."""

from __future__ import annotations

from wann.core import files
from wann.prune.images.experiment import Experiment, Result
from wann.prune.masks.effective import is_cut_off
from wann.prune.masks.selection import kept
from wann.prune.networks.deploy import as_arrays, deployed
from wann.prune.networks.layers import of_each_alone
from wann.prune.networks.mlp import MLP, of_layers
from wann.prune.networks.model import to_model, untrained
from wann.prune.run import TICKET

LARGEST = 50_000  # connections of a network that is written to a file


def save_network(experiment: Experiment, result: Result) -> None:
    """Write the network of a result, unless it is too large to be of use as a file.

    A network that is cut off is none. One in which a node's value does not follow from its own sum
    alone, or a weight is used at several places, is no graph, and is written as arrays.
    """
    run, outcome, masks = experiment.run, result.outcome, result.outcome.masks
    if run is None or kept(masks) > LARGEST or is_cut_off(masks):
        return
    normalisation = experiment.data.normalisation
    if not of_each_alone(of_layers(outcome.activation, outcome.mlp)):
        file = run.arrays(result.arm, result.seed, result.level)
        file.parent.mkdir(exist_ok=True)
        files.write_arrays(file, as_arrays(outcome.mlp, outcome.activation, normalisation))
        return
    what = "images" if experiment.task.table is None else "rows"
    scores = {"on": f"{len(experiment.data.test.y):,} test {what}", "mean": result.score}
    search = {
        "method": experiment.settings.method,
        "arm": result.arm,
        "seed": result.seed,
        "level": result.level,
    }
    if result.topology is not None:
        model = untrained(result.topology, experiment.task, scores, search)
    else:
        model = to_model(
            outcome.mlp,
            masks,
            experiment.task,
            activation=outcome.activation,
            normalisation=normalisation,
            scores=scores,
            search=search,
            first=_first(experiment, result),
        )
    run.save_network(model, result.arm, result.seed, result.level)


def save_deployed(experiment: Experiment, result: Result) -> None:
    """Write what is left of a network without what is gone, where that is asked for."""
    run = experiment.run
    if run is None or not run.deploys or is_cut_off(result.outcome.masks):
        return
    ratio = experiment.settings.n_of_m()
    group = ratio[1] if ratio else None
    arrays = deployed(result.outcome, experiment.data.normalisation, group)
    file = run.deployed(result.arm, result.seed, result.level)
    file.parent.mkdir(exist_ok=True)
    files.write_arrays(file, arrays)


def _first(experiment: Experiment, result: Result) -> MLP | None:
    """The network before any training, where a result is a mask of it."""
    first = experiment.initial(result.seed)
    own = result.arm == TICKET and first.shapes == result.outcome.mlp.shapes
    return first if own else None
