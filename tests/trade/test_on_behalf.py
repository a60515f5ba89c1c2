"""Ordering in a customer's name: allowed by it, within its rules, seen by it, ended by it."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from tests.conftest import CLUSTER
from tests.trade import life
from tests.trade.behalf import SALES, allow, in_name_of
from tests.trade.conftest import World

from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Cart, Order
from heliu.commerce.ordering.rows import row_of
from heliu.commerce.spending import operations as spending
from heliu.demo.chain import enrol
from heliu.kernel.access.models import Membership
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.behalf import operations, queries
from heliu.kernel.behalf.models import Act, Mandate
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.models import Fact, Notice
from heliu.trade import (
    approvals,
    changing,
    order_pad,
    place_order,
    previewing,
    purchases,
    side_exits,
)
from heliu.trade.change_terms import Wanted
from heliu.trade.models import DealStep

BOTH = "沈若宁 ("


def place(world: World, *, pay_by: str = "TRANSFER", **quantities: int) -> Order:
    with in_name_of(world) as seat:
        return place_order.place(
            actor=seat, seller=world.chain.seller, lines=world.lines(**quantities),
            pay_by=pay_by, at=world.at,
        ).order  # fmt: skip


def deeds(world: World) -> list[tuple[str, str]]:
    with world.desk(world.dealer) as owner:
        return list(queries.acts(owner).order_by("id").values_list("what", "person_name"))


def test_without_a_mandate_nobody_acts_for_anybody(world: World) -> None:
    with pytest.raises(Forbidden, match="does not let you"), in_name_of(world):
        pass
    allow(world)
    for stranger in ("credit@bank.demo", "owner@d002.demo"):
        with pytest.raises(Forbidden), in_name_of(world, email=stranger):
            pass
    with pytest.raises(Forbidden), in_name_of(world, "d002"):
        pass
    with world.worker():
        enrol("clerk@seller.demo", "Clerk", world.chain.seller, "seller")
    with pytest.raises(Forbidden, match="behalf"), in_name_of(world, email="clerk@seller.demo"):
        pass
    with in_name_of(world) as seat:
        assert seat.permissions == {"order"}


def test_an_ended_mandate_ends_at_the_next_request(world: World) -> None:
    mandate = allow(world)
    with in_name_of(world):
        pass
    with world.desk(world.dealer) as owner, pytest.raises(Refused, match="already"):
        operations.give(world.chain.seller, actor=owner, at=world.at)
    with world.desk(world.dealer) as owner:
        operations.end(mandate.pk, actor=owner, at=world.at)
    with pytest.raises(Forbidden), in_name_of(world):
        pass
    with world.worker():
        assert Mandate.objects.get().ended_by_name == world.actor(world.dealer).name
        told = Notice.objects.filter(org=world.chain.seller, kind__startswith="mandate-")
        assert {one.kind for one in told} == {"mandate-given", "mandate-ended"}


def test_only_whoever_manages_the_house_gives_and_ends(world: World) -> None:
    with world.worker():
        enrol("buys@d001.demo", "Buyer", world.chain.dealers["D001"], "purchaser")
    with world.desk("buys@d001.demo") as clerk, pytest.raises(Forbidden):
        operations.give(world.chain.seller, actor=clerk, at=world.at)
    mandate = allow(world)
    with world.desk(SALES) as seller, pytest.raises(NotFound):
        operations.end(mandate.pk, actor=seller, at=world.at)
    with world.desk("owner@d002.demo") as other, pytest.raises(NotFound):
        operations.end(mandate.pk, actor=other, at=world.at)
    # The database holds it, too: the seller's hand writes itself no mandate.
    with world.desk(SALES), pytest.raises(Exception, match="row-level security"):
        Mandate.objects.create(
            buyer=world.chain.dealers["D002"], seller=world.chain.seller, given_by_name="x",
            given_at=world.at,
        )  # fmt: skip


def test_order_history_facts_and_the_customer_tell_both_names(world: World) -> None:
    allow(world)
    order = place(world, M1=5)
    assert order.buyer == world.chain.dealers["D001"]
    with world.desk(SALES) as seller:
        assert order.placed_by == seller.user_id
    assert order.placed_by_name.startswith(BOTH)
    with world.worker():
        assert DealStep.objects.get(step="ORDERED", data__order=order.number).actor_name.startswith(
            BOTH
        )
        assert Fact.objects.get(
            subject=order.pk, name="commerce.order-placed"
        ).actor_name.startswith(BOTH)
        told = Notice.objects.get(org=order.buyer, kind="behalf-placed")
        assert told.params["person"].startswith(BOTH)
        assert told.params["number"] == order.number
    with in_name_of(world) as seat:
        side_exits.cancel(order.pk, actor=seat, reason="typed wrong", at=world.at)
    assert deeds(world) == [("PLACED", "沈若宁"), ("CANCELLED", "沈若宁")]
    with world.worker(), pytest.raises(Exception, match=r"permission denied|kept as it was"):
        Act.objects.update(person_name="nobody")


def test_a_placed_order_is_changed_in_the_customer_s_name_and_it_reads_so(world: World) -> None:
    allow(world)
    own = life.place(world, pay_by="TRANSFER", M1=5).order
    financed = life.place(world, M1=5).order
    wanted = Wanted({world.chain.skus["M1"]: 8})
    with in_name_of(world) as seat:
        made = changing.change(own.pk, wanted, actor=seat, at=world.at)
        assert (made.status, made.order.total) == ("MADE", 8_000)
        with pytest.raises(Refused, match="financed-order-fixed"):
            changing.change(financed.pk, wanted, actor=seat, at=world.at)
    assert deeds(world) == [("CHANGED", "沈若宁")]
    with world.worker():
        told = Notice.objects.get(org=own.buyer, kind="behalf-changed")
        assert told.params["person"].startswith(BOTH)
        assert queries.acts_on([own.pk]) == {}  # the house has placed it itself


def test_a_change_in_its_name_meets_the_customer_s_rules(world: World) -> None:
    allow(world)
    order = place(world, M1=5)
    with world.desk(world.dealer) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=7_000, actor=owner, at=world.at)
    with in_name_of(world) as seat:
        asked = changing.change(
            order.pk, Wanted({world.chain.skus["M1"]: 8}), actor=seat, reason="More", at=world.at
        )
        assert asked.status == "HOUSE"
        assert changing.withdraw(order.pk, actor=seat, at=world.at).status == "WITHDRAWN"
    assert [what for what, _ in deeds(world)] == ["PLACED", "CHANGED", "WITHDRAWN"]


def test_what_the_house_does_itself_is_no_act(world: World) -> None:
    allow(world)
    life.place(world, pay_by="TRANSFER", M1=5)
    assert deeds(world) == []


def test_the_house_s_loans_are_its_own_affair(world: World) -> None:
    allow(world)
    with pytest.raises(Forbidden, match="finance"):
        place(world, pay_by="FINANCE", M1=5)
    with in_name_of(world) as seat:
        shown = previewing.preview(
            actor=seat, seller=world.chain.seller, lines=world.lines(M1=5), at=world.at
        )
        assert shown.offers == []
        assert [way.pay_by for way in shown.ways if way.is_open] == ["TRANSFER", "TERMS"]


def test_it_orders_on_the_customer_s_terms(world: World) -> None:
    allow(world)
    order = place(world, pay_by="TERMS", M1=5)
    assert order.pay_by == "TERMS"


def test_the_pad_is_the_house_s_or_one_s_own_never_its_people_s(world: World) -> None:
    allow(world)
    seller, rows = world.chain.seller, [row_of("M1", "5", "")]
    with world.desk(world.dealer) as owner:
        for shared in (False, True):
            ordering.keep_rows(actor=owner, seller=seller, rows=rows, at=world.at, shared=shared)
    with in_name_of(world) as seat:
        checked = order_pad.check(seat, seller, rows, world.at)
        assert [line.problem for line in checked.good] == [""]
        assert Cart.objects.count() == 1
        ordering.keep_rows(actor=seat, seller=seller, rows=rows * 2, at=world.at, shared=True)
        ordering.keep_rows(actor=seat, seller=seller, rows=rows, at=world.at)
    with world.desk(world.dealer) as owner:
        shared = Cart.objects.get(buyer=owner.own_org, user=None)
        assert shared.changed_by.startswith(BOTH)


# What the seller's person may read of tables that hold the customer's rows, and why.
SEEN = {
    "behalf_act", "behalf_mandate",  # what both houses read
    "ordering_cart", "ordering_cartline",  # its pad with this seller
}  # fmt: skip


def test_no_row_of_the_customer_is_seen_that_the_seller_does_not_see(world: World) -> None:
    """By raw SQL: with the customer's mandate the seller sees what it saw before, and the pad."""
    placed = life.to_pledge(world)
    life.repay(world, placed.deal.id, 40)
    world.bank()
    allow(world)
    with world.desk(world.dealer) as owner:
        spending.set_budget(period="YEAR", amount=10**9, actor=owner, at=world.at)
        ordering.keep_rows(
            actor=owner, seller=world.chain.seller, rows=[row_of("M1", "5", "")], at=world.at,
            shared=True,
        )  # fmt: skip
    be_web = f"host={CLUSTER} user=heliu_web dbname={connection.settings_dict['NAME']}"
    seller, buyer = world.chain.seller, world.chain.dealers["D001"]
    person = world.actor(SALES).user_id
    with psycopg.connect(be_web, autocommit=True) as web:
        tables = [
            table
            for (table,) in web.execute(
                "select relname from pg_class c join pg_namespace n on n.oid = relnamespace"
                " where nspname = 'public' and relkind = 'r'"
                " and has_table_privilege('heliu_web', c.oid, 'select') order by 1"
            ).fetchall()
        ]

        def counted() -> dict[str, int]:
            found = {}
            for table in tables:
                (found[table],) = web.execute(f'select count(*) from "{table}"').fetchone() or (0,)
            return found

        web.execute("select set_config('heliu.orgs', %s, false)", [f"{{{seller}}}"])
        before = counted()
        web.execute("select set_config('heliu.behalf', %s, false)", [f"{{{buyer},{person}}}"])
        after = counted()
        more = {table for table in tables if after[table] != before[table]}
        assert more == {"ordering_cart"}
        web.execute("select set_config('heliu.orgs', %s, false)", [f"{{{buyer}}}"])
        own = counted()
    assert own["spending_budget"] == 1
    assert after["spending_budget"] == 0
    assert own["lending_loan"] == 1
    assert after["lending_loan"] == 0
    assert own["credit_facility"] > after["credit_facility"] == 0


