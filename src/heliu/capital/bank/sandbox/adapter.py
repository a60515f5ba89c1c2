"""The sandbox behind the port. It books an order in the transaction that submits it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, Sum

from heliu.capital.bank.notices import written
from heliu.capital.bank.operations import store_notice
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
from heliu.capital.bank.sandbox.models import Account, Entry, Fault, Order, OutgoingNotice
from heliu.capital.bank.sandbox.policies import (
    Plan,
    new_number,
    notice_of,
    reference,
    span,
    statement,
)


class SandboxBank:
    """A bank that answers at once unless a fault is scripted."""

    def submit(self, order: Handed, at: datetime) -> Ack:
        """Book or reject the order and queue its notice; a known id changes nothing."""
        if Order.objects.filter(pk=order.id).exists():
            return Ack(reference(order.id))
        plan = _plan_for(order)
        if plan.is_seen:
            reason = _book(order, plan, at)
            Order.objects.create(
                id=order.id,
                deal=order.deal,
                purpose=order.purpose,
                amount=order.amount,
                is_booked=not reason,
                reason=reason,
                at=at,
            )
            _queue(order, reason, plan, at)
        if not plan.is_answered:
            raise BankTimeout(str(order.id))
        return Ack(reference(order.id))

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
        start, end = span(day)
        entries = Entry.objects.filter(account=account)
        before = entries.filter(booked_at__lt=start).aggregate(sum=Sum("amount"))["sum"] or 0
        lines = tuple(
            StatementEntry(
                str(entry.pk), entry.amount, entry.reference, entry.counterparty, entry.booked_at
            )
            for entry in entries.filter(booked_at__gte=start, booked_at__lt=end).order_by(
                "booked_at", "pk"
            )
        )
        return statement(number, day, account.funds + before, lines)

    def open_supervised(self, *, dealer: UUID, lender: UUID, at: datetime) -> str:
        """Open an empty account for the dealer and return its number."""
        return open_account(holder=dealer, funds=0, is_bounded=True, at=at).number


def connect() -> Bank:
    """The sandbox as the platform's bank."""
    return SandboxBank()


def open_account(*, holder: UUID, funds: int, is_bounded: bool, at: datetime) -> Account:
    """Open an account with money on it; only the bank's own may run below zero."""
    return Account.objects.create(
        number=new_number(),
        holder=holder,
        funds=funds,
        balance=funds,
        is_bounded=is_bounded,
        opened_at=at,
    )


def transfer(*, source: str, target: str, amount: int, reference: str, at: datetime) -> None:
    """Move money as somebody bade its bank to, beside the platform."""
    ends = ((source, -amount, target), (target, amount, source))
    for number, change, _ in sorted(ends):
        bounded = Account.objects.filter(pk=number, is_bounded=True)
        bounded.update(balance=F("balance") + change)
    Entry.objects.bulk_create(
        Entry(
            account_id=number,
            amount=change,
            reference=reference[:36],
            counterparty=other,
            booked_at=at,
        )
        for number, change, other in ends
    )


def _plan_for(order: Handed) -> Plan:
    fault = (
        Fault.objects.select_for_update()
        .filter(
            Q(deal=order.deal) | Q(deal=None), Q(purpose=order.purpose) | Q(purpose=""), times__gt=0
        )
        .order_by(F("deal").asc(nulls_last=True), "id")
        .first()
    )
    if fault is None:
        return Plan()
    fault.times -= 1
    fault.save(update_fields=["times"])
    return Plan(fault.kind, fault.reason, fault.delay)


def _book(order: Handed, plan: Plan, at: datetime) -> str:
    """Move the money; returns the reason why not, or ''."""
    numbers = (order.from_number, order.to_number)
    # Unbounded accounts are the busiest and need no lock: their balance is the sum of entries.
    bounded = Account.objects.select_for_update().filter(number__in=numbers, is_bounded=True)
    found = {account.number: account for account in bounded.order_by("number")}
    if len(found) < 2:
        found |= Account.objects.in_bulk(set(numbers) - set(found))
    source, target = (found.get(number) for number in numbers)
    reason = plan.refusal(source, target, order.amount)
    if reason or source is None or target is None:
        return reason
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


def _queue(order: Handed, reason: str, plan: Plan, at: datetime) -> None:
    raw = written(notice_of(order, reason, at))
    signature = sign(raw)
    if plan.is_early:
        store_notice(raw, signature, at)
        return
    OutgoingNotice.objects.bulk_create(
        OutgoingNotice(raw=raw, signature=signature, due_at=one.due_at, is_late=one.is_late)
        for one in plan.deliveries(at)
    )
