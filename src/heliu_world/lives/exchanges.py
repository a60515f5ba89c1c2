"""Pledged goods of an order let go for others that its dealer brings out of its own house, and
goods that it brings because some came short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from heliu.logistics.pledges.models import IN_FORCE
from heliu.trade import exchange, lodging
from heliu_world.acts import Act
from heliu_world.judge import Broken
from heliu_world.lives import goods
from heliu_world.lives.case import Case

WRONG = 0.3  # of the exchanges that are asked for no rule lets go
TOO_SOON, AGAIN = 0.15, 0.15  # of the others are sent before the lender agreed, or asked for twice
THERE = """
select p.sku_id as sku, g.family_id as family, (k.posted - k.held_out)::int as free, c.cost
  from stock_promised p join posting_account k on k.id = p.account
  join goods_sku g on g.id = p.sku_id
 cross join lateral (
       select i.unit_price as cost from ordering_orderline i join ordering_order o
           on o.id = i.order_id
        where o.buyer = p.owner and i.sku_id = p.sku_id and i.received > 0
        order by o.placed_at desc, i.id desc limit 1) c
 where p.owner = %s and p.warehouse = p.owner and g.seller = %s and k.posted > k.held_out
 order by 1
"""


class Kind(NamedTuple):
    """Goods of one kind that lie somewhere: pieces, and what one cost at least and at most, fen."""

    sku: UUID
    family: str
    pieces: int
    least: int
    most: int


def choices(case: Case) -> list[tuple[float, Callable[[], object]]]:
    """What the dealer may do about goods that it brings for its order's loan, by likelihood."""
    stands, found = case.stands, list[tuple[float, Callable[[], object]]]()
    runs = stands["loan_status"] in exchange.TAKES_GOODS
    may_come = runs and stands["pledge_status"] in IN_FORCE
    waiting = [one["number"] for one in stands["lodgings"] if one["status"] == "ANNOUNCED"]
    if waiting and may_come:
        found.append((5, lambda: _send(case, waiting[0])))
    elif waiting:
        found.append((0.5, lambda: _keep(case, waiting[0])))
    if not runs or not stands["bound"] or case.world.is_ending:
        return found
    if stands["is_short"]:
        found.append((4, lambda: _bring(case)))
    else:
        found.append((0.1, lambda: _bring_for_nothing(case)))
    if not any(one["status"] == "ASKED" for one in stands["lodgings"]):
        found.append((0.8, lambda: _exchange(case)))
    return found


