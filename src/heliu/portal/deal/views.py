"""The deal page and the acts on its order: confirm, cancel; and its papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.language import is_chinese
from heliu.kernel.parties.queries import names
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.deal.page import deal_context
from heliu.portal.deal.reading import read
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Will
from heliu.trade import confirming, looks, photos, side_exits

ENDORSED = {
    "pledged": N_("Pledged to the bank"),
    "released": N_("Released by the bank"),
    "delivered": N_("Handed over"),
}


@require_GET
@desk_page
def deal(request: HttpRequest, ref: str) -> HttpResponse:
    """One order with its money, goods and facts, in the words of the side that reads it."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    looks.at_deal(actor, view.deal, at=at)
    return show(request, "deal/detail.html", deal_context(actor, view, at), here="deals")


@require_POST
@desk_page
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """The seller accepts an order that no bank pays for."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)

    def do() -> str:
        number = {"number": view.order.number}
        if confirming.confirm(view.order.pk, actor=actor, at=at):
            say(request, _("Others of your house are asked about %(number)s.") % number)
        else:
            say(request, _("Order %(number)s is confirmed.") % number)
        return reverse("deal", args=[view.deal.number])

    return deed(request, do)


@require_http_methods(["GET", "POST"])
@desk_page
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet on which an order is called off: what goes back to whom."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)

    def do() -> str:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise Invalid("reason-missing", "A reason is needed.", field="reason")
        side_exits.cancel(view.order.pk, actor=actor, reason=reason, at=at)
        say(request, _("Order %(number)s is cancelled.") % {"number": view.order.number})
        return reverse("deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if _posted(request) else (None, None)
    )
    context = {
        "deal": view.deal,
        "order": view.order,
        "will": _what_cancelling_does(view),
        "refusal": refusal,
    }
    return answer or _sheet(request, "deal/cancel.html", context)


@require_GET
@desk_page
def agreement(request: HttpRequest, ref: str) -> HttpResponse:
    """The loan agreement in the reader's language, with its digest."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    if view.loan is None or not view.loan.agreement_digest:
        raise NotFound()
    looks.at_loan_paper(actor, view.loan, view.deal.number, paper=view.loan.number, at=at)
    context = {
        "deal": view.deal,
        "order": view.order,
        "title": _("Loan agreement %(number)s") % {"number": view.loan.number},
        "pdf": reverse("deal_agreement_pdf", args=[view.deal.number]),
        "text": agreement_in_reading_language(view.loan),
        "proof": _("SHA-256 of the text in both languages: %(digest)s")
        % {"digest": view.loan.agreement_digest},
    }
    return show(request, "deal/paper.html", context, here="deals")


@require_GET
@desk_page
def receipt(request: HttpRequest, ref: str, number: str) -> HttpResponse:
    """A warehouse receipt: the goods it names, what became of it, whether it is unaltered."""
    actor = actor_of(request)
    view = read(actor, ref, now(request))
    found = warehousing.receipt(actor, number)
    looks.at_receipt(actor, found, view.deal.number, at=now(request))
    known = names([found.warehouse, found.owner, found.holder, found.pledgee])
    context = {
        "deal": view.deal,
        "order": view.order,
        "receipt": found,
        "photos": photos.of_shipment(actor, found.receiving.shipment),
        "lines": found.lines.all(),
        "endorsements": [
            {
                "words": _(ENDORSED.get(one["word"], "Noted")),
                "by": one["by"],
                "at": datetime.fromisoformat(one["at"]),
            }
            for one in found.endorsements
        ],
        "houses": [
            (label, known[org].display)
            for label, org in (
                (_("Warehouse"), found.warehouse),
                (_("Owner"), found.owner),
                (_("Holder"), found.holder),
            )
            if org in known
        ],
        "seal": (_("Unaltered"), "good")
        if warehousing.is_genuine(found)
        else (_("Altered"), "bad"),
    }
    return show(request, "deal/receipt.html", context, here="deals")


def agreement_in_reading_language(loan: Any) -> str:
    """The text of the agreement as the reader reads it."""
    return str(loan.agreement_zh if is_chinese() else loan.agreement_en)


def _sheet(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    refusal = context["refusal"]
    return show(request, template, context, here="deals", status=refusal.status if refusal else 200)


def _posted(request: HttpRequest) -> bool:
    return request.method == "POST"


def _what_cancelling_does(view: Any) -> list[Will]:
    will = [Will(_("The reserved goods are free for others"))]
    loan = view.loan
    if loan is None:
        return [*will, Will(_("Buyer and seller are told"))]
    if loan.is_promised:
        will.append(Will(_("The bill is cancelled"), minor=loan.principal))
    if loan.disbursed_on:
        will.append(Will(_("The seller sends the money back"), minor=loan.order_total))
        will.append(Will(_("The loan is taken back by the bank"), minor=loan.principal))
    if loan.deposit_booked_at:
        will.append(
            Will(
                _("The deposit goes back to the buyer"),
                minor=loan.margin or loan.deposit,
                plus=True,
            )
        )
    return [*will, Will(_("The limit is free again"), note=money_text(loan.draws))]
