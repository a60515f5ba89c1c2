"""The two ends of a movement of goods: a row of stock, or where goods come from and go to."""

from __future__ import annotations

import hashlib
from typing import NamedTuple
from uuid import UUID

from django.db import models

from heliu.kernel.posting.operations import AccountSpec
from heliu.logistics.stock.models import Quality, StockRow
from heliu.logistics.stock.policies import Marked

# Locked after money; among goods the promise comes before the rows.
PROMISED_RANK, IS_RANK = 80, 90


class Beyond(models.TextChoices):
    """The virtual ends of movements."""

    SUPPLIER = "supplier"
    TRANSIT = "transit"
    MISSING = "missing"
    HANDED_OVER = "handed-over"
    DIFFERENCE = "difference"


class Promise(NamedTuple):
    """What an owner can promise of a SKU at a warehouse; or the virtual end of it, `is_end`."""

    owner: UUID
    warehouse: UUID
    sku: UUID
    is_end: bool = False

    @property
    def end(self) -> Promise:
        """Where promises come from and go to, so that this view sums to zero by itself."""
        return self._replace(is_end=True)

    @property
    def account(self) -> AccountSpec:
        """Free goods, never below the open reservations on them; the virtual end has no floor."""
        kind = "promised-end" if self.is_end else "promised"
        return AccountSpec(
            key=f"{kind}:{self.warehouse}:{self.owner}:{self.sku}",
            chain=f"warehouse:{self.warehouse}",
            balance_group="promised",
            unit=str(self.sku),
            org=self.owner,
            other=self.warehouse,
            floor=None if self.is_end else 0,
            lock_rank=PROMISED_RANK,
        )


class Place(NamedTuple):
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
    def promise(self) -> Promise | None:
        """Where the goods here count as promisable: good ones that are bound to nobody."""
        if self.quality != Quality.GOOD or self.pledge is not None:
            return None
        return Promise(self.owner, self.warehouse, self.sku)

    @property
    def key(self) -> str:
        """The name of its account: no blanks in it, whatever the lot is called."""
        return f"goods:{hashlib.sha256('\n'.join(map(str, self)).encode()).hexdigest()}"

    @property
    def account(self) -> AccountSpec:
        """The account of what is here: never below nothing."""
        return AccountSpec(
            key=self.key,
            chain=f"warehouse:{self.warehouse}",
            balance_group="goods",
            unit=str(self.sku),
            org=self.owner,
            other=self.warehouse,
            floor=0,
            lock_rank=IS_RANK,
        )


class Virtual(NamedTuple):
    """A virtual end for one SKU. `ref` keeps apart what must not mix, a shipment for instance.

    Goods in transit cannot be received twice: that end has a floor.
    """

    kind: Beyond
    sku: UUID
    warehouse: UUID
    owner: UUID
    ref: str = ""

    @property
    def promise(self) -> None:
        """Nobody promises what is not there."""

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


type End = Place | Virtual


class Move(NamedTuple):
    """A quantity from one end to the other; `hold` is the reservation that it uses up. Of goods
    that are told apart `marks` are the pieces; where none are named the first expiring ones go."""

    source: End
    target: End
    quantity: int
    hold: UUID | None = None
    marks: tuple[Marked, ...] = ()
