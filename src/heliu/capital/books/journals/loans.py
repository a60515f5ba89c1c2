"""What each event of a financed deal writes into the books of dealer, seller and lender.

After finance.md's table of journals for dealer financing. The limit is used by what no margin
secures: where that is not the principal, the caller says how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID, uuid5

from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Entry, turned

# Accounts that are the book's own, kept for no counterparty and no deal.
_OWN = frozenset(
    {
        Code.NOSTRO,
        Code.BANK,
        Code.INTEREST_INCOME,
        Code.PENALTY_INCOME,
        Code.FEE_INCOME,
        Code.CREDIT_LOSS,
        Code.RECOVERY_INCOME,
        Code.SALE_COSTS,
        Code.CLAIM_OFFSET,
        Code.GOODS_LOSS,
        Code.GOODS_GAIN,
        Code.SALE_EXPENSE,
        Code.INTEREST_EXPENSE,
        Code.PENALTY_EXPENSE,
        Code.COLLATERAL_OFFSET,
        Code.POOL_OFFSET,
        Code.LIMIT_OFFSET,
        Code.INVENTORY_FREE,
        Code.REVENUE,
        Code.DISCOUNT_GIVEN,
        Code.DISCOUNT_TAKEN,
    }
)
# Accounts at which a seller and its bank meet over all deals.
_RUNNING = frozenset({Code.LIAB_CURRENT, Code.CASH})
# What a bill makes them owe each other, for one deal.
_OF_BILL = frozenset({Code.ACCEPTANCES, Code.BILLS_RECEIVABLE})
_WITH_SELLER = frozenset({Code.PREPAYMENT, Code.REFUND_DUE, Code.DUTY_DEBT})


class Counted(NamedTuple):
    """A cap of the lender's that a loan counts on: its account's code and reference, and a mark
    that tells a hold placed later from one let go before."""

    code: str
    ref: str
    mark: str = ""

    def hold_for(self, limit_hold: UUID) -> UUID:
        """The hold on this cap that goes with the hold on the facility; worked out, never lost."""
        return uuid5(limit_hold, self.ref + self.mark)


@dataclass(frozen=True)
class Parties:
    """Whose books a financed deal is written in. `facility` is the credit facility it draws on,
    `caps` are the lender's quotas and caps that it counts on beside it."""

    deal: UUID
    dealer: UUID
    seller: UUID
    lender: UUID
    facility: UUID
    caps: tuple[Counted, ...] = ()

    @cached_property
    def ref(self) -> str:
        """What accounts kept for the deal are named after."""
        return str(self.deal)


@dataclass(frozen=True)
class Allocation:
    """How a payment is shared out over what is owed; `margin` fills up that of a bill, `unapplied`
    is what is left over.

    `costs` are those of selling pledged goods, with storage and custody.
    """

    costs: int = 0
    fee: int = 0
    penalty: int = 0
    interest: int = 0
    principal: int = 0
    unapplied: int = 0
    margin: int = 0

    @property
    def total(self) -> int:
        """The whole payment."""
        debts = self.costs + self.fee + self.penalty + self.interest + self.principal
        return debts + self.margin + self.unapplied


def deposit_collected(p: Parties, amount: int, *, fee: int = 0, unapplied: int = 0) -> list[Entry]:
    """The dealer's deposit reached the lender, with the fee for a bill; an excess waits as
    unapplied money."""
    total = amount + fee + unapplied
    return [
        *_lender(p, (Code.NOSTRO, total), (Code.LIAB_MARGIN, -amount)),
        *_lender(p, (Code.FEE_INCOME, -fee), (Code.UNAPPLIED, -unapplied)),
        *_dealer(p, (Code.MARGIN_DEPOSIT, amount), (Code.UNAPPLIED, unapplied)),
        *_dealer(p, (Code.INTEREST_EXPENSE, fee), (Code.BANK, -total)),
    ]


def unapplied_received(p: Parties, amount: int) -> list[Entry]:
    """The dealer paid in by itself what is no whole deposit, or what nothing waits for: its money
    all the same."""
    return [
        *_lender(p, (Code.NOSTRO, amount), (Code.UNAPPLIED, -amount)),
        *_dealer(p, (Code.UNAPPLIED, amount), (Code.BANK, -amount)),
    ]


