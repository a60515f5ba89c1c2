"""Cases: opened from a line, answered within what was promised, solved and opened again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.pictures import png
from tests.trade import life
from tests.trade.conftest import World

from heliu.commerce.cases import operations, queries
from heliu.commerce.cases.models import Case, ServiceLevel
from heliu.kernel.conversations import queries as talk
from heliu.kernel.conversations.operations import Sent
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.queries import inbox
from heliu.kernel.files import queries as files
from heliu.trade import cases, conversations

SELLER, OTHER = "sales@seller.demo", "owner@d002.demo"


def opened(world: World, **more: object) -> Case:
    placed = life.place(world, pay_by="TRANSFER", M1=5, B1=2)
    with world.desk(world.dealer) as dealer:
        given = {"kind": "DAMAGED", "text": "Two are broken", "position": 1, **more}
        return cases.open_case(placed.order.number, actor=dealer, at=world.at, **given)  # type: ignore[arg-type]


def write(world: World, email: str, case: Case, text: str, *, is_note: bool = False) -> Case:
    with world.desk(email) as actor:
        record = conversations.find(actor, "case", case.number)
        conversations.write(record, actor=actor, text=text, is_note=is_note, at=world.at)
        return queries.get(actor, case.number)


def act(world: World, email: str, case: Case, do: str) -> Case:
    with world.desk(email) as actor:
        return cases.act(case.number, do, actor=actor, at=world.at)


def test_a_case_is_opened_from_a_line_with_photos(world: World) -> None:
    case = opened(world, quantity=2, serial=" L-77 ", sent=[Sent("box.png", png())])
    with world.desk(SELLER) as seller:
        seen = queries.get(seller, case.number)
        assert (seen.sku and seen.sku.code, seen.quantity, seen.serial) == ("M1", 2, "L-77")
        assert seen.answer_due - seen.opened_at == timedelta(hours=24)
        said = talk.messages_visible_to(seller).get(conversation__subject=case.pk)
        assert said.text == "Two are broken"
        assert [one.name for one in files.of_subjects(seller, [said.pk])] == ["box.png"]
        assert inbox(seller).filter(kind="case-opened").count() == 1
        assert not inbox(seller).filter(kind="message-came").exists()
    with world.desk(OTHER) as other:
        assert not queries.visible_to(other).exists()
        assert not Case.objects.exists()


def test_what_cannot_be_is_no_case(world: World) -> None:
    for wrong in ({"kind": "?"}, {"text": " "}, {"position": 9}, {"quantity": 6}):
        with pytest.raises(Invalid):
            opened(world, **wrong)
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    with world.desk(SELLER) as seller, pytest.raises(Forbidden):
        cases.open_case(placed.order.number, actor=seller, kind="QUALITY", text="x", at=world.at)
    with world.desk(OTHER) as other, pytest.raises(NotFound):
        cases.open_case(placed.order.number, actor=other, kind="QUALITY", text="x", at=world.at)


def test_messages_pass_the_turn_and_the_first_answer_counts(world: World) -> None:
    case = opened(world)
    assert write(world, world.dealer, case, "One more thing").status == "OPEN"
    assert write(world, SELLER, case, "He always complains", is_note=True).answered_at is None
    answered = world.later(hours=3)
    assert write(world, SELLER, case, "We look into it").status == "WAITS_BUYER"
    world.later(hours=1)
    again = write(world, SELLER, case, "Which lot is it?")
    assert (again.answered_at, again.status) == (answered, "WAITS_BUYER")
    assert write(world, world.dealer, case, "L-77").status == "WAITS_SELLER"
    solved = act(world, SELLER, case, "solve")
    assert (solved.status, solved.solved_at) == ("SOLVED", world.at)
    assert write(world, world.dealer, case, "Thanks").status == "SOLVED"


def test_a_case_that_is_not_solved_is_opened_again_with_new_promises(world: World) -> None:
    case = opened(world)
    act(world, SELLER, case, "solve")
    with pytest.raises(Forbidden):
        act(world, SELLER, case, "reopen")
    world.later(days=2)
    again = act(world, world.dealer, case, "reopen")
    assert (again.status, again.reopened, again.solved_at) == ("REOPENED", 1, None)
    assert again.solve_due > world.at
    assert write(world, world.dealer, case, "The lid as well").status == "REOPENED"
    closed = act(world, world.dealer, case, "close")
    assert (closed.status, closed.closed_at) == ("CLOSED", world.at)
    with pytest.raises(Refused):
        act(world, SELLER, case, "solve")


def test_what_is_promised_is_the_sellers_to_set_and_the_buyers_to_read(world: World) -> None:
    with world.desk(SELLER) as seller:
        operations.set_level(actor=seller, answer_hours=2, solve_hours=8, at=world.at)
        for answer, solve in ((0, 8), (9, 8), (1, 9_999)):
            with pytest.raises(Invalid):
                operations.set_level(
                    actor=seller, answer_hours=answer, solve_hours=solve, at=world.at
                )
    case = opened(world)
    with world.desk(world.dealer):
        assert queries.level_of(world.chain.seller)[:2] == (2, 8)
        assert ServiceLevel.objects.update(answer_hours=1) == 0  # by row policy
    assert not case.is_late(case.opened_at + timedelta(hours=2))
    world.at = case.opened_at + timedelta(hours=3)
    assert case.is_late(world.at)
    with world.desk(SELLER) as seller:
        assert queries.queue(seller).filter(queries.late(world.at)).count() == 1
    write(world, SELLER, case, "Sorry for the wait")
    with world.desk(SELLER) as seller:
        assert not queries.queue(seller).filter(queries.late(world.at)).exists()


def test_a_case_closes_by_itself_and_an_answer_opens_it_again(world: World) -> None:
    case = opened(world)
    write(world, SELLER, case, "which one?")

    def swept() -> int:
        with world.worker():
            return cases.close_quiet(at=world.at)

    world.later(days=13)
    assert swept() == 0
    write(world, world.dealer, case, "the red one")
    world.later(days=30)
    assert swept() == 0  # it waits for the seller
    write(world, SELLER, case, "is it well now?")
    world.later(days=15)
    assert swept() == 1
    with world.worker():
        found = Case.objects.get(pk=case.pk)
        assert (found.status, found.is_quiet) == ("CLOSED", True)
    assert write(world, SELLER, case, "glad to hear").status == "CLOSED"
    again = write(world, world.dealer, case, "not at all")
    assert (again.status, again.reopened, again.is_quiet) == ("REOPENED", 1, False)
    act(world, SELLER, case, "solve")
    act(world, world.dealer, case, "close")
    assert write(world, world.dealer, case, "thanks").status == "CLOSED"  # closed by a person


def test_a_house_says_after_how_many_days_or_never(world: World) -> None:
    case = opened(world)
    act(world, SELLER, case, "solve")

    def quiet_after(days: int | None) -> None:
        with world.desk(SELLER) as seller:
            operations.set_level(
                actor=seller, answer_hours=1, solve_hours=2, quiet_days=days, at=world.at
            )

    with pytest.raises(Invalid, match="days"):
        quiet_after(0)
    quiet_after(None)
    world.later(days=300)
    with world.worker():
        assert cases.close_quiet(at=world.at) == 0
    quiet_after(2)
    with world.worker():
        assert cases.close_quiet(at=world.at) == 1


def test_a_seller_is_reminded_once_in_time_and_once_when_it_is_late(world: World) -> None:
    case = opened(world)

    def told() -> list[str]:
        with world.worker():
            cases.remind(at=world.at)
            cases.remind(at=world.at)  # nothing is said twice
        with world.desk(SELLER) as seller:
            kinds = inbox(seller).filter(kind__startswith="case-").order_by("at", "pk")
            return [one.kind for one in kinds if one.kind != "case-opened"]

    world.later(hours=17)
    assert told() == []
    world.later(hours=2)
    assert told() == ["case-due"]
    world.later(hours=6)
    assert told() == ["case-due", "case-late"]
    write(world, SELLER, case, "Sorry")
    world.at = case.opened_at + timedelta(hours=119)
    assert told() == ["case-due", "case-late", "case-due"]
    act(world, SELLER, case, "solve")
    world.later(days=9)
    assert len(told()) == 3


def test_what_is_promised_next_is_on_top(world: World) -> None:
    early = opened(world)
    write(world, SELLER, early, "We look into it")  # its solution is far away
    world.later(hours=5)
    late = opened(world)
    with world.desk(SELLER) as seller:
        assert [one.number for one in queries.queue(seller)] == [late.number, early.number]
        assert [one.promise for one in queries.queue(seller)] == [late.answer_due, early.solve_due]
    act(world, SELLER, late, "solve")
    with world.desk(SELLER) as seller:
        assert [one.promise for one in queries.queue(seller)] == [early.solve_due, None]
