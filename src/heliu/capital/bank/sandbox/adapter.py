"""The sandbox behind the port. It books an order in the transaction that submits it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import F, Q, Sum

from heliu.capital.bank.operations import store_notice
from heliu.capital.bank.policies import Notice, written
from heliu.capital.bank.port import (
    Ack,
    Bank,
    BankStatement,
    BankStatus,
    BankTimeout,
    Outcome,
    SignedNotice,
    StatementEntry,
    sign,
)
from heliu.capital.bank.port import Order as Handed
from heliu.capital.bank.sandbox.models import (
    Account,
    Entry,
    Fault,
    FaultKind,
    Order,
    OutgoingNotice,
)
from heliu.kernel.clock import ZONE
from heliu.kernel.ids import new_id

# ISO 20022 reason codes.
NO_FUNDS, CLOSED_ACCOUNT, WRONG_ACCOUNT = "AM04", "AC04", "AC01"
ANSWER_LOST = frozenset({FaultKind.LOST, FaultKind.LOST_UNBOOKED})


class SandboxBank:
    """A bank that answers at once unless a fault is scripted."""

    def submit(self, order: Handed, at: datetime) -> Ack:
        """Book or reject the order and queue its notice; a known id changes nothing."""
        if Order.objects.filter(pk=order.id).exists():
            return Ack(_reference(order.id))
        fault = _next_fault(order)
        if fault.kind != FaultKind.LOST_UNBOOKED:
            reason = fault.reason if fault.kind == FaultKind.REJECT else _book(order, at)
            Order.objects.create(
                id=order.id,
                deal=order.deal,
                purpose=order.purpose,
                amount=order.amount,
                is_booked=not reason,
                reason=reason,
                at=at,
            )
            _queue(order, reason, fault, at)
        if fault.kind in ANSWER_LOST:
            raise BankTimeout(str(order.id))
        return Ack(_reference(order.id))

    def status(self, instruction: UUID) -> BankStatus:
        """What became of the order with this id."""
        order = Order.objects.filter(pk=instruction).first()
        if order is None:
            return BankStatus(Outcome.NEVER_SEEN)
        outcome = Outcome.BOOKED if order.is_booked else Outcome.REJECTED
        return BankStatus(outcome, order.reason, order.at)

    def notices(self, at: datetime) -> list[SignedNotice]:
        """The notices that are due by now, those that are late after the others."""
        due = list(
            OutgoingNotice.objects.select_for_update(skip_locked=True)
            .filter(delivered_at=None, due_at__lte=at)
            .order_by("is_late", "id")[:500]
        )
        if due:
            OutgoingNotice.objects.filter(pk__in=[n.pk for n in due]).update(delivered_at=at)
        return [SignedNotice(bytes(notice.raw), notice.signature) for notice in due]

    def statement(self, number: str, day: date) -> BankStatement:
        """The account's bookings of one business day, in the order they were made."""
        account = Account.objects.get(pk=number)
        start = datetime.combine(day, time(), ZONE)
        entries = Entry.objects.filter(account=account)
        before = entries.filter(booked_at__lt=start).aggregate(sum=Sum("amount"))["sum"] or 0
        lines = tuple(
            StatementEntry(
                str(entry.pk), entry.amount, entry.reference, entry.counterparty, entry.booked_at
            )
            for entry in entries.filter(
                booked_at__gte=start, booked_at__lt=start + timedelta(days=1)
            ).order_by("booked_at", "pk")
        )
        opening = account.funds + before
        return BankStatement(
            number, day, opening, lines, opening + sum(line.amount for line in lines)
        )

    def open_supervised(self, *, dealer: UUID, lender: UUID, at: datetime) -> str:
        """Open an empty account for the dealer and return its number."""
        return open_account(holder=dealer, funds=0, is_bounded=True, at=at).number


def connect() -> Bank:
    """The sandbox as the platform's bank."""
    return SandboxBank()


def open_account(*, holder: UUID, funds: int, is_bounded: bool, at: datetime) -> Account:
    """Open an account with money on it; only the bank's own may run below zero."""
    return Account.objects.create(
        number=f"6228{new_id().int % 10**15:015d}",
        holder=holder,
        funds=funds,
        balance=funds,
        is_bounded=is_bounded,
        opened_at=at,
    )


@dataclass(frozen=True)
class _Plan:
    """What shall happen to an order; `kind` is empty on a good day."""

    kind: str = ""
    reason: str = ""
    delay: timedelta = timedelta()


def _next_fault(order: Handed) -> _Plan:
    fault = (
        Fault.objects.select_for_update()
        .filter(
            Q(deal=order.deal) | Q(deal=None), Q(purpose=order.purpose) | Q(purpose=""), times__gt=0
        )
        .order_by(F("deal").asc(nulls_last=True), "id")
        .first()
    )
    if fault is None:
        return _Plan()
    fault.times -= 1
    fault.save(update_fields=["times"])
    return _Plan(fault.kind, fault.reason, fault.delay)


def _book(order: Handed, at: datetime) -> str:
    """Move the money; returns the reason why not, or ''."""
    numbers = (order.from_number, order.to_number)
    # Unbounded accounts are the busiest and need no lock: their balance is the sum of entries.
    bounded = Account.objects.select_for_update().filter(number__in=numbers, is_bounded=True)
    found = {account.number: account for account in bounded.order_by("number")}
    if len(found) < 2:
        found |= Account.objects.in_bulk(set(numbers) - set(found))
    if len(found) < 2:
        return WRONG_ACCOUNT
    source, target = (found[number] for number in numbers)
    if source.is_closed or target.is_closed:
        return CLOSED_ACCOUNT
    if source.is_bounded and source.balance < order.amount:
        return NO_FUNDS
    ends = ((source, -order.amount, target), (target, order.amount, source))
    for account, amount, _ in ends:
        if account.is_bounded:
            account.balance += amount
            account.save(update_fields=["balance"])
    Entry.objects.bulk_create(
        Entry(
            account=account,
            amount=amount,
            reference=str(order.id),
            counterparty=other.number,
            booked_at=at,
        )
        for account, amount, other in ends
    )
    return ""


def _queue(order: Handed, reason: str, fault: _Plan, at: datetime) -> None:
    notice = Notice(
        id=f"sandbox-{order.id}",
        instruction=order.id,
        outcome=Outcome.REJECTED if reason else Outcome.BOOKED,
        amount=order.amount,
        booked_at=at,
        reason=reason,
    )
    raw = written(notice)
    signature = sign(raw)
    if fault.kind == FaultKind.EARLY:
        store_notice(raw, signature, at)
        return
    is_delayed = fault.kind in (FaultKind.DELAY, FaultKind.LOST)
    copies = 2 if fault.kind == FaultKind.DUPLICATE else 1
    OutgoingNotice.objects.bulk_create(
        OutgoingNotice(
            raw=raw,
            signature=signature,
            due_at=at + fault.delay if is_delayed else at,
            is_late=fault.kind == FaultKind.OUT_OF_ORDER,
        )
        for _ in range(copies)
    )


def _reference(instruction: UUID) -> str:
    return f"SB{instruction.hex[-12:].upper()}"
