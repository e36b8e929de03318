"""The same tasks over Dask, on this machine or on a cluster: for who has more to run than one machine can.

Dask is an extra (``pip install bothand[dask]``). Where its own settings name a scheduler (DASK_SCHEDULER_ADDRESS), that
one is used; else a cluster of this machine's own is started, one task at a time in each worker. A task whose worker is
killed is run again by Dask itself. The cluster's machines need the same lock file, or the bits may differ.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from bothand.engine.runs.executors import TRIES, killed_words
from bothand.faults import Fault, FaultsFound

LARGE = "1 GiB"  # a task carries its draws of the county with it, which Dask would warn of from 10 MB on


class Dask:
    """Tasks run by the workers of a Dask cluster."""

    name = "dask"

    def __init__(self, workers: int) -> None:
        """Find or start the cluster. Raises FaultsFound when Dask is not installed."""
        try:
            import dask
            import distributed
        except ImportError as error:
            words = "Dask is not installed; install it with: pip install 'bothand[dask]'."
            raise FaultsFound([Fault("--executor dask", words)]) from error
        dask.config.set(
            {
                "distributed.admin.large-graph-warning-threshold": LARGE,
                "distributed.scheduler.allowed-failures": TRIES - 1,
            }
        )
        address = dask.config.get("scheduler-address", None)
        there: Any = distributed  # Dask says nothing of its types
        self.cluster = None
        if not address:
            self.cluster = there.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        self.client = there.Client(address or self.cluster)

    def run(self, function: Callable[..., bytes], arguments: tuple[Any, ...]) -> bytes:
        """Run a task on the cluster and wait for it."""
        from distributed.scheduler import KilledWorker

        name = f"{function.__name__}-{secrets.token_hex()}"
        future: Any = self.client.submit(function, *arguments, key=name, pure=False, retries=0)
        try:
            return bytes(future.result())
        except KilledWorker as error:
            raise FaultsFound([Fault("a worker", killed_words(TRIES))]) from error
        finally:
            future.release()

    def close(self) -> None:
        """Leave the cluster; end it if it was started here."""
        self.client.close()
        if self.cluster is not None:
            self.cluster.close()
