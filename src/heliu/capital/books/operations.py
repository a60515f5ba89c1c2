"""Opening accounts and posting journals in the books of the parties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from heliu.capital.books.chart import LIMITS, UNLIMITED, Code, JournalKind, plain
from heliu.capital.books.entries import Entry, Event, Place, unbalanced
from heliu.capital.books.models import Account, Late
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import (
    AccountSpec,
    DayClosed,
    Journal,
    LimitShort,
    Line,
    NewHold,
    Standing,
)

SHORT: dict[str, str] = {
    Code.LIMIT_USED: gettext_noop("The credit limit is short by %(short)s."),
    # What others have drawn is told to nobody: no amounts where a cap is not one borrower's own.
    Code.CAP_SELLER: gettext_noop("The bank has no room left for orders from this seller."),
    Code.CAP_GROUP: gettext_noop("The bank has no room left for this group of enterprises."),
    Code.CAP_BORROWER: gettext_noop("The bank's cap for one borrower is short by %(short)s."),
    Code.RECEIVABLE: gettext_noop("The trade credit is short by %(short)s."),
    Code.CASH_SUPERVISED: gettext_noop("The supervised account is short by %(short)s."),
}


def post(
    entries: Sequence[Entry],
    *,
    kind: str,
    key: str,
    subject: UUID,
    effective: date,
    at: datetime,
    currency: str = CURRENCY,
    holds: Sequence[NewHold] = (),
    void: Sequence[UUID] = (),
) -> None:
    """Post one journal over all books it touches, with new holds and holds that end; all or none.

    What the parts mean is told at `Event`. Missing accounts are opened. Raises `LimitShort` where a
    facility, trade credit or supervised account does not reach.
    """
    event = Event(kind, key, subject, effective, entries, currency)
    post_all([event], holds=holds, void=void, at=at)


def post_all(
    events: Sequence[Event],
    *,
    at: datetime,
    holds: Sequence[NewHold] = (),
    void: Sequence[UUID] = (),
    reversing: Sequence[Standing] = (),
    subject: UUID | None = None,
) -> None:
    """Post a journal for each event, with holds; all or none, as `post` does.

    The journals `reversing` (of one `subject`) are taken back in the same go, each on its own day.
    Where a book that a journal touches has closed its day, it is booked on the first day that all
    of them have open, and its value day kept beside it.
    """
    if not (events or holds or void or reversing):
        return
    for event in events:
        if over := unbalanced(event.entries):
            raise ValueError(f"{event.kind} does not balance: {over}")
    numbers = accounts(entry.place for event in events for entry in event.written())
    journals = [_reversal(one, subject) for one in reversing if subject] + [
        Journal(new_id(), event.key, event.kind, lines, event.effective, event.subject)
        for event in events
        if (lines := _lines(event, numbers))
    ]
    try:
        posting.post(journals, holds=holds, void=void, at=at)
    except LimitShort as short:
        raise in_words(short) from None
    except DayClosed:
        touched = {event.key: {entry.book for entry in event.entries} for event in events}
        touched |= {f"{one.key}:back": _books_of(one) for one in reversing}
        _post_on_open_days(journals, touched, holds=holds, void=void, at=at)


def _post_on_open_days(
    journals: Sequence[Journal],
    touched: Mapping[str, set[UUID]],
    *,
    holds: Sequence[NewHold],
    void: Sequence[UUID],
    at: datetime,
) -> None:
    """Post once more, what falls on closed days of the books it touches on the first open one."""
    moved = list(journals)
    while True:
        try:
            posting.post(moved, holds=holds, void=void, at=at)
            break
        except LimitShort as short:
            raise in_words(short) from None
        except DayClosed as closed:
            moved = [_on_open_day(one, touched[one.key], closed) for one in moved]
    Late.objects.bulk_create(
        Late(journal=now.id, value_day=was.effective, orgs=sorted(touched[now.key]))
        for was, now in zip(journals, moved, strict=True)
        if was.effective != now.effective
    )


def _on_open_day(journal: Journal, books: set[UUID], closed: DayClosed) -> Journal:
    if closed.org in books and journal.effective <= closed.last:
        return replace(journal, effective=closed.last + timedelta(days=1))
    return journal


def _books_of(one: Standing) -> set[UUID]:
    return {UUID(key.split(":")[1]) for _account, key, _amount in one.lines}


def _reversal(one: Standing, subject: UUID) -> Journal:
    """What takes a journal back: the same lines with their signs turned, on the same day."""
    lines = tuple(Line(account, -amount) for account, _key, amount in one.lines)
    return Journal(
        new_id(),
        f"{one.key}:back",
        JournalKind.REVERSED,
        lines,
        one.effective,
        subject,
        one.journal,
    )


def _lines(event: Event, numbers: Mapping[Place, int]) -> tuple[Line, ...]:
    return tuple(
        Line(numbers[entry.place], entry.amount, entry.hold)
        for entry in event.written()
        if entry.amount
    )


def book_account(org: UUID, code: str, other: UUID | None = None, ref: str = "") -> int:
    """The number of an account of a book, opened if it is not there yet."""
    place = Place(org, code, other, ref)
    return accounts([place])[place]


def facility_limit(*, lender: UUID, borrower: UUID, facility: UUID, limit: int) -> int:
    """Let a borrower use `limit` of a facility from now on; returns the account to hold it on."""
    account = book_account(lender, Code.LIMIT_USED, borrower, str(facility))
    posting.set_limits(account, ceiling=limit)
    return account


def cap(*, lender: UUID, code: str, ref: str) -> int:
    """The account on which all loans are held that count on a cap of the lender's."""
    return book_account(lender, code, None, ref)


