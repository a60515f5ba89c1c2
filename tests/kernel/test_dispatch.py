"""Notices reach people by mail and SMS: who may do something about them, once, when they wish."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be
from tests.people import Seated, organization, seat

from heliu.config.mail import mailer
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.roles import TEMPLATES
from heliu.kernel.clock import ZONE
from heliu.kernel.dispatch import operations, queries, relay
from heliu.kernel.dispatch.models import Letter, SandboxSms
from heliu.kernel.dispatch.policies import DEFAULTS, after_quiet, next_morning, stop_token
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.events.notices import WORDS, tell
from heliu.kernel.money import Money
from heliu.portal.shell.outward import TITLES

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai


@dataclass
class Town:
    """A dealer's house with an owner who reads Chinese and a purchaser who reads English."""

    house: UUID
    owner: Seated
    purchaser: Seated
    at: datetime = AT

    def actor(self, who: Seated, role: str) -> Actor:
        may = frozenset(TEMPLATES[role][2])
        return Actor(who.user.pk, who.user.name, self.house, (self.house,), may)

    def due(self) -> None:
        """The house is told that money is due."""
        be("heliu_worker")
        with transaction.atomic():
            params = {"amount": Money(120_000), "number": "SO-7", "due": "2026-11-05"}
            tell(self.house, "loan-due", params, link="/deals/SO-7", at=self.at)

    def work(self) -> int:
        be("heliu_worker")
        end = time.monotonic() + 60
        while True:
            relay.hand_on(at=self.at)
            with connection.cursor() as cursor:
                cursor.execute(
                    "select count(*) from events_notice where transaction >="
                    " (select position from dispatch_relay)"
                )
                if cursor.fetchone()[0] == 0:
                    return relay.send(at=self.at)
            assert time.monotonic() < end
            time.sleep(0.02)

    def wish(self, **wanted: Any) -> None:
        """The owner's wishes."""
        be("heliu_web")
        usual = {"mail": "AT_ONCE", "phone": "", "quiet_from": 21, "quiet_to": 8, "kinds": {}}
        with acting_for([self.house]):
            operations.wish(actor=self.actor(self.owner, "owner"), **{**usual, **wanted})


@pytest.fixture
def town(own_db: str) -> Town:
    be("heliu_worker")
    with transaction.atomic():
        house = organization("hx", "DEALER")
        owner = seat(house, "owner", language="zh-hans")
        made = Town(house.pk, owner, seat(house, "purchaser"))
    mail.outbox.clear()
    return made


def test_who_may_pay_has_a_mail_in_their_language_once(town: Town) -> None:
    town.due()
    assert town.work() == 1
    [sent] = mail.outbox
    assert sent.to == [town.owner.user.username]
    assert "SO-7" in sent.subject
    assert "1,200.00元" in sent.body
    assert "http://localhost:8000/deals/SO-7" in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert town.work() == 0
    assert len(mail.outbox) == 1
    assert queries.check() == []


