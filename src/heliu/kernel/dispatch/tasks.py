"""What the worker does for letters: make them of new notices, and send what is due."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heliu.kernel import clock
from heliu.kernel.dispatch import posts, relay


@app.periodic(cron="* * * * * */5")
@app.task(name="dispatch.send", queue="dispatch", queueing_lock="dispatch")
def send(timestamp: int) -> None:
    """Hand notices on and send letters and posts; a full hand is followed by another."""
    posts.send(at=clock.now())
    relay.hand_on(at=clock.now())
    while relay.send(at=clock.now()) >= relay.AT_ONCE:
        pass


@app.periodic(cron="33 3 * * *")
@app.task(name="dispatch.tidy", queue="dispatch", queueing_lock="dispatch_tidy")
def tidy(timestamp: int) -> None:
    """Letters of long ago go, in parts."""
    while relay.tidy(clock.now()):
        pass
