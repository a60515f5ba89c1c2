"""Facts reach the programs of those they concern: signed, in order, at least once, never lost."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import CLUSTER, be
from tests.kernel.receiving import Answer, Got, Receiver, receiving
from tests.people import organization

from heliu.commerce.ordering.events import OrderConfirmed
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.facts import kinds, record
from heliu.kernel.events.models import Fact, Notice
from heliu.kernel.ids import new_id
from heliu.kernel.webhooks import operations, queries, relay, sending, tasks
from heliu.kernel.webhooks.models import Attempt, Delivery, DeliveryStatus, Endpoint
from heliu.kernel.webhooks.policies import (
    PAUSES,
    asked_rest,
    headers,
    is_public,
    pause_after,
    read_url,
    rest_after,
    signature,
)

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@dataclass
class Town:
    """Two houses, somebody who manages the first, and a clock."""

    house: UUID
    other: UUID
    receiver: Receiver
    at: datetime = AT

    @property
    def manager(self) -> Actor:
        return Actor(new_id(), "Lin", self.house, (self.house,), frozenset({"manage"}))

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)

    def endpoint(self, path: str = "/", *wanted: str) -> Endpoint:
        be("heliu_web")
        with acting_for([self.house]):
            return operations.add(
                actor=self.manager, name=f"ERP {path}", url=self.receiver.url + path,
                wanted=wanted, at=self.at,
            )  # fmt: skip

    def happens(self, *audience: UUID, count: int = 1) -> list[int]:
        be("heliu_worker")
        return [self._fact(audience or (self.house,)) for _ in range(count)]

    def _fact(self, audience: tuple[UUID, ...]) -> int:
        fact = OrderConfirmed(
            subject=new_id(), number="SO-1", buyer=audience[0], seller=audience[0]
        )
        with transaction.atomic():
            return record(fact, actor=Actor.system(), at=self.at, audience=audience).number

    def work(self) -> int:
        """What the worker does at its next look."""
        be("heliu_worker")
        self.hand_on()
        return in_a_thread(lambda: relay.deliver(now=lambda: self.at))

    def hand_on(self) -> None:
        """Until the position has passed all that is written; others use the server too."""
        end = time.monotonic() + 60
        while True:
            relay.relay(at=self.at)
            with connection.cursor() as cursor:
                cursor.execute(
                    "select count(*) from events_fact where transaction >="
                    " (select position from webhooks_relay)"
                )
                if cursor.fetchone()[0] == 0:
                    return
            assert time.monotonic() < end
            time.sleep(0.02)

    def deliveries(self) -> list[Delivery]:
        be("heliu_worker")
        return list(Delivery.objects.order_by("id"))

    def stands(self, endpoint: Endpoint) -> tuple[str, str]:
        be("heliu_worker")
        found = Endpoint.objects.get(pk=endpoint.pk)
        return found.status, found.reason

    def secret(self, endpoint: Endpoint) -> str:
        be("heliu_web")
        with acting_for([self.house]):
            return queries.secret(self.manager, endpoint.pk, at=self.at)

    def do(self, deed: Any, *args: Any, **more: Any) -> Any:
        """A deed of the manager through the web's door."""
        be("heliu_web")
        with acting_for([self.house]):
            return deed(*args, actor=self.manager, at=self.at, **more)


def in_a_thread[Answer](do: Callable[[], Answer]) -> Answer:
    """As the worker does its jobs; Playwright keeps a loop in the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


@pytest.fixture
def town(own_db: str, settings: Any) -> Iterator[Town]:
    settings.HELIU_WEBHOOKS_INSIDE = True
    be("heliu_worker")
    with transaction.atomic():
        house, other = (organization(code, "DEALER").pk for code in ("hx", "ox"))
    with receiving() as receiver:
        yield Town(house, other, receiver)


def verify(secret: str, got: Got) -> bool:
    """As an integrator checks it, written from the standard's own words."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = got.headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest(one, f"v1,{expected}") for one in given)


