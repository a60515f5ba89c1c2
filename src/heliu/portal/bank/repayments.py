"""What came back, what it paid, and which goods it set free."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.bank import queries as payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.bank.loans import lent, numbers_of
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui import parts

ROWS = 50
COMING_BACK = ("REPAYMENT", "REFUND")
UNDER_WAY = ("CREATED", "SENT", "UNKNOWN")
TABS: dict[str, tuple[str, ...]] = {
    "": (),
    "under-way": UNDER_WAY,
    "rejected": ("REJECTED",),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Payments that come back, newest first, with their shares and the goods they freed."""
    actor, tab = actor_of(request), request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    mine = payments.grid(actor, purpose=COMING_BACK).filter(lender__in=actor.orgs)
    found = mine.filter(status__in=TABS[tab]) if tab else mine
    counts = parts.tally(
        mine, {key: Q(status__in=states) if states else Q() for key, states in TABS.items()}
    )
    page = parts.Leaves(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "figures": figures(actor, mine, day_of(now(request))),
        "tabs": [
            parts.Chip(
                label, f"?{urlencode({'tab': key})}" if key else "?", counts[key], on=key == tab
            )
            for key, label in (
                ("", _("All")),
                ("under-way", _("Under way")),
                ("rejected", _("Rejected")),
            )
        ],
        "rows": rows(actor, list(page)),
        "pager": parts.pager(page, urlencode({"tab": tab}) if tab else ""),
    }
    return show(request, "bank/repayments.html", context, here="bank_repayments")


def figures(actor: Actor, mine: Any, today: Any) -> list[parts.Figure]:
    """What came today, what is under way, what waits at the gate."""
    booked = list(mine.filter(status="BOOKED", booked_on=today).values_list("amount", flat=True))
    under_way = list(mine.filter(status__in=UNDER_WAY).values_list("amount", flat=True))
    gate = pledges.releases_visible_to(actor).filter(pledgee__in=actor.orgs)
    freed = gate.filter(status__in=("RELEASED", "EXPIRED"))
    pieces = sum(freed.values_list("quantity", flat=True))
    return [
        parts.Figure(_("Came today"), minor=sum(booked), note=_count(len(booked))),
        parts.Figure(_("Under way"), minor=sum(under_way), note=_count(len(under_way))),
        parts.Figure(
            _("Free, not fetched yet"),
            text=f"{pieces:,}",
            unit=_("pieces"),
            note=_("%(n)d releases") % {"n": freed.count()},
        ),
        parts.Figure(
            _("Codes that ran out"),
            text=f"{freed.filter(status='EXPIRED').count():,}",
            note=_("the dealer asks for a new one"),
        ),
    ]


def rows(actor: Actor, found: list[Any]) -> list[dict[str, Any]]:
    """Each payment with the repayment it became and the release it earned, by their common key."""
    ids = [payment.deal for payment in found]
    loans = {
        loan.deal: loan for loan in lent(actor).filter(deal__in=ids).prefetch_related("repayments")
    }
    freed = {
        (release.deal, release.key): release
        for release in pledges.releases_visible_to(actor).filter(deal__in=ids)
    }
    numbers, houses = numbers_of(actor, ids), names(payment.payer for payment in found)
    result = []
    for payment in found:
        loan, key = loans.get(payment.deal), str(payment.pk)
        paid = {one.key: one for one in loan.repayments.all()} if loan else {}
        number = numbers.get(payment.deal)
        result.append(
            {
                "payment": payment,
                "house": houses.get(payment.payer),
                "href": reverse("deal", args=[number]) if number else "",
                "loan": loan,
                "paid": paid.get(key),
                "release": freed.get((payment.deal, key)),
            }
        )
    return result


def _count(number: int) -> str:
    return _("%(n)d payments") % {"n": number}
