"""Calling the worker, in the same transaction that gave it something to do."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def wake(deal_id: UUID) -> None:
    """Let the worker talk to the bank for this deal as soon as this transaction is committed.

    A call that is lost costs seconds: the sweeper finds what waits.
    """
    app.configure_task("trade.bank_work").defer(deal=str(deal_id))


def bank_spoke() -> None:
    """Let the worker apply what the bank just pushed, as soon as this transaction is committed.

    Whose deal it is the worker finds out: at the bank's door nobody's rows are seen.
    """
    app.configure_task("trade.bank_work").defer()


def close_day_soon() -> None:
    """Let the worker bring everything up to today, after a demo's clock was moved."""
    _once("trade.close_of_day")


def file_soon() -> None:
    """Let the worker hand over what somebody filed by hand, as soon as this is committed."""
    app.configure_task("trade.bank_work").defer()


def read_deposits_soon() -> None:
    """Let the worker go on with money that a person has named a loan for."""
    app.configure_task("trade.deposits", queue="sweep").defer(timestamp=0)


def value_pools_soon() -> None:
    """Let the worker value all pools anew, as soon as the prices that came are committed."""
    _once("trade.prices")


def _once(task: str) -> None:
    """One call of a round waits for the worker at most; what it finds is of the moment it comes."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(task, queue="sweep").defer(timestamp=0)
