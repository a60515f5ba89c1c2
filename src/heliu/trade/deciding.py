"""Orders judged as a list: in order of arrival, earlier ones first, each refused by itself.

Plain Python over what is known; the same rules for a page's list of one and for the fast lane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.functional import lazy

from heliu.capital.books import operations as books
from heliu.capital.terms.models import Stop
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import PayBy
from heliu.commerce.ordering.policies import CheckedLine, PastedLine, check_line
from heliu.commerce.pricing.rewards import Reward
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.money import CURRENCY, Money, OtherCurrency
from heliu.kernel.parties.models import RelationshipStatus
from heliu.kernel.parties.queries import NOT_TRADING, seller_paused
from heliu.kernel.posting.operations import LimitShort
from heliu.trade import currencies
from heliu.trade.accepted import Good
from heliu.trade.earning import earned_by, off_of
from heliu.trade.wishes import Ask, Goods, Known, Wanted, Wish


def decide(asks: Sequence[Ask], facts: Sequence[Known]) -> list[Good | Refused]:
    """Each ask judged in order of arrival: what an earlier one takes is gone for the later."""
    taken: dict[int | None, int] = {}  # of goods and of credit, by account
    used: set[tuple[UUID, str]] = set()
    verdicts: list[Good | Refused] = []
    for ask, known in zip(asks, facts, strict=True):
        try:
            good = _judge(ask, known, taken, used)
        except Refused as refusal:
            verdicts.append(refusal)
            continue
        verdicts.append(good)
        for _, account, quantity in good.promised:
            taken[account] = taken.get(account, 0) + quantity
        if known.terms is not None:
            taken[known.terms] = taken.get(known.terms, 0) + good.total
        if ask.wish.external_id:
            used.add((ask.buyer, ask.wish.external_id))
    return verdicts


def _judge(
    ask: Ask, known: Known, taken: Mapping[int | None, int], used: set[tuple[UUID, str]]
) -> Good:
    ask.actor.require("order")
    wish = ask.wish
    if wish.address and wish.pay_by == PayBy.FINANCE:
        raise Invalid(
            "address-supervised",
            "Financed goods go to the supervised warehouse.",
            field="address",
            help="Name no address, or pay in another way.",
        )
    if known.stop == RelationshipStatus.PAUSED:
        raise seller_paused()
    if not known.trades:
        raise NotFound(NOT_TRADING)
    if wish.currency and wish.currency != known.currency:
        raise OtherCurrency(wish.currency, ours=known.currency, field="currency")
    if wish.pay_by != PayBy.TRANSFER and known.currency != CURRENCY:
        raise currencies.by_transfer(known.currency)
    lines = []
    for row, ((sku, quantity), wanted) in enumerate(
        zip(wish.wanted.items(), known.wanted, strict=True), start=1
    ):
        if wanted.code is None:
            raise NotFound()
        left = wanted.free - taken.get(wanted.account, 0)
        line = PastedLine(row, wanted.code, quantity)
        price = _price(wish, sku, wanted)
        lines.append(check_line(line, Goods(sku, wanted.code), price, left))
    refuse_bad(lines)
    if known.is_used or (ask.buyer, wish.external_id) in used:
        raise ordering.external_id_used(wish.external_id)
    earned = _rewards(lines, known, taken) if known.offers and not wish.quoted else ()
    total = sum(line.amount or 0 for line in lines) - off_of(earned)
    refuse_small(total, known.least, known.currency)
    if wish.pay_by == PayBy.TERMS:
        if known.stop:
            raise stopped(known.stop)
        room = known.room - (taken.get(known.terms, 0) if known.terms is not None else 0)
        if total > room:
            raise books.in_words(
                LimitShort(known.terms or 0, wish.terms_key(ask.buyer) or "", total - room)
            )
    return Good(ask, known, lines, total, earned)


def _rewards(
    lines: Sequence[CheckedLine[Goods]], known: Known, taken: Mapping[int | None, int]
) -> tuple[Reward, ...]:
    """What the order earns as a whole, of what earlier ones and its own lines leave."""
    used = dict(taken)
    for line, wanted in zip(lines, known.wanted, strict=True):
        used[wanted.account] = used.get(wanted.account, 0) + (line.quantity or 0)
    return earned_by(lines, known.offers, used)


def _price(wish: Wish, sku: UUID, wanted: Wanted) -> int | None:
    """Today's price, or the one that was kept while others were asked, if that is lower; of what
    the seller offered the price of the offer. Goods without a price are not sold to the buyer."""
    if wanted.unit_price is None:
        return None
    if wish.quoted:
        return wish.quoted[sku]
    kept = wish.kept.get(sku) if wish.kept else None
    return wanted.unit_price if kept is None else min(kept, wanted.unit_price)


def stopped(reason: str) -> Refused:
    """Orders on terms are stopped, whichever door they come by; what would let them pass."""
    if reason == Stop.HAND:
        return Refused(
            "terms-stopped",
            "The seller has stopped orders on terms.",
            field="pay_by",
            help="Ask the seller, or pay by transfer or with finance.",
        )
    return Refused(
        "terms-overdue",
        "Orders on terms are stopped: something is overdue beyond the days of grace.",
        field="pay_by",
        help="Pay what is overdue, or ask the seller to let you order all the same.",
    )


def _words(line: CheckedLine[Any]) -> str:
    return line.words


# A refusal may be read in another language than it was made in.
_words_when_read = lazy(_words, str)


def refuse_bad(checked: Sequence[CheckedLine[Any]]) -> None:
    """An order names only lines that are good. Raises for the first that is not."""
    if not checked:
        raise Invalid("no-lines", "An order needs at least one line.", field="lines")
    for line in checked:
        if line.problem:
            raise Refused(
                line.problem,
                "%(goods)s: %(words)s.",
                field=f"lines.{line.row}",
                status=409 if line.problem in ("short", "sold-out") else 422,
                goods=line.code,
                words=_words_when_read(line),
            )


def refuse_small(total: int, least: int, currency: str = CURRENCY) -> None:
    """An order comes to what its seller wants of one order at least. Raises where it does not."""
    if total < least:
        raise Refused(
            "below-least-order",
            "An order here comes to %(least)s at least; %(missing)s is missing.",
            field="lines",
            help="Add goods for what is missing.",
            status=422,
            least=str(Money(least, currency)),
            missing=str(Money(least - total, currency)),
        )
