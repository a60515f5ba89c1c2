"""The legs of a deal's life as one call each, for tests of what can happen on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F
from tests.conftest import be
from tests.trade.conftest import World

from heliu.capital.bank.policies import as_id
from heliu.capital.bank.sandbox.models import Account, Entry
from heliu.kernel.events.models import Notice
from heliu.logistics.pledges.gate import PickUpVerdict
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries, place_order, sweeper
from heliu.trade.financed_order import repaying, signing
from heliu.trade.placed import Placed


def place(world: World, *, pay_by: str = "FINANCE", **quantities: int) -> Placed:
    """The first dealer orders; 200 blue mugs and 100 bags when nothing is named."""
    with world.desk(world.dealer) as dealer:
        return place_order.place(
            actor=dealer,
            seller=world.chain.seller,
            lines=world.lines(**(quantities or {"M1": 200, "B1": 100})),
            pay_by=pay_by,
            at=world.at,
        )


def sign(world: World, placed: Placed, who: str = "") -> None:
    """The dealer, or somebody else of its house, signs a minute later."""
    assert placed.loan is not None
    with world.desk(who or world.dealer) as dealer:
        signing.sign(
            placed.deal.id,
            actor=dealer,
            agreement_digest=placed.loan.agreement_digest,
            consent=True,
            at=world.later(minutes=1),
        )


def ship(world: World, placed: Placed, *, by_carrier: bool = False) -> Shipment:
    """The seller sends all that is open, by a carrier with a desk or by one that has none."""
    with world.desk("sales@seller.demo") as seller:
        return deliveries.ship(
            placed.order.id,
            actor=seller,
            carrier="Shunda",
            carrier_id=world.chain.carrier if by_carrier else None,
            at=world.later(hours=3),
        )


def receive(
    world: World,
    shipment: Shipment,
    *,
    lost: int = 0,
    damaged: int = 0,
    who: str = "gate@warehouse.demo",
) -> None:
    """The keeper counts; of the first line some are missing or damaged."""
    with world.desk(who) as keeper:
        lines = list(Shipment.objects.get(pk=shipment.pk).lines.order_by("position"))
        counts = [Count(line.id, line.quantity) for line in lines]
        counts[0] = Count(lines[0].id, lines[0].quantity - lost - damaged, damaged)
        deliveries.goods_received(shipment.id, actor=keeper, counts=counts, at=world.later(days=1))


def repay(world: World, deal: UUID, percent: int, key: str = "") -> None:
    """The dealer orders a repayment ten days later."""
    with world.desk(world.dealer) as dealer:
        repaying.repay(
            deal,
            actor=dealer,
            key=key or f"repay {percent}",
            percent=Decimal(percent),
            at=world.later(days=10),
        )


def overpay(world: World, placed: Placed, *, key: str = "too much") -> None:
    """The dealer orders more than it can owe: the whole price of the order."""
    with world.desk(world.dealer) as dealer:
        repaying.repay(
            placed.deal.id, actor=dealer, key=key, amount=placed.order.total, at=world.later(days=1)
        )


def pick_up(world: World) -> PickUpVerdict:
    """The dealer fetches what the newest notice says."""
    code = pick_up_code(world)
    with world.desk("gate@warehouse.demo") as keeper:
        return deliveries.pick_up(actor=keeper, code=code, at=world.later(hours=1))


def pick_up_code(world: World) -> str:
    """The code of the newest pick-up notice in the dealer's inbox."""
    with world.desk(world.dealer):
        notice = Notice.objects.filter(kind="goods-released").order_by("-at", "-id").first()
        assert notice is not None
        return str(notice.params["code"])


def to_pledge(world: World) -> Placed:
    """A deal whose goods lie pledged."""
    placed = place(world)
    sign(world, placed)
    world.bank()
    receive(world, ship(world, placed))
    return placed


def settle(world: World, hours: int = 3) -> None:
    """Time passes, notices come late, and the sweeper looks after what waits."""
    be("heliu_worker")
    for _ in range(hours):
        world.at += timedelta(hours=1)
        sweeper.sweep(at=world.at)


def untransfer() -> list[Entry]:
    """The bank says the last transfer that somebody made by itself no more, at neither end; returns
    what it said, for a bank that says it once more. For the worker."""
    newest = Entry.objects.order_by("-pk")[:50]
    last = next(one for one in newest if as_id(one.reference) is None)
    gone = list(
        Entry.objects.filter(
            reference=last.reference,
            booked_at=last.booked_at,
            amount__in=(last.amount, -last.amount),
        )
    )
    for one in gone:
        _book(one, -one.amount)
    Entry.objects.filter(pk__in=[one.pk for one in gone]).delete()
    return gone


def transfer_again(gone: Sequence[Entry]) -> None:
    """The bank says a transfer once more."""
    for one in gone:
        _book(one, one.amount)
    Entry.objects.bulk_create(gone)


def _book(entry: Entry, amount: int) -> None:
    of_it = Account.objects.filter(pk=entry.account_id, is_bounded=True)
    of_it.update(balance=F("balance") + amount)
