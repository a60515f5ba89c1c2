"""A program of an integrator: takes webhooks over real HTTP and keeps what it was sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


@dataclass(frozen=True)
class Got:
    """One message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def says(self) -> dict[str, Any]:
        return msgspec.json.decode(self.body)


@dataclass
class Answer:
    """How a message is answered: after `seconds`, with this status, headers and body."""

    status: int = 204
    seconds: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Script = Callable[[Got], Answer]


class Receiver:
    """What came, in the order in which it came, and how it is answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.got: list[Got] = []
        self.answer: Script = lambda got: Answer()

    @property
    def numbers(self) -> list[int]:
        """The numbers of the facts that came."""
        return [got.says["number"] for got in self.got]

    def at(self, path: str) -> list[Got]:
        """What came to one path."""
        return [got for got in self.got if got.path == path]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on this machine for the time of the block."""
    here: Receiver

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Got(self.path, headers, body)
            here.got.append(got)
            answer = here.answer(got)
            time.sleep(answer.seconds)
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
            except OSError:
                self.close_connection = True  # whoever sent has had enough

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
