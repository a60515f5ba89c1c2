"""Every write to quotes. Whoever calls has the doors of both sides open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from heliu.commerce.quotes import policies, queries
from heliu.commerce.quotes.events import QuoteAsked, QuoteEnded, QuoteOffered
from heliu.commerce.quotes.models import (
    LIVE,
    QUOTE_MOVES,
    AutoAnswer,
    Quote,
    QuoteLine,
    QuoteStatus,
    QuoteVersion,
)
from heliu.commerce.quotes.policies import Asked, Offered
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move

SYSTEM = Actor.system()
IN_THEIRS = "quote_in_their_currency"


def ask(
    *,
    actor: Actor,
    buyer: UUID,
    seller: UUID,
    currency: str,
    lines: Sequence[Asked],
    words: str,
    wanted_on: date | None,
    at: datetime,
) -> Quote:
    """A buyer asks a seller for its prices of these goods, in the currency in which they trade.
    Raises `Refused` (currency-set) where that is another one since."""
    policies.refuse_bad_wishes(lines)
    quote = _written(
        number=next_number("QT", at), buyer=buyer, seller=seller, currency=currency,
        wanted_on=wanted_on, asked_by=actor.user_id, asked_by_name=actor.name, asked_at=at,
        moved_at=at, runs_out_at=at + policies.UNANSWERED,
    )  # fmt: skip
    _say_wishes(quote, lines, words, actor, at)
    return quote


def begin(
    *,
    actor: Actor,
    quote: UUID,
    buyer: UUID,
    seller: UUID,
    currency: str,
    lines: Sequence[Offered],
    usual: Mapping[UUID, int],
    words: str,
    valid_until: date,
    at: datetime,
) -> Quote:
    """A seller offers prices that nobody asked for; from here on as `answer`. Raises as `ask`."""
    require_side(seller, "sell", actor)
    made = _written(
        pk=quote, number=next_number("QT", at), buyer=buyer, seller=seller, currency=currency,
        status=QuoteStatus.OFFERED, asked_by=actor.user_id, asked_by_name=actor.name, asked_at=at,
        moved_at=at, runs_out_at=policies.ends_after(valid_until, at),
    )  # fmt: skip
    _say_offer(made, lines, usual, words, valid_until, actor, at)
    return made


def ask_otherwise(
    quote: Quote, lines: Sequence[Asked], *, words: str, actor: Actor, at: datetime
) -> Quote:
    """The buyer asks otherwise than was offered, and gives the offer up by it."""
    require_side(quote.buyer, "order", actor)
    policies.refuse_bad_wishes(lines)
    _move(quote, QuoteStatus.ASKED, runs_out_at=at + policies.UNANSWERED, at=at)
    _say_wishes(quote, lines, words, actor, at)
    return quote


def answer(
    quote: Quote,
    lines: Sequence[Offered],
    usual: Mapping[UUID, int],
    *,
    words: str,
    valid_until: date,
    actor: Actor,
    at: datetime,
) -> Quote:
    """The seller offers these lines, to the end of a day; `usual` is what the buyer would pay for
    their goods without a quote."""
    require_side(quote.seller, "sell", actor)
    ends = policies.ends_after(valid_until, at)
    _move(quote, QuoteStatus.OFFERED, runs_out_at=ends, at=at)
    _say_offer(quote, lines, usual, words, valid_until, actor, at)
    return quote


def decline(quote: Quote, *, reason: str, actor: Actor, at: datetime) -> Quote:
    """The seller makes no offer, and says why."""
    require_side(quote.seller, "sell", actor)
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    return _end(quote, QuoteStatus.DECLINED, actor, at, said=reason)


def withdraw(quote: Quote, *, reason: str, actor: Actor, at: datetime) -> Quote:
    """The buyer wants no price any more, or does not take the one that was offered."""
    require_side(quote.buyer, "order", actor)
    return _end(quote, QuoteStatus.WITHDRAWN, actor, at, said=reason)


def expire(*, at: datetime) -> list[Quote]:
    """Those that nobody answered, or took, in time are over; returns these. For the worker."""
    due = Quote.objects.select_for_update(skip_locked=True).filter(
        status__in=LIVE, runs_out_at__lte=at
    )
    return [_end(one, QuoteStatus.EXPIRED, SYSTEM, at) for one in due.order_by("pk")]


def set_auto_answer(
    *, actor: Actor, min_quantity: int, percent: Decimal, days: int, most: int | None, at: datetime
) -> AutoAnswer:
    """Let quotes of the actor's house be answered without a person from so many pieces a line on;
    what was set for as many is set anew."""
    actor.require("price")
    if not 1 <= min_quantity <= policies.LARGEST:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="min_quantity")
    if not 0 <= percent <= 90:
        raise Invalid("percent-invalid", "From 0 to 90 per cent.", field="percent")
    if not 1 <= days <= 90:
        raise Invalid("days-invalid", "An offer holds for 1 to 90 days.", field="days")
    if most is not None and not 0 < most <= policies.DEAREST:
        raise Invalid("amount-invalid", "An amount is above zero.", field="most")
    found, _ = AutoAnswer.objects.update_or_create(
        seller=actor.own_org, min_quantity=min_quantity,
        defaults={"percent": percent, "days": days, "most": most,
                  "set_by_name": actor.name, "set_at": at},
    )  # fmt: skip
    return found


def drop_auto_answer(min_quantity: int, *, actor: Actor) -> AutoAnswer:
    """From so many pieces on a person answers again, or the next bound below; the one that went."""
    actor.require("price")
    found = AutoAnswer.objects.filter(seller=actor.own_org, min_quantity=min_quantity).first()
    if found is None:
        raise NotFound()
    found.delete()
    return found


@dataclass(frozen=True)
class Taken:
    """An offer that is being ordered: its quote, locked, and the prices agreed by it."""

    quote: Quote
    prices: Mapping[UUID, int]


def take(
    ref: UUID, *, actor: Actor, seller: UUID, wanted: Mapping[UUID, int], at: datetime
) -> Taken:
    """Lock an offer for an order of exactly its lines. Raises `Refused` (quote-over) where it does
    not bind any more, (quote-other-lines) for an order of anything else."""
    if actor.behalf:
        raise Forbidden(
            "quote-is-own", "Only the customer itself takes what its seller offers.", field="quote"
        )
    quote = locked(ref, actor)
    if quote.buyer != actor.own_org or quote.seller != seller:
        raise NotFound()
    refuse_over(quote, at)
    offer = queries.prices(quote)
    if not policies.are_same({sku: n for sku, (n, _) in offer.items()}, wanted):
        raise Refused(
            "quote-other-lines",
            "The prices of %(number)s are for exactly what was offered.",
            field="lines",
            help="Order what is to be added by itself, or ask the seller otherwise.",
            number=quote.number,
        )
    return Taken(quote, {sku: price for sku, (_, price) in offer.items()})


def ordered(quote: Quote, order: UUID, number: str, *, actor: Actor, at: datetime) -> Quote:
    """The offer has become this order, in the same transaction."""
    return _end(quote, QuoteStatus.ACCEPTED, actor, at, order_id=order, order_number=number)


def refuse_over(quote: Quote, at: datetime) -> None:
    """Only an offer that binds is taken or answered."""
    if quote.status == QuoteStatus.OFFERED and at < quote.runs_out_at:
        return
    raise Refused(
        "quote-over",
        "Nothing that binds the seller is offered under %(number)s now.",
        field="quote",
        help="Ask for a quote again.",
        number=quote.number,
    )


def locked(ref: UUID, actor: Actor) -> Quote:
    """The quote, locked, of one of the actor's houses."""
    found = queries.visible_to(actor).select_for_update().filter(pk=ref).first()
    if found is None:
        raise NotFound()
    return found


