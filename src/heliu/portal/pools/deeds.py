"""What a borrower does with its pool: takes goods out, brings some, exchanges them, calls off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from heliu.capital.lending import queries as lending
from heliu.capital.valuation import queries as prices
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.portal.pools import brought, words
from heliu.portal.pools.goods import GoodsRow, row, typed
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.sheets import answer
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import lodging as lodgings
from heliu.trade import pools, stock_loan, taking_out


@require_http_methods(["GET", "POST"])
@desk_page
def take_out(request: HttpRequest, number: str) -> HttpResponse:
    """Goods that lie above the floor leave for a pick-up code; it may be worked out first."""
    actor, at = actor_of(request), now(request)
    pool, loan = _mine(actor, number)
    rows = _bound(actor, pool, request, at)
    seen: dict[str, Any] = {}

    def do() -> str:
        goods = typed(request.POST, rows)
        freed = taking_out.take_out(
            pool.deal_id, goods, actor=actor, key=request.POST["idempotency_key"], at=at
        )
        say(request, _pieces_free(freed.quantity))
        return reverse("dealer_code", args=[freed.release_order.number])

    def look() -> HttpResponse:
        goods = typed(request.POST, rows)
        seen["left"] = taking_out.if_taken(loan, goods, at=at)
        seen["percent"] = words.percent_of(seen["left"])
        return HttpResponse()

    return sheet(
        request, do, look, template="pools/out.html",
        context={
            "pool": pool, "deal": pool.deal, "rows": rows, "seen": seen,
            "stands": taking_out.if_taken(loan, {}, at=at),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@desk_page
def bring(request: HttpRequest, number: str) -> HttpResponse:
    """More goods out of the borrower's own house are announced; they are set aside there."""
    actor, at = actor_of(request), now(request)
    pool, loan = _mine(actor, number)
    rows = _own(actor, loan, request, at)

    def do() -> str:
        made = lodgings.announce(pool.deal_id, typed(request.POST, rows), actor=actor, at=at)
        say(request, _("Lodging %(n)d is announced. Send the goods now.") % {"n": made.number})
        return reverse("pool", args=[number])

    stands = taking_out.if_taken(loan, {}, at=at)
    context = {"pool": pool, "deal": pool.deal, "rows": rows, "stands": stands}
    return sheet(request, do, None, template="pools/bring.html", context=context)


@require_http_methods(["GET", "POST"])
@desk_page
def swap(request: HttpRequest, number: str) -> HttpResponse:
    """Goods that come in, and goods that leave for them once they are counted."""
    actor, at = actor_of(request), now(request)
    pool, loan = _mine(actor, number)
    coming, leaving = _own(actor, loan, request, at), _bound(actor, pool, request, at)

    def do() -> str:
        made = taking_out.ask_swap(
            pool.deal_id, typed(request.POST, coming), typed(request.POST, leaving),
            actor=actor, at=at,
        )  # fmt: skip
        say(request, _("Lodging %(n)d is announced. Send the goods now.") % {"n": made.number})
        return reverse("pool", args=[number])

    context = {"pool": pool, "deal": pool.deal, "rows": coming, "leaving": leaving}
    return sheet(request, do, None, template="pools/swap.html", context=context)


@require_http_methods(["GET", "POST"])
@desk_page
def send(request: HttpRequest, number: str, lodging: int) -> HttpResponse:
    """The goods of a lodging leave for the keeper."""
    actor, at = actor_of(request), now(request)
    deal = lodgings.borrowed(actor, number)
    asked = Sheet(
        heading=_("Send the goods"),
        crumbs=brought.crumbs(deal),
        asks=(Ask("carrier", _("Carrier")),),
        will=(
            Will(_("The goods leave your house and stay yours")),
            Will(_("The keeper counts them"), note=_("what is good is pledged to the bank")),
        ),
        button=_("Send"),
    )

    def do() -> str:
        carrier = request.POST.get("carrier", "")
        shipment = lodgings.send(deal.pk, lodging, actor=actor, carrier=carrier, at=at)
        say(request, _("%(number)s is on the way.") % {"number": shipment.number})
        return brought.home_of(deal)

    return answer(request, asked, do, here=brought.here(deal))


