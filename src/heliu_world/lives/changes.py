"""An order that is another than it was: changed by its buyer, or struck in part by its seller."""

from __future__ import annotations

from uuid import UUID

from heliu.trade import changing, striking
from heliu.trade.change_terms import Wanted
from heliu_world.acts import Act
from heliu_world.lives.case import Case

LINES = (
    "select sku_id, quantity, shipped + cancelled as gone from ordering_orderline"
    " where order_id = %s order by position"
)
# What may stand in the way of a change, as of an order that is placed.
NOT_NOW = frozenset(
    {"sold-out", "short", "stock-short", "limit-short", "terms-not-offered", "terms-overdue",
     "line-sent", "line-begun", "no-lines-left", "no-price", "buyer-not-able", "order-moved",
     "budget-short", "budget-over", "budget-not-open"}
)  # fmt: skip
NOTHING_NEW = frozenset({"nothing-changed", "change-waits"})
FIXED = frozenset({"quoted-order-fixed"})
GONE = frozenset({"no-change-waits", "order-past-changing"})


def ask(case: Case) -> None:
    """The buyer wants more or less of a line, or nothing of it any more; what was ordered of a
    quote stays as it was offered."""
    order = case.stands["order_id"]
    is_quoted = case.world.ask("select 1 from quotes_quote where order_id = %s", order)
    line = case.random.choice(case.world.ask(LINES, order))
    wanted = case.random.choice((0, line["quantity"] + case.random.randint(1, 9),
                                 case.random.randint(1, line["quantity"])))  # fmt: skip
    sku = UUID(str(line["sku_id"]))
    why = "sells otherwise than we thought"
    sent = [{"sku": str(sku), "quantity": wanted}]
    case.hands.do(
        Act(
            "change an order", case.dealer.seat, about=case.about,
            path=f"/orders/{order}/changes", body={"lines": sent, "reason": why},
            changed={"lines": sent, "reason": "because"},
            desk=lambda who: changing.change(
                order, Wanted({sku: wanted}), actor=who, reason=why, at=case.world.now
            ),
            refusals=NOT_NOW | NOTHING_NEW | (FIXED if is_quoted else frozenset()),
        )
    )  # fmt: skip


def answer(case: Case) -> None:
    """The seller says yes or no to the change that waits for it, or the buyer takes it back."""
    draw = 0.0 if case.world.is_ending else case.random.random()
    order = case.stands["order_id"]
    if draw > 0.85:
        case.hands.do(
            Act(
                "take a change back", case.dealer.seat, about=case.about,
                path=f"/orders/{order}/changes/withdraw",
                desk=lambda who: changing.withdraw(order, actor=who, at=case.world.now),
                refusals=GONE,
            )
        )  # fmt: skip
        return
    agrees = draw < 0.6 and not case.world.is_ending
    why = "" if agrees else "is packed already"
    case.hands.do(
        Act(
            "agree to a change" if agrees else "refuse a change", case.shop.seller,
            about=case.about, path=f"/orders/{order}/changes/answer",
            body={"agrees": agrees, "reason": why},
            changed={"agrees": not agrees, "reason": "no"},
            desk=lambda who: changing.answer(
                order, agrees=agrees, reason=why, actor=who, at=case.world.now
            ),
            refusals=NOT_NOW | GONE,
        )
    )  # fmt: skip


def strike(case: Case) -> None:
    """The seller will not deliver a part of what is still to be sent."""
    order, why = case.stands["order_id"], "is not made any more"
    line = case.random.choice(case.stands["to_ship"])
    lines = {line["id"]: case.random.randint(1, line["open"])}
    sent = [{"line": line["id"], "quantity": lines[line["id"]]}]
    case.hands.do(
        Act(
            "strike a part", case.shop.seller, about=case.about,
            path=f"/orders/{order}/strike", body={"reason": why, "lines": sent},
            changed={"reason": "lost", "lines": sent},
            desk=lambda who: striking.strike(
                order, lines=lines, reason=why, actor=who, at=case.world.now
            ),
            refusals=frozenset({"strike-all", "nothing-to-strike"}),
        )
    )  # fmt: skip
