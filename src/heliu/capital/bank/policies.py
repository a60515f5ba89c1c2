"""Pure decisions of the bank link: routes of money, what a notice means, how a day compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from heliu.capital.bank.models import AccountKind, InstructionStatus, NoticeStatus, Purpose, Verdict
from heliu.capital.bank.notices import Notice
from heliu.capital.bank.port import StatementEntry

ANSWERED = frozenset({InstructionStatus.BOOKED, InstructionStatus.REJECTED})
# Purposes for which money leaves a supervised account: its route stands on the earmark.
FROM_EARMARK = frozenset({Purpose.SELLER_PAYMENT, Purpose.LOAN_BACK})


@dataclass(frozen=True)
class End:
    """One end of a route: whose account of which kind."""

    org: UUID
    kind: AccountKind


def route(purpose: str, *, payer: UUID, payee: UUID, lender: UUID) -> tuple[End, End]:
    """From which account to which a payment goes that does not leave a supervised account."""
    nostro = End(lender, AccountKind.NOSTRO)
    match purpose:
        case Purpose.DEPOSIT | Purpose.REPAYMENT | Purpose.REFUND | Purpose.SALE:
            return End(payer, AccountKind.CURRENT), nostro
        case Purpose.RETURN:  # both sides hold their accounts at one bank
            return End(payer, AccountKind.CURRENT), End(payee, AccountKind.CURRENT)
        case Purpose.DISBURSEMENT | Purpose.OWN_SHARE:
            return nostro, End(payee, AccountKind.SUPERVISED)
        case Purpose.DEPOSIT_BACK | Purpose.UNAPPLIED_BACK | Purpose.BILL_PAYMENT | Purpose.PAY_OUT:
            return nostro, End(payee, AccountKind.CURRENT)
        case _:
            raise ValueError(f"{purpose} leaves a supervised account")


def leaves_supervised(purpose: str, *, payer: UUID, lender: UUID) -> bool:
    """Whether a payment leaves a supervised account: its route then stands on the earmark.

    A deposit is returned from where it lies: by the lender while it holds it, else by the dealer.
    """
    return purpose in FROM_EARMARK or (purpose == Purpose.DEPOSIT_BACK and payer != lender)


def judge(status: str, amount: int, notice: Notice) -> NoticeStatus:
    """What a notice means for an instruction in `status`; the order of notices does not matter.

    The first answer counts and the same answer again changes nothing. Another answer, or another
    amount, is a contradiction that a person looks at.
    """
    if notice.amount != amount:
        return NoticeStatus.CONFLICT
    if status not in ANSWERED:
        return NoticeStatus.APPLIED
    return NoticeStatus.REPEATED if status == notice.outcome else NoticeStatus.CONFLICT


@dataclass(frozen=True)
class Booking:
    """An instruction of ours as it should stand on a statement: in is positive."""

    id: UUID
    amount: int
    counterparty: str


@dataclass(frozen=True)
class Compared:
    """A row of the comparison; what one side does not have is empty."""

    verdict: Verdict
    entry: StatementEntry | None
    booking: Booking | None


def compare(
    entries: Sequence[StatementEntry],
    bookings: Iterable[Booking],
    came: Mapping[str, Booking] | None = None,
) -> list[Compared]:
    """Compare a day's entries with our bookings.

    By reference first; what bears none that is known, by amount and counterparty. A second entry
    with one reference is a duplicate; the rest is missing on one side. `came` is the money that
    came unasked and was taken in, by its entry.
    """
    came = came or {}
    open_bookings = {booking.id: booking for booking in bookings}
    known = dict(open_bookings)
    rows, unknown = [], []
    for entry in entries:
        if taken_in := came.get(entry.id):
            same = entry.amount == taken_in.amount
            rows.append(Compared(Verdict.MATCHED if same else Verdict.AMOUNT_DIFF, entry, taken_in))
            continue
        reference = as_id(entry.reference)
        booking = known.get(reference) if reference else None
        if booking is None:
            unknown.append(entry)
        elif open_bookings.pop(booking.id, None) is None:
            rows.append(Compared(Verdict.DUPLICATE, entry, booking))
        else:
            same = entry.amount == booking.amount
            verdict = Verdict.MATCHED if same else Verdict.AMOUNT_DIFF
            rows.append(Compared(verdict, entry, booking))
    for entry in unknown:
        alike = next(
            (
                booking
                for booking in open_bookings.values()
                if (booking.amount, booking.counterparty) == (entry.amount, entry.counterparty)
            ),
            None,
        )
        if alike is None:
            rows.append(Compared(Verdict.MISSING_IN_BOOK, entry, None))
        else:
            rows.append(Compared(Verdict.MATCHED, entry, open_bookings.pop(alike.id)))
    said = {entry.id for entry in entries}
    taken_back = (booking for entry, booking in came.items() if entry not in said)
    left = (*open_bookings.values(), *taken_back)
    return [*rows, *(Compared(Verdict.MISSING_AT_BANK, None, one) for one in left)]


def as_id(reference: str) -> UUID | None:
    """The instruction a statement's reference names, if it is one of an instruction."""
    try:
        return UUID(reference)
    except ValueError:
        return None
