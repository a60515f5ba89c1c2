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
from heliu.kernel.idempotency.models import Answer


def digest(*parts: Any) -> bytes:
    """A digest of a request's content."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).digest()


def once(
    *, org: UUID, key: str, content: bytes, at: datetime, do: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Run `do` unless this key was answered before; returns (status, body, was it a repeat).

    Senders of one key queue on an advisory lock of the transaction, so that 64 simultaneous sends
    are one deed and 64 equal answers. The same key with other content is refused (422).
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{org}/{key}"])
    known = Answer.objects.filter(org=org, key=key).first()
    if known is not None:
        if bytes(known.request_digest) != content:
            raise Invalid(
                "key-reused",
                "This idempotency key was used before with other content.",
                help="Send a new key with new content.",
            )
        return known.status, known.body, True
    status, body = do()
    Answer.objects.create(org=org, key=key, request_digest=content, status=status, body=body, at=at)
    return status, body, False
