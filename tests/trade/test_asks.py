"""A dealer asks a seller to trade with it, a suspended seller's relationships pause, and a house
opens branches of its own: both sides agree, and the database holds it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import Error, connection, transaction
from tests.trade.conftest import World
from tests.trade.newcomers import known, newcomer, work

from heliu.capital.terms import newcomers
from heliu.capital.terms.models import Terms
from heliu.capital.terms.newcomers import Rule
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.pricing import operations as lists
from heliu.commerce.pricing import queries as prices
from heliu.kernel.access.desks import desks_of
from heliu.kernel.access.models import User
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.joining import queries
from heliu.kernel.joining.models import JoiningRules, TradeAsk
from heliu.kernel.joining.operations import asks as asking
from heliu.kernel.joining.operations import ruling, standing
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization, TradingRelationship
from heliu.trade import asks, branches, conversations, currencies, joining, place_order, previewing

SALES, OPERATOR = "sales@seller.demo", "ops@operator.demo"


def admitted(world: World) -> str:
    """A dealer that is admitted and trades with nobody; the address of its owner."""
    who = newcomer(world)
    known(who)
    who.confirm()
    work(world)
    return str(who.email)


def welcomes(world: World, **how: bool) -> None:
    with world.desk(SALES) as sales:
        said = {"is_open": False, "is_listed": False, **how}
        joining.set_welcome(actor=sales, price_list=None, warehouse=None, at=world.at, **said)


def ask(world: World, email: str, seller: str = "") -> TradeAsk:
    with world.worker():
        code = seller or Organization.objects.get(pk=world.chain.seller).code
    with world.desk(email) as owner:
        return asks.ask(code, words="We sell mugs", actor=owner, at=world.at)


def test_a_question_is_talked_about_and_who_writes_is_known_by_it(world: World) -> None:
    email = admitted(world)
    made = ask(world, email)
    with world.desk(email) as owner:
        record = conversations.find(owner, "trade-ask", made.pk)
        conversations.write(record, actor=owner, text="Do you ship to Yiwu?", at=world.at)
        assert record.among == "/dealer/sellers"
        assert not Organization.objects.filter(pk=world.chain.seller).exists()
    with world.desk(SALES) as sales:
        record = conversations.find(sales, "trade-ask", made.pk)
        assert record.among == "/seller/newcomers#asks"
        conversations.write(record, actor=sales, text="Who asks?", is_note=True, at=world.at)
    with world.desk(email):
        assert not Organization.objects.filter(pk=world.chain.seller).exists()
    with world.desk(SALES) as sales:
        conversations.write(record, actor=sales, text="Every Monday", at=world.at)
    with world.desk(email) as owner:
        assert Organization.objects.filter(pk=world.chain.seller).exists()
        assert Notice.objects.filter(org=owner.own_org, kind="message-came").count() == 1
    with world.desk("owner@d002.demo") as other, pytest.raises(NotFound):
        conversations.find(other, "trade-ask", made.pk)


def order(world: World, email: str) -> Any:
    with world.desk(email) as owner:
        return place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=1), pay_by="TRANSFER",
            at=world.later(minutes=1),
        )  # fmt: skip


def carried_out(world: World) -> None:
    with world.worker():
        asks.carry_out(at=world.at)


def told(world: World, kind: str) -> int:
    with world.worker():
        return Notice.objects.filter(kind=kind).count()


def test_a_person_of_the_seller_agrees_and_the_dealer_orders(world: World) -> None:
    email = admitted(world)
    with world.desk(email):
        assert queries.sellers_to_ask() == []  # nobody is listed
    welcomes(world, is_listed=True)
    with world.desk(email):
        assert [one.id for one in queries.sellers_to_ask("")] == [world.chain.seller]
    made = ask(world, email)
    with pytest.raises(Refused, match="asked-already"):
        ask(world, email)
    carried_out(world)
    with pytest.raises(NotFound):
        order(world, email)
    with world.desk(email) as owner, pytest.raises(Forbidden):
        asks.answer(made.pk, agrees=True, reason="", actor=owner, at=world.at)
    with world.desk(SALES) as sales:
        (found,) = queries.asks(sales)
        assert Organization.objects.get(pk=found.buyer).name  # it learns who asks
        with pytest.raises(Invalid, match="reason-missing"):
            asks.answer(made.pk, agrees=False, reason=" ", actor=sales, at=world.at)
        asks.answer(made.pk, agrees=True, reason="", actor=sales, at=world.at)
        with pytest.raises(Refused, match="ask-answered"):
            asks.answer(made.pk, agrees=False, reason="no", actor=sales, at=world.at)
    for _ in range(2):
        carried_out(world)
    assert order(world, email).order.total == 1_000
    assert (told(world, "trade-asked"), told(world, "trade-agreed")) == (1, 1)
    with world.desk(email):
        assert queries.sellers_to_ask("") == []


def test_a_no_says_why_and_may_be_asked_anew_and_a_rule_answers_at_once(world: World) -> None:
    email = admitted(world)
    made = ask(world, email)
    with world.desk(SALES) as sales:
        asks.answer(made.pk, agrees=False, reason="Not here", actor=sales, at=world.at)
    assert told(world, "trade-refused") == 1
    again = ask(world, email)
    with world.desk(email) as owner:
        asking.withdraw(again.pk, actor=owner, at=world.at)
        asking.withdraw(again.pk, actor=owner, at=world.at)
    welcomes(world, is_open=True)
    ask(world, email)
    carried_out(world)
    assert order(world, email).order.total == 1_000
    with pytest.raises(NotFound):  # they trade
        ask(world, email)


def test_neither_side_relates_the_two_alone_by_raw_sql(world: World) -> None:
    email = admitted(world)
    made = ask(world, email)
    with world.worker():
        buyer = made.buyer
    wrong = (
        f"update joining_tradeask set status = 'AGREED', answered_at = now() where id = '{made.pk}'",
        f"update joining_tradeask set related_at = now() where id = '{made.pk}'",
        "insert into parties_tradingrelationship (id, buyer, seller, status, since)"
        f" values (gen_random_uuid(), '{buyer}', '{world.chain.seller}', 'ACTIVE', now())",
    )
    for statement in wrong:
        with pytest.raises(Error), world.desk(email), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_suspended_sellers_relationships_pause_and_come_back(world: World) -> None:
    order(world, world.dealer)
    seller = world.chain.seller
    with world.desk(OPERATOR) as ops:
        standing.stand(seller, "suspend", actor=ops, reason="Papers", at=world.at)
    with pytest.raises(Refused, match="seller-paused"):
        order(world, world.dealer)
    with world.desk(world.dealer) as dealer:
        with pytest.raises(Refused, match="seller-paused"):
            previewing.preview(actor=dealer, seller=seller, lines=world.lines(M1=1), at=world.at)
        assert not catalogue.visible_to(dealer).exists()
        assert {one.status for one in TradingRelationship.objects.all()} == {"PAUSED"}
    with world.desk(OPERATOR) as ops:
        standing.stand(seller, "resume", actor=ops, reason="All well", at=world.at)
    assert order(world, world.dealer).order.total == 1_000


def test_the_sellers_of_a_house_are_asked_for_its_branch_which_buys_as_the_house_does(
    world: World,
) -> None:
    said = {"name": "Shop", "name_zh": "门店", "city": "Ningbo", "address": "1 Harbour Road"}
    with world.worker():
        mine = TradingRelationship.objects.filter(buyer=world.chain.dealers["D001"])
        mine.update(least_order=500, least_is_own=True)
    house, day = world.chain.dealers["D001"], day_of(world.at)
    with world.desk(SALES) as sales:
        held = lists.create_list(
            actor=sales, seller=world.chain.seller, code="D1", name="Ours", name_zh="",
        )  # fmt: skip
        lists.assign(held, actor=sales, buyer=house, valid_from=day, at=world.at)
    with world.desk(world.dealer) as owner:
        made = branches.open_branch(code="S1", actor=owner, at=world.at, **said).pk
    with world.desk(SALES) as sales:
        (asked,) = queries.asks(sales).filter(buyer=made)
    carried_out(world)
    with world.worker():
        assert not TradingRelationship.objects.filter(buyer=made).exists()  # nobody agreed yet
    with world.desk(SALES) as sales:
        asks.answer(asked.pk, agrees=True, reason="", actor=sales, at=world.at)
    carried_out(world)
    with world.worker():
        for buyer in (house, made):
            assert prices.held_by(buyer, seller=world.chain.seller, on=day) == [held]
        link = TradingRelationship.objects.get(buyer=made)
        assert (link.least_order, link.least_is_own) == (500, True)
    welcomes(world, is_open=True)  # and by its rule, where it takes whoever comes
    with world.desk(world.dealer) as owner:
        branches.open_branch(code="S2", actor=owner, at=world.at, **said)
    carried_out(world)
    with world.worker():
        assert (
            TradingRelationship.objects.filter(buyer__in=world.actor(world.dealer).orgs).count()
            == 3
        )


def test_a_branch_trades_in_the_currency_of_its_house(world: World) -> None:
    """With the lists of its house, and without the trust that is in the seller's currency."""
    email = admitted(world)
    asked = ask(world, email)
    welcomes(world, is_open=True)
    carried_out(world)
    day = day_of(world.at)
    with world.desk(SALES) as sales:
        currencies.set_currency(asked.buyer, "USD", actor=sales, at=world.at)
        parties.set_least_order(500, actor=sales, buyer=asked.buyer)
        export = lists.create_list(
            actor=sales, seller=world.chain.seller, code="X1", name="Export", name_zh="",
            currency="USD",
        )  # fmt: skip
        lists.assign(export, actor=sales, buyer=asked.buyer, valid_from=day, at=world.at)
        with pytest.raises(NotFound):  # newcomers begin in the currency of the place
            joining.set_welcome(
                actor=sales, is_open=True, price_list=export.pk, warehouse=None, at=world.at
            )
        rule = Rule(is_on=True, ceiling=1_000, total=10_000, days=30, least_days=0)
        newcomers.set_rule(rule, actor=sales, at=world.at)
    with world.desk(email) as owner:
        made = branches.open_branch(
            code="S1", name="Shop", name_zh="", city="Oakland", address="1 Harbour Road",
            actor=owner, at=world.at,
        ).pk  # fmt: skip
    carried_out(world)
    with world.worker():
        link = TradingRelationship.objects.get(buyer=made)
        assert (link.currency, link.least_order, link.least_is_own) == ("USD", 500, True)
        assert prices.held_by(made, seller=world.chain.seller, on=day) == [export]
        assert not Terms.objects.filter(buyer=made).exists()


