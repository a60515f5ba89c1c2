"""Money that comes unasked: fetched from statements, kept once, settled when its use is known, and
withdrawn when the bank, within the days on which it may still say something else, takes it back."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from heliu.capital.bank.models import (
    INCOMING_MOVES,
    BankAccount,
    Incoming,
    IncomingRead,
    IncomingStatus,
)
from heliu.capital.bank.policies import as_id
from heliu.capital.bank.port import BankTimeout, StatementEntry, current_bank
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.states import move

log = logging.getLogger(__name__)
DAY, BACK = timedelta(days=1), timedelta(days=14)


@dataclass(frozen=True)
class Fetched:
    """What a statement says that was not known: what is new, what the bank says no more (or with
    another amount), and what it says again, with how much."""

    new: list[Incoming] = field(default_factory=list)
    gone: list[Incoming] = field(default_factory=list)
    again: list[tuple[Incoming, int]] = field(default_factory=list)


def days_to_fetch(account: BankAccount, *, at: datetime, since: date | None = None) -> list[date]:
    """The days whose transfers may be new: yesterday and today, and all since they were fetched
    last, or `since` somebody may have paid, two weeks back at most."""
    today = day_of(at)
    read = IncomingRead.objects.filter(account=account).first()
    begin = today - DAY if since is None else min(since, today - DAY)
    last = max(read.day if read else begin - DAY, today - BACK)
    return [last + n * DAY for n in range(1, (today - last).days + 1)]


def fetch(account: BankAccount, day: date, *, at: datetime) -> Fetched | None:
    """Keep what came to an account on a day for no instruction of ours; returns what is new, and
    what of the day the bank says no more, or again, locked: whoever reads it withdraws it.

    For the worker. None for a bank that does not answer: it is asked for the day again.
    """
    try:
        entries = current_bank().statement(account.number, day).entries
    except BankTimeout as silence:
        log.warning("no statement of %s: %s", day, silence)
        return None
    # Of yesterday a bank may still say something more.
    read_to = {"org": account.org, "day": min(day, day_of(at) - 2 * DAY)}
    IncomingRead.objects.update_or_create(account=account, defaults=read_to)
    of_day = Incoming.objects.select_for_update().filter(account=account, booked_on=day)
    known = {one.entry: one for one in of_day.order_by("pk")}
    said = {entry.id: entry.amount for entry in entries}
    changed = [one for one in known.values() if said.get(one.entry) != one.amount]
    new = [
        _kept(account, entry, day, at)
        for entry in entries
        if entry.amount > 0 and as_id(entry.reference) is None and entry.id not in known
    ]
    return Fetched(
        Incoming.objects.bulk_create(new),
        [one for one in changed if one.recalled_at is None],
        [
            (one, said[one.entry])
            for one in known.values()
            if one.entry in said and (one.recalled_at is not None or one in changed)
        ],
    )


def said_for(incoming: Incoming, note: str, *, actor: Actor) -> Incoming:
    """A person has said what the money is for; it is used by whoever reads what came."""
    incoming.note, incoming.settled_by_name = note.strip()[:200], actor.name
    incoming.save(update_fields=["note", "settled_by_name"])
    return incoming


def settle(
    incoming: Incoming, *, by_person: bool, note: str, actor: Actor, at: datetime
) -> Incoming:
    """It is known what the money is for."""
    move(
        incoming,
        IncomingStatus.SETTLED if by_person else IncomingStatus.MATCHED,
        moves=INCOMING_MOVES,
        note=note.strip()[:200],
        settled_by_name=incoming.settled_by_name or actor.name,
        settled_at=at,
    )
    return incoming


def recall(incoming: Incoming, *, at: datetime) -> Incoming:
    """The bank told it by mistake, and it pays nothing: it counts no more. What it was for stays in
    its note, who said so beside it."""
    move(
        incoming,
        IncomingStatus.RECALLED,
        moves=INCOMING_MOVES,
        settled_at=incoming.settled_at or at,
        recalled_at=at,
        recalls=incoming.recalls + 1,
    )
    return incoming


def miss(incoming: Incoming, *, at: datetime) -> Incoming:
    """The bank told it by mistake, and what it paid cannot be undone: a person settles that."""
    incoming.recalled_at, incoming.recalls = at, incoming.recalls + 1
    incoming.save(update_fields=["recalled_at", "recalls"])
    return incoming


def let_go(incoming: Incoming, note: str, *, actor: Actor, at: datetime) -> Incoming:
    """A person has settled outside what a transfer paid that the bank took back."""
    move(
        incoming,
        IncomingStatus.RECALLED,
        moves=INCOMING_MOVES,
        note=note.strip()[:200],
        settled_by_name=actor.name,
        settled_at=at,
    )
    return incoming


def restore(incoming: Incoming, amount: int) -> Incoming:
    """The bank says it again: where it was withdrawn, it lies in suspense with what the bank says
    now; what it paid stands, if it is as much."""
    if incoming.status == IncomingStatus.RECALLED:
        incoming.amount = amount
        incoming.save(update_fields=["amount"])
        return reopen(incoming)
    if amount == incoming.amount:
        incoming.recalled_at = None
        incoming.save(update_fields=["recalled_at"])
    return incoming


def reopen(incoming: Incoming) -> Incoming:
    """What it was taken for was a mistake: it lies in suspense again."""
    move(
        incoming,
        IncomingStatus.SUSPENSE,
        moves=INCOMING_MOVES,
        note="",
        settled_by_name="",
        settled_at=None,
        recalled_at=None,
    )
    return incoming


def _kept(account: BankAccount, entry: StatementEntry, day: date, at: datetime) -> Incoming:
    payer = BankAccount.objects.filter(number=entry.counterparty).first()
    return Incoming(
        account=account,
        org=account.org,
        bank=account.bank,
        entry=entry.id,
        amount=entry.amount,
        reference=entry.reference[:140],
        counterparty=entry.counterparty,
        payer=payer.org if payer else None,
        booked_on=day,
        came_at=at,
    )
