"""An order that others of the buyer's house must agree to before it is one.

    ask        prices are kept, goods set aside if the rule says so, those who must agree are told
    strike     somebody who is asked takes a line out
    change     whoever asked orders less; for more, all are asked anew
    agreed     the last yes: the order is placed by the same operation as any other, under the
               request's id, in the same transaction
    place      ... once more, by whoever asked, where it could not be placed then

Without its agreement no order of the same content passes the gate (`commerce/spending/sql`). The
price is the kept one, or today's if that is lower; goods, credit and budgets are judged when it is
placed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from heliu.commerce.ordering.parts import Part, fitted, kept, read
from heliu.commerce.ordering.policies import refuse_day
from heliu.commerce.quotes import queries as quotes
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries
from heliu.commerce.spending.models import (
    OPEN_REQUEST,
    REQUEST_MOVES,
    CostCentre,
    PurchaseRequest,
    RequestLine,
    RequestStatus,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.addresses.queries import refuse_gone
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.queries import waiting
from heliu.kernel.approvals.rights import right_of
from heliu.kernel.behalf.operations import note
from heliu.kernel.behalf.queries import DEED_ASKED, DEED_CHANGED, DEED_WITHDRAWN
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.numbering import next_number
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import NewHold
from heliu.kernel.states import move
from heliu.trade import asking, behalf, place_order
from heliu.trade.accepted import Good
from heliu.trade.currencies import refuse_rules
from heliu.trade.earning import total_of
from heliu.trade.names import waiting_hold_of
from heliu.trade.placed import Placed

PURCHASE = spending.PURCHASE
Must = queries.Must


def needs(
    actor: Actor, *, total: int, skus: Sequence[UUID], cost_centre: UUID | None = None
) -> queries.Must | None:
    """Who must agree to an order of the actor's, if anybody must."""
    buyer = actor.own_org
    with behalf.ordering_for(actor):
        centre = cost_centre or queries.centre_of(None, buyer=buyer, person=actor.user_id)
        return queries.rules_met(
            buyer=buyer, person=actor.user_id, centre=centre, total=total, skus=skus
        )


def centres(actor: Actor) -> list[CostCentre]:
    """The cost centres an order of the actor's may be borne by."""
    with behalf.ordering_for(actor):
        return list(queries.centres(actor).filter(is_active=True))


def needs_for(
    buyer: UUID, persons: Iterable[UUID | None], *, order: UUID, total: int, skus: Sequence[UUID]
) -> Must | None:
    """Who must agree to an order becoming one of this total, by the rules for these persons: who
    placed it, and who changes it."""
    met = []
    for person in persons:
        centre = queries.centre_of(order, buyer=buyer, person=person)
        must = queries.rules_met(buyer=buyer, person=person, centre=centre, total=total, skus=skus)
        met += [must] if must else []
    levels = list(dict.fromkeys(level for must in met for level in must.levels))
    return Must(levels, any(must.holds_goods for must in met)) if met else None


