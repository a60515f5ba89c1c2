"""What an order that no bank finances and nobody owes on terms writes into both books."""

from __future__ import annotations

from uuid import UUID

from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Entry, turned


def order_paid(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """The buyer paid an order by transfer before delivery."""
    return [
        Entry(seller, Code.CASH, amount),
        Entry(seller, Code.CONTRACT_LIABILITY, -amount, buyer, str(order)),
        Entry(buyer, Code.PREPAYMENT, amount, seller, str(order)),
        Entry(buyer, Code.BANK, -amount),
    ]


def order_refunded(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """An order paid by transfer was called off: the seller paid it back."""
    return turned(order_paid(seller=seller, buyer=buyer, order=order, amount=amount))


def order_delivered(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """Goods of an order paid by transfer were delivered."""
    return [
        Entry(seller, Code.CONTRACT_LIABILITY, amount, buyer, str(order)),
        Entry(seller, Code.REVENUE, -amount),
        Entry(buyer, Code.INVENTORY_FREE, amount),
        Entry(buyer, Code.PREPAYMENT, -amount, seller, str(order)),
    ]


def order_short(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """Goods already paid for did not arrive, or not good: the seller owes their price back."""
    return [
        Entry(seller, Code.REVENUE, amount),
        Entry(seller, Code.REFUND_PAYABLE, -amount, buyer, str(order)),
        Entry(buyer, Code.REFUND_DUE, amount, seller, str(order)),
        Entry(buyer, Code.INVENTORY_FREE, -amount),
    ]


def order_struck(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """Goods already paid for will not be delivered: the seller owes their price back."""
    return [
        Entry(seller, Code.CONTRACT_LIABILITY, amount, buyer, str(order)),
        Entry(seller, Code.REFUND_PAYABLE, -amount, buyer, str(order)),
        Entry(buyer, Code.REFUND_DUE, amount, seller, str(order)),
        Entry(buyer, Code.PREPAYMENT, -amount, seller, str(order)),
    ]


def order_short_refunded(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """The seller paid back what it owed for goods that came short, damaged or not at all."""
    return [
        Entry(seller, Code.REFUND_PAYABLE, amount, buyer, str(order)),
        Entry(seller, Code.CASH, -amount),
        Entry(buyer, Code.BANK, amount),
        Entry(buyer, Code.REFUND_DUE, -amount, seller, str(order)),
    ]


def order_returned(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """Goods already paid for were given back, or kept for less: the seller owes the buyer."""
    return order_short(seller=seller, buyer=buyer, order=order, amount=amount)
