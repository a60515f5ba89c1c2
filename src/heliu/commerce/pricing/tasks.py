"""What the worker does for prices: read the files that were brought, a chunk at a time, and throw
away what is over."""

from __future__ import annotations

import time
from contextlib import suppress

from procrastinate import exceptions
from procrastinate.contrib.django import app

from heliu.commerce.pricing.operations import imports, versions
from heliu.kernel import clock

REST = 3  # times as long as a chunk took nothing is read


@app.periodic(cron="* * * * * */5")
@app.task(name="pricing.import_prices", queue="prices")
def import_prices(timestamp: int = 0) -> None:
    """One chunk, a rest, then the queue again: no other work waits longer than for a chunk, and a
    long file takes from those who order no more than a quarter of a processor."""
    began = time.monotonic()
    if imports.read_on(clock.now()):
        time.sleep(REST * (time.monotonic() - began))
        again()


def again() -> None:
    """Put the next chunk into the queue, once."""
    with suppress(exceptions.AlreadyEnqueued):
        app.configure_task("pricing.import_prices", queueing_lock="price_imports").defer()


@app.periodic(cron="23 3 * * *")
@app.task(name="pricing.tidy", queue="prices")
def tidy(timestamp: int = 0) -> None:
    """Prices of versions that are long over go, in parts, and files that nobody reads."""
    at = clock.now()
    while versions.purge(at):
        pass
    imports.sweep_files(at)
