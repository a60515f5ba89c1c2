"""Asking the API in this process: one WSGI call, with everything the product puts around it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception

ROOT = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What the API said; `body` is read JSON, `trouble` what broke behind a status of 500."""

    status: int
    body: Any
    is_replayed: bool
    trouble: BaseException | None = None

    @property
    def code(self) -> str:
        """The stable code of a refusal; empty for a yes."""
        return str(self.body.get("code", "")) if self.status >= 400 else ""


def post(path: str, body: Any, *, token: str, key: str) -> Answer:
    """A write by whoever holds the token, under an idempotency key."""
    return _ask(
        "POST",
        path,
        json.dumps(body).encode(),
        {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": key},
    )


def get(path: str, *, token: str, query: str = "") -> Answer:
    """A read by whoever holds the token."""
    return _ask("GET", path, b"", {"HTTP_AUTHORIZATION": f"Bearer {token}"}, query=query)


def notice(raw: bytes, signature: str) -> Answer:
    """The bank pushes a notice to our door."""
    return _ask("POST", "/bank/notices", raw, {"HTTP_X_BANK_SIGNATURE": signature})


@cache
def _application() -> WSGIHandler:
    return WSGIHandler()


def _ask(method: str, path: str, body: bytes, headers: dict[str, str], query: str = "") -> Answer:
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": ROOT + path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        **headers,
    }
    said: dict[str, Any] = {}

    def start(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        said["status"], said["headers"] = int(status[:3]), dict(headers)
        return _no_writing

    broke: list[BaseException] = []

    def note(**also: Any) -> None:
        broke.extend(error for error in [sys.exc_info()[1]] if error)

    got_request_exception.connect(note)
    answer = _application()(environ, start)
    try:
        content = b"".join(answer)
    finally:
        answer.close()  # ends the request for Django
        got_request_exception.disconnect(note)
    return Answer(
        said["status"],
        json.loads(content) if content else {},
        said["headers"].get("Idempotent-Replayed") == "true",
        broke[0] if broke else None,
    )


def _no_writing(body: bytes) -> None:
    """PEP 3333 lets an old application write as it goes; Django does not."""
    raise NotImplementedError
