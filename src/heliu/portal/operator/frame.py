"""The operator's rail, tabs and figure: how far the worker is behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.kernel.joining import queries
from heliu.portal.shell.words import Words, nav, tab
from heliu.portal.ui.formats import duration_text
from heliu.portal.ui.frame import DeskFigure, NavHead
from heliu.trade import oversight

IN_TIME = 5
"""Seconds: the sweeper comes every five, so less than that is no delay."""


def words(actor: Actor, at: datetime, here: str) -> Words:
    """The count of what needs a person; red when something is overdue or has failed."""
    pulse = oversight.pulse(actor, at)
    return Words(
        nav=(
            nav(_("Cockpit"), "operator_cockpit", here, key="h"),
            nav(
                _("Exceptions"),
                "operator_exceptions",
                here,
                count=pulse.waiting,
                hot=pulse.is_pressing,
                key="x",
            ),
            NavHead(_("Network")),
            nav(
                _("Newcomers"),
                "operator_newcomers",
                here,
                count=queries.counts(actor).get("IN_REVIEW", 0),
                key="n",
            ),
            nav(_("Parties"), "operator_parties", here, key="p"),
            nav(_("Roles"), "operator_roles", here),
            nav(_("Reports"), "operator_reports", here, key="r"),
            nav(_("Lots and serial numbers"), "traces", here),
            nav(_("Who saw this"), "seen", here),
            NavHead(_("Engine")),
            nav(_("Ledger checks"), "operator_checks", here, key="c"),
            nav(_("Books"), "operator_books", here, key="b"),
            nav(_("Jobs"), "operator_jobs", here, key="w"),
            NavHead(_("House")),
            nav(_("Inbox"), "inbox", here),
            nav(_("Company"), "company", here),
        ),
        tabs=(
            tab(_("Cockpit"), "operator_cockpit", "home", here),
            tab(_("Exceptions"), "operator_exceptions", "tray", here),
            tab(_("Parties"), "operator_parties", "person", here, "operator_newcomers"),
            tab(_("Checks"), "operator_checks", "deal", here, "operator_books"),
            tab(_("Jobs"), "operator_jobs", "pad", here),
        ),
        figure=DeskFigure(
            _("Worker"),
            text=_("in time")
            if pulse.behind < IN_TIME
            else _("%(span)s behind") % {"span": duration_text(timedelta(seconds=pulse.behind))},
            href=reverse("operator_jobs"),
        ),
    )
