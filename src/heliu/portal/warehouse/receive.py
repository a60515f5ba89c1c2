"""Receiving: what is on its way, the count of a shipment, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.parties.queries import names
from heliu.logistics.transport import queries as transport
from heliu.logistics.warehousing import queries as warehousing
from heliu.logistics.warehousing.policies import Count, missing_of
from heliu.portal.deal.tellings import pieces
from heliu.portal.shell.goods import GoodsTold, goods_told
from heliu.portal.shell.marks import marks_typed
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.portal.ui.parts import Pill, Will
from heliu.portal.warehouse.houses import bin_codes, claim_on, kept_rows, waiting_rows
from heliu.trade import deals, deliveries, photos, tracing

ROWS = 50
MOST_DIGITS = 9
HERE = "warehouse_receive"


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A shipment: from whom, for whom, what."""

    shipment: Any
    sender: str
    owner: str
    goods: GoodsTold
    pieces: int


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count: of whose shipment, and how much did not come or came damaged."""

    count: Any
    sender: str
    missing: int
    damaged: int

    @property
    def state(self) -> Pill:
        """Whether somebody still has to make something good."""
        if self.count.status == "COUNTED":
            return Pill(_("Differs"), "due")
        return Pill(str(self.count.get_status_display()), "quiet")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line to be counted, as it stands in the form; ``missing`` is None for no count."""

    line: Any
    good: str
    damaged: str
    missing: int | None
    sent: Sequence[tuple[str, int]] = ()
    good_scans: str = ""
    damaged_scans: str = ""

    def marks(self, scans: str, whole: str) -> tuple[Any, ...]:
        """What was scanned of the line; as many as are counted (`whole`)."""
        pieces = int(whole) if _is_whole(whole) else 0
        return marks_typed(scans, self.line.sku.tracking, whole=pieces, field="counts")


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What is at the gate, then what is on the road."""
    actor = actor_of(request)
    page = parts.Leaves(transport.expected(actor), ROWS).get_page(request.GET.get("page"))
    context = {"rows": shipment_rows(list(page)), "pager": parts.pager(page)}
    return show(request, "warehouse/receive.html", context, here="warehouse_receive")


@require_GET
@desk_page
def counts(request: HttpRequest) -> HttpResponse:
    """What was counted in, the newest first; those that differ or all."""
    actor, tab = actor_of(request), request.GET.get("tab", "open")
    mine = warehousing.receivings_visible_to(actor).filter(warehouse__in=actor.orgs)
    open_ones = differing(actor)
    shown = mine if tab == "all" else open_ones
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "tabs": [
            parts.Chip(_("Differ"), "?tab=open", open_ones.count(), on=tab != "all"),
            parts.Chip(_("All counts"), "?tab=all", mine.count(), on=tab == "all"),
        ],
        "tab_on": tab,
        "rows": count_rows(list(page)),
        "pager": parts.pager(page, f"tab={tab}"),
    }
    return show(request, "warehouse/counts.html", context, here="warehouse_counts")


@require_POST
@desk_page
def arrived(request: HttpRequest, number: str) -> HttpResponse:
    """The shipment stands at the gate."""
    actor, at = actor_of(request), now(request)
    shipment = _shipment(actor, number)

    def do() -> str:
        deliveries.arrived(shipment.pk, actor=actor, at=at)
        say(request, _("%(number)s is at the gate.") % {"number": number})
        return reverse("warehouse_count", args=[number])

    return deed(request, do)


@require_http_methods(["GET", "POST"])
@desk_page
def count(request: HttpRequest, number: str) -> HttpResponse:
    """Count a shipment in. Where the count differs, what follows is shown before it is done.

    Photos that come with the form are kept whatever becomes of the rest of it.
    """
    actor, at = actor_of(request), now(request)
    shipment = _shipment(actor, number)
    unfit = _keep_photos(request, actor, shipment, at)
    only_photos = "only" in request.POST
    if shipment.status == "RECEIVED" and (request.method == "GET" or only_photos):
        outcome = {**_outcome(actor, shipment), "unfit": unfit}
        return show(request, "warehouse/counted.html", outcome, here=HERE)
    entries = _entries(shipment, request.POST, tracing.of_shipment(actor, shipment.pk))
    shown = request.POST.get("shown", "")

    def receive() -> str:
        deliveries.goods_received(shipment.pk, actor=actor, counts=_counts(entries), at=at)
        say(request, _("%(number)s is counted in.") % {"number": number})
        return reverse("warehouse_count", args=[number])

    def do() -> HttpResponse:
        missing_of({entry.line.pk: entry.line.quantity for entry in entries}, _counts(entries))
        return deed(request, receive)

    answer: HttpResponse | None = None
    refusal: Refused | None = None
    is_said = not _differs(entries) or shown == _said(entries)
    if request.method == "POST" and is_said and not (only_photos or unfit):
        answer, refusal = attempt(request, do)
    taken = photos.of_shipment(actor, shipment.pk)
    context = {
        **_about(shipment),
        "entries": entries,
        "good": sum(int(entry.good) for entry in entries if entry.missing is not None),
        "differs": _differs(entries),
        "said": _said(entries),
        "will": _will(shipment, entries, len(taken)),
        "photos": taken,
        "unfit": unfit,
        "refusal": refusal,
        "may_receive": actor.may("receive"),
    }
    # An error status would take back the photos that came with the form.
    status = refusal.status if refusal and not request.FILES else 200
    return answer or show(request, "warehouse/count.html", context, here=HERE, status=status)


def differing(actor: Actor) -> QuerySet[Any]:
    """Counts of the desk's houses that differ and are not settled yet."""
    return warehousing.receivings_visible_to(actor).filter(
        warehouse__in=actor.orgs, status="COUNTED"
    )


