"""Taking all that waits at once: natural batches, without a timer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

MOST = 200  # of one batch
WAITING = 4000  # more than that cannot be answered in time


class Overloaded(Exception):
    """So many wait that whoever comes now had better come again."""


class Gatherer[Q, A]:
    """Answers questions in batches, one batch at a time, in order of arrival.

    While one batch is worked on the next gathers, so the batch grows with the load and nobody
    waits for company. `work` answers a whole batch, an exception standing for the one question it
    belongs to; when it fails as a whole, each question is asked again by itself, so that one
    cannot spoil the others.
    """

    def __init__(self, work: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]]) -> None:
        self._work = work
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._running: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many wait for the next batch."""
        return len(self._waiting)

    async def ask(self, question: Q) -> A:
        """The answer to one question. Raises `Overloaded`, or what the work raises for it."""
        if len(self._waiting) >= WAITING:
            raise Overloaded
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)  # let those in who have just arrived
            count = min(len(self._waiting), MOST)
            batch = [self._waiting.popleft() for _ in range(count)]
            questions = [question for question, _ in batch]
            for (_, future), answer in zip(batch, await self._answers(questions), strict=True):
                if future.done():  # whoever asked has gone
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    async def _answers(self, questions: Sequence[Q]) -> Sequence[A | Exception]:
        try:
            return await self._work(questions)
        except Exception as error:
            if len(questions) == 1:
                return [error]
        return [(await self._answers([question]))[0] for question in questions]
