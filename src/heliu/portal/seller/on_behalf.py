"""The customers in whose names the seller's people may order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.access.request import act_for
from heliu.kernel.behalf import operations, queries
from heliu.kernel.parties import queries as parties
from heliu.portal.seller.dealers import leaves
from heliu.portal.shell.on_behalf import uuid_in
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, see_other, show
from heliu.portal.ui import parts


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Customers by name: their pad is opened where they allow it, else they are asked."""
    actor, text = actor_of(request), request.GET.get("q", "").strip()
    refusal = None
    if request.method == "POST":
        do = _open if "open" in request.POST else _ask
        answer, refusal = attempt(request, lambda: do(request))
        if answer is not None:
            return answer
    page = leaves(actor, text).get_page(request.GET.get("page"))
    live = {one.buyer: one for one in queries.mandates(actor).filter(seller__in=actor.orgs)}
    acts = list(queries.acts(actor).filter(seller__in=actor.orgs)[:20])
    houses = parties.names(one.buyer for one in acts)
    context = {
        "text": text,
        "may": actor.may("behalf"),
        "rows": [(house, live.get(house.pk)) for house in page],
        "pager": parts.pager(page, urlencode({"q": text}) if text else ""),
        "acts": [(one, houses.get(one.buyer)) for one in acts],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/on_behalf.html", context, here="seller_dealers", status=status)


def _open(request: HttpRequest) -> HttpResponse:
    """Take the seat at the customer's pad; that it was opened is kept at once."""
    seat = queries.seated(actor_of(request), uuid_in(request, "open"))
    operations.note(seat, queries.DEED_OPENED, at=now(request))
    act_for(request, str(seat.own_org))
    return see_other(reverse("dealer_pad"))


def _ask(request: HttpRequest) -> HttpResponse:
    def do() -> str:
        operations.ask(uuid_in(request, "ask"), actor=actor_of(request), at=now(request))
        say(request, _("The customer is asked; it is told where to allow it."))
        return reverse("seller_behalf")

    return deed(request, do)
