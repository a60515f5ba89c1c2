"""What the worker does for facts: note whom they concern."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heliu.kernel.events import concerns


@app.periodic(cron="* * * * * */5")
@app.task(name="events.note_concerns", queue="webhooks", queueing_lock="concerns")
def note_concerns(timestamp: int = 0) -> None:
    """What was written since is found by those it concerns."""
    concerns.note()
