"""Many machines: where the workers of a Dask or a Ray cluster are, and when they are lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Optional

from wann.core.checks import require
from wann.core.text import tell
from wann.envs.failure import Failure

WAIT = 10.0  # seconds for a scheduler to answer
STEP = 5.0  # seconds without a result after which the cluster is looked at


@dataclass(frozen=True)
class Machines:
    """Where the workers are."""

    backend: Literal["local", "dask", "ray"] = "local"
    """Workers on this machine, or those of a Dask or Ray cluster, then all of them."""
    address: Optional[str] = None  # noqa: UP045, as `Maybe` in cli.options
    """That of the cluster: tcp://HOST:8786 for Dask, HOST:6379 for Ray."""
    cluster_timeout: float = 60.0
    """Seconds to wait for workers where the cluster has none left."""

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            ValueError: If they do not go together, or a package is missing.
        """
        if not self.cluster_timeout > 0:
            raise ValueError(
                f"--cluster-timeout: expected seconds above 0, got {self.cluster_timeout}"
            )
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


class ClusterLost(Failure):
    """The scheduler of a cluster, or all of its workers, are gone."""


def version_teller() -> Callable[[], str | None]:
    """What tells the version of wann on a worker. It travels as code: there may be no wann."""

    def version() -> str | None:
        try:
            import wann

            return wann.__version__
        except ImportError:
            return None

    return version


def check_versions(found: dict[str, Any]) -> None:
    """See that all workers have this version of wann, or rewards might differ.

    Args:
        found: The version of each worker, by its name; None where there is no wann.

    Raises:
        ConnectionError: If one has another, or none.
    """
    import wann

    for name, version in sorted(found.items()):
        if version != wann.__version__:
            what = f"wann {version}" if isinstance(version, str) else "no wann"
            raise ConnectionError(
                f"--address: the worker {name} has {what}: expected {wann.__version__} as here"
            )


class Patience:
    """Waits for workers to come back, with a line now and then."""

    def __init__(self, where: str, timeout: float) -> None:
        """Wait for those of a cluster, so many seconds."""
        self._where, self._timeout = where, timeout
        self._since: float | None = None

    def see(self, workers: int) -> None:
        """Take note of how many there are.

        Raises:
            ClusterLost: If there were none for too long.
        """
        if workers:
            self._since = None
            return
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        waited = now - self._since
        if waited >= self._timeout:
            raise ClusterLost(f"{self._where} had no workers for {self._timeout:g} s")
        tell(
            f"{self._where} has no workers left; waiting for some, {waited:.0f} of "
            f"{self._timeout:g} s"
        )
