"""Money that came by somebody's own transfer and whose use is not plain: a list for its house."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from heliu.capital.bank import queries as bank
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, now, say
from heliu.portal.ui import parts
from heliu.trade import recalling

ROWS = 50


def listed(request: HttpRequest, kind: str, *, settle: str, may_settle: bool) -> Any:
    """What lies in suspense on the house's account of a kind, the oldest first; then what was
    settled last. `settle` is the page on which a row finds its use."""
    actor, today = actor_of(request), day_of(now(request))
    tab = "all" if request.GET.get("tab") == "all" else ""
    mine = bank.incoming_visible_to(actor).filter(account__kind=kind)
    waiting = bank.to_settle(mine)
    shown = mine if tab else waiting.order_by("booked_on", "id")
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    payers = names(one.payer for one in page)
    return {
        "chips": [
            parts.Chip(_("In suspense"), "?", waiting.count(), on=not tab),
            parts.Chip(_("All"), "?tab=all", parts.counted(mine), on=bool(tab)),
        ],
        "rows": [
            {
                "came": one,
                "payer": payers.get(one.payer),
                "tail": tail(one),
                "to_settle": one.status == "SUSPENSE" or one.is_missing,
                "age": (today - one.booked_on).days,
            }
            for one in page
        ],
        "pager": parts.pager(page, "tab=all" if tab else ""),
        "may_settle": may_settle,
        "settle": settle,
    }


def said_of(came: Any) -> str:
    """Whose account it came from, and what was written on it."""
    payer = names([came.payer]).get(came.payer) if came.payer else None
    return _("From %(payer)s: %(reference)s") % {
        "payer": payer.display if payer else tail(came),
        "reference": came.reference,
    }


def let_go(request: HttpRequest, came: Any, home: str, *, here: str) -> HttpResponse:
    """The sheet on which a person says how it settled what the money had paid that the bank has
    taken back."""

    def do() -> str:
        note = request.POST.get("note", "")
        recalling.let_go(came.pk, note=note, actor=actor_of(request), at=now(request))
        say(request, _("It is settled."))
        return home

    sheet = parts.Sheet(
        heading=_("Taken back by the bank"),
        crumbs=((_("Suspense"), home),),
        rows=(parts.Amount(_("Amount"), came.amount, is_total=True),),
        about=said_of(came),
        asks=(parts.Ask("note", _("How it was settled")),),
        will=(
            parts.Will(_("It paid %(what)s, and that stands") % {"what": came.note}),
            parts.Will(_("The bank has the money no more: settle it with who paid")),
            parts.Will(_("Afterwards it counts no more here")),
        ),
        button=_("It is settled"),
    )
    return sheets.answer(request, sheet, do, here=here)


def tail(came: Any) -> str:
    """The last digits of the account it came from."""
    return f"…{came.counterparty[-4:]}"
