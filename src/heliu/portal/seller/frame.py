"""The seller's rail, tabs and figure: what waits to be confirmed."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heliu.commerce.cases import queries as cases
from heliu.commerce.quotes import queries as quotes
from heliu.kernel.access.actor import Actor
from heliu.portal.seller.money import differences, in_suspense, refunds_due
from heliu.portal.seller.rows import to_confirm, to_ship
from heliu.portal.shell.words import Words, nav, tab
from heliu.portal.ui.formats import count_text
from heliu.portal.ui.frame import DeskFigure, NavHead


def words(actor: Actor, at: datetime, here: str) -> Words:
    """Counts stand where something waits for the seller; red where a bank rejected a refund."""
    confirming = to_confirm(actor).count()
    due = refunds_due(actor)
    live = cases.queue(actor).filter(status__in=cases.LIVE)
    return Words(
        nav=(
            nav(_("Today"), "seller_home", here, count=to_ship(actor).count(), key="h"),
            nav(_("Orders"), "seller_orders", here, count=confirming, key="o"),
            nav(
                pgettext("prices", "Quotes"),
                "quotes",
                here,
                count=quotes.waiting(actor).count(),
                key="q",
            ),
            nav(_("Deals"), "deals", here, key="d"),
            nav(
                _("Refunds"),
                "seller_refunds",
                here,
                count=due.count() + differences(actor).count(),
                hot=due.filter(status="REJECTED").exists(),
                key="r",
            ),
            nav(
                pgettext("service", "Cases"),
                "cases",
                here,
                count=live.count(),
                hot=live.filter(cases.late(at)).exists(),
                key="k",
            ),
            nav(pgettext("goods", "Returns"), "returns", here),
            nav(_("Receivables"), "seller_receivables", here, key="v"),
            nav(_("Suspense"), "seller_suspense", here, count=in_suspense(actor).count(), key="u"),
            nav(_("VAT invoices"), "seller_vat", here),
            NavHead(_("Goods and prices")),
            nav(_("Prices"), "seller_prices", here, key="p"),
            nav(_("Goods"), "seller_goods", here, key="g"),
            nav(_("Supply"), "seller_supply", here, key="y"),
            nav(_("Lots and serial numbers"), "traces", here),
            nav(_("Dealers"), "seller_dealers", here, key="b"),
            nav(_("Newcomers"), "seller_newcomers", here, key="n"),
            nav(_("Programmes"), "seller_programmes", here),
            nav(_("Order rules"), "seller_order_rules", here),
            NavHead(_("House")),
            nav(_("Inbox"), "inbox", here),
            nav(_("Company"), "company", here),
        ),
        tabs=(
            tab(
                _("Today"),
                "seller_home",
                "home",
                here,
                "seller_refunds",
                "seller_receivables",
                "seller_vat",
            ),
            tab(_("Orders"), "seller_orders", "pad", here, "quotes"),
            tab(_("Deals"), "deals", "deal", here),
            tab(_("Goods"), "seller_goods", "box", here, "seller_prices", "seller_supply"),
            tab(
                _("Dealers"), "seller_dealers", "person", here, "seller_newcomers", "seller_behalf"
            ),
        ),
        figure=DeskFigure(
            _("To confirm"), text=count_text(confirming), href=reverse("seller_orders")
        ),
    )
