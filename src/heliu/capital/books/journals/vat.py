"""What a VAT invoice writes into the books of a seller and its buyer."""

from __future__ import annotations

from uuid import UUID

from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Entry, turned


def vat_invoiced(*, seller: UUID, buyer: UUID, tax: int, is_special: bool) -> list[Entry]:
    """The tax authority issued the VAT invoice of a consignment: what of its price is tax the
    seller owes the state. By a special invoice the buyer deducts it: it is no cost of its goods,
    which stand in its books with tax."""
    entries = [Entry(seller, Code.REVENUE, tax), Entry(seller, Code.OUTPUT_TAX, -tax)]
    if is_special:
        entries += [
            Entry(buyer, Code.INPUT_TAX, tax),
            Entry(buyer, Code.INPUT_TAX_IN_GOODS, -tax),
        ]
    return entries


def vat_taken_back(*, seller: UUID, buyer: UUID, tax: int, is_special: bool) -> list[Entry]:
    """A red letter took back so much tax of an issued invoice."""
    return turned(vat_invoiced(seller=seller, buyer=buyer, tax=tax, is_special=is_special))