def shipment_rows(shipments: Sequence[Any]) -> list[ShipmentRow]:
    """The rows of these shipments, in three statements for any number."""
    prefetch_related_objects(shipments, "lines__sku")
    houses = names(org for one in shipments for org in (one.sender, one.owner))
    return [
        ShipmentRow(
            shipment=one,
            sender=houses[one.sender].short if one.sender in houses else "",
            owner=houses[one.owner].short if one.owner in houses else "",
            goods=goods_told(one.lines.all()),
            pieces=sum(line.quantity for line in one.lines.all()),
        )
        for one in shipments
    ]


def count_rows(found: Sequence[Any]) -> list[CountRow]:
    """The rows of these counts, in two statements for any number."""
    prefetch_related_objects(found, "lines")
    houses = names(one.sender for one in found)
    return [
        CountRow(
            count=one,
            sender=houses[one.sender].short if one.sender in houses else "",
            missing=sum(line.missing for line in one.lines.all()),
            damaged=sum(line.damaged for line in one.lines.all()),
        )
        for one in found
    ]


def _shipment(actor: Actor, number: str) -> Any:
    """A shipment to one of the desk's own houses."""
    shipment = transport.get(actor, number)
    if shipment.warehouse not in actor.orgs:
        raise NotFound()
    return shipment


def _keep_photos(
    request: HttpRequest, actor: Actor, shipment: Any, at: datetime
) -> list[tuple[str, Refused]]:
    """Keep the photos of the form; returns those that are not taken, by name, and why."""
    unfit: list[tuple[str, Refused]] = []
    for photo in request.FILES.getlist("photos"):
        name = photo.name or ""
        try:
            with transaction.atomic():
                photos.add(shipment.pk, actor=actor, name=name, content=photo.read(), at=at)
        except Refused as refusal:
            unfit.append((name, refusal))
    return unfit


def _about(shipment: Any) -> dict[str, Any]:
    houses = names([shipment.sender, shipment.owner, shipment.lender])
    return {
        "shipment": shipment,
        "sender": houses.get(shipment.sender),
        "owner": houses.get(shipment.owner),
        "lender": houses.get(shipment.lender) if shipment.lender else None,
    }


