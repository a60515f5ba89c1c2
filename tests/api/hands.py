"""Programs of the chain's people: each with a token, each write under a key of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from django.db import transaction
from django.test import Client
from tests.conftest import be
from tests.trade.conftest import World

from heliu.demo.chain import enrol
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import User
from heliu.kernel.access.operations import issue_token
from heliu.kernel.parties import operations as parties

V1 = "/api/v1"
_keys = count(1)


@dataclass
class Hand:
    """Asks as one person. `said` is the last answer, for its headers."""

    token: str
    language: str = "en"
    client: Client = field(default_factory=Client)
    said: Any = None
    customer: str = ""  # in whose name it asks

    def get(self, path: str, expect: int = 200, **query: object) -> Any:
        """Read, and expect a status."""
        self.said = self.client.get(V1 + path, query, headers=self._headers())
        return self._body(expect)

    def send(
        self, method: str, path: str, body: object = None, *, expect: int = 200, key: str = ""
    ) -> Any:
        """Write under a fresh key (or the given one), and expect a status."""
        self.said = getattr(self.client, method)(
            V1 + path,
            body,
            content_type="application/json",
            headers={**self._headers(), "Idempotency-Key": key or f"hand-{next(_keys):06}"},
        )
        return self._body(expect)

    def post(self, path: str, body: object = None, *, expect: int = 200, key: str = "") -> Any:
        """`send` by POST."""
        return self.send("post", path, {} if body is None else body, expect=expect, key=key)

    def items(self, path: str, **query: object) -> list[Any]:
        """A list's rows."""
        return list(self.get(path, **query)["items"])

    def for_customer(self) -> dict[str, str]:
        """The header that says in whose name it asks."""
        return {"Heliu-On-Behalf-Of": self.customer} if self.customer else {}

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}", "Accept-Language": self.language,
            **self.for_customer(),
        }  # fmt: skip

    def _body(self, expect: int) -> Any:
        assert self.said.status_code == expect, self.said.content.decode()
        if expect >= 400:
            assert self.said["Content-Type"] == "application/problem+json"
        return self.said.json()


def hand_of(world: World, email: str, language: str = "en") -> Hand:
    """A token of the person of an address."""
    be("heliu_worker")
    with transaction.atomic():
        actor = world.actor(email)
        user = User.objects.get(username=email)
        token = issue_token(
            actor=Actor.system(), user=user, org=actor.own_org, label="test", at=world.at
        )
    be("heliu_web")
    return Hand(token, language)


class Far(NamedTuple):
    """The hand of a house, and its id."""

    hand: Hand
    org: str


@dataclass
class Hands:
    """The desks of the chain."""

    world: World
    dealer: Hand
    other: Hand
    seller: Hand
    lender: Hand
    keeper: Hand
    carrier: Hand
    operator: Hand
    newcomer: Hand | None = None  # of a house that is not admitted yet

    @property
    def seller_id(self) -> str:
        """Whom the dealers order from."""
        return str(self.world.chain.seller)

    def order(self, *, pay_by: str = "TRANSFER", **quantities: int) -> dict[str, Any]:
        """The body of an order by code."""
        lines = [{"code": code, "quantity": n} for code, n in quantities.items()]
        return {"seller": self.seller_id, "pay_by": pay_by, "lines": lines}

    def far(self) -> Far:
        """A dealer more, which has ordered nothing yet."""
        world = self.world
        with world.worker() as system:
            house = parties.register(
                actor=system, code="far", roles=("DEALER",), name="Far", name_zh="远方",
                short_name="Far", short_name_zh="远方", city="", city_zh="",
            )  # fmt: skip
            enrol("owner@far.demo", "Ann", house.pk, "owner")
            parties.relate(
                actor=system, buyer=house.pk, seller=world.chain.seller, since=world.at.date()
            )
        return Far(hand_of(world, "owner@far.demo"), str(house.pk))

    def bank(self) -> None:
        """The worker talks to the bank until nothing is left to do."""
        self.world.bank()
        be("heliu_web")