@require_POST
@desk_page
def drop(request: HttpRequest, number: str, lodging: int) -> HttpResponse:
    """What was not sent stays where it is."""
    actor, at = actor_of(request), now(request)
    deal = lodgings.borrowed(actor, number)

    def do() -> str:
        lodgings.call_off(deal.pk, lodging, actor=actor, at=at)
        say(request, _("These goods stay in your house."))
        return brought.home_of(deal)

    return deed(request, do)


@require_http_methods(["GET", "POST"])
@desk_page
def call_off(request: HttpRequest, number: str) -> HttpResponse:
    """The borrower leaves the loan be before it is paid out."""
    actor, at = actor_of(request), now(request)
    pool, _loan = _mine(actor, number)
    asked = Sheet(
        heading=_("Call the loan off"),
        crumbs=brought.crumbs(pool.deal),
        asks=(Ask("reason", _("Reason"), is_needed=False),),
        will=(
            Will(_("Your limit is free again")),
            Will(_("Goods that were counted come free for a pick-up code")),
        ),
        button=_("Call off"),
    )

    def do() -> str:
        stock_loan.call_off(pool.deal_id, actor=actor, reason=request.POST.get("reason", ""), at=at)
        say(request, _("The loan is called off."))
        return reverse("pool", args=[number])

    return answer(request, asked, do, here="dealer_stock")


def sheet(
    request: HttpRequest,
    do: Callable[[], str],
    look: Callable[[], HttpResponse] | None,
    *,
    template: str,
    context: dict[str, Any],
    here: str = "dealer_stock",
) -> HttpResponse:
    """A form that may be looked at before it is sent: nothing typed is lost either way."""
    is_look = look is not None and request.POST.get("do") == "look"
    done, refusal = None, None
    if request.method == "POST":
        asked = look if is_look and look is not None else lambda: deed(request, do)
        done, refusal = attempt(request, asked)
    if done is not None and not is_look:
        return done
    status = refusal.status if refusal else 200
    return show(request, template, {**context, "refusal": refusal}, here=here, status=status)


def _mine(actor: Actor, number: str) -> tuple[Any, Any]:
    """The borrower's own pool and its loan."""
    pool = pools.get(actor, number)
    if pool.buyer not in actor.orgs:
        raise NotFound()
    return pool, lending.of_deal(pool.deal_id, actor)


def _bound(actor: Actor, pool: Any, request: HttpRequest, at: Any) -> list[GoodsRow]:
    """What lies in the pool, by kind."""
    kinds = brought.bound_kinds(actor, pool.deal)
    priced = prices.prices_for([one.sku.pk for one in kinds], pool.lender, at)
    return [
        row(
            one.sku, one.pieces, one.unit_value, _amount(priced.get(one.sku.pk)), request.POST,
            "out",
        )
        for one in kinds
    ]  # fmt: skip


def _own(actor: Actor, loan: Any, request: HttpRequest, at: Any) -> list[GoodsRow]:
    """What lies free in the borrower's own house and is taken."""
    found = lodgings.bringable(actor, loan.seller, rules=loan.programme.margin_rules, at=at)
    priced = prices.prices_for([one.sku.pk for one in found], loan.lender, at)
    return [
        row(one.sku, one.free, one.unit_cost, _amount(priced.get(one.sku.pk)), request.POST, "in")
        for one in found
    ]


def _amount(priced: Any) -> int | None:
    return priced.amount if priced is not None else None


def _pieces_free(number: int) -> str:
    words = ngettext(
        "%(n)d piece is free. Show the code at the gate.",
        "%(n)d pieces are free. Show the code at the gate.",
        number,
    )
    return words % {"n": number}
