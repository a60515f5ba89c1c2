"""Where the demo's stories play: the legs of a deal's life, and time for all stories at once.

A story is a generator: it yields the moment at which it goes on, then acts as the people of the
chain, by the same operations as in real life. `live` lets all stories happen in the order of time,
so that what they leave behind looks as if it had been lived through.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import cycle

from django.db import transaction

from heliu.capital.credit import drafting
from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import Programme
from heliu.capital.credit.policies import Modes
from heliu.commerce.ordering.models import PayBy
from heliu.demo.baskets import Shelf, favourites, fill
from heliu.demo.chain import YUAN, Chain, People
from heliu.demo.pictures import box
from heliu.kernel.clock import ZONE, day_of
from heliu.kernel.events.models import Notice
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.models import Carriage, Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import carrying, deliveries, photos, place_order, programmes
from heliu.trade.bank_answers import talk_to_bank
from heliu.trade.carrying import Shot
from heliu.trade.financed_order import repaying, signing
from heliu.trade.placed import Placed

type Story[T] = Generator[datetime, None, T]

ANSWERS_WITHIN = (2, 3, 5, 2, 4, 3, 8)  # seconds, in turn


@dataclass
class Stage:
    """Where the stories play. `now` is when the demo starts."""

    chain: Chain
    now: datetime
    _delays: Iterator[int] = field(default_factory=lambda: cycle(ANSWERS_WITHIN))

    @cached_property
    def people(self) -> People:
        """The people of the chain."""
        return People(self.chain)

    def ago(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A time of day so many days ago, in the zone of the chain."""
        day = day_of(self.now) - timedelta(days=days)
        return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)

    def shelves(self, code: str, at: datetime) -> Sequence[Shelf]:
        """What a dealer likes best, with today's prices."""
        return favourites(buyer=self.chain.dealers[code], seller=self.chain.seller, at=at)

    # The legs of a deal's life. `ago` counts the days between its beginning and now.

    def order(
        self,
        code: str,
        yuan: int,
        at: datetime,
        *,
        pay_by: str = PayBy.FINANCE,
        days: int | None = None,
    ) -> Placed:
        """A dealer orders its favourites for about so many yuan."""
        return place_order.place(
            actor=self.people.dealer(code),
            seller=self.chain.seller,
            lines=fill(self.shelves(code, at), yuan * YUAN),
            pay_by=pay_by,
            programme=self.chain.programme if pay_by == PayBy.FINANCE else None,
            days=days,
            at=at,
        )

    def order_in_mode(
        self, code: str, yuan: int, ago: int, modes: Modes, *, days: int
    ) -> Story[Placed]:
        """A dealer orders and signs on a morning on which the bank finances in another way."""
        at = self.ago(ago, 8, 30)
        yield at
        [usual] = Programme.objects.filter(pk=self.chain.programme)
        self._finance(modes, at)
        placed = self.order(code, yuan, at + timedelta(minutes=5), days=days)
        before = {one.name: getattr(usual, one.name) for one in fields(Modes)}
        self._finance(Modes(**before), at + timedelta(minutes=10))
        at += timedelta(minutes=12)
        yield at
        self.sign(code, placed, at)
        return placed

    def _finance(self, modes: Modes, at: datetime) -> None:
        """The bank finances in this way from now on, and the seller agrees to what it promises."""
        credit.change(self.chain.programme, modes, actor=self.people.bank, at=at)
        seller = self.people.seller
        offered = drafting.visible_to(seller).filter(status="OFFERED", seller__in=seller.orgs)
        for one in offered:
            programmes.answer(one.pk, agrees=True, said="", actor=seller, at=at)

    def sign(self, code: str, placed: Placed, at: datetime) -> None:
        """The dealer signs, and the bank does what it is told."""
        loan = placed.loan
        assert loan is not None
        loan.refresh_from_db()
        signing.sign(
            placed.deal.id,
            actor=self.people.dealer(code),
            agreement_digest=loan.agreement_digest,
            consent=True,
            at=at,
        )
        self.bank(at)

    def bank(self, at: datetime) -> None:
        """The worker talks to the bank, which takes some seconds for each answer."""
        clock = at

        def later() -> datetime:
            nonlocal clock
            clock += timedelta(seconds=next(self._delays))
            return clock

        talk_to_bank(at=later)

    def to_money(self, code: str, yuan: int, ago: int, *, days: int | None = None) -> Story[Placed]:
        """Ordered, signed, and the seller has its money."""
        at = self.ago(ago, 10, 12)
        yield at
        placed = self.order(code, yuan, at, days=days)
        yield at + timedelta(minutes=3)
        self.sign(code, placed, at + timedelta(minutes=3))
        return placed

    def to_transit(
        self, code: str, yuan: int, ago: int, *, days: int | None = None
    ) -> Story[tuple[Placed, Shipment]]:
        """The goods are on the road the day after."""
        placed = yield from self.to_money(code, yuan, ago, days=days)
        return placed, (yield from self.on_the_road(placed, ago))

    def on_the_road(self, placed: Placed, ago: int) -> Story[Shipment]:
        """What was ordered so many days ago is sent the day after."""
        at = self.ago(ago - 1, 9, 30)
        yield at
        shipment = self.ship(placed, at)
        self.carry(shipment, at, "PICKED_UP", "DEPARTED")
        return shipment

    def ship(self, placed: Placed, at: datetime, lines: dict[int, int] | None = None) -> Shipment:
        """The seller sends all that is open, or these lines."""
        return deliveries.ship(
            placed.order.id,
            actor=self.people.seller,
            carrier="",
            carrier_id=self.chain.carrier,
            lines=lines,
            at=at,
        )

    def carry(self, shipment: Shipment, at: datetime, *kinds: str) -> None:
        """The carrier says how far it is, every forty minutes."""
        for kind in kinds:
            at = min(at + timedelta(minutes=40), self.now)
            carrying.seen(self._carriage(shipment), kind=kind, actor=self.people.carrier, at=at)

    def hand_over(self, shipment: Shipment, at: datetime) -> None:
        """The carrier hands the goods over at the gate; the keeper signs."""
        carrying.handed_over(
            self._carriage(shipment),
            receiver=self.people.keeper.name,
            proof=Shot("demo-proof.png", box(dent=None, letters="DEMO")),
            actor=self.people.carrier,
            at=at,
        )

    def went_wrong(self, shipment: Shipment, at: datetime, kind: str, note: str) -> None:
        """The carrier says what is wrong, with a photo."""
        carrying.went_wrong(
            self._carriage(shipment),
            kind=kind,
            note=note,
            shots=[Shot("demo-wrong.png", box(dent=(58, 70), letters="DEMO"))],
            actor=self.people.carrier,
            at=at,
        )

    def _carriage(self, shipment: Shipment) -> Carriage:
        return transport.carriage(self.people.carrier, shipment.number)

    def to_pledge(
        self,
        code: str,
        yuan: int,
        ago: int,
        *,
        lost: int = 0,
        damaged: int = 0,
        days: int | None = None,
        shots: Sequence[bytes] = (),
    ) -> Story[Placed]:
        """Counted and pledged three days after the order; of the first line some may be bad."""
        placed = yield from self.to_money(code, yuan, ago, days=days)
        yield from self.stored(placed, ago, lost=lost, damaged=damaged, shots=shots)
        return placed

    def stored(
        self,
        placed: Placed,
        ago: int,
        *,
        lost: int = 0,
        damaged: int = 0,
        shots: Sequence[bytes] = (),
    ) -> Story[None]:
        """What was ordered so many days ago is sent, counted and pledged."""
        shipment = yield from self.on_the_road(placed, ago)
        at = self.ago(ago - 3, 14, 20)
        yield at
        self.hand_over(shipment, at)
        at += timedelta(minutes=50)
        yield at
        for number, shot in enumerate(shots, 1):
            photos.add(
                shipment.id,
                actor=self.people.keeper,
                name=f"demo-{number}.png",
                content=shot,
                at=at,
            )
        self.receive(shipment, at, lost=lost, damaged=damaged)
        self.bank(at)

    def receive(self, shipment: Shipment, at: datetime, *, lost: int = 0, damaged: int = 0) -> None:
        """The keeper counts a shipment."""
        lines = list(shipment.lines.order_by("position"))
        counts = [Count(line.id, line.quantity) for line in lines]
        counts[0] = Count(lines[0].id, lines[0].quantity - lost - damaged, damaged)
        deliveries.goods_received(shipment.id, actor=self.people.keeper, counts=counts, at=at)

    def repay(self, code: str, placed: Placed, percent: int, ago: int) -> Story[None]:
        """The dealer repays a share of the loan; the goods it has earned come free."""
        at = self.ago(ago, 11, 5)
        yield at
        repaying.repay(
            placed.deal.id,
            actor=self.people.dealer(code),
            key=f"demo-{ago}",
            percent=Decimal(percent),
            at=at,
        )
        self.bank(at)

    def pick_up(self, code: str, ago: int) -> Story[None]:
        """The dealer fetches what its newest notice says."""
        at = self.ago(ago, 15, 40)
        yield at
        notice = (
            Notice.objects.filter(org=self.chain.dealers[code], kind="goods-released")
            .order_by("-at", "-id")
            .first()
        )
        assert notice is not None
        verdict = deliveries.pick_up(actor=self.people.keeper, code=notice.params["code"], at=at)
        assert verdict.go, verdict.words


def live(stories: Iterable[Story[object]], *, until: datetime) -> None:
    """Let the stories happen in the order of time; of two at one moment the first goes first."""
    waiting: list[tuple[datetime, int, Story[object]]] = []
    for number, story in enumerate(stories):
        heapq.heappush(waiting, (next(story), number, story))
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        if moment > until:
            raise ValueError(f"story {number} would go on in the future, at {moment}")
        with transaction.atomic():
            following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (following, number, story))
