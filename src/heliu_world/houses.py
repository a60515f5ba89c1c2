"""What dealers do in their own houses: addresses, lists that come back, budgets and who must agree,
to-dos."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from heliu.commerce.lists import operations as lists
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending.models import PurchaseRequest
from heliu.commerce.spending.operations import APPROVAL_NEEDED
from heliu.demo.chain import YUAN
from heliu.kernel.addresses import operations as addresses
from heliu.kernel.addresses.policies import Place
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.trade import approvals, purchases, todos
from heliu_world.acts import Act, Hands
from heliu_world.market import Dealer
from heliu_world.street import NOT_NOW
from heliu_world.world import BEGINS, World

AGREES = 0.75
FORGOTTEN = 0.2  # of the requests: nobody answers
# What an order that was agreed to, or comes back, may meet when its time comes.
STANDS = frozenset({"approval-over", "request-over", "state-move"})
OPEN_REQUESTS = (
    "select id, number, buyer, kept_until from spending_purchaserequest"
    " where status in ('WAITING', 'AGREED')"
)


class Houses:
    """The dealers of a world, each in its own house."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("houses")
        self._made = 0
        self._is_forgotten: dict[UUID, bool] = {}

    @property
    def day(self) -> tuple[tuple[Callable[[], None], float], ...]:
        """What a day brings, and how likely."""
        return (
            (self.address, 0.5),
            (self.list_recurs, 0.4),
            (self.recurring_order, 0.4),
            (self.budget, 0.4),
            (self.rule, 0.3),
            *[(self.request_is_answered, 0.9)] * 3,
            (self.request_is_placed, 0.6),
            (self.todo, 0.5),
        )

    def address(self) -> None:
        """A dealer has another address, or gives one up."""
        dealer, known = self._dealer(), "select id from addresses_address where org = %s"
        old = self._world.ask(f"{known} and ended_at is null order by id", dealer.seat.org)
        if len(old) > 1 and self._random.random() < 0.5:
            gone = old[0]["id"]
            self._do(
                "give an address up", dealer, f"/addresses/{gone}/act", {"act": "end"},
                lambda who: addresses.end(gone, actor=who, at=self._world.now),
            )  # fmt: skip
            return
        said = {
            "name": self._code("A"), "receiver": "Li", "phone": "13800000000", "street": "1 Quay",
            "region": "Zhejiang",
        }  # fmt: skip
        self._do(
            "add an address", dealer, "/addresses", said,
            lambda who: addresses.add(Place.of(said), actor=who, at=self._world.now),
        )  # fmt: skip

    def list_recurs(self) -> None:
        """A dealer writes a list, and lets it be ordered every week from tomorrow on."""
        world, random, dealer = self._world, self._random, self._dealer()
        shop = random.choice(world.market.shops)
        some = random.sample(sorted(shop.skus.values()), 3)
        kinds = {sku: random.randint(1, 20) for sku in some}
        name, first = self._code("L"), day_of(world.now) + timedelta(days=random.randint(0, 2))
        said = {
            "name": name, "seller": str(shop.seller.org),
            "lines": [{"sku": str(sku), "quantity": n} for sku, n in kinds.items()],
        }  # fmt: skip
        self._do(
            "write a list", dealer, "/lists", said,
            lambda who: lists.make(
                actor=who, seller=shop.seller.org, name=name, quantities=kinds, at=world.now
            ),
        )  # fmt: skip
        made = world.ask("select id from lists_shoppinglist where name = %s", name)[0]["id"]
        way = random.choice(("TRANSFER", "TERMS"))
        self._do(
            "let a list come back", dealer, "/recurring-orders",
            {"list_id": str(made), "pay_by": way, "every": 1, "unit": "WEEK",
             "first_on": first.isoformat()},
            lambda who: lists.recur(
                made, actor=who, pay_by=way, every=1, unit="WEEK", first_on=first, last_on=None,
                at=world.now,
            ),
        )  # fmt: skip

    def recurring_order(self) -> None:
        """A recurring order is paused, taken up again, ended, or a day of it left out."""
        found = self._world.ask(
            "select id, buyer, status from lists_recurringorder where status <> 'ENDED' order by id"
        )
        if not found:
            return
        one = self._random.choice(found)
        is_paused = one["status"] == "PAUSED"
        verb = "resume" if is_paused else self._random.choice(("pause", "skip", "end"))
        deeds: dict[str, Callable[[Any], object]] = {
            "resume": lambda who: lists.resume(one["id"], actor=who, at=self._world.now),
            "pause": lambda who: lists.pause(one["id"], actor=who),
            "skip": lambda who: lists.skip(one["id"], actor=who, at=self._world.now),
            "end": lambda who: lists.end(one["id"], actor=who),
        }
        self._do(
            f"{verb} a recurring order", self._of(one["buyer"]),
            f"/recurring-orders/{one['id']}/act", {"act": verb}, deeds[verb],
        )  # fmt: skip

    def budget(self) -> None:
        """A dealer sets how much may be ordered in a month, by all of it or for a cost centre."""
        world, dealer, amount = self._world, self._dealer(), self._random.choice((3, 20, 200))
        amount *= 1_000 * YUAN
        period = self._random.choice(("MONTH", "QUARTER"))
        self._do(
            "set a budget", dealer, "/budgets", {"period": period, "amount": amount},
            lambda who: spending.set_budget(
                period=period, amount=amount, actor=who, at=world.now
            ),
            refusals=frozenset({"budget-below-use"}),
        )  # fmt: skip

    def rule(self) -> None:
        """A house of two persons wants large orders agreed to, or no more."""
        dealer = next(one for one in self._world.market.dealers if one.second)
        from_amount, holds = self._random.choice((0, 1_000)) * YUAN, self._random.random() < 0.5
        levels = [] if self._random.random() < 0.4 else [Level("sign")]
        said = {
            "from_amount": from_amount, "holds_goods": holds,
            "levels": [{"permission": "sign"} for _ in levels],
        }  # fmt: skip
        self._do(
            "set a rule of purchase", dealer, "/purchase-rules", said,
            lambda who: spending.set_rule(
                levels=levels, actor=who, at=self._world.now, from_amount=from_amount,
                holds_goods=holds,
            ),
        )  # fmt: skip

    def request_is_answered(self) -> None:
        """The second of a house says yes or no to an order, or whoever asked lets it be."""
        world = self._world
        waiting = world.ask(
            "select r.id, r.number, r.buyer, a.id as asked from spending_purchaserequest r"
            " join approvals_approval a on a.subject = r.id and a.status = 'WAITING'"
            " where r.status = 'WAITING' order by r.number"
        )
        for one in waiting:
            self._is_forgotten.setdefault(one["id"], self._random.random() < FORGOTTEN)
        waiting = [one for one in waiting if not self._is_forgotten[one["id"]]]
        if not waiting:
            return
        one = self._random.choice(waiting)
        dealer, agrees = self._of(one["buyer"]), self._random.random() < AGREES
        if self._random.random() < 0.15:
            self._let_be(one)
            return
        assert dealer.second is not None
        said = {"agrees": agrees, "reason": "not now"}
        self._hands.do(
            Act(
                f"{'agree to' if agrees else 'refuse'} a request", dealer.second,
                about=one["number"], path=f"/approvals/{one['asked']}/votes", body=said,
                changed={**said, "agrees": not agrees},
                desk=lambda who: approvals.vote(
                    one["asked"], actor=who, agrees=agrees, reason="not now", at=world.now
                ),
                refusals=STANDS,
            )
        )  # fmt: skip

    def request_is_placed(self) -> None:
        """An order that was agreed to and could not be placed is tried once more, or let be; once
        its prices are kept no longer it may cost more than was agreed to, and a quote binds no
        longer."""
        stuck = self._world.ask(f"{OPEN_REQUESTS} and status = 'AGREED' order by number")
        if not stuck:
            return
        one = self._random.choice(stuck)
        if self._random.random() < 0.3:
            self._let_be(one)
            return
        is_kept = self._world.now < one["kept_until"]
        dearer = frozenset() if is_kept else frozenset({APPROVAL_NEEDED, "quote-over"})
        self._do(
            "place what was agreed to", self._of(one["buyer"]),
            f"/purchase-requests/{one['number']}/place", {},
            lambda who: purchases.place(_request(one), actor=who, at=self._world.now),
            refusals=NOT_NOW | dearer,
        )  # fmt: skip

    def nobody_waits(self) -> None:
        """Whoever asked for an order lets it be."""
        for one in self._world.ask(f"{OPEN_REQUESTS} order by number"):
            self._let_be(one)

    def _let_be(self, one: dict[str, Any]) -> None:
        """The request is withdrawn, or the question about it while nobody has answered it."""
        at, dealer, asked = self._world.now, self._of(one["buyer"]), one.get("asked")
        if asked and self._random.random() < 0.5:
            self._do(
                "withdraw a question", dealer, f"/approvals/{asked}/withdraw", None,
                lambda who: approvals.withdraw(asked, actor=who, at=at), refusals=STANDS,
            )  # fmt: skip
            return
        self._do(
            "withdraw a request", dealer, f"/purchase-requests/{one['number']}/withdraw", {},
            lambda who: purchases.withdraw(_request(one), actor=who, at=at), refusals=STANDS,
        )  # fmt: skip

    def todo(self) -> None:
        """Somebody notes something to be done about an order, and does something else."""
        world, dealer = self._world, self._dealer()
        orders = world.ask(
            "select number from ordering_order where buyer = %s and placed_at > %s order by number",
            dealer.seat.org, BEGINS,
        )  # fmt: skip
        open_ones = world.ask(
            "select id from todos_todo where org = %s and done_at is null order by id",
            dealer.seat.org,
        )
        if orders:
            number = self._random.choice(orders)["number"]
            self._do(
                "note a to-do", dealer, "/todos",
                {"text": "call them", "kind": "order", "ref": number},
                lambda who: todos.about(
                    "order", number, actor=who, text="call them", at=world.now
                ),
            )  # fmt: skip
        if open_ones:
            done = open_ones[0]["id"]
            self._do("do a to-do", dealer, f"/todos/{done}/done", {}, None)

    def _do(
        self,
        name: str,
        dealer: Dealer,
        path: str,
        body: dict[str, Any] | None,
        desk: Callable[[Any], object] | None,
        refusals: frozenset[str] = frozenset(),
    ) -> None:
        self._hands.do(Act(name, dealer.seat, desk, path, body, refusals=refusals,
                           about=dealer.code))  # fmt: skip

    def _dealer(self) -> Dealer:
        return self._random.choice(self._world.market.dealers)

    def _of(self, org: UUID) -> Dealer:
        return next(one for one in self._world.market.dealers if one.seat.org == org)

    def _code(self, kind: str) -> str:
        self._made += 1
        return f"{kind}{self._made:03}"


def _request(one: dict[str, Any]) -> PurchaseRequest:
    return PurchaseRequest.objects.get(pk=one["id"])
