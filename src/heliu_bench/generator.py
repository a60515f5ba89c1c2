"""Makes load over HTTP: many clients that keep their connection and send as soon as answered.

A process of its own, so that its cost can be told from the server's. It reads one job from a file,
says `ready` when every client is connected, begins at a line on its input and writes one line of
JSON when all is answered. Speaks just enough HTTP/1.1 for our own server: bodies with a length.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import cast
from uuid import uuid4

import uvloop

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
KINDS = 20  # of words about what went wrong that are kept


@dataclass(frozen=True)
class Job:
    """What to send: POST one of `bodies` as the holder of one of `tokens`, for `seconds`.

    `headers` are sent with every request; every request has an Idempotency-Key of its own.
    """

    host: str
    port: int
    path: str
    clients: int
    seconds: float
    tokens: list[str]
    bodies: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    limit: int = 0


@dataclass
class Tally:
    """What was answered: seconds by status, how many broke, the first words of what went wrong."""

    took: dict[int, list[float]] = field(default_factory=dict)
    broken: int = 0
    wrong: dict[str, int] = field(default_factory=dict)


class Load:
    """The requests of a job, and how they were answered."""

    def __init__(self, job: Job) -> None:
        self.job, self.tally = job, Tally()
        self.is_over = False
        self._run, self._sent = uuid4().hex[:12], 0
        extra = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
        self._heads = [
            f"POST {job.path} HTTP/1.1\r\nHost: {job.host}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\n{extra}Idempotency-Key: ".encode()
            for token in job.tokens
        ]
        self._bodies = [
            f"\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode() for body in job.bodies
        ]

    def request(self) -> bytes | None:
        """The next one to send; None when it is time to end."""
        if self.is_over or (self.job.limit and self._sent >= self.job.limit):
            return None
        self._sent += 1
        key = f"{self._run}-{self._sent}".encode()
        return random.choice(self._heads) + key + random.choice(self._bodies)  # noqa: S311

    def answered(self, status: int, took: float, body: bytes) -> None:
        """Note an answer."""
        self.tally.took.setdefault(status, []).append(took)
        if status >= 400:
            self._note(f"{status} {body[:160].decode(errors='replace')}")

    def _note(self, words: str) -> None:
        wrong = self.tally.wrong
        if words in wrong or len(wrong) < KINDS:
            wrong[words] = wrong.get(words, 0) + 1


class Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, load: Load, ended: asyncio.Future[None]) -> None:
        self._load, self._ended = load, ended
        self._waits, self._got, self._whole = False, b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class

    def go(self) -> None:
        """Send the next request, or leave."""
        request = self._load.request()
        if request is None:
            self._leave()
            return
        self._waits, self._began = True, time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """A part of an answer."""
        self._got += data
        if not self._whole:
            head = self._got.find(HEAD_END)
            if head < 0:
                return
            fields = self._got[:head].lower()
            at = fields.index(LENGTH) + len(LENGTH)
            end = fields.find(b"\r", at)
            self._whole = head + len(HEAD_END) + int(fields[at : end if end > 0 else None])
            self._head = head
        if len(self._got) >= self._whole:
            took = time.perf_counter() - self._began
            body = self._got[self._head + len(HEAD_END) :]
            self._load.answered(int(self._got[9:12]), took, body)
            self._waits, self._got, self._whole = False, b"", 0
            self.go()

    def connection_lost(self, error: Exception | None) -> None:
        """Closed: by us when it is over, else something broke."""
        if self._waits:
            self._load.tally.broken += 1
        self._leave()

    def _leave(self) -> None:
        self._transport.close()
        if not self._ended.done():
            self._ended.set_result(None)


async def work(job: Job) -> dict[str, object]:
    """Connect, wait for the word, send until time is over and all is answered; what came of it."""
    loop, load = asyncio.get_running_loop(), Load(job)
    ends = [loop.create_future() for _ in range(job.clients)]
    clients = [
        (await loop.create_connection(partial(Client, load, end), job.host, job.port))[1]
        for end in ends
    ]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.readline)
    began, used = time.perf_counter(), time.process_time()
    loop.call_later(job.seconds, setattr, load, "is_over", True)
    for client in clients:
        client.go()
    await asyncio.wait_for(asyncio.gather(*ends), job.seconds + 60)
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - used,
        **asdict(load.tally),
    }


def main() -> None:
    """Do the job whose file is named."""
    job = Job(**json.loads(Path(sys.argv[1]).read_text()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(work(job))
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
