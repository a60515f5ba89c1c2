"""Lenders' offers beside the buyer's other ways to pay; and what its own money costs it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliu.capital.credit import operations as credit
from heliu.kernel.errors import Invalid
from heliu.portal.deal import modes
from heliu.portal.dealer.sellers import chosen, sellers_of
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say
from heliu.portal.ui.formats import money_text, percent_text
from heliu.trade import comparison
from heliu.trade.comparison import Comparison, Option
from heliu.trade.finance_offer import FinanceOffer
from heliu.trade.previewing import Preview
from heliu.trade.ways import CLOSED, Way

FINANCE = "FINANCE"


def table(
    preview: Preview, known: Mapping[UUID, Any], picked: FinanceOffer | None, way: Way | None
) -> dict[str, Any]:
    """The options as rows, the cheapest first with its reason; nothing when there is no choice."""
    found = preview.comparison
    if preview.total <= 0 or sum(not one.closed for one in found.options) < 2:
        return {}
    return {
        "days": found.days,
        "rate": percent_text(found.rate, 2),
        "rate_value": f"{found.rate.normalize():f}",
        "is_stated": found.is_stated,
        "why": _why(found, known),
        "rows": [_row(one, found, known, _is_on(one, picked, way)) for one in found.options],
    }


@require_POST
@desk_page
def own_money(request: HttpRequest) -> HttpResponse:
    """The buyer says what its own money costs it; offers are compared with that from now on."""
    actor, at = actor_of(request), now(request)
    seller = chosen(request, sellers_of(actor))

    def do() -> str:
        credit.set_own_money(_rate(request.POST.get("rate", "")), actor=actor, at=at)
        say(request, _("Counted with this rate from now on."))
        query = {"seller": seller.code, "quote": request.POST.get("quote", "")}
        said_of = {name: value for name, value in query.items() if value}
        return f"{reverse('dealer_checkout')}?{urlencode(said_of)}"

    return deed(request, do)


def _rate(typed: str) -> Decimal:
    try:
        return Decimal(typed.strip().rstrip("%")).quantize(Decimal("0.0001"))
    except InvalidOperation:
        raise Invalid("rate-unreadable", "This is no rate.", field="rate") from None


def _is_on(option: Option, picked: FinanceOffer | None, way: Way | None) -> bool:
    if option.offer is not None:
        return option.offer is picked
    return way is not None and way.pay_by == option.pay_by


def _row(option: Option, found: Comparison, known: Mapping[UUID, Any], on: bool) -> dict[str, Any]:
    offer, terms = option.offer, option.terms
    return {
        "title": _title(option, known),
        "note": _note(option, found),
        "paid_today": option.paid_today,
        "financed": percent_text(option.financed_share * 100, 0) if terms else "",
        "deposit": terms.deposit if terms else None,
        "apr": percent_text(terms.apr, 2) if terms else "",
        "fee": terms.fee if terms else 0,
        "cost": option.cost,
        "own_money": option.own_money,
        "total": option.total if comparison.is_counted(option) else None,
        "terms": terms,
        "is_cheapest": option is found.cheapest,
        "is_closed": bool(option.closed),
        "on": on,
        "query": urlencode(
            {"pay_by": option.pay_by}
            | ({"programme": str(offer.programme.pk)} if offer else {})
            | ({"terms": f"{terms.deposit_ratio}/{terms.days}"} if terms else {})
        ),
    }


def _title(option: Option, known: Mapping[UUID, Any]) -> str:
    if option.offer is not None:
        lender = known.get(option.offer.lender)
        return lender.short if lender else option.offer.programme.display
    return _("Transfer in full") if option.pay_by == "TRANSFER" else _("On account")


def _note(option: Option, found: Comparison) -> str:
    """What an option is, or why it cannot be taken."""
    if option.closed:
        return _(CLOSED[option.closed])
    if option.offer is None:
        if option.pay_by == "TRANSFER":
            return _("own money for %(days)s days") % {"days": found.days}
        return _("the seller sets the day; not counted")
    parts = [option.offer.programme.display]
    if option.terms is not None and modes.is_bill(option.terms):
        parts.append(modes.named(option.terms))
    if option.offer.is_referred:
        parts.append(_("a person at the bank decides"))
    return " · ".join(parts)


def _why(found: Comparison, known: Mapping[UUID, Any]) -> str:
    """Why the first stands first."""
    first = found.cheapest
    if first is None:
        return ""
    if not found.saves:
        return _("%(what)s costs least over %(days)s days.") % {
            "what": _title(first, known),
            "days": found.days,
        }
    return _("%(what)s costs least over %(days)s days: %(amount)s less than the next.") % {
        "what": _title(first, known),
        "days": found.days,
        "amount": money_text(found.saves),
    }
