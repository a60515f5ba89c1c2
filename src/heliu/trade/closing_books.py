"""Closing a month of an organisation's books, and opening the newest again.

    what_is_open     what must be settled before: interest, payments, the bank's statements
    close            one who may manage closes the next month; where the house has a rule, another
                     must agree (`approvals`)
    reopen           the month closed last is opened again, with a reason, in the same way

From then on no entry falls on a day of the month, by whatever way it comes: what is known later is
booked on the first open day with its value day beside it. The trial balance is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.capital.bank import queries as bank
from heliu.capital.books import periods
from heliu.capital.books import queries as books
from heliu.capital.books.models import Period, PeriodStatus
from heliu.capital.lending import queries as loans
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import CURRENCY
from heliu.trade.asking import ask

CLOSE = Act("close-period", agreed_by=("manage",))
REOPEN = Act("reopen-period", agreed_by=("manage",))
ONE_DAY = timedelta(days=1)
OPEN_WORDS = {
    "interest": N_("Loans whose interest is not posted to the end of the month"),
    "payments": N_("Payments without the bank's answer"),
    "differences": N_("Rows of the bank's statements that do not match"),
    "days": N_("Account days that were not compared with the bank, or do not agree"),
    "notices": N_("Notices of the bank that fit no payment"),
}


@dataclass(frozen=True)
class Open:
    """Something that keeps a month from being closed, and how many there are of it."""

    what: str
    count: int

    @property
    def label(self) -> str:
        """What it is, in the reader's language."""
        return _(OPEN_WORDS[self.what])


def what_is_open(actor: Actor, first: date) -> list[Open]:
    """What must be settled before the actor's house can close a month."""
    org, (since, last) = actor.own_org, books.month_of(first)
    counts = {
        "interest": loans.behind(org, on=last + ONE_DAY).count(),
        "payments": bank.unanswered(org, until=last).count(),
        "differences": bank.unmatched(org, since, last).count(),
        "days": bank.untied(org, since, last),
        "notices": bank.stray_notices(org, since, last).count(),
    }
    return [Open(what, count) for what, count in counts.items() if count]


def close(first: date, *, actor: Actor, at: datetime) -> Period | Approval:
    """The actor's house closes its next month, whose first day this is.

    Returns the question put to the others where the house wants it agreed to. Raises `Refused` for
    another month, one that is not over, and while something is open.
    """
    actor.require("manage")
    with transaction.atomic():
        period = periods.named(actor.own_org, first, at=at)
        _require_settled(actor, period)
        rows = books.trial_balance(actor, on=period.last)
        amount = sum(row.debit for row in rows if row.currency == CURRENCY)
        if not approvals.is_needed(CLOSE, org=period.org, amount=amount):
            return closed(period, actor=actor, at=at)
        return ask(
            CLOSE,
            subject=period.pk,
            name=period.name,
            org=period.org,
            amount=amount,
            reason=_("The month is settled."),
            actor=actor,
            at=at,
        )


def closed(period: Period, *, actor: Actor, at: datetime) -> Period:
    """All have agreed: the locked month is closed."""
    _require_settled(actor, period)
    periods.close(period, actor=actor, at=at)
    tell(period.org, "period-closed", {"month": period.name}, link=link(period), at=at)
    return period


def reopen(period_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Period | Approval:
    """The month that the actor's house closed last is opened again; returns the question put to the
    others where the house wants it agreed to."""
    actor.require("manage")
    with transaction.atomic():
        period = periods.locked(books.period(actor, period_id).pk)
        periods.require_newest(period)
        amount = sum(period.rows.values_list("debit", flat=True))
        if not approvals.is_needed(REOPEN, org=period.org, amount=amount):
            return reopened(period, reason=reason, actor=actor, at=at)
        return ask(
            REOPEN,
            subject=period.pk,
            name=period.name,
            org=period.org,
            amount=amount,
            reason=reason,
            actor=actor,
            at=at,
        )


def reopened(period: Period, *, reason: str, actor: Actor, at: datetime) -> Period:
    """All have agreed: the locked month takes entries again."""
    periods.reopen(period, actor=actor, reason=reason, at=at)
    said = {"month": period.name, "reason": period.reason}
    tell(period.org, "period-reopened", said, link=link(period), at=at)
    return period


def agreed(asked: Approval, *, actor: Actor, at: datetime) -> None:
    """The last yes to closing or opening a month has been said."""
    period = periods.locked(books.period(actor, asked.subject).pk)
    if asked.act == CLOSE.name:
        closed(period, actor=actor, at=at)
    else:
        reopened(period, reason=asked.reason, actor=actor, at=at)


def is_asked(done: Period | Approval) -> bool:
    """Whether the others at the house are asked first."""
    return isinstance(done, Approval)


def link(period: Period) -> str:
    """Where a month is read; the same address at every desk."""
    return f"/company/periods/{period.pk}"


def _require_settled(actor: Actor, period: Period) -> None:
    if period.status != PeriodStatus.OPEN:
        raise Refused("period-closed", "%(month)s is closed already.", month=period.name)
    if found := what_is_open(actor, period.first):
        raise Refused(
            "period-unsettled",
            "%(month)s is not settled: %(what)s.",
            help="Settle these first.",
            month=period.name,
            what="; ".join(f"{one.label}: {one.count}" for one in found),
        )
