"""Many machines: workers of a Dask or Ray cluster, through joblib's own back ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from joblib import Parallel, delayed, effective_n_jobs, parallel_config

from wann.extras import require

WAIT = 10.0  # seconds for a scheduler to answer


@dataclass(frozen=True)
class Machines:
    """Where the workers are."""

    backend: Literal["local", "dask", "ray"] = "local"
    """Workers on this machine, or those of a Dask or Ray cluster, then all of them."""
    address: str | None = None
    """That of the cluster: tcp://HOST:8786 for Dask, HOST:6379 for Ray."""

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            ValueError: If they do not go together, or a package is missing.
        """
        if self.backend == "local" and self.address is not None:
            raise ValueError("--address: expected --backend dask or --backend ray with it")
        if self.backend == "dask":
            if self.address is None:
                raise ValueError(
                    "--backend dask: expected the scheduler's --address, such as "
                    "tcp://localhost:8786"
                )
            require("dask", "--backend dask", "distributed")
        if self.backend == "ray":
            require("ray", "--backend ray", "ray")


LOCAL = Machines()


class Cluster:
    """The workers of a cluster, which gives the work of one that dies to another.

    Attributes:
        worthwhile: Seconds that a job should take at least, for what it costs to hand it over.
    """

    worthwhile = 0.5

    def __init__(self, machines: Machines) -> None:
        """Connect to a cluster.

        Raises:
            ValueError: If it does not answer, or has no workers.
        """
        connect = {"dask": _dask, "ray": _ray}[machines.backend]
        self._disconnect, settings = connect(machines.address)
        self._settings = {"backend": machines.backend, **settings}
        with parallel_config(**self._settings):
            self.count = int(effective_n_jobs(-1))

    def __enter__(self) -> Cluster:
        """Do nothing: the workers are there."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster, which goes on."""
        self._disconnect()

    def run(
        self, function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Call a function for each job's arguments; yields the number of each and its result.

        Raises:
            Exception: What the function raises.
        """
        with parallel_config(**self._settings):
            parallel = Parallel(n_jobs=-1, batch_size=1, pre_dispatch="all")
        yield from enumerate(parallel(delayed(function)(*job) for job in jobs))


def _dask(address: str | None) -> tuple[Callable[[], object], dict[str, Any]]:
    from distributed import Client

    try:
        client = Client(address, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"--address: no Dask scheduler answers at {address} ({error})") from None
    if not client.ncores():
        client.close()
        raise ValueError(
            f"--address: the scheduler at {address} has no workers yet: dask worker {address}"
        )
    return client.close, {"client": client}


def _ray(address: str | None) -> tuple[Callable[[], object], dict[str, Any]]:
    import ray
    from ray.util.joblib import register_ray

    if not ray.is_initialized():
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise ValueError(f"--address: no Ray cluster answers at {address} ({error})") from None
    register_ray()
    return ray.shutdown, {}