def test_a_house_opens_branches_within_the_operators_limit(world: World) -> None:
    said = {"name": "Shop", "name_zh": "门店", "city": "Ningbo", "address": "1 Harbour Road"}
    with world.desk(world.dealer) as owner:
        made = branches.open_branch(code="S1", actor=owner, at=world.at, **said).pk
        with pytest.raises(Refused, match="code-taken"), transaction.atomic():
            branches.open_branch(code="s1", actor=owner, at=world.at, **said)
        for code in ("", "no blanks", "x" * 13):
            with pytest.raises(Invalid, match="code-invalid"):
                branches.open_branch(code=code, actor=owner, at=world.at, **said)
    assert made in world.actor(world.dealer).orgs
    with world.worker():
        branch = Organization.objects.get(pk=made)
        assert (branch.status, branch.parent_id) == ("ACTIVE", world.chain.dealers["D001"])
        user = User.objects.get(username=world.dealer)
    assert made in {desk.org for desk in desks_of(user.pk)}
    with world.desk(OPERATOR) as ops:
        held = {"door": "OPEN", "sellers": "ONE", "by_rule": True, "least_days": 0}
        rules = {**held, "reason": "Few", "actor": ops, "at": world.at}
        ruling.set_rules(most_branches=1, **rules)
        ruling.set_rules(**rules)  # what is not said stays
        assert JoiningRules.objects.order_by("number").last().most_branches == 1
    with world.desk(world.dealer) as owner, pytest.raises(Refused, match="branches-enough"):
        branches.open_branch(code="S2", actor=owner, at=world.at, **said)
    with world.desk(SALES) as sales, pytest.raises(Forbidden):
        branches.open_branch(code="S3", actor=sales, at=world.at, **said)
