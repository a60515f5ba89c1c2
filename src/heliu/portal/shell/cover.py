"""The words for a pledge and its debt, which lender and keeper read on boards of their own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def state_of(one: Any) -> tuple[str, str]:
    """The words and the tone of the pill."""
    if one.gap:
        return _("Short"), "bad"
    if one.ready:
        return _("To be fetched"), "due"
    return str(one.pledge.get_status_display()), str(one.pledge.tone)
