"""A newcomer joins: verified by rule or by a person, and what each state lets it do."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be
from tests.pictures import png
from tests.trade.conftest import World
from tests.trade.newcomers import (
    credit_code,
    joined,
    known,
    newcomer,
    posts,
    rules,
    takes_newcomers,
    work,
)

from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.models import User
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.ids import new_id
from heliu.kernel.joining import queries
from heliu.kernel.joining.models import Application, Decision, SignUp
from heliu.kernel.joining.operations import invitations, signing_up, standing, verifying
from heliu.kernel.joining.policies import (
    SIGNS,
    Claim,
    Rules,
    against,
    check_sign,
    company_number,
    same_name,
)
from heliu.kernel.joining.port import Company
from heliu.kernel.parties.models import ORGANIZATION_MOVES, Organization, TradingRelationship
from heliu.trade import approvals, closing_houses, place_order


@pytest.mark.parametrize("code", ["91440300708461136T"])
def test_the_check_sign_is_that_of_published_codes(code: str) -> None:
    assert check_sign(code[:17]) == code[17]


@given(st.integers(0, 99_999), st.integers(0, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_always_found(n: int, place: int, sign: str) -> None:
    code = credit_code(n)
    assert company_number("cn", f" {code[:4]} {code[4:]} ".lower()) == ("CN", code)
    wrong = code[:place] + sign + code[place + 1 :]
    if wrong != code:
        with pytest.raises(Invalid):
            company_number("CN", wrong)


def test_names_are_compared_without_brackets_width_and_case() -> None:
    assert same_name("宁波（海曙）商行", "宁波(海曙) 商行")
    assert same_name("Ａcme Trading", "ACME  trading")
    assert not same_name("宁波第一商行", "宁波第二商行")
    assert not same_name("", "·")


def test_each_finding_keeps_the_rule_from_admitting() -> None:
    claim, today = Claim("DEALER", "宁波商行"), date(2026, 11, 2)
    good = Company("N", "宁波商行", is_active=True, founded_on=date(2026, 10, 3))
    assert against(claim, good, Rules(), today=today) == []
    assert against(claim, good, Rules(least_days=30), today=today) == []
    assert against(claim, good, Rules(least_days=31), today=today) == ["too-young"]
    assert against(claim, good, Rules(by_rule=False), today=today) == ["by-person"]
    assert against(Claim("SELLER", "宁波商行"), good, Rules(), today=today) == ["seller"]
    assert against(claim, None, Rules(), today=today) == ["not-found"]
    assert against(claim, None, Rules(), today=today, is_silent=True) == ["register-silent"]
    other = Company("N", "另一商行", is_active=False)
    assert against(claim, other, Rules(), today=today) == ["name-differs", "not-active"]


def test_verified_by_rule_it_orders_at_night_and_nobody_came(world: World) -> None:
    takes_newcomers(world)
    who = joined(world)
    application = who.application
    assert (application.status, application.welcomed_at) == ("APPROVED", world.at)
    with world.worker():
        acts = list(Decision.objects.order_by("at", "id").values_list("act", "by_name", "findings"))
        assert acts == [("HANDED_IN", "林晓", []), ("APPROVED", "", [])]
        assert Notice.objects.filter(org=who.org, kind="house-admitted").count() == 1
        assert Notice.objects.filter(kind="newcomer-related").count() == 1
        assert not Notice.objects.filter(kind="application-waits").exists()
    with world.desk(who.email) as owner:
        placed = place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=3), pay_by="TRANSFER",
            at=world.at,
        )  # fmt: skip
    assert placed.order.total == 3_000
    work(world)
    with world.worker():
        assert TradingRelationship.objects.filter(buyer=who.org).count() == 1


def test_what_the_register_does_not_bear_out_goes_to_a_person(world: World) -> None:
    who = newcomer(world)
    known(who, name="宁波另一商行")
    who.confirm()
    work(world)
    assert who.application.status == "IN_REVIEW"
    with world.worker():
        told = Decision.objects.get(act="TO_PERSON")
        assert told.findings == ["name-differs"]
        assert (told.register or {})["name"] == "宁波另一商行"
        assert Notice.objects.filter(org=world.chain.operator, kind="application-waits").exists()
    application = who.application.pk
    with world.desk(who.email) as owner:
        verifying.add_evidence(
            application, actor=owner, name="licence.png", content=png(), at=world.at
        )
    with world.desk("ops@operator.demo") as ops:
        assert [one.pk for one in queries.visible_to(ops)] == [application]
        with pytest.raises(Invalid):
            verifying.approve(application, actor=ops, reason=" ", at=world.at)
        verifying.ask_for_more(application, actor=ops, reason="Which name holds?", at=world.at)
    with world.desk(who.email) as owner:
        verifying.hand_in(
            application, actor=owner, name="宁波另一商行", note="The new", at=world.at
        )
    with world.desk("ops@operator.demo") as ops:
        verifying.deny(application, actor=ops, reason="No such shop", at=world.at)
    assert _status(world, who.org) == "DENIED"
    with world.desk(who.email) as owner:
        verifying.hand_in(application, actor=owner, name="宁波另一商行", note="Look", at=world.at)
    assert _status(world, who.org) == "PENDING"
    with world.desk("ops@operator.demo") as ops:
        verifying.approve(application, actor=ops, reason="Called them", at=world.at)
    work(world)
    assert _status(world, who.org) == "ACTIVE"
    with world.worker():
        assert Organization.objects.get(pk=who.org).name == "宁波另一商行"
        acts = [one.act for one in Decision.objects.order_by("at", "id")]
    assert acts == [
        "HANDED_IN", "TO_PERSON", "MORE_ASKED", "HANDED_IN", "DENIED", "HANDED_IN", "APPROVED",
    ]  # fmt: skip


def test_a_silent_register_is_asked_again_and_then_a_person(world: World) -> None:
    who = newcomer(world)
    known(who, silences=2)
    who.confirm()
    work(world)
    assert who.application.status == "CHECKING"
    for _ in range(2):
        world.later(minutes=2)
        work(world)
    assert who.application.status == "APPROVED"
    lost = newcomer(world, 2)
    known(lost, silences=9)
    lost.confirm()
    for _ in range(4):
        work(world)
        world.later(minutes=2)
    assert lost.application.status == "IN_REVIEW"


def test_nothing_told_before_the_door_says_who_is_known(world: World) -> None:
    who = joined(world)
    twice = newcomer(world, 2, email=who.email)
    with world.worker():
        assert not SignUp.objects.filter(pk=twice.org).exists()
    assert [one.kind for one in posts(world)] == ["confirm-address", "known-already"]
    same = newcomer(world, 1, email="other@shop.example")  # the company is there already
    with pytest.raises(Refused, match="company-known"):
        same.confirm()
    with world.worker():
        assert not User.objects.filter(username="other@shop.example").exists()
    with pytest.raises(Refused, match="link-used"):
        who.confirm()
    world.later(days=3)
    late = newcomer(world, 3)
    world.later(days=3)
    with pytest.raises(Refused, match="link-over"):
        late.confirm()
    work(world)
    with world.worker():
        assert not SignUp.objects.exists()


def test_of_two_that_confirm_one_company_at_once_one_is_let_in(world: World) -> None:
    both = [newcomer(world, 7, email=f"{name}@shop7.example") for name in ("one", "two")]
    gate, ended = Barrier(2, timeout=60), []

    def go(who: object) -> None:
        try:
            gate.wait()
            who.confirm()  # type: ignore[attr-defined]
            ended.append("in")
        except Refused as refusal:
            ended.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=go, args=[who]) for who in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["company-known", "in"]
    with world.worker():
        assert Application.objects.count() == 1


def test_an_invited_one_trades_with_its_inviter_alone(world: World) -> None:
    rules(world, door="INVITED")
    with pytest.raises(Refused, match="invited-only"):
        newcomer(world)
    with world.desk("sales@seller.demo") as sales:
        made = invitations.invite(
            actor=sales, email="Lin@Shop1.example", name="宁波第1商行", language="en", at=world.at
        )
        with pytest.raises(Refused, match="invited-already"):
            invitations.invite(
                actor=sales, email="lin@shop1.example", name="", language="en", at=world.at
            )
    [mail] = posts(world)
    token = mail.path.rpartition("/")[2]
    assert signing_up.invitation_of(token) == made.pk
    assert queries.invited(made.pk, at=world.at).is_open
    joined(world, 1, invitation=made.pk)
    with world.worker():
        made.refresh_from_db()
        relation = TradingRelationship.objects.get(buyer=made.taken_by)
    assert relation.seller == world.chain.seller
    with pytest.raises(Refused, match="invitation-over"):
        newcomer(world, 2, invitation=made.pk)
    with world.desk("sales@seller.demo") as sales, pytest.raises(Refused):
        invitations.withdraw(made.pk, actor=sales, at=world.at)


def test_who_may_sell_is_one_setting(world: World) -> None:
    with pytest.raises(Refused, match="one-seller"):
        newcomer(world, join_as="SELLER")
    rules(world, sellers="MANY")
    who = joined(world, join_as="SELLER")
    application = who.application
    assert application.status == "IN_REVIEW"  # a seller is looked at by a person
    with world.desk("ops@operator.demo") as ops:
        verifying.approve(application.pk, actor=ops, reason="Known", at=world.at)
    assert "sell" in world.actor(who.email).permissions


def test_what_each_state_lets_a_house_do(world: World) -> None:
    takes_newcomers(world)
    who = newcomer(world)
    who.confirm()
    assert world.actor(who.email).permissions == {"manage"}
    with world.desk(who.email) as owner, pytest.raises(Forbidden, match="house-pending"):
        place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=1), pay_by="TRANSFER",
            at=world.at,
        )  # fmt: skip
    known(who)
    work(world)
    assert world.actor(who.email).permissions == {"order", "sign", "pay", "consent", "manage"}
    with world.desk("ops@operator.demo") as ops:
        standing.stand(who.org, "suspend", actor=ops, reason="Does not pay", at=world.at)
    assert world.actor(who.email).permissions == {"pay", "consent", "manage"}
    with world.desk(who.email) as owner, pytest.raises(Forbidden, match="house-suspended"):
        owner.require("order")
    with world.desk("ops@operator.demo") as ops:
        standing.stand(who.org, "suspend", actor=ops, reason="Again", at=world.at)
        standing.stand(who.org, "resume", actor=ops, reason="Has paid", at=world.at)
    assert "order" in world.actor(who.email).permissions
    dealer = world.chain.dealers["D001"]
    with world.desk("ops@operator.demo") as ops:  # a house that the operator does not know
        with pytest.raises(Refused, match="standing-move"):  # the database wants two persons
            standing.stand(dealer, "close", actor=ops, reason="Gone", at=world.at)
        asked = closing_houses.stand("d001", "close", actor=ops, reason="Gone", at=world.at).asked
        assert asked is not None
        with pytest.raises(Forbidden):
            approvals.vote(asked.pk, agrees=True, actor=ops, at=world.at)
        other = replace(ops, user_id=new_id())
        approvals.vote(asked.pk, agrees=True, actor=other, at=world.at)
        with pytest.raises(Refused, match="standing-move"):
            standing.stand(dealer, "resume", actor=ops, reason="Back", at=world.at)
        with pytest.raises(Refused, match="own-house"):
            standing.stand(world.chain.operator, "close", actor=ops, reason="x", at=world.at)
    be("heliu_web")
    user = User.objects.get(username=world.dealer)
    assert actor_at(user, desks_of(user.pk)[0]) is None
    with world.desk(who.email) as owner, pytest.raises(Error), connection.cursor() as cursor:
        cursor.execute("select parties_stand(%s, 'CLOSED')", [world.chain.seller])


def test_the_database_holds_the_table_of_moves(world: World) -> None:
    for before in ORGANIZATION_MOVES:
        for after in ORGANIZATION_MOVES:
            if before == after:
                continue
            with suppress(Error), world.worker():
                one = Organization(
                    code=f"{before}-{after}".lower(), name="x", status=before,
                    is_active=before != "CLOSED",
                )  # fmt: skip
                one.save(force_insert=True)
                with transaction.atomic():
                    Organization.objects.filter(pk=one.pk).update(
                        status=after, is_active=after != "CLOSED"
                    )
            with world.worker():
                kept = Organization.objects.filter(code=f"{before}-{after}".lower())
                moved = kept.filter(status=after).exists()
            assert moved == (after in ORGANIZATION_MOVES[before]), (before, after)


def test_no_newcomer_admits_itself(world: World) -> None:
    who = newcomer(world)
    who.confirm()
    be("heliu_web")
    with pytest.raises(Error, match="only an operator"), acting_for([who.org]):
        Organization.objects.filter(pk=who.org).update(status="ACTIVE")
    other = signing_up.new_door()
    with pytest.raises(Error, match="begins as PENDING"), acting_for([other]):
        Organization.objects.create(pk=other, code="crept-in", name="Crept in")
    application = who.application.pk
    with pytest.raises(Forbidden), world.desk(who.email) as owner:
        verifying.approve(application, actor=owner, reason="I am", at=world.at)


def test_a_stranger_sees_neither_application_nor_sign_up(world: World) -> None:
    who = newcomer(world)
    who.confirm()
    application = who.application.pk
    with world.desk("owner@d001.demo") as stranger:
        assert list(queries.visible_to(stranger)) == []
        assert not Application.objects.exists()
        assert not SignUp.objects.exists()
        with pytest.raises(NotFound):
            verifying.add_evidence(
                application, actor=stranger, name="a.png", content=png(), at=world.at
            )


def _status(world: World, org: object) -> str:
    with world.worker():
        return str(Organization.objects.get(pk=org).status)