def test_the_signature_is_that_of_the_standard() -> None:
    """The example that the standard's libraries are tested with."""
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message="msg_p5jXN8AQM9LWM0D4loKWxJek",
        second=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_fact_comes_signed_to_whom_it_concerns_and_to_nobody_else(town: Town) -> None:
    before = town.happens()
    endpoint = town.endpoint()
    mine, theirs, shared = (
        town.happens(town.house), town.happens(town.other), town.happens(town.house, town.other),
    )  # fmt: skip
    assert town.work() == 2
    assert town.receiver.numbers == [*mine, *shared]
    assert not {*before, *theirs} & set(town.receiver.numbers)
    first = town.receiver.got[0]
    assert verify(town.secret(endpoint), first)
    assert not verify(town.secret(endpoint), Got("/", first.headers, first.body + b" "))
    be("heliu_worker")
    fact = Fact.objects.get(pk=mine[0])
    assert first.id == str(fact.id)
    assert abs(int(first.headers["webhook-timestamp"]) - time.time()) < 60
    assert first.says == {
        "id": str(fact.id), "type": "commerce.order-confirmed",
        "timestamp": "2026-11-02T02:00:00Z", "number": fact.number, "flows": ["commerce"],
        "subject": str(fact.subject), "deal": None, "data": fact.payload,
    }  # fmt: skip
    assert town.work() == 0
    assert queries.check() == []


def test_only_the_chosen_kinds_come(town: Town) -> None:
    town.endpoint("/a", "capital.repaid")
    endpoint = town.endpoint("/b", "commerce.order-confirmed")
    town.happens()
    town.work()
    assert [got.path for got in town.receiver.got] == ["/b"]
    be("heliu_web")
    with acting_for([town.house]):
        operations.change(
            endpoint.pk, actor=town.manager, name="b", url=endpoint.url, wanted=["capital.repaid"]
        )
    town.happens()
    town.work()
    assert len(town.receiver.got) == 1
    assert queries.check() == []


def test_a_fact_committed_late_is_not_passed_over(town: Town) -> None:
    """It was numbered first; others after it are handed on while it is not there yet."""
    town.endpoint()
    name = connection.settings_dict["NAME"]
    with psycopg.connect(host=str(CLUSTER), user="heliu_worker", dbname=name) as slow:
        slow.execute(
            "insert into events_fact (id, name, flows, subject, payload, audience, actor_name, at)"
            " values (gen_random_uuid(), 'commerce.order-confirmed', '{commerce}',"
            " gen_random_uuid(), '{}', array[%s::uuid], 'x', now())",
            [town.house],
        )
        quick = town.happens()
        be("heliu_worker")
        relay.relay(at=town.at)
        assert town.deliveries() == [], "what is younger than one at work waits for it"
        slow.commit()
    town.work()
    assert town.receiver.numbers == [quick[0] - 1, quick[0]]
    assert queries.check() == []


def test_the_law_finds_a_delivery_that_is_missing(town: Town) -> None:
    endpoint = town.endpoint()
    [number] = town.happens()
    town.work()
    be("heliu_owner")
    Attempt.objects.all().delete()
    Delivery.objects.all().delete()
    assert queries.check() == [f"endpoint {endpoint.pk} never got fact {number}"]


