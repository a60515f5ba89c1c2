"""The sheet on which a bank says how far it lends against stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.errors import NotFound
from heliu.portal.bank.programme_form import own
from heliu.portal.pools.words import DAYS, SHARES, figure_names
from heliu.portal.shell.approvals import asked
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.shell.sheets import answer, number_of, rate_of
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import programmes


@require_http_methods(["GET", "POST"])
@desk_page
def change(request: HttpRequest, programme: UUID) -> HttpResponse:
    """Ratios, haircut, days; loans that were offered keep theirs."""
    actor, at = actor_of(request), now(request)
    found = own(actor, programme)
    actor.require("override")
    if found.product != "INVENTORY":
        raise NotFound()

    def do() -> str:
        done = programmes.set_margins(found.pk, _typed(request), actor=actor, at=at)
        if programmes.is_asked(done):
            return asked(request, done)
        say(request, _("Changed for new loans; those that were offered stay as they were."))
        return reverse("bank_programmes")

    return answer(request, _sheet(found), do, here="bank_programmes")


def _sheet(programme: Any) -> Sheet:
    rules, named = programme.margin_rules, figure_names()
    shares = [
        Ask(name, named[name], f"{(getattr(rules, name) * 100).normalize():f}", "number")
        for name in SHARES
    ]
    days = [Ask(name, named[name], str(getattr(rules, name)), "number") for name in DAYS]
    return Sheet(
        heading=_("How far to lend against stock"),
        crumbs=((_("Programmes"), reverse("bank_programmes")),),
        asks=(*shares, *days),
        will=(Will(_("It holds for new loans")),),
        button=_("Save"),
        about=programme.display,
    )


def _typed(request: HttpRequest) -> dict[str, Decimal | int]:
    shares = {name: rate_of(request, name) / 100 for name in SHARES}
    return {**shares, **{name: number_of(request, name) for name in DAYS}}
