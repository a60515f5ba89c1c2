"""Comparing a day of the bank's statement with ours; for the worker."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime

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
from heliu.capital.bank.queries import shadow

log = logging.getLogger(__name__)


def reconcile(account: BankAccount, day: date, at: datetime) -> Statement:
    """Fetch an account's statement of a day and compare it, entry by entry and in its closing.

    Done again, it replaces what was found before. The rows are `statement.lines`, with a verdict
    each; `statement.is_tied` says whether the closing balance is ours. Raises `BankTimeout` when
    the bank has no statement to give yet.
    """
    theirs = current_bank().statement(account.number, day)
    rows = compare(theirs.entries, bookings(account, day), _came(account, day))
    with transaction.atomic():
        return _keep(account, theirs, rows, at)


def reconcile_day(day: date, at: datetime, *, only_open: bool = False) -> list[Statement]:
    """Compare the day of every account the bank keeps for the chain, and of those that moved.

    With `only_open` those are left out whose day was compared and agreed. An account of which the
    bank says nothing stays open.
    """
    booked = PaymentInstruction.objects.filter(status=InstructionStatus.BOOKED, booked_on=day)
    moved = Q(pk__in=booked.values("from_account")) | Q(pk__in=booked.values("to_account"))
    accounts = BankAccount.objects.filter(moved | ~Q(kind=AccountKind.CURRENT))
    if only_open:
        accounts = accounts.exclude(pk__in=_agreed(day).values("account"))
    compared = []
    for account in accounts:
        try:
            compared.append(reconcile(account, day, at))
        except BankTimeout as silence:
            log.warning("no statement of %s: %s", day, silence)
    return compared


def _agreed(day: date) -> QuerySet[Statement]:
    """The statements of a day that say what we say."""
    differing = StatementLine.objects.filter(statement__day=day).exclude(verdict=Verdict.MATCHED)
    return Statement.objects.filter(day=day, closing=F("shadow")).exclude(
        pk__in=differing.values("statement")
    )


def bookings(account: BankAccount, day: date) -> list[Booking]:
    """Our booked payments of an account's day, as its holder sees them, and those of its own
    transfers that came to somebody here."""
    booked = PaymentInstruction.objects.filter(
        Q(from_account=account) | Q(to_account=account),
        status=InstructionStatus.BOOKED,
        booked_on=day,
    ).order_by("answered_at", "number")
    own = _counting(day).filter(counterparty=account.number)
    return [
        *(
            Booking(one.pk, -one.amount, one.account.number)
            for one in own.select_related("account")
        ),
        *(_booking(account, row) for row in booked),
    ]


def _booking(account: BankAccount, row: PaymentInstruction) -> Booking:
    return (
        Booking(row.pk, row.amount, row.from_number)
        if row.to_account_id == account.pk
        else Booking(row.pk, -row.amount, row.to_number)
    )


def _came(account: BankAccount, day: date) -> dict[str, Booking]:
    """What came unasked on an account's day, by its entry."""
    rows = _counting(day).filter(account=account)
    return {row.entry: Booking(row.pk, row.amount, row.counterparty) for row in rows}


def _counting(day: date) -> QuerySet[Incoming]:
    """What moved unasked on a day, without what the bank has taken back."""
    return Incoming.objects.filter(booked_on=day).exclude(status=IncomingStatus.RECALLED)


def _keep(
    account: BankAccount, theirs: BankStatement, rows: Sequence[Compared], at: datetime
) -> Statement:
    day = theirs.day
    Statement.objects.filter(account=account, day=day).delete()
    statement = Statement.objects.create(
        account=account,
        org=account.org,
        bank=account.bank,
        day=day,
        opening=theirs.opening,
        closing=theirs.closing,
        shadow=shadow(account, until=day),
        compared_at=at,
    )
    StatementLine.objects.bulk_create(
        _line(statement, position, row) for position, row in enumerate(rows, 1)
    )
    return statement


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
