"""Lots and serial numbers as people ask for them: where pieces were, and what was said of them.

The pieces move with the goods (`logistics/stock/marks.py`). Here a case and a return name them, and
a serial's whole history is read together with its cases and returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heliu.commerce.cases import queries as cases
from heliu.commerce.cases.models import CaseKind
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.returns import queries as returns
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.goods.models import Sku, Tracking
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.stock import queries as stock
from heliu.logistics.stock.models import Away, Mark, Pieces, Trace
from heliu.logistics.stock.policies import UNNAMED
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.models import Shipment
from heliu.trade import deals, oversight

MOST_MARKS = 20
MOST_TRACES = 500
CLAIMS = (CaseKind.DAMAGED, CaseKind.QUALITY)  # of one piece, which has a number
KINDS: Mapping[str, str | Promise] = {
    "supplied": _("Came in"),
    "shipped": _("Sent"),
    "received": _("Counted in"),
    "moved": _("Put elsewhere"),
    "released": _("Set free"),
    "handed-over": _("Handed over"),
    "adjusted": _("Corrected by a count"),
    "case": _("Case opened"),
    "return": _("Return asked for"),
}


@dataclass(frozen=True)
class Happened:
    """One thing that happened to pieces of a mark; `number` is the paper it happened by, `link`
    where that is read, each '' where the reader has none."""

    at: datetime
    kind: str
    quantity: int
    giver: Any
    owner: Any
    warehouse: Any
    away: str
    is_damaged: bool
    number: str
    link: str

    @property
    def words(self) -> str:
        """What happened, in the reader's language."""
        return str(KINDS.get(self.kind, self.kind))


@dataclass(frozen=True)
class Whereabouts:
    """Pieces of a mark at one place; `away` says how, where they lie in no house."""

    owner: Any
    warehouse: Any
    away: str
    quantity: int


@dataclass(frozen=True)
class History:
    """A lot or serial number: where its pieces are, and all that happened, the newest first; its
    article (`goods`) where the reader may see it."""

    mark: Mark
    goods: Sku | None
    places: Sequence[Whereabouts]
    happened: Sequence[Happened]


def find(actor: Actor, code: str) -> list[Mark]:
    """The lots and serial numbers of this name that the actor may see, of whatever article."""
    return list(stock.marks_visible_to(actor).filter(code__iexact=code.strip())[:MOST_MARKS])


def history(actor: Actor, mark: Mark) -> History:
    """All that the actor may know of a mark, in eleven statements for any number of things."""
    traces = list(
        stock.traces_visible_to(actor).filter(mark=mark).order_by("-at", "-id")[:MOST_TRACES]
    )
    pieces = list(stock.pieces_visible_to(actor).filter(mark=mark).order_by("id"))
    said = _said_of(actor, mark)
    parties = _parties(traces, pieces, said)
    houses: Mapping[UUID, Any] = (
        oversight.names(actor, parties) if "OPERATOR" in actor.party_roles else names(parties)
    )
    papers = _papers(actor, [one.subject for one in traces])
    happened = [_moved(one, houses, papers) for one in traces]
    happened += [
        Happened(
            at, kind, quantity, houses.get(buyer), houses.get(seller), None, "", False, number, link
        )
        for at, kind, quantity, buyer, seller, number, link in said
    ]
    places = [
        Whereabouts(
            houses.get(one.owner), houses.get(one.warehouse),
            str(one.get_away_display()) if one.away else "", one.quantity,
        )
        for one in pieces
    ]  # fmt: skip
    goods = Sku.objects.filter(pk=mark.sku_id).first()
    return History(mark, goods, places, sorted(happened, key=lambda one: one.at, reverse=True))


def of_shipment(actor: Actor, shipment: UUID) -> dict[UUID, list[tuple[str, int]]]:
    """What is on its way in a shipment the actor may see, of goods that are told apart: by SKU the
    lots and serial numbers with their pieces."""
    carried = transport.get(actor, shipment)
    by_sku: dict[UUID, list[tuple[str, int]]] = {}
    with widened([carried.owner]):
        found = Pieces.objects.filter(away=Away.TRANSIT, ref=str(carried.pk))
        for one in found.select_related("mark").order_by("mark__code"):
            by_sku.setdefault(one.sku_id, []).append((one.mark.code, one.quantity))
    return by_sku


def require_serial(line: OrderLine, serial: str, kind: str, *, actor: Actor) -> None:
    """A claim about goods with serial numbers names one that its buyer got (`Invalid`); of pieces
    that came before they had numbers it need not."""
    if line.sku.tracking != Tracking.SERIAL or (not serial.strip() and kind not in CLAIMS):
        return
    got = _got(line, actor)
    if got is None:
        return
    if not serial.strip():
        raise Invalid("serial-wanted", "Name the serial number of this piece.", field="serial")
    _require_among(got, [serial.strip()], field="serial")