def test_a_crash_after_sending_sends_again_under_the_same_id(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.due()
    with monkeypatch.context() as patch:
        patch.setattr(relay, "_sent", lambda *args, **more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            town.work()
    assert town.work() == 0, "it is held for a while"
    town.at += timedelta(minutes=6)
    town.work()
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    be("heliu_worker")
    assert [one.status for one in Letter.objects.all()] == ["SENT"]


def test_a_mail_server_that_is_down_is_tried_again_and_then_given_up(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(self: Any) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", down)
    town.due()
    for _ in range(9):
        town.work()
        town.at += timedelta(days=1)
    be("heliu_worker")
    assert [(one.status, one.tries) for one in Letter.objects.all()] == [("FAILED", 6)]


def test_wishes_hold_against_defaults_and_sms_keeps_the_quiet_hours(town: Town) -> None:
    town.wish(phone="+86 138 0000 0000", kinds={"loan-due": (False, True)})
    town.at = AT + timedelta(hours=13)  # eleven at night
    town.due()
    town.work()
    assert mail.outbox == []
    assert not SandboxSms.objects.exists()
    town.at = AT + timedelta(hours=22)  # eight in the morning
    town.work()
    [sms] = SandboxSms.objects.all()
    assert sms.phone == "+8613800000000"
    assert "SO-7" in sms.text


def test_who_is_told_much_is_told_in_one_mail_every_five_minutes(town: Town) -> None:
    town.due()
    town.work()
    for _ in range(relay.SHOWN + 3):
        town.due()
    assert town.work() == 0
    town.at += timedelta(minutes=5)
    assert town.work() == relay.SHOWN + 3
    _, many = mail.outbox
    assert str(relay.SHOWN + 3) in many.subject
    assert many.body.count("SO-7") == 2 * relay.SHOWN
    assert "/inbox" in many.body
    be("heliu_worker")
    assert not Letter.objects.exclude(status="SENT").exists()


def test_letters_of_long_ago_are_thrown_away(town: Town) -> None:
    town.due()
    town.work()
    town.at += timedelta(days=89)
    assert relay.tidy(town.at) == 0
    town.due()  # waits
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from events_notice")
        notices = cursor.fetchone()
    relay.hand_on(at=town.at)
    town.at += timedelta(days=2)
    assert relay.tidy(town.at) == 1
    assert [one.status for one in Letter.objects.all()] == ["WAITING"]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from events_notice")
        assert cursor.fetchone() == notices
    assert queries.check() == []


def test_daily_mail_comes_in_one(town: Town) -> None:
    town.wish(mail="DAILY")
    town.due()
    town.at += timedelta(hours=3)
    town.due()
    town.work()
    assert mail.outbox == []
    town.at = AT + timedelta(hours=22)
    town.work()
    [sent] = mail.outbox
    assert "2" in sent.subject
    assert sent.body.count("SO-7") >= 2


def test_the_link_in_a_mail_stops_mail_without_signing_in(town: Town) -> None:
    be("heliu_web")
    token = stop_token(town.owner.user.pk, town.house)
    page = f"/stop-mail/{token}"
    assert Client().get(page).status_code == 200
    assert Client(enforce_csrf_checks=True).post(page).status_code == 200
    assert Client().post("/stop-mail/forged").status_code == 404
    town.due()
    town.work()
    assert mail.outbox == []
    with pytest.raises(NotFound):
        operations.stop_mail("forged")


def test_nobody_elses_wishes_are_seen(town: Town) -> None:
    town.wish(phone="13800000000")
    be("heliu_web")
    with acting_for([town.house]):
        assert queries.reach_of(town.actor(town.purchaser, "purchaser")).phone == ""
        with pytest.raises(Invalid):
            operations.wish(
                actor=town.actor(town.owner, "owner"), mail="AT_ONCE", phone="call me",
                quiet_from=21, quiet_to=8, kinds={},
            )  # fmt: skip


def test_logs_hold_nothing_personal(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.wish(phone="13800000000")
    town.due()
    town.work()
    told = capsys.readouterr().err
    assert "heliu.dispatch" in told
    for secret in (town.owner.user.username, "13800000000", "SO-7"):
        assert secret not in told


def test_defaults_name_kinds_and_permissions_that_there_are() -> None:
    may = {permission for _, _, permissions in TEMPLATES.values() for permission in permissions}
    assert set(DEFAULTS) <= set(WORDS)
    named = {one for default in DEFAULTS.values() for one in default.permissions}
    assert named - {""} <= may  # without one it is for the person it names
    assert set(TITLES) == set(WORDS)


@given(st.datetimes(timezones=st.just(ZONE)), st.integers(0, 23), st.integers(0, 23))
def test_after_the_quiet_hours_it_is_not_quiet(at: datetime, start: int, end: int) -> None:
    then = after_quiet(at, start, end)
    assert at <= then < at + timedelta(days=1)
    assert start == end or after_quiet(then, start, end) == then
    assert at <= next_morning(at) <= at + timedelta(days=1)


def test_mail_goes_where_it_is_set_to_go() -> None:
    assert mailer("", Path("/x"))["BACKEND"].endswith("mail_files.Files")
    options = mailer("smtp://me%40x:p%3Aw@mail.example.com", Path("/x"))["OPTIONS"]
    assert (options["username"], options["password"], options["port"]) == ("me@x", "p:w", 587)
    assert options["use_tls"]
    with pytest.raises(ValueError, match="HELIU_MAIL"):
        mailer("ftp://x", Path("/x"))


def test_mail_in_files_is_for_nobody_else_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir(mode=0o755)
    import_string(mailer("", folder)["BACKEND"])(file_path=str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700
