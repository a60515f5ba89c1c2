"""What the worker does for prices: read the files that were brought, a chunk at a time."""

from __future__ import annotations

from contextlib import suppress

from procrastinate import exceptions
from procrastinate.contrib.django import app

from heliu.commerce.pricing.operations import imports
from heliu.kernel import clock


@app.periodic(cron="* * * * * */5")
@app.task(name="pricing.import_prices", queue="prices")
def import_prices(timestamp: int = 0) -> None:
    """One chunk, then the queue again: no other work waits longer than for a chunk."""
    if imports.read_on(clock.now()):
        again()


def again() -> None:
    """Put the next chunk into the queue, once."""
    with suppress(exceptions.AlreadyEnqueued):
        app.configure_task("pricing.import_prices", queueing_lock="price_imports").defer()
