"""A dealer's loans against stock, and asking for one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.capital.lending import queries as lending
from heliu.capital.valuation import queries as prices
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.parties.queries import names
from heliu.logistics.warehousing.queries import supervised_for
from heliu.portal.pools import board, words
from heliu.portal.pools.goods import GoodsRow, row, typed
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.sheets import amount_of
from heliu.portal.ui import parts
from heliu.trade import lodging, pools, stock_loan
from heliu.trade.stock_loan import Wish

ROWS = 30


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What the house has borrowed against stock, and under which programmes it may."""
    actor = actor_of(request)
    mine = pools.visible_to(actor).filter(buyer__in=actor.orgs)
    page = parts.Leaves(mine, ROWS).get_page(request.GET.get("page"))
    offered = stock_loan.offered(actor)
    houses = names(org for one in offered for org in (one.lender, one.seller))
    context = {
        "rows": board.rows_of(actor, list(page)),
        "pager": parts.pager(page),
        "offers": [
            {
                "programme": one,
                "lender": houses.get(one.lender),
                "seller": houses.get(one.seller),
                "ratio": words.share(one.margin_rules.opening_ratio),
            }
            for one in offered
        ],
        "may_ask": actor.may("order"),
    }
    return show(request, "pools/mine.html", context, here="dealer_stock")


@require_http_methods(["GET", "POST"])
@desk_page
def ask(request: HttpRequest, programme: UUID) -> HttpResponse:
    """Goods out of the own house, an amount and a term; what the goods count for is worked out
    before it is asked."""
    actor, at = actor_of(request), now(request)
    offer = next((one for one in stock_loan.offered(actor) if one.pk == programme), None)
    if offer is None:
        raise NotFound()
    rows = _rows(actor, offer, request, at)
    seen: dict[str, Any] = {}

    def look() -> HttpResponse:
        seen["preview"] = stock_loan.preview_for(actor, programme, _goods(request, rows), at=at)
        return HttpResponse()

    def do() -> str:
        wish = Wish(
            programme, _goods(request, rows), amount_of(request), _days(request, offer),
            _keeper(request),
        )  # fmt: skip
        made = stock_loan.ask(wish, actor=actor, at=at)
        loan = lending.of_deal(made.pk, actor)
        if loan is not None and loan.status == "QUOTED" and actor.may("sign"):
            return reverse("deal_sign", args=[made.number])
        say(request, _("The loan is asked for."))
        return reverse("pool", args=[made.number])

    is_look = request.POST.get("do") == "look"
    done, refusal = None, None
    if request.method == "POST":
        done, refusal = attempt(request, look if is_look else lambda: deed(request, do))
    if done is not None and not is_look:
        return done
    if "preview" not in seen and any(one.typed for one in rows):
        attempt(request, look)  # what was typed stays worked out beside a refusal
    known = names([offer.lender, offer.seller])
    context = {
        "programme": offer,
        "lender": known.get(offer.lender),
        "seller": known.get(offer.seller),
        "rows": rows,
        "seen": seen,
        "keepers": list(supervised_for(actor)),
        "days": offer.days_options,
        "rules": words.rules_rows(words.read_rules(offer.margin_rules)),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "pools/ask.html", context, here="dealer_stock", status=status)


def _rows(actor: Actor, offer: Any, request: HttpRequest, at: Any) -> list[GoodsRow]:
    rules = offer.margin_rules
    found = lodging.bringable(actor, rules.seller, rules=rules, at=at)
    priced = prices.prices_for([one.sku.pk for one in found], offer.lender, at)
    return [
        row(
            one.sku,
            one.free,
            one.unit_cost,
            priced[one.sku.pk].amount if one.sku.pk in priced else None,
            request.POST,
            "in",
        )
        for one in found
    ]


def _goods(request: HttpRequest, rows: list[GoodsRow]) -> dict[UUID, int]:
    return typed(request.POST, rows)


def _days(request: HttpRequest, offer: Any) -> int:
    plain = request.POST.get("days", "")
    if plain not in {str(one) for one in offer.days_options}:
        raise Invalid("terms-not-offered", "This term is not on offer.", field="days")
    return int(plain)


def _keeper(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("keeper", ""))
    except ValueError:
        return None
