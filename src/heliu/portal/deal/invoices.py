"""The sheet on which buyer or seller lay an invoice before the lender."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.portal.deal.account_views import day_typed
from heliu.portal.deal.money_views import read_amount
from heliu.portal.deal.reading import deal_of
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Will
from heliu.trade import invoices


@require_http_methods(["GET", "POST"])
@desk_page
def lay(request: HttpRequest, ref: str) -> HttpResponse:
    """Number, day, amount and the paper of an invoice of the seller."""
    actor, at = actor_of(request), now(request)
    deal = deal_of(actor, ref)
    if not invoices.may_lay(actor, deal):
        raise NotFound()

    def do() -> str:
        amount, problem = read_amount(request.POST.get("amount", ""))
        if amount is None:
            raise Invalid("amount-unreadable", problem, field="amount")
        laid = invoices.lay(
            deal.pk,
            actor=actor,
            number=request.POST.get("number", ""),
            amount=amount,
            issued_on=day_typed(request, at),
            at=at,
        )
        if paper := request.FILES.get("paper"):
            invoices.show(laid.pk, actor=actor, name=paper.name or "", content=paper.read(), at=at)
        say(request, _("Invoice %(number)s lies before the bank.") % {"number": laid.number})
        return reverse("deal", args=[deal.number]) + "#invoices"

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "deal": deal,
        "today": day_of(at),
        "will": [
            Will(_("The bank reads it with the order")),
            Will(_("Whether it was financed before is looked for on the whole platform")),
        ],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(request, "deal/invoice.html", context, here="deals", status=status)
