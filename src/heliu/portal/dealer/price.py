"""Why the dealer pays what it pays."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.commerce.catalogue import queries as catalogue
from heliu.kernel.errors import Invalid
from heliu.portal.dealer.sellers import chosen, or_waits, sellers_of
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.price_reasons import moment_typed, pieces_typed, reasons


@require_GET
@desk_page
@or_waits
def price(request: HttpRequest) -> HttpResponse:
    """The lists that hold for the dealer and the promotions for it, and what came of each."""
    actor, at = actor_of(request), now(request)
    sellers = sellers_of(actor)
    seller = chosen(request, sellers)
    asked = {name: request.GET.get(name, "").strip() for name in ("code", "pieces", "at")}
    found = trouble = sku = None
    if asked["code"]:
        sku = catalogue.find(actor, [asked["code"]], seller.pk).get(asked["code"])
        try:
            if sku is None:
                trouble = _("None of the goods has the code %(code)s.") % {"code": asked["code"]}
            else:
                found = reasons(
                    actor,
                    buyer=actor.own_org,
                    seller=seller.pk,
                    sku=sku.pk,
                    quantity=pieces_typed(asked["pieces"]),
                    at=moment_typed(asked["at"], at),
                )
        except Invalid as refusal:
            trouble = refusal.text()
    context = {
        "seller": seller,
        "sellers": sellers,
        "asked": asked,
        "sku": sku,
        "reasons": found,
        "trouble": trouble,
    }
    return show(request, "dealer/price.html", context, here="dealer_catalogue")