def require_side(org: UUID, permission: str, actor: Actor) -> None:
    """Only people of this house, with this permission."""
    if actor.is_system:
        return
    if org not in actor.orgs:
        raise Forbidden("not-your-side", "This is for the other side to do.")
    actor.require(permission)


def _written(**quote: Any) -> Quote:
    """A new quote. The database holds that it is in the currency in which the two trade now."""
    try:
        with transaction.atomic():
            return Quote.objects.create(**quote)
    except IntegrityError as error:
        if IN_THEIRS not in str(error):
            raise
        raise Refused(
            "currency-set",
            "Another currency was set between you since.",
            help="Look at the prices again, and say once more what you wish.",
        ) from None


def _say_wishes(
    quote: Quote, lines: Sequence[Asked], words: str, actor: Actor, at: datetime
) -> None:
    total = policies.total([(line.quantity, line.price) for line in lines])
    version = _version(quote, False, words, actor, at, total=total)
    _write(
        QuoteLine(
            version=version, buyer=quote.buyer, seller=quote.seller, by_seller=False,
            position=position, sku_id=line.sku, quantity=line.quantity, unit_price=line.price,
            words=line.words.strip()[:200],
        )
        for position, line in enumerate(lines, 1)
    )  # fmt: skip
    said = QuoteAsked(subject=quote.pk, number=quote.number, version=quote.version)
    _record(quote, said, actor, at)


