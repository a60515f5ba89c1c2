"""Goods of a dealer in default are sold: asked for at the bank, paid for or not by the buyer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from heliu.capital.lending.policies.allocating import SaleCosts
from heliu.kernel.clock import day_of
from heliu.trade import liquidation
from heliu_world.acts import Act
from heliu_world.lives.case import BUSY, Case, yuan

OUTSIDE = "Second-hand Traders"
UNFIT = frozenset({"below-reserve", "costs-above-price", "below-zero"}) | BUSY


def ask(case: Case) -> None:
    """The bank has found a buyer: one from outside, the seller, or another dealer."""
    terms, reason = _terms(case), "the best that was offered"
    sent = {
        "buyer": str(terms.buyer) if terms.buyer else None,
        "buyer_name": terms.buyer_name,
        "goods": [{"sku": str(sku), "quantity": n} for sku, n in terms.goods.items()]
        if terms.goods
        else None,
        "price": terms.price,
        "sale_costs": terms.costs.sale,
        "custody_costs": terms.costs.custody,
        "below_reserve": terms.below_reserve,
        "reason": reason,
    }
    case.hands.do(
        Act(
            "ask to sell the goods", case.shop.bank, about=case.about,
            path=f"/deals/{case.deal}/sales", body=sent, changed={**sent, "price": terms.price + 1},
            page="" if terms.buyer else f"/deals/{case.about}/default",
            form=_form(case, terms) | {"reason": reason},
            desk=lambda who: liquidation.ask_to_sell(
                case.deal, terms, actor=who, reason=reason, at=case.world.now
            ),
            refusals=UNFIT,
        )
    )  # fmt: skip


def settle(case: Case) -> None:
    """The buyer pays, by its bank or from outside; or the bank calls the sale off."""
    sale = case.stands["sale"]
    if case.luck(0.2):
        _call_off(case, sale)
    elif sale["buyer"]:
        _pay(case, sale)
    else:
        _note_receipt(case, sale)


def _terms(case: Case) -> liquidation.Terms:
    """All that is bound or some of one kind, for more or less than it secures."""
    random, lines = case.random, case.stands["bound_lines"]
    value, goods = sum(line["value"] for line in lines), None
    if random.random() < 0.3:
        line = random.choice([one for one in lines if one["left"]])
        some = random.randint(1, line["left"])
        value, goods = line["value"] * some // line["left"], {UUID(line["sku"]): some}
    price = max(1, value * random.randint(40, 130) // 100)
    others = [one.seat.org for one in case.world.market.dealers if one is not case.dealer]
    buyer = random.choice((None, None, case.shop.seller.org, random.choice(others)))
    costs = SaleCosts(price * random.randint(0, 5) // 100, price * random.randint(0, 3) // 100)
    return liquidation.Terms(
        price=price,
        buyer=buyer,
        buyer_name="" if buyer else OUTSIDE,
        goods=goods,
        costs=costs,
        below_reserve=random.random() < 0.7,
    )


def _form(case: Case, terms: liquidation.Terms) -> dict[str, Any]:
    """The terms as somebody types them; kinds that are not sold get a nought."""
    goods = terms.goods
    typed = {
        "sold_to": OUTSIDE,
        "price": yuan(terms.price),
        "sale_costs": yuan(terms.costs.sale) if terms.costs.sale else "",
        "custody_costs": yuan(terms.costs.custody) if terms.costs.custody else "",
    }
    if goods is not None:
        kinds = {line["sku"] for line in case.stands["bound_lines"]}
        typed |= {f"q-{sku}": str(goods.get(UUID(sku), 0)) for sku in kinds}
    return typed | ({"below_reserve": "yes"} if terms.below_reserve else {})


def _pay(case: Case, sale: dict[str, Any]) -> None:
    case.hands.do(
        Act(
            "pay for goods bought", case.seats[UUID(sale["buyer"])], about=sale["number"],
            path=f"/sales/{sale['id']}/payment", page=f"/sales/{sale['number']}",
            desk=lambda who: liquidation.pay_for(UUID(sale["id"]), actor=who, at=case.world.now),
        )
    )  # fmt: skip


def _note_receipt(case: Case, sale: dict[str, Any]) -> None:
    said = {"reference": f"slip {sale['number']}"}
    case.hands.do(
        Act(
            "note the money for goods sold", case.shop.bank, about=sale["number"],
            path=f"/sales/{sale['id']}/receipt", body=said, changed={"reference": "another"},
            page=f"/deals/{case.about}/default", form=said,
            desk=lambda who: liquidation.note_receipt(
                UUID(sale["id"]), actor=who, value_day=day_of(case.world.now), at=case.world.now,
                **said,
            ),
        )
    )  # fmt: skip


def _call_off(case: Case, sale: dict[str, Any]) -> None:
    said = {"reason": "the buyer does not pay"}
    case.hands.do(
        Act(
            "call a sale off", case.shop.bank, about=sale["number"],
            path=f"/sales/{sale['id']}/call-off", body=said, changed={"reason": "too late"},
            page=f"/deals/{case.about}/default", form=said | {"call_off": "yes"},
            desk=lambda who: liquidation.call_off(
                UUID(sale["id"]), actor=who, at=case.world.now, **said
            ),
            refusals=BUSY,
        )
    )  # fmt: skip
