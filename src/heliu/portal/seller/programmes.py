"""How banks finance the seller's dealers, and what the seller has promised them for it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.capital.credit import drafting
from heliu.capital.credit import queries as credit
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.programmes import default, offer
from heliu.portal.ui.formats import NOTHING
from heliu.trade import programmes as stories


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The programmes of the seller's goods; what the bank reckons with stays with the bank."""
    actor = actor_of(request)
    found = list(credit.programmes_visible_to(actor).filter(seller__in=actor.orgs).order_by("name"))
    lenders = names(one.lender for one in found)
    offers = list(drafting.visible_to(actor).filter(status="OFFERED", seller__in=actor.orgs))
    lenders |= names(one.lender for one in offers)
    context = {
        "offers": [(one, drafting.programme_of(one), lenders.get(one.lender)) for one in offers],
        "programmes": [
            {
                "programme": one,
                "lender": lenders.get(one.lender),
                "groups": [(_("What is lent"), offer(one)), (_("Default"), default(one))],
            }
            for one in found
        ],
    }
    return show(request, "seller/programmes.html", context, here="seller_programmes")


@require_http_methods(["GET", "POST"])
@desk_page
def offer_page(request: HttpRequest, draft: UUID) -> HttpResponse:
    """What a bank offers for the seller's dealers, and the seller's word on it."""
    actor, at = actor_of(request), now(request)
    found = drafting.visible_to(actor).filter(pk=draft, seller__in=actor.orgs)
    one = found.select_related("programme").first()
    if one is None:
        raise NotFound()

    def do() -> str:
        agrees = request.POST.get("answer") == "yes"
        stories.answer(one.pk, agrees=agrees, said=request.POST.get("said", ""), actor=actor, at=at)
        say(request, _("It is in force for new orders.") if agrees else _("The bank is told."))
        return reverse("seller_programmes")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    terms, before = drafting.programme_of(one), one.programme
    context = {
        "offer": one,
        "terms": terms,
        "lender": names([one.lender]).get(one.lender),
        "groups": [
            (title, [(label, value, _before(label, value, dict(was))) for label, value in rows])
            for title, rows, was in (
                (_("What is lent"), offer(terms), offer(before) if before else []),
                (_("Default"), default(terms), default(before) if before else []),
            )
        ],
        "may_answer": one.status == "OFFERED" and actor.may("sell"),
        "refusal": refusal,
        "said": request.POST.get("said", ""),
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "seller/programme_offer.html", context, here="seller_programmes", status=status
    )


def _before(label: str, value: str, was: dict[str, str]) -> str:
    """What a term said that a new version changes, – where there was none; nothing where it stays,
    and of a programme that is new as a whole."""
    before = was.get(label, NOTHING)
    return before if was and before != value else ""
