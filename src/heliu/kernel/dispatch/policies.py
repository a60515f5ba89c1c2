"""Who is told what outside the pages, unless they wish otherwise, and when.

Calm: by default somebody hears only what needs a deed of theirs, or is about their money, and only
if their roles allow them to do something about it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core import signing

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import ZONE
from heliu.kernel.errors import NotFound

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
KEPT = timedelta(days=90)
"""How long it can be seen what was sent to whom."""
MORNING = 8  # o'clock, when the daily mail is sent
SALT = "dispatch.stop"


class Default(NamedTuple):
    """A kind that is sent by default: who may do something about it, and whether by SMS too.

    Without a permission it is for one person, who is told whatever the roles say; `also` are other
    permissions, of which one is enough.
    """

    permission: str
    sms: bool = False
    also: tuple[str, ...] = ()

    @property
    def permissions(self) -> tuple[str, ...]:
        """Any of these will do."""
        return (self.permission, *self.also)

    def is_for(self, actor: Actor) -> bool:
        """Whether it is sent to the actor unless wished otherwise."""
        return not self.permission or any(actor.may(one) for one in self.permissions)


DEFAULTS = {
    "order-placed": Default("sell"),
    "recurring-failed": Default("order"),
    "lines-struck": Default("order"),
    "vat-refused": Default("sell"),
    "seller-paid": Default("ship"),
    "goods-short": Default("pay"),
    "not-shipped": Default("sell"),
    "programme-offered": Default("sell"),
    "receipt-differs": Default("sell"),
    "receipt-differs-shown": Default("sell"),
    "goods-released": Default("order", sms=True),
    "release-ordered": Default("pick"),
    "bill-accepted": Default("ship"),
    "carriage-given": Default("carry"),
    "carriage-went-wrong": Default("ship"),
    "duty-left": Default("sell"),
    "sale-to-pay": Default("pay"),
    "reckoned-anew": Default("enforce"),
    "payment-taken-back": Default("pay"),
    "pay-out-corrected": Default("pay"),
    "claim-found": Default("decide"),
    "finding-made": Default("decide"),
    "filing-refused": Default("decide"),
    "loan-waits": Default("decide"),
    "loan-decided": Default("sign"),
    "loan-due": Default("pay", sms=True),
    "loan-overdue": Default("pay", sms=True),
    "default-noticed": Default("pay", sms=True),
    "bank-rejected": Default("pay"),
    "stock-too-little": Default("order"),
    "pool-warned": Default("pay", also=("decide",)),
    "margin-called": Default("pay", also=("decide",), sms=True),
    "call-lapsed": Default("pay", also=("enforce",), sms=True),
    "terms-due": Default("pay"),
    "terms-late": Default("pay", sms=True),
    "terms-late-stopped": Default("pay", sms=True),
    "terms-claimed": Default("pay", sms=True),
    "terms-stopped": Default("terms"),
    "invoice-disputed": Default("terms"),
    "money-unplaced": Default("override"),
    "money-in-suspense": Default("sell"),
    "money-withdrawn": Default("sell", also=("override",)),
    "money-missing": Default("sell", also=("override",)),
    "purchase-asked": Default("pay"),
    "purchase-escalated": Default("manage", sms=True),
    "purchase-placed": Default("order"),
    "purchase-stuck": Default("order"),
    "purchase-refused": Default("order"),
    "purchase-expired": Default("order"),
    "approval-asked": Default("enforce"),
    "webhook-paused": Default("manage"),
    "webhook-ended": Default("manage"),
    "application-waits": Default("operate"),
    "application-more": Default("manage"),
    "application-denied": Default("manage"),
    "house-admitted": Default("manage"),
    "colleague-asks": Default("manage"),
    "house-stands": Default("manage"),
    "newcomer-related": Default("sell"),
    "newcomer-terms": Default("pay"),
    "budget-passed": Default("manage"),
    "trade-asked": Default("sell"),
    "trade-agreed": Default("order"),
    "trade-refused": Default("order"),
    "contract-offered": Default("sign"),
    "contract-asked": Default("sign"),
    "contract-agreed": Default("price"),
    "contract-refused": Default("price"),
    "contract-change-agreed": Default("price"),
    "contract-change-refused": Default("price"),
    "case-opened": Default("sell"),
    "case-due": Default("sell"),
    "case-late": Default("sell"),
    "case-moved": Default("order", also=("sell",)),
    "quote-offer-asked": Default("concede", also=("manage",)),
    "quote-offer-agreed": Default("sell"),
    "quote-offer-refused": Default("sell"),
    "return-asked": Default("sell"),
    "return-moved": Default("order", also=("sell", "ship")),
    "message-came": Default(
        "order", also=("sell", "decide", "receive", "carry", "operate", "sign", "manage")
    ),
    "mentioned": Default(""),
    "todo-given": Default(""),
    "todo-due": Default(""),
}


def next_morning(at: datetime) -> datetime:
    """When the next daily mail is sent."""
    local = at.astimezone(ZONE)
    morning = datetime.combine(local.date(), time(MORNING), ZONE)
    return morning if local <= morning else morning + timedelta(days=1)


def after_quiet(at: datetime, quiet_from: int, quiet_to: int) -> datetime:
    """The first moment from `at` on that lies outside the quiet hours."""
    local = at.astimezone(ZONE)
    is_night = quiet_from > quiet_to
    is_quiet = (
        (local.hour >= quiet_from or local.hour < quiet_to)
        if is_night
        else quiet_from <= local.hour < quiet_to
    )
    if not is_quiet:
        return at
    end = datetime.combine(local.date(), time(quiet_to), ZONE)
    return end if end > local else end + timedelta(days=1)


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries in vain; None when that was the last one."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def stop_token(person: UUID, org: UUID) -> str:
    """What a link in a mail carries: by it mail for one person and organisation can be stopped."""
    return signing.dumps([str(person), str(org)], salt=SALT, compress=True)


def read_stop_token(token: str) -> tuple[UUID, UUID]:
    """Whose mail it stops: person and organisation. Raises `NotFound` for one not made here."""
    try:
        person, org = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotFound() from error
    return UUID(person), UUID(org)
