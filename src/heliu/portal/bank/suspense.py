"""Money that came to the bank's own account and names no loan: a person says for which it is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.capital.bank import queries as bank
from heliu.kernel.errors import NotFound
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say, show
from heliu.portal.shell.suspense import let_go, listed, said_of
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will
from heliu.trade import incoming


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What lies in suspense, the oldest first; then what was settled last."""
    context = listed(
        request,
        "NOSTRO",
        settle="bank_suspense_settle",
        may_settle=actor_of(request).may("override"),
    )
    return show(request, "bank/suspense.html", context, here="bank_suspense")


@require_http_methods(["GET", "POST"])
@desk_page
def settle(request: HttpRequest, row: UUID) -> HttpResponse:
    """The sheet on which money in suspense finds its loan."""
    actor, at = actor_of(request), now(request)
    actor.require("override")
    came = bank.incoming_visible_to(actor).filter(pk=row).first()
    if came is None:
        raise NotFound()
    home = reverse("bank_suspense")
    if came.is_missing:
        return let_go(request, came, home, here="bank_suspense")

    def do() -> str:
        if loan := request.POST.get("loan", "").strip():
            incoming.name_loan(row, loan=loan, actor=actor)
            say(request, _("It goes on with this loan in a moment."))
        else:
            incoming.set_aside(row, note=request.POST.get("note", ""), actor=actor, at=at)
            say(request, _("It is set aside."))
        return home

    sheet = Sheet(
        heading=_("Settle money in suspense"),
        crumbs=((_("Suspense"), home),),
        rows=(Amount(_("Amount"), came.amount, is_total=True),),
        about=said_of(came),
        asks=(
            Ask("loan", _("Number of the loan"), came.note, is_needed=False),
            Ask("note", _("What else it is for"), is_needed=False),
        ),
        will=(
            Will(_("A loan that awaits its deposit goes on with it; what is too much goes back")),
            Will(_("Of any other loan all of it goes back to the dealer")),
            Will(_("Without a number it is only set aside here")),
        ),
        button=_("Settle"),
    )
    return sheets.answer(request, sheet, do, here="bank_suspense")