def _exchange(case: Case) -> None:
    """The dealer wants pledged goods for others of the same families, or tries what must not be."""
    home, bound = _at_home(case), _bound(case)
    pairs = [(own, lies) for own in home for lies in bound if own.family == lies.family]
    if not pairs:
        return
    own, lies = case.random.choice(pairs)
    if case.stands["is_short"]:
        _refused(case, _ask(case, {own.sku: own.pieces}, {lies.sku: 1}), "goods-short")
    elif case.random.random() < WRONG:
        _ask_wrong(case, own, lies, home)
    elif most := min(lies.pieces, own.pieces * own.least // lies.most):
        leaving = case.random.randint(1, most)
        coming = -(-leaving * lies.most // own.least)
        asked = _ask(case, {own.sku: coming}, {lies.sku: leaving})
        case.hands.do(asked)
        if case.random.random() < TOO_SOON:
            _refused(case, _sent(case, len(case.stands["lodgings"]) + 1), "lodging-not-to-send")
        elif own.pieces >= 2 * coming and case.random.random() < AGAIN:
            _refused(case, asked, "approval-waits")


def _ask_wrong(case: Case, own: Kind, lies: Kind, home: list[Kind]) -> None:
    """Goods that are worth more, of another kind, or more than there are."""
    wrong = [(_ask(case, {own.sku: 1}, {lies.sku: lies.pieces + 1}), "not-so-much-bound")]
    if lies.least * lies.pieces > own.most:
        some = own.most // lies.least + 1
        wrong.append((_ask(case, {own.sku: 1}, {lies.sku: some}), "swap-worth-less"))
    if others := [one for one in home if one.family != lies.family]:
        other = case.random.choice(others)
        ask = _ask(case, {other.sku: other.pieces}, {lies.sku: 1})
        wrong.append((ask, "swap-of-another-kind"))
    _refused(case, *case.random.choice(wrong))


def _bring(case: Case) -> None:
    """Goods came short: some of what lies at home covers the debt again, or a part of it."""
    home = _at_home(case)
    some = case.random.sample(home, min(3, len(home)))
    brought = {own.sku: case.random.randint(1, own.pieces) for own in some}
    if brought:
        case.hands.do(_brought(case, brought))


def _bring_for_nothing(case: Case) -> None:
    """Nothing is short: no more goods are wanted."""
    if home := _at_home(case):
        _refused(case, _brought(case, {home[0].sku: 1}), "nothing-short")


def _ask(case: Case, coming: goods.Goods, leaving: goods.Goods) -> Act:
    said = {"goods_in": goods.told(coming), "goods_out": goods.told(leaving), "reason": "they sell"}
    typed = {f"in-{sku.hex}": n for sku, n in coming.items()}
    typed |= {f"out-{sku.hex}": n for sku, n in leaving.items()}
    return Act(
        "exchange pledged goods", case.dealer.seat, about=case.about,
        path=f"/deals/{case.about}/exchanges", body=said, changed={**said, "reason": "another"},
        page=f"/deals/{case.about}/exchange", form={**typed, "reason": "they sell"},
        desk=lambda who: exchange.ask(
            case.deal, coming, leaving, actor=who, reason="they sell", at=case.world.now
        ),
    )  # fmt: skip


def _brought(case: Case, brought: goods.Goods) -> Act:
    return Act(
        "bring goods for others that came short", case.dealer.seat, about=case.about,
        path=f"/deals/{case.about}/lodgings", body={"goods": goods.told(brought)},
        page=f"/deals/{case.about}/bring", form={f"in-{sku.hex}": n for sku, n in brought.items()},
        desk=lambda who: exchange.bring(case.deal, brought, actor=who, at=case.world.now),
    )  # fmt: skip


def _sent(case: Case, number: int) -> Act:
    return Act(
        "send goods for an order's loan", case.dealer.seat, about=case.about,
        path=f"/deals/{case.about}/lodgings/{number}/shipment",
        body={"carrier": goods.CARRIER}, changed={"carrier": "another"},
        page=f"/deals/{case.about}/lodgings/{number}/send", form={"carrier": goods.CARRIER},
        desk=lambda who: lodging.send(
            case.deal, number, actor=who, carrier=goods.CARRIER, at=case.world.now
        ),
    )  # fmt: skip


def _refused(case: Case, act: Act, code: str) -> None:
    """Something that no rule lets be is tried. Raises `Broken` when it is done all the same."""
    if case.hands.do(replace(act, refusals=frozenset({code}))).is_done:
        raise Broken("pledged goods are exchanged by the rules", f"{case.about}: {code}")


def _send(case: Case, number: int) -> None:
    """They leave for the keeper, or stay at home after all."""
    if case.luck(0.1):
        _keep(case, number)
    else:
        case.hands.do(_sent(case, number))


def _keep(case: Case, number: int) -> None:
    """They stay where they are."""
    case.hands.do(
        Act(
            "keep goods at home after all", case.dealer.seat, about=case.about,
            path=f"/deals/{case.about}/lodgings/{number}/call-off",
            page=f"/deals/{case.about}/lodgings/{number}/drop",
            desk=lambda who: lodging.call_off(case.deal, number, actor=who, at=case.world.now),
        )
    )  # fmt: skip


def _at_home(case: Case) -> list[Kind]:
    """What lies free in the dealer's own house and was bought of the seller."""
    rows = case.world.ask(THERE, case.dealer.seat.org, case.shop.seller.org)
    return [Kind(row["sku"], row["family"], row["free"], row["cost"], row["cost"]) for row in rows]


def _bound(case: Case) -> list[Kind]:
    """What is pledged, by kind: rows of one kind may have cost unlike."""
    found: dict[UUID, Kind] = {}
    for line in case.stands["bound_lines"]:
        if line["left"]:
            sku, cost = UUID(line["sku"]), line["value"] // line["left"]
            old = found.get(sku, Kind(sku, line["family"], 0, cost, cost))
            found[sku] = Kind(
                sku, old.family, old.pieces + line["left"], min(old.least, cost),
                max(old.most, cost),
            )  # fmt: skip
    return list(found.values())
