"""Sheets of addresses: brought by a person, read by the worker chunk by chunk; a bad row stays with
its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from procrastinate.contrib.django import app

from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.models import AddressImport, BadAddressRow
from heliu.kernel.addresses.operations import MOST_KEPT, put_all
from heliu.kernel.addresses.policies import columns_of, row_of
from heliu.kernel.sheets import Bad, Numbered, lines_of, read_chunk, rows_of, taken
from heliu.kernel.spool import Spool

SPOOL = Spool("address-imports", AddressImport)
CHUNK = 500


def bring(content: bytes, *, actor: Actor, name: str, at: datetime) -> AddressImport:
    """Keep a sheet of addresses of the actor's house and let the worker read it.

    Raises `Invalid` for what is no sheet, for too many rows and for columns that are not known,
    twice there or missing.
    """
    actor.require("manage")
    rows = rows_of(content, most=MOST_KEPT)
    columns_of(rows[0])
    made = AddressImport(
        org=actor.own_org,
        name=Path(name).name[:120],
        brought_at=at,
        brought_by=actor.user_id,
        brought_by_name=actor.name,
    )
    made.size = SPOOL.keep(made.pk, lines_of(rows))
    made.save(force_insert=True)
    app.configure_task("addresses.import_sheets").defer()
    return made


def cancel(sheet: AddressImport, *, actor: Actor) -> AddressImport:
    """Stop reading a sheet; what was read stays."""
    actor.require("manage")
    return SPOOL.cancel(sheet)


def read_on(at: datetime) -> bool:
    """Read one chunk of the oldest sheet that is not read yet; whether there may be more to do."""
    return SPOOL.read_on(partial(_read_chunk, at=at))


def sweep_files(at: datetime) -> int:
    """Throw away files that no import reads; how many it were."""
    return SPOOL.sweep(at)


def _read_chunk(found: AddressImport, at: datetime) -> None:
    def take(head: list[str], rows: list[Numbered]) -> list[Bad]:
        names = columns_of(head)

        def write(some: Sequence[Numbered]) -> None:
            read = [row_of(names, cells) for _line, cells in some]
            put_all(found.org, read, by=found.brought_by_name, at=at)

        return taken(rows, write)

    BadAddressRow.objects.bulk_create(
        BadAddressRow(address_import=found, org=found.org, **left_out)
        for left_out in read_chunk(found, SPOOL.place(found.pk), CHUNK, take, at)
    )
