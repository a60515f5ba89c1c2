"""One message over HTTP: to the address that was looked at, within ten seconds, never elsewhere."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpcore
from django.conf import settings

from heliu.kernel.webhooks.models import MOST_ANSWER, Problem
from heliu.kernel.webhooks.policies import asked_rest, is_public

SECONDS = 10.0
"""For the whole: finding the name, connecting, sending, the answer's head and first bytes."""


@dataclass(frozen=True)
class Result:
    """What a try came to: `problem` is empty when the endpoint took the message. `rest` is how
    long it asks to be left alone."""

    problem: str
    took_ms: int
    code: int | None = None
    answer: str = ""
    rest: timedelta = timedelta()


class Inside(Exception):
    """A name stands for an address that is not a public one."""


class Outward(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only.

    A name is looked up once and the connection goes to what was found and looked at, so a name
    that changes its mind in between leads nowhere. TLS is still spoken with the name.
    """

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the name that takes one. Raises `Inside`."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = [str(where[0]) for *_, where in found]
        if not settings.HELIU_WEBHOOKS_INSIDE and not all(map(is_public, addresses)):
            raise Inside(host)
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError):
                return await self._network.connect_tcp(address, port, timeout)
        return await self._network.connect_tcp(addresses[-1], port, timeout)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise Inside(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def connections() -> httpcore.AsyncConnectionPool:
    """Kept open for the time of one round; each endpoint has one at most."""
    return httpcore.AsyncConnectionPool(
        ssl_context=_trusted(), network_backend=Outward(), keepalive_expiry=5.0
    )


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


async def send(
    pool: httpcore.AsyncConnectionPool, url: str, headers: Mapping[str, str], body: bytes
) -> Result:
    """Send a message once. Answers whatever happens; redirects are not followed."""
    began = time.monotonic()

    def result(
        problem: str, code: int | None = None, answer: str = "", rest: timedelta = timedelta()
    ) -> Result:
        return Result(problem, round((time.monotonic() - began) * 1000), code, answer, rest)

    try:
        async with asyncio.timeout(SECONDS):
            code, answer, rest = await _ask(pool, url, headers, body)
    except Inside:
        return result(Problem.INSIDE)
    except (TimeoutError, httpcore.TimeoutException):
        return result(Problem.SLOW)
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return result(Problem.UNREACHED)
    return result(_problem(code), code, answer, rest)


async def _ask(
    pool: httpcore.AsyncConnectionPool, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, str, timedelta]:
    """The status, the beginning of the answer, and how long to stay away; more is not read."""
    async with pool.stream("POST", url, headers=[*headers.items()], content=body) as response:
        kept = b""
        async for part in response.aiter_stream():
            kept += part
            if len(kept) >= MOST_ANSWER:
                break
        named = [text for name, text in response.headers if name.lower() == b"retry-after"]
        later = named[0].decode("latin1").strip() if named else ""
        rest = asked_rest(response.status, later, datetime.now(UTC))
        return response.status, _readable(kept), rest


def _problem(code: int) -> str:
    if 200 <= code < 300:
        return ""
    return Problem.REDIRECT if 300 <= code < 400 else Problem.REFUSED


def _readable(kept: bytes) -> str:
    """What a page can show of an answer."""
    text = kept[:MOST_ANSWER].decode(errors="replace").replace("\x00", "\ufffd")
    return text[:MOST_ANSWER]
