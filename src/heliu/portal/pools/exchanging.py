"""A dealer exchanges pledged goods of an order, or brings others because some came short."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.lending import queries as lending
from heliu.kernel.access.actor import Actor
from heliu.logistics.pledges import queries as pledges
from heliu.portal.pools import brought
from heliu.portal.pools.deeds import sheet
from heliu.portal.pools.goods import GoodsRow, row, typed
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.ui.parts import Will
from heliu.trade import exchange as exchanges
from heliu.trade import lodging, repayment


@require_http_methods(["GET", "POST"])
@desk_page
def exchange(request: HttpRequest, number: str) -> HttpResponse:
    """Goods that come in, and pledged ones that leave for them when the bank agrees; what it would
    do may be looked at first."""
    actor, at = actor_of(request), now(request)
    deal = exchanges.of_dealer(actor, number)
    coming, leaving = _own(actor, deal, request, at), _bound(actor, deal, request)
    seen: dict[str, Any] = {}

    def do() -> str:
        exchanges.ask(
            deal.pk, typed(request.POST, coming), typed(request.POST, leaving), actor=actor,
            reason=request.POST.get("reason", ""), at=at,
        )  # fmt: skip
        say(request, _("The bank is asked. These goods are set aside in your house."))
        return brought.home_of(deal)

    def look() -> HttpResponse:
        goods = [typed(request.POST, rows) for rows in (coming, leaving)]
        seen["then"] = exchanges.if_exchanged(deal.pk, *goods, actor=actor)
        return HttpResponse()

    closed = exchanges.why_not_for(actor, deal)
    context = {
        "deal": deal, "crumbs": brought.crumbs(deal), "rows": coming, "leaving": leaving,
        "seen": seen, "closed": closed, "reason": request.POST.get("reason", ""), "will": _will(),
    }  # fmt: skip
    return sheet(request, do, look, template="deal/exchange.html", context=context, here="deals")


@require_http_methods(["GET", "POST"])
@desk_page
def bring(request: HttpRequest, number: str) -> HttpResponse:
    """Goods came short: others out of the dealer's own house, to cover the debt again."""
    actor, at = actor_of(request), now(request)
    deal = exchanges.of_dealer(actor, number)
    rows = _own(actor, deal, request, at)

    def do() -> str:
        made = exchanges.bring(deal.pk, typed(request.POST, rows), actor=actor, at=at)
        say(request, _("Lodging %(n)d is announced. Send the goods now.") % {"n": made.number})
        return brought.home_of(deal)

    loan = lending.of_deal(deal.pk, actor)
    pledge = pledges.of_deals(actor, [deal.pk]).get(deal.pk)
    context = {
        "deal": deal, "crumbs": brought.crumbs(deal), "rows": rows,
        "lacks": repayment.lacking(loan, pledge) if loan and pledge else 0,
    }  # fmt: skip
    return sheet(request, do, None, template="deal/bring.html", context=context, here="deals")


def _will() -> list[Will]:
    return [
        Will(_("The bank is asked"), note=_("these goods are set aside in your house")),
        Will(_("It agrees: you send them to the keeper"), note=_("they stay yours")),
        Will(
            _("The keeper counts them: they are pledged, and the others are free"),
            note=_("for what came good, whole pieces that cost no more"),
        ),
    ]


def _own(actor: Actor, deal: Any, request: HttpRequest, at: datetime) -> list[GoodsRow]:
    """What lies free in the dealer's own house and was bought from the order's seller."""
    found = lodging.bringable(actor, deal.seller, at=at)
    return [row(one.sku, one.free, one.unit_cost, None, request.POST, "in") for one in found]


def _bound(actor: Actor, deal: Any, request: HttpRequest) -> list[GoodsRow]:
    """What is pledged, by kind."""
    kinds = brought.bound_kinds(actor, deal)
    return [row(one.sku, one.pieces, one.unit_value, None, request.POST, "out") for one in kinds]