def trade_credit(*, seller: UUID, buyer: UUID, limit: int) -> int:
    """Let a buyer owe the seller up to `limit` on terms; returns the account to hold it on."""
    account = book_account(seller, Code.RECEIVABLE, buyer)
    posting.set_limits(account, ceiling=limit)
    return account


def in_words(short: LimitShort) -> LimitShort:
    """The engine's refusal in the words of the trade; the engine knows an account by its key."""
    _, _, code, *_ = f"{short.key}::".split(":")
    if code in SHORT:
        short.message, short.params = SHORT[code], {"short": str(Money(short.short))}
        short.help_message = gettext_noop("Order for less, or pay what is owed first.")
    return short


def accounts(places: Iterable[Place]) -> dict[Place, int]:
    """The numbers of these accounts; those that are missing are opened, in one go."""
    keys = {place: place.key for place in dict.fromkeys(places)}
    known = posting.account_ids(list(keys.values())) if keys else {}
    missing = [place for place, key in keys.items() if key not in known]
    if missing:
        known |= posting.open_accounts([_spec(place) for place in missing])
        rows = [Account(id=known[keys[place]], **place._asdict()) for place in missing]
        Account.objects.bulk_create(rows, ignore_conflicts=True)
    return {place: known[key] for place, key in keys.items()}


def _spec(place: Place) -> AccountSpec:
    limits = LIMITS.get(plain(place.code), UNLIMITED)
    return AccountSpec(
        key=place.key,
        chain=f"book:{place.org}",
        balance_group=f"book:{place.org}",
        unit=place.unit,
        org=place.org,
        other=place.other,
        floor=limits.floor,
        ceiling=limits.ceiling,
        lock_rank=limits.rank,
    )


def sum_up(*, most: int = 200_000) -> int:
    """What was sealed since goes into the totals of the books (`sql/totals.sql`); for the worker,
    as often as it seals. Returns how many sets of about `most` lines it took."""
    for sets in count(1):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select books_sum_up(%s)", [most])
            (is_more,) = cursor.fetchone()
        if not is_more:
            return sets
    raise AssertionError("it goes on until there is no more")
