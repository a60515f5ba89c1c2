"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def whoever_acts(request: HttpRequest) -> dict[str, Any]:
    """The actor (None on open pages) and whether this is the demonstration."""
    return {"actor": getattr(request, "actor", None), "is_demo": settings.DEMO}
