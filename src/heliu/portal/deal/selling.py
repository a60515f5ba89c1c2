"""The sale of pledged goods on the lender's sheet of a default, and the page of one sale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.lending import operations as lending
from heliu.capital.lending.policies.allocating import SaleCosts
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.parties import queries as parties
from heliu.logistics.pledges import queries as pledges
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Amount, Will
from heliu.trade import liquidation, sales


def goods_to_sell(view: Any, typed: QueryDict) -> list[dict[str, Any]]:
    """Each kind of goods still bound, how many, and how many are to be sold."""
    bound: dict[UUID, dict[str, Any]] = {}
    for line in view.pledge.lines.all():
        if line.is_live:
            row = bound.setdefault(line.sku_id, {"sku": line.sku, "bound": 0, "value": 0})
            row["bound"] += line.quantity - line.released
            row["value"] += (line.quantity - line.released) * line.unit_value
    for sku, row in bound.items():
        row["name"] = f"q-{sku}"
        row["typed"] = typed.get(row["name"], row["bound"])
    return list(bound.values())


def reserve_of(view: Any) -> int:
    """What all goods still bound should bring."""
    return lending.reserve_price(view.loan, view.pledge.bound_value)


def terms_of(typed: QueryDict, view: Any, actor: Actor) -> liquidation.Terms:
    """What was typed into the form of a sale."""
    buyer = typed.get("sold_to", "").strip()
    here = parties.visible_to(actor).filter(code__iexact=buyer).first() if buyer else None
    return liquidation.Terms(
        price=_amount(typed, "price"),
        buyer=here.pk if here else None,
        buyer_name=buyer,
        goods={
            row["sku"].pk: quantity
            for row in goods_to_sell(view, typed)
            if (quantity := _quantity(str(row["typed"]), row["name"]))
        },
        costs=SaleCosts(
            _amount(typed, "sale_costs", or_nothing=True),
            _amount(typed, "custody_costs", or_nothing=True),
        ),
        below_reserve=typed.get("below_reserve") == "yes",
    )


def sale_rows(found: Sequence[Any], actor: Actor) -> list[dict[str, Any]]:
    """Sales with what the money of each paid, in the order of the waterfall, and its code."""
    codes = {
        one.key: one.number
        for one in pledges.releases_visible_to(actor).filter(
            key__in=[sale.number for sale in found], taker__in=actor.orgs
        )
    }
    return [
        {"sale": sale, "pays": waterfall_of(sale), "code": codes.get(sale.number, "")}
        for sale in found
    ]


def waterfall_of(sale: Any) -> list[Amount]:
    """Where the price of a sale went, from the first that is paid to what is left over."""
    paid = sales.paid(sale)
    if paid is None:
        return []
    rows = [
        (_("Costs of the sale"), sale.sale_costs),
        (_("Storage and custody"), sale.custody_costs),
        (_("Fee"), paid.fee),
        (_("Penalty"), paid.penalty),
        (_("Interest"), paid.interest),
        (_("Principal"), paid.principal),
        (_("Left over, back to the buyer of the order"), paid.unapplied),
    ]
    shown = [Amount(label, minor) for label, minor in rows if minor]
    return [*shown, Amount(_("Price"), sale.price, is_total=True)]


def about(sale: Any) -> list[tuple[str, str]]:
    """A sale in words: who buys what for how much, for those who must agree."""
    rows = [
        (_("Sold to"), sale.buyer_name),
        (_("Goods"), goods_words(sale)),
        (_("They secure"), money_text(sale.value)),
        (_("They should bring"), money_text(sale.reserve)),
        (_("Price"), money_text(sale.price)),
    ]
    if sale.sale_costs:
        rows.append((_("Costs of the sale"), money_text(sale.sale_costs)))
    if sale.custody_costs:
        rows.append((_("Storage and custody"), money_text(sale.custody_costs)))
    return rows


def goods_words(sale: Any) -> str:
    """`1,000 M1, 500 B1`."""
    return ", ".join(f"{quantity:,} {sku.code}" for sku, quantity in sales.goods_of(sale))


@require_http_methods(["GET", "POST"])
@desk_page
def sale(request: HttpRequest, number: str) -> HttpResponse:
    """One sale: for who buys, who sells and whose goods they were; a post of the buyer pays."""
    actor, at = actor_of(request), now(request)
    found = sales.get(actor, number.upper())

    def do() -> str:
        liquidation.pay_for(found.pk, actor=actor, at=at)
        say(request, _("The payment is on its way to the bank. Then the goods are yours."))
        return reverse("sale", args=[found.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    is_buyer = found.buyer in actor.orgs
    [row] = sale_rows([found], actor)
    known = parties.names([found.lender, found.custodian])
    context = {
        **row,
        "row": row,
        "goods": sales.goods_of(found),
        "lender": known.get(found.lender),
        "house": known.get(found.custodian),
        "is_buyer": is_buyer,
        "is_private": not is_buyer,
        "is_to_pay": is_buyer and found.status == "AGREED",
        "is_paying": is_buyer and liquidation.is_paying(found),
        "will": [
            Will(_("The bank takes the price from your account"), -found.price),
            Will(_("Then a pick-up code arrives, and the goods are yours")),
        ],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(request, "deal/sale.html", context, here="deals", status=status)


def note(request: HttpRequest, found: Any, actor: Actor, at: datetime, day: Any) -> None:
    """The lender writes down the money, or calls the sale off."""
    if request.POST.get("call_off") == "yes":
        reason = request.POST.get("reason", "")
        liquidation.call_off(found.pk, actor=actor, reason=reason, at=at)
        return
    reference = request.POST.get("reference", "")
    liquidation.note_receipt(found.pk, actor=actor, reference=reference, value_day=day, at=at)


def _amount(typed: QueryDict, name: str, *, or_nothing: bool = False) -> int:
    text = typed.get(name, "").strip()
    if or_nothing and text in ("", "0", "0.00"):
        return 0
    amount, problem = read_amount(text)
    if amount is None:
        raise Invalid("amount-unreadable", problem, field=name)
    return amount


def _quantity(text: str, name: str) -> int:
    plain = text.replace(",", "").strip() or "0"
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise Invalid("quantity-unreadable", "This number cannot be read.", field=name)
    return int(plain)
