"""Static files from memory: read once, found by name, kept by browsers for a year.

A page names a file with a stamp of its content (`heliu.css?v=1a2b3c4d5e`), so it may be kept for
ever; asked for without the right stamp it is sent with an etag and asked for again.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from starlette.types import Receive, Scope, Send

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True)
class File:
    """One static file as it is sent."""

    body: bytes
    packed: bytes  # gzipped, or the body itself when that saves nothing
    kind: str
    stamp: str


@functools.cache
def files() -> Mapping[str, File]:
    """All static files of the installed apps, by name."""
    found = {}
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            if name not in found:
                with storage.open(name) as source:
                    found[name] = _file(name, source.read())
    return found


def _file(name: str, body: bytes) -> File:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, mtime=0) if kind.startswith(COMPRESSIBLE) else body
    if kind.startswith("text/") or kind == "application/javascript":
        kind += "; charset=utf-8"
    return File(body, min(body, packed, key=len), kind, hashlib.sha256(body).hexdigest()[:10])


class StampedStorage(StaticFilesStorage):
    """Names a file together with the stamp of its content."""

    def url(self, name: str | None, force: bool = False) -> str:
        """The address a page uses."""
        file = files().get(name or "")
        return f"{super().url(name)}?v={file.stamp}" if file else super().url(name)


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application behind /static/; the name is the path below it."""
    name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
    file = files().get(name)
    if file is None:
        await _send(send, 404, {"content-type": "text/plain"}, b"")
        return
    sent = dict(scope["headers"])
    etag = f'"{file.stamp}"'
    stamped = parse_qs(scope["query_string"].decode("latin1")).get("v") == [file.stamp]
    headers = {
        "content-type": file.kind,
        "etag": etag,
        "cache-control": "public, max-age=31536000, immutable" if stamped else "no-cache",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    if sent.get(b"if-none-match", b"").decode("latin1") == etag:
        await _send(send, 304, headers, b"")
        return
    body = file.body
    if b"gzip" in sent.get(b"accept-encoding", b"") and file.packed is not file.body:
        headers["content-encoding"], body = "gzip", file.packed
    headers["content-length"] = str(len(body))
    await _send(send, 200, headers, b"" if scope["method"] == "HEAD" else body)


async def _send(send: Send, status: int, headers: Mapping[str, Any], body: bytes) -> None:
    pairs = [(name.encode("latin1"), value.encode("latin1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
