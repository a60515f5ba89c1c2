"""Money that came by somebody's own transfer and whose use is not plain: a list for its house."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from heliu.capital.bank import queries as bank
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import actor_of, now
from heliu.portal.ui import parts

ROWS = 50


def listed(request: HttpRequest, kind: str, *, settle: str, may_settle: bool) -> Any:
    """What lies in suspense on the house's account of a kind, the oldest first; then what was
    settled last. `settle` is the page on which a row finds its use."""
    actor, today = actor_of(request), day_of(now(request))
    tab = "all" if request.GET.get("tab") == "all" else ""
    mine = bank.incoming_visible_to(actor).filter(account__kind=kind)
    waiting = mine.filter(status="SUSPENSE")
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


def tail(came: Any) -> str:
    """The last digits of the account it came from."""
    return f"…{came.counterparty[-4:]}"
