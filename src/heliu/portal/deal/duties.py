"""The sheet on which a seller pays what it still owes a lender by its duty."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.errors import NotFound
from heliu.portal.deal.reading import deal_of
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will
from heliu.trade import duty


@require_http_methods(["GET", "POST"])
@desk_page
def pay(request: HttpRequest, ref: str) -> HttpResponse:
    """What is left of the duty, and what paying it does; a post orders the payment."""
    actor, at = actor_of(request), now(request)
    deal = deal_of(actor, ref)
    actor.require("sell")
    home = reverse("deal", args=[deal.number])
    owed = duty.left_for(actor, deal)
    if request.method == "GET" and (not owed or deal.seller not in actor.orgs):
        raise NotFound("There is nothing to pay by a duty here.")

    def do() -> str:
        duty.pay(deal.pk, actor=actor, amount=sheets.amount_of(request), at=at)
        say(request, _("The payment is on its way to the bank."))
        return home

    sheet = Sheet(
        heading=_("Pay by your duty"),
        crumbs=((_("Deals"), reverse("deals")), (deal.number, home)),
        rows=(Amount(_("Still owed by your duty"), owed, is_total=True),),
        about=_("The bank has written the loan off; the goods brought less than you promised."),
        asks=(Ask("amount", _("Amount, CNY"), money_text(owed)),),
        will=(
            Will(_("Your bank is told to pay the lender")),
            Will(_("What you pay the buyer owes you from then on")),
        ),
        button=_("Pay"),
    )
    return sheets.answer(request, sheet, do, here="deals")