def _entries(
    shipment: Any,
    posted: Mapping[str, str],
    marks: Mapping[Any, Sequence[tuple[str, int]]],
) -> list[Entry]:
    """The lines as typed, or as expected before anything was typed. Of goods with serial numbers
    those that were scanned are counted."""
    entries = []
    for line in shipment.lines.all():
        good = posted.get(f"good-{line.pk}", str(line.quantity)).replace(",", "").strip()
        damaged = posted.get(f"damaged-{line.pk}", "0").replace(",", "").strip() or "0"
        scans = [posted.get(f"{name}-marks-{line.pk}", "") for name in ("good", "damaged")]
        if line.sku.tracking == "SERIAL" and any(map(str.strip, scans)):
            good, damaged = (str(len(scan.split())) for scan in scans)
        is_count = _is_whole(good) and _is_whole(damaged)
        missing = line.quantity - int(good) - int(damaged) if is_count else None
        entries.append(Entry(line, good, damaged, missing, marks.get(line.sku_id, ()), *scans))
    return entries


def _is_whole(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


def _counts(entries: Sequence[Entry]) -> list[Count]:
    if any(entry.missing is None for entry in entries):
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="counts")
    return [
        Count(
            one.line.pk, int(one.good), int(one.damaged),
            one.marks(one.good_scans, one.good), one.marks(one.damaged_scans, one.damaged),
        )
        for one in entries
    ]  # fmt: skip


def _differs(entries: Sequence[Entry]) -> bool:
    """Whether what follows must be shown first: something is short or damaged, and can be."""
    is_count = all(entry.missing is not None and entry.missing >= 0 for entry in entries)
    return is_count and any(entry.missing or entry.damaged != "0" for entry in entries)


def _said(entries: Sequence[Entry]) -> str:
    """The counts for which the consequences stand on the page."""
    return " ".join(f"{entry.good}/{entry.damaged}" for entry in entries)


def _will(shipment: Any, entries: Sequence[Entry], photos: int) -> list[Will]:
    """What receiving does, in the order in which it happens."""
    if any(entry.missing is None or entry.missing < 0 for entry in entries):
        return []
    good = sum(int(entry.good) for entry in entries)
    damaged = sum(int(entry.damaged) for entry in entries)
    missing = sum(entry.missing or 0 for entry in entries)
    will = []
    if good:
        will.append(Will(_("%(pieces)s are put away, with a receipt") % {"pieces": pieces(good)}))
    if good and shipment.lender:
        will.append(Will(_("They are pledged at once: nobody can take them without a release")))
    if damaged:
        words = ngettext(
            "%(n)d damaged piece goes into quarantine",
            "%(n)d damaged pieces go into quarantine",
            damaged,
        )
        will.append(Will(words % {"n": damaged}))
    if missing:
        words = ngettext(
            "%(n)d missing piece is noted against the sender",
            "%(n)d missing pieces are noted against the sender",
            missing,
        )
        will.append(Will(words % {"n": missing}))
    if shipment.lender and (damaged or missing):
        will.append(Will(_("The seller pays their price back to the bank")))
    will.append(Will(_("Buyer, seller and bank are told")))
    if photos:
        words = ngettext("They see %(n)d photo", "They see %(n)d photos", photos)
        will.append(Will(words % {"n": photos}))
    return will


def _outcome(actor: Actor, shipment: Any) -> dict[str, Any]:
    """A counted shipment: what came, where it is to be put, its receipt and its deal."""
    found = warehousing.receivings_visible_to(actor).filter(shipment=shipment.pk)
    counted = found.prefetch_related("lines__sku").first()
    receipt = warehousing.receipts_visible_to(actor).filter(receiving=counted).first()
    deal = deals.visible_to(actor).filter(pk=shipment.deal).first() if shipment.deal else None
    return {
        **_about(shipment),
        "count": counted,
        "is_open": counted is not None and counted.status == "COUNTED",
        "photos": photos.of_shipment(actor, shipment.pk),
        "may_receive": actor.may("receive"),
        "places": _places(actor, shipment),
        "lines": list(counted.lines.all()) if counted else [],
        "receipt": receipt,
        "deal": deal,
    }


def _places(actor: Actor, shipment: Any) -> list[tuple[Any, str, Pill]]:
    """The rows the goods went into and their bins; the lot begins with the shipment's number."""
    codes = bin_codes(actor)
    rows = kept_rows(actor).filter(lot__startswith=f"{shipment.number}/").order_by("lot", "quality")
    waiting = waiting_rows(actor)
    return [(row, codes.get(row.bin, "–"), claim_on(row, waiting)) for row in rows]
