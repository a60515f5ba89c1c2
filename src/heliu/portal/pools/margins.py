"""The sheet on which a bank says how far it lends against stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.credit import operations
from heliu.kernel.errors import NotFound
from heliu.portal.bank.programme_form import own
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.shell.sheets import answer, number_of, rate_of
from heliu.portal.ui.parts import Ask, Sheet, Will

SHARES = (
    "opening_ratio", "warn_ratio", "call_ratio", "liquidation_ratio", "haircut", "concentration",
)  # fmt: skip
DAYS = ("cure_days", "stale_days", "max_age_days")


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
        operations.set_margins(found.pk, _typed(request), actor=actor, at=at)
        say(request, _("Changed for new loans; those that were offered stay as they were."))
        return reverse("bank_programmes")

    return answer(request, _sheet(found), do, here="bank_programmes")


def _sheet(programme: Any) -> Sheet:
    rules, named = programme.margin_rules, dict(zip((*SHARES, *DAYS), _names(), strict=True))
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


def _names() -> tuple[str, ...]:
    return (
        _("Lends of the value, at most, in percent"),
        _("Warns from, in percent"),
        _("Calls from, in percent"),
        _("Sells from, in percent"),
        _("Taken off the goods' worth, in percent"),
        _("One kind counts up to, in percent"),
        _("Working days to cure a call"),
        _("Days a price holds"),
        _("Days goods count"),
    )


def _typed(request: HttpRequest) -> dict[str, Decimal | int]:
    shares = {name: rate_of(request, name) / 100 for name in SHARES}
    return {**shares, **{name: number_of(request, name) for name in DAYS}}
