"""Where a house stands, when it is open and whom to call: what those who fetch goods read."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_http_methods

from heliu.logistics.warehousing import operations, queries
from heliu.logistics.warehousing.policies import REACH, Reach
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, say
from heliu.portal.ui.parts import Ask, Sheet, Will

FIELDS = {
    "address": (N_("Address, English"), ""),
    "address_zh": (N_("Address, Chinese"), ""),
    "hours": (N_("Hours, English"), N_("When goods are handed over, such as Mon–Fri 8–17.")),
    "hours_zh": (N_("Hours, Chinese"), ""),
    "contact": (N_("Whom to call"), ""),
    "phone": (N_("Phone"), ""),
}


@require_http_methods(["GET", "POST"])
@desk_page
def sheet(request: HttpRequest, house: UUID) -> HttpResponse:
    """The sheet on which the gate says how it is found."""
    actor = actor_of(request)
    actor.require("receive")
    stands = queries.own_house(actor, house)
    back = f"{reverse('warehouse_map')}?house={stands.code}"

    def do() -> str:
        typed = {name: request.POST.get(name, "") for name in REACH}
        operations.tell(house, Reach.of(typed), actor=actor)
        say(request, _("Whoever fetches goods here reads it from now on."))
        return back

    asked = Sheet(
        heading=_("Address and hours"),
        crumbs=((stands.display, back),),
        asks=tuple(
            Ask(
                name, _(label), getattr(stands, name), help=_(help) if help else "", is_needed=False
            )
            for name, (label, help) in FIELDS.items()
        ),
        will=(
            Will(_("It stands beside every pick-up code of goods that lie here")),
            Will(_("Who reads the other language than you filled in reads the one that is there")),
        ),
        button=_("Keep"),
    )
    return sheets.answer(request, asked, do, here="warehouse_map")
