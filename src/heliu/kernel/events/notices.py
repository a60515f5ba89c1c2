"""Notices: what an organisation is told, in its reader's language.

The words stand here once, as English msgids; a notice keeps only its kind and the parameters.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.events.models import Notice

WORDS = {
    "order-placed": N_("New order %(number)s from %(buyer)s, %(amount)s"),
    "order-cancelled": N_("Order %(number)s was cancelled"),
    "seller-paid": N_("%(amount)s arrived for order %(number)s: ship to %(warehouse)s"),
    "goods-sent": N_("Goods of %(number)s are on the way to %(warehouse)s"),
    "goods-pledged": N_("Goods of %(number)s arrived at %(warehouse)s and are pledged"),
    "receipt-differs": N_("%(number)s arrived with %(short)s pieces short or damaged"),
    "goods-released": N_("%(quantity)s pieces of %(number)s are released. Pick-up code %(code)s"),
    "release-ordered": N_("Release %(quantity)s pieces under pledge %(pledge)s"),
    "loan-waits": N_("A financing request of %(borrower)s, %(amount)s, waits for a decision"),
    "loan-decided": N_("The bank decided on the financing of %(number)s: %(outcome)s"),
    "loan-due": N_("%(amount)s for %(number)s is due on %(due)s"),
    "loan-overdue": N_("%(amount)s for %(number)s is overdue since %(due)s"),
    "bank-rejected": N_("The bank rejected the payment for %(number)s: %(reason)s"),
    "refund-asked": N_("A refund of %(amount)s for %(number)s is on its way to the bank"),
    "repaid": N_("Repayment of %(amount)s for %(number)s was booked"),
    "deal-closed": N_("Deal %(number)s is closed"),
}


def tell(org: UUID, kind: str, params: dict[str, str], *, link: str, at: datetime) -> Notice:
    """Put a notice into an organisation's inbox."""
    WORDS[kind] % params  # a kind or a parameter that is not there fails here, not at the reader's
    return Notice.objects.create(org=org, kind=kind, params=params, link=link, at=at)


def words(notice: Notice) -> str:
    """The notice in the language active now."""
    return str(gettext(WORDS[notice.kind]) % notice.params)


def mark_read(notice_id: UUID, *, actor: Actor, at: datetime) -> Notice:
    """Somebody of the organisation has read it."""
    notice = Notice.objects.filter(pk=notice_id, org__in=actor.orgs).first()
    if notice is None:
        raise NotFound()
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice
