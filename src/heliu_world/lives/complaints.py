"""What a buyer is not content with: a case that is talked about, goods given back, or kept for
less."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from heliu.commerce.returns.policies import Judged
from heliu.logistics.stock import operations as stock
from heliu.trade import cases, conversations, returns
from heliu_world.acts import Act, Done
from heliu_world.lives.case import Case
from heliu_world.market import Seat

KINDS = ("DAMAGED", "SHORT", "WRONG", "QUALITY", "QUESTION")
# What stands in the way of goods that a lender holds.
NOT_BOUND = frozenset({"return-financed", "goods-short", "not-bound", "not-so-much-bound"})
REMEDIES = ("CREDIT", "CREDIT", "REPLACEMENT", "ALLOWANCE")
GOOD = (
    "select i.position, i.sku_id, i.unit_price, i.quantity - i.cancelled - i.damaged - i.missing"
    " - coalesce((select sum(r.quantity) from returns_returnline r join returns_return t"
    " on t.id = r.of_id where r.order_line = i.id"
    " and t.status not in ('REFUSED', 'WITHDRAWN')), 0)::int"
    " as good from ordering_orderline i where i.order_id = %s and i.shipped > 0 order by i.position"
)


def complain(case: Case) -> None:
    """The buyer opens a case and says what is wrong."""
    order, kind = case.stands["order_id"], case.random.choice(KINDS)
    text = "some of it came broken"
    case.hands.do(
        Act(
            "open a case", case.dealer.seat, about=case.about,
            path=f"/orders/{order}/cases", body={"kind": kind, "text": text},
            changed={"kind": kind, "text": "all of it"},
            desk=lambda who: cases.open_case(
                order, actor=who, kind=kind, text=text, at=case.world.now
            ),
        )
    )  # fmt: skip


def talk(case: Case) -> None:
    """Somebody says something about a case, or it is solved, closed, opened again."""
    one = case.random.choice(case.stands["cases"])
    ref, status = UUID(one["id"]), one["status"]
    who = case.random.choice((case.dealer.seat, case.shop.seller))
    if case.world.is_ending or case.random.random() < 0.4:
        is_sellers = status != "SOLVED"
        _act_on_case(
            case, ref, "solve" if is_sellers else "close",
            case.shop.seller if is_sellers else case.dealer.seat,
        )  # fmt: skip
    elif status == "SOLVED" and case.random.random() < 0.5:
        _act_on_case(case, ref, "reopen", case.dealer.seat)
    else:
        text = case.random.choice(("thank you", "when will it come?", "we look into it"))
        case.hands.do(
            Act(
                "say something", who, about=case.about,
                path=f"/conversations/case/{ref}/messages", body={"text": text},
                changed={"text": "something else"},
                desk=lambda who: conversations.write(
                    conversations.find(who, "case", ref), actor=who, text=text,
                    at=case.world.now,
                ),
            )
        )  # fmt: skip


def _act_on_case(case: Case, ref: UUID, verb: str, who: Seat) -> None:
    case.hands.do(
        Act(
            f"{verb} a case", who, about=case.about, path=f"/cases/{ref}/act",
            body={"act": verb},
            desk=lambda who: cases.act(ref, verb, actor=who, at=case.world.now),
        )
    )  # fmt: skip


def give_back(case: Case) -> None:
    """The buyer asks to give some of what came good back, or to keep it for less."""
    lines = [line for line in case.world.ask(GOOD, case.stands["order_id"]) if line["good"] > 0]
    if lines:
        line, remedy = case.random.choice(lines), case.random.choice(REMEDIES)
        _ask_back(case, line, min(line["good"], 20), remedy)


def give_back_pledged(case: Case) -> None:
    """The buyer asks to give goods back that a lender holds; the lender will be asked too."""
    left = {UUID(one["sku"]): one["left"] for one in case.stands["bound_lines"] if one["left"]}
    lines = case.world.ask(GOOD, case.stands["order_id"])
    if bound := [line for line in lines if line["good"] > 0 and line["sku_id"] in left]:
        line = case.random.choice(bound)
        _ask_back(case, line, min(line["good"], left[line["sku_id"]], 20), "CREDIT")


def _ask_back(case: Case, line: dict[str, Any], most: int, remedy: str) -> None:
    order, quantity = case.stands["order_id"], case.random.randint(1, most)
    less = max(1, quantity * line["unit_price"] // 5) if remedy == "ALLOWANCE" else 0
    body: dict[str, Any] = {
        "remedy": remedy,
        "lines": [{"position": line["position"], "quantity": quantity}],
        "reason": "does not sell",
        "allowance": less or None,
    }
    case.hands.do(
        Act(
            f"ask for a return ({remedy.lower()})", case.dealer.seat, about=case.about,
            path=f"/orders/{order}/returns", body=body,
            changed={**body, "reason": "is not what we ordered"},
            desk=lambda who: returns.ask(
                order, actor=who, remedy=remedy, quantities={line["position"]: quantity},
                reason="does not sell", allowance=less, at=case.world.now,
            ),
            refusals=frozenset({"more-than-received"}) | NOT_BOUND,
        )
    )  # fmt: skip


def go_on_pledged(case: Case) -> None:
    """The seller answers; later the buyer may let it be, before or after the lender's word."""
    one = case.stands["returns"][0]
    lets_it_be = case.world.is_ending or case.stands["asked"] is None or case.luck(0.1)
    if one["status"] == "ASKED":
        _answer(case, one)
    elif lets_it_be and not case.stands["at_the_bank"]:
        _act(case, one, "withdraw", case.dealer.seat, refusals=frozenset({"seller-is-paying"}))