def ask(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    pay_by: str,
    reason: str,
    at: datetime,
    warehouse: UUID | None = None,
    programme: UUID | None = None,
    deposit_ratio: Decimal | None = None,
    days: int | None = None,
    remark: str = "",
    external_id: str = "",
    cost_centre: UUID | None = None,
    wanted_on: date | None = None,
    line_days: Mapping[UUID, date] | None = None,
    line_parts: Mapping[UUID, Sequence[Part]] | None = None,
    address: UUID | None = None,
    quote: UUID | None = None,
) -> PurchaseRequest:
    """Ask those who must agree to an order by the rules of the house; with a `quote` to what the
    seller offered, as long as that binds it.

    Raises what placing it would raise, `Refused` (nobody-to-ask) where no rule is met, `Invalid`
    without a reason.
    """
    if actor.user_id is None:
        raise Forbidden("no-desk", "This needs somebody at a desk.")
    behalf.refuse_finance(actor, pay_by)
    with behalf.ordering_for(actor):
        if cost_centre:
            spending.own_centre(cost_centre, actor.own_org)
        refuse_gone(actor.own_org, address)
    parts = [part.wanted_on for wished in (line_parts or {}).values() for part in wished]
    for day in (wanted_on, *(line_days or {}).values(), *parts):
        refuse_day(day, day_of(at))
    good = place_order.judged(
        actor=actor, seller=seller, lines=lines, pay_by=pay_by, at=at,
        remark=remark, external_id=external_id, cost_centre=cost_centre, address=address,
        wanted_on=wanted_on, line_days=line_days, line_parts=line_parts, quote=quote,
    )  # fmt: skip
    refuse_rules(actor.own_org, good.known.currency)
    skus = [line.sku.pk for line in good.lines if line.sku]
    must = needs(actor, total=good.total, skus=skus, cost_centre=cost_centre)
    if must is None:
        raise Refused(
            "nobody-to-ask",
            "Your house lets this order pass: nobody needs to agree.",
            help="Place the order.",
        )
    with behalf.ordering_for(actor):
        return _asked(
            good, must, actor=actor, at=at, seller=seller, pay_by=pay_by, reason=reason,
            warehouse=warehouse, programme=programme, deposit_ratio=deposit_ratio, days=days,
            remark=remark, external_id=external_id, cost_centre_id=cost_centre,
            wanted_on=wanted_on, address=address, quote=quote,
        )  # fmt: skip


def _asked(
    good: Good, must: queries.Must, *, actor: Actor, at: datetime, reason: str, **wish: Any,
) -> PurchaseRequest:  # fmt: skip
    kept_until = at + timedelta(days=queries.days_kept(actor.own_org))
    if wish["quote"]:
        _refuse_asked(wish["quote"])
        kept_until = min(kept_until, quotes.get(actor, wish["quote"]).runs_out_at)
    request = PurchaseRequest.objects.create(
        **wish, number=next_number("PR", at), buyer=actor.own_org, total=good.total,
        reason=reason.strip()[:300], asked_by=actor.user_id or approvals.NOBODY,
        asked_by_name=actor.name,
        asked_at=at, kept_until=kept_until, holds_goods=must.holds_goods,
    )  # fmt: skip
    RequestLine.objects.bulk_create(
        RequestLine(
            request=request, buyer=request.buyer, position=position, sku_id=line.sku_id,
            quantity=line.quantity, unit_price=line.unit_price, wanted_on=line.wanted_on,
            parts=kept(line.parts),
        )
        for position, line in enumerate(good.priced, 1)
    )  # fmt: skip
    note(actor, DEED_ASKED, number=request.number, subject=request.pk, at=at)
    if must.holds_goods:
        _set_aside(request, good, at)
    _ask(request, must, actor=actor, at=at)
    return request


def strike(
    request: PurchaseRequest, position: int, *, reason: str, actor: Actor, at: datetime
) -> PurchaseRequest:
    """Somebody whose word is asked for takes a line out; whoever asked is told by the request."""
    request = _locked(request.pk, actor)
    asked = waiting(request.pk, PURCHASE.name, at=at)
    if asked is None or right_of(actor, asked, on=day_of(at)) is None:
        raise Forbidden("not-asked", "Only whoever is asked now may strike a line.")
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    lines = [line for line in queries.request_lines(request) if not line.is_struck]
    line = next((one for one in lines if one.position == position), None)
    if line is None:
        raise NotFound()
    _refuse_of_quote(request)
    if len(lines) == 1:
        raise Refused(
            "last-line", "This is the last line.", help="Say no to the whole request instead."
        )
    left = {one: one.quantity for one in lines if one is not line}
    request.total = _total(request, left, at)
    _refuse_dearer(request, asked)
    line.struck_by_name, line.struck_reason = actor.name, reason.strip()[:300]
    line.save(update_fields=["struck_by_name", "struck_reason"])
    request.save(update_fields=["total"])
    return request


