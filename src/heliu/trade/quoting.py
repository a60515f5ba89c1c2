"""A quote: a buyer asks what a seller wants for these goods, and takes what it is offered.

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

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeIs
from uuid import UUID

from django.utils.translation import gettext as _

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering.policies import PastedLine, check_lines, refuse_day
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.quotes import operations, policies, queries
from heliu.commerce.quotes.models import Quote
from heliu.commerce.quotes.policies import Answer, Asked, Offered, Wished
from heliu.commerce.spending.models import PurchaseRequest
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval, ApprovalStatus
from heliu.kernel.approvals.policies import Act, Measure
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.goods.models import Sku
from heliu.kernel.money import Money
from heliu.kernel.parties import queries as parties
from heliu.trade import place_order, purchases
from heliu.trade.deciding import refuse_bad
from heliu.trade.models import Proposed
from heliu.trade.order_pad import rule_of
from heliu.trade.place_order import Placed
from heliu.trade.proposals import at_once_or_asked

SYSTEM = Actor.system()
OFFER = Act("quote-offer", agreed_by=("concede", "manage"), measure=Measure.SHARE)
"""By a house's own rules, by the share of what would be paid anyway that an offer gives away."""
TOLD = {
    ApprovalStatus.APPROVED: "quote-offer-agreed",
    ApprovalStatus.REFUSED: "quote-offer-refused",
}


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
    the buyer, `Refused` for a quantity in which goods are not sold."""
    _refuse_behalf(actor)
    actor.require("order")
    parties.active_relationship(buyer=actor.own_org, seller=seller)
    refuse_day(wanted_on, day_of(at))
    with widened([actor.own_org, seller]):
        _refuse_goods(actor.own_org, seller, _by_place(lines), at)
        quote = operations.ask(
            actor=actor, buyer=actor.own_org, seller=seller, lines=lines, words=words,
            wanted_on=wanted_on, at=at,
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
        given = policies.given_away(lines, usually)
        said = {
            "quote": str(quote.pk),
            "version": quote.version,
            "answers": [_kept(one) for one in answers],
            **_shown(lines, usually),
            "valid_until": valid_until.isoformat(),
            "words": words,
        }
        return at_once_or_asked(
            OFFER, Proposed.QUOTE_ANSWER, said,
            lambda: _offer(
                quote, lines, usually, valid_until=valid_until, words=words, actor=actor, at=at
            ),
            subject=quote.pk, name=quote.number, amount=given.amount,
            reason=reason.strip() or _("It is below what one person gives away alone."),
            levels=approvals.levels_of(OFFER, org=actor.own_org, amount=given.share),
            right="sell", kind="quote-offer-asked", actor=actor, at=at,
        )  # fmt: skip


class LineKept(NamedTuple):
    """A line of an offer that waits for others: pieces, price (None: it is struck) and the usual
    price, in minor units of one."""

    code: str
    quantity: int
    price: int | None
    usual: int | None


def lines_kept(said: Mapping[str, Any]) -> list[LineKept]:
    """The lines of an offer as it was kept."""
    return [LineKept(**one) for one in said["lines"]]


def is_asked(done: Quote | Approval) -> TypeIs[Approval]:
    """Whether the others of the seller's house are asked first."""
    return isinstance(done, Approval)


def answered(said: Mapping[str, Any], actor: Actor, at: datetime) -> Quote:
    """All who must have agreed: the quote is answered as it was to be. Raises `Refused`
    (quote-moved) where something else was said under it since, (offer-too-late) after its day."""
    valid_until = date.fromisoformat(said["valid_until"])
    _refuse_late(valid_until, at)
    with _opened(UUID(said["quote"]), actor) as quote:
        if quote.version != said["version"]:
            raise Refused(
                "quote-moved", "Something else was said under %(number)s since.",
                number=quote.number,
            )  # fmt: skip
        lines, usually = _lines_of(quote, [_read(one) for one in said["answers"]], at)
        return _offer(
            quote, lines, usually, valid_until=valid_until, words=said["words"], actor=actor, at=at
        )


def voted(asked: Approval, vote: Callable[[], Approval], *, actor: Actor, at: datetime) -> Approval:
    """One person's word (`vote` says it) on an offer, whose quote is locked before the question;
    those of the seller are told how it ended."""
    with _opened(asked.subject, actor) as quote:
        said = vote()
        if kind := TOLD.get(ApprovalStatus(said.status)):
            no = said.votes.filter(agrees=False).first()
            more: dict[str, Parameter] = {"reason": no.reason} if no else {}
            _tell_seller(quote, kind, at=at, **more)
    return said


