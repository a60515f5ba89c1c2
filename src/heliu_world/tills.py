"""Money beside the platform, and the months of the books: who transfers by its own bank, what a
seller makes of that, who closes a month."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books import queries as books
from heliu.trade import closing_books, incoming
from heliu_world.acts import Act, Hands
from heliu_world.market import Seat
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
            " from bank_incoming c where c.status = 'SUSPENSE' order by c.came_at, c.id limit 1"
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

    def month_closes(self) -> None:
        """Somebody closes the next month of its house, if it is over and settled."""
        seat = self._somebody()
        with self._world.ground.desk(seat.actor):
            first = books.next_month(seat.org)
        if first is None:
            return
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
        seat = self._somebody()
        closed = self._world.ask(
            "select id from books_period where org = %s and status = 'CLOSED'"
            " order by first desc limit 1",
            seat.org,
        )
        if not closed:
            return
        period, said = closed[0]["id"], {"reason": "an invoice came late"}
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
        market = self._world.market
        return self._random.choice(
            [
                *(seat for shop in market.shops for seat in (shop.bank, shop.seller)),
                *(one.seat for one in market.dealers),
            ]
        )

    def _seller(self, org: UUID) -> Seat:
        return next(one.seller for one in self._world.market.shops if one.seller.org == org)
