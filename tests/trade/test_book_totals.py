"""What stands in the books is kept in sums, and facts are found by those they concern: both are noted
after the fact by the worker, and nobody can tell whether it was there yet."""

from __future__ import annotations

from django.db import connection
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.books import operations as books
from heliu.capital.books import queries
from heliu.capital.books.models import Total
from heliu.kernel.access.actor import Actor
from heliu.kernel.events import concerns
from heliu.kernel.events.models import Fact
from heliu.kernel.events.queries import feed, visible_to
from heliu.kernel.posting import operations as posting
from heliu.trade import oversight


def stands(world: World) -> dict[object, object]:
    with world.worker():
        orgs = [world.chain.seller, world.chain.bank, *world.chain.dealers.values()]
        return {org: queries.trial_balance(Actor.system(), org=org) for org in orgs}


def summed(world: World) -> int:
    with world.worker():
        posting.seal(world.at)
        return books.sum_up(most=7)


def test_books_stand_the_same_summed_up_or_not(world: World) -> None:
    placed = life.to_pledge(world)
    before = stands(world)
    assert summed(world) > 1  # in sets
    with world.worker():
        assert Total.objects.count() > 10
    assert stands(world) == before
    life.repay(world, placed.deal.id, 50)
    world.bank()
    with world.worker():
        assert queries.check() == []
    laws.hold(world)
    after = stands(world)
    assert after != before
    summed(world)
    assert summed(world) == 1  # nothing is left to do
    assert stands(world) == after
    with world.desk("ops@operator.demo") as operator:
        found, total = oversight.books(operator)
        assert total == len(found) == 3
        assert all(one.debit == one.credit for one in found)
        assert sum(one.debit for one in oversight.codes(operator)) == sum(x.debit for x in found)
    with world.worker():
        Total.objects.filter(pk=Total.objects.first().pk).update(amount=1)  # type: ignore[union-attr]
        assert any("totals of book" in one for one in queries.check())


def facts(world: World, email: str) -> list[int]:
    """As the API reads them."""
    with world.desk(email) as actor:
        lists = [one.order_by("number")[:1000] for one in feed(actor)]
        found = lists[0].union(*lists[1:]).order_by("number")
        assert set(found) == set(visible_to(actor))
        return [one.number for one in found]


def test_facts_are_found_by_those_they_concern_noted_or_not(world: World) -> None:
    life.to_pledge(world)
    people = ("owner@d001.demo", "owner@d002.demo", "sales@seller.demo", "credit@bank.demo")
    before = [facts(world, email) for email in people]
    with world.worker():
        assert concerns.note(most=5) > 1
        (mark,) = _rows("select upto from events_concernmark")
        assert not Fact.objects.filter(transaction__gte=mark[0]).exists()
    assert [facts(world, email) for email in people] == before
    life.place(world, pay_by="TERMS", M1=2)
    after = [facts(world, email) for email in people]
    assert after[0] != before[0]
    with world.worker():
        assert concerns.note() == 1
    assert [facts(world, email) for email in people] == after


def _rows(statement: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
