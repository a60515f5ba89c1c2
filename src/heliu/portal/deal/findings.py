"""What speaks against a financed order in words, and the lender's question to its own people."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.parties.queries import TIE_KINDS
from heliu.portal.deal.reading import deal_of
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say
from heliu.portal.ui.formats import listed
from heliu.trade import controls

BEFORE = ("AWAIT_DEPOSIT", "FUNDED_SHARE")


class Told(NamedTuple):
    """A finding in words: how it looks, what was found, by which figures."""

    tone: str
    title: str
    note: str


@require_POST
@desk_page
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody at the lender asks the others whether to pay out in spite of what was found."""
    actor, at = actor_of(request), now(request)
    deal = deal_of(actor, ref)

    def do() -> str:
        controls.ask_again(deal.pk, actor=actor, reason=request.POST.get("reason", ""), at=at)
        say(request, _("Another person is asked."))
        return reverse("deal", args=[deal.number])

    return deed(request, do)


def findings_for(actor: Actor, view: Any) -> dict[str, Any]:
    """What stands on the deal page of the lender, and whether its people can be asked anew."""
    if view.side != "lender" or view.loan is None:
        return {}
    found = controls.findings(actor, view.deal)
    is_open = any(one.is_hard and not one.approval for one in found)
    waits = approvals.about(actor, view.deal.pk, controls.PAY_OUT.name) if is_open else None
    return {
        "findings": [told(one) for one in found],
        "findings_wait": waits,
        "findings_to_ask": (
            is_open and not waits and view.loan.status in BEFORE and actor.may("decide")
        ),
    }


def told(one: Any) -> Told:
    """One finding; of others it says only that they are there."""
    note = _note(one.code, one.found)
    if one.approval:
        note = f"{note}; {_('paid out in spite of it')}" if note else _("paid out in spite of it")
    return Told(str(one.tone), one.get_code_display(), note)


def _note(code: str, found: dict[str, Any]) -> str:
    if code in ("DUPLICATE_INVOICE", "DUPLICATE_FILE"):
        return _("%(number)s was laid for another financed order") % found
    if code == "CIRCULAR_TRADE":
        words = ngettext(
            "the seller buys from the buyer over %(links)d order, up to %(percent)d%% of this one",
            "the seller buys from the buyer over %(links)d orders, up to %(percent)d%% of this one",
            found["links"],
        )
        return words % found
    if code == "RELATED_PEOPLE":
        people = found["people"]
        return ngettext("%(n)d person in common", "%(n)d people in common", people) % {"n": people}
    if code == "RELATED_TIE":
        return _tie(found)
    return ""


def _tie(found: dict[str, Any]) -> str:
    sides = (("of_buyer", _("%(kind)s of the buyer")), ("of_seller", _("%(kind)s of the seller")))
    names = dict(TIE_KINDS)
    parts = [words % {"kind": names[found[side]]} for side, words in sides if found.get(side)]
    if found["percent"] is not None:
        parts.append(_("at least %(percent)d%%") % {"percent": found["percent"]})
    return listed(parts)