def decline(ref: UUID | str, *, reason: str, actor: Actor, at: datetime) -> Quote:
    """The seller makes no offer."""
    with _opened(ref, actor) as quote:
        operations.decline(quote, reason=reason, actor=actor, at=at)
        _forget_question(quote, at=at)
        _tell_buyer(quote, "quote-declined", at=at, reason=quote.said)
    return quote


def withdraw(ref: UUID | str, *, reason: str = "", actor: Actor, at: datetime) -> Quote:
    """The buyer wants none any more, or does not take what it is offered."""
    with _opened(ref, actor) as quote:
        _refuse_waiting(quote)
        operations.withdraw(quote, reason=reason, actor=actor, at=at)
        _forget_question(quote, at=at)
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


def usual(quote: Quote, wanted: Mapping[UUID, int], at: datetime) -> dict[UUID, int]:
    """What the buyer would pay for one of each of these without a quote (minor units)."""
    found = pricing.resolve(
        buyer=quote.buyer, seller=quote.seller, wanted=list(wanted.items()), at=at, as_order=True
    )
    return {sku: price.unit_price for sku, price in found.items() if price}


def expire(*, at: datetime) -> int:
    """Quotes that nobody answered, or took, in time are over, and both are told; for the worker."""
    found = operations.expire(at=at)
    for quote in found:
        _forget_question(quote, at=at)
        for org in (quote.buyer, quote.seller):
            tell(org, "quote-expired", {"number": quote.number}, link=link(quote), at=at)
    return len(found)


def link(quote: Quote) -> str:
    """Where a quote is read."""
    return f"/quotes/{quote.number}"


def _answer_or_tell(quote: Quote, *, at: datetime) -> None:
    """Within the bounds its seller has set a quote is answered at once; else the seller is told."""
    lines = queries.lines(quote)
    usually = usual(quote, {line.sku_id: line.quantity for line in lines}, at)
    wished = [Wished(x.quantity, x.unit_price, usually.get(x.sku_id)) for x in lines]
    found = policies.by_rule(queries.auto_answers(quote.seller), wished)
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
    _forget_question(quote, at=at)
    amount = Money(sum(line.quantity * (line.price or 0) for line in lines))
    _tell_buyer(quote, "quote-offered", at=at, amount=amount, day=valid_until.isoformat())
    return quote


def _lines_of(
    quote: Quote, answers: Sequence[Answer], at: datetime
) -> tuple[list[Offered], dict[UUID, int]]:
    """The lines that a seller offers, and what their goods cost the buyer without a quote."""
    parties.active_relationship(buyer=quote.buyer, seller=quote.seller)
    lines = policies.offered(queries.lines(quote), answers)
    goods = {x.position: (x.sku, x.quantity) for x in lines if not x.is_struck}
    _refuse_goods(quote.buyer, quote.seller, goods, at)
    return lines, usual(quote, dict(goods.values()), at)


def _shown(lines: Sequence[Offered], usually: Mapping[UUID, int]) -> dict[str, Any]:
    """What whoever must agree is shown: the lines, and the share of the usual prices they give
    away."""
    skus = Sku.objects.in_bulk([line.sku for line in lines])
    return {
        "lines": [
            {
                "code": skus[line.sku].code,
                "quantity": line.quantity,
                "price": line.price,
                "usual": usually.get(line.sku),
            }
            for line in lines
        ],
        "share": policies.given_away(lines, usually).share,
    }


def _kept(one: Answer) -> dict[str, Any]:
    """An answer as JSON keeps it."""
    return {**one._asdict(), "sku": str(one.sku) if one.sku else None}


def _read(kept: Mapping[str, Any]) -> Answer:
    return Answer(**{**kept, "sku": UUID(kept["sku"]) if kept["sku"] else None})


def _refuse_late(valid_until: date, at: datetime) -> None:
    """What was to bind until a day that has gone by is not offered any more."""
    if valid_until < day_of(at):
        raise Refused(
            "offer-too-late",
            "The last day of this offer has gone by.",
            help="Say no to it; then another can be made.",
        )


def _forget_question(quote: Quote, *, at: datetime) -> None:
    """What others of the seller were asked about an answer has lost its sense."""
    approvals.overtaken(quote.pk, act=OFFER, at=at)


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
