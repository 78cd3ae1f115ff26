"""The blocks of a sweep in their order: evaluated here, or by a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..errors import UsageError
from .asked import SweepRequest
from .evaluating import Blocks, Done, Shape, evaluate_several, packed
from .processes import AHEAD, WorkersLost

_PER_TASK = 16
"""Blocks that a worker of a cluster is given at once, where there are so many."""
ANSWER_WITHIN = 10
"""Seconds that a scheduler has to answer."""


def run_here(asked: SweepRequest, shape: Shape, first: int = 0) -> Iterator[Done]:
    """All blocks from ``first`` on, in this process."""
    blocks = Blocks(asked)
    for number in range(first, asked.blocks()):
        yield blocks.done(number, shape)


# -- a cluster


def run_on_cluster(
    asked: SweepRequest, shape: Shape, scheduler: str | None, jobs: int | None = None, first: int = 0
) -> Iterator[Done]:
    """As :func:`run_here`, by the workers of a Dask scheduler, or of a cluster that is made here.

    What a worker that is lost was doing, others do again. Raises :class:`UsageError` where there is no Dask, and where
    the scheduler doesn't answer or has no workers.
    """
    try:
        import distributed
    except ImportError:
        raise UsageError("--engine dask needs distributed: pip install 'costcalc[dask]'") from None
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told as an error
    with _client(distributed, scheduler, jobs) as client:
        data, workers, last = packed(asked), max(2, sum(client.nthreads().values())), asked.blocks()
        several = max(1, min(_PER_TASK, (last - first) // (AHEAD * workers)))
        tasks = (range(n, min(n + several, last)) for n in range(first, last, several))

        def submit(numbers: range) -> Any:
            key = f"costcalc-{hash(data)}-{numbers.start}"
            return client.submit(evaluate_several, data, numbers, shape, key=key, pure=False)

        yield from _in_order(submit, tasks, AHEAD * workers, distributed.KilledWorker)


def _in_order(
    submit: Callable[[range], Any], tasks: Iterable[range], ahead: int, killed: type[Exception]
) -> Iterator[Done]:
    waiting: deque[Any] = deque()
    try:
        for task in tasks:
            waiting.append(submit(task))
            if len(waiting) >= ahead:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except killed as e:
        raise WorkersLost(f"workers of the cluster ended over and over at the same rows: {e}") from None
    except (ImportError, AttributeError) as e:
        raise UsageError(f"the workers can't run this version of costcalc: {e}") from None


def _client(distributed: Any, scheduler: str | None, jobs: int | None) -> Any:
    if scheduler is None:
        cluster = distributed.LocalCluster(
            n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        )
        return _Owned(distributed.Client(cluster), cluster)
    try:
        client = distributed.Client(scheduler, timeout=ANSWER_WITHIN)
    except (OSError, ValueError, TimeoutError):
        raise UsageError(f"the scheduler {scheduler} doesn't answer within {ANSWER_WITHIN} s") from None
    if not client.nthreads():
        try:
            client.wait_for_workers(1, timeout=ANSWER_WITHIN)
        except TimeoutError:
            client.close()
            raise UsageError(f"the scheduler {scheduler} has no workers") from None
    return client


class _Owned:
    """A client with the cluster that was made for it."""

    def __init__(self, client: Any, cluster: Any) -> None:
        self.client = client
        self.cluster = cluster

    def __enter__(self) -> Any:
        return self.client

    def __exit__(self, *error: object) -> None:
        self.client.close()
        self.cluster.close()
