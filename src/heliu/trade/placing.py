"""Orders decided as a list and written as a set: facts, decide, post.

`facts_query` gathers in one call what a list of asks needs; `decide` judges each in order of
arrival, earlier ones first, each refused by itself; `post_query` writes those that are good, goods
last under the engine's guard. A page comes with a list of one on Django's connection
(`place_order`), the fast lane with whatever waits (`api/lane`): only how the two statements are
sent differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.functional import lazy

from heliu.capital.books import operations as books
from heliu.capital.books.chart import Code
from heliu.capital.books.policies import Place
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import PayBy
from heliu.commerce.ordering.operations import Draft, PricedLine
from heliu.commerce.ordering.policies import CheckedLine, PastedLine, check_lines
from heliu.kernel.access.actor import Actor
from heliu.kernel.arrays import ids, numbers
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import payload_of
from heliu.kernel.events.notices import kept_as
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.numbering import number_of
from heliu.kernel.parties.models import Organization
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import LimitShort
from heliu.logistics.stock.moves import Short
from heliu.trade import deals
from heliu.trade.models import Deal
from heliu.trade.names import reservation_of, terms_hold_of

type Query = tuple[str, list[Any]]

FACTS = """
select trades, used, names, terms, room, order_numbers, deal_numbers,
       codes, prices, accounts, free
  from trade_order_facts(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::int[], %s::uuid[],
    %s::bigint[], %s, %s, %s)"""
POST = """
select refused, detail from trade_place(
    %s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[],
    %s::text[], %s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::text[],
    %s::int[], %s::uuid[], %s::bigint[], %s::bigint[],
    %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::uuid[], %s::text[], %s::text[], %s::text[],
    %s::uuid[], %s::bigint[], %s::bigint[], %s::uuid[], %s)"""


@dataclass(frozen=True)
class Ask:
    """What a buyer asks for: how much of which SKU, each SKU once, and how it will be paid."""

    actor: Actor
    seller: UUID
    wanted: Mapping[UUID, int]
    pay_by: str
    remark: str = ""
    external_id: str = ""

    @property
    def buyer(self) -> UUID:
        """Who orders."""
        return self.actor.own_org

    @property
    def terms_key(self) -> str | None:
        """The account of trade credit it is held on, if it is on terms."""
        if self.pay_by != PayBy.TERMS:
            return None
        return Place(self.seller, Code.RECEIVABLE, self.buyer).key


class Goods(NamedTuple):
    """A SKU as far as a line is judged by it."""

    pk: UUID
    code: str


class UnitPrice(NamedTuple):
    """What one smallest unit costs, in minor units."""

    unit_price: int


@dataclass(frozen=True)
class Known:
    """What is known about one ask: all a decision needs, and the numbers it would be given.

    `names` are the buyer's four, `room` is what the buyer may still order on terms, `accounts`
    are where the goods of each SKU are promised and `free` how much of them.
    """

    trades: bool
    is_used: bool
    names: Sequence[str]
    terms: int | None
    room: int
    order_number: int
    deal_number: int
    goods: Mapping[UUID, Goods | None]
    prices: Mapping[UUID, UnitPrice | None]
    accounts: Mapping[UUID, int | None]
    free: Mapping[UUID, int]


@dataclass(frozen=True)
class Good:
    """An ask that is good: what is written for it once it is known where the goods go."""

    ask: Ask
    known: Known
    lines: list[CheckedLine[Goods]]
    total: int

    def accepted(self, at: datetime, *, warehouse: UUID, lender: UUID | None = None) -> Accepted:
        """The order and its deal, not yet written. Raises `Invalid` for what is no order."""
        ask = self.ask
        draft = ordering.draft(
            actor=ask.actor,
            buyer=ask.buyer,
            seller=ask.seller,
            warehouse=warehouse,
            pay_by=ask.pay_by,
            lines=[
                PricedLine(line.sku.pk, line.quantity, line.unit_price)
                for line in self.lines
                if line.sku and line.quantity and line.unit_price is not None
            ],
            number=number_of("SO", self.known.order_number, at),
            at=at,
            remark=ask.remark,
            external_id=ask.external_id,
            lender=lender,
        )
        deal = Deal(
            number=number_of("DL", self.known.deal_number, at),
            order_id=draft.order.id,
            buyer=ask.buyer,
            seller=ask.seller,
            lender=lender,
            custodian=warehouse if lender else None,
            opened_at=at,
            moved_at=at,
        )
        deal._state.adding = False
        return Accepted(self, draft, deal)


@dataclass(frozen=True)
class Accepted:
    """An order that will be written, with its deal."""

    good: Good
    draft: Draft
    deal: Deal

    def holds(self) -> list[tuple[UUID, int, int, UUID]]:
        """What it holds: (id, account, signed amount, order); credit, then goods."""
        order, known = self.draft.order, self.good.known
        held = []
        if known.terms is not None:
            held.append((terms_hold_of(order.id), known.terms, order.total, order.id))
        for line in self.draft.lines:
            account = known.accounts[line.sku_id]
            if account is None:  # judged as sold out
                raise Short(line.sku_id)
            held.append((reservation_of(order.id, line.sku_id), account, -line.quantity, order.id))
        return held


def facts_query(asks: Sequence[Ask], at: datetime, *, locking: bool = False) -> Query:
    """What is asked of the database before deciding; `facts` reads the one row of its answer."""
    lines = [
        (n, sku, quantity) for n, ask in enumerate(asks, 1) for sku, quantity in ask.wanted.items()
    ]
    return FACTS, [
        ids(ask.buyer for ask in asks),
        ids(ask.seller for ask in asks),
        [ask.external_id for ask in asks],
        [ask.terms_key for ask in asks],
        numbers(n for n, _, _ in lines),
        ids(sku for _, sku, _ in lines),
        numbers(max(quantity, 1) for _, _, quantity in lines),
        day_of(at),
        at,
        locking,
    ]  # fmt: skip


def facts(asks: Sequence[Ask], row: Sequence[Any]) -> list[Known]:
    """What the database answered, ask by ask."""
    trades, used, names, terms, room, orders, numbers, codes, prices, accounts, free = row
    found, start = [], 0
    for n, ask in enumerate(asks):
        skus = list(ask.wanted)
        here = slice(start, start + len(skus))
        start = here.stop
        goods = {
            sku: Goods(sku, code) if code is not None else None
            for sku, code in zip(skus, (codes or [])[here], strict=True)
        }
        priced = {
            sku: UnitPrice(price) if price is not None else None
            for sku, price in zip(skus, (prices or [])[here], strict=True)
        }
        found.append(
            Known(
                trades[n], used[n], names[n], terms[n], room[n] or 0, orders[n], numbers[n],
                goods, priced,
                dict(zip(skus, (accounts or [])[here], strict=True)),
                dict(zip(skus, (free or [])[here], strict=True)),
            )
        )  # fmt: skip
    return found


def decide(asks: Sequence[Ask], facts: Sequence[Known]) -> list[Good | Refused]:
    """Each ask judged in order of arrival: what an earlier one takes is gone for the later."""
    taken: dict[tuple[UUID, UUID], int] = {}
    owed: dict[int, int] = {}
    used: set[tuple[UUID, str]] = set()
    verdicts: list[Good | Refused] = []
    for ask, known in zip(asks, facts, strict=True):
        try:
            good = _judge(ask, known, taken, owed, used)
        except Refused as refusal:
            verdicts.append(refusal)
            continue
        verdicts.append(good)
        for sku, quantity in ask.wanted.items():
            place = (ask.seller, sku)
            taken[place] = taken.get(place, 0) + quantity
        if known.terms is not None:
            owed[known.terms] = owed.get(known.terms, 0) + good.total
        if ask.external_id:
            used.add((ask.buyer, ask.external_id))
    return verdicts


def post_query(accepted: Sequence[Accepted], at: datetime) -> Query:
    """What is sent to write them all; `refusal` reads the one row of its answer."""
    orders = [one.draft.order for one in accepted]
    said = [one.draft.fact for one in accepted]
    holds = [hold for one in accepted for hold in one.holds()]
    return POST, [
        *ordering.columns([one.draft for one in accepted]),
        ids(one.deal.id for one in accepted),
        [one.deal.number for one in accepted],
        ids(new_id() for _ in accepted),
        [fact.name for fact in said],
        ["{" + ",".join(fact.flows) + "}" for fact in said],
        [json.dumps(payload_of(fact)) for fact in said],
        [ids(sorted({order.buyer, order.seller})) for order in orders],
        ids(new_id() for _ in accepted),
        ["order-placed" for _ in accepted],
        [json.dumps(_notice(one), ensure_ascii=False) for one in accepted],
        [deals.link(one.deal) for one in accepted],
        ids(id for id, _, _, _ in holds),
        numbers(account for _, account, _, _ in holds),
        numbers(amount for _, _, amount, _ in holds),
        ids(subject for _, _, _, subject in holds),
        at,
    ]


def refusal(accepted: Sequence[Accepted], row: Sequence[Any]) -> Refused | None:
    """Why nothing was written: somebody was quicker. None when all is written."""
    state, detail = row
    if state is None:
        return None
    if state == "external-id":
        return _used(next(o.draft.order.external_id for o in accepted if o.draft.order.external_id))
    found = posting.refusal(state, detail)
    if not isinstance(found, LimitShort):
        return found
    for one in accepted:
        for sku, account in one.good.known.accounts.items():
            if account == found.account:
                return Short(sku)
    return books.in_words(found)


def _judge(
    ask: Ask,
    known: Known,
    taken: Mapping[tuple[UUID, UUID], int],
    owed: Mapping[int, int],
    used: set[tuple[UUID, str]],
) -> Good:
    ask.actor.require("order")
    if not known.trades or any(goods is None for goods in known.goods.values()):
        raise NotFound()
    skus = {goods.code: goods for goods in known.goods.values() if goods}
    rows = [
        PastedLine(row, goods.code, ask.wanted[goods.pk])
        for row, goods in enumerate(skus.values(), start=1)
    ]
    free = {sku: left - taken.get((ask.seller, sku), 0) for sku, left in known.free.items()}
    lines = check_lines(rows, skus, known.prices, free)
    refuse_bad(lines)
    if known.is_used or (ask.buyer, ask.external_id) in used:
        raise _used(ask.external_id)
    total = sum(line.amount or 0 for line in lines)
    if ask.pay_by == PayBy.TERMS:
        room = known.room - (owed.get(known.terms, 0) if known.terms is not None else 0)
        if total > room:
            raise books.in_words(LimitShort(known.terms or 0, ask.terms_key or "", total - room))
    return Good(ask, known, lines, total)


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


def _used(external_id: str) -> Refused:
    return Refused(
        "external-id-used",
        "An order with your number %(external_id)s is there already.",
        field="external_id",
        external_id=external_id,
    )


def _notice(one: Accepted) -> dict[str, Any]:
    short, short_zh, name, name_zh = one.good.known.names
    buyer = Organization(short_name=short, short_name_zh=short_zh, name=name, name_zh=name_zh)
    order = one.draft.order
    return kept_as(
        "order-placed", {"number": order.number, "buyer": buyer, "amount": Money(order.total)}
    )
