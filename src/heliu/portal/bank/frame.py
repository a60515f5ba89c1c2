"""The bank's rail, tabs and figure: money that lies supervised."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.capital.bank import freezing
from heliu.capital.bank import queries as payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.clock import day_of
from heliu.portal.bank.loans import late, lent, silent, waiting
from heliu.portal.shell.words import Words, nav, tab
from heliu.portal.ui import parts
from heliu.portal.ui.frame import DeskFigure, NavHead
from heliu.trade import pools, registration

MONEY_UNDER_WAY = (
    "FUNDED_SHARE", "DISBURSING", "DISBURSED", "PAYING_SELLER", "BANK_REJECTED", "UNWINDING",
)  # fmt: skip


def words(actor: Actor, at: datetime, here: str) -> Words:
    """Counts stand only where something waits for a person; red where a day has gone by."""
    counts = parts.numbers(
        requests=waiting(actor),
        votes=approvals.for_vote_of(actor),
        silent=silent(actor),
        flagged=payments.flagged_notices(actor),
        unplaced=payments.to_settle(payments.incoming_visible_to(actor)),
        claims=registration.in_conflict(actor),
        frozen=freezing.in_force(actor),
        called=pools.calls_visible_to(actor).filter(status__in=("OPEN", "LAPSED")),
        overdue=late(actor, day_of(at)),
    )
    called, claims, overdue = counts["called"], counts["claims"], counts["overdue"]
    return Words(
        nav=(
            nav(_("Queue"), "bank_queue", here, count=counts["requests"], key="h"),
            nav(_("Approvals"), "approvals", here, count=counts["votes"]),
            nav(_("Drawdowns"), "bank_drawdowns", here, key="w"),
            nav(_("Repayment and release"), "bank_repayments", here, key="r"),
            NavHead(_("Assets")),
            nav(_("Limits"), "bank_facilities", here, key="l"),
            nav(_("Pledge board"), "bank_pledges", here, key="p"),
            nav(_("Stock loans"), "bank_pools", here, count=called, hot=called > 0, key="s"),
            nav(_("Registry"), "bank_registry", here, count=claims, hot=claims > 0),
            nav(_("Overdue"), "bank_overdue", here, count=overdue, hot=overdue > 0, key="v"),
            NavHead(_("Money")),
            nav(
                _("Payments"),
                "bank_payments",
                here,
                count=counts["silent"] + counts["flagged"],
                key="m",
            ),
            nav(_("Suspense"), "bank_suspense", here, count=counts["unplaced"]),
            nav(_("Reconciliation"), "bank_reconciliation", here, key="c"),
            nav(_("Frozen accounts"), "freezes", here, count=counts["frozen"]),
            nav(_("Books"), "bank_books", here, key="b"),
            nav(_("Reports"), "bank_reports", here),
            NavHead(_("Rules")),
            nav(_("Programmes"), "bank_programmes", here),
            nav(_("Quotas and caps"), "bank_caps", here),
            nav(_("Decision rules"), "bank_rules", here),
            NavHead(_("House")),
            nav(_("Deals"), "deals", here, key="d"),
            nav(_("Inbox"), "inbox", here),
            nav(_("Company"), "company", here),
        ),
        tabs=(
            tab(_("Queue"), "bank_queue", "tray", here),
            tab(_("Drawdowns"), "bank_drawdowns", "deal", here, "bank_repayments"),
            tab(_("Pledges"), "bank_pledges", "box", here, "bank_registry", "bank_pools"),
            tab(_("Overdue"), "bank_overdue", "calendar", here),
            tab(
                _("Payments"),
                "bank_payments",
                "money",
                here,
                "bank_suspense",
                "bank_reconciliation",
            ),
        ),
        figure=_supervised(actor),
    )


def _supervised(actor: Actor) -> DeskFigure:
    """What lies set aside for sellers and has not left yet."""
    under_way = lent(actor).filter(status__in=MONEY_UNDER_WAY).values("deal")
    return DeskFigure(
        _("Supervised money"),
        minor=payments.supervised_sum(actor, under_way),
        href=reverse("bank_payments"),
    )
