"""Money beside the platform, and the months of the books: who transfers by its own bank, what a
seller makes of that, who closes a month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from uuid import UUID

from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books import queries as books
from heliu.kernel.clock import day_of
from heliu.trade import closing_books, incoming, recalling
from heliu_world.acts import Act, Hands
from heliu_world.market import Seat
from heliu_world.misprints import undo_transfer
from heliu_world.world import World

OWED = (
    "select i.id, i.number, i.buyer, i.seller,"
    " i.amount - i.paid - i.credited - i.discounted - i.written_off as open"
    " from terms_invoice i where i.settled_on is null and i.disputed = 0 order by i.number"
)
# A month that is not over, or in which something is open, stays open.
UNSETTLED = frozenset({"period-not-over", "period-unsettled"})


class Tills:
    """Whoever moves money or closes a month in a world."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("tills")

    @property
    def day(self) -> tuple[tuple[Callable[[], None], float], ...]:
        """What a day brings, and how likely."""
        return (
            (self.transfer, 0.5),
            (self.transfer, 0.3),
            (self.stray_money_is_placed, 0.8),
            *[(self.transfer_is_taken_back, 0.9)] * 2,
            (self.what_is_missing_is_settled, 0.6),
            (self.month_closes, 0.3),
            (self.month_opens, 0.1),
        )

    def transfer(self) -> None:
        """A buyer pays what it owes on terms by its own bank, with the number or without, or some
        of it; now and then the money is for something else."""
        world, random = self._world, self._random
        owed = world.ask(OWED)
        if not owed:
            return
        one = random.choice(owed)
        amount = random.choice((one["open"], one["open"], random.randint(1, one["open"])))
        reference = random.choice((one["number"], one["number"], "goods of this month"))
        with world.ground.working():
            sandbox.transfer(
                payer=one["buyer"], payee=one["seller"], amount=amount, reference=reference,
                at=world.at,
            )  # fmt: skip
        world.acts["transfer by the own bank"] += 1
        world.tell(f"transfer for {one['number']}", str(amount))

    def stray_money_is_placed(self) -> None:
        """A seller says whose money it is that came, or that it is for nothing here."""
        world = self._world
        stray = world.ask(
            "select c.id, c.org, c.payer, exists (select from terms_invoice i"
            " where i.buyer = c.payer and i.seller = c.org and i.settled_on is null) as is_owed"
            " from bank_incoming c where c.status = 'SUSPENSE' and c.org = any (%s)"
            " order by c.came_at, c.id limit 1",
            [shop.seller.org for shop in world.market.shops],
        )
        for one in stray:
            buyer = one["payer"] if one["is_owed"] else None
            self._place(one["id"], self._seller(one["org"]), buyer)

    def _place(self, ref: UUID, seller: Seat, buyer: UUID | None) -> None:
        said = {"buyer": str(buyer)} if buyer else {"note": "a deposit for boxes"}
        at = self._world.now
        self._hands.do(
            Act(
                "place stray money" if buyer else "set stray money aside", seller, about="",
                path=f"/incoming/{ref}/settle", body=said, changed={"note": "another"},
                desk=lambda who: (
                    incoming.settle(ref, buyer=buyer, actor=who, at=at)
                    if buyer
                    else incoming.set_aside(ref, note="a deposit for boxes", actor=who, at=at)
                ),
            )
        )  # fmt: skip

    def transfer_is_taken_back(self) -> None:
        """The bank told of a transfer by mistake, sooner of a part of a deposit than of others, and
        its statement says it no more while the day may still change."""
        world = self._world
        told = world.ask(
            "select c.entry, c.amount, exists (select from lending_loan l where l.number = c.note"
            " and l.status = 'AWAIT_DEPOSIT') as is_part"
            " from bank_incoming c where c.recalled_at is null and c.booked_on >= %s"
            " order by c.came_at, c.id",
            day_of(world.at) - timedelta(days=1),
        )
        if not told or not world.faults.happens("transfer-recalled"):
            return
        one = self._random.choice([one for one in told if one["is_part"]] or told)
        undo_transfer(world, one["entry"])
        world.tell(f"a transfer of {one['amount']} is taken back", "done")

    def what_is_missing_is_settled(self) -> None:
        """Where what it had paid stands, somebody settles that outside."""
        world, said = self._world, {"note": "they paid it in cash"}
        missing = world.ask(
            "select c.id, c.org from bank_incoming c where c.recalled_at is not null"
            " and c.status <> 'RECALLED' order by c.came_at, c.id"
        )
        for one in missing:
            ref, seat = one["id"], next(s for s in self._everybody() if s.org == one["org"])
            self._hands.do(
                Act(
                    "settle what the bank took back", seat, about="",
                    path=f"/incoming/{ref}/settle", body=said, changed={"note": "another"},
                    desk=lambda who, ref=ref: recalling.let_go(
                        ref, actor=who, at=world.now, **said
                    ),
                )
            )  # fmt: skip

    def month_closes(self) -> None:
        """Somebody closes the next month of its house, if it is over and settled."""
        seat = self._somebody()
        if first := self._next_month(seat):
            self._close(seat, first)

    def months_end(self) -> None:
        """Everybody closes what months are over by now."""
        for seat in self._everybody():
            first = self._next_month(seat)
            if first and first < day_of(self._world.now).replace(day=1):
                self._close(seat, first)

    def _next_month(self, seat: Seat) -> date | None:
        with self._world.ground.desk(seat.actor):
            return books.next_month(seat.org)

    def _close(self, seat: Seat, first: date) -> None:
        said = {"month": f"{first:%Y-%m}"}
        self._hands.do(
            Act(
                "close a month", seat, about=said["month"], path="/periods", body=said,
                desk=lambda who: closing_books.close(first, actor=who, at=self._world.now),
                refusals=UNSETTLED,
            )
        )  # fmt: skip

    def month_opens(self) -> None:
        """The month that was closed last is opened once more."""
        closed = self._world.ask(
            "select distinct on (org) id, org from books_period where status = 'CLOSED'"
            " order by org, first desc"
        )
        if not closed:
            return
        one = self._random.choice(closed)
        seat = next(seat for seat in self._everybody() if seat.org == one["org"])
        period, said = one["id"], {"reason": "an invoice came late"}
        self._hands.do(
            Act(
                "open a month again", seat, path=f"/periods/{period}/reopen", body=said,
                changed={"reason": "another"},
                desk=lambda who: closing_books.reopen(
                    period, actor=who, at=self._world.now, **said
                ),
            )
        )  # fmt: skip

    def _somebody(self) -> Seat:
        return self._random.choice(self._everybody())

    def _everybody(self) -> list[Seat]:
        market = self._world.market
        return [
            *(seat for shop in market.shops for seat in (shop.bank, shop.seller)),
            *(one.seat for one in market.dealers),
        ]

    def _seller(self, org: UUID) -> Seat:
        return next(one.seller for one in self._world.market.shops if one.seller.org == org)
