"""The generator against a server whose answers are known: nothing is lost and nothing flattered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from itertools import count

import pytest

from heliu_bench.cpu import Meter
from heliu_bench.generator import Job
from heliu_bench.load import fire

# Answers in turn; None hangs up.
SCRIPT = (201, 201, 409, 402, 201, 500, 404, None)
LIMIT = len(SCRIPT)


class Server:
    """Answers one connection at a time by the script, in parts, and keeps what it was sent."""

    def __init__(self, script: tuple[int | None, ...]) -> None:
        self._script = script
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._turns = count()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            with link:
                while (request := self._read(link)) and self._answer(link):
                    self.requests.append(request)

    def _read(self, link: socket.socket) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got or not got.endswith(b"}"):
            part = link.recv(65536)
            if not part:
                return b""
            got += part
        return got

    def _answer(self, link: socket.socket) -> bool:
        status = self._script[next(self._turns) % len(self._script)]
        if status is None:
            return False
        body = b'{"detail": "said"}'
        head = f"HTTP/1.1 {status} X\r\nContent-Type: a/b\r\nContent-Length: {len(body)}\r\n\r\n"
        link.sendall(head.encode() + body[:5])
        link.sendall(body[5:])
        return True


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(SCRIPT)
    yield made
    made.listener.close()


def job(server: Server, **other: object) -> Job:
    asked = {
        "host": "127.0.0.1", "port": server.port, "path": "/orders", "clients": 1, "seconds": 30.0,
        "tokens": ["t1", "t2"], "bodies": ['{"a": 1}', '{"b": 2}'], "headers": {"X-Door": "x"},
    } | other  # fmt: skip
    return Job(**asked)


def meter() -> Meter:
    import os

    return Meter(frozenset({os.getpid()}), os.getpid())


def test_answers_are_counted_apart(server: Server) -> None:
    answered = fire(job(server, limit=LIMIT), meter(), good=201)
    made = answered.round
    assert (len(made.latencies), made.refused, made.failed) == (3, 2, 3)  # 500, 404, hung up
    assert answered.statuses == {201: 3, 409: 1, 402: 1, 500: 1, 404: 1}
    assert answered.wrong == {
        f'{status} {{"detail": "said"}}': 1 for status in (409, 402, 500, 404)
    }
    assert all(0 < took < 30 for took in made.latencies)


def test_requests_are_whole_and_their_keys_differ(server: Server) -> None:
    fire(job(server, limit=LIMIT - 1), meter(), good=201)
    keys = [request.split(b"Idempotency-Key: ")[1].split(b"\r\n")[0] for request in server.requests]
    assert len(set(keys)) == len(keys) == LIMIT - 1
    assert all(len(key) >= 8 for key in keys)
    for request in server.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /orders HTTP/1.1\r\n")
        assert b"\r\nX-Door: x\r\n" in head
        assert f"Content-Length: {len(body)}".encode() in head
        assert b"Bearer t1" in head or b"Bearer t2" in head


def test_time_ends_the_load() -> None:
    server = Server((201,))
    made = fire(job(server, seconds=0.1), meter(), good=201).round
    server.listener.close()
    assert made.failed == made.refused == 0
    assert len(made.latencies) == len(server.requests) > 0
    assert made.seconds >= 0.1