def _say_offer(
    quote: Quote,
    lines: Sequence[Offered],
    usual: Mapping[UUID, int],
    words: str,
    valid_until: date,
    actor: Actor,
    at: datetime,
) -> None:
    total = sum(line.quantity * (line.price or 0) for line in lines)
    version = _version(quote, True, words, actor, at, valid_until=valid_until, total=total)
    _write(
        QuoteLine(
            version=version, buyer=quote.buyer, seller=quote.seller, by_seller=True,
            position=line.position, sku_id=line.sku, quantity=line.quantity,
            unit_price=line.price, usual=usual.get(line.sku), is_struck=line.is_struck,
            instead_of_id=line.instead_of, words=line.words.strip()[:200],
        )
        for line in lines
    )  # fmt: skip
    said = QuoteOffered(
        subject=quote.pk, number=quote.number, version=quote.version, currency=quote.currency,
        total=total, valid_until=valid_until.isoformat(),
    )  # fmt: skip
    _record(quote, said, actor, at)


def _version(
    quote: Quote, by_seller: bool, words: str, actor: Actor, at: datetime, **more: object
) -> QuoteVersion:
    return QuoteVersion.objects.create(
        of=quote, buyer=quote.buyer, seller=quote.seller, number=quote.version,
        by_seller=by_seller, by=actor.user_id, by_name=actor.name, at=at,
        words=words.strip()[:300], **more,
    )  # fmt: skip


def _write(lines: Iterable[QuoteLine]) -> None:
    QuoteLine.objects.bulk_create(lines)


def _move(quote: Quote, status: QuoteStatus, *, runs_out_at: datetime, at: datetime) -> None:
    move(
        quote, status, moves=QUOTE_MOVES, version=quote.version + 1, moved_at=at,
        runs_out_at=runs_out_at,
    )  # fmt: skip


def _end(
    quote: Quote, status: QuoteStatus, actor: Actor, at: datetime, *, said: str = "", **also: object
) -> Quote:
    move(quote, status, moves=QUOTE_MOVES, ended_at=at, said=said.strip()[:300], **also)
    ended = QuoteEnded(
        subject=quote.pk, number=quote.number, status=status, order=quote.order_number
    )
    _record(quote, ended, actor, at)
    return quote


def _record(quote: Quote, fact: Fact, actor: Actor, at: datetime) -> None:
    record(fact, actor=actor, at=at, audience=[quote.buyer, quote.seller])