def require_named(
    order: Order,
    quantities: Mapping[int, int],
    marks: Mapping[int, Sequence[str]],
    *,
    actor: Actor,
) -> None:
    """What is given back of goods with serial numbers is named, each piece (`Invalid`), where all
    had numbers when they were sent."""
    for line in order.lines.select_related("sku"):
        wanted = quantities.get(line.position, 0)
        named = list(marks.get(line.position, ()))
        if not wanted or (line.sku.tracking != Tracking.SERIAL and not named):
            continue
        got = _got(line, actor)
        if got is None and not named:
            continue
        if len(set(named)) != wanted or len(named) != wanted:
            raise Invalid(
                "serials-wanted",
                "Name %(wanted)s serial numbers of %(goods)s, each once.",
                field="marks",
                wanted=wanted,
                goods=line.sku.code,
            )
        _require_among(got or set(), named, field="marks")


def _got(line: OrderLine, actor: Actor) -> set[str] | None:
    """The numbers of the pieces that the buyer of a line got by its order; None where some were
    sent before they had any."""
    sent = [one.pk for one in transport.of_orders(actor, [line.order_id])]
    traces = stock.traces_visible_to(actor).filter(
        mark__sku=line.sku_id, owner=line.buyer, kind="shipped", subject__in=sent
    )
    got = set(traces.values_list("mark__code", flat=True))
    return None if UNNAMED in got or (sent and not got) else got


def _require_among(got: set[str], codes: Sequence[str], *, field: str) -> None:
    missing = sorted(set(codes) - got)
    if missing:
        raise Refused(
            "serial-not-sent",
            "%(mark)s did not come with this order.",
            field=field,
            mark=missing[0],
        )


def _said_of(actor: Actor, mark: Mark) -> list[tuple[Any, ...]]:
    """Cases and returns that name a serial number: (at, kind, pieces, buyer, seller, number,
    link)."""
    found = cases.visible_to(actor).filter(sku=mark.sku_id, serial__iexact=mark.code)
    said: list[tuple[Any, ...]] = [
        (one.opened_at, "case", one.quantity or 1, one.buyer, one.seller, one.number,
         f"/cases/{one.number}")
        for one in found
    ]  # fmt: skip
    lines = Q(lines__sku=mark.sku_id, lines__marks__contains=[mark.code])
    for one in returns.visible_to(actor).filter(lines).distinct():
        said.append(
            (one.asked_at, "return", 1, one.buyer, one.seller, one.number, f"/returns/{one.number}")
        )
    return said


def _papers(actor: Actor, subjects: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """By subject the number of its paper and where it is read; what the actor may not see stays
    out."""
    found: dict[UUID, tuple[str, str]] = {}
    sent = list(transport.visible_to(actor).filter(pk__in=subjects))
    links = _links(actor, sent)
    for one in sent:
        found[one.pk] = one.number, links.get(one.deal or one.order_id, "")
    for back in returns.visible_to(actor).filter(pk__in=subjects):
        found[back.pk] = back.number, f"/returns/{back.number}"
    for order in pledges.releases_visible_to(actor).filter(pk__in=subjects):
        found[order.pk] = order.number, ""
    return found


def _links(actor: Actor, sent: Sequence[Shipment]) -> dict[UUID | None, str]:
    """By deal, and by order, where the actor reads what was sent."""
    mine = deals.visible_to(actor).filter(
        Q(pk__in={one.deal for one in sent}) | Q(order_id__in={one.order_id for one in sent})
    )
    links: dict[UUID | None, str] = {}
    for deal in mine:
        links[deal.pk] = links[deal.order_id] = deals.link(deal)
    return links


def _parties(
    traces: Iterable[Trace], pieces: Iterable[Pieces], said: Iterable[tuple[Any, ...]]
) -> set[UUID]:
    orgs = {org for one in traces for org in (one.giver, one.owner, one.warehouse)}
    orgs |= {org for one in pieces for org in (one.owner, one.warehouse)}
    return orgs | {org for one in said for org in one[3:5]}


def _moved(
    one: Trace, houses: Mapping[UUID, Any], papers: Mapping[UUID, tuple[str, str]]
) -> Happened:
    number, link = papers.get(one.subject, ("", ""))
    return Happened(
        one.at, one.kind, one.quantity, houses.get(one.giver), houses.get(one.owner),
        houses.get(one.warehouse), str(one.get_to_away_display()) if one.to_away else "",
        one.is_damaged, number, link,
    )  # fmt: skip