def _answer(case: Case, one: dict[str, Any]) -> None:
    draw = 0.0 if case.world.is_ending else case.random.random()
    if draw < 0.7:
        _act(case, one, "agree", case.shop.seller)
    elif draw < 0.85:
        _act(case, one, "refuse", case.shop.seller, reason="is used")
    else:
        _act(case, one, "withdraw", case.dealer.seat)


def go_on(case: Case) -> None:
    """The next step of a return: answered, sent, judged, replaced, or its money paid back."""
    one = case.random.choice(case.stands["returns"])
    seller, buyer = case.shop.seller, case.dealer.seat
    match one["status"]:
        case "ASKED":
            _answer(case, one)
        case "AGREED":
            is_sent = (
                not case.luck(0.1)
                and _act(
                    case, one, "send", buyer, refusals=frozenset({"stock-short", "short"})
                ).is_done
            )
            if not is_sent:  # it sold or pledged the goods meanwhile, or thought better of it
                _act(case, one, "withdraw", buyer)
        case "SENT":
            _judge(case, one)
        case "JUDGED":
            is_sent = _act(
                case, one, "replace", seller, refusals=frozenset({"stock-short", "short"})
            ).is_done
            if not is_sent:
                _restock(case, one)
        case "REPLACING":
            _act(case, one, "come", buyer)


def _restock(case: Case, one: dict[str, Any]) -> None:
    """The seller gets what it is to send."""
    world, seller = case.world, case.shop.seller.org
    lines = world.ask(
        "select sku_id, accepted from returns_returnline where of_id = %s and accepted > 0"
        " order by position",
        one["id"],
    )
    with world.ground.working():
        stock.supply(
            [stock.Supply(line["sku_id"], line["accepted"]) for line in lines],
            owner=seller, warehouse=seller, key=case.hands.fresh_key(), subject=seller,
            at=world.now,
        )  # fmt: skip


def refund(case: Case) -> None:
    """The seller's bank pays back what had been paid of goods given back."""
    _act(
        case, case.random.choice(case.stands["to_refund"]), "refund", case.shop.seller,
        refusals=frozenset({"nothing-owed", "refund-ordered"}),
    )  # fmt: skip


def _act(
    case: Case, one: dict[str, Any], verb: str, who: Seat, *, reason: str = "",
    refusals: frozenset[str] = frozenset(),
) -> Done:  # fmt: skip
    ref, said = UUID(one["id"]), {"reason": reason} if verb == "refuse" else {}
    return case.hands.do(
        Act(
            f"{verb} a return", who, about=one["number"], path=f"/returns/{ref}/act",
            body={"act": verb, "reason": reason},
            desk=lambda who: getattr(returns, verb)(ref, actor=who, at=case.world.now, **said),
            refusals=refusals,
        )
    )  # fmt: skip


def _judge(case: Case, one: dict[str, Any]) -> None:
    lines = case.world.ask(
        "select position, quantity from returns_returnline where of_id = %s order by position",
        one["id"],
    )
    judged = []
    for line in lines:
        there = line["quantity"] - case.random.choice((0, 0, 0, 1))
        damaged = case.random.randint(0, there) if case.luck(0.2) else 0
        accepted = case.random.randint(0, there) if case.luck(0.3) else there
        judged.append(Judged(line["position"], there - damaged, damaged, accepted))
    told = [one._asdict() for one in judged]
    ref = UUID(one["id"])
    case.hands.do(
        Act(
            "judge a return", case.shop.seller, about=one["number"],
            path=f"/returns/{ref}/receipt", body={"lines": told},
            desk=lambda who: returns.receive(ref, judged, actor=who, at=case.world.now),
        )
    )  # fmt: skip
