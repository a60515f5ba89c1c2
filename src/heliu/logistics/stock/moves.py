"""Movements of goods between two ends, posted as one journal.

An end is a `Place` (a row of stock) or a `Beyond` (a virtual end: where goods come from or go to).
What can be promised follows from the rows: goods that enter or leave a free, good row change the
promise of their owner at that warehouse by the same quantity, in the same journal.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, models

from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import AccountSpec, Journal, Line
from heliu.logistics.stock.models import Promised, Quality, StockRow

# Locked after money; among goods the promise comes before the rows.
PROMISED_RANK, IS_RANK = 80, 90


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


class Beyond(models.TextChoices):
    """The virtual ends of movements."""

    SUPPLIER = "supplier"
    TRANSIT = "transit"
    MISSING = "missing"
    HANDED_OVER = "handed-over"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class Promise:
    """What an owner can promise of a SKU at a warehouse."""

    owner: UUID
    warehouse: UUID
    sku: UUID

    @property
    def account(self) -> AccountSpec:
        """Free goods; never below the open reservations on them."""
        return self._spec("promised", floor=0)

    @property
    def counter_account(self) -> AccountSpec:
        """The virtual end of the promises, so that this view sums to zero by itself."""
        return self._spec("promised-end", floor=None)

    def _spec(self, kind: str, *, floor: int | None) -> AccountSpec:
        return AccountSpec(
            key=f"{kind}:{self.warehouse}:{self.owner}:{self.sku}",
            chain=f"warehouse:{self.warehouse}",
            balance_group="promised",
            unit=str(self.sku),
            org=self.owner,
            other=self.warehouse,
            floor=floor,
            lock_rank=PROMISED_RANK,
        )


@dataclass(frozen=True)
class Place:
    """The key of a stock row."""

    sku: UUID
    warehouse: UUID
    owner: UUID
    bin: UUID | None = None
    lot: str = ""
    quality: str = Quality.GOOD
    pledge: UUID | None = None
    pledgee: UUID | None = None

    @classmethod
    def of(cls, row: StockRow) -> Place:
        """Where the goods of a row lie."""
        return cls(
            row.sku_id,
            row.warehouse,
            row.owner,
            row.bin,
            row.lot,
            row.quality,
            row.pledge,
            row.pledgee,
        )

    @property
    def is_saleable(self) -> bool:
        """Whether goods here may be promised."""
        return self.quality == Quality.GOOD and self.pledge is None

    @property
    def promise(self) -> Promise:
        """Where the goods here count as promisable, if they are saleable."""
        return Promise(self.owner, self.warehouse, self.sku)

    @property
    def account(self) -> AccountSpec:
        """The account of what is here: never below nothing."""
        key = "\n".join(str(part) for part in astuple(self))
        return AccountSpec(
            key=f"goods:{hashlib.sha256(key.encode()).hexdigest()}",
            chain=f"warehouse:{self.warehouse}",
            balance_group="goods",
            unit=str(self.sku),
            org=self.owner,
            other=self.warehouse,
            floor=0,
            lock_rank=IS_RANK,
        )


@dataclass(frozen=True)
class Virtual:
    """A virtual end for one SKU. `ref` keeps apart what must not mix, a shipment for instance.

    Goods in transit cannot be received twice: that end has a floor.
    """

    kind: Beyond
    sku: UUID
    warehouse: UUID
    owner: UUID
    ref: str = ""

    @property
    def account(self) -> AccountSpec:
        """The account of this end."""
        is_bounded = self.kind == Beyond.TRANSIT
        return AccountSpec(
            key=f"{self.kind}:{self.warehouse}:{self.owner}:{self.sku}:{self.ref}",
            chain=f"warehouse:{self.warehouse}",
            balance_group="goods",
            unit=str(self.sku),
            org=self.owner,
            other=self.warehouse,
            floor=0 if is_bounded else None,
            lock_rank=IS_RANK,
        )


End = Place | Virtual


@dataclass(frozen=True)
class Move:
    """A quantity from one end to the other; `hold` is the reservation that it uses up."""

    source: End
    target: End
    quantity: int
    hold: UUID | None = None


def move_goods(
    moves: Sequence[Move],
    *,
    kind: str,
    key: str,
    subject: UUID,
    at: datetime,
    void: Sequence[UUID] = (),
) -> dict[Place, StockRow]:
    """Post the movements as one journal, all or nothing; returns the rows touched, as they are now.

    `key` makes it happen once. Raises `Short` when an end does not hold what should leave it, or
    has promised it. Rows are locked in the order of their ids and before the accounts, so
    movements queue and never deadlock.
    """
    if any(move.quantity <= 0 for move in moves):
        raise ValueError("A movement moves at least one unit.")
    # Each once, and always in the same order: accounts and rows are made in it.
    ends = list(dict.fromkeys(end for move in moves for end in (move.source, move.target)))
    promises = list(
        dict.fromkeys(end.promise for end in ends if isinstance(end, Place) and end.is_saleable)
    )
    specs = [end.account for end in ends]
    specs += [spec for promise in promises for spec in (promise.account, promise.counter_account)]
    ids = posting.open_accounts(specs)
    rows = _locked_rows([end for end in ends if isinstance(end, Place)], ids, at)
    _note_promises(promises, ids)
    journal = Journal(
        id=new_id(),
        key=key,
        kind=kind,
        lines=tuple(_lines(moves, ids)),
        effective=day_of(at),
        subject=subject,
    )
    try:
        balances = posting.post([journal], void=void, at=at)
    except posting.LimitShort as short:
        units = {ids[spec.key]: UUID(spec.unit) for spec in specs}
        raise Short(units[short.account]) from short
    for row in rows.values():
        if row.account in balances:
            row.quantity = balances[row.account].posted
    _write_quantities(rows.values())
    return rows


def _locked_rows(
    places: Sequence[Place], ids: dict[str, int], at: datetime
) -> dict[Place, StockRow]:
    """The rows of these places, made where there are none, locked in the order of their ids."""
    accounts = {ids[place.account.key]: place for place in places}
    known = set(StockRow.objects.filter(account__in=accounts).values_list("account", flat=True))
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
                account=account,
                since=at,
            )
            for account, place in accounts.items()
            if account not in known
        ],
        ignore_conflicts=True,
    )
    rows = StockRow.objects.select_for_update().filter(account__in=accounts).order_by("id")
    return {accounts[row.account]: row for row in rows}


def _write_quantities(rows: Iterable[StockRow]) -> None:
    """Let the rows show what their accounts hold now, in one statement however many they are."""
    shown = [(row.account, row.quantity) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "update stock_stockrow r set quantity = n.quantity"
            " from unnest(%s::bigint[], %s::bigint[]) n (account, quantity)"
            " where r.account = n.account and r.quantity <> n.quantity",
            [[account for account, _ in shown], [quantity for _, quantity in shown]],
        )


def _note_promises(promises: Iterable[Promise], ids: dict[str, int]) -> None:
    """Remember which account holds a promise, when it is met for the first time."""
    accounts = {ids[promise.account.key]: promise for promise in promises}
    known = set(Promised.objects.filter(account__in=accounts).values_list("account", flat=True))
    Promised.objects.bulk_create(
        [
            Promised(
                owner=promise.owner,
                warehouse=promise.warehouse,
                sku_id=promise.sku,
                account=account,
            )
            for account, promise in accounts.items()
            if account not in known
        ],
        ignore_conflicts=True,
    )


def _lines(moves: Sequence[Move], ids: dict[str, int]) -> list[Line]:
    """Both views of the movements: lines summed per account and hold, empty ones left out."""
    sums: dict[tuple[str, UUID | None], int] = defaultdict(int)
    for move in moves:
        for end, amount in ((move.source, -move.quantity), (move.target, move.quantity)):
            sums[end.account.key, None] += amount
            if isinstance(end, Place) and end.is_saleable:
                hold = move.hold if amount < 0 else None
                sums[end.promise.account.key, hold] += amount
                sums[end.promise.counter_account.key, None] -= amount
    return [Line(ids[key], amount, hold) for (key, hold), amount in sums.items() if amount]
