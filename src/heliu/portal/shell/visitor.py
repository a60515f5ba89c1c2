"""The frame of an organisation without a desk of its own."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.portal.shell.words import Words, nav, tab


def words(actor: Actor, at: datetime, here: str) -> Words:
    """Deals, inbox, company."""
    return Words(
        nav=(
            nav(_("Deals"), "deals", here, key="d"),
            nav(_("Inbox"), "inbox", here),
            nav(_("Company"), "company", here),
        ),
        tabs=(
            tab(_("Deals"), "deals", "deal", here),
            tab(_("Inbox"), "inbox", "tray", here),
            tab(_("Me"), "company", "person", here),
        ),
    )
