"""Asking the product in this process, by the doors that programs and people use.

Programs ask the API as they ask the server: what the fast lane takes it answers, the rest is one
WSGI call with everything the product puts around it. People read pages and send forms, signed in
at their desk.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import json
import secrets
import sys
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from heliu.api.lane.calls import Request
from heliu.api.lane.door import Lane, Reply
from heliu.kernel.access.models import User

ROOT = "/api/v1"
FORM = "application/x-www-form-urlencoded"


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


@dataclass(frozen=True)
class Page:
    """What a browser got: a page, or the address to go on to."""

    status: int
    leads_to: str
    words: str
    trouble: BaseException | None = None


@dataclass(frozen=True)
class Browser:
    """A person who is signed in, with the cookies of it."""

    cookies: Mapping[str, str]

    def read(self, address: str) -> Page:
        """A page."""
        return self._ask("GET", address, b"")

    def send(self, address: str, form: Mapping[str, Any], *, key: str) -> Page:
        """A form, which is sent once however often its button is pressed."""
        fields = {**form, "idempotency_key": key, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        return self._ask("POST", address, urlencode(fields, doseq=True).encode())

    def _ask(self, method: str, address: str, body: bytes) -> Page:
        path, _, query = address.partition("?")
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = _call(method, path, body, {"CONTENT_TYPE": FORM, "HTTP_COOKIE": cookies}, query)
        words = said.content.decode()
        return Page(said.status, said.headers.get("Location", ""), words, said.trouble)


def sign_in(user_id: Any) -> Browser:
    """A browser in which a person has signed in, reading English; as the web role."""
    user = User.objects.get(pk=user_id)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return Browser(
        {
            settings.SESSION_COOKIE_NAME: session.session_key,
            settings.LANGUAGE_COOKIE_NAME: "en",
            "csrftoken": secrets.token_hex(16),
        }
    )


class FastLane:
    """The lane of a world: its own connection as the web role, in a thread with a loop."""

    def __init__(self, web: BaseDatabaseWrapper) -> None:
        self._lane, self._web = Lane(), web
        self._thread, self._loop = ThreadPoolExecutor(1), asyncio.Runner()

    def ask(self, method: str, path: str, body: bytes, headers: dict[bytes, bytes]) -> Reply | None:
        """The lane's answer, or None for what Django is to answer."""
        if not self._lane.takes(method, path, headers):
            return None
        return self._finish(self._lane.answer(method, path, Request(headers, b"", body)))

    def close(self) -> None:
        """Let go of the connection and the thread."""
        self._finish(self._lane.close())
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def _finish[T](self, work: Coroutine[Any, Any, T]) -> T:
        async def here() -> T:
            connections["default"] = self._web  # which is looked up to know where to connect
            return await work

        # The clock and the ids of the world are of our context, not of the thread's.
        context = contextvars.copy_context()
        return self._thread.submit(self._loop.run, here(), context=context).result()


def post(path: str, body: Any, *, token: str, key: str, lane: FastLane | None = None) -> Answer:
    """A write by whoever holds the token, under an idempotency key."""
    sent = json.dumps(body).encode()
    if lane is not None:
        told = {"authorization": f"Bearer {token}", "idempotency-key": key, "host": "localhost"}
        raw = {name.encode(): value.encode() for name, value in told.items()}
        if reply := lane.ask("POST", ROOT + path, sent, raw):
            return _read(_Said(reply.status, reply.headers, reply.body))
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": key}
    return _read(_call("POST", ROOT + path, sent, headers))


def get(path: str, *, token: str, query: str = "") -> Answer:
    """A read by whoever holds the token."""
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    return _read(_call("GET", ROOT + path, b"", headers, query))


def notice(raw: bytes, signature: str) -> Answer:
    """The bank pushes a notice to our door."""
    return _read(_call("POST", ROOT + "/bank/notices", raw, {"HTTP_X_BANK_SIGNATURE": signature}))


@dataclass(frozen=True)
class _Said:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    trouble: BaseException | None = None


def _read(said: _Said) -> Answer:
    return Answer(
        said.status,
        json.loads(said.content) if said.content else {},
        said.headers.get("Idempotent-Replayed") == "true",
        said.trouble,
    )


@cache
def _application() -> WSGIHandler:
    return WSGIHandler()


def _call(
    method: str, path: str, body: bytes, headers: Mapping[str, str], query: str = ""
) -> _Said:
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
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
    return _Said(said["status"], said["headers"], content, broke[0] if broke else None)


def _no_writing(body: bytes) -> None:
    """PEP 3333 lets an old application write as it goes; Django does not."""
    raise NotImplementedError
