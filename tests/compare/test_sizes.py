"""Size and speed."""

import dataclasses
import shutil

import numpy as np
import pytest

from tests.compare.test_measure import CARTPOLE, model, pruned, row
from tests.genomes import genome
from wann.compare import sizes
from wann.compare.tables import SIZE_HEADER, size_cells
from wann.core import files
from wann.storage.model import Model

ONE = np.ones((1, 4))


def test_a_network_by_hand():
    # 4 inputs, one hidden node, two outputs: 2 + 1 + 1 weights and a bias, of 5 connections.
    found = sizes.of_model(model(weights=np.ones(5)), "mine", 3, ONE, None)
    assert (found.network, found.level, found.nonzeros, found.multiply_adds) == ("mine", 3, 5, 5)
    # Dense: inputs to the hidden node and the output beside it, both of them to the other output.
    assert found.parameters == 4 * 2 + 2 * 1 + 3
    assert found.dense_bytes == 4 * 13
    assert found.csr_bytes == 5 * (4 + 2) + 4 * (3 + 1)
    assert found.one_us > 0
    assert found.batch_us is None


@pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
def test_more_connections_take_more_bytes_of_c():
    few = sizes.c_bytes(model(weights=np.ones(5)))
    connections = [(i, o) for i in range(1, 5) for o in (7, 8, 9)]
    connections += [(h, o) for h in (7, 8, 9) for o in (5, 6)]
    found = genome(4, 2, [(n, "relu") for n in (7, 8, 9)], connections)
    rng = np.random.default_rng(0)
    larger = Model(
        found,
        CARTPOLE.name,
        CARTPOLE.inputs,
        CARTPOLE.outputs,
        CARTPOLE.action,
        rng.normal(size=18),
    )
    assert 20 < few < sizes.c_bytes(larger) < 2_000
    assert 20 < sizes.c_bytes(model()) < 2_000  # one that takes a shared weight


def test_the_dense_network_is_the_reference_and_deployed_ones_stand_beside(tmp_path):
    run = pruned(tmp_path / "run", [row(level=1), row(level=1, arm="shuffled")])
    run.settings["hidden"] = "20,10"
    arrays = {
        "weights_1": np.ones((4, 3), np.float32),
        "weights_2": np.ones((3, 2), np.float32),
        "biases_1": np.zeros(3, np.float32),
        "biases_2": np.ones(2, np.float32),
        "activations": np.array(["relu", "linear"]),
    }
    file = run.deployed("ticket", 3, 1)
    file.parent.mkdir()
    files.write_arrays(file, arrays)
    dense, ticket, deployed = sizes.rows([run, run], ["m", "m"], CARTPOLE)
    assert [s.network for s in (dense, ticket, deployed)] == ["dense", "m", "m, deployed"]
    assert dense.multiply_adds == 4 * 20 + 20 * 10 + 10 * 2
    assert dense.parameters == dense.nonzeros == 300 + 32
    assert dense.theoretical is None
    assert ticket.theoretical == 300 / 5
    assert (deployed.parameters, deployed.nonzeros, deployed.dense_bytes) == (23, 20, 92)
    assert deployed.theoretical == pytest.approx(300 / 18)
    assert deployed.one_speedup == pytest.approx(dense.one_us / deployed.one_us)
    cells = size_cells(dataclasses.replace(ticket, one_us=2.0, one_speedup=3.0))
    assert len(cells) == len(SIZE_HEADER)
    assert cells[9:12] == ["60 x", "2", "3 x"]
