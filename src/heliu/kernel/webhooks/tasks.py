"""What the worker does for webhooks: hand facts on, and send what is due."""

from __future__ import annotations

from threading import BoundedSemaphore

from procrastinate.contrib.django import app

from heliu.kernel import clock
from heliu.kernel.webhooks import relay

# Rounds at once in this process: while one waits for a slow answer the next has begun.
_rounds = BoundedSemaphore(2)


@app.periodic(cron="* * * * * */2")
@app.task(name="webhooks.relay", queue="webhooks", queueing_lock="webhooks")
def hand_on(timestamp: int) -> None:
    """Make deliveries of new facts and send all that are due."""
    relay.relay(at=clock.now())
    if _rounds.acquire(blocking=False):
        try:
            relay.deliver(now=clock.now)
        finally:
            _rounds.release()


@app.periodic(cron="43 3 * * *")
@app.task(name="webhooks.tidy", queue="webhooks", queueing_lock="webhooks_tidy")
def tidy(timestamp: int) -> None:
    """What was sent long ago goes, in parts."""
    while relay.tidy(clock.now()):
        pass