def disbursed(
    p: Parties, principal: int, *, draws: int | None = None, limit_hold: UUID | None = None
) -> list[Entry]:
    """The loan reached the dealer's supervised account; the held limit becomes used."""
    return [
        *_lender(p, (Code.LOAN_PRINCIPAL, principal), (Code.LIAB_SUPERVISED, -principal)),
        *_limit(p, principal if draws is None else draws, hold=limit_hold),
        *_dealer(p, (Code.CASH_SUPERVISED, principal), (Code.LOAN_PAYABLE, -principal)),
    ]


def paid_out(
    p: Parties, principal: int, *, draws: int | None = None, limit_hold: UUID | None = None
) -> list[Entry]:
    """A loan against stock reached the borrower's own account; the held limit becomes used."""
    return [
        *_lender(p, (Code.LOAN_PRINCIPAL, principal), (Code.NOSTRO, -principal)),
        *_limit(p, principal if draws is None else draws, hold=limit_hold),
        *_dealer(p, (Code.BANK, principal), (Code.LOAN_PAYABLE, -principal)),
    ]


def cap_counted(
    lender: UUID, cap: Counted, amount: int, *, hold: UUID | None = None
) -> list[Entry]:
    """So much of a loan counts on one of the lender's caps; `hold` is that on the facility."""
    held = None if hold is None else cap.hold_for(hold)
    return [
        Entry(lender, cap.code, amount, None, cap.ref, held),
        Entry(lender, Code.CAP_OFFSET, -amount),
    ]


def own_share_moved(p: Parties, deposit: int) -> list[Entry]:
    """The deposit joined the loan in the supervised account."""
    return [
        *_lender(p, (Code.LIAB_MARGIN, deposit), (Code.LIAB_SUPERVISED, -deposit)),
        *_dealer(p, (Code.CASH_SUPERVISED, deposit), (Code.MARGIN_DEPOSIT, -deposit)),
    ]


def seller_paid(p: Parties, amount: int) -> list[Entry]:
    """Supervised money went to the seller's account for the named order."""
    return [
        *_lender(p, (Code.LIAB_SUPERVISED, amount), (Code.LIAB_CURRENT, -amount)),
        *_dealer(p, (Code.PREPAYMENT, amount), (Code.CASH_SUPERVISED, -amount)),
        *_seller(p, (Code.CASH, amount), (Code.CONTRACT_LIABILITY, -amount)),
    ]


def bill_accepted(
    p: Parties, amount: int, *, draws: int, limit_hold: UUID | None = None
) -> list[Entry]:
    """The lender accepted a bill of the whole order that the seller holds; the dealer is to pay in
    for it. The held limit becomes used for what its margin does not secure."""
    return [
        *_lender(p, (Code.ACCEPTANCE_CLAIM, amount), (Code.ACCEPTANCES, -amount)),
        *_limit(p, draws, hold=limit_hold),
        *_dealer(p, (Code.PREPAYMENT, amount), (Code.BILLS_PAYABLE, -amount)),
        *_seller(p, (Code.BILLS_RECEIVABLE, amount), (Code.CONTRACT_LIABILITY, -amount)),
    ]


def bill_cancelled(p: Parties, amount: int, *, drawn: int) -> list[Entry]:
    """The order fell before anything was shipped, and the bill with it."""
    return turned(bill_accepted(p, amount, draws=drawn))


def bill_paid(p: Parties, amount: int) -> list[Entry]:
    """The lender paid the holder of the bill: what it is to have from the dealer is lent now."""
    return [
        *_lender(p, (Code.ACCEPTANCES, amount), (Code.LIAB_CURRENT, -amount)),
        *_lender(p, (Code.LOAN_PRINCIPAL, amount), (Code.ACCEPTANCE_CLAIM, -amount)),
        *_dealer(p, (Code.BILLS_PAYABLE, amount), (Code.LOAN_PAYABLE, -amount)),
        *_seller(p, (Code.CASH, amount), (Code.BILLS_RECEIVABLE, -amount)),
    ]


def goods_shipped(p: Parties, amount: int) -> list[Entry]:
    """Paid goods left the seller for the supervised warehouse."""
    return [
        *_dealer(p, (Code.IN_TRANSIT_PLEDGED, amount), (Code.PREPAYMENT, -amount)),
        *_seller(p, (Code.CONTRACT_LIABILITY, amount), (Code.REVENUE, -amount)),
    ]


