"""Processes of our own that call the product's operations directly, side by side."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import django

from heliu.config.postgres import Trouble
from heliu_bench.cpu import Meter
from heliu_bench.measure import Round

type Act = Callable[[], int]
type Prepare = Callable[..., Act]
"""Called once in each process with its number and what the bench gives; what it returns is done
again and again and says how many operations it did."""


@dataclass(frozen=True)
class Shift:
    """What one process did: seconds of each act, operations in all, CPU and wall seconds."""

    took: Sequence[float]
    done: int
    cpu: float
    seconds: float


class Crew:
    """As many processes as are wanted, each with a database connection of its own."""

    def __init__(self, links: Sequence[Connection]) -> None:
        self._links = links

    def work(
        self, prepare: Prepare, *given: Any, hands: int, seconds: float, meter: Meter
    ) -> Round:
        """Let `hands` of them do it for so long, all beginning together.

        Latencies are of acts, the rate is of operations; their CPU counts as the app's. Raises
        `Trouble` with the words of whoever failed.
        """
        links = self._links[:hands]
        for number, link in enumerate(links):
            link.send((prepare, number, given, seconds))
        for link in links:
            _heard(link)  # ready
        meter.start()
        for link in links:
            link.send("go")
        shifts: list[Shift] = [_heard(link) for link in links]
        _, spent = meter.stop(generator=0.0)
        spent = spent._replace(app=sum(shift.cpu for shift in shifts))
        took = [one for shift in shifts for one in shift.took]
        return Round(
            max(shift.seconds for shift in shifts),
            took,
            spent,
            done=sum(shift.done for shift in shifts),
        )


@contextmanager
def crew(hands: int, *, role: str = "worker") -> Iterator[Crew]:
    """A crew for the time of the block, in this database role."""
    spawn = get_context("spawn")  # a fork would share our connections
    pairs = [spawn.Pipe() for _ in range(hands)]
    people = [
        spawn.Process(target=_live, args=(theirs, role, dict(os.environ)), daemon=True)
        for _, theirs in pairs
    ]
    for person in people:
        person.start()
    try:
        yield Crew([ours for ours, _ in pairs])
    finally:
        for (ours, _), person in zip(pairs, people, strict=True):
            ours.close()
            person.join(10)
            if person.is_alive():
                person.terminate()


def _live(link: Connection, role: str, environ: dict[str, str]) -> None:
    os.environ.update(environ, HELIU_ROLE=role)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliu.config.settings")
    django.setup()
    while True:
        try:
            prepare, number, given, seconds = link.recv()
        except EOFError:
            return
        try:
            act = prepare(number, *given)
            link.send("ready")
            link.recv()
            link.send(_shift(act, seconds))
        except Exception as error:  # told to whoever leads, who stops the bench
            link.send(Trouble(f"{type(error).__name__}: {error}"))


def _shift(act: Act, seconds: float) -> Shift:
    took: list[float] = []
    done = 0
    began, used = time.perf_counter(), time.process_time()
    last = began
    while not took or last < began + seconds:
        done += act()
        now = time.perf_counter()
        took.append(now - last)
        last = now
    return Shift(took, done, time.process_time() - used, last - began)


def _heard(link: Connection) -> Any:
    said = link.recv()
    if isinstance(said, Exception):
        raise said
    return said
