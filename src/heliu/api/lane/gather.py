"""Taking all that waits at once: batches that grow with the load."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

MOST = 64  # of one batch
LEAST = 4  # that are not split: a batch costs something however small
PAUSE = 0.002  # seconds
WAITING = 4000  # more than that cannot be answered in time


class Overloaded(Exception):
    """So many wait that whoever comes now had better come again."""


class Turn:
    """A batch's turn to write: after the batch before it is answered, and then the next may begin.

    What comes before its turn (asking and deciding) a batch does while the one before it writes.
    """

    def __init__(self, before: Turn | None, size: int = 1) -> None:
        self._before, self.size = before, size
        self.may_follow, self.over = asyncio.Event(), asyncio.Event()

    async def comes(self) -> None:
        """Wait for it."""
        if self._before is not None:
            await self._before.over.wait()
            self._before = None
        self.may_follow.set()

    async def ends(self) -> None:
        """The batch is answered; its turn is over when those before it are, if it came or not."""
        self.may_follow.set()
        await self.comes()
        self.over.set()


class Gatherer[Q, A]:
    """Answers questions in batches, in order of arrival.

    While one batch is worked on the next gathers, so the batch grows with the load and nobody
    waits for company when nothing is at work. A batch whose work says that its turn has come lets
    the next one begin, when half as many wait as it has itself or nobody came for a moment: those
    who were answered just now are about to send again, and a batch costs something however small.
    `work` answers a whole batch, an exception standing for the one question it belongs to; when it
    fails as a whole, each question is asked again by itself, so that one cannot spoil the others.
    """

    def __init__(
        self, work: Callable[[Sequence[Q], Turn], Awaitable[Sequence[A | Exception]]]
    ) -> None:
        self._work = work
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._turns: list[Turn] = []  # of batches at work, in their order
        self._running: asyncio.Task[None] | None = None
        self._at_work: set[asyncio.Task[None]] = set()

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
            await self._moment()
            await asyncio.sleep(0)  # let those in who have just arrived
            batch = [self._waiting.popleft() for _ in range(self._share())]
            turn = Turn(self._turns[-1] if self._turns else None, len(batch))
            self._turns = [one for one in self._turns if not one.over.is_set()] + [turn]
            task = asyncio.create_task(self._finish(batch, turn))
            self._at_work.add(task)  # a loop keeps no hold of its tasks
            task.add_done_callback(self._at_work.discard)

    async def _moment(self) -> None:
        """Wait until the next batch may begin."""
        if not self._turns:
            return
        last = self._turns[-1]
        await last.may_follow.wait()
        before = -1
        while not last.over.is_set() and before < len(self._waiting) < last.size / 2:
            before = len(self._waiting)
            await asyncio.sleep(PAUSE)

    def _share(self) -> int:
        """How many the next batch takes: half of all who are here, so that two batches of one size
        are at work; who took all would leave nobody to ask for while it writes."""
        here = len(self._waiting) + sum(one.size for one in self._turns if not one.over.is_set())
        return min(len(self._waiting), max(LEAST, (here + 1) // 2), MOST)

    async def _finish(self, batch: Sequence[tuple[Q, asyncio.Future[A]]], turn: Turn) -> None:
        try:
            answers = await self._answers([question for question, _ in batch], turn)
            for (_, future), answer in zip(batch, answers, strict=True):
                if future.done():  # whoever asked has gone
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        finally:
            await turn.ends()

    async def _answers(self, questions: Sequence[Q], turn: Turn) -> Sequence[A | Exception]:
        try:
            return await self._work(questions, turn)
        except Exception as error:
            if len(questions) == 1:
                return [error]
        return [(await self._answers([question], turn))[0] for question in questions]
