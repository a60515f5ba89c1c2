"""The keeper's page: one field, one verdict.

A scan is a pick-up code, or goods: by lot, bin, code or barcode. Codes let the goods of their
release order leave; goods are asked for before they are taken, and what is pledged is refused.
Every answer is recorded by the operation that gave it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import gate
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.pledges.policies import CODE_LENGTH
from heliu.logistics.verdicts import Verdict
from heliu.logistics.warehousing import operations as warehousing
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, show
from heliu.portal.warehouse.houses import bin_codes, kept_rows
from heliu.portal.warehouse.releases import Task, in_hand, tasks
from heliu.portal.warehouse.tries import tries
from heliu.trade import deliveries

HERE = "warehouse_scan"
SESSION_VERDICT = "scan_verdict"
LONGEST = 60
SHORTEST_ENDING = 4
MOST_TRIES = 12

HEADS = {
    "go": N_("Go"),
    "wrong": N_("Wrong code"),
    "expired": N_("Code expired"),
    "used": N_("Code used before"),
    "locked": N_("Too many wrong codes"),
    "pledged": N_("Pledged"),
    "quarantined": N_("In quarantine"),
    "too-many": N_("Not so many here"),
    "promised": N_("Promised to others"),
    "unknown": N_("Not known here"),
}
"""The verdict in two words, by its code."""

UNKNOWN = N_("Stop. Nothing in this house has this number. Read it again.")


@require_http_methods(["GET", "POST"])
@desk_page
def scan(request: HttpRequest) -> HttpResponse:
    """Ask with a post; the answer is read from the address it leads to, as often as one likes."""
    actor, at = actor_of(request), now(request)
    if request.method == "POST":
        return deed(request, lambda: _ask(request, actor, at))
    order = in_hand(actor, request.GET.get("for", ""))
    to_take = tasks(actor, order) if order else []
    context = {
        "order": order,
        "owner": names([order.taker]).get(order.taker) if order else None,
        "tasks": to_take,
        "taken": sum(task.picked for task in to_take),
        "verdict": _verdict(request),
        "tries": tries(actor, most=MOST_TRIES),
        "may_pick": actor.may("pick"),
    }
    return show(request, "warehouse/scan.html", context, here=HERE)


def _ask(request: HttpRequest, actor: Actor, at: datetime) -> str:
    """Put what was scanned to the house, keep the answer for the page, say where it is shown."""
    text = request.POST.get("scanned", "").strip()[:LONGEST]
    if not text:
        raise Invalid("nothing-scanned", "Scan or type a code.", field="scanned")
    number = request.POST.get("for", "")
    order = in_hand(actor, number)
    verdict, what, name = _answer(actor, text, order, at)
    released = getattr(verdict, "release_order", None)
    key = request.POST.get("idempotency_key", "")
    request.session[SESSION_VERDICT] = {
        "key": key,
        "go": verdict.go,
        "code": verdict.code,
        "message": verdict.message,
        "params": dict(verdict.params),
        "what": what,
        "name": name,
    }
    asked = {"for": released.number if released else number, "answer": key}
    return f"{reverse(HERE)}?{urlencode({name: value for name, value in asked.items() if value})}"


def _answer(actor: Actor, text: str, order: Any, at: datetime) -> tuple[Verdict, str, str]:
    """The verdict, what it speaks of and its name: a code that opens, else goods, else a wrong
    code."""
    if gate.find_deal(text, actor=actor) is None:
        row = _row(actor, text, tasks(actor, order) if order else [])
        if row is not None:
            what = f"{row.sku.code} · {row.lot}".rstrip(" ·")
            return _pick(actor, row, order, at), what, row.sku.display
        if len("".join(text.split()).replace("-", "")) != CODE_LENGTH:
            return Verdict(False, "unknown", UNKNOWN), text, ""
    verdict = deliveries.pick_up(actor=actor, code=text, at=at)
    return verdict, verdict.release_order.number if verdict.release_order else "", ""


def _row(actor: Actor, text: str, to_take: list[Task]) -> Any:
    """The goods meant by a lot, a bin, a code, a barcode, a serial number or the end of a lot.

    Those of the order in hand come first, then pledged ones: where it is not sure which goods are
    meant, the answer must be the careful one.
    """
    bins = [pk for pk, code in bin_codes(actor).items() if code.upper() == text.upper()]
    kept = kept_rows(actor)
    named = Q(lot__iexact=text) | Q(sku__code__iexact=text) | Q(sku__barcode=text) | Q(bin__in=bins)
    rows = list(kept.filter(named)) or list(kept.filter(pieces__mark__code__iexact=text))
    if not rows and len(text) >= SHORTEST_ENDING:
        rows = list(kept.filter(lot__iendswith=text))
    wanted = {task.line.stock_row_id for task in to_take if task.left}
    rows.sort(key=lambda row: (row.pk not in wanted, row.pledge is None))
    return next(iter(rows), None)


def _pick(actor: Actor, row: Any, order: Any, at: datetime) -> Verdict:
    """Ask for the goods: all that the order in hand still needs of the row, else one piece."""
    needed = (
        [task for task in tasks(actor, order) if task.line.stock_row_id == row.pk] if order else []
    )
    left = needed[0].left if needed else 0
    deal = order.deal if order else None
    if row.pledge is not None:
        bound = pledges.visible_to(actor).filter(pk=row.pledge).first()
        deal = bound.deal if bound else deal
    return warehousing.pick(
        actor=actor,
        row_id=row.pk,
        quantity=left or 1,
        at=at,
        release_order_id=order.pk if left else None,
        deal=deal,
    )


def _verdict(request: HttpRequest) -> dict[str, Any] | None:
    """The answer this address was made for, in the reader's language."""
    kept = request.session.get(SESSION_VERDICT)
    if not kept or kept["key"] != request.GET.get("answer"):
        return None
    return {
        "go": kept["go"],
        "tone": "good" if kept["go"] else "bad",
        "head": _(HEADS.get(kept["code"], HEADS["unknown"])),
        "words": Verdict(kept["go"], kept["code"], kept["message"], kept["params"]).words,
        "what": kept["what"],
        "name": kept["name"],
        "is_kept": not kept["go"] and kept["code"] != "unknown",
    }
