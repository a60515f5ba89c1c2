"""The warehouse's rail, tabs and figure: how full the house is."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.transport import queries as transport
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.shell.words import Words, nav, tab
from heliu.portal.ui import parts
from heliu.portal.ui.formats import count_text
from heliu.portal.ui.frame import DeskFigure, NavHead


def words(actor: Actor, at: datetime, here: str) -> Words:
    """Counts stand where something waits for a hand."""
    mine = warehousing.receivings_visible_to(actor).filter(warehouse__in=actor.orgs)
    waiting = parts.numbers(
        expected=transport.expected(actor),
        pick_ups=pledges.pick_ups(actor),
        counted=mine.filter(status="COUNTED"),
        used=warehousing.bins_in_use(actor.orgs),
        bins=warehousing.storage_bins(actor.orgs),
    )
    return Words(
        nav=(
            nav(_("Today"), "warehouse_home", here, key="h"),
            nav(
                _("Receive"),
                "warehouse_receive",
                here,
                count=waiting["expected"],
                key="r",
            ),
            nav(_("Scan"), "warehouse_scan", here, key="s"),
            nav(
                _("Pick-ups"),
                "warehouse_pick_ups",
                here,
                count=waiting["pick_ups"],
                key="p",
            ),
            nav(_("Counts"), "warehouse_counts", here, count=waiting["counted"], key="c"),
            NavHead(_("Stock")),
            nav(_("Pledge board"), "pledge_board", here, key="b"),
            nav(_("Map"), "warehouse_map", here, key="m"),
            nav(_("Lots"), "warehouse_stock", here, key="l"),
            nav(_("Receipts"), "warehouse_receipts", here),
            NavHead(_("House")),
            nav(_("Deals"), "deals", here, key="d"),
            nav(_("Inbox"), "inbox", here),
            nav(_("Company"), "company", here),
        ),
        tabs=(
            tab(_("Today"), "warehouse_home", "home", here),
            tab(_("Receive"), "warehouse_receive", "tray", here, "warehouse_counts"),
            tab(_("Scan"), "warehouse_scan", "scan", here),
            tab(_("Pick-ups"), "warehouse_pick_ups", "box", here),
            tab(_("Pledges"), "pledge_board", "pad", here, "warehouse_map", "warehouse_stock"),
        ),
        figure=DeskFigure(
            _("Bins in use"),
            text=_("%(used)s of %(bins)s")
            % {"used": count_text(waiting["used"]), "bins": count_text(waiting["bins"])},
            href=reverse("warehouse_map"),
        ),
    )
