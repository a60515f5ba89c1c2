"""The one door: a transaction that says for whom it acts.

`acting_for(orgs)` names the organisations whose rows the transaction may touch as `heliu_web`;
nothing named means no rows. Doors do not nest (a nested one would leak outward when its savepoint
commits), so the transaction is durable. One middleware opens it around pages and API; operations
never open it themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction


@contextmanager
def acting_for(orgs: Sequence[UUID]) -> Iterator[None]:
    """Run the block in one transaction that sees the rows of `orgs` and of nobody else."""
    with transaction.atomic(durable=True):
        name_orgs(orgs)
        yield
    if connection.in_atomic_block:
        # Only inside a rolled-back test: a released savepoint does not undo the setting.
        name_orgs(())


def name_orgs(orgs: Sequence[UUID]) -> None:
    """Say for this transaction whose rows it may see."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('heliu.orgs', %s, true)",
            ["{" + ",".join(str(org) for org in orgs) + "}"],
        )