def test_an_agreement_is_asked_of_the_house_and_the_order_tells_who_asked(world: World) -> None:
    mandate = allow(world)
    with world.desk(world.dealer) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=1, actor=owner, at=world.at)
    with pytest.raises(Refused) as refused:
        place(world, M1=5)
    assert refused.value.code == "approval-needed"

    def ask() -> purchases.PurchaseRequest:
        with in_name_of(world) as seat:
            assert purchases.needs(seat, total=5000, skus=[world.chain.skus["M1"]])
            asked = purchases.ask(
                actor=seat, seller=world.chain.seller, lines=world.lines(M1=5),
                pay_by="TRANSFER", reason="by phone", at=world.at,
            )  # fmt: skip
            assert purchases.queries.request(seat, asked.number).pk == asked.pk
            return asked

    def agree(asked: purchases.PurchaseRequest) -> None:
        with world.desk(world.dealer) as owner:
            question = Approval.objects.get(subject=asked.pk)
            approvals.vote(question.pk, agrees=True, actor=owner, at=world.at)

    asked = ask()
    assert asked.asked_by_name.startswith(BOTH)
    agree(asked)
    with world.worker():
        assert Order.objects.get(pk=asked.pk).placed_by_name.startswith(BOTH)
    withdrawn = ask()
    with in_name_of(world) as seat:
        purchases.withdraw(withdrawn, actor=seat, at=world.at)
    assert [what for what, _ in deeds(world)] == ["ASKED", "PLACED", "ASKED", "WITHDRAWN"]
    # What is agreed to after the mandate ended is not ordered in the house's name any more.
    late = ask()
    with world.desk(world.dealer) as owner:
        operations.end(mandate.pk, actor=owner, at=world.at)
    agree(late)
    with world.worker():
        late.refresh_from_db()
        assert (late.status, Order.objects.filter(pk=late.pk).count()) == ("AGREED", 0)


def test_a_person_who_left_the_seller_acts_no_more(world: World) -> None:
    allow(world)
    with in_name_of(world):
        pass
    with world.worker():
        Membership.objects.filter(user__username=SALES).update(is_active=False)
    with pytest.raises(IndexError), in_name_of(world):
        pass
