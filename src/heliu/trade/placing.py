"""Orders decided as a list and written as a set: facts, decide, post.

`facts_query` gathers in one call what a list of asks needs; `decide` judges each in order of
arrival, earlier ones first, each refused by itself; `post_query` writes those that are good, goods
last under the engine's guard. A page comes with a list of one on Django's connection
(`place_order`), the fast lane with whatever waits (`api/lane`): only how the two statements are
sent differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.utils.functional import lazy

from heliu.capital.books import operations as books
from heliu.capital.books.chart import Code
from heliu.capital.books.policies import Place
from heliu.capital.terms.models import Stop
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import PayBy
from heliu.commerce.ordering.operations import Draft, PricedLine
from heliu.commerce.ordering.parts import Part, divided, parted
from heliu.commerce.ordering.policies import CheckedLine, PastedLine, check_line
from heliu.commerce.pricing import rewards
from heliu.commerce.pricing.operations.discounts import promotion_used_up
from heliu.commerce.pricing.rewards import Gift, Offers, Reward
from heliu.commerce.spending import operations as spending
from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.policies import address_gone
from heliu.kernel.arrays import ids, numbers, texts
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import payload_of
from heliu.kernel.events.notices import kept_as
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.numbering import number_of
from heliu.kernel.parties.names import Names
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import LimitShort
from heliu.logistics.stock.moves import Short
from heliu.trade import deals
from heliu.trade.earning import earned_by, off_of
from heliu.trade.models import Deal
from heliu.trade.names import reservation_of, terms_hold_of

type Query = tuple[str, list[Any]]

FACTS = """
select trades, used, names, terms, room, stops, at_least, order_numbers, deal_numbers,
       codes, prices, accounts, free, gains
  from trade_order_facts(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::int[], %s::uuid[],
    %s::bigint[], %s, %s, %s)"""
# The fast lane asks with the tokens and keys of the requests, and writes with their keys.
ASKED = """
select actors, answered, contents, bodies,
       trades, used, names, terms, room, stops, at_least, order_numbers, deal_numbers,
       codes, prices, accounts, free, gains
  from trade_orders_asked(%s::bytea[], %s::text[],
    %s::uuid[], %s::text[], %s::text[], %s, %s::int[], %s::uuid[],
    %s::bigint[], %s, %s, %s)"""
POST = """
select refused, detail from trade_place(
    %s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[],
    %s::text[], %s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::date[],
    %s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s::bigint[], %s::date[],
    %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::uuid[], %s::text[], %s::text[], %s::text[],
    %s::uuid[], %s::bigint[], %s::bigint[], %s::uuid[], %s::jsonb, %s)"""
WRITTEN = POST.replace(
    "trade_place(", "trade_orders_written(%s, %s::text[], %s::bytea[], %s::text[],"
)


ANYBODY = UUID(int=0)  # stands for the buyer while it is not known who sends a wish


@dataclass(frozen=True)
class Wish:
    """What is wanted: how much of which SKU, each SKU once, and how it will be paid.

    `cost_centre` is who bears it in the buyer's house. Where others had to agree first, `asked` is
    the question's order (its id is the order's) and `kept` the prices that were kept meanwhile.
    `wanted_on` is the day on which the goods are wished, `days` of lines that have their own,
    `parts` of those wished in parts (written after the order: the fast lane does not take them),
    `address` where in the buyer's book they go (None: to its default).
    """

    seller: UUID
    wanted: Mapping[UUID, int]
    pay_by: str
    remark: str = ""
    external_id: str = ""
    cost_centre: UUID | None = None
    asked: UUID | None = None
    kept: Mapping[UUID, int] | None = None
    wanted_on: date | None = None
    days: Mapping[UUID, date] | None = None
    parts: Mapping[UUID, Sequence[Part]] | None = None
    address: UUID | None = None

    def line(self, sku: UUID, quantity: int, unit_price: int) -> PricedLine:
        """A line of the order with its day, or its parts by day."""
        day = (self.days or {}).get(sku)
        wished = (self.parts or {}).get(sku, ())
        if not wished:
            return PricedLine(sku, quantity, unit_price, day)
        split = parted(wished, quantity, self.wanted_on)
        first = split[0].wanted_on
        return PricedLine(
            sku, quantity, unit_price, None if first == self.wanted_on else first,
            split if len(split) > 1 else (),
        )  # fmt: skip

    def terms_key(self, buyer: UUID) -> str | None:
        """The account of trade credit it is held on, if it is on terms."""
        if self.pay_by != PayBy.TERMS:
            return None
        return Place(self.seller, Code.RECEIVABLE, buyer).key


@dataclass(frozen=True)
class Ask:
    """A wish, and who has it."""

    actor: Actor
    wish: Wish

    @property
    def buyer(self) -> UUID:
        """Who orders."""
        return self.actor.own_org


class Goods(NamedTuple):
    """A SKU as far as a line is judged by it."""

    pk: UUID
    code: str


class Wanted(NamedTuple):
    """What is known about a SKU that is wanted.

    `code` is None when the seller has no such goods, `unit_price` (minor units, of one smallest
    unit) when there is no price. `account` is where the goods are promised and `free` how much.
    """

    code: str | None
    unit_price: int | None
    account: int | None
    free: int


class Known(NamedTuple):
    """What is known about one ask: all a decision needs, and the numbers it would be given.

    `names` are the buyer's, `room` is what the buyer may still order on terms, `stop` why it may
    not at all, `least` what an order must come to (minor units), `wanted` stands in the order of
    the ask, `offers` is what the order may earn as a whole.
    """

    trades: bool
    is_used: bool
    names: Sequence[str]
    terms: int | None
    room: int
    stop: str | None
    least: int
    order_number: int
    deal_number: int
    wanted: Sequence[Wanted]
    offers: Offers | None = None


@dataclass(frozen=True)
class Good:
    """An ask that is good: what is written for it once it is known where the goods go. `lines` are
    as they were asked for, `rewards` what the order earns as a whole, `total` is after those."""

    ask: Ask
    known: Known
    lines: list[CheckedLine[Goods]]
    total: int
    rewards: tuple[Reward, ...] = ()

    @property
    def promised(self) -> list[tuple[UUID, int | None, int]]:
        """What the seller promises of its goods: (SKU, the account it is promised on, how much)."""
        found = {
            line.sku.pk: (wanted.account, line.quantity)
            for line, wanted in zip(self.lines, self.known.wanted, strict=True)
            if line.sku and line.quantity
        }
        for one in self.rewards:
            for sku, n in one.gifts.items():
                account, before = found.get(sku, (self._gifts[sku].account, 0))
                found[sku] = (account, before + n)
        return [(sku, account, quantity) for sku, (account, quantity) in found.items()]

    @property
    def earned(self) -> list[dict[str, Any]]:
        """What is written down of its rewards."""
        quantities = {line.sku.pk: line.quantity or 0 for line in self.lines if line.sku}
        return rewards.kept(self.rewards, quantities, self._gifts)

    @property
    def _gifts(self) -> Mapping[UUID, Gift]:
        return self.known.offers.gifts if self.known.offers else {}

    @property
    def priced(self) -> list[PricedLine]:
        """Its lines with their days, as they will be written."""
        return [
            self.ask.wish.line(line.sku.pk, line.quantity, line.unit_price)
            for line in self.lines
            if line.sku and line.quantity and line.unit_price is not None
        ]

    def _written(self) -> list[PricedLine]:
        """The lines as they are written: those that share in an amount off the whole order perhaps
        in two, goods for free beneath."""
        if not self.rewards:
            return self.priced
        off: dict[UUID, int] = {}
        for one in self.rewards:
            for sku, share in one.off.items():
                off[sku] = off.get(sku, 0) + share
        lines: list[PricedLine] = []
        for line in self.priced:
            amount = line.quantity * line.unit_price - off.get(line.sku_id, 0)
            prices = rewards.parts(line.quantity, amount)
            days = divided(line.parts, [part.quantity for part in prices])
            lines += [
                line._replace(
                    quantity=price.quantity,
                    unit_price=price.unit_price,
                    wanted_on=self._first_day(parts) if parts else line.wanted_on,
                    parts=parts if len(parts) > 1 else (),
                )
                for price, parts in zip(prices, days, strict=True)
            ]
        return lines + [
            PricedLine(sku, n, 0) for one in self.rewards for sku, n in one.gifts.items()
        ]

    def _first_day(self, parts: Sequence[Part]) -> date | None:
        """The first of some parts' days, where that is not the order's."""
        first = parts[0].wanted_on
        return None if first == self.ask.wish.wanted_on else first

    def accepted(self, at: datetime, *, warehouse: UUID, lender: UUID | None = None) -> Accepted:
        """The order and its deal, not yet written. Raises `Invalid` for what is no order."""
        ask, wish = self.ask, self.ask.wish
        draft = ordering.draft(
            actor=ask.actor,
            buyer=ask.buyer,
            seller=wish.seller,
            warehouse=warehouse,
            pay_by=wish.pay_by,
            lines=self._written(),
            number=number_of("SO", self.known.order_number, at),
            at=at,
            remark=wish.remark,
            external_id=wish.external_id,
            lender=lender,
            order_id=wish.asked,
            wanted_on=wish.wanted_on,
            address=wish.address,
        )
        return Accepted(self, draft, new_id(), number_of("DL", self.known.deal_number, at))


@dataclass(frozen=True)
class Accepted:
    """An order that will be written, with the id and the number of its deal."""

    good: Good
    draft: Draft
    deal_id: UUID
    deal_number: str

    def deal(self) -> Deal:
        """The deal, once it is written."""
        order = self.draft
        deal = Deal(
            id=self.deal_id,
            number=self.deal_number,
            order_id=order.id,
            buyer=order.buyer,
            seller=order.seller,
            lender=order.lender,
            custodian=order.warehouse if order.lender else None,
            opened_at=order.placed_at,
            moved_at=order.placed_at,
        )
        deal._state.adding = False
        return deal

    def holds(self) -> list[tuple[UUID, int, int, UUID]]:
        """What it holds: (id, account, signed amount, order); credit, then goods."""
        order, known = self.draft, self.good.known
        held = []
        if known.terms is not None:
            held.append((terms_hold_of(order.id), known.terms, order.total, order.id))
        for sku, account, quantity in self.good.promised:
            if account is None:  # judged as sold out
                raise Short(sku)
            held.append((reservation_of(order.id, sku), account, -quantity, order.id))
        return held


def facts_query(asks: Sequence[Ask], at: datetime) -> Query:
    """What is asked of the database before deciding; `facts` reads the one row of its answer."""
    wishes = [ask.wish for ask in asks]
    return FACTS, [
        ids(ask.buyer for ask in asks),
        ids(wish.seller for wish in wishes),
        texts(wish.external_id for wish in wishes),
        texts(ask.wish.terms_key(ask.buyer) for ask in asks),
        *_lines(wishes),
        day_of(at),
        at,
        False,
    ]


def asked_parameters(wishes: Sequence[Wish], at: datetime, *, locking: bool) -> list[Any]:
    """What is asked about before it is known who asks, as `ASKED` takes it after tokens and
    keys."""
    return [
        ids(wish.seller for wish in wishes),
        texts(wish.external_id for wish in wishes),
        texts(wish.terms_key(ANYBODY) for wish in wishes),
        str(ANYBODY),
        *_lines(wishes),
        day_of(at),
        at,
        locking,
    ]


def _lines(wishes: Sequence[Wish]) -> list[str]:
    lines = [
        (n, sku, quantity)
        for n, wish in enumerate(wishes, 1)
        for sku, quantity in wish.wanted.items()
    ]
    return [
        numbers(n for n, _, _ in lines),
        ids(sku for _, sku, _ in lines),
        numbers(max(quantity, 1) for _, _, quantity in lines),
    ]


def facts(wishes: Sequence[Wish], row: Sequence[Any]) -> list[Known]:
    """What the database answered, wish by wish."""
    *each, codes, prices, accounts, free, gains = row
    offers = rewards.offers(gains, len(wishes))
    wanted = map(Wanted, codes or (), prices or (), accounts or (), free or ())
    return [
        Known(
            trades,
            used,
            names,
            terms,
            room or 0,
            stop,
            least or 0,
            order,
            deal,
            list(islice(wanted, len(wish.wanted))),
            offered,
        )
        for wish, offered, trades, used, names, terms, room, stop, least, order, deal in zip(
            wishes, offers, *each, strict=True
        )
    ]


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


def post_query(accepted: Sequence[Accepted], at: datetime) -> Query:
    """What is sent to write them all; `refusal` reads the one row of its answer."""
    return POST, post_parameters(accepted, at)


def post_parameters(accepted: Sequence[Accepted], at: datetime) -> list[Any]:
    """What is written, as `trade_place` takes it."""
    orders = [one.draft for one in accepted]
    said = [order.fact() for order in orders]
    holds = [hold for one in accepted for hold in one.holds()]
    return [
        *ordering.columns(orders),
        ids([one.deal_id for one in accepted]),
        texts([one.deal_number for one in accepted]),
        ids([new_id() for _ in accepted]),
        texts([fact.name for fact in said]),
        texts(["{" + ",".join(fact.flows) + "}" for fact in said]),
        texts([_json(payload_of(fact)) for fact in said]),
        texts([ids(sorted({order.buyer, order.seller})) for order in orders]),
        ids([new_id() for _ in accepted]),
        texts(["order-placed" for _ in accepted]),
        texts([_json(_notice(one)) for one in accepted]),
        texts([deals.address(one.deal_number) for one in accepted]),
        ids([id for id, _, _, _ in holds]),
        numbers([account for _, account, _, _ in holds]),
        numbers([amount for _, _, amount, _ in holds]),
        ids([subject for _, _, _, subject in holds]),
        _earned(accepted),
        at,
    ]


def _earned(accepted: Sequence[Accepted]) -> str | None:
    """What the orders earned as a whole, as `trade_place` takes it, with their lines as they were
    priced; None where none earned anything."""
    goods = [one.good for one in accepted]
    if not any(good.rewards for good in goods):
        return None
    wanted = [
        {"o": n, "sku": line.sku.pk, "quantity": line.quantity, "price": line.unit_price}
        for n, good in enumerate(goods, 1)
        for line in good.lines
        if line.sku
    ]
    given = [row | {"o": n} for n, good in enumerate(goods, 1) for row in good.earned]
    return _json({"wanted": wanted, "given": given})


def refusal(accepted: Sequence[Accepted], row: Sequence[Any]) -> Refused | None:
    """Why nothing was written: somebody was quicker. None when all is written."""
    state, detail = row
    if state is None:
        return None
    if state == "external-id":
        used = next(one.draft.external_id for one in accepted if one.draft.external_id)
        return ordering.external_id_used(used)
    if state == "promotion":
        return promotion_used_up()
    if state == "address-gone":
        return address_gone()
    if said := spending.refused(state):
        return said
    found = posting.refusal(state, detail)
    if not isinstance(found, LimitShort):
        return found
    for one in accepted:
        for sku, account, _ in one.good.promised:
            if account == found.account:
                return Short(sku)
    return books.in_words(spending.in_words(found))


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
    if not known.trades:
        raise NotFound()
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
    earned = _rewards(lines, known, taken) if known.offers else ()
    total = sum(line.amount or 0 for line in lines) - off_of(earned)
    refuse_small(total, known.least)
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
    """Today's price, or the one that was kept while others were asked, if that is lower."""
    kept = (wish.kept or {}).get(sku)
    if kept is None or wanted.unit_price is None:
        return wanted.unit_price
    return min(kept, wanted.unit_price)


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


def refuse_small(total: int, least: int) -> None:
    """An order comes to what its seller wants of one order at least. Raises where it does not."""
    if total < least:
        raise Refused(
            "below-least-order",
            "An order here comes to %(least)s at least; %(missing)s is missing.",
            field="lines",
            help="Add goods for what is missing.",
            status=422,
            least=str(Money(least)),
            missing=str(Money(least - total)),
        )


def _json(words: dict[str, Any]) -> str:
    return msgspec.json.encode(words).decode()


def _notice(one: Accepted) -> dict[str, Any]:
    order, buyer = one.draft, Names(*one.good.known.names)
    return kept_as(
        "order-placed", {"number": order.number, "buyer": buyer, "amount": Money(order.total)}
    )
