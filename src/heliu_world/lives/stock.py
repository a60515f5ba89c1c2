"""A loan against goods a dealer has bought: its pool is brought, lost value of, cured and emptied.

What it has in common with an order's (signing, paying, default, sales, the gate) is told there.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from heliu.trade import lodging, stock_loan, taking_out
from heliu_world.acts import Act
from heliu_world.lives import default, filings, goods, orders
from heliu_world.lives.case import Case, hours
from heliu_world.lives.life import Life, Wait
from heliu_world.world import World

CURES = 0.35  # of the calls that a dealer hears of, at each look
# What may stand in the way of goods that go in or out.
SHUT = frozenset(
    {"below-floor", "pool-shut", "takes-no-goods", "sold-out", "short", "not-bound",
     "swap-of-another-kind", "swap-worth-less", "goods-never-bought"}
)  # fmt: skip
STAYS = frozenset({"paid-out-already", "goods-on-the-way"})


class StockLife(Life):
    """A loan against stock that was asked for, and those who look after it."""

    def look(self) -> Wait:
        """While goods are awaited they are brought; otherwise as any loan."""
        self.read()
        if self.stands["loan_status"] != "AWAIT_GOODS" or self.stands["not_filed"]:
            return super().look()
        if self.stands["is_claimed"]:
            goes_on = self.world.is_ending or self.random.random() < 0.5
            if filings.claim(self, goes_on=goes_on).code == filings.ON_THE_WAY:
                self._bring()
        elif self.luck(0.05):
            self._cancel()
        elif not self._bring() and self.world.is_ending and not self.stands["at_the_registry"]:
            self._cancel()  # what came is worth too little: it is left be
        return hours(self.random, 1, 20)

    def _cancel(self, refusals: frozenset[str] = orders.TOO_LATE) -> None:
        """The dealer leaves the loan be."""
        self.hands.do(
            Act(
                "leave a stock loan be", self.dealer.seat, about=self.about,
                path=f"/stock-loans/{self.about}/call-off", body={"reason": "found money"},
                changed={"reason": "another"},
                desk=lambda who: stock_loan.call_off(
                    self.deal, actor=who, reason="found money", at=self.world.now
                ),
                refusals=refusals | STAYS,
            )
        )  # fmt: skip

    def _choices(self) -> list[tuple[float, Callable[[], object]]]:
        choices, stands = super()._choices(), self.stands
        if self._lodged("ANNOUNCED"):
            choices.append((5, self._bring))
        if self.world.is_ending or stands["loan_status"] not in ("SELLER_PAID", "OVERDUE"):
            return choices
        if stands["is_called"] and self.random.random() < CURES:
            choices.append((6, lambda: announce(self)))
        if stands["is_lost"]:
            choices.append((4, self._enforce))
        if stands["pool_free"] > 0:
            choices.append((1, lambda: take_out(self)))
        choices.append((0.5, lambda: swap(self)))
        return choices

    def _bring(self) -> bool:
        """Goods of a lodging leave, or come to the keeper; whether there was anything to do."""
        if sent := self.stands["shipments"]:
            goods.at_the_gate(self, sent[0])
        elif waiting := self._lodged("ANNOUNCED"):
            self._send(waiting[0]["number"])
        return bool(sent or waiting)

    def _send(self, number: int) -> None:
        if len(self.stands["lodgings"]) > 1 and self.luck(0.15):
            call_off(self, number)
        else:
            send(self, number)

    def _enforce(self) -> None:
        """The call was not heard: nobody waits for the due day."""
        if self.stands["asked"]:
            default.vote(self, self.shop.reviewer, agrees=self.random.random() < 0.8)
        else:
            default.ask_to_enforce(self)

    def _lodged(self, status: str) -> list[dict[str, Any]]:
        return [one for one in self.stands["lodgings"] if one["status"] == status]


def announce(case: Case) -> None:
    """More goods are to be brought."""
    if more := at_home(case):
        _do(
            case,
            "bring more goods",
            "lodgings",
            {"goods": goods.told(more)},
            lambda who: lodging.announce(case.deal, more, actor=who, at=case.world.now),
        )


def send(case: Case, number: int) -> None:
    """They leave for the keeper."""
    _do(case, "send goods to the pool", f"lodgings/{number}/shipment", {"carrier": goods.CARRIER},
        lambda who: lodging.send(
            case.deal, number, actor=who, carrier=goods.CARRIER, at=case.world.now))  # fmt: skip


def call_off(case: Case, number: int) -> None:
    """They stay where they are."""
    _do(case, "keep goods at home", f"lodgings/{number}/call-off", {},
        lambda who: lodging.call_off(case.deal, number, actor=who, at=case.world.now))  # fmt: skip


def take_out(case: Case) -> None:
    """The dealer takes goods out above the floor, or tries to take more."""
    out, key = _lying(case), case.hands.fresh_key()
    if out:
        _do(
            case,
            "take goods out",
            "take-out",
            {"goods": goods.told(out)},
            lambda who: taking_out.take_out(case.deal, out, actor=who, key=key, at=case.world.now),
            key,
        )


def swap(case: Case) -> None:
    """Goods are to be brought in place of others."""
    out, into = _lying(case), at_home(case)
    if out and into:
        _do(
            case,
            "swap goods",
            "swaps",
            {"goods_in": goods.told(into), "goods_out": goods.told(out)},
            lambda who: taking_out.ask_swap(case.deal, into, out, actor=who, at=case.world.now),
        )


def at_home(case: Case) -> goods.Goods:
    """Some of what the dealer has bought of the seller and keeps in its own house."""
    return bought(case.world, case.random, case.dealer.seat.org, case.shop.seller.org, most=3)


def bought(world: World, random: Random, buyer: UUID, seller: UUID, *, most: int) -> goods.Goods:
    """Some kinds of goods that a buyer received from a seller and that lie free in its house."""
    rows = world.ask(
        "select p.sku_id as sku, k.posted - k.held_out as free from stock_promised p"
        " join posting_account k on k.id = p.account join goods_sku g on g.id = p.sku_id"
        " where p.owner = %s and p.warehouse = p.owner and g.seller = %s"
        " and k.posted > k.held_out and exists (select from ordering_orderline i"
        " where i.buyer = p.owner and i.sku_id = p.sku_id and i.received > 0) order by 1",
        buyer, seller,
    )  # fmt: skip
    some = random.sample(rows, min(most, len(rows)))
    return {row["sku"]: random.randint(1, row["free"]) for row in some}


def _lying(case: Case) -> goods.Goods:
    """Some of one kind that lies in the pool."""
    lines = [one for one in case.stands["bound_lines"] if one["left"]]
    if not lines:
        return {}
    line = case.random.choice(lines)
    return {UUID(line["sku"]): case.random.randint(1, line["left"])}


def _do(
    case: Case, name: str, verb: str, body: dict[str, Any], desk: Callable[..., Any], key: str = ""
) -> None:
    """An act of the dealer on its pool."""
    case.hands.do(
        Act(name, case.dealer.seat, desk, f"/stock-loans/{case.about}/{verb}", body,
            refusals=SHUT, about=case.about),
        key,
    )  # fmt: skip
