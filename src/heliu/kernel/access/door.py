"""The one door: a transaction that says for whom it acts.

`acting_for(orgs)` names the organisations whose rows the transaction may touch as `heliu_web`;
nothing named means no rows. Doors do not nest (a nested one would leak outward when its savepoint
commits), so the transaction is durable. One middleware opens it around pages and API; operations
never open it themselves. A no rolls everything back but what was left to `in_any_case`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

from heliu.kernel.errors import Refused

NAME = "select set_config('heliu.orgs', %s, true)"
BEHALF = "select set_config('heliu.behalf', %s, true)"
# What is listed first is worked out first.
WIDEN = """select current_setting('heliu.orgs', true), set_config('heliu.orgs', (
  select array_agg(distinct org)::text from unnest(heliu_orgs() || %s::uuid[]) org), true)"""
_left: ContextVar[list[Callable[[], object]] | None] = ContextVar("left", default=None)


@contextmanager
def acting_for(orgs: Sequence[UUID], behalf: Sequence[UUID] = ()) -> Iterator[None]:
    """Run the block in one transaction that sees the rows of `orgs` and of nobody else.

    `behalf` (`Actor.speaks_for`) adds what a customer shows to whoever orders in its name.
    """
    left: list[Callable[[], object]] = []
    outside = _left.set(left)
    try:
        with _named(orgs, behalf):
            yield
    except Refused:
        _write(left, orgs)
        raise
    finally:
        _left.reset(outside)
    _write(left, orgs)


def in_any_case(do: Callable[[], object]) -> None:
    """Leave something to be written after the door's transaction, also when it is rolled back.

    A refusal undoes all that its request wrote, but a decision of record behind it has to stay. It
    is written in a transaction of its own before anybody hears the answer; without a door, at once.
    """
    left = _left.get()
    if left is None:
        do()
    else:
        left.append(do)


def _write(left: Sequence[Callable[[], object]], orgs: Sequence[UUID]) -> None:
    for do in left:
        with _named(orgs):
            do()


@contextmanager
def _named(orgs: Sequence[UUID], behalf: Sequence[UUID] = ()) -> Iterator[None]:
    with transaction.atomic(durable=True):
        name_orgs(orgs)
        if behalf:
            _speak_for(behalf)
        yield
    if connection.in_atomic_block:
        # Only inside a rolled-back test: a released savepoint does not undo the setting.
        name_orgs(())
        if behalf:
            _speak_for(())


def _speak_for(behalf: Sequence[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEHALF, [orgs_text(behalf)])


def name_orgs(orgs: Sequence[UUID]) -> None:
    """Say for this transaction whose rows it may see."""
    with connection.cursor() as cursor:
        cursor.execute(NAME, [orgs_text(orgs)])


def orgs_text(orgs: Iterable[UUID]) -> str:
    """Organisations as the setting keeps them."""
    return "{" + ",".join(str(org) for org in orgs) + "}"


@contextmanager
def widened(orgs: Iterable[UUID]) -> Iterator[None]:
    """Let one step of a story touch the rows of all its parties, then see as before.

    A dealer's order reserves the seller's goods and holds the lender's limit; a keeper's count
    pledges the dealer's goods to the bank. Only stories in `trade` widen, only to the parties of
    the one order or deal in hand, which they have found through `visible_to(actor)`; every read
    inside still names its document. In the worker, which sees all, it changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(WIDEN, [list(orgs)])
        before, _ = cursor.fetchone()
    yield
    # Not in a finally: an error rolls the transaction, and with it the setting, back.
    with connection.cursor() as cursor:
        cursor.execute(NAME, [before or "{}"])
