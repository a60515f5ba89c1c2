"""What came short or damaged at the warehouse, and the money that goes back for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.logistics.warehousing import operations as warehousing
from heliu.portal.seller.money import differences, refunds
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import deals

ROWS = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that differs: its lines that do, their price in minor units, the refund for it."""

    count: Any
    house: str
    lines: list[Any]
    minor: int
    refund: Any


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Differences to settle above, refunds with their state below."""
    actor = actor_of(request)
    page = parts.Leaves(refunds(actor), ROWS).get_page(request.GET.get("page"))
    numbers = dict(
        deals.visible_to(actor)
        .filter(pk__in=[payment.deal for payment in page])
        .values_list("pk", "number")
    )
    lenders = names(payment.payee for payment in page)
    context = {
        "differences": _differences(actor, list(differences(actor))),
        "rows": [
            {
                "payment": payment,
                "deal": numbers.get(payment.deal, ""),
                "payee": lenders.get(payment.payee),
            }
            for payment in page
        ],
        "pager": parts.pager(page),
    }
    return show(request, "seller/refunds.html", context, here="seller_refunds")


@require_POST
@desk_page
def settle(request: HttpRequest, count: UUID) -> HttpResponse:
    """Write down how a difference was made good; the count is closed with it."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        receiving = get_object_or_404(differences(actor), pk=count)
        words = request.POST.get("settlement", "")
        warehousing.settle(receiving, actor=actor, settlement=words, at=at)
        number = {"number": receiving.shipment_number}
        say(request, _("The count of %(number)s is settled.") % number)
        return reverse("seller_refunds")

    return deed(request, do)


def _differences(actor: Actor, counts: Sequence[Any]) -> list[Difference]:
    lines = {one.pk: [x for x in one.lines.all() if x.damaged or x.missing] for one in counts}
    wanted = [line.order_line for found in lines.values() for line in found]
    worth = dict(
        ordering.lines_visible_to(actor).filter(pk__in=wanted).values_list("pk", "unit_price")
    )
    paid = {
        payment.key: payment
        for payment in refunds(actor).filter(key__in=[one.shipment_number for one in counts])
    }
    houses = names(one.warehouse for one in counts)
    return [
        Difference(
            count=one,
            house=houses[one.warehouse].short if one.warehouse in houses else "",
            lines=lines[one.pk],
            minor=sum(
                worth.get(line.order_line, 0) * (line.damaged + line.missing)
                for line in lines[one.pk]
            ),
            refund=paid.get(one.shipment_number),
        )
        for one in counts
    ]
