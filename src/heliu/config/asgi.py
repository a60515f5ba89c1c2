"""One ASGI application: health, static files, the fast lane, and Django behind a bridge of our own.

Django's ASGI handler costs about twice as much time a page as its WSGI handler in a thread: views
here are ordinary functions on an ordinary database connection, four at a time in a process.
"""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliu.config.settings")

import psycopg
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from heliu.config import failures, memory, static
from heliu.config.running import end_with_parent
from heliu.config.threads import Full, Threads

THREADS = int(os.environ.get("HELIU_THREADS", "4"))
WAITING = int(os.environ.get("HELIU_WAITING", "300"))
RATE = float(os.environ.get("HELIU_RATE", "200"))
LARGEST_BODY = 32 * 1024 * 1024

# A server that is killed takes its workers along: they would hold the port. What they were at is
# rolled back.
end_with_parent(signal.SIGKILL)()

DOORS = os.environ.get("HELIU_BENCH_DOORS") == "1"  # a bench may ask for Django's door

_django = get_wsgi_application()
# These know tables, so they come when Django is set up.
from heliu.api.lane.calls import Request as Asked  # noqa: E402
from heliu.api.lane.door import Lane  # noqa: E402
from heliu.config import watching  # noqa: E402
from heliu.config.middleware import hard_headers, log_answer, number_of_request  # noqa: E402
from heliu.config.rate import Limits  # noqa: E402
from heliu.config.turned_away import turned_away  # noqa: E402
from heliu.config.views import COME_AGAIN  # noqa: E402

_django_threads = Threads("django", THREADS, WAITING)
_own_thread = Threads("health", 1, 10)  # who asks how we are does not wait for the pages
# Read now what the first visitor would wait for: the pages' modules and the static files.
_ = get_resolver().url_patterns, static.files()
memory.settle()


async def django(scope: Scope, body: io.BytesIO, send: Send) -> None:
    """Hand a request to Django in a thread of the pool and send what it answers."""
    environ = environ_of(scope, body)
    try:
        status, headers, answer = await _django_threads.run(lambda: _call(environ))
    except Full:
        await turn_away(scope, send, 503, wait=COME_AGAIN)
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def turn_away(scope: Scope, send: Send, status: int, *, wait: int) -> None:
    """Answer a request that is not let in; it has waited for nothing."""
    began, headers = time.perf_counter(), dict(scope["headers"])
    number = number_of_request(headers.get(b"x-request-id", b"").decode("latin1"))
    answer = turned_away(
        status, path=scope["path"], query=scope["query_string"], headers=headers, wait=wait
    )
    log_answer(number, method=scope["method"], route="", status=status, org="", began=began)
    said = {**dict(answer.items()), "X-Request-ID": number}
    await _send(send, status, said, answer.content)


def _raw(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.lower().encode(): value.encode("latin1") for name, value in headers.items()}


HARD = _raw(hard_headers())


