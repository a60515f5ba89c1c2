"""Payment instructions with their state, and the notices of the bank that a person has to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET, require_POST

from heliu.capital.bank import queries as payments
from heliu.capital.lending import queries as lending
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.bank.loans import financed, numbers_of
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import side_exits

ROWS = 50
STATES = {
    "": N_("All"),
    "UNKNOWN": N_("Outcome unknown"),
    "SENT": N_("Sent"),
    "CREATED": N_("Written"),
    "REJECTED": N_("Rejected"),
    "BOOKED": N_("Booked"),
}
# What a person may have to ask after stands above what moves by itself.
URGENCY = Case(
    When(status="UNKNOWN", then=Value(0)),
    When(status__in=("SENT", "CREATED"), then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Unknown payments first, then what is under way, then the rest by time."""
    actor, text = actor_of(request), request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    base = financed(actor, text)
    found = base.filter(status=state) if state else base
    ordered = found.annotate(urgency=URGENCY).order_by("urgency", "-created_at", "-number")
    counts = parts.tally(base, {key: Q(status=key) if key else Q() for key in STATES})
    page = parts.Leaves(ordered, ROWS).get_page(request.GET.get("page"))
    context = {
        "text": text,
        "state": state,
        "chips": [
            parts.Chip(
                _(words),
                "?" + urlencode({"q": text, "state": key}),
                counts[key],
                on=key == state,
            )
            for key, words in STATES.items()
        ],
        "rows": _rows(actor, list(page)),
        "pager": parts.pager(page, urlencode({"q": text, "state": state})),
        "flagged": _flagged(actor),
    }
    return show(request, "bank/payments.html", context, here="bank_payments")


@require_POST
@desk_page
def again(request: HttpRequest, number: str) -> HttpResponse:
    """Order a refused return once more, when its cause is mended."""
    actor, at = actor_of(request), now(request)
    refused = payments.get(actor, number)

    def do() -> str:
        fresh = side_exits.pay_again(refused.pk, actor=actor, at=at)
        say(request, _("Ordered again as %(number)s.") % {"number": fresh.number})
        return reverse("bank_payments")

    return deed(request, do)


def _rows(actor: Actor, found: list[Any]) -> list[dict[str, Any]]:
    numbers = numbers_of(actor, (payment.deal for payment in found))
    houses = names(org for payment in found for org in (payment.payer, payment.payee))
    repeated, promised = _repeated(actor, found), _promised(actor, found)
    return [
        {
            "payment": payment,
            "payer": houses.get(payment.payer),
            "payee": houses.get(payment.payee),
            "deal": numbers.get(payment.deal, ""),
            "may_repeat": payment.status == "REJECTED"
            and (payment.purpose in side_exits.RETURNS or payment.deal in promised)
            and payment.number not in repeated,
        }
        for payment in found
    ]


def _promised(actor: Actor, found: Iterable[Any]) -> set[UUID]:
    """Deals of refused payments of bills that are still to be paid."""
    of = [one.deal for one in found if one.purpose == "BILL_PAYMENT" and one.status == "REJECTED"]
    loans = lending.visible_to(actor).filter(deal__in=of) if of else ()
    return {one.deal for one in loans if one.is_promised}


def _repeated(actor: Actor, found: Iterable[Any]) -> set[str]:
    """Numbers of refused payments that were ordered again: the later one ends its key with them."""
    refused = [one for one in found if one.status == "REJECTED"]
    keys = payments.grid(actor, deals=[one.deal for one in refused]) if refused else None
    if keys is None:
        return set()
    later = list(keys.values_list("key", flat=True))
    return {one.number for one in refused if any(key.endswith(one.number) for key in later)}


def _flagged(actor: Actor) -> list[dict[str, Any]]:
    notices = list(payments.flagged_notices(actor)[:ROWS])
    known: dict[UUID, Any] = {
        one.pk: one
        for one in payments.visible_to(actor).filter(pk__in=[n.instruction for n in notices])
    }
    return [{"notice": notice, "payment": known.get(notice.instruction)} for notice in notices]
