"""One ASGI application: health, static files, and Django behind a bridge of our own.

Django's ASGI handler costs about twice as much time a page as its WSGI handler in a thread: views
here are ordinary functions on an ordinary database connection, four at a time in a process.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliu.config.settings")

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from heliu.config import static

THREADS = int(os.environ.get("HELIU_THREADS", "4"))
LARGEST_BODY = 32 * 1024 * 1024

_django = get_wsgi_application()
_pool = ThreadPoolExecutor(THREADS, "django")
# Read now what the first visitor would wait for: the pages' modules and the static files.
_ = get_resolver().url_patterns, static.files()


async def django(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request to Django in a thread of the pool and send what it answers."""
    body = await _body(receive)
    if body is None:
        await PlainTextResponse("The content is too large.", 413)(scope, receive, send)
        return
    environ = environ_of(scope, body)
    status, headers, answer = await asyncio.get_running_loop().run_in_executor(
        _pool, _call, environ
    )
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


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
    answered = await asyncio.get_running_loop().run_in_executor(_pool, _database_answers)
    return JSONResponse(
        {"status": "ok" if answered else "no database"}, status_code=200 if answered else 503
    )


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
    """Everything that is not ours goes to Django with its whole path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await django(scope, receive, send)


application = Starlette(
    routes=[
        Route("/healthz", healthy),
        Route("/readyz", ready),
        Mount("/static", static.serve),
        Mount("/", Bridge()),
    ]
)