def goods_pledged(p: Parties, amount: int) -> list[Entry]:
    """Goods arrived good at the warehouse and are held for the lender."""
    return [
        *_lender(p, (Code.COLLATERAL, amount), (Code.COLLATERAL_OFFSET, -amount)),
        *_dealer(p, (Code.INVENTORY_PLEDGED, amount), (Code.IN_TRANSIT_PLEDGED, -amount)),
    ]


def stock_pledged(p: Parties, amount: int) -> list[Entry]:
    """Own goods of the borrower are held for the lender, at what they cost."""
    return [
        *_lender(p, (Code.COLLATERAL, amount), (Code.COLLATERAL_OFFSET, -amount)),
        *_dealer(p, (Code.INVENTORY_PLEDGED, amount), (Code.INVENTORY_FREE, -amount)),
    ]


def pool_revalued(p: Parties, amount: int) -> list[Entry]:
    """What may be lent against pledged stock rose (below zero: fell); nobody's money moves."""
    return _lender(p, (Code.POOL_VALUE, amount), (Code.POOL_OFFSET, -amount))


def goods_short(p: Parties, amount: int) -> list[Entry]:
    """Goods paid for did not arrive, or not good: the seller owes a refund."""
    return [
        *_dealer(p, (Code.REFUND_DUE, amount), (Code.IN_TRANSIT_PLEDGED, -amount)),
        *_seller(p, (Code.REVENUE, amount), (Code.REFUND_PAYABLE, -amount)),
    ]


def goods_released(p: Parties, amount: int) -> list[Entry]:
    """Repaid goods are free of the pledge."""
    return [
        *_lender(p, (Code.COLLATERAL, -amount), (Code.COLLATERAL_OFFSET, amount)),
        *_dealer(p, (Code.INVENTORY_FREE, amount), (Code.INVENTORY_PLEDGED, -amount)),
    ]


def goods_taken_back(p: Parties, value: int, *, price: int) -> list[Entry]:
    """Pledged goods of a dealer in default go back to the seller, who owes `price` for them; what
    they were worth above that the dealer has lost."""
    loss = value - price
    return [
        *_lender(p, (Code.COLLATERAL, -value), (Code.COLLATERAL_OFFSET, value)),
        *_dealer(p, (Code.REFUND_DUE, price), (Code.GOODS_LOSS, loss)),
        *_dealer(p, (Code.INVENTORY_PLEDGED, -value)),
        *_seller(p, (Code.REVENUE, price), (Code.REFUND_PAYABLE, -price)),
    ]


def goods_sold(
    p: Parties,
    paid: Allocation,
    *,
    value: int,
    buyer: UUID | None = None,
    frees: int | None = None,
) -> list[Entry]:
    """Pledged goods of a dealer in default, worth `value`, were sold: the price pays what is owed.

    What they brought above or below their worth is the dealer's gain or loss. `buyer` is an
    organisation with a book here, perhaps the seller; None is somebody else.
    """
    loss = value - paid.total
    is_seller = buyer == p.seller
    return [
        *_lender(p, (Code.LIAB_CURRENT if is_seller else Code.NOSTRO, paid.total)),
        *_lender(p, (Code.COLLATERAL, -value), (Code.COLLATERAL_OFFSET, value)),
        *_settled(p, paid, frees),
        *_dealer(p, (Code.GOODS_LOSS, max(loss, 0)), (Code.GOODS_GAIN, min(loss, 0))),
        *_dealer(p, (Code.INVENTORY_PLEDGED, -value)),
        *([] if buyer is None else _bought(p, buyer, paid.total)),
    ]


def recovered(p: Parties, amount: int, *, unapplied: int = 0) -> list[Entry]:
    """The dealer paid on what was written off: income of the lender, and a smaller claim."""
    total = amount + unapplied
    return [
        *_lender(p, (Code.NOSTRO, total), (Code.UNAPPLIED, -unapplied)),
        *_lender(p, (Code.RECOVERY_INCOME, -amount)),
        *_lender(p, (Code.CLAIM_WRITTEN_OFF, -amount), (Code.CLAIM_OFFSET, amount)),
        *_dealer(p, (Code.DEBT_WRITTEN_OFF, amount), (Code.UNAPPLIED, unapplied)),
        *_dealer(p, (Code.BANK, -total)),
    ]


