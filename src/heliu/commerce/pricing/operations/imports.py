"""Files of prices: brought by a person, read by the worker chunk by chunk into a version that is
not live yet, so that no buyer waits for it and a crash costs a chunk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app

from heliu.commerce.pricing import rows
from heliu.commerce.pricing.models import BadPriceRow, PriceImport, PriceList
from heliu.commerce.pricing.operations.lists import require_seller
from heliu.commerce.pricing.operations.versions import begin_version, schedule
from heliu.commerce.pricing.queries import live_table
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.spool import ImportState, Spool

CHUNK = 2_000
SPOOL = Spool("price-imports", PriceImport)
SYSTEM = Actor.system()

STAGE = """
create temp table if not exists price_rows_staged (
    line int, code text, least bigint, amount bigint)"""
# A row is taken once: a second of the same SKU and quantity is left out, in the chunk or after it.
# `offset 0`: one look-up for each row, whatever the planner knows of the tables.
TAKE = """
with known as (
    select s.line, s.least, s.amount, k.id as sku,
           row_number() over (partition by k.id, s.least order by s.line) as n
      from price_rows_staged s
      left join lateral (
        select g.id from goods_sku g where g.seller = %(seller)s and g.code = s.code offset 0
      ) k on true
), put as (
    insert into pricing_listprice (
           price_list_id, seller, sku_id, min_quantity, amount, valid_from)
    select %(version)s, %(seller)s, n.sku, n.least, n.amount, %(since)s
      from known n where n.sku is not null and n.n = 1
    on conflict do nothing
    returning sku_id, min_quantity
)
select n.line, case when n.sku is null then 'code-unknown' else 'twice' end
  from known n
  left join put p on p.sku_id = n.sku and p.min_quantity = n.least and n.n = 1
 where p.sku_id is null
 order by n.line"""
KEEP = """
insert into pricing_listprice (
       price_list_id, seller, sku_id, min_quantity, amount, valid_from, valid_to)
select %(version)s, o.seller, o.sku_id, o.min_quantity, o.amount, o.valid_from, o.valid_to
  from pricing_listprice o
 where o.price_list_id = %(live)s and (o.valid_to is null or o.valid_to >= %(since)s)
    on conflict do nothing"""


def bring(
    price_list: PriceList,
    chunks: Iterable[bytes],
    *,
    actor: Actor,
    name: str,
    at: datetime,
    live_from: datetime | None = None,
    keep_others: bool = False,
) -> PriceImport:
    """Keep a file of prices and let the worker read it into the next version of a list.

    The file has a head that names code and price, and perhaps from which quantity; one row for
    each price, UTF-8 or GB 18030. Raises `Invalid` for a head that names them not or an instant
    that is past, `Refused` for a computed list.
    """
    if live_from is not None and live_from < at:
        raise Invalid("instant-past", "This moment is past.", field="live_from")
    if hasattr(price_list, "contract"):
        raise Refused("held-by-contract", "A file is not read into the list of a contract.")
    version = begin_version(price_list, actor=actor, at=at, copy=False)
    made = PriceImport(
        seller=price_list.seller,
        price_list=price_list,
        version=version,
        name=Path(name).name[:120],
        keep_others=keep_others,
        live_from=live_from,
        brought_at=at,
        brought_by=actor.user_id,
        brought_by_name=actor.name,
    )
    made.size = SPOOL.keep(made.pk, chunks)
    with SPOOL.place(made.pk).open("rb") as file:
        if rows.head_of(rows.decoded(file.readline())) is None:
            SPOOL.drop(made.pk)
            raise Invalid(
                "head-unknown",
                "The first row names no code or no price.",
                field="file",
                help="Begin with a row such as: code,from,price",
            )
    made.save(force_insert=True)
    app.configure_task("pricing.import_prices").defer()
    return made


def cancel(price_import: PriceImport, *, actor: Actor) -> PriceImport:
    """Stop reading a file; what was read stays in its version until that is discarded."""
    require_seller(price_import.seller, actor)
    return SPOOL.cancel(price_import)


def read_on(at: datetime) -> bool:
    """Read one chunk of the oldest file that is not read yet; whether there may be more to do."""

    def chunk(found: PriceImport) -> None:
        try:
            _read_chunk(found, at)
        except OSError:
            found.state, found.trouble = ImportState.FAILED, "file-lost"

    return SPOOL.read_on(chunk)


def sweep_files(at: datetime) -> int:
    """Throw away files that no import reads; how many it were."""
    return SPOOL.sweep(at)


def _read_chunk(found: PriceImport, at: datetime) -> None:
    with SPOOL.place(found.pk).open("rb") as file:
        head = rows.head_of(rows.decoded(file.readline()))
        if head is None or found.version_id is None:
            found.state, found.trouble = ImportState.FAILED, "head-unknown"
            return
        start = max(found.offset, file.tell())
        file.seek(start)
        raw = list(islice(iter(file.readline, b""), CHUNK))
    if raw:
        first = max(found.line, 1) + 1
        good, bad = rows.read(head, map(rows.decoded, raw), first, found.price_list.currency)
        bad += _take(found, good)
        BadPriceRow.objects.bulk_create(
            BadPriceRow(
                price_import=found,
                seller=found.seller,
                line=one.line,
                reason=one.reason,
                raw=one.raw,
            )
            for one in sorted(bad, key=lambda one: one.line)
        )
        found.line = first - 1 + len(raw)
        found.offset = start + sum(map(len, raw))
        found.bad += len(bad)
    if found.offset >= found.size or not raw:
        _finish(found, at)


def _take(found: PriceImport, good: list[rows.Good]) -> list[rows.Bad]:
    """Copy rows into the staging table and from there, in one statement, into the version."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        cursor.execute("truncate price_rows_staged")
        with cursor.copy("copy price_rows_staged (line, code, least, amount) from stdin") as copy:
            for row in good:
                copy.write_row((row.line, row.code, row.least, row.amount))
        cursor.execute(
            TAKE,
            {
                "seller": found.seller,
                "version": found.version_id,
                "since": day_of(found.brought_at),
            },
        )
        left_out = dict(cursor.fetchall())
    found.taken += len(good) - len(left_out)
    return [rows.Bad(row.line, left_out[row.line], row.raw) for row in good if row.line in left_out]


def _finish(found: PriceImport, at: datetime) -> None:
    """All is read: take over what the file does not name; without bad rows it goes live."""
    found.state, found.done_at = ImportState.READ, at
    version = found.version
    assert version is not None
    if found.keep_others:
        live = live_table(found.price_list, at)
        with connection.cursor() as cursor:
            names: dict[str, Any] = {"version": version.pk, "live": live.pk, "since": day_of(at)}
            cursor.execute(KEEP, names)
    if found.live_from is not None and not found.bad and found.taken:
        try:
            with transaction.atomic():
                schedule(version, actor=SYSTEM, live_from=max(found.live_from, at), at=at)
        except Refused as refusal:
            found.trouble = refusal.code
