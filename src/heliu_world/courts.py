"""Supervised accounts that a bank freezes by somebody's order, and frees again, by two persons."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

from heliu.capital.bank import freezing as accounts
from heliu.capital.bank.freeze_models import Authority
from heliu.trade import freezing
from heliu_world.acts import Act, Hands
from heliu_world.market import Shop
from heliu_world.world import World


class Courts:
    """Whoever has accounts frozen in a world, and the banks that do it."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("courts")
        self._papers = 0

    @property
    def day(self) -> tuple[tuple[Callable[[], None], float], ...]:
        """What a day brings, and how likely."""
        return ((self.freeze, 0.15), (self.lift, 0.5))

    def freeze(self) -> None:
        """A bank is to freeze the supervised account of a dealer."""
        world, shop = self._world, self._random.choice(self._world.market.shops)
        held = world.ask(
            "select org from bank_bankaccount where bank = %s and kind = 'SUPERVISED' order by org",
            shop.bank.org,
        )
        if not held:
            return
        org: UUID = self._random.choice(held)["org"]
        wanted = accounts.Order(
            org, self._random.choice(Authority.values), self._paper(), "a quarrel of its owners"
        )
        said = {**wanted._asdict(), "org": str(org)}
        self._hands.do(
            Act(
                "ask to freeze an account", shop.bank, about=wanted.paper, path="/freezes",
                body=said, changed={**said, "reason": "another"},
                desk=lambda who: freezing.ask(wanted, actor=who, at=world.now),
            )
        )  # fmt: skip

    def lift(self) -> None:
        """A bank is to free an account again."""
        world = self._world
        found = world.ask(
            "select f.number, f.bank from bank_freeze f where f.frozen_at is not null"
            " and f.lifted_at is null and not exists (select from approvals_approval a"
            " where a.subject = f.id and a.status = 'WAITING') order by f.number"
        )
        for one in found if world.is_ending else found[:1]:
            number, said = one["number"], {"paper": self._paper(), "reason": "they agreed"}
            self._hands.do(
                Act(
                    "ask to free an account", self._shop(one["bank"]).bank, about=number,
                    path=f"/freezes/{number}/lift", body=said,
                    changed={**said, "reason": "another"},
                    desk=lambda who, number=number, said=said: freezing.ask_to_lift(
                        number, actor=who, at=world.now, **said
                    ),
                )
            )  # fmt: skip

    def _paper(self) -> str:
        self._papers += 1
        return f"order {self._papers}"

    def _shop(self, bank: UUID) -> Shop:
        return next(one for one in self._world.market.shops if one.bank.org == bank)
