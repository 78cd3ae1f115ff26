"""Which of the ways to evaluate blocks is taken."""

from __future__ import annotations

from collections.abc import Iterator

from .asked import SweepRequest
from .evaluating import Done, Shape
from .processes import run_in_processes
from .working import run_here, run_on_cluster


def run(
    asked: SweepRequest,
    shape: Shape,
    *,
    first: int = 0,
    jobs: int = 1,
    cluster: bool = False,
    scheduler: str | None = None,
) -> Iterator[Done]:
    """The blocks from ``first`` on, in their order: on a cluster, by ``jobs`` processes, or here."""
    if cluster:
        return run_on_cluster(asked, shape, scheduler, jobs if jobs > 1 else None, first)
    if jobs > 1 and asked.blocks() - first > 1:
        return run_in_processes(asked, shape, jobs, first)
    return run_here(asked, shape, first)
