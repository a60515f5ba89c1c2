"""The carrier's rail, tabs and figure: what waits to be picked up."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.portal.carrier.carriages import carried, rules
from heliu.portal.shell.words import Words, nav, tab
from heliu.portal.ui import parts
from heliu.portal.ui.formats import count_text
from heliu.portal.ui.frame import DeskFigure, NavHead


def words(actor: Actor, at: datetime, here: str) -> Words:
    """Counts stand where something waits; red where something went wrong on the way."""
    counts = parts.tally(carried(actor), rules())
    return Words(
        nav=(
            nav(
                _("Carriages"),
                "carrier_home",
                here,
                count=counts["wrong"] or counts["pick-up"],
                hot=bool(counts["wrong"]),
                key="h",
            ),
            NavHead(_("House")),
            nav(_("Inbox"), "inbox", here),
            nav(_("Company"), "company", here),
        ),
        tabs=(
            tab(_("Carriages"), "carrier_home", "box", here),
            tab(_("Inbox"), "inbox", "tray", here),
            tab(_("Me"), "company", "person", here),
        ),
        figure=DeskFigure(
            _("To pick up"), text=count_text(counts["pick-up"]), href=reverse("carrier_home")
        ),
    )
