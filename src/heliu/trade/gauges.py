"""How the whole stands, in figures for the machine that watches it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliu.kernel.webhooks import queries as webhooks


class Gauge(NamedTuple):
    """One figure: `label` tells it from others of its name, where there are several."""

    name: str
    label: str
    value: float


def gauges(at: datetime) -> list[Gauge]:
    """Jobs, what waits too long for somebody, and how far the seals are behind.

    Counts and seconds of all organisations together, so anybody who watches may see them.
    """
    with connection.cursor() as cursor:
        cursor.execute("select name, label, value from trade_gauges(%s)", [at])
        found = [Gauge(*row) for row in cursor.fetchall()]
    waiting, seconds = webhooks.waiting_since(at)
    return [
        *found,
        Gauge("webhooks_waiting", "", waiting),
        Gauge("webhooks_oldest_seconds", "", seconds),
    ]
