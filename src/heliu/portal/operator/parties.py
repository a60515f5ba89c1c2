"""Who is on the platform: roles, relationships, people, and where their documents stand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET, require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.parties import operations
from heliu.kernel.parties import queries as parties
from heliu.portal.operator.pages import listed, page_in, skipped
from heliu.portal.operator.words import DOCUMENTS
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Chip
from heliu.trade import closing_houses, looks, oversight, tiers

ROWS = 50
MOST_LINKS = 100
ROLES = {
    "": N_("All"),
    "DEALER": N_("Dealers"),
    "SELLER": N_("Sellers"),
    "BANK": N_("Banks"),
    "WAREHOUSE": N_("Warehouses"),
    "CARRIER": N_("Carriers"),
    "OPERATOR": N_("Operators"),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Parties by code; found by code or a part of the name, narrowed by role."""
    actor, number = actor_of(request), page_in(request)
    text, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    role = role if role in ROLES else ""
    found, total = oversight.parties(
        actor, text=text, role=role, most=ROWS, skipped=skipped(number, ROWS)
    )
    query = urlencode({"q": text, "role": role})
    context = {
        "text": text,
        "role": role,
        "rows": found,
        "total": total,
        "chips": [
            Chip(_(words), "?" + urlencode({"q": text, "role": key}), on=key == role)
            for key, words in ROLES.items()
        ],
        "pager": listed(number, ROWS, len(found), total, query),
    }
    return show(request, "operator/parties.html", context, here="operator_parties")


@require_http_methods(["GET", "POST"])
@desk_page
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One party: what it is, who works there by role, with whom it trades, who owns it; a post
    writes down who owns or represents it, or ends that."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        if act := request.POST.get("stand"):
            reason = request.POST.get("reason", "")
            said = closing_houses.stand(code, act, actor=actor, reason=reason, at=at)
            if said.asked is None:
                say(request, _("It stands so from now on, and is told."))
            else:
                say(request, _("Another person of your house is asked to agree."))
        elif "tier" in request.POST:
            tiers.set_tier(oversight.party(actor, code).id, request.POST["tier"], actor=actor)
            say(request, _("Saved. Customers have it in a moment."))
        elif ended := request.POST.get("end"):
            operations.untie(_id(ended), actor=actor, at=at)
            say(request, _("It is ended."))
        else:
            _tie(request, actor, oversight.party(actor, code), at)
            say(request, _("It is written down."))
        return reverse("operator_party", args=[code])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    return answer or _party(request, actor, code, refusal)


def _party(request: HttpRequest, actor: Actor, code: str, refusal: Refused | None) -> HttpResponse:
    party = oversight.party(actor, code)
    looks.at_party(actor, party, at=now(request))
    links, total = oversight.relationships(actor, party.id, MOST_LINKS)
    names = oversight.names(actor, (link.other for link in links))
    states = oversight.states(actor, party.id)
    context = {
        "party": party,
        "people": oversight.people(actor, party.id),
        "links": [(link, names.get(link.other)) for link in links],
        "links_total": total,
        "ties": list(parties.ties(actor, party.id)),
        "kinds": parties.TIE_KINDS,
        "tiers": tiers.TIERS,
        "tier": tiers.tier_of(party.id, actor=actor),
        "typed": request.POST,
        "refusal": refusal,
        "documents": [
            (_(DOCUMENTS[kind]), list(group))
            for kind, group in groupby(states, key=lambda one: one.kind)
        ],
    }
    return show(
        request,
        "operator/party.html",
        context,
        here="operator_parties",
        status=refusal.status if refusal else 200,
    )


def _tie(request: HttpRequest, actor: Actor, party: oversight.Party, at: datetime) -> None:
    """Write down, as it was typed, who owns or represents a party or which account it has."""
    holder = request.POST.get("holder", "").strip()
    operations.tie(
        party.id,
        request.POST.get("kind", ""),
        name=request.POST.get("name", ""),
        number=request.POST.get("number", ""),
        share=_share(request.POST.get("share", "")),
        holder=oversight.party(actor, holder).id if holder else None,
        actor=actor,
        at=at,
    )


def _share(typed: str) -> Decimal | None:
    """A share as a part of one, typed in per cent."""
    typed = typed.strip().removesuffix("%")
    if not typed:
        return None
    try:
        return (Decimal(typed) / 100).quantize(Decimal("0.0001"))
    except InvalidOperation:
        raise Invalid(
            "share-invalid", "A share is above 0 and at most all.", field="share"
        ) from None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None