def recovered_by_duty(p: Parties, amount: int) -> list[Entry]:
    """The seller paid by its duty on what was written off: income of the lender; what the dealer
    owed the lender it owes the seller now."""
    return [
        *_lender(p, (Code.LIAB_CURRENT, amount), (Code.RECOVERY_INCOME, -amount)),
        *_lender(p, (Code.CLAIM_WRITTEN_OFF, -amount), (Code.CLAIM_OFFSET, amount)),
        *_dealer(p, (Code.DEBT_WRITTEN_OFF, amount), (Code.DUTY_DEBT, -amount)),
        *_seller(p, (Code.DUTY_CLAIM, amount), (Code.CASH, -amount)),
    ]


def written_off(
    p: Parties, *, principal: int, interest: int, drawn: int | None = None
) -> list[Entry]:
    """The lender gives up hope, not its claim: the loss is its own, the dealer owes as before."""
    claim = principal + interest
    return [
        *_lender(p, (Code.CREDIT_LOSS, claim)),
        *_lender(p, (Code.LOAN_PRINCIPAL, -principal), (Code.INTEREST_RECEIVABLE, -interest)),
        *_lender(p, (Code.CLAIM_WRITTEN_OFF, claim), (Code.CLAIM_OFFSET, -claim)),
        *_limit(p, -(principal if drawn is None else drawn)),
        *_dealer(p, (Code.LOAN_PAYABLE, principal), (Code.INTEREST_PAYABLE, interest)),
        *_dealer(p, (Code.DEBT_WRITTEN_OFF, -claim)),
    ]


def accrued(p: Parties, interest: int) -> list[Entry]:
    """Interest of some days became due to the lender. Penalty is entered when it is paid."""
    return [
        *_lender(p, (Code.INTEREST_RECEIVABLE, interest), (Code.INTEREST_INCOME, -interest)),
        *_dealer(p, (Code.INTEREST_EXPENSE, interest), (Code.INTEREST_PAYABLE, -interest)),
    ]


def repaid(p: Parties, paid: Allocation, *, frees: int | None = None) -> list[Entry]:
    """The dealer paid; principal frees the limit, what is left over stays unapplied."""
    return [
        *_lender(p, (Code.NOSTRO, paid.total)),
        *_settled(p, paid, frees),
        *_dealer(p, (Code.BANK, -paid.total)),
    ]


def margin_interest(p: Parties, amount: int) -> list[Entry]:
    """What the margin has borne was credited to it: the lender's cost, the dealer's income."""
    return [
        *_lender(p, (Code.INTEREST_EXPENSE, amount), (Code.LIAB_MARGIN, -amount)),
        *_dealer(p, (Code.MARGIN_DEPOSIT, amount), (Code.INTEREST_INCOME, -amount)),
    ]


def margin_set_off(p: Parties, paid: Allocation, *, frees: int) -> list[Entry]:
    """The margin that the lender kept pays what is owed, as far as it reaches."""
    return [
        *_lender(p, (Code.LIAB_MARGIN, paid.total)),
        *_settled(p, paid, frees),
        *_dealer(p, (Code.MARGIN_DEPOSIT, -paid.total)),
    ]


def refund_agreed(p: Parties, amount: int) -> list[Entry]:
    """An order paid but not shipped is off: the seller owes the money back."""
    return [
        *_dealer(p, (Code.REFUND_DUE, amount), (Code.PREPAYMENT, -amount)),
        *_seller(p, (Code.CONTRACT_LIABILITY, amount), (Code.REFUND_PAYABLE, -amount)),
    ]


def goods_not_shipped(p: Parties, amount: int) -> list[Entry]:
    """A part of a paid order was not shipped by its day: the seller owes its price back."""
    return refund_agreed(p, amount)


def refunded_by_seller(
    p: Parties, paid: Allocation, *, deposit: int = 0, frees: int | None = None
) -> list[Entry]:
    """The seller refunded the lender: it settles the loan; `deposit` is the dealer's share."""
    total = paid.total + deposit
    return [
        *_lender(p, (Code.LIAB_CURRENT, total), (Code.LIAB_MARGIN, -deposit)),
        *_settled(p, paid, frees),
        *_dealer(p, (Code.MARGIN_DEPOSIT, deposit), (Code.REFUND_DUE, -total)),
        *_seller(p, (Code.REFUND_PAYABLE, total), (Code.CASH, -total)),
    ]


