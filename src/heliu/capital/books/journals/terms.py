"""What trade credit writes into the books of a seller and its buyer."""

from __future__ import annotations

from uuid import UUID

from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Entry, turned


def terms_delivered(
    *, seller: UUID, buyer: UUID, amount: int, credit_hold: UUID | None = None
) -> list[Entry]:
    """Goods of an order on terms were delivered: held trade credit becomes owed."""
    return [
        Entry(seller, Code.RECEIVABLE, amount, buyer, hold=credit_hold),
        Entry(seller, Code.REVENUE, -amount),
        Entry(buyer, Code.INVENTORY_FREE, amount),
        Entry(buyer, Code.PAYABLE, -amount, seller),
    ]


def terms_short(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """Goods on terms did not arrive, or not good: they are not owed, and their credit is free."""
    return turned(terms_delivered(seller=seller, buyer=buyer, amount=amount))


def terms_paid(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """The buyer paid what it owed the seller."""
    return [
        Entry(seller, Code.CASH, amount),
        Entry(seller, Code.RECEIVABLE, -amount, buyer),
        Entry(buyer, Code.PAYABLE, amount, seller),
        Entry(buyer, Code.BANK, -amount),
    ]


def terms_credited(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """The seller takes less for what was delivered: a credit note."""
    return terms_short(seller=seller, buyer=buyer, amount=amount)


def terms_paid_back(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """A payment was written down by mistake: it is owed again."""
    return turned(terms_paid(seller=seller, buyer=buyer, amount=amount))


def terms_discounted(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """The buyer paid early, and need not pay the rest."""
    return [
        Entry(seller, Code.DISCOUNT_GIVEN, amount),
        Entry(seller, Code.RECEIVABLE, -amount, buyer),
        Entry(buyer, Code.PAYABLE, amount, seller),
        Entry(buyer, Code.DISCOUNT_TAKEN, -amount),
    ]


def terms_discount_back(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """The payment that a discount was given for counts no more."""
    return turned(terms_discounted(seller=seller, buyer=buyer, amount=amount))


def terms_discount_dropped(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """Goods that were paid early came short or were given back: what was saved on them is neither
    turnover nor a discount."""
    return [
        Entry(seller, Code.REVENUE, amount),
        Entry(seller, Code.DISCOUNT_GIVEN, -amount),
        Entry(buyer, Code.DISCOUNT_TAKEN, amount),
        Entry(buyer, Code.INVENTORY_FREE, -amount),
    ]


def late_interest(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """The buyer paid late, and owes interest for it."""
    return [
        Entry(seller, Code.RECEIVABLE, amount, buyer),
        Entry(seller, Code.INTEREST_INCOME, -amount),
        Entry(buyer, Code.INTEREST_EXPENSE, amount),
        Entry(buyer, Code.PAYABLE, -amount, seller),
    ]


def interest_forgiven(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """Interest for late payment is not owed any more."""
    return turned(late_interest(seller=seller, buyer=buyer, amount=amount))


def terms_written_off(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """The seller gave a claim up: its loss. The buyer owes it all the same, off the seller's
    balance sheet."""
    return [
        Entry(seller, Code.CREDIT_LOSS, amount),
        Entry(seller, Code.RECEIVABLE, -amount, buyer),
        Entry(seller, Code.CLAIM_WRITTEN_OFF, amount, buyer, str(order)),
        Entry(seller, Code.CLAIM_OFFSET, -amount),
        Entry(buyer, Code.PAYABLE, amount, seller),
        Entry(buyer, Code.DEBT_WRITTEN_OFF, -amount, seller, str(order)),
    ]


def terms_recovered(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """Money of the buyer's goes to a claim that was given up: income of the seller, and a smaller
    claim; it is no credit of the buyer's any more."""
    return [
        Entry(seller, Code.RECEIVABLE, amount, buyer),
        Entry(seller, Code.RECOVERY_INCOME, -amount),
        Entry(seller, Code.CLAIM_WRITTEN_OFF, -amount, buyer, str(order)),
        Entry(seller, Code.CLAIM_OFFSET, amount),
        Entry(buyer, Code.DEBT_WRITTEN_OFF, amount, seller, str(order)),
        Entry(buyer, Code.PAYABLE, -amount, seller),
    ]


def terms_recovery_back(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """The payment by which a claim was recovered counts no more."""
    return turned(terms_recovered(seller=seller, buyer=buyer, order=order, amount=amount))


def terms_claim_dropped(*, seller: UUID, buyer: UUID, order: UUID, amount: int) -> list[Entry]:
    """Goods of a claim that was given up came short or were given back: it was no loss, and is owed
    no more."""
    return [
        Entry(seller, Code.REVENUE, amount),
        Entry(seller, Code.CREDIT_LOSS, -amount),
        Entry(seller, Code.CLAIM_WRITTEN_OFF, -amount, buyer, str(order)),
        Entry(seller, Code.CLAIM_OFFSET, amount),
        Entry(buyer, Code.DEBT_WRITTEN_OFF, amount, seller, str(order)),
        Entry(buyer, Code.INVENTORY_FREE, -amount),
    ]


def terms_returned(*, seller: UUID, buyer: UUID, amount: int) -> list[Entry]:
    """Goods on terms were given back, or kept for less: they are not owed."""
    return terms_short(seller=seller, buyer=buyer, amount=amount)
