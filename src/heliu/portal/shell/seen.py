"""Who of another house opened what is ours; for the operator, everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.audit import queries
from heliu.kernel.parties.queries import ROLES, names
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.trade import oversight

ROWS = 50


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The looks, newest first; ``about`` leaves those at one deal or party."""
    actor = actor_of(request)
    about = request.GET.get("about", "").strip()
    found = queries.visible_to(actor)
    page = parts.Leaves(found.filter(about=about) if about else found, ROWS).get_page(
        request.GET.get("page")
    )
    houses = _houses(actor, {org for one in page for org in (one.reader_org, one.owner)})
    context = {
        "about": about,
        "is_operator": actor.may("operate"),
        "rows": [
            {
                "one": one,
                "house": _name(houses, one.reader_org) or str(dict(ROLES)[one.role]),
                "owner": _name(houses, one.owner),
            }
            for one in page
        ],
        "pager": parts.pager(page, urlencode({"about": about}) if about else ""),
    }
    return show(request, "shell/seen.html", context, here="seen")


def _houses(actor: Actor, orgs: set[UUID]) -> Mapping[UUID, Any]:
    """Those whose names the reader may see; an operator may see all."""
    return oversight.names(actor, orgs) if actor.may("operate") else names(orgs)


def _name(houses: Mapping[UUID, Any], org: UUID) -> str:
    return houses[org].display if org in houses else ""
