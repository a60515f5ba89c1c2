"""What happened to a loan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class LoanReferred(Fact):
    """A request for financing waits for a person at the bank."""

    name: ClassVar[str] = "capital.loan-referred"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    principal: int


@dataclass(frozen=True, kw_only=True)
class LoanDecided(Fact):
    """A person at the bank approved or declined a referred request."""

    name: ClassVar[str] = "capital.loan-decided"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    approved: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class LoanQuoted(Fact):
    """The limit is held and the terms are ready to be signed."""

    name: ClassVar[str] = "capital.loan-quoted"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    deposit: int
    principal: int
    rate: Decimal
    days: int


@dataclass(frozen=True, kw_only=True)
class LoanExpired(Fact):
    """A quote was not signed in time, or a request not decided; the limit is free again."""

    name: ClassVar[str] = "capital.loan-expired"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str


@dataclass(frozen=True, kw_only=True)
class LoanSigned(Fact):
    """The borrower signed the agreement with this digest."""

    name: ClassVar[str] = "capital.loan-signed"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    agreement_digest: str
    deposit: int


@dataclass(frozen=True, kw_only=True)
class DepositBooked(Fact):
    """The borrower's own share arrived at the bank."""

    name: ClassVar[str] = "capital.deposit-booked"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class LoanDisbursed(Fact):
    """The loan arrived in the supervised account."""

    name: ClassVar[str] = "capital.loan-disbursed"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    principal: int
    due_on: date


@dataclass(frozen=True, kw_only=True)
class SellerPaid(Fact):
    """The seller has its money; the goods may leave."""

    name: ClassVar[str] = "capital.seller-paid"
    flows: ClassVar[tuple[str, ...]] = ("commerce", "capital")

    number: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class BillAccepted(Fact):
    """The lender accepted a bill for the seller; `exposure` is what its margin does not secure."""

    name: ClassVar[str] = "capital.bill-accepted"
    flows: ClassVar[tuple[str, ...]] = ("commerce", "capital")

    number: str
    bill: str
    amount: int
    exposure: int
    due_on: date


@dataclass(frozen=True, kw_only=True)
class BillPaid(Fact):
    """The lender paid the bill to its holder."""

    name: ClassVar[str] = "capital.bill-paid"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    bill: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class BankRejected(Fact):
    """The bank did not carry out a payment of the loan."""

    name: ClassVar[str] = "capital.bank-rejected"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    stage: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LoanRepaid(Fact):
    """Money came for the loan and was allocated; `principal_left` is what is still to be brought,
    `margin` what filled up that of a bill."""

    name: ClassVar[str] = "capital.repaid"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    amount: int
    fee: int
    penalty: int
    interest: int
    principal: int
    margin: int
    unapplied: int
    principal_left: int


@dataclass(frozen=True, kw_only=True)
class MarginSetOff(LoanRepaid):
    """The margin that the lender kept paid what was owed, as far as it reached."""

    name: ClassVar[str] = "capital.margin-set-off"


@dataclass(frozen=True, kw_only=True)
class LoanOverdue(Fact):
    """The due day and the days of grace went by."""

    name: ClassVar[str] = "capital.loan-overdue"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    due_on: date
    principal: int


@dataclass(frozen=True, kw_only=True)
class LoanEnforced(Fact):
    """The dealer in default has let the days of the notice go by: the lender takes the goods."""

    name: ClassVar[str] = "capital.loan-enforced"
    flows: ClassVar[tuple[str, ...]] = ("capital", "logistics", "information")

    number: str
    principal: int


@dataclass(frozen=True, kw_only=True)
class LoanWrittenOff(Fact):
    """The lender gave up what was left; `lost` is principal and interest in minor units."""

    name: ClassVar[str] = "capital.loan-written-off"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    lost: int


@dataclass(frozen=True, kw_only=True)
class PledgedGoodsSold(LoanRepaid):
    """Goods of an enforced loan were sold; `value` is what they secured, `costs` came off first."""

    name: ClassVar[str] = "capital.goods-sold"
    flows: ClassVar[tuple[str, ...]] = ("logistics", "capital", "information")

    value: int
    costs: int


@dataclass(frozen=True, kw_only=True)
class LoanRecovered(Fact):
    """The borrower paid on what was written off; both in minor units."""

    name: ClassVar[str] = "capital.loan-recovered"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    amount: int
    claim_left: int


@dataclass(frozen=True, kw_only=True)
class PaymentsReckonedAnew(Fact):
    """A payment was known late, had another value day or was taken back, or the loan was paid out
    on another day: what followed was reversed and played again.

    `value_day` is the day as told and `counts_from` the one from which it counts; `entries` is how
    many journals were reversed.
    """

    name: ClassVar[str] = "capital.payments-reckoned-anew"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    cause: str
    value_day: date
    counts_from: date
    entries: int
    principal_left: int


@dataclass(frozen=True, kw_only=True)
class LoanCancelled(Fact):
    """The loan came to nothing: whatever had moved was taken back."""

    name: ClassVar[str] = "capital.loan-cancelled"
    flows: ClassVar[tuple[str, ...]] = ("commerce", "capital")

    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LoanClosed(Fact):
    """The loan is repaid and its goods are free: the deal's four flows have met."""

    name: ClassVar[str] = "capital.loan-closed"
    flows: ClassVar[tuple[str, ...]] = ("commerce", "logistics", "capital", "information")

    number: str
    paid_in_all: int