def change(
    request: PurchaseRequest, quantities: Mapping[int, int], *, actor: Actor, at: datetime
) -> PurchaseRequest:
    """Whoever asked orders other quantities (by position; 0 takes a line out). What was agreed
    stands while the total does not rise; else all are asked anew, at today's prices."""
    request = _locked(request.pk, actor)
    _own(request, actor)
    _refuse_of_quote(request)
    lines = [line for line in queries.request_lines(request) if not line.is_struck]
    wanted = {line: quantities.get(line.position, line.quantity) for line in lines}
    if set(quantities) - {line.position for line in lines} or min(wanted.values(), default=0) < 0:
        raise Invalid("line-unknown", "This line is not on the request.", field="lines")
    if not any(wanted.values()):
        raise Invalid("no-lines", "An order needs at least one line.", field="lines")
    with behalf.ordering_for(actor):
        total = _total(request, wanted, at)
    is_more = any(quantity > line.quantity for line, quantity in wanted.items())
    if is_more or total > request.total:  # fewer goods may lose what the order earned
        return _anew(request, wanted, actor=actor, at=at)
    for line, quantity in wanted.items():
        if quantity:
            line.parts = kept(fitted(read(line.parts), quantity))
            RequestLine.objects.filter(pk=line.pk).update(quantity=quantity, parts=line.parts)
        else:
            RequestLine.objects.filter(pk=line.pk).update(
                struck_by_name=actor.name, struck_reason=gettext("Taken out by whoever asked")
            )
    request.total = total
    request.save(update_fields=["total"])
    note(actor, DEED_CHANGED, number=request.number, subject=request.pk, at=at)
    return request


def withdraw(request: PurchaseRequest, *, actor: Actor, at: datetime) -> PurchaseRequest:
    """Whoever asked takes the request back; its goods are free at once."""
    request = _locked(request.pk, actor)
    _own(request, actor)
    with behalf.ordering_for(actor):
        approvals.overtaken(request.pk, act=PURCHASE, at=at)
        _end(request, RequestStatus.WITHDRAWN, at=at)
        note(actor, DEED_WITHDRAWN, number=request.number, subject=request.pk, at=at)
    return request


def voted(asked: Approval, vote: Any, *, actor: Actor, at: datetime) -> Approval:
    """One person's word (`vote` says it) and what it leads to: the last yes places the order."""
    request = _locked(asked.subject, actor)
    said: Approval = vote()
    if said.status == "APPROVED":
        _place_agreed(request, at=at)
    elif said.status == "REFUSED":
        word = said.votes.filter(agrees=False).get()
        _end(request, RequestStatus.REFUSED, at=at)
        _tell(request, "purchase-refused", {"reason": word.reason}, at=at)
    return said


def of(asked: Approval, actor: Actor) -> PurchaseRequest:
    """The request that a question is about."""
    return queries.request(actor, asked.subject)


def place(request: PurchaseRequest, *, actor: Actor, at: datetime) -> Placed:
    """Whoever asked places what all have agreed to and could not be placed then. Raises what
    stands in the way now."""
    request = _locked(request.pk, actor)
    _own(request, actor)
    if request.status != RequestStatus.AGREED:
        raise Refused("not-agreed", "This waits for the agreement of others.")
    return _placed(request, actor, at=at)


def escalate(*, at: datetime) -> int:
    """Whose agreement is waited for too long: those who manage the house are told and may speak."""
    found = approvals.escalate(at=at)
    for one in found:
        tell(
            one.org,
            "purchase-escalated",
            {"number": one.name, "amount": Money(one.amount)},
            link=f"/approvals/{one.pk}",
            at=at,
        )
    return len(found)


