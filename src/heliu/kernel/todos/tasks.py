"""What the worker does for to-dos: tell people what is due today."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app

from heliu.kernel import clock
from heliu.kernel.todos import operations


@app.periodic(cron="*/5 * * * *")
@app.task(name="todos.remind", queue="dispatch", queueing_lock="todos")
def remind(timestamp: int = 0) -> None:
    """In the first minutes of the day, and whatever is given later on it."""
    with transaction.atomic():
        operations.remind(at=clock.now())
