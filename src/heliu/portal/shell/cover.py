"""The words for a pledge and its debt, which lender and keeper read on boards of their own."""

from __future__ import annotations

from django.utils.translation import gettext as _

from heliu.trade.cover import Cover


def state_of(one: Cover) -> tuple[str, str]:
    """The words and the tone of the pill."""
    if one.gap:
        return _("Short"), "bad"
    if one.row.ready:
        return _("To be fetched"), "due"
    return str(one.row.pledge.get_status_display()), str(one.row.pledge.tone)
