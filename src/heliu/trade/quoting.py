"""A quote: a buyer asks what a seller wants for these goods, and takes what it is offered.

    begin           the seller offers goods at its prices to a dealer that asked for nothing
    ask             the buyer: goods, pieces, the price it wishes, words, a day
    answer          the seller, line by line: a price, other goods or pieces, or nothing; within
                    the bounds it has set that is done at once, and nobody needs to be there;
                    what gives away more than one person may waits for others of its house
    ask_otherwise   the buyer does not take the offer and asks again; the seller answers again
    accept          the buyer takes it: an order of exactly these lines at exactly these prices
    decline, withdraw, expire

An offer is a price agreed for one order. It is placed by the operation that places any other
(`place_order.place` with its `quote`), so that stock, credit, budgets, agreement, the least of an
order and what is on sale to whom are judged as always; only the price is the offer's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering.policies import PastedLine, check_lines, refuse_day
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.quotes import operations, policies, queries
from heliu.commerce.quotes.models import Quote
from heliu.commerce.quotes.policies import Answer, Asked, Offered, Wished
from heliu.commerce.spending.models import PurchaseRequest
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals.models import Approval
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import CURRENCY, Money, require_in
from heliu.kernel.parties import queries as parties
from heliu.trade import conceding, place_order, purchases
from heliu.trade.deciding import refuse_bad
from heliu.trade.models import Proposed
from heliu.trade.order_pad import rule_of
from heliu.trade.placed import Placed

SYSTEM = Actor.system()


def ask(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[Asked],
    words: str = "",
    wanted_on: date | None = None,
    at: datetime,
) -> Quote:
    """Ask a seller for its prices. Raises `NotFound` for goods or a seller that are not there for
    the buyer, `Refused` for a quantity in which goods are not sold, (currency-set) where the two
    trade in another currency since it was looked at."""
    _refuse_behalf(actor)
    actor.require("order")
    link = parties.active_relationship(buyer=actor.own_org, seller=seller)
    refuse_day(wanted_on, day_of(at))
    with widened([actor.own_org, seller]):
        _refuse_goods(actor.own_org, seller, _by_place(lines), at)
        quote = operations.ask(
            actor=actor, buyer=actor.own_org, seller=seller, currency=link.currency, lines=lines,
            words=words, wanted_on=wanted_on, at=at,
        )  # fmt: skip
        _answer_or_tell(quote, at=at)
    return quote


def ask_otherwise(
    ref: UUID | str, *, actor: Actor, lines: Sequence[Asked], words: str = "", at: datetime
) -> Quote:
    """The buyer asks otherwise: the offer it had binds nobody any more."""
    _refuse_behalf(actor)
    with _opened(ref, actor) as quote:
        _refuse_waiting(quote)
        parties.active_relationship(buyer=quote.buyer, seller=quote.seller)
        _refuse_goods(quote.buyer, quote.seller, _by_place(lines), at)
        operations.ask_otherwise(quote, lines, words=words, actor=actor, at=at)
        _answer_or_tell(quote, at=at)
    return quote


def answer(
    ref: UUID | str,
    *,
    actor: Actor,
    answers: Sequence[Answer],
    valid_until: date,
    words: str = "",
    reason: str = "",
    at: datetime,
) -> Quote | Approval:
    """The seller answers what was asked last, line by line; it is bound to the end of the day.

    Returns the question where others of its house must agree first; they read the `reason`, and
    nobody of the buyer's does.
    """
    with _opened(ref, actor) as quote:
        operations.require_side(quote.seller, "sell", actor)
        lines, usually = _lines_of(quote, answers, at)
        return conceding.at_once_or_asked(
            Proposed.QUOTE_ANSWER,
            {
                "quote": str(quote.pk),
                "version": quote.version,
                "answers": [conceding.kept(one) for one in answers],
            },
            lines, usually,
            lambda: _offer(
                quote, lines, usually, valid_until=valid_until, words=words, actor=actor, at=at
            ),
            about=quote, name=quote.number, valid_until=valid_until, words=words,
            reason=reason, actor=actor, at=at,
        )  # fmt: skip


def begin(
    *,
    actor: Actor,
    buyer: UUID,
    lines: Sequence[Asked],
    valid_until: date,
    words: str = "",
    reason: str = "",
    at: datetime,
) -> Quote | Approval:
    """A seller offers a dealer prices that it did not ask for; from here on as an answer is, and
    before too: returns the question where others of its house must agree first."""
    _refuse_behalf(actor)
    actor.require("sell")
    seller = actor.own_org
    link = parties.active_relationship(buyer=buyer, seller=seller)
    with widened([buyer, seller]):
        to_be = Quote(buyer=buyer, seller=seller, currency=link.currency)
        offered, usually = _begun_lines(to_be, lines, at)
        return conceding.at_once_or_asked(
            Proposed.QUOTE_BEGUN,
            {
                "quote": str(to_be.pk),
                "buyer": str(buyer),
                "seller": str(seller),
                "goods": [conceding.kept(one) for one in lines],
            },
            offered, usually,
            lambda: _begin(
                to_be, offered, usually, valid_until=valid_until, words=words, actor=actor, at=at
            ),
            about=to_be, name=parties.names([buyer])[buyer].short, valid_until=valid_until,
            words=words, reason=reason, actor=actor, at=at,
        )  # fmt: skip


def begun(said: Mapping[str, Any], actor: Actor, at: datetime) -> Quote:
    """All who must have agreed: the dealer is offered what was to be. Raises `Refused`
    (offer-too-late) after its day, `OtherCurrency` where the two trade in another since."""
    valid_until = date.fromisoformat(said["valid_until"])
    conceding.refuse_late(valid_until, at)
    buyer, seller = UUID(said["buyer"]), UUID(said["seller"])
    link = parties.active_relationship(buyer=buyer, seller=seller)
    require_in(link.currency, CURRENCY)
    with widened([buyer, seller]):
        to_be = Quote(pk=UUID(said["quote"]), buyer=buyer, seller=seller)
        lines = [Asked(**conceding.read(one)) for one in said["goods"]]
        offered, usually = _begun_lines(to_be, lines, at)
        return _begin(
            to_be, offered, usually, valid_until=valid_until, words=said["words"], actor=actor,
            at=at,
        )  # fmt: skip


def answered(said: Mapping[str, Any], actor: Actor, at: datetime) -> Quote:
    """All who must have agreed: the quote is answered as it was to be. Raises `Refused`
    (quote-moved) where something else was said under it since, (offer-too-late) after its day."""
    valid_until = date.fromisoformat(said["valid_until"])
    conceding.refuse_late(valid_until, at)
    with _opened(UUID(said["quote"]), actor) as quote:
        if quote.version != said["version"]:
            raise Refused(
                "quote-moved", "Something else was said under %(number)s since.",
                number=quote.number,
            )  # fmt: skip
        lines, usually = _lines_of(
            quote, [Answer(**conceding.read(one)) for one in said["answers"]], at
        )
        return _offer(
            quote, lines, usually, valid_until=valid_until, words=said["words"], actor=actor, at=at
        )


def voted(asked: Approval, vote: Callable[[], Approval], *, actor: Actor, at: datetime) -> Approval:
    """One person's word (`vote` says it) on an offer, whose quote, where there is one yet, is
    locked before the question; those of the seller are told how it ended."""
    if queries.visible_to(actor).filter(pk=asked.subject).exists():
        with _opened(asked.subject, actor):
            said = vote()
    else:
        said = vote()
    made = queries.visible_to(actor).filter(pk=asked.subject).first()
    conceding.tell_end(said, link(made) if made else "", at=at)
    return said


def decline(ref: UUID | str, *, reason: str, actor: Actor, at: datetime) -> Quote:
    """The seller makes no offer."""
    with _opened(ref, actor) as quote:
        operations.decline(quote, reason=reason, actor=actor, at=at)
        conceding.overtaken(quote, at=at)
        _tell_buyer(quote, "quote-declined", at=at, reason=quote.said)
    return quote


def withdraw(ref: UUID | str, *, reason: str = "", actor: Actor, at: datetime) -> Quote:
    """The buyer wants none any more, or does not take what it is offered."""
    with _opened(ref, actor) as quote:
        _refuse_waiting(quote)
        operations.withdraw(quote, reason=reason, actor=actor, at=at)
        conceding.overtaken(quote, at=at)
        _tell_seller(quote, "quote-withdrawn", at=at)
    return quote


def accept(ref: UUID | str, *, actor: Actor, at: datetime, **wish: Any) -> Placed:
    """The buyer takes the offer; `wish` is what `place_order.place` is told beside the goods.
    Raises what placing any order raises, (approval-needed) too: then others are asked first."""
    quote = queries.get(actor, ref)
    return place_order.place(
        actor=actor, seller=quote.seller, lines=ordered(quote), quote=quote.pk, at=at, **wish
    )


def ask_house(
    ref: UUID | str, *, actor: Actor, reason: str, at: datetime, **wish: Any
) -> PurchaseRequest:
    """The buyer's house must agree to the order first; while it is asked the offer goes on binding
    to its last day, and no longer."""
    quote = queries.get(actor, ref)
    return purchases.ask(
        actor=actor, seller=quote.seller, lines=ordered(quote), quote=quote.pk, reason=reason,
        at=at, **wish,
    )  # fmt: skip


def ordered(quote: Quote) -> list[tuple[UUID, int]]:
    """What an order of an offer is of: (SKU, pieces)."""
    return [(sku, quantity) for sku, (quantity, _) in queries.prices(quote).items()]


def usual(
    wanted: Mapping[UUID, int], *, buyer: UUID, seller: UUID, at: datetime
) -> dict[UUID, int]:
    """What the buyer would pay for one of each of these without a quote (minor units)."""
    found = pricing.resolve(
        buyer=buyer, seller=seller, wanted=list(wanted.items()), at=at, as_order=True
    )
    return {sku: price.unit_price for sku, price in found.items() if price}


def expire(*, at: datetime) -> int:
    """Quotes that nobody answered, or took, in time are over, and both are told; for the worker."""
    found = operations.expire(at=at)
    for quote in found:
        conceding.overtaken(quote, at=at)
        for org in (quote.buyer, quote.seller):
            tell(org, "quote-expired", {"number": quote.number}, link=link(quote), at=at)
    return len(found)


def link(quote: Quote) -> str:
    """Where a quote is read."""
    return f"/quotes/{quote.number}"


def _usually(quote: Quote, goods: Iterable[tuple[UUID, int]], at: datetime) -> dict[UUID, int]:
    return usual(dict(goods), buyer=quote.buyer, seller=quote.seller, at=at)


def _answer_or_tell(quote: Quote, *, at: datetime) -> None:
    """Within the bounds its seller has set a quote is answered at once; else the seller is told."""
    lines = queries.lines(quote)
    usually = _usually(quote, [(line.sku_id, line.quantity) for line in lines], at)
    wished = [Wished(x.quantity, x.unit_price, usually.get(x.sku_id)) for x in lines]
    found = policies.by_rule(queries.auto_answers(quote.seller), wished, quote.currency)
    if found is None:
        _tell_seller(quote, "quote-asked", at=at)
        return
    prices, days = found
    answers = [Answer(x.position, price) for x, price in zip(lines, prices, strict=True)]
    _offer(
        quote, policies.offered(lines, answers), usually,
        valid_until=day_of(at) + timedelta(days=days), words="", actor=SYSTEM, at=at,
    )  # fmt: skip


def _offer(
    quote: Quote,
    lines: Sequence[Offered],
    usually: Mapping[UUID, int],
    *,
    valid_until: date,
    words: str,
    actor: Actor,
    at: datetime,
) -> Quote:
    operations.answer(
        quote, lines, usually, words=words, valid_until=valid_until, actor=actor, at=at
    )
    conceding.overtaken(quote, at=at)
    _tell_offer(quote, lines, valid_until, at=at)
    return quote


def _begin(
    to_be: Quote,
    lines: Sequence[Offered],
    usually: Mapping[UUID, int],
    *,
    valid_until: date,
    words: str,
    actor: Actor,
    at: datetime,
) -> Quote:
    made = operations.begin(
        actor=actor, quote=to_be.pk, buyer=to_be.buyer, seller=to_be.seller,
        currency=to_be.currency, lines=lines, usual=usually, words=words, valid_until=valid_until,
        at=at,
    )  # fmt: skip
    _tell_offer(made, lines, valid_until, at=at)
    return made


def _tell_offer(quote: Quote, lines: Sequence[Offered], valid_until: date, *, at: datetime) -> None:
    amount = Money(sum(line.quantity * (line.price or 0) for line in lines), quote.currency)
    _tell_buyer(quote, "quote-offered", at=at, amount=amount, day=valid_until.isoformat())


def _begun_lines(
    to_be: Quote, lines: Sequence[Asked], at: datetime
) -> tuple[list[Offered], dict[UUID, int]]:
    """The lines of an offer that was not asked for, and what their goods cost without it."""
    offered = policies.begun(lines)
    goods = _by_place(lines)
    _refuse_goods(to_be.buyer, to_be.seller, goods, at)
    return offered, _usually(to_be, goods.values(), at)


def _lines_of(
    quote: Quote, answers: Sequence[Answer], at: datetime
) -> tuple[list[Offered], dict[UUID, int]]:
    """The lines that a seller offers, and what their goods cost the buyer without a quote."""
    parties.active_relationship(buyer=quote.buyer, seller=quote.seller)
    lines = policies.offered(queries.lines(quote), answers)
    goods = {x.position: (x.sku, x.quantity) for x in lines if not x.is_struck}
    _refuse_goods(quote.buyer, quote.seller, goods, at)
    return lines, _usually(quote, goods.values(), at)


@contextmanager
def _opened(ref: UUID | str, actor: Actor) -> Iterator[Quote]:
    """The quote, locked, with the doors of both sides open."""
    found = queries.get(actor, ref)
    with widened([found.buyer, found.seller]):
        yield operations.locked(found.pk, actor)


def _by_place(lines: Sequence[Asked]) -> dict[int, tuple[UUID, int]]:
    return {place: (line.sku, line.quantity) for place, line in enumerate(lines, 1)}


def _refuse_goods(
    buyer: UUID, seller: UUID, goods: Mapping[int, tuple[UUID, int]], at: datetime
) -> None:
    """Quoted are goods (by line: SKU and pieces) that are sold to the buyer, in quantities in which
    they are sold; how much of them there is tells when it is ordered."""
    wanted = dict(goods.values())
    skus = catalogue.offered(buyer, seller).filter(pk__in=wanted).in_bulk()
    if len(skus) < len(wanted):
        raise NotFound()
    rows = [PastedLine(place, skus[sku].code, quantity) for place, (sku, quantity) in goods.items()]
    refuse_bad(
        check_lines(
            rows,
            {sku.code: sku for sku in skus.values()},
            pricing.resolve(
                buyer=buyer, seller=seller, wanted=list(wanted.items()), at=at, as_order=True
            ),
            wanted,
            rules={sku.pk: rule_of(sku) for sku in skus.values()},
        )
    )


def _refuse_behalf(actor: Actor) -> None:
    """A seller's people do not ask their own house for prices in a customer's name."""
    if actor.behalf:
        raise Forbidden(
            "quote-is-own", "Only the customer itself takes what its seller offers.", field="quote"
        )


def _refuse_waiting(quote: Quote) -> None:
    """While the buyer's house is asked about the offer it is not given up."""
    if found := purchases.of_quote(quote.pk):
        raise Refused(
            "quote-asked-for",
            "Your house is asked about this offer already: %(number)s.",
            help="Withdraw that request first.",
            number=found.number,
        )


def _tell_seller(quote: Quote, kind: str, *, at: datetime, **more: Parameter) -> None:
    said: dict[str, Parameter] = {
        "buyer": parties.names([quote.buyer])[quote.buyer], "number": quote.number, **more,
    }  # fmt: skip
    tell(quote.seller, kind, said, link=link(quote), at=at)


def _tell_buyer(quote: Quote, kind: str, *, at: datetime, **more: Parameter) -> None:
    said: dict[str, Parameter] = {
        "seller": parties.names([quote.seller])[quote.seller], "number": quote.number, **more,
    }  # fmt: skip
    tell(quote.buyer, kind, said, link=link(quote), at=at)
