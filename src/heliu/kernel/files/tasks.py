"""What the worker does for files."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heliu.kernel import clock
from heliu.kernel.files import sweeping


@app.periodic(cron="33 3 * * *")
@app.task(name="files.tidy", queue="files", queueing_lock="files_tidy")
def tidy(timestamp: int = 0) -> None:
    """Bytes that no row names go."""
    sweeping.sweep(clock.now())
