"""Who joins in the demonstration: one waits for a person, one may be signed up by a visitor, a
dealer asks another seller to trade, and a house has opened a branch."""

from __future__ import annotations

from datetime import datetime, timedelta

from heliu.capital.terms import newcomers as trust
from heliu.capital.terms.newcomers import Rule
from heliu.demo import chain as chains
from heliu.demo.chain import YUAN, Chain, People, as_demo
from heliu.demo.pictures import box
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.door import name_orgs
from heliu.kernel.dispatch.models import Post
from heliu.kernel.joining.models import Application
from heliu.kernel.joining.operations import signing_up, verifying
from heliu.kernel.joining.operations.signing_up import Wanted
from heliu.kernel.joining.sandbox import operations as register
from heliu.kernel.joining.sandbox.samples import OTHER, SAMPLES
from heliu.trade import asks, branches, joining

LATE = timedelta(hours=7)
ASKS, WITH_BRANCH = "D002", "D006"
CHOSEN = "a password that nobody uses"  # the demo's own is set after


def newcomers(chain: Chain, people: People, *, at: datetime) -> None:
    """The seller takes newcomers and trusts them with a little, the register knows two companies,
    and one has come that the register knows under another name. As the worker."""
    for one in SAMPLES:
        register.enter(
            one.number,
            one.name,
            founded_on=one.founded_on,
            representative=one.representative,
            address=one.address,
        )
    joining.set_welcome(
        actor=people.seller, is_open=True, price_list=None, warehouse=chain.warehouse, at=at - LATE
    )
    trust.set_rule(
        Rule(is_on=True, ceiling=30_000 * YUAN, days=30, total=600_000 * YUAN, least_days=365),
        actor=people.seller,
        at=at - LATE,
    )
    _waiting(at - LATE)
    _asks(chain, people, at=at - LATE)
    _branch(people, at=at - LATE)
    asks.carry_out(at=at - LATE + timedelta(minutes=1))


def _branch(people: People, *, at: datetime) -> None:
    """A house opens a branch, which it alone may: its door is opened for that."""
    owner = people.dealer(WITH_BRANCH)
    name_orgs(owner.orgs)
    branches.open_branch(
        actor=owner, at=at, code="xs", name="Xiaoshan shop", name_zh="萧山门店", city="杭州",
        address="杭州市萧山区示例路 18 号",
    )  # fmt: skip
    name_orgs(())


def _asks(chain: Chain, people: People, *, at: datetime) -> None:
    """A second seller lets itself be found; a dealer has asked it to trade, and waits."""
    chains.other_seller(chain)
    joining.set_welcome(
        actor=people.at("sales@seller2.demo"), is_open=False, is_listed=True, price_list=None,
        warehouse=None, at=at,
    )  # fmt: skip
    asks.ask(
        chains.OTHER_SELLER_CODE, words="我们在上海有三家门店，想经销贵司的骨瓷餐具。",
        actor=people.dealer(ASKS), at=at + timedelta(hours=3),
    )  # fmt: skip


def _waiting(at: datetime) -> None:
    org = signing_up.new_door()
    wanted = Wanted(
        name="甬江厨具商行",
        country="CN",
        number=OTHER.number,
        contact=OTHER.representative,
        email="owner@yongjiang.demo",
        phone="13900000000",
    )
    signing_up.sign_up(org, signing_up.checked(wanted, at=at), language="zh-hans", at=at)
    Post.objects.filter(org=org).delete()  # its mailbox does not exist
    user = as_demo(signing_up.confirm(org, password=CHOSEN, at=at + timedelta(minutes=3)))
    joining.run(at=at + timedelta(minutes=4))
    owner = actor_at(user, desks_of(user.pk)[0])
    assert owner is not None
    verifying.add_evidence(
        Application.objects.get(org=org).pk,
        actor=owner,
        name="demo-licence.png",
        content=box(dent=None, letters="DEMO"),
        at=at + timedelta(minutes=9),
    )
