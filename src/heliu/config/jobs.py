"""The worker: takes jobs from the queue as soon as they are there, the periodic ones in time."""

from __future__ import annotations

from django.urls import get_resolver
from procrastinate.contrib.django import app


async def work() -> None:
    """Work until the process is asked to stop; jobs at hand are finished first.

    The worker has a connection of its own to listen on. The tasks keep Django's, so that what a
    task puts into the queue is in the transaction of what it did.
    """
    # The addresses that mails name are loaded before there is work: it takes half a second, in
    # which no other task moves.
    get_resolver().url_patterns  # noqa: B018
    taker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with taker.open_async():
        await taker.run_worker_async()
