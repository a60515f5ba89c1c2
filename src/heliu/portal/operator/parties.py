"""Who is on the platform: roles, relationships, people, and where their documents stand."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from heliu.kernel.errors import NotFound
from heliu.portal.operator.pages import listed, page_in, skipped
from heliu.portal.operator.words import DOCUMENTS
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui.parts import Chip
from heliu.trade import oversight

ROWS = 50
MOST_LINKS = 100
ROLES = {
    "": N_("All"),
    "DEALER": N_("Dealers"),
    "SELLER": N_("Sellers"),
    "BANK": N_("Banks"),
    "WAREHOUSE": N_("Warehouses"),
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


@require_GET
@desk_page
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One party: what it is, who works there by role, with whom it trades."""
    actor = actor_of(request)
    found, _total = oversight.parties(actor, text=code, most=ROWS)
    party = next((one for one in found if one.code == code), None)
    if party is None:
        raise NotFound()
    links, total = oversight.relationships(actor, party.id, MOST_LINKS)
    names = oversight.names(actor, (link.other for link in links))
    states = oversight.states(actor, party.id)
    context = {
        "party": party,
        "people": oversight.people(actor, party.id),
        "links": [(link, names.get(link.other)) for link in links],
        "links_total": total,
        "documents": [
            (_(DOCUMENTS[kind]), list(group))
            for kind, group in groupby(states, key=lambda one: one.kind)
        ],
    }
    return show(request, "operator/party.html", context, here="operator_parties")
