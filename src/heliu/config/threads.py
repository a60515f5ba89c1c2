"""The threads in which Django works, and how many requests may wait for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Full(Exception):
    """As many wait as can be answered in time; whoever comes now had better come again."""


class Threads:
    """A few threads with a line in front of them that has an end."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, name)
        self._threads, self._room = threads, threads + waiting
        self._inside: set[Future[Any]] = set()

    @property
    def waiting(self) -> int:
        """How many wait for a thread now."""
        return max(0, len(self._inside) - self._threads)

    async def run[T](self, work: Callable[[], T]) -> T:
        """Do the work in a thread. Raises `Full` at once when there is no room in the line.

        It counts until its thread has ended it, also when whoever asked has gone.
        """
        if len(self._inside) >= self._room:
            raise Full
        job = self._pool.submit(work)
        self._inside.add(job)
        job.add_done_callback(self._inside.discard)
        return await asyncio.wrap_future(job)