async def _send(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    said = HARD | _raw(headers) | {b"content-length": b"%d" % len(body)}
    await send({"type": "http.response.start", "status": status, "headers": list(said.items())})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> io.BytesIO | None:
    """The whole body, or None when it is larger than anything the product takes."""
    body = io.BytesIO()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body.write(message.get("body", b""))
        if body.tell() > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            break
    return body


def environ_of(scope: Scope, body: io.BytesIO) -> dict[str, Any]:
    """An ASGI request in the words of WSGI (PEP 3333)."""
    host, port = scope.get("server") or ("localhost", 80)
    length = body.tell()
    body.seek(0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        name = raw.decode("latin1").upper().replace("-", "_")
        if "_" in raw.decode("latin1"):
            continue  # two spellings of one header must not be taken for each other
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        text = value.decode("latin1")
        environ[key] = (
            f"{environ[key]},{text}"
            if key in environ and key != "HTTP_COOKIE"
            else (f"{environ[key]}; {text}" if key in environ else text)
        )
    environ["CONTENT_LENGTH"] = str(length)
    return environ


def _call(environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    started: dict[str, Any] = {}

    def start(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        started["status"], started["headers"] = int(status[:3]), headers
        return _no_writing

    answer = _django(environ, start)
    try:
        body = b"".join(answer)
    finally:
        # Ends the request for Django: the connection goes back to its pool.
        answer.close()
    headers = [
        (name.lower().encode("latin1"), value.encode("latin1"))
        for name, value in started["headers"]
    ]
    return started["status"], headers, body


def _no_writing(body: bytes) -> None:
    """PEP 3333 lets an old application write as it goes; Django does not."""
    raise NotImplementedError


async def healthy(request: Request) -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> JSONResponse:
    """The process answers and its database does."""
    try:
        answered = await _own_thread.run(_database_answers)
    except Full:
        return JSONResponse({"status": "busy"}, status_code=503)
    return JSONResponse(
        {"status": "ok" if answered else "no database"}, status_code=200 if answered else 503
    )


async def measured(request: Request) -> PlainTextResponse:
    """The figures, for who may read them; for others there is nothing here."""
    peer = request.client.host if request.client else ""
    if not watching.may_read(dict(request.headers.raw), peer):
        return PlainTextResponse("", 404)
    try:
        told = await _own_thread.run(watching.told)
    except Full:
        return PlainTextResponse("", 503)
    return PlainTextResponse(told, media_type="text/plain; version=0.0.4")


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Exception:  # whatever it is, the answer is no
        return False
    finally:
        connection.close()
    return True


class Bridge:
    """What is neither health nor a file: the lane's few hot calls, and all the rest to Django."""

    def __init__(self) -> None:
        self._lane = Lane(watching.lane_batch)
        self._limits = Limits(RATE)
        watching.watch(threads=lambda: _django_threads.waiting, lane=lambda: self._lane.waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        watching.shared.begin()
        peer = (scope.get("client") or ("",))[0]
        if wait := self._limits.wait(scope["method"], scope["path"], headers, peer):
            await turn_away(scope, send, 429, wait=wait)
            return
        is_hot = (
            self._lane.takes(scope["method"], scope["path"], headers)
            and len(headers) == len(scope["headers"])  # a header given twice is Django's to judge
            and not (DOORS and headers.get(b"x-heliu-door") == b"django")
        )
        body = await _body(receive)
        if body is None:
            await PlainTextResponse("The content is too large.", 413)(scope, receive, send)
        elif not (is_hot and await answered(self._lane, scope, body, send)):
            await django(scope, body, send)

    def is_hot(self, scope: Scope) -> bool:
        """Whether it is one of the calls that the lane is there for."""
        return scope["type"] == "http" and self._lane.has(scope["method"], scope["path"])

    async def close(self) -> None:
        """Let go of the lane's database connections."""
        await self._lane.close()


async def answered(lane: Lane, scope: Scope, body: io.BytesIO, send: Send) -> bool:
    """Let the lane answer; False when it leaves the request to Django."""
    began, headers = time.perf_counter(), dict(scope["headers"])
    method, path = scope["method"], scope["path"]
    number = number_of_request(headers.get(b"x-request-id", b"").decode("latin1"))
    try:
        reply = await lane.answer(
            method, path, Asked(headers, scope["query_string"], body.getvalue())
        )
    except Exception as error:
        failures.log.exception("failed", request=number)
        is_away = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        reply = lane.busy(headers) if is_away else lane.broken(headers)
    if reply is None:
        return False
    said = {
        **reply.headers, "X-Request-ID": number,
        "Content-Language": reply.language, "Vary": "Accept-Language, Cookie",
    }  # fmt: skip
    await _send(send, reply.status, said, reply.body)
    # Last: whoever sent it asks on while we write our line.
    log_answer(
        number, method=method, route=path.lstrip("/"), status=reply.status,
        org=str(reply.org or ""), began=began,
    )  # fmt: skip
    return True


bridge = Bridge()
_by_address = Starlette(
    routes=[
        Route("/healthz", healthy),
        Route("/readyz", ready),
        Route("/metrics", measured),
        Mount("/static", static.serve),
        Mount("/", bridge),
    ]
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Every request by its address; the hot calls need not be looked for."""
    takes = bridge if bridge.is_hot(scope) else _by_address
    await takes(scope, receive, send)