def test_a_crash_between_sending_and_noting_sends_again_under_the_same_id(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.endpoint()
    numbers = town.happens(count=2)

    def killed(*args: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(relay, "note", killed)
        with pytest.raises(KeyboardInterrupt):
            town.work()
    assert town.receiver.numbers == numbers[:1]
    assert town.work() == 0, "the dead hand still holds it"
    town.later(seconds=61)
    assert town.work() == 2
    assert town.receiver.numbers == [numbers[0], *numbers]
    assert town.receiver.got[0].id == town.receiver.got[1].id
    assert town.receiver.got[0].body == town.receiver.got[1].body


def test_the_job_itself_speaks_with_the_database_beside_the_loop(
    town: Town, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demonstration's clock stands in the database; Django refuses that inside a loop."""
    settings.DEMO = True
    town.endpoint()
    numbers = town.happens()
    be("heliu_worker")
    town.hand_on()
    with monkeypatch.context() as patch:
        # For the job alone: Playwright may keep a loop in this test's own thread.
        patch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")
        in_a_thread(lambda: tasks.hand_on(timestamp=0))
    assert town.receiver.numbers == numbers


def test_two_workers_at_once_send_each_message_once(own_db: str, town: Town) -> None:
    for path in ("/a", "/b", "/c"):
        town.endpoint(path)
    numbers = town.happens(count=5)
    be("heliu_worker")
    town.hand_on()
    with ThreadPoolExecutor(3) as pool:
        tried = list(pool.map(lambda _: relay.deliver(now=lambda: town.at), range(3)))
    assert sum(tried) == 15
    for path in ("/a", "/b", "/c"):
        assert [got.says["number"] for got in town.receiver.at(path)] == numbers


def test_a_slow_one_holds_up_nobody(town: Town) -> None:
    """It answers only when all the others have come: held up by it, they never would."""
    town.endpoint("/slow", "commerce.order-confirmed")
    town.endpoint("/quick", "commerce.order-confirmed")
    all_came = threading.Event()

    def answer(got: Got) -> Answer:
        if len(town.receiver.at("/quick")) == 5:
            all_came.set()
        if got.path == "/slow":
            all_came.wait(60)
        return Answer()

    town.receiver.answer = answer
    town.happens(count=5)
    town.work()
    assert [(d.status, d.tries) for d in town.deliveries()] == [("DELIVERED", 1)] * 10


def test_who_does_not_answer_in_time_is_left(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    town.endpoint()
    town.happens()
    answered = threading.Event()
    town.receiver.answer = lambda got: Answer(200 if answered.wait(30) else 500)
    town.work()
    answered.set()
    assert town.deliveries()[0].problem == "SLOW"


@pytest.mark.parametrize(
    ("answer", "problem", "code"),
    [
        (Answer(500, body=b"no \x00 \xff" + b"x" * 5000), "REFUSED", 500),
        (Answer(404), "REFUSED", 404),
        (Answer(307, headers={"location": "/elsewhere"}), "REDIRECT", 307),
        (Answer(500, body=b"y" * 50_000_000), "REFUSED", 500),
    ],
    ids=["500", "404", "redirect", "huge"],
)
def test_a_bad_answer_is_noted_cut_short_and_tried_again(
    town: Town, answer: Answer, problem: str, code: int
) -> None:
    town.endpoint()
    town.happens()
    town.receiver.answer = lambda got: answer
    town.work()
    assert {got.path for got in town.receiver.got} == {"/"}
    [found] = town.deliveries()
    assert (found.status, found.problem, found.code, found.tries) == ("WAITING", problem, code, 1)
    [attempt] = found.attempts.all()
    assert len(attempt.answer) <= 1024
    town.receiver.answer = lambda got: Answer(200)
    town.later(seconds=7)
    town.work()
    assert town.deliveries()[0].status == "DELIVERED"


def test_a_busy_one_is_left_alone_as_long_as_it_asks(town: Town) -> None:
    town.endpoint()
    town.happens(count=2)
    town.receiver.answer = lambda got: Answer(429, headers={"Retry-After": "600"})
    assert town.work() == 1
    town.receiver.answer = lambda got: Answer(200)
    town.later(seconds=590)
    assert town.work() == 0
    town.later(seconds=11)
    assert town.work() == 2


@pytest.mark.parametrize(
    ("code", "said", "minutes"),
    [
        (503, "Mon, 02 Nov 2026 02:05:00 GMT", 5),
        (429, "120", 2),
        (429, "9" * 30, 60),
        (429, "Mon, 02 Nov 2026 01:00:00 GMT", 0),
        (429, "soon", 0),
        (429, "", 0),
        (500, "120", 0),
    ],
)
def test_how_long_an_endpoint_asks_to_be_left_alone(code: int, said: str, minutes: int) -> None:
    assert asked_rest(code, said, AT) == timedelta(minutes=minutes)


def test_what_was_sent_long_ago_is_thrown_away_and_the_law_holds(town: Town) -> None:
    town.endpoint()
    town.happens(count=3)
    town.work()
    town.later(days=60)
    [waits] = town.happens()
    town.receiver.answer = lambda got: Answer(500)
    town.work()
    town.later(days=31)
    [late] = town.happens()
    town.hand_on()
    assert relay.tidy(town.at, most=2) == 2
    assert (relay.tidy(town.at, most=2), relay.tidy(town.at)) == (1, 0)
    assert [one.fact for one in town.deliveries()] == [waits, late]
    assert Attempt.objects.count() == 1
    assert queries.check() == []
    be("heliu_owner")
    Delivery.objects.filter(fact=late).delete()
    assert len(queries.check()) == 1


def test_nobody_there_is_noted(town: Town) -> None:
    endpoint = town.endpoint()
    be("heliu_worker")
    Endpoint.objects.filter(pk=endpoint.pk).update(url="http://127.0.0.1:9/")
    town.happens()
    town.work()
    assert town.deliveries()[0].problem == "UNREACHED"


def test_gone_is_for_good(town: Town) -> None:
    endpoint = town.endpoint()
    town.receiver.answer = lambda got: Answer(410)
    town.happens(count=3)
    assert town.work() == 1
    assert town.stands(endpoint) == ("ENDED", "GONE")
    assert {d.status for d in town.deliveries()} == {"DROPPED"}
    notice = Notice.objects.get(org=town.house)
    assert (notice.kind, notice.link) == ("webhook-ended", f"/company/webhooks/{endpoint.pk}")
    town.happens()
    assert town.work() == 0
    assert queries.check() == []


def test_one_that_takes_nothing_for_three_days_is_paused_and_told(town: Town) -> None:
    endpoint = town.endpoint()
    town.receiver.answer = lambda got: Answer(503)
    sent = town.happens(count=2)
    begun = town.at
    while town.stands(endpoint)[0] == "ACTIVE":
        town.work()
        be("heliu_worker")
        waiting = Delivery.objects.filter(status="WAITING").order_by("next_try_at").first()
        rests = Endpoint.objects.get(pk=endpoint.pk).rests_until
        town.at = max(waiting.next_try_at, rests) if waiting else town.at
        assert town.at < begun + timedelta(days=6)
    assert timedelta(days=2.2) < town.at - begun
    assert town.stands(endpoint) == ("PAUSED", "FAILING")
    [given_up] = [n for n in sent if town.receiver.numbers.count(n) == len(PAUSES) + 1]
    [other] = {*sent} - {given_up}
    assert Notice.objects.filter(org=town.house, kind="webhook-paused").count() == 1
    third = town.happens()
    assert town.work() == 0
    assert town.deliveries()[-1].status == "WAITING", "while it is paused nothing is lost"
    town.receiver.answer = lambda got: Answer(200)
    town.receiver.got.clear()
    town.do(operations.resume, endpoint.pk)
    town.work()
    assert town.receiver.numbers == [other, *third]
    town.do(operations.replay_all, endpoint.pk, since=begun, until=town.at + timedelta(seconds=1))
    town.work()
    assert town.receiver.numbers == [other, *third, given_up]
    assert {d.status for d in town.deliveries()} == {"DELIVERED"}


def test_one_message_that_is_never_taken_lets_the_others_by(town: Town) -> None:
    endpoint = town.endpoint()
    numbers = town.happens(count=4)
    bad = numbers[1]
    town.receiver.answer = lambda got: Answer(400 if got.says["number"] == bad else 200)
    for _ in range(40):
        town.work()
        town.later(hours=3)
    assert town.stands(endpoint)[0] == "ACTIVE"
    assert [d.status for d in town.deliveries()].count("DELIVERED") == 3
    assert town.deliveries()[1].status == "FAILED"


def test_after_a_rotation_both_secrets_are_good_for_a_day(town: Town) -> None:
    endpoint = town.endpoint()
    old = town.secret(endpoint)
    town.do(operations.rotate, endpoint.pk)
    new = town.secret(endpoint)
    assert old != new
    town.happens()
    town.work()
    assert verify(old, town.receiver.got[-1])
    assert verify(new, town.receiver.got[-1])
    town.later(hours=25)
    town.happens()
    town.work()
    assert not verify(old, town.receiver.got[-1])
    assert verify(new, town.receiver.got[-1])
    with pytest.raises(Refused, match="secret-hidden"):
        town.secret(endpoint)


def test_a_test_comes_without_a_fact_and_can_be_sent_again(town: Town) -> None:
    endpoint = town.endpoint()
    sent = town.do(operations.test, endpoint.pk)
    town.work()
    assert town.receiver.got[0].says["type"] == "heliu.test"
    assert verify(town.secret(endpoint), town.receiver.got[0])
    town.do(operations.replay, sent.pk)
    town.work()
    assert [got.id for got in town.receiver.got] == [str(sent.message)] * 2


def test_a_paused_one_keeps_what_comes(town: Town) -> None:
    endpoint = town.endpoint()
    town.do(operations.pause, endpoint.pk)
    numbers = town.happens(count=2)
    assert town.work() == 0
    assert relay_waits(town) == (0, 0.0)
    town.do(operations.resume, endpoint.pk)
    town.later(seconds=30)
    assert relay_waits(town) == (2, 30.0)
    town.work()
    assert town.receiver.numbers == numbers


def relay_waits(town: Town) -> tuple[int, float]:
    be("heliu_worker")
    town.hand_on()
    return queries.waiting_since(town.at)


def test_whoever_may_not_manage_and_whoever_is_of_another_house_gets_nothing(town: Town) -> None:
    endpoint = town.endpoint()
    clerk = Actor(new_id(), "Wu", town.house, (town.house,), frozenset({"order"}))
    stranger = Actor(new_id(), "Xu", town.other, (town.other,), frozenset({"manage"}))
    be("heliu_web")
    with acting_for([town.house]), pytest.raises(Forbidden):
        queries.secret(clerk, endpoint.pk, at=town.at)
    with acting_for([town.house]), pytest.raises(NotFound):
        queries.secret(stranger, endpoint.pk, at=town.at)
    with acting_for([town.other]):
        assert not Endpoint.objects.exists()
        assert not queries.visible_to(stranger).exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://10.1.2.3/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
        "https://localhost/", "https://db.internal/", "http://example.com/", "ftp://example.com/",
        "https://u:p@example.com/", "https://example.com/#x", "https:///x", "nonsense",
        "https://example.com:99999/", "https://exa mple.com/", "https://intranet/",
    ],
    ids=range(17),
)  # fmt: skip
def test_an_address_inside_or_without_tls_is_not_taken(url: str, settings: Any) -> None:
    settings.HELIU_WEBHOOKS_INSIDE = False
    with pytest.raises(Invalid):
        read_url(url)


def test_a_public_address_is_taken(settings: Any) -> None:
    settings.HELIU_WEBHOOKS_INSIDE = False
    assert read_url("https://erp.example.com:8443/in?x=1").hostname == "erp.example.com"
    assert is_public("93.184.215.14")


def test_a_name_that_stands_for_an_inner_address_is_found_when_it_is_sent_to(
    town: Town, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it stood for a public one while it was looked at first."""
    town.endpoint()
    town.happens()
    town.hand_on()
    settings.HELIU_WEBHOOKS_INSIDE = False
    with monkeypatch.context() as patch:
        patch.setattr(relay, "read_url", lambda url: None)
        town.work()
    assert town.receiver.got == []
    assert town.deliveries()[0].problem == "INSIDE"
    asked: list[str] = []

    async def looked_up(self: Any, host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("192.168.1.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", looked_up)
    be("heliu_worker")
    Endpoint.objects.update(url="http://rebinding.example.com/")
    town.later(minutes=5)
    town.work()
    assert asked == ["rebinding.example.com"]
    assert town.deliveries()[0].problem == "INSIDE"


def test_kinds_are_those_that_the_rooms_have() -> None:
    assert {"commerce.order-placed", "capital.repaid", "logistics.goods-pledged"} <= set(kinds())


@given(st.integers(1, 30), st.floats(0, 1))
def test_pauses_grow_and_end(tries: int, chance: float) -> None:
    pause = pause_after(tries, chance)
    assert (pause is None) == (tries > len(PAUSES))
    if pause is not None:
        assert PAUSES[tries - 1] * 0.79 <= pause <= PAUSES[tries - 1] * 1.21
    rest = rest_after(tries, pause, timedelta())
    assert min(pause or timedelta(), timedelta(minutes=1)) <= rest <= timedelta(minutes=1)
    assert timedelta(days=2.5) < sum(PAUSES, timedelta()) < timedelta(days=3.5)


def test_headers_carry_one_signature_for_each_secret() -> None:
    secrets = ["whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2)]
    above = headers(secrets, message="m", moment=AT, body=b"{}")
    assert len(above["webhook-signature"].split(" ")) == 2
    assert above["webhook-timestamp"] == str(int(AT.timestamp()))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_fails_everything_comes_at_least_once_and_first_tries_in_order(
    town: Town, seed: int
) -> None:
    """Random answers and pauses; then the receiver is well again."""
    dice = Random(seed)
    endpoint = town.endpoint()
    expected: list[int] = []
    for _ in range(12):
        expected += town.happens(count=dice.randint(0, 3))
        status = {n: dice.choice([200, 200, 200, 500, 429]) for n in expected}
        town.receiver.answer = lambda got, status=status: Answer(status[got.says["number"]])
        if dice.random() < 0.2:
            town.do(operations.pause, endpoint.pk)
            expected += town.happens()
            status[expected[-1]] = 200
            town.work()
            town.do(operations.resume, endpoint.pk)
        town.work()
        town.later(seconds=dice.choice([1, 10, 70]))
    town.receiver.answer = lambda got: Answer(200)
    for _ in range(20):
        town.later(hours=1)
        town.work()
    came = town.receiver.numbers
    assert sorted(set(came)) == expected
    firsts = sorted(set(came), key=came.index)
    assert firsts == expected, "nothing overtakes what was never tried"
    assert {d.status for d in town.deliveries()} == {DeliveryStatus.DELIVERED}
    assert queries.check() == []
