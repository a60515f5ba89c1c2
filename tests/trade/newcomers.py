"""Somebody who joins: from the form to a desk, as a person would go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from tests.conftest import be
from tests.trade.conftest import World

from heliu.kernel.access.door import acting_for
from heliu.kernel.dispatch.models import Post
from heliu.kernel.joining.models import Application
from heliu.kernel.joining.operations import invitations, people, ruling, signing_up, verifying
from heliu.kernel.joining.operations.signing_up import Wanted
from heliu.kernel.joining.policies import check_sign
from heliu.kernel.joining.sandbox import operations as register
from heliu.trade import joining

PASSWORD = "a long walk by the river"
RULES = {"door": "OPEN", "sellers": "ONE", "by_rule": True, "least_days": 0}


def credit_code(n: int) -> str:
    """A valid unified social credit code, another for each number."""
    signs = f"91330200MA2H{n:05d}"
    return signs + check_sign(signs)


@dataclass
class Newcomer:
    """What a company types, and the organisation that came of it."""

    world: World
    wanted: Wanted
    org: UUID

    @property
    def email(self) -> str:
        return self.wanted.email

    @property
    def application(self) -> Application:
        with self.world.worker():
            return Application.objects.get(org=self.org)

    def confirm(self) -> None:
        """Follow the link in the mail and choose a password."""
        be("heliu_web")
        with acting_for([self.org]):
            signing_up.confirm(self.org, password=PASSWORD, at=self.world.at)


def newcomer(world: World, n: int = 1, **other: object) -> Newcomer:
    """Sign a company up; the mail is written."""
    usual = Wanted(
        name=f"宁波第{n}商行",
        country="CN",
        number=credit_code(n),
        contact="林晓",
        email=f"lin@shop{n}.example",
        phone="13800000000",
    )
    be("heliu_web")
    org = signing_up.new_door()
    with acting_for([org]):
        wanted = signing_up.checked(replace(usual, **other), at=world.at)  # type: ignore[arg-type]
        signing_up.sign_up(org, wanted, language="zh-hans", at=world.at)
    return Newcomer(world, wanted, org)


def known(who: Newcomer, **other: object) -> None:
    """The company register knows it."""
    with who.world.worker():
        told = {"name": who.wanted.name, "country": who.wanted.country} | other
        register.enter(who.wanted.number, **told)  # type: ignore[arg-type]


def joined(world: World, n: int = 1, **other: object) -> Newcomer:
    """Signed up, confirmed, and verified by rule; not if another name was typed than is known."""
    who = newcomer(world, n, **other)
    known(who, name=f"宁波第{n}商行")
    who.confirm()
    work(world)
    return who


def work(world: World) -> None:
    """Let the worker go on with newcomers."""
    be("heliu_worker")
    joining.run(at=world.at)


def takes_newcomers(world: World) -> None:
    """The seller takes those that come by themselves."""
    with world.desk("sales@seller.demo") as sales:
        joining.set_welcome(
            actor=sales, is_open=True, price_list=None, warehouse=world.chain.warehouse, at=world.at
        )


def rules(world: World, **other: object) -> None:
    """The operator's rules from now on."""
    with world.desk("ops@operator.demo") as ops:
        wanted = RULES | {"reason": "tried out"} | other
        ruling.set_rules(actor=ops, at=world.at, **wanted)  # type: ignore[arg-type]


def posts(world: World) -> list[Post]:
    """The mails that wait to be sent."""
    with world.worker():
        return list(Post.objects.order_by("id"))


def asked_for_more(who: Newcomer) -> UUID:
    """A person has asked a newcomer for something; returns its application."""
    application = who.application.pk
    with who.world.desk("ops@operator.demo") as ops:
        verifying.ask_for_more(application, actor=ops, reason="Which name?", at=who.world.at)
    return application


def asked_to_come(world: World) -> tuple[UUID, UUID]:
    """The seller has invited a dealer, the first dealer a colleague: the ids of both."""
    said = {"language": "en", "at": world.at}
    with world.desk("sales@seller.demo") as sales:
        invitation = invitations.invite(
            actor=sales, email="guest@shop.example", name="Guest", **said
        ).pk
    with world.desk("owner@d001.demo") as owner:
        colleague = people.invite(
            actor=owner, email="clerk@shop.example", name="Clerk", role="purchaser", **said
        ).pk
    return invitation, colleague
