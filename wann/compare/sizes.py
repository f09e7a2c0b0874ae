"""Size and speed, as practitioners ask: parameters, bytes, operations, and measured time.

The reference is the dense network that a pruning began with. Theoretical speed-up is the share of
multiply-adds; what is measured is the compiled sparse kernel, or the dense product of what
``prune --deploy`` wrote, against the dense product of the reference, on one thread.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from wann.compare.timing import median, time_inference
from wann.core import files
from wann.core.layers import depths
from wann.envs.classification import ClassificationTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task
from wann.export import c
from wann.prune.images.data import AS_THEY_ARE
from wann.prune.networks import layers
from wann.prune.networks.architecture import Architecture
from wann.prune.networks.deploy import as_arrays, restored
from wann.prune.networks.mlp import forward, layer_inputs, of_layers
from wann.prune.run import TICKET, PruneRun
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.subject import Subject

MOST = 20_000  # connections of a network that is compiled as C
BATCH = 1000


@dataclass(frozen=True)
class Size:
    """A row of compare-sizes.csv.

    Attributes:
        network: What it is called.
        level: Number of prunings.
        parameters: Numbers that a dense form of it holds, biases included.
        nonzeros: Those of them that are not 0.
        dense_bytes: Of its dense form, in single precision.
        csr_bytes: As compressed sparse rows: a value of 4 bytes and a column of 2 for each that
            is not 0 (4 from 65,536 nodes on), and 4 for each row.
        c_bytes: Of the C export, compiled for size; None without a compiler, or where it is large.
        multiply_adds: Of a forward pass.
        memory_reads: Numbers read in one: weights and what they are multiplied with.
        theoretical: The dense reference's multiply-adds, as a multiple.
        one_us: Microseconds for one input.
        one_speedup: The dense reference's time for it, as a multiple.
        batch_us: For `BATCH` inputs together; None where there are no images.
        batch_speedup: As above.
    """

    network: str
    level: int
    parameters: int
    nonzeros: int
    dense_bytes: int
    csr_bytes: int | None
    c_bytes: int | None
    multiply_adds: int
    memory_reads: int
    theoretical: float | None = None
    one_us: float | None = None
    one_speedup: float | None = None
    batch_us: float | None = None
    batch_speedup: float | None = None


COLUMNS = tuple(field.name for field in fields(Size))


def rows(
    contestants: Sequence[Subject | PruneRun], methods: Sequence[str], task: Task
) -> list[Size]:
    """The sizes of the first network of each method and level, the dense reference first.

    Raises:
        ValueError: If a file of a run is damaged.
    """
    batch = None
    if isinstance(task, ClassificationTask | RegressionTask):
        batch = task.report.X[:BATCH]
    one = np.linspace(-1, 1, len(task.inputs))[None, :] if batch is None else batch[:1]
    found: list[Size] = []
    for contestant in contestants:
        if isinstance(contestant, PruneRun) and "hidden" in contestant.settings:
            hidden = tuple(int(size) for size in str(contestant.settings["hidden"]).split(","))
            sizes = (len(task.inputs), *hidden, len(task.outputs))
            network = str(contestant.settings.get("network", "mlp"))
            found.append(_dense(Architecture(sizes, network), one, batch))
            break
    reference = found[0] if found else None
    for contestant, method in zip(contestants, methods, strict=True):
        for size in _of(contestant, method, one, batch):
            if (size.network, size.level) not in {(s.network, s.level) for s in found}:
                found.append(_against(reference, size))
    return found


def _of(
    contestant: Subject | PruneRun, method: str, one: np.ndarray, batch: np.ndarray | None
) -> Iterator[Size]:
    if isinstance(contestant, Subject):
        yield of_model(contestant.model, method, 0, one, batch)
        return
    for row in contestant.rows():
        if row.arm != TICKET or not row.level:
            continue
        file = contestant.network(row.arm, row.seed, row.level)
        if file.exists():
            yield of_model(load(file), method, row.level, one, batch)
        file = contestant.deployed(row.arm, row.seed, row.level)
        if file.exists():
            arrays = files.read_arrays(file)
            yield of_deployed(arrays, f"{method}, deployed", row.level, one, batch)


def of_model(
    model: Model, name: str, level: int, one: np.ndarray, batch: np.ndarray | None
) -> Size:
    """The size of a network as the compiled sparse kernels compute it.

    Its dense form is that of its nodes: a product from each layer to each that it leads to.
    """
    network = model.network
    edges, nodes = network.complexity, len(network.activations) - 1 - network.inputs
    index = 2 if len(network.activations) < 65_536 else 4
    dense = _dense_parameters(model)
    return Size(
        name,
        level,
        dense,
        edges,
        4 * dense,
        (4 + index) * edges + 4 * (nodes + 1),
        c_bytes(model),
        edges,
        2 * edges,
        one_us=time_inference(network, one).sparse,
        batch_us=None if batch is None else time_inference(network, batch).sparse,
    )


def of_deployed(
    arrays: dict[str, np.ndarray], name: str, level: int, one: np.ndarray, batch: np.ndarray | None
) -> Size:
    """The size of what ``prune --deploy`` wrote, as dense products compute it."""
    mlp, activation = restored(arrays)
    parts = [array for key, array in arrays.items() if key.partition("_")[0] in _ARRAYS]
    stored = sum(part.size for part in parts if part.dtype == np.float32)
    nonzeros = sum(int(np.count_nonzero(part)) for part in parts if part.dtype == np.float32)
    products = layers.multiply_adds(mlp.shapes, of_layers(activation, mlp), one.shape[1])
    reads = mlp.total + sum(map(len, mlp.biases))
    reads += sum(values.shape[1] for values in layer_inputs(mlp, one, activation)[:-1])

    def seconds(x: np.ndarray) -> float:
        with threadpool_limits(1):
            return median(lambda: forward(mlp, x.astype(np.float32), activation))

    return Size(
        name,
        level,
        stored,
        nonzeros,
        sum(part.nbytes for part in parts),
        None,
        None,
        products,
        reads,
        one_us=seconds(one),
        batch_us=None if batch is None else seconds(batch),
    )


_ARRAYS = ("weights", "values", "places", "biases")


def _dense(architecture: Architecture, one: np.ndarray, batch: np.ndarray | None) -> Size:
    mlp = architecture.initial(np.random.default_rng(0))
    arrays = as_arrays(mlp, architecture.activation, AS_THEY_ARE)
    found = of_deployed(arrays, "dense", 0, one, batch)
    nonzeros = found.parameters  # biases are 0 before any training alone
    csr = 6 * nonzeros + 4 * (sum(map(len, mlp.biases)) + 1)
    return Size(**{**vars(found), "nonzeros": nonzeros, "csr_bytes": csr})


def _dense_parameters(model: Model) -> int:
    """The numbers of the dense products that compute a network, layer by layer, and biases."""
    network = model.network
    layer = depths(network)
    nodes = len(network.activations)
    counts = np.bincount(layer[1:])  # the bias goes apart
    targets = np.repeat(np.arange(nodes), np.diff(network.offsets))
    weighted = network.sources > 0
    pairs = {
        (int(a), int(b))
        for a, b in zip(layer[network.sources[weighted]], layer[targets[weighted]], strict=True)
    }
    return int(sum(counts[a] * counts[b] for a, b in pairs) + counts[1:].sum())


def _against(reference: Size | None, size: Size) -> Size:
    """A size with its speed-ups."""
    if reference is None:
        return size

    def multiple(dense: float | None, own: float | None) -> float | None:
        return dense / own if dense and own else None

    return Size(
        **{
            **vars(size),
            "theoretical": multiple(reference.multiply_adds, size.multiply_adds),
            "one_speedup": multiple(reference.one_us, size.one_us),
            "batch_speedup": multiple(reference.batch_us, size.batch_us),
        }
    )


def c_bytes(model: Model) -> int | None:
    """Bytes of code and constants of the C export, by ``cc -Os`` and ``size``.

    None where there is no compiler, or more connections than it takes in a reasonable time.
    """
    if model.network.complexity > MOST or not shutil.which("cc") or not shutil.which("size"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, compiled = Path(folder, "network.c"), Path(folder, "network.o")
        weight = "w, " if model.weights is None else ""
        call = f"void run(const float *x, float w, float *y) {{ network_forward(x, {weight}y); }}"
        source.write_text(f"{c.header(model, 'network')}\n{call}\n", encoding="ascii")
        command = ["cc", "-Os", "-std=c99", "-c", str(source), "-o", str(compiled)]
        if subprocess.run(command, capture_output=True).returncode:
            return None
        text = subprocess.run(["size", str(compiled)], capture_output=True, text=True).stdout
    return int(text.splitlines()[1].split()[0])
