"""Movements of goods between two ends, posted as one journal.

An end is a `Place` (a row of stock) or a `Virtual` (where goods come from or go to). What can be
promised follows from the rows: goods that enter or leave a free, good row change the promise of
their owner at that warehouse by the same quantity, in the same journal.

Sets are large: what is needed of an end is worked out once, and each step is one statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from heliu.kernel.arrays import numbers
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting import queries
from heliu.kernel.posting.operations import Journal, Line
from heliu.logistics.stock import marks
from heliu.logistics.stock.ends import Beyond, End, Move, Place, Promise, Virtual
from heliu.logistics.stock.models import Promised, StockRow

# The rows of all these accounts, locked in the order of their ids, or none while one is missing:
# what must be made first is made before anything is locked. Rows are asked for by a list of
# accounts, here and below, lest the planner join their whole index.
LOCKED = """
with goods as materialized (
    select id from posting_account where key = any (string_to_array(%s, ' ')))
select r.* from stock_stockrow r
 where r.account = any (array(select id from goods)) and (select count(*) from goods) = %s
 order by r.id for update of r
"""
SHOWN = """
update stock_stockrow r set quantity = n.quantity
  from unnest(%s::bigint[], %s::bigint[]) n (account, quantity)
 where r.account = any (%s::bigint[]) and r.account = n.account and r.quantity <> n.quantity
"""


class Short(Refused):
    """There is not enough of `sku`; nothing was changed."""

    def __init__(self, sku: UUID | None) -> None:
        super().__init__(
            "stock-short",
            "There are not enough free goods.",
            field="quantity",
            help="Order less, or wait for new goods.",
        )
        self.sku = sku


def move_goods(
    moves: Sequence[Move],
    *,
    kind: str,
    key: str,
    subject: UUID,
    at: datetime,
    void: Sequence[UUID] = (),
    since: Mapping[Place, datetime] | None = None,
) -> dict[Place, StockRow]:
    """Post the movements as one journal, all or nothing; returns the rows touched, as they are now.

    `key` makes it happen once. `since` says how old the goods of a row are that was empty or was
    not there, if not new. Raises `Short` when an end does not hold what should leave it, or has
    promised it. What is not there yet is made first; then rows are locked in the order of their
    ids, then the accounts, so movements queue and never deadlock.
    """
    if any(move.quantity <= 0 for move in moves):
        raise ValueError("A movement moves at least one unit.")
    sums = _sums(moves)
    accounts = _opened(end for end, _ in sums if not isinstance(end, Place))
    rows = _locked_rows(moves, since or {}, at)
    is_traced = any(row.is_traced for row in rows.values()) or _missing(moves)
    is_again = is_traced and queries.is_posted(key)
    accounts |= {place: row.account for place, row in rows.items()}
    journal = Journal(
        id=new_id(),
        key=key,
        kind=kind,
        lines=tuple([Line(accounts[end], amount, hold) for (end, hold), amount in sums.items()]),
        effective=day_of(at),
        subject=subject,
    )
    try:
        balances = posting.post([journal], void=void, at=at)
    except posting.LimitShort as short:
        raise Short(next(end.sku for end in accounts if accounts[end] == short.account)) from short
    filled = []
    for place, row in rows.items():
        if row.account in balances:
            was_empty, row.quantity = row.quantity == 0, balances[row.account].posted
            if was_empty and row.quantity and row.since != (begins := (since or {}).get(place, at)):
                row.since = begins  # what lay there before is gone, and its age with it
                filled.append(row)
    _write_quantities(rows.values())
    if filled:
        StockRow.objects.bulk_update(filled, ["since"])
    if is_traced and not is_again:  # their pieces went with them the first time
        marks.follow(moves, rows, kind=kind, subject=subject, at=at)
    return rows


def _missing(moves: Sequence[Move]) -> bool:
    """Whether goods are missed of which no row tells whether they are told apart."""
    return any(
        isinstance(one.target, Virtual) and one.target.kind == Beyond.MISSING for one in moves
    )


def _sums(moves: Sequence[Move]) -> dict[tuple[End | Promise, UUID | None], int]:
    """Both views of the movements, per end and hold; without what comes to nothing."""
    sums: dict[tuple[End | Promise, UUID | None], int] = defaultdict(int)
    for source, target, quantity, hold, _ in moves:
        sums[source, None] -= quantity
        sums[target, None] += quantity
        left, entered = source.promise, target.promise
        if left == entered and hold is None:
            continue  # what only changes its place can be promised as before
        if left:
            sums[left, hold] -= quantity
            sums[left.end, None] += quantity
        if entered:
            sums[entered, None] += quantity
            sums[entered.end, None] -= quantity
    return {key: amount for key, amount in sums.items() if amount}


def _locked_rows(
    moves: Sequence[Move], since: Mapping[Place, datetime], at: datetime
) -> dict[Place, StockRow]:
    """The rows that goods leave or enter, made where there are none, and locked."""
    ends = dict.fromkeys(end for move in moves for end in (move.source, move.target))
    places = {end.key: end for end in ends if isinstance(end, Place)}
    asked = [" ".join(places), len(places)]
    rows = list(StockRow.objects.raw(LOCKED, asked))
    if len(rows) < len(places):
        _make_rows(places, since, at)
        rows = list(StockRow.objects.raw(LOCKED, asked))
    return {Place.of(row): row for row in rows}


def _make_rows(places: Mapping[str, Place], since: Mapping[Place, datetime], at: datetime) -> None:
    """Open the accounts of these places, by their keys, and make the rows that are not there."""
    ids = posting.open_accounts([place.account for place in places.values()])
    known = set(StockRow.objects.filter(account__in=ids.values()).values_list("account", flat=True))
    StockRow.objects.bulk_create(
        [
            StockRow(
                sku_id=place.sku,
                warehouse=place.warehouse,
                bin=place.bin,
                lot=place.lot,
                owner=place.owner,
                quality=place.quality,
                pledge=place.pledge,
                pledgee=place.pledgee,
                account=ids[key],
                since=since.get(place, at),
            )
            for key, place in places.items()
            if ids[key] not in known
        ],
        ignore_conflicts=True,
    )


def _opened(ends: Iterable[Virtual | Promise]) -> dict[End | Promise, int]:
    """The accounts of virtual ends and promises; a promise met for the first time is noted."""
    specs = {end: end.account for end in ends}
    if not specs:
        return {}
    ids = posting.open_accounts(list(specs.values()))
    opened: dict[End | Promise, int] = {end: ids[spec.key] for end, spec in specs.items()}
    _note_promises(
        {opened[end]: end for end in specs if isinstance(end, Promise) and not end.is_end}
    )
    return opened


def promise_account(promise: Promise) -> int:
    """The account of a promise, opened where nothing ever lay there."""
    return _opened([promise])[promise]


def _note_promises(promises: Mapping[int, Promise]) -> None:
    """Remember which account holds a promise."""
    known = set(Promised.objects.filter(account__in=promises).values_list("account", flat=True))
    Promised.objects.bulk_create(
        [
            Promised(
                owner=promise.owner,
                warehouse=promise.warehouse,
                sku_id=promise.sku,
                account=account,
            )
            for account, promise in promises.items()
            if account not in known
        ],
        ignore_conflicts=True,
    )


def _write_quantities(rows: Iterable[StockRow]) -> None:
    """Let the rows show what their accounts hold now, in one statement however many they are."""
    shown = list(rows)
    accounts = numbers(row.account for row in shown)
    with connection.cursor() as cursor:
        cursor.execute(SHOWN, [accounts, numbers(row.quantity for row in shown), accounts])
