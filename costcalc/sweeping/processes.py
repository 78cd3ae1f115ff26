"""The blocks of a sweep in their order, evaluated by processes of this machine.

Each has a pipe of its own, so that one which ends in the middle of an answer is noticed, and keeps nobody waiting.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from ..errors import CostcalcError
from .asked import SweepRequest
from .evaluating import Done, Shape, evaluate, packed

AHEAD = 4
"""Blocks that are on their way for each worker: so many wait, however many there are in all."""
_AT_ONCE = 2
"""Blocks that a worker has, so that it needn't wait for the next."""
_ATTEMPTS = 4


class WorkersLost(CostcalcError):
    """Workers end before they answer."""


def run_in_processes(asked: SweepRequest, shape: Shape, jobs: int, first: int = 0) -> Iterator[Done]:
    """All blocks from ``first`` on, by ``jobs`` processes. One that ends is replaced, and its blocks are done again.

    Raises :class:`WorkersLost` if that happens over and over, without an answer in between.
    """
    data, last = packed(asked), asked.blocks()
    following, again = iter(range(first, last)), deque[int]()
    answers: dict[int, Done] = {}
    workers = [_Worker(data, shape) for _ in range(min(jobs, last - first))]
    due, lost = first, 0
    try:
        while due < last:
            for worker in workers:
                while len(worker.numbers) < _AT_ONCE:
                    # What is done again was counted before: with it the rest waits to be handed on.
                    room = again or len(answers) + _under_way(workers) < AHEAD * jobs
                    number = again.popleft() if again else next(following, None) if room else None
                    if number is None:
                        break
                    worker.give(number)
            for ready in wait([worker.connection for worker in workers]):
                (k,) = [k for k, worker in enumerate(workers) if worker.connection is ready]
                try:
                    done = workers[k].answer()
                except (EOFError, OSError):
                    lost += 1
                    if lost == _ATTEMPTS:
                        message = f"worker processes ended {_ATTEMPTS} times before they answered"
                        raise WorkersLost(f"{message}; is there memory for {jobs} of them?") from None
                    again.extendleft(reversed(workers[k].numbers))
                    workers[k].end()
                    workers[k] = _Worker(data, shape)
                else:
                    lost = 0
                    answers[done.number] = done
            while due in answers:
                yield answers.pop(due)
                due += 1
    finally:
        for worker in workers:
            worker.end()


def _under_way(workers: list[_Worker]) -> int:
    return sum(len(worker.numbers) for worker in workers)


class _Worker:
    """A process, and the numbers of the blocks that it has been given and hasn't answered."""

    def __init__(self, data: bytes, shape: Shape) -> None:
        import multiprocessing

        # Not forked: threads of the parent, such as a progress bar's, would be copied in the middle of their work.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.numbers: deque[int] = deque()
        self._process = context.Process(target=_serve, args=(theirs, data, shape), daemon=True)
        self._process.start()
        theirs.close()  # so that the pipe ends with the process

    def give(self, number: int) -> None:
        """Let it evaluate a block. That it has ended is told by :meth:`answer`."""
        self.numbers.append(number)
        with suppress(OSError):
            self.connection.send(number)

    def answer(self) -> Done:
        """What it has sent. Raises ``EOFError`` or ``OSError`` if it has ended, and what it couldn't evaluate."""
        found = self.connection.recv()
        self.numbers.popleft()
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, Done)
        return found

    def end(self) -> None:
        self.connection.close()
        self._process.kill()
        self._process.join()


def _serve(connection: Connection[Any, Any], data: bytes, shape: Shape) -> None:
    """Evaluate the blocks whose numbers arrive, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a worker ends with its parent, which is told of the interrupt
    while True:
        try:
            number = connection.recv()
        except (EOFError, OSError):
            return
        found: Any
        try:
            found = evaluate(data, number, shape)
        except CostcalcError as e:
            found = CostcalcError(str(e))
        try:
            connection.send(found)
        except OSError:
            return
