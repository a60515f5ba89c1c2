"""Orders decided as a list and written as a set: facts, decide, post.

`facts_query` gathers in one call what a list of asks needs (`wishes.py`); `decide` judges each
(`deciding.py`); `post_query` writes those that are good (`accepted.py`), goods last under the
engine's guard. A page comes with a list of one on Django's connection (`place_order.py`), the fast
lane with whatever waits (`api/lane`): only how the two statements are sent differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from heliu.capital.books import operations as books
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.pricing import rewards
from heliu.commerce.pricing.operations.discounts import promotion_used_up
from heliu.commerce.spending import operations as spending
from heliu.kernel.addresses.policies import address_gone
from heliu.kernel.arrays import ids, numbers, texts
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.events.facts import payload_of
from heliu.kernel.events.notices import kept_as
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import LimitShort
from heliu.logistics.stock.moves import Short
from heliu.trade import currencies, deals
from heliu.trade.accepted import Accepted
from heliu.trade.wishes import ANYBODY, Ask, Known, Wanted, Wish

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
    if state in currencies.REFUSED:
        return currencies.refused(state)
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


def _json(words: dict[str, Any]) -> str:
    return msgspec.json.encode(words).decode()


def _notice(one: Accepted) -> dict[str, Any]:
    order = one.draft
    return kept_as(
        "order-placed",
        {
            "number": order.number,
            "buyer": one.good.known.buyer,
            "amount": Money(order.total, order.currency),
        },
    )
