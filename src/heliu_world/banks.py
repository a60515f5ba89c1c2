"""What banks do beside the deals: programmes, credit lines, prices of goods that secure loans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import Facility, FacilityStatus, SellerDuty
from heliu.capital.credit.policies import Modes
from heliu.capital.valuation.sandbox import operations as index
from heliu.kernel.access.actor import Actor
from heliu.trade import approvals, corrections, freezing, pool_prices, pool_rounds, programmes
from heliu_world.acts import Act, Hands
from heliu_world.lives import lender
from heliu_world.lives.case import BUSY
from heliu_world.market import MODES, USUAL, Seat, Shop
from heliu_world.world import World

AGREES = 0.8
TAKES_BACK = 0.15  # of the offers, before the seller answers
CALM = 4  # days in which also hard times are good
NOT_ALONE = tuple(
    act.name for act in (freezing.FREEZE, freezing.LIFT, corrections.CORRECT, programmes.PROGRAMME)
)
WAITS = frozenset({"approval-waits"})  # for the answer to what was asked before
RAN_OUT = frozenset({"approval-over"})  # its days went by, and no sweep has noted it yet
TURNS = 0.3  # of the ticks, at which the market finds another level
LEVELS = (105, 100, 95, 90, 85, 80, 60)  # what goods cost of their list prices, in per cent
FALLEN = (85, 70, 55, 45)  # in hard times, after the first days


class Banks:
    """The banks of a world, and the sellers as far as they answer them."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("banks")
        self._level = LEVELS[0]

    @property
    def day(self) -> tuple[tuple[Callable[[], None], float], ...]:
        """What a day brings, and how likely."""
        return (
            (self.programme_changes, 0.25),
            (self.facility_stops, 0.2),
            (self.facility_ends, 0.2),
            (self.index_ticks, 1),
            (self.index_ticks, 0.5),
            (self.prices_are_brought, 0.2),
            (self.second_word, 0.9),
            (self.second_word, 0.5),
        )

    def index_ticks(self) -> None:
        """The index says anew what goods cost; for days it may say less than two thirds."""
        world, random = self._world, self._random
        if random.random() < TURNS:
            is_fallen = world.market.is_hard and world.day > CALM
            self._level = random.choice(FALLEN if is_fallen else LEVELS)
        prices = world.ask(
            "select g.code, max(p.amount) as amount from pricing_listprice p"
            " join goods_sku g on g.id = p.sku_id and p.min_quantity = 1"
            " where g.seller = %s group by 1 order by 1",
            world.market.shops[0].seller.org,
        )
        said = {
            row["code"]: max(1, row["amount"] * (self._level + random.randint(-5, 5)) // 100)
            for row in prices
        }
        with world.ground.working():
            index.quote_all(said, at=world.at)
        with world.ground.being("worker"):
            kept = pool_rounds.fetch_prices(at=world.at)
        world.acts["fetch prices"] += 1
        world.tell("fetch prices", str(kept))

    def prices_are_brought(self) -> None:
        """A bank brings prices of its own."""
        world, shop = self._world, self._world.market.shops[0]
        codes = self._random.sample(sorted(shop.skus), 3)
        lines = [pool_prices.Line(code, self._random.randint(50, 4_000)) for code in codes]
        said = [{"code": line.code, "amount": line.amount} for line in lines]
        self._hands.do(
            Act(
                "bring prices", shop.bank, path="/goods-prices", body={"quotes": said},
                changed={"quotes": said[:1]},
                desk=lambda who: pool_prices.bring(lines, actor=who, at=world.now),
            )
        )  # fmt: skip

    def programme_changes(self) -> None:
        """A bank finances in another way from now on."""
        world, random = self._world, self._random
        shop = random.choice(world.market.shops)
        programme = world.ask(
            "select id from credit_programme where lender = %s and seller = %s"
            " and product <> 'INVENTORY'",
            shop.bank.org,
            shop.seller.org,
        )
        modes = Modes(
            **USUAL | random.choice(MODES),
            seller_duty=random.choice(SellerDuty.values),
            buy_back_share=Decimal(random.choice((40, 60, 100))) / 100,
        )
        ref = programme[0]["id"]
        said = asdict(modes) | {"buy_back_share": str(modes.buy_back_share)}
        typed = asdict(modes) | {"buy_back_share": f"{modes.buy_back_share * 100:f}"}
        self._hands.do(
            Act(
                "change a programme", shop.bank, about=f"{modes.instrument} {modes.deposit_mode}",
                path=f"/programmes/{ref}/modes", body=said,
                changed={**said, "buy_back_share": "0.5"},
                page=f"/bank/programmes/{ref}", form=typed,
                desk=lambda who: programmes.change(ref, modes, actor=who, at=world.now),
                refusals=WAITS,
            )
        )  # fmt: skip
        self._answer_programmes(shop)

    def _answer_programmes(self, shop: Shop) -> None:
        """The seller says yes to most of what it is to promise."""
        world = self._world
        offered = world.ask(
            "select id from credit_programmedraft where status = 'OFFERED' and lender = %s",
            shop.bank.org,
        )
        for one in offered:
            ref, agrees = one["id"], self._random.random() < AGREES
            if self._random.random() < TAKES_BACK:
                self._take_back(shop, ref)
                continue
            said = {"agrees": agrees, "said": "too much"}
            self._hands.do(
                Act(
                    "answer a programme", shop.seller, about="yes" if agrees else "no",
                    path=f"/programme-drafts/{ref}/answer", body=said,
                    page=f"/seller/programmes/offers/{ref}",
                    form={"answer": "yes" if agrees else "no", "said": "too much"},
                    desk=partial(self._answer, ref, agrees),
                )
            )  # fmt: skip

    def _take_back(self, shop: Shop, ref: UUID) -> None:
        self._hands.do(
            Act(
                "take an offer back", shop.bank, path=f"/programme-drafts/{ref}/withdraw",
                desk=lambda who: programmes.withdraw(ref, actor=who, at=self._world.now),
            )
        )  # fmt: skip

    def _answer(self, ref: UUID, agrees: bool, who: Actor) -> object:
        return programmes.answer(ref, agrees=agrees, said="too much", actor=who, at=self._world.now)

    def facility_stops(self) -> None:
        """A bank stops a dealer's credit line, or opens a stopped one again."""
        world = self._world
        found = world.ask(
            "select id, lender, number, status from credit_facility where status <> 'ENDED'"
            " order by number"
        )
        if not found:
            return
        stopped = [row for row in found if row["status"] == FacilityStatus.SUSPENDED]
        row = self._random.choice(stopped or found)
        verb = credit.resume if stopped else credit.suspend
        self._hands.do(
            Act(
                "open a credit line again" if stopped else "stop a credit line",
                self._bank(row["lender"]), about=row["number"],
                page=f"/bank/limits/{row['number']}/switch",
                desk=lambda who: verb(
                    Facility.objects.get(pk=row["id"]), actor=who, at=world.now
                ),
            )
        )  # fmt: skip

    def facility_ends(self) -> None:
        """A bank takes a dealer's credit line back, if nothing stands on it any more."""
        world = self._world
        found = world.ask(
            "select f.id, f.lender, f.number, k.posted = 0 and k.held_in = 0 as is_idle"
            " from credit_facility f join posting_account k on k.id = f.account"
            " where f.status <> 'ENDED' order by f.number"
        )
        if not found:
            return
        row = self._random.choice([row for row in found if row["is_idle"]] or found)
        self._hands.do(
            Act(
                "end a credit line", self._bank(row["lender"]), about=row["number"],
                page=f"/bank/limits/{row['number']}/end",
                desk=lambda who: credit.end(
                    Facility.objects.get(pk=row["id"]), actor=who, at=world.now
                ),
                refusals=frozenset() if row["is_idle"] else frozenset({"facility-in-use"}),
            )
        )  # fmt: skip

    def second_word(self) -> None:
        """Another person at a bank says yes or no to what one may not do alone, or lets the day go
        by; of what is about a deal its life decides."""
        waiting = self._world.ask(
            "select id, org, act, name, expires_at from approvals_approval where status = 'WAITING'"
            " and act = any (%s) order by asked_at, id",
            list(NOT_ALONE),
        )
        for one in waiting:
            agrees = self._world.is_ending or self._random.random() < AGREES
            self._vote(one, agrees=agrees)

    def _vote(self, one: dict[str, Any], *, agrees: bool) -> None:
        said = {"agrees": agrees, "reason": "looked at the paper"}
        reviewer = next(
            shop.reviewer for shop in self._world.market.shops if shop.bank.org == one["org"]
        )
        too_late = RAN_OUT if one["expires_at"] <= self._world.at else frozenset()
        self._hands.do(
            Act(
                f"{'agree to' if agrees else 'refuse to'} {one['act']}", reviewer,
                about=one["name"], path=f"/approvals/{one['id']}/votes", body=said,
                changed={**said, "agrees": not agrees},
                desk=lambda who: approvals.vote(
                    one["id"], actor=who, agrees=agrees, reason="looked at the paper",
                    at=self._world.now,
                ),
                refusals=lender.FIXED | BUSY | too_late,
            )
        )  # fmt: skip

    def _bank(self, lender: UUID) -> Seat:
        return next(one.bank for one in self._world.market.shops if one.bank.org == lender)
