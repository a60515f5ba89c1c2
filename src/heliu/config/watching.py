"""`/metrics`: what is measured here, and who may read it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.db import Error, connection

from heliu.config import metrics
from heliu.config.metrics import COUNTS, SECONDS, Family, Figures, Shared
from heliu.kernel import clock
from heliu.trade.gauges import gauges

TOKEN = os.environ.get("HELIU_METRICS_TOKEN", "")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PROXIED = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")
# Gauges of the database: the label's name, and what it says.
WHOLE = {
    "jobs": ("state", "Jobs of the worker"),
    "workers": ("", "Workers that gave a sign of life within half a minute"),
    "oldest_job_seconds": ("", "For how long the oldest job that could be done has been waiting"),
    "waiting": ("kind", "What waits too long for somebody, deals among them (SLOW)"),
    "webhooks_waiting": ("", "Webhook messages that wait, without those of paused ones"),
    "webhooks_oldest_seconds": ("", "For how long the oldest of them has been waiting"),
    "unsealed_lines": ("", "Ledger lines that are not sealed yet"),
    "unsealed_seconds": ("", "Age of the oldest ledger line that is not sealed yet"),
}

figures = Figures()
shared = Shared(settings.DATA / "metrics", figures)
_requests = figures.counter("heliu_requests_total", "Requests answered")
_seconds = figures.histogram("heliu_request_seconds", "Time to the answer", SECONDS)
lane_batch = figures.histogram("heliu_lane_batch_orders", "Orders of one batch", COUNTS)


def answered(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count an answer under its route's template: no address, and no method we do not know."""
    known = method if method in METHODS else "other"
    _requests(method=known, route=route, status=str(status))
    _seconds(seconds, method=known, route=route)


def watch(*, threads: Callable[[], float], lane: Callable[[], float]) -> None:
    """Watch what waits in this process, and its database connections."""
    figures.watch("heliu_threads_waiting", "Requests that wait for a thread", threads)
    figures.watch("heliu_lane_waiting", "Orders that wait for the next batch", lane)
    for name, help in (
        ("pool_size", "Database connections"),
        ("pool_available", "Database connections that nobody uses"),
        ("requests_waiting", "Threads that wait for a database connection"),
    ):
        figures.watch(f"heliu_{name}", help, _of_pool(name))


def may_read(headers: Mapping[bytes, bytes], peer: str) -> bool:
    """Whoever brings HELIU_METRICS_TOKEN; without it, who asks from this machine and by no proxy.

    A proxy in front makes everybody's address its own, so behind TLS the token is needed.
    """
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    if TOKEN and scheme.lower() == b"bearer":
        return secrets.compare_digest(given.strip(), TOKEN.encode())
    if settings.BEHIND_TLS or any(name in headers for name in PROXIED):
        return False
    with suppress(ValueError):
        return ip_address(peer).is_loopback
    return False


def told() -> str:
    """All figures: of every process here, and of the database while it answers."""
    whole: list[Family] = []
    with suppress(Error):
        whole = metrics.gauges(
            (f"heliu_{name}", WHOLE[name][1], {WHOLE[name][0]: label} if label else {}, value)
            for name, label, value in gauges(clock.now())
        )
    connection.close()
    return metrics.text(shared.all() | {0: whole})


def _of_pool(name: str) -> Callable[[], float]:
    def value() -> float:
        pool = connection.pool  # type: ignore[attr-defined]  # psycopg's wrapper only
        return float(pool.get_stats().get(name, 0)) if pool else 0.0

    return value
