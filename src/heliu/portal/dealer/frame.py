"""The dealer's rail, tabs and figure: free credit."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries as lending
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.logistics.pledges import queries as pledges
from heliu.portal.shell.contracts import changes_waiting, offers_waiting
from heliu.portal.shell.words import Words, nav, tab
from heliu.portal.ui import parts
from heliu.portal.ui.frame import DeskFigure, NavHead
from heliu.trade import deals

DUE_SOON = 7


def words(actor: Actor, at: datetime, here: str) -> Words:
    """Counts stand only where something waits; red only where a day has gone by."""
    due = list(lending.due_within(actor, DUE_SOON, on=day_of(at)))
    releases = pledges.releases_visible_to(actor).filter(taker__in=actor.orgs)
    waiting = parts.numbers(
        deals=deals.visible_to(actor).filter(buyer__in=actor.orgs, outcome="OPEN"),
        releases=releases.filter(status__in=("RELEASED", "EXPIRED")),
        offers=offers_waiting(actor),
        changes=changes_waiting(actor),
    )
    return Words(
        nav=(
            nav(_("Home"), "dealer_home", here, key="h"),
            nav(_("Order pad"), "dealer_pad", here, key="o"),
            nav(_("Catalogue"), "dealer_catalogue", here, key="c"),
            nav(_("Lists"), "dealer_lists", here, key="l"),
            nav(
                _("Contracts"),
                "dealer_contracts",
                here,
                count=waiting["offers"] + waiting["changes"],
                key="t",
            ),
            nav(_("Sellers"), "dealer_sellers", here),
            NavHead(_("Business")),
            nav(_("Deals"), "deals", here, count=waiting["deals"], key="d"),
            nav(
                _("Finance"),
                "dealer_finance",
                here,
                count=len(due),
                hot=any(loan.due_on < day_of(at) for loan in due),
                key="f",
            ),
            nav(_("Stock loans"), "dealer_stock", here, key="s"),
            nav(_("What I owe"), "dealer_owed", here, key="w"),
            nav(_("Pick-ups"), "dealer_pick_ups", here, count=waiting["releases"], key="p"),
            nav(pgettext("service", "Cases"), "cases", here, key="k"),
            nav(pgettext("goods", "Returns"), "returns", here),
            NavHead(_("House")),
            nav(_("Inbox"), "inbox", here),
            nav(_("Approvals"), "approvals", here),
            nav(_("Company"), "company", here),
        ),
        tabs=(
            tab(_("Home"), "dealer_home", "home", here),
            tab(_("Ordering"), "dealer_pad", "pad", here, "dealer_catalogue", "dealer_lists"),
            tab(_("Deals"), "deals", "deal", here),
            tab(_("Finance"), "dealer_finance", "money", here, "dealer_owed", "dealer_stock"),
            tab(_("Pick-ups"), "dealer_pick_ups", "box", here),
        ),
        figure=free_credit(actor, at),
    )


def behalf_words(actor: Actor, at: datetime, here: str) -> Words:
    """What somebody who orders in the customer's name has: no figure of it, no count."""
    entries = (
        (_("Order pad"), "dealer_pad", "pad", "o"),
        (_("Catalogue"), "dealer_catalogue", "box", "c"),
        (_("Requests"), "purchases", "tray", ""),
        (_("Deals"), "deals", "deal", "d"),
    )
    return Words(
        nav=tuple(nav(label, route, here, key=key) for label, route, _icon, key in entries),
        tabs=tuple(tab(label, route, icon, here) for label, route, icon, _key in entries),
        figure=None,
    )


def free_credit(actor: Actor, at: datetime) -> DeskFigure | None:
    """What can still be drawn at all lenders together, with its meter."""
    lines = credit.credit_lines(actor, at=at)
    if not lines:
        return None
    return DeskFigure(
        _("Free credit"),
        minor=sum(line.free for line in lines),
        href=reverse("dealer_finance"),
        used_minor=sum(line.used for line in lines),
        held_minor=sum(line.held for line in lines),
        limit_minor=sum(line.limit for line in lines),
    )
