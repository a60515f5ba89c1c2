"""How banks finance the seller's dealers, and what the seller has promised them for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.credit import queries as credit
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.shell.programmes import default, offer


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The programmes of the seller's goods; what the bank reckons with stays with the bank."""
    actor = actor_of(request)
    found = list(credit.programmes_visible_to(actor).filter(seller__in=actor.orgs).order_by("name"))
    lenders = names(one.lender for one in found)
    context = {
        "programmes": [
            {
                "programme": one,
                "lender": lenders.get(one.lender),
                "groups": [(_("Offer"), offer(one)), (_("Default"), default(one))],
            }
            for one in found
        ]
    }
    return show(request, "seller/programmes.html", context, here="seller_programmes")
