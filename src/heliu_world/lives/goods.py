"""The goods of an order: sent, arrived, counted, and what came short settled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing.models import Receiving
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries
from heliu_world.acts import Act
from heliu_world.lives.case import Case
from heliu_world.market import Seat

type Goods = dict[UUID, int]

CARRIER = "Shunda"
WAITING = frozenset({"goods-wait", "goods-wait-all"})  # sold before they were there


def told(some: Goods) -> list[dict[str, object]]:
    """Goods as the API takes them."""
    return [{"sku": str(sku), "quantity": n} for sku, n in sorted(some.items())]


def ship(case: Case) -> None:
    """All that is open, some lines, or part of one."""
    order, lines = case.stands["order_id"], None
    open_lines = case.stands["to_ship"]
    if case.luck(0.35):
        some = case.random.sample(open_lines, case.random.randint(1, len(open_lines)))
        lines = {one["id"]: case.random.randint(1, one["open"]) for one in some}
    sent = lines and [{"line": line, "quantity": n} for line, n in lines.items()]
    going = lines or {one["id"]: one["open"] for one in open_lines}
    case.hands.do(
        Act(
            "ship in part" if lines else "ship", case.shop.seller, about=case.about,
            path=f"/orders/{order}/ship", body={"carrier": CARRIER, "lines": sent},
            changed={"carrier": "another", "lines": sent},
            page=f"/deals/{case.about}/ship",
            form={"carrier": CARRIER} | {f"line-{line}": n for line, n in going.items()},
            desk=lambda who: deliveries.ship(
                order, actor=who, carrier=CARRIER, lines=lines, at=case.world.now
            ),
            refusals=WAITING,
        )
    )  # fmt: skip


def at_the_gate(case: Case, shipment: dict[str, Any]) -> None:
    """Goods are there: noted first, or counted at once."""
    if shipment["status"] == "IN_TRANSIT" and case.luck(0.5):
        case.hands.do(
            Act(
                "note arrival", case.shop.keeper, about=shipment["number"],
                path=f"/shipments/{shipment['id']}/arrived",
                desk=lambda who: deliveries.arrived(
                    UUID(shipment["id"]), actor=who, at=case.world.now
                ),
            )
        )  # fmt: skip
        return
    receive(case, shipment, at=case.shop.keeper)


def receive(case: Case, shipment: dict[str, Any], *, at: Seat) -> None:
    """Counted line by line: exact, or as chance has it short or damaged."""
    lines = case.world.ask(
        "select id, quantity from transport_shipmentline where shipment_id = %s order by position",
        shipment["id"],
    )
    is_short = case.world.faults.happens("goods-short")
    is_damaged = case.world.faults.happens("goods-damaged")
    counts = []
    for line in lines:
        most = line["quantity"]
        lost = case.random.randint(0, most) if is_short else 0
        damaged = case.random.randint(0, most - lost) if is_damaged else 0
        counts.append(Count(line["id"], most - lost - damaged, damaged))
    told = [{"line": str(one.line_id), "good": one.good, "damaged": one.damaged} for one in counts]
    case.hands.do(
        Act(
            "receive", at, about=shipment["number"],
            path=f"/shipments/{shipment['id']}/receive", body={"counts": told},
            changed={"counts": [*told, told[0]]},
            desk=lambda who: deliveries.goods_received(
                UUID(shipment["id"]), actor=who, counts=counts, at=case.world.now
            ),
        )
    )  # fmt: skip


def settle(case: Case) -> None:
    """The seller says what became of a difference."""
    receiving = case.stands["differences"][0]
    case.hands.do(
        Act(
            "settle a difference", case.shop.seller, about=case.about,
            page=f"/seller/refunds/{receiving}/settle", form={"settlement": "refunded"},
            desk=lambda who: warehousing.settle(
                Receiving.objects.get(pk=receiving), actor=who, settlement="refunded",
                at=case.world.now,
            ),
        )
    )  # fmt: skip
