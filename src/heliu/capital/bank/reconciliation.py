"""Comparing a day of the bank's statement with ours; for the worker."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from heliu.capital.bank.models import (
    AccountKind,
    BankAccount,
    Incoming,
    IncomingStatus,
    InstructionStatus,
    PaymentInstruction,
    Statement,
    StatementLine,
    Verdict,
)
from heliu.capital.bank.policies import Booking, Compared, as_id, compare
from heliu.capital.bank.port import BankStatement, BankTimeout, current_bank
from heliu.capital.bank.queries import shadows

log = logging.getLogger(__name__)


def reconcile(account: BankAccount, day: date, at: datetime) -> Statement:
    """Fetch an account's statement of a day and compare it, entry by entry and in its closing.

    Done again, it replaces what was found before. The rows are `statement.lines`, with a verdict
    each; `statement.is_tied` says whether the closing balance is ours. Raises `BankTimeout` when
    the bank has no statement to give yet.
    """
    (statement,) = _compared({account: current_bank().statement(account.number, day)}, day, at)
    return statement


def reconcile_day(day: date, at: datetime, *, only_open: bool = False) -> list[Statement]:
    """Compare the day of every account the bank keeps for the chain, and of those that moved; what
    is here is read in a fixed number of statements, however many they are.

    With `only_open` those are left out whose day was compared and agreed. An account of which the
    bank says nothing stays open.
    """
    booked = PaymentInstruction.objects.filter(status=InstructionStatus.BOOKED, booked_on=day)
    moved = Q(pk__in=booked.values("from_account")) | Q(pk__in=booked.values("to_account"))
    accounts = BankAccount.objects.filter(moved | ~Q(kind=AccountKind.CURRENT))
    if only_open:
        accounts = accounts.exclude(pk__in=_agreed(day).values("account"))
    told = {}
    for account in accounts:
        try:
            told[account] = current_bank().statement(account.number, day)
        except BankTimeout as silence:
            log.warning("no statement of %s: %s", day, silence)
    return _compared(told, day, at)


def _compared(
    told: Mapping[BankAccount, BankStatement], day: date, at: datetime
) -> list[Statement]:
    """Keep what the bank told of the accounts' day beside what is here."""
    if not told:
        return []
    ours, came = _bookings(told, day), _came(told, day)
    stood = shadows(told, until=day)
    with transaction.atomic():
        Statement.objects.filter(account__in=told, day=day).delete()
        kept = Statement.objects.bulk_create(
            Statement(
                account=account, org=account.org, bank=account.bank, day=day,
                opening=theirs.opening, closing=theirs.closing, shadow=stood[account.pk],
                compared_at=at,
            )
            for account, theirs in told.items()
        )  # fmt: skip
        rows = [
            compare(theirs.entries, ours[account.pk], came[account.pk])
            for account, theirs in told.items()
        ]
        StatementLine.objects.bulk_create(
            _line(statement, position, row)
            for statement, found in zip(kept, rows, strict=True)
            for position, row in enumerate(found, 1)
        )
    return kept


def _agreed(day: date) -> QuerySet[Statement]:
    """The statements of a day that say what we say."""
    differing = StatementLine.objects.filter(statement__day=day).exclude(verdict=Verdict.MATCHED)
    return Statement.objects.filter(day=day, closing=F("shadow")).exclude(
        pk__in=differing.values("statement")
    )


def _bookings(accounts: Collection[BankAccount], day: date) -> dict[UUID, list[Booking]]:
    """By account our booked payments of its day, as its holder sees them, and those of its own
    transfers that came to somebody here."""
    found: dict[UUID, list[Booking]] = {account.pk: [] for account in accounts}
    by_number = {account.number: account.pk for account in accounts}
    own = _counting(day).filter(counterparty__in=by_number).select_related("account")
    for one in own.order_by("pk"):
        booking = Booking(one.pk, -one.amount, one.account.number)
        found[by_number[one.counterparty]].append(booking)
    booked = PaymentInstruction.objects.filter(
        Q(from_account__in=found) | Q(to_account__in=found),
        status=InstructionStatus.BOOKED,
        booked_on=day,
    )
    for row in booked.order_by("answered_at", "number"):
        if row.from_account_id in found:
            found[row.from_account_id].append(Booking(row.pk, -row.amount, row.to_number))
        if row.to_account_id in found:
            found[row.to_account_id].append(Booking(row.pk, row.amount, row.from_number))
    return found


def _came(accounts: Collection[BankAccount], day: date) -> dict[UUID, dict[str, Booking]]:
    """By account what came unasked on its day, by its entry."""
    found: dict[UUID, dict[str, Booking]] = {account.pk: {} for account in accounts}
    for row in _counting(day).filter(account__in=found):
        found[row.account_id][row.entry] = Booking(row.pk, row.amount, row.counterparty)
    return found


def _counting(day: date) -> QuerySet[Incoming]:
    """What moved unasked on a day, without what the bank has taken back."""
    return Incoming.objects.filter(booked_on=day).exclude(status=IncomingStatus.RECALLED)


def _line(statement: Statement, position: int, row: Compared) -> StatementLine:
    entry, booking = row.entry, row.booking
    named = booking.id if booking else as_id(entry.reference) if entry else None
    return StatementLine(
        statement=statement,
        org=statement.org,
        bank=statement.bank,
        position=position,
        entry=entry.id if entry else "",
        instruction=named,
        counterparty=entry.counterparty if entry else booking.counterparty if booking else "",
        theirs=entry.amount if entry else None,
        ours=booking.amount if booking else None,
        verdict=row.verdict,
    )
