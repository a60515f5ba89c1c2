"""Do it once: answer a repeated request with what was answered first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.kernel.errors import Invalid

_WRITER = json.JSONEncoder(sort_keys=True, default=str)


def digest(*parts: Any) -> bytes:
    """A digest of a request's content."""
    return hashlib.sha256(_WRITER.encode(parts).encode()).digest()


KNOWN = """select place, request_digest, status, body
  from idempotency_answers(%s::uuid[], %s::text[])"""
STORE = "select idempotency_store(%s::uuid[], %s::text[], %s::bytea[], %s::smallint[], %s, %s)"


def once(
    *, org: UUID, key: str, content: bytes, at: datetime, do: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Run `do` unless this key was answered before; returns (status, body, was it a repeat).

    Senders of one key queue on an advisory lock of the transaction, so that 64 simultaneous sends
    are one deed and 64 equal answers. The same key with other content is refused (422).
    """
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [[org], [key]])
        known = cursor.fetchone()
    if known is not None:
        _, digest_then, status, body = known
        refuse_other(digest_then, content)
        return status, json.loads(body), True
    status, body = do()
    with connection.cursor() as cursor:
        cursor.execute(STORE, [[org], [key], [content], [status], [json.dumps(body)], at])
    return status, body, False


def refuse_other(digest_then: bytes, content: bytes) -> None:
    """A key stands for one content for ever. Raises `Invalid` (key-reused)."""
    if bytes(digest_then) != content:
        raise Invalid(
            "key-reused",
            "This idempotency key was used before with other content.",
            help="Send a new key with new content.",
        )
