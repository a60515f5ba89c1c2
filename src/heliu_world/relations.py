"""What sellers and their customers are to each other: tiers, and orders in a customer's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from heliu.kernel.behalf import operations as behalf
from heliu.kernel.behalf import queries as seats
from heliu.kernel.parties.models import Tier
from heliu.trade import place_order, tiers
from heliu_world.acts import Act, Hands
from heliu_world.market import Dealer, Shop
from heliu_world.street import NOT_NOW
from heliu_world.world import World

TIERS = Tier.values
GIVEN = frozenset({"mandate-given"})
# An order of a house that wants it agreed to, or that withdrew its word meanwhile.
NOT_ALONE = frozenset({"approval-needed", "no-mandate"})


class Relations:
    """Sellers and buyers of a world, as they stand to each other."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("relations")

    @property
    def day(self) -> tuple[tuple[Callable[[], None], float], ...]:
        """What a day brings, and how likely."""
        return (
            (self.mandate, 0.3),
            (self.order_for_another, 0.6),
            (self.tier_is_offered, 0.3),
            (self.tier_is_given, 0.4),
        )

    def mandate(self) -> None:
        """A dealer lets a seller order in its name, or no more."""
        world, shop, dealer = self._world, self._shop(), self._dealer()
        known = world.ask(
            "select id from behalf_mandate where buyer = %s and seller = %s and ended_at is null",
            dealer.seat.org, shop.seller.org,
        )  # fmt: skip
        if known:
            mandate = known[0]["id"]
            self._hands.do(
                Act(
                    "end a mandate", dealer.seat, about=dealer.code,
                    path=f"/mandates/{mandate}/end",
                    desk=lambda who: behalf.end(mandate, actor=who, at=world.now),
                )
            )  # fmt: skip
            return
        self._hands.do(
            Act(
                "give a mandate", dealer.seat, about=dealer.code, path="/mandates",
                body={"seller": str(shop.seller.org)},
                desk=lambda who: behalf.give(shop.seller.org, actor=who, at=world.now),
                refusals=GIVEN,
            )
        )  # fmt: skip

    def order_for_another(self) -> None:
        """A seller's person orders in a customer's name, who reads of it afterwards."""
        world, random = self._world, self._random
        given = world.ask(
            "select buyer, seller from behalf_mandate where ended_at is null order by id"
        )
        if not given:
            return
        one = random.choice(given)
        shop = next(s for s in world.market.shops if s.seller.org == one["seller"])
        with world.ground.being("web"):
            seat = seats.seated(shop.seller.actor, one["buyer"])
        some = random.sample(sorted(shop.skus.values()), 2)
        lines = [(sku, random.randint(1, 20)) for sku in some]
        pay_by = random.choice(("TRANSFER", "TERMS"))
        self._hands.do(
            Act(
                "order for another", replace(shop.seller, actor=seat), about=pay_by,
                desk=lambda who: place_order.place(
                    actor=who, seller=shop.seller.org, lines=lines, pay_by=pay_by, at=world.now
                ),
                refusals=NOT_NOW | NOT_ALONE,
            )
        )  # fmt: skip

    def tier_is_offered(self) -> None:
        """A seller says what customers of a tier get, and whose orders need no yes of its own."""
        shop, tier = self._shop(), self._random.choice(TIERS)
        passes = self._random.choice((None, 500_00, 5_000_00))
        self._hands.do(
            Act(
                "offer to a tier", shop.seller, about=tier,
                desk=lambda who: tiers.set_offer(
                    tier, actor=who, at=self._world.now, service="two days", passes_to=passes
                ),
            )
        )  # fmt: skip

    def tier_is_given(self) -> None:
        """A seller puts a customer into a tier, or takes that back."""
        shop, dealer = self._shop(), self._dealer()
        tier = self._random.choice((*TIERS, ""))
        self._hands.do(
            Act(
                "give a tier", shop.seller, about=f"{dealer.code} {tier}",
                desk=lambda who: tiers.set_tier_here(dealer.seat.org, tier, actor=who),
            )
        )  # fmt: skip

    def _shop(self) -> Shop:
        return self._random.choice(self._world.market.shops)

    def _dealer(self) -> Dealer:
        return self._random.choice(self._world.market.dealers)
