"""Where workers may be."""

import pytest

from wann.evaluation.cluster import Machines


@pytest.mark.parametrize(
    ("backend", "address", "message"),
    [
        ("dask", None, "--backend dask: expected the scheduler's --address"),
        ("local", "tcp://localhost:1", "--address: expected --backend dask or --backend ray"),
    ],
)
def test_what_does_not_go_together(backend, address, message):
    with pytest.raises(ValueError, match=message):
        Machines(backend, address)
