"""What the worker does for address books: read the sheets that were brought, a chunk at a time."""

from __future__ import annotations

from contextlib import suppress

from procrastinate import exceptions
from procrastinate.contrib.django import app

from heliu.kernel import clock
from heliu.kernel.addresses import imports


@app.periodic(cron="* * * * * */5")
@app.task(name="addresses.import_sheets", queue="prices")
def import_sheets(timestamp: int = 0) -> None:
    """One chunk, then the queue again: no other work waits longer than for a chunk."""
    if imports.read_on(clock.now()):
        with suppress(exceptions.AlreadyEnqueued):
            task = app.configure_task("addresses.import_sheets", queueing_lock="address_imports")
            task.defer()


@app.periodic(cron="31 3 * * *")
@app.task(name="addresses.tidy", queue="prices")
def tidy(timestamp: int = 0) -> None:
    """Files that nobody reads go."""
    imports.sweep_files(clock.now())