def expire(*, at: datetime) -> int:
    """Requests that nobody agreed to, or nobody placed, in time are over."""
    due = PurchaseRequest.objects.select_for_update(skip_locked=True).filter(
        status__in=OPEN_REQUEST, kept_until__lte=at
    )
    found = list(due.order_by("pk"))
    for request in found:
        approvals.overtaken(request.pk, act=PURCHASE, at=at)
        _end(request, RequestStatus.EXPIRED, at=at)
        _tell(request, "purchase-expired", {}, at=at)
    return len(found)


def link(request: PurchaseRequest) -> str:
    """Where a request is read."""
    return f"/requests/{request.number}"


def _ask(request: PurchaseRequest, must: queries.Must, *, actor: Actor, at: datetime) -> None:
    asking.ask(
        replace(PURCHASE, days=-((at - request.kept_until) // timedelta(days=1))),  # rounded up
        subject=request.pk, name=request.number, org=request.buyer, amount=request.total,
        actor=actor, reason=request.reason, levels=must.levels, kind="purchase-asked", at=at,
    )  # fmt: skip


def _anew(
    request: PurchaseRequest, wanted: Mapping[RequestLine, int], *, actor: Actor, at: datetime
) -> PurchaseRequest:
    """A request that asks for more is another one: the old is withdrawn."""
    withdraw(request, actor=actor, at=at)
    return ask(
        actor=actor, seller=request.seller,
        lines=[(line.sku_id, quantity) for line, quantity in wanted.items() if quantity],
        pay_by=request.pay_by, reason=request.reason, at=at, warehouse=request.warehouse,
        programme=request.programme, deposit_ratio=request.deposit_ratio, days=request.days,
        remark=request.remark, external_id=request.external_id,
        cost_centre=request.cost_centre_id, address=request.address,
        **_wished(request, wanted, at),
    )  # fmt: skip


def _total(request: PurchaseRequest, wanted: Mapping[RequestLine, int], at: datetime) -> int:
    """What these quantities come to at the kept prices, after what they earn as a whole order."""
    lines = {line.sku_id: (n, line.unit_price) for line, n in wanted.items() if n}
    return total_of(request.buyer, request.seller, lines, at)


def _place_agreed(request: PurchaseRequest, *, at: datetime) -> None:
    """The order as whoever asked would place it now; what stands in the way is kept for it."""
    try:
        with transaction.atomic():
            _placed(request, _asker(request), at=at)
    except Refused as refusal:
        request.problem = refusal.text()[:300]
        move(request, RequestStatus.AGREED, moves=REQUEST_MOVES, problem=request.problem)
        _tell(request, "purchase-stuck", {}, at=at)


def _placed(request: PurchaseRequest, actor: Actor, *, at: datetime) -> Placed:
    lines = [line for line in queries.request_lines(request) if not line.is_struck]
    _let_go(request, at=at)
    placed = place_order.place(
        actor=actor, seller=request.seller, pay_by=request.pay_by, at=at,
        lines=[(line.sku_id, line.quantity) for line in lines],
        warehouse=request.warehouse, programme=request.programme,
        deposit_ratio=request.deposit_ratio, days=request.days, remark=request.remark,
        external_id=request.external_id, cost_centre=request.cost_centre_id, asked=request.pk,
        kept={line.sku_id: line.unit_price for line in lines} if at < request.kept_until else None,
        address=request.address, quote=request.quote, currency=CURRENCY,
        **_wished(request, {line: line.quantity for line in lines}, at),
    )  # fmt: skip
    move(request, RequestStatus.PLACED, moves=REQUEST_MOVES, ended_at=at, problem="")
    _tell(request, "purchase-placed", {"order": placed.order.number}, at=at)
    return placed


def _wished(
    request: PurchaseRequest, lines: Mapping[RequestLine, int], at: datetime
) -> dict[str, Any]:
    """The days on which the lines are wished that are ordered in these quantities; one that has
    gone by meanwhile is as soon as can be."""
    today = day_of(at)
    return {
        "wanted_on": _to_come(request.wanted_on, today),
        "line_days": {
            line.sku_id: day for line in lines if (day := _to_come(line.wanted_on, today))
        },
        "line_parts": {
            line.sku_id: [
                part._replace(wanted_on=_to_come(part.wanted_on, today))
                for part in fitted(read(line.parts), quantity)
            ]
            for line, quantity in lines.items()
            if line.parts
        },
    }


def _to_come(day: date | None, today: date) -> date | None:
    return day if day is not None and day >= today else None


def _asker(request: PurchaseRequest) -> Actor:
    """Whoever asked, at its desk as it is now."""
    actor = behalf.asker(request.asked_by, request.buyer, request.seller, request.pk)
    if actor is None:
        raise Refused("asker-gone", "Whoever asked for it has no desk here any more.")
    return actor


def _end(request: PurchaseRequest, status: RequestStatus, *, at: datetime) -> None:
    _let_go(request, at=at)
    move(request, status, moves=REQUEST_MOVES, ended_at=at)


def _set_aside(request: PurchaseRequest, good: Good, at: datetime) -> None:
    """The goods wait with the request, and come free by themselves when it runs out."""
    holds = [
        NewHold(
            waiting_hold_of(request.pk, line.sku.pk), wanted.account, -line.quantity,
            request.pk, request.kept_until,
        )
        for line, wanted in zip(good.lines, good.known.wanted, strict=True)
        if line.sku and line.quantity and wanted.account is not None
    ]  # fmt: skip
    with widened([request.buyer, request.seller]):
        posting.post(holds=holds, at=at)


def _let_go(request: PurchaseRequest, *, at: datetime) -> None:
    if request.holds_goods:
        skus = request.lines.values_list("sku_id", flat=True)
        with widened([request.buyer, request.seller]):
            posting.post(void=[waiting_hold_of(request.pk, sku) for sku in skus], at=at)


def _locked(request: UUID, actor: Actor) -> PurchaseRequest:
    found = PurchaseRequest.objects.select_for_update().filter(pk=request, buyer__in=actor.orgs)
    one = found.first()
    if one is None:
        raise NotFound()
    return one


def _own(request: PurchaseRequest, actor: Actor) -> None:
    if actor.user_id != request.asked_by:
        raise Forbidden("not-your-request", "Only whoever asked can withdraw this.")
    if request.status not in OPEN_REQUEST:
        raise Refused("request-over", "This request is over.")


def of_quote(quote: UUID) -> PurchaseRequest | None:
    """The request that would order a seller's offer, while it waits."""
    return PurchaseRequest.objects.filter(quote=quote, status__in=OPEN_REQUEST).first()


def _refuse_asked(quote: UUID) -> None:
    """One request at a time takes an offer; who asks has its quote locked."""
    if found := of_quote(quote):
        raise Refused(
            "quote-asked-for", "Your house is asked about this offer already: %(number)s.",
            field="quote", number=found.number,
        )  # fmt: skip


def _refuse_dearer(request: PurchaseRequest, asked: Approval) -> None:
    """Nobody has agreed to more than was asked for: no order of it would be let through."""
    if request.total > asked.amount:
        raise Refused(
            "strike-costs-more",
            "Without this line the order earns less, and comes to more than was asked for.",
            field="lines",
            help="Say no to the whole request, or let whoever asked change it.",
        )


def _refuse_of_quote(request: PurchaseRequest) -> None:
    if request.quote:
        raise Refused(
            "quote-other-lines",
            "The prices of %(number)s are for exactly what was offered.",
            field="lines",
            help="Say no to the whole request, or withdraw it, and ask the seller otherwise.",
            number=request.number,
        )


def _tell(request: PurchaseRequest, kind: str, words: Mapping[str, str], *, at: datetime) -> None:
    tell(request.buyer, kind, {"number": request.number, **words}, link=link(request), at=at)
