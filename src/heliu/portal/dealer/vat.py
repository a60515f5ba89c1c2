"""The VAT invoices a dealer got, and their red letters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.vat import queries
from heliu.kernel.parties.queries import names
from heliu.portal.shell import vat_list
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.portal.ui.listing import Listing

ROWS = 50


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The newest first, or as they are sorted, each with its paper."""
    actor = actor_of(request)
    mine = queries.visible_to(actor).filter(buyer__in=actor.orgs)
    listing = Listing(request.GET, vat_list.heads(_("Seller")), vat_list.USUAL)
    if listing.form:
        return vat_list.file(listing, mine, lambda one: one.seller)
    page = parts.Leaves(listing.sorted(mine), ROWS).get_page(request.GET.get("page"))
    known = names(one.seller for one in page)
    context = {
        "listing": listing,
        "rows": [(one, known.get(one.seller)) for one in page],
        "pager": parts.pager(page, listing.query),
        "data": queries.data_of(actor),
        "may_manage": actor.may("manage"),
    }
    return show(request, "dealer/vat.html", context, here="dealer_owed")
