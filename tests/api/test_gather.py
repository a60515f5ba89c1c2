"""Batches of the lane: which questions come together, and in which order they write."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.loops import finish

from heliu.api.lane.gather import Gatherer, Turn


class Work:
    """Answers with what was asked; each step of a batch waits until the test lets it."""

    def __init__(self, *, is_free: bool = False) -> None:
        self.is_free = is_free
        self.said: list[str] = []
        self.steps: dict[tuple[str, str], asyncio.Event] = {}

    def step(self, batch: str, name: str) -> asyncio.Event:
        event = self.steps.setdefault((batch, name), asyncio.Event())
        if self.is_free:
            event.set()
        return event

    async def __call__(self, questions: Sequence[str], turn: Turn) -> Sequence[str | Exception]:
        batch = "".join(questions)
        self.said.append(f"{batch} asks")
        await self.step(batch, "asked").wait()
        await turn.comes()
        self.said.append(f"{batch} writes")
        await self.step(batch, "written").wait()
        if "x" in batch:
            raise ValueError(batch)
        return questions


async def quiet() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_batch_asks_while_the_one_before_writes_and_writes_after_it() -> None:
    async def play() -> list[str]:
        work = Work()
        gatherer: Gatherer[str, str] = Gatherer(work)
        first = asyncio.create_task(gatherer.ask("a"))
        await quiet()
        later = [asyncio.create_task(gatherer.ask(word)) for word in "bc"]
        await quiet()
        assert work.said == ["a asks"]  # nobody begins before its turn is sure
        work.step("a", "asked").set()
        await quiet()
        assert work.said == ["a asks", "a writes", "bc asks"]
        last = asyncio.create_task(gatherer.ask("d"))
        work.step("bc", "asked").set()
        await quiet()
        assert work.said == ["a asks", "a writes", "bc asks"]  # it waits for its turn
        assert gatherer.waiting == 1
        work.step("a", "written").set()
        await quiet()
        assert first.done()
        assert work.said[3:] == ["bc writes", "d asks"]
        for batch, name in (("bc", "written"), ("d", "asked"), ("d", "written")):
            work.step(batch, name).set()
        return [await first, *await asyncio.gather(*later), await last]

    assert finish(play()) == ["a", "b", "c", "d"]


def test_one_that_breaks_spoils_neither_its_batch_nor_the_next() -> None:
    async def play() -> list[object]:
        work = Work(is_free=True)
        gatherer: Gatherer[str, str] = Gatherer(work)
        asks = [asyncio.create_task(gatherer.ask(word)) for word in "abx"]
        await quiet()
        asks.append(asyncio.create_task(gatherer.ask("c")))
        found = list(await asyncio.gather(*asks, return_exceptions=True))
        assert work.said[:2] == ["abx asks", "abx writes"]
        return found

    *good, broken, later = finish(play())
    assert [*good, later] == ["a", "b", "c"]
    assert isinstance(broken, ValueError)


def test_a_batch_that_writes_nothing_lets_nobody_write_beside_the_one_before() -> None:
    class Some(Work):
        async def __call__(self, questions: Sequence[str], turn: Turn) -> Sequence[str | Exception]:
            return (
                questions if "".join(questions) == "n" else await super().__call__(questions, turn)
            )

    async def play() -> list[str]:
        work = Some()
        gatherer: Gatherer[str, str] = Gatherer(work)
        asks = []
        for word in "anb":
            work.step(word, "asked").set()
            asks.append(asyncio.create_task(gatherer.ask(word)))
            await quiet()
        assert asks[1].done()
        assert work.said == ["a asks", "a writes", "b asks"]
        work.step("a", "written").set()
        work.step("b", "written").set()
        answers = await asyncio.gather(*asks)
        assert work.said[3:] == ["b writes"]
        return answers

    assert finish(play()) == ["a", "n", "b"]
