"""The seller's rail, tabs and figure: what waits to be confirmed."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heliu.commerce.cases import queries as cases
from heliu.kernel.access.actor import Actor
from heliu.portal.seller.money import differences, in_suspense, refunds_due
from heliu.portal.seller.rows import to_confirm, to_ship
from heliu.portal.shell.words import Words, nav, tab
from heliu.portal.ui import parts
from heliu.portal.ui.formats import count_text
from heliu.portal.ui.frame import DeskFigure, NavHead


def words(actor: Actor, at: datetime, here: str) -> Words:
    """Counts stand where something waits for the seller; red where a bank rejected a refund."""
    due, live = refunds_due(actor), cases.queue(actor).filter(status__in=cases.LIVE)
    waiting = parts.numbers(
        confirming=to_confirm(actor),
        shipping=to_ship(actor),
        refunds=due,
        rejected=due.filter(status="REJECTED"),
        differences=differences(actor),
        cases=live,
        late_cases=live.filter(cases.late(at)),
        suspense=in_suspense(actor),
    )
    return Words(
        nav=(
            nav(_("Today"), "seller_home", here, count=waiting["shipping"], key="h"),
            nav(_("Orders"), "seller_orders", here, count=waiting["confirming"], key="o"),
            nav(_("Deals"), "deals", here, key="d"),
            nav(
                _("Refunds"),
                "seller_refunds",
                here,
                count=waiting["refunds"] + waiting["differences"],
                hot=waiting["rejected"] > 0,
                key="r",
            ),
            nav(
                pgettext("service", "Cases"),
                "cases",
                here,
                count=waiting["cases"],
                hot=waiting["late_cases"] > 0,
                key="k",
            ),
            nav(pgettext("goods", "Returns"), "returns", here),
            nav(_("Receivables"), "seller_receivables", here, key="v"),
            nav(_("Suspense"), "seller_suspense", here, count=waiting["suspense"], key="u"),
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
            tab(_("Orders"), "seller_orders", "pad", here),
            tab(_("Deals"), "deals", "deal", here),
            tab(_("Goods"), "seller_goods", "box", here, "seller_prices", "seller_supply"),
            tab(
                _("Dealers"), "seller_dealers", "person", here, "seller_newcomers", "seller_behalf"
            ),
        ),
        figure=DeskFigure(
            _("To confirm"), text=count_text(waiting["confirming"]), href=reverse("seller_orders")
        ),
    )
