"""The life of a warehouse receipt: issued, endorsed to a pledgee, given back, delivered against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from heliu.kernel.goods.models import Sku
from heliu.kernel.numbering import next_number
from heliu.kernel.parties import queries as parties
from heliu.kernel.states import move
from heliu.logistics.stock.models import StockRow
from heliu.logistics.warehousing.models import (
    RECEIPT_MOVES,
    Bin,
    ReceiptLine,
    ReceiptStatus,
    Receiving,
    Warehouse,
    WarehouseReceipt,
)
from heliu.logistics.warehousing.policies import content_hash


@dataclass(frozen=True)
class GoodRow:
    """Good goods of one shipped line and the row they were put in."""

    stock_row: UUID
    sku: UUID
    order_line: int
    quantity: int


def issue(
    receiving: Receiving,
    goods: Sequence[GoodRow],
    *,
    pledge: UUID | None,
    holder: UUID,
    keeper: str,
    at: datetime,
) -> WarehouseReceipt:
    """Write the receipt for what was counted good, to the named holder."""
    number = next_number("WR", at)
    content = _content(receiving, goods, number=number, holder=holder, keeper=keeper, at=at)
    receipt = WarehouseReceipt.objects.create(
        number=number,
        warehouse=receiving.warehouse,
        owner=receiving.owner,
        holder=holder,
        pledge=pledge,
        pledgee=holder if pledge else None,
        receiving=receiving,
        issued_at=at,
        issued_by_name=keeper,
        content=content,
        content_hash=content_hash(content),
    )
    ReceiptLine.objects.bulk_create(
        [
            ReceiptLine(
                receipt=receipt,
                position=position,
                order_line=line.order_line,
                sku_id=line.sku,
                stock_row=line.stock_row,
                quantity=line.quantity,
                warehouse=receipt.warehouse,
                owner=receipt.owner,
                pledgee=receipt.pledgee,
            )
            for position, line in enumerate(goods, 1)
        ]
    )
    return receipt


def endorse_pledged(
    receipt: WarehouseReceipt, *, pledge_number: str, keeper: str, at: datetime
) -> None:
    """Endorse the receipt with the word "pledged", signed by the keeper (Civil Code art. 910)."""
    _endorse(receipt, "pledged", by=keeper, at=at, pledge=pledge_number)
    move(receipt, ReceiptStatus.PLEDGED, moves=RECEIPT_MOVES, endorsements=receipt.endorsements)


def give_back(pledge: UUID, *, pledge_number: str, by: str, at: datetime) -> None:
    """The pledge is over: the owner holds the receipts again."""
    for receipt in WarehouseReceipt.objects.select_for_update().filter(pledge=pledge):
        _endorse(receipt, "released", by=by, at=at, pledge=pledge_number)
        receipt.holder = receipt.owner
        receipt.save(update_fields=["holder", "endorsements"])
        if receipt.status == ReceiptStatus.PLEDGED:
            move(receipt, ReceiptStatus.ISSUED, moves=RECEIPT_MOVES)


def deliver(quantities: Mapping[UUID, int], *, by: str, at: datetime) -> None:
    """Goods left against their receipts: quantities by the row they were first put in."""
    lines = ReceiptLine.objects.filter(stock_row__in=quantities)
    numbers = set(lines.values_list("receipt", flat=True))
    receipts = WarehouseReceipt.objects.select_for_update().filter(id__in=numbers).order_by("id")
    for receipt in receipts:
        for line in receipt.lines.filter(stock_row__in=quantities):
            ReceiptLine.objects.filter(pk=line.pk).update(
                delivered=F("delivered") + quantities[line.stock_row]
            )
        is_open = receipt.lines.filter(delivered__lt=F("quantity")).exists()
        target = ReceiptStatus.PART_DELIVERED if is_open else ReceiptStatus.DELIVERED
        _endorse(receipt, "delivered", by=by, at=at)
        receipt.save(update_fields=["endorsements"])
        if receipt.status != target:
            move(receipt, target, moves=RECEIPT_MOVES)


def _endorse(receipt: WarehouseReceipt, word: str, *, by: str, at: datetime, **more: str) -> None:
    entry = {"word": word, "by": by, "at": at.isoformat(), **more}
    receipt.endorsements = [*receipt.endorsements, entry]


def _content(
    receiving: Receiving,
    goods: Sequence[GoodRow],
    *,
    number: str,
    holder: UUID,
    keeper: str,
    at: datetime,
) -> dict[str, Any]:
    """The particulars the law asks for, as far as the count knows them."""
    house = Warehouse.objects.filter(org=receiving.warehouse).order_by("-is_supervised").first()
    rows = StockRow.objects.in_bulk([line.stock_row for line in goods])
    skus = Sku.objects.in_bulk([line.sku for line in goods])
    bins = Bin.objects.in_bulk([row.bin for row in rows.values() if row.bin is not None])
    return {
        "number": number,
        "form": "electronic",
        "issued_at": at.isoformat(),
        "keeper": {**_party(receiving.warehouse), "signed_by": keeper},
        "place": {
            "warehouse": house.code if house else "",
            "name": house.name if house else "",
            "address": house.address if house else "",
            "city": house.city if house else "",
        },
        "depositor": _party(receiving.owner),
        "to": _party(holder),
        "shipment": receiving.shipment_number,
        "goods": [
            {
                "kind": skus[line.sku].code,
                "name": skus[line.sku].name,
                "unit": skus[line.sku].unit_id,
                "quantity": line.quantity,
                "quality": rows[line.stock_row].quality,
                "mark": rows[line.stock_row].lot,
                "bin": bins[bin].code if (bin := rows[line.stock_row].bin) in bins else "",
            }
            for line in goods
        ],
    }


def _party(org: UUID) -> dict[str, str]:
    found = parties.names([org]).get(org)
    return {
        "id": str(org),
        "name": found.name if found else "",
        "address": found.address if found else "",
    }
