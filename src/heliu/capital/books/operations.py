"""Opening accounts and posting journals in the books of the parties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_noop

from heliu.capital.books.chart import LIMITS, UNLIMITED, Code
from heliu.capital.books.models import Account
from heliu.capital.books.policies import Entry, Place, unbalanced
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import AccountSpec, Journal, LimitShort, Line, NewHold

SHORT: dict[str, str] = {
    Code.LIMIT_USED: gettext_noop("The credit limit is short by %(short)s."),
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
    holds: Sequence[NewHold] = (),
    void: Sequence[UUID] = (),
) -> None:
    """Post one journal over all books it touches, with new holds and holds that end; all or none.

    `kind` is the event's name (`seller_paid`), `key` makes a second call harmless, `subject` is
    the document it is for, `effective` the business day it counts from. Missing accounts are
    opened. Raises `LimitShort` where a facility, trade credit or supervised account does not reach.
    """
    over = unbalanced(list(entries))
    if over:
        raise ValueError(f"{kind} does not balance: {over}")
    numbers = accounts([entry.place for entry in entries])
    lines = tuple(
        Line(numbers[entry.place], entry.amount, entry.hold) for entry in entries if entry.amount
    )
    journals = [Journal(new_id(), key, kind, lines, effective, subject)] if lines else []
    try:
        posting.post(journals, holds=holds, void=void, at=at)
    except LimitShort as short:
        raise in_words(short) from None


def book_account(org: UUID, code: str, other: UUID | None = None, ref: str = "") -> int:
    """The number of an account of a book, opened if it is not there yet."""
    place = Place(org, code, other, ref)
    return accounts([place])[place]


def facility_limit(*, lender: UUID, borrower: UUID, facility: UUID, limit: int) -> int:
    """Let a borrower use `limit` of a facility from now on; returns the account to hold it on."""
    account = book_account(lender, Code.LIMIT_USED, borrower, str(facility))
    posting.set_limits(account, ceiling=limit)
    return account


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
    wanted = list(dict.fromkeys(places))
    found = _known(wanted)
    missing = [place for place in wanted if place not in found]
    if missing:
        opened = posting.open_accounts([_spec(place) for place in missing])
        rows = [Account(id=opened[place.key], **place._asdict()) for place in missing]
        Account.objects.bulk_create(rows, ignore_conflicts=True)
        found |= {place: opened[place.key] for place in missing}
    return found


def _known(places: Sequence[Place]) -> dict[Place, int]:
    if not places:
        return {}
    mine = Q()
    for org, code, other, ref in places:
        mine |= Q(org=org, code=code, other=other, ref=ref)
    rows = Account.objects.filter(mine).values_list("org", "code", "other", "ref", "id")
    return {Place(org, code, other, ref): number for org, code, other, ref, number in rows}


def _spec(place: Place) -> AccountSpec:
    limits = LIMITS.get(place.code, UNLIMITED)
    return AccountSpec(
        key=place.key,
        chain=f"book:{place.org}",
        balance_group=f"book:{place.org}",
        unit=CURRENCY,
        org=place.org,
        other=place.other,
        floor=limits.floor,
        ceiling=limits.ceiling,
        lock_rank=limits.rank,
    )
