"""In which currency a dealer trades with the seller."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.errors import NotFound
from heliu.kernel.parties import queries as parties
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.seller.price_sheets import currencies as known
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import currencies


@require_http_methods(["GET", "POST"])
@desk_page
def of_dealer(request: HttpRequest, dealer: UUID) -> HttpResponse:
    """The currency of everything between the two; set before anything is agreed."""
    actor, at = actor_of(request), now(request)
    actor.require("terms")
    house = dealers_of(actor).filter(pk=dealer).first()
    if house is None:
        raise NotFound()
    name = parties.names([dealer])[dealer].short

    def do() -> str:
        said = request.POST.get("currency", "")
        currencies.set_currency(dealer, said, actor=actor, at=at)
        say(
            request,
            _("%(dealer)s trades with you in %(currency)s.") % {"dealer": name, "currency": said},
        )
        return reverse("seller_dealers")

    sheet = Sheet(
        heading=_("Currency of %(dealer)s") % {"dealer": name},
        crumbs=((_("Dealers"), reverse("seller_dealers")),),
        asks=(
            Ask(
                "currency",
                _("Currency"),
                parties.currency_of(buyer=dealer, seller=actor.own_org),
                "choice",
                options=known(),
            ),
        ),
        will=(
            Will(_("Only price lists and contracts in it answer to the dealer")),
            Will(_("Its quotes and orders are in it; what is not in CNY is paid by transfer")),
            Will(_("Promotions, returns and VAT papers are in CNY alone so far")),
            Will(_("What others of your house must agree to cannot go on: those rules are in CNY")),
            Will(_("Once something is ordered between you it stays")),
        ),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here="seller_dealers")
