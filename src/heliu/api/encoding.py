"""Long answers that are plain already: written as they are, without being judged row by row."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse


def encoded(answer: object) -> HttpResponse:
    """An answer of thousands of rows in the shape its route tells; whoever calls gives it exactly
    that, and `tests/api` compare the two."""
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")
