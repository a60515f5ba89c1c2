"""What houses say to each other about a record, and who reads it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pictures import png
from tests.trade import life
from tests.trade.conftest import World

from heliu.demo import chain as chains
from heliu.kernel.access.models import User
from heliu.kernel.conversations import policies, queries
from heliu.kernel.conversations.models import Conversation, Message
from heliu.kernel.conversations.operations import Sent
from heliu.kernel.dispatch import relay
from heliu.kernel.dispatch.models import Letter
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Fact, Notice
from heliu.kernel.events.queries import inbox
from heliu.kernel.files import queries as files
from heliu.kernel.files.models import StoredFile
from heliu.trade import conversations, place_order

SELLER, BANK, OTHER = "sales@seller.demo", "credit@bank.demo", "owner@d002.demo"


def say(world: World, email: str, kind: str, ref: str, text: str, **more: object) -> Message:
    with world.desk(email) as actor:
        record = conversations.find(actor, kind, ref)
        return conversations.write(record, actor=actor, text=text, at=world.at, **more)  # type: ignore[arg-type]


def heard(world: World, email: str, kind: str, ref: str) -> list[str]:
    with world.desk(email) as actor:
        found = conversations.of(conversations.find(actor, kind, ref))
        return [one.text for one in queries.messages(actor, found)] if found else []


def test_an_order_is_talked_about_by_its_sides_and_nobody_else(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    number = placed.order.number
    say(world, world.dealer, "order", number, "When does it come?")
    assert heard(world, SELLER, "order", number) == ["When does it come?"]
    for stranger in (OTHER, BANK, "gate@warehouse.demo"):
        with pytest.raises(NotFound):
            heard(world, stranger, "order", number)
        with world.desk(stranger):
            assert not Conversation.objects.exists()
            assert not Message.objects.exists()


def test_a_note_stays_in_its_house(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    number = placed.order.number
    say(
        world, SELLER, "order", number, "He always pays late", is_note=True, sent=[Sent("a", png())]
    )
    say(world, SELLER, "order", number, "On Friday")
    assert heard(world, world.dealer, "order", number) == ["On Friday"]
    assert heard(world, SELLER, "order", number) == ["He always pays late", "On Friday"]
    with world.desk(world.dealer) as dealer:
        assert [one.text for one in Message.objects.all()] == ["On Friday"]  # by row policy alone
        assert not StoredFile.objects.exists()
        told = Fact.objects.filter(name="information.message-written")
        assert [fact.payload["is_note"] for fact in told] == [False]
        assert queries.messages_visible_to(dealer).count() == 1


def test_files_are_read_by_both_sides_until_they_are_taken_back(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    message = say(
        world, world.dealer, "order", placed.order.number, "", sent=[Sent("plan.png", png())]
    )
    with world.desk(SELLER) as seller:
        [file] = files.of_subjects(seller, [message.pk])
        assert file.name == "plan.png"
    with world.desk(SELLER) as seller, pytest.raises(Forbidden):
        conversations.take_back(message.pk, actor=seller, at=world.at)
    world.later(minutes=15)
    with world.desk(world.dealer) as dealer:
        conversations.take_back(message.pk, actor=dealer, at=world.at)
    with world.desk(SELLER) as seller:
        assert files.of_subjects(seller, [message.pk]) == []
        trace = Message.objects.get()
        assert (trace.text, trace.taken_back_at) == ("", world.at)


def test_it_is_too_late_to_take_back(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    message = say(world, world.dealer, "order", placed.order.number, "No")
    world.later(minutes=16)
    with world.desk(world.dealer) as dealer, pytest.raises(Refused) as refused:
        conversations.take_back(message.pk, actor=dealer, at=world.at)
    assert refused.value.code == "too-late-to-take-back"


def test_the_other_house_is_told_once_until_it_has_looked(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    number = placed.order.number
    for text in ("One", "Two"):
        say(world, world.dealer, "order", number, text)

    def told() -> int:
        with world.desk(SELLER) as seller:
            return inbox(seller).filter(kind="message-came", read_at=None).count()

    assert told() == 1
    with world.desk(SELLER) as seller:
        [found] = queries.with_unread(seller)
        assert found.unread == 2  # type: ignore[attr-defined]
        record = conversations.find(seller, "order", number)
        conversations.read(record, found, actor=seller, at=world.at)
        assert [one.unread for one in queries.with_unread(seller)] == [0]  # type: ignore[attr-defined]
    assert told() == 0
    world.later(minutes=1)
    say(world, world.dealer, "order", number, "Three")
    assert told() == 1


def test_a_colleague_who_is_mentioned_hears_of_it_alone(world: World) -> None:
    with world.worker():
        chains.enrol("clerk@d001.demo", "Chen Ya", world.chain.dealers["D001"], "finance")
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    say(world, world.dealer, "order", placed.order.number, "@chen ya look", is_note=True)
    with world.desk("clerk@d001.demo") as clerk:
        assert inbox(clerk).filter(kind="mentioned").count() == 1
    with world.desk(world.dealer) as owner:
        assert not inbox(owner).filter(kind="mentioned").exists()
    with world.worker():
        relay.hand_on(at=world.at)
        notice = Notice.objects.get(kind="mentioned")
        person = User.objects.get(username="clerk@d001.demo")
        assert [one.person for one in Letter.objects.filter(notice=notice.pk)] == [person.pk]


def test_who_comes_to_see_the_record_later_sees_what_was_said(world: World) -> None:
    """A carrier is given the goods after the dealer wrote about the shipment."""
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    with world.desk(SELLER) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    shipment = life.ship(world, placed, by_carrier=True)
    say(world, SELLER, "shipment", shipment.number, "Ring twice", sent=[Sent("door.png", png())])
    with world.worker():
        Conversation.objects.update(houses=[world.chain.seller])  # as before it was given
        StoredFile.objects.update(readers=[])
    assert heard(world, "carrier@carrier.demo", "shipment", shipment.number) == ["Ring twice"]
    with world.desk("carrier@carrier.demo"):
        assert StoredFile.objects.count() == 1


def test_nothing_is_no_message(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    for text in ("", " \n ", "x" * 4_001):
        with pytest.raises(Invalid):
            say(world, world.dealer, "order", placed.order.number, text)


NAMES = st.lists(st.sampled_from(["Li", "Li Lei", "Chen Ya", "陈雅", "陈"]), unique=True)


@given(NAMES, st.lists(st.sampled_from(["Li", "Li Lei", "Chen Ya", "陈雅", "陈"]), unique=True))
def test_exactly_those_are_mentioned_who_are_named(staff: list[str], named: list[str]) -> None:
    people = {uuid4(): name for name in staff}
    text = ", ".join(f"@{name.upper()}!" for name in named)
    found = {people[one] for one in policies.mentioned(text, people)}
    # "@Li Lei" names Li where no Li Lei works here: the longest name that fits counts.
    fits = {
        max((one for one in staff if name.startswith(one)), key=len, default="") for name in named
    }
    assert found == fits - {""}
