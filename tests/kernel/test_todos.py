"""To-dos of a house: whose they are, who is told, when it is reminded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.trade import life
from tests.trade.conftest import World, laid, world

from heliu.demo import chain as chains
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.queries import inbox
from heliu.kernel.todos import operations, queries
from heliu.kernel.todos.models import Todo
from heliu.trade import conversations, todos

__all__ = ["laid", "world"]

CLERK, SELLER = "clerk@d001.demo", "sales@seller.demo"


def told(world: World, email: str, kind: str) -> int:
    with world.desk(email) as actor:
        return inbox(actor).filter(kind=kind).count()


def test_a_colleague_is_given_something_and_reminded_on_its_day(world: World) -> None:
    with world.worker():
        chains.enrol(CLERK, "Chen Ya", world.chain.dealers["D001"], "finance")
    with world.desk(CLERK) as clerk:
        person = clerk.user_id
    due = day_of(world.at) + timedelta(days=2)
    with world.desk(world.dealer) as owner:
        made = operations.add(
            actor=owner, text=" Pay  the carrier ", owner=person, due_on=due, at=world.at
        )
        assert (made.text, made.owner_name) == ("Pay the carrier", "Chen Ya")
        assert not queries.mine(owner).exists()
    assert (told(world, CLERK, "todo-given"), told(world, world.dealer, "todo-given")) == (1, 0)
    with world.worker():
        assert operations.remind(at=world.at) == 0
        world.later(days=2)
        assert [operations.remind(at=world.at) for _ in range(2)] == [1, 0]
    assert (told(world, CLERK, "todo-due"), told(world, world.dealer, "todo-due")) == (1, 0)
    with world.desk(CLERK) as clerk:
        operations.done(made.pk, actor=clerk, at=world.at)
        assert not queries.mine(clerk).exists()
        operations.undo(made.pk, actor=clerk)
        assert queries.mine(clerk).count() == 1


def test_what_is_done_is_not_reminded(world: World) -> None:
    with world.desk(world.dealer) as owner:
        made = operations.add(actor=owner, text="Count", due_on=day_of(world.at), at=world.at)
        operations.done(made.pk, actor=owner, at=world.at)
    with world.worker():
        assert operations.remind(at=world.at) == 0


def test_a_message_makes_one_to_do_of_a_house_and_nobody_else_sees_it(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    with world.desk(SELLER) as seller:
        record = conversations.find(seller, "order", placed.order.number)
        said = conversations.write(record, actor=seller, text="Send us the plan", at=world.at)
    with world.desk(world.dealer) as owner:
        first, again = (todos.of_message(said.pk, actor=owner, at=world.at) for _ in range(2))
        assert (first.pk, first.text, first.number) == (again.pk, said.text, placed.order.number)
        assert [one.pk for one in queries.of_record(owner, first.link)] == [first.pk]
    with world.desk(SELLER) as seller:
        assert not Todo.objects.exists()
        with pytest.raises(NotFound):
            operations.done(first.pk, actor=seller, at=world.at)
    with world.desk("owner@d002.demo") as other, pytest.raises(NotFound):
        todos.of_message(said.pk, actor=other, at=world.at)


def test_a_to_do_is_changed_and_what_it_said_is_kept(world: World) -> None:
    with world.worker():
        other = chains.enrol("two@seller.demo", "Two", world.chain.seller, "owner").pk
    today = day_of(world.at)
    with world.desk("sales@seller.demo") as sales:
        made = operations.add(actor=sales, text="call", due_on=today, at=world.at)
        same = {"owner": made.owner, "due_on": today}
        operations.change(made.pk, actor=sales, text="call", at=world.at, **same)
        assert not made.changes.exists()
        with pytest.raises(Invalid):
            operations.change(
                made.pk, actor=sales, text="call", owner=made.owner,
                due_on=today - timedelta(days=1), at=world.at,
            )  # fmt: skip
    with world.worker():
        assert operations.remind(at=world.at) == 1
    with world.desk("sales@seller.demo") as sales:
        operations.change(
            made.pk, actor=sales, text="write", owner=other, due_on=today + timedelta(days=1),
            at=world.at,
        )  # fmt: skip
        (was,) = queries.get(sales, made.pk).changes.all()
        assert (was.text, was.due_on, was.by_name) == ("call", today, sales.name)
    assert told(world, "two@seller.demo", "todo-given") == 1
    world.later(days=1)
    with world.worker():
        assert operations.remind(at=world.at) == 1  # with another day it is due again
    with world.desk(world.dealer) as stranger, pytest.raises(NotFound):
        operations.change(made.pk, actor=stranger, text="x", owner=other, due_on=None, at=world.at)
    with world.desk("two@seller.demo") as colleague:
        operations.done(made.pk, actor=colleague, at=world.at)
        with pytest.raises(Refused, match="done"):
            operations.change(
                made.pk, actor=colleague, text="x", owner=other, due_on=None, at=world.at
            )


def test_what_cannot_be_is_refused(world: World) -> None:
    with world.desk(SELLER) as seller:
        stranger = seller.user_id
    with world.desk(world.dealer) as owner:
        yesterday = day_of(world.at) - timedelta(days=1)
        for wrong in ({"text": " "}, {"owner": stranger}, {"due_on": yesterday}):
            with pytest.raises(Invalid):
                operations.add(actor=owner, at=world.at, **{"text": "Call", **wrong})  # type: ignore[arg-type]