def loan_cancelled(p: Parties, principal: int, *, drawn: int | None = None) -> list[Entry]:
    """The seller could not be paid: the loan goes back from the supervised account."""
    return [
        *_lender(p, (Code.LIAB_SUPERVISED, principal), (Code.LOAN_PRINCIPAL, -principal)),
        *_limit(p, -(principal if drawn is None else drawn)),
        *_dealer(p, (Code.LOAN_PAYABLE, principal), (Code.CASH_SUPERVISED, -principal)),
    ]


def deposit_returned(p: Parties, deposit: int, *, from_supervised: bool) -> list[Entry]:
    """The dealer has its own share back, from where it lay when the deal ended."""
    owed, held = (
        (Code.LIAB_SUPERVISED, Code.CASH_SUPERVISED)
        if from_supervised
        else (Code.LIAB_MARGIN, Code.MARGIN_DEPOSIT)
    )
    return [
        *_lender(p, (owed, deposit), (Code.NOSTRO, -deposit)),
        *_dealer(p, (Code.BANK, deposit), (held, -deposit)),
    ]


def unapplied_returned(p: Parties, amount: int) -> list[Entry]:
    """Money paid too much went back to the dealer."""
    return [
        *_lender(p, (Code.UNAPPLIED, amount), (Code.NOSTRO, -amount)),
        *_dealer(p, (Code.BANK, amount), (Code.UNAPPLIED, -amount)),
    ]


def _settled(p: Parties, paid: Allocation, frees: int | None) -> list[Entry]:
    """What a payment settles in the lender's and the dealer's book, whoever paid it."""
    return [
        *_lender(p, (Code.SALE_COSTS, -paid.costs)),
        *_lender(p, (Code.FEE_INCOME, -paid.fee), (Code.PENALTY_INCOME, -paid.penalty)),
        *_lender(p, (Code.INTEREST_RECEIVABLE, -paid.interest)),
        *_lender(p, (Code.LOAN_PRINCIPAL, -paid.principal), (Code.UNAPPLIED, -paid.unapplied)),
        *_lender(p, (Code.LIAB_MARGIN, -paid.margin)),
        *_limit(p, -(paid.principal if frees is None else frees)),
        *_dealer(p, (Code.SALE_EXPENSE, paid.costs), (Code.MARGIN_DEPOSIT, paid.margin)),
        *_dealer(p, (Code.INTEREST_EXPENSE, paid.fee), (Code.PENALTY_EXPENSE, paid.penalty)),
        *_dealer(p, (Code.INTEREST_PAYABLE, paid.interest)),
        *_dealer(p, (Code.LOAN_PAYABLE, paid.principal), (Code.UNAPPLIED, paid.unapplied)),
    ]


def _bought(p: Parties, buyer: UUID, price: int) -> list[Entry]:
    """What goods sold by the lender are in their buyer's book; the seller's come back to it."""
    if buyer == p.seller:
        return _seller(p, (Code.REVENUE, price), (Code.CASH, -price))
    return [Entry(buyer, Code.INVENTORY_FREE, price), Entry(buyer, Code.BANK, -price)]


def _limit(p: Parties, amount: int, *, hold: UUID | None = None) -> list[Entry]:
    if not amount:
        return []
    used = Entry(p.lender, Code.LIMIT_USED, amount, p.dealer, str(p.facility), hold)
    return [
        used,
        *_lender(p, (Code.LIMIT_OFFSET, -amount)),
        *(entry for cap in p.caps for entry in cap_counted(p.lender, cap, amount, hold=hold)),
    ]


def _lender(p: Parties, *lines: tuple[Code, int]) -> list[Entry]:
    return [
        _entry(p, p.lender, p.seller if code in _RUNNING | _OF_BILL else p.dealer, code, amount)
        for code, amount in lines
        if amount
    ]


def _dealer(p: Parties, *lines: tuple[Code, int]) -> list[Entry]:
    return [
        _entry(p, p.dealer, p.seller if code in _WITH_SELLER else p.lender, code, amount)
        for code, amount in lines
        if amount
    ]


def _seller(p: Parties, *lines: tuple[Code, int]) -> list[Entry]:
    return [
        _entry(p, p.seller, p.lender if code in _RUNNING | _OF_BILL else p.dealer, code, amount)
        for code, amount in lines
        if amount
    ]


def _entry(p: Parties, book: UUID, other: UUID, code: Code, amount: int) -> Entry:
    if code in _OWN:
        return Entry(book, code, amount)
    return Entry(book, code, amount, other, "" if code in _RUNNING else p.ref)
