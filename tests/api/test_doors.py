"""Placing an order through the fast lane and through Django: nobody can tell which it was."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from django.db import connection, transaction
from tests.api.hands import Hand, Hands
from tests.api.test_bank_door import booked, signed_deposit
from tests.conftest import be
from tests.loops import finish

from heliu.api.lane import orders as lane
from heliu.api.lane.calls import Request
from heliu.capital.bank.port import sign
from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Place
from heliu.commerce.ordering.models import Order
from heliu.config import asgi
from heliu.kernel.access.models import ApiToken
from heliu.kernel.arrays import digests, texts
from heliu.kernel.clock import day_of, now
from heliu.kernel.posting.models import Account, Hold
from heliu.logistics.stock import queries as stock
from heliu.trade import placing
from heliu.trade.bank_answers import apply_answers
from heliu.trade.models import Deal, DealStep

DOORS = ("lane", "django")


class Sent(NamedTuple):
    """A request: whose token, under which key, and the body."""

    hand: Hand
    key: str
    body: Any


class Street:
    """Sends requests, all at once, to the one application, by one of its doors."""

    def __init__(self, door: str) -> None:
        self.door = door

    def send(self, requests: Sequence[Sent]) -> list[httpx.Response]:
        return finish(self._send(requests))

    def one(self, hand: Hand, body: Any, key: str = "key-0000") -> httpx.Response:
        return self.send([Sent(hand, key, body)])[0]

    def ask(self, hand: Hand, **query: Any) -> httpx.Response:
        """Ask for prices."""
        return finish(self._ask(hand, query))

    def tell(self, notices: Sequence[tuple[bytes, str]]) -> list[httpx.Response]:
        """What a bank pushes: bytes and their signature, all at once."""
        return finish(self._tell(notices))

    async def _tell(self, notices: Sequence[tuple[bytes, str]]) -> list[httpx.Response]:
        bridge = asgi.Bridge()
        transport = httpx.ASGITransport(bridge)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
            answers = [
                web.post(
                    "/api/v1/bank/notices",
                    content=raw,
                    headers={
                        "Content-Type": "application/json",
                        "X-Bank-Signature": signature,
                        "X-Heliu-Door": self.door,
                    },
                )
                for raw, signature in notices
            ]
            said = await asyncio.gather(*answers)
        await bridge.close()
        return list(said)

    async def _ask(self, hand: Hand, query: dict[str, Any]) -> httpx.Response:
        bridge = asgi.Bridge()
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(bridge),
            base_url="http://localhost",  # type: ignore[arg-type]
        ) as web:
            said = await web.get(
                "/api/v1/prices",
                params=query,
                headers={
                    "Authorization": f"Bearer {hand.token}",
                    "X-Heliu-Door": self.door,
                    **hand.for_customer(),
                },
            )
        await bridge.close()
        return said

    async def _send(self, requests: Sequence[Sent]) -> list[httpx.Response]:
        bridge = asgi.Bridge()
        transport = httpx.ASGITransport(bridge)  # type: ignore[arg-type]
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", timeout=120
        ) as web:
            answers = [
                web.post(
                    "/api/v1/orders",
                    content=json.dumps(sent.body),
                    headers={
                        "Authorization": f"Bearer {sent.hand.token}",
                        "Idempotency-Key": sent.key,
                        "Accept-Language": sent.hand.language,
                        "X-Heliu-Door": self.door,
                        **sent.hand.for_customer(),
                    },
                )
                for sent in requests
            ]
            said = await asyncio.gather(*answers)
        await bridge.close()
        return list(said)


@pytest.fixture(params=DOORS)
def street(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Street:
    monkeypatch.setattr(asgi, "DOORS", True)
    if request.param == "lane":
        monkeypatch.setattr(asgi, "django", _nobody)
    return Street(request.param)


async def _nobody(*_: object) -> None:
    raise AssertionError("The lane handed on what it should have answered.")


def order(hands: Hands, pay_by: str = "TRANSFER", **quantities: int) -> dict[str, Any]:
    lines = [
        {"sku": str(hands.world.chain.skus[code]), "quantity": n} for code, n in quantities.items()
    ]
    return {"seller": hands.seller_id, "pay_by": pay_by, "lines": lines}


def test_an_order_is_placed_with_all_that_belongs_to_it(hands: Hands, street: Street) -> None:
    said = street.one(
        hands.dealer, {**order(hands, "TERMS", M1=3, B1=2), "remark": "早上", "external_id": "P-1"}
    )
    assert said.status_code == 201, said.text
    body = said.json()
    shown = hands.dealer.get(f"/orders/{body['order']['id']}")
    assert body["order"] == {name: shown[name] for name in body["order"]}
    assert body["order"]["total"] == 3 * 1000 + 2 * 2000
    assert (body["order"]["placed_by_name"], shown["remark"]) == ("吴德胜", "早上")
    assert [(line["position"], line["quantity"], line["amount"]) for line in shown["lines"]] == [
        (1, 3, 3000),
        (2, 2, 4000),
    ]
    assert hands.dealer.get(f"/deals/{body['deal_number']}")["number"] == body["deal_number"]
    facts = hands.seller.items("/facts")
    assert facts[-1]["name"] == "commerce.order-placed"
    assert facts[-1]["payload"]["total"] == 7000
    (notice,) = hands.seller.items("/notices")
    assert body["order"]["number"] in notice["text"]
    be("heliu_worker")
    with transaction.atomic():
        holds = Hold.objects.filter(subject=body["order"]["id"]).order_by("amount")
        assert [hold.amount for hold in holds] == [-3, -2, 7000]
        (step,) = DealStep.objects.filter(deal=body["deal"])
        assert (step.step, step.data) == (
            "ORDERED", {"order": body["order"]["number"], "total": 7000},
        )  # fmt: skip


def test_the_headers_are_those_of_every_answer(hands: Hands, street: Street) -> None:
    said = street.one(hands.dealer, order(hands, M1=1))
    assert said.headers["content-type"] == "application/json"
    assert said.headers["content-language"] == "en"
    assert said.headers["cache-control"] == "private, no-store"
    assert said.headers["x-frame-options"] == "DENY"
    assert "Accept-Language" in said.headers["vary"]
    assert len(said.headers["x-request-id"]) == 32


def test_a_key_is_answered_once(hands: Hands, street: Street) -> None:
    first = street.one(hands.dealer, order(hands, M1=1))
    again = street.one(hands.dealer, order(hands, M1=1))
    other = street.one(hands.dealer, order(hands, M1=2))
    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


def test_a_key_answered_at_one_door_is_known_at_the_other(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "DOORS", True)
    body = order(hands, M1=1)
    one = Street("lane").one(hands.dealer, body, "from-lane-1")
    two = Street("django").one(hands.dealer, body, "from-lane-1")
    assert (one.json(), two.headers["idempotent-replayed"]) == (two.json(), "true")
    one = Street("django").one(hands.dealer, body, "from-django-1")
    two = Street("lane").one(hands.dealer, body, "from-django-1")
    assert (one.json(), two.headers["idempotent-replayed"]) == (two.json(), "true")
    assert len(hands.dealer.items("/orders", status="PLACED")) == 2


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_refusals_say_the_same(hands: Hands, street: Street, language: str) -> None:
    hands.dealer.language = language
    street.one(hands.dealer, {**order(hands, M1=1), "external_id": "P-1"}, "first-key")
    stranger = str(hands.world.chain.dealers["D002"])
    cases = {
        "short": (409, order(hands, M2=5, M1=20_000)),
        "external-id-used": (409, {**order(hands, M1=1), "external_id": "P-1"}),
        "limit-short": (409, order(hands, "TERMS", B1=9_000)),
        "not-found": (404, {**order(hands, M1=1), "seller": stranger}),
    }
    for n, (code, (status, body)) in enumerate(cases.items()):
        said = street.one(hands.dealer, body, f"refused-{n}")
        problem = said.json()
        assert (said.status_code, problem["code"]) == (status, code), problem
        assert said.headers["content-type"] == "application/problem+json"
        assert said.headers["content-language"] == ("en" if language == "en" else "zh-hans")
        is_chinese = any("\u4e00" <= sign <= "\u9fff" for sign in problem["detail"])
        assert is_chinese == (language != "en"), problem
        if code == "short":
            assert problem["field"] == "lines.1"
    unknown = {**order(hands, M1=1), "lines": [{"sku": stranger, "quantity": 1}]}
    assert street.one(hands.dealer, unknown, "unknown-sku").status_code == 404


def test_tokens_are_judged_alike(hands: Hands, street: Street) -> None:
    said = street.one(Hand("hl_nothing"), order(hands, M1=1))
    assert (said.status_code, said.json()["code"]) == (401, "token-unknown")
    assert said.headers["www-authenticate"] == 'Bearer realm="heliu"'
    said = street.one(hands.keeper, order(hands, M1=1))
    assert (said.status_code, said.json()["code"]) == (403, "not-permitted")
    be("heliu_worker")
    with transaction.atomic():
        digest = ApiToken.digest_of(hands.dealer.token)
        ApiToken.objects.filter(digest=digest).update(revoked_at=hands.world.at)
    be("heliu_web")
    said = street.one(hands.dealer, order(hands, M1=1))
    assert (said.status_code, said.json()["code"]) == (401, "token-expired")


def test_64_sends_of_one_key_are_one_order(hands: Hands, street: Street) -> None:
    body = order(hands, M1=3, B1=2)
    said = street.send([Sent(hands.dealer, "one-key-0001", body)] * 64)
    assert {answer.status_code for answer in said} == {201}
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in said}) == 1
    assert len(hands.dealer.items("/orders", status="PLACED")) == 1
    assert hands.dealer.items("/catalogue", q="M1")[0]["available"] == 10_000 - 3


def test_33_of_50_get_3_of_100(hands: Hands, street: Street) -> None:
    street.one(hands.other, order(hands, B1=9_900), "all-but-100")
    body = order(hands, "TERMS", B1=3)
    said = street.send([Sent(hands.dealer, f"client-{n:04}", body) for n in range(50)])
    got = Counter(answer.status_code for answer in said)
    assert got == {201: 33, 409: 17}
    be("heliu_worker")
    with transaction.atomic():
        on_terms = Order.objects.filter(pay_by="TERMS")
        assert (
            len(on_terms) == Deal.objects.filter(order_id__in=on_terms.values("id")).count() == 33
        )
        seller, dealer = hands.world.chain.seller, hands.world.chain.dealers["D001"]
        owed = Account.objects.get(key=Place(seller, Code.RECEIVABLE, dealer).key)
        assert owed.held_in == sum(one.total for one in on_terms) == 33 * 3 * 2000
        bags = hands.world.chain.skus["B1"]
        assert stock.available([bags], owner=seller, warehouse=seller) == {bags: 1}
        assert stock.check() == []


def test_earlier_ones_win_within_a_batch(hands: Hands, street: Street) -> None:
    """The credit of both dealers is their own; of one dealer's orders the first takes it."""
    large = order(hands, "TERMS", B1=1_000)
    said = street.send(
        [
            Sent(hands.dealer, "batch-001", large),
            Sent(hands.dealer, "batch-002", large),
            Sent(hands.other, "batch-003", order(hands, B1=1)),
        ]
    )
    codes = [answer.json().get("code", "") for answer in said]
    if street.door == "lane":
        assert codes == ["", "limit-short", ""]
    assert sorted(codes) == ["", "", "limit-short"]


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"pay_by": "SHELLS"},
        {"surprise": 1},
        {"lines": [{"code": "M1", "quantity": 1}]},
        {"pay_by": "FINANCE"},
        [],
    ],
)
def test_what_is_not_plainly_good_is_left_to_django(hands: Hands, change: Any) -> None:
    body = {**order(hands, M1=1), **change} if isinstance(change, dict) else change
    sent = finish(_read(hands.dealer, body))
    assert sent is None
    assert Street("lane").one(hands.dealer, body).status_code in (201, 422)


async def _read(hand: Hand, body: Any) -> Any:
    headers = {b"authorization": f"Bearer {hand.token}".encode(), b"idempotency-key": b"key-0001"}
    request = Request(headers, b"", json.dumps(body).encode())
    return await asgi.Lane().answer("POST", "/api/v1/orders", request)


def test_one_poisoned_order_does_not_spoil_its_batch(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lane.decide

    def poisoned(asks: Any, facts: Any) -> Any:
        if any(ask.wish.remark == "poison" for ask in asks):
            raise RuntimeError("poisoned")
        return before(asks, facts)

    monkeypatch.setattr(lane, "decide", poisoned)
    good = [Sent(hands.dealer, f"good-{n:04}", order(hands, M1=1)) for n in range(10)]
    bad = Sent(hands.dealer, "bad-0001", {**order(hands, M1=1), "remark": "poison"})
    said = Street("lane").send([*good[:5], bad, *good[5:]])
    assert [answer.status_code for answer in said] == [201] * 5 + [500] + [201] * 5


def test_a_lost_connection_loses_no_order(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection breaks in the middle of a batch: each order is then placed by itself, once."""
    before = lane.decide
    broken: list[int] = []

    def breaking(asks: Any, facts: Any) -> Any:
        if not broken:
            broken.append(1)
            _end_all_links(connection.settings_dict["NAME"])
        return before(asks, facts)

    monkeypatch.setattr(lane, "decide", breaking)
    said = Street("lane").send(
        [Sent(hands.dealer, f"lost-{n:04}", order(hands, M1=1)) for n in range(10)]
    )
    assert [answer.status_code for answer in said] == [201] * 10
    assert len(hands.dealer.items("/orders", status="PLACED")) == 10


def _end_all_links(database: str) -> None:
    from tests.conftest import admin

    admin(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        f"where datname = '{database}' and application_name = 'heliu lane'"
    )


@pytest.mark.parametrize("pay_by", ["TRANSFER", "TERMS"])
def test_django_takes_at_most_ten_statements_begin_and_commit_counted(
    hands: Hands, pay_by: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        hands.dealer.post("/orders", order(hands, pay_by, M1=1, M2=1, B1=1), expect=201)


def test_prices_and_goods_are_told_alike(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "DOORS", True)
    skus = [str(hands.world.chain.skus[code]) for code in ("M1", "B1")]
    unknown = str(hands.world.chain.dealers["D002"])
    asked = [
        {"seller": hands.seller_id, "sku": skus},
        {"seller": hands.seller_id, "sku": [*skus, unknown], "quantity": 200},
        {"seller": unknown, "sku": skus},
    ]
    for query in asked:
        by_lane, by_django = (Street(door).ask(hands.dealer, **query) for door in DOORS)
        assert by_lane.status_code == 200
        assert by_lane.content == by_django.content
        assert by_lane.headers["content-type"] == by_django.headers["content-type"]
    first = Street("lane").ask(hands.dealer, **asked[1]).json()["items"]
    assert [(row["price"] or {}).get("unit_price") for row in first] == [900, 2000, None]
    assert [row["available"] for row in first] == [10_000, 10_000, 0]
    assert len(first[0]["price"]["tiers"]) == 2
    for door in DOORS:
        said = Street(door).ask(Hand("hl_nothing"), **asked[0])
        assert (said.status_code, said.json()["code"]) == (401, "token-unknown")


@pytest.mark.parametrize(
    "query",
    [{"quantity": "0"}, {"sku": "no-id"}, {"on": "2026-01-01"}, {"quantity": "٣"}, {"what": "1"}],
)
def test_questions_that_are_not_plain_are_left_to_django(hands: Hands, query: Any) -> None:
    sku = str(hands.world.chain.skus["M1"])
    asked = {"seller": hands.seller_id, "sku": sku, **query}
    headers = {b"authorization": f"Bearer {hands.dealer.token}".encode()}
    sent = Request(headers, httpx.QueryParams(asked).__str__().encode(), b"")
    assert finish(asgi.Lane().answer("GET", "/api/v1/prices", sent)) is None


def test_notices_of_the_bank_are_kept_alike(hands: Hands, street: Street) -> None:
    payment = signed_deposit(hands)
    raw = booked(payment, hands.world.at)
    forged, senseless = raw + b" ", b'{"id": 1}'
    came = [(raw, sign(raw)), (forged, sign(raw)), (raw, sign(raw)), (senseless, sign(senseless))]
    said = street.tell(came)
    assert [answer.status_code for answer in said] == [202, 403, 202, 422]
    assert sorted(said[n].json()["is_new"] for n in (0, 2)) == [False, True]
    assert [said[n].json()["code"] for n in (1, 3)] == ["bad-signature", "notice-unreadable"]
    assert said[0].headers["content-type"] == "application/json; charset=utf-8"
    be("heliu_worker")
    assert apply_answers(at=hands.world.at) == 1
    be("heliu_web")
    assert hands.dealer.get(f"/payments/{payment['number']}")["status"] == "BOOKED"


def test_a_key_sent_to_two_lanes_at_once_is_one_order(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find the key unused and decide; whoever writes later finds it used."""
    monkeypatch.setattr(asgi, "DOORS", True)
    monkeypatch.setattr(asgi, "django", _nobody)
    keys = [f"both-lanes-{n}" for n in range(8)]
    body = order(hands, M1=1)

    async def sent() -> list[list[httpx.Response]]:
        streets = [Street("lane"), Street("lane")]
        return await asyncio.gather(
            *(street._send([Sent(hands.dealer, key, body) for key in keys]) for street in streets)
        )

    for _ in range(5):
        one, two = finish(sent())
        assert {answer.status_code for answer in one + two} == {201}
        assert [answer.json() for answer in one] == [answer.json() for answer in two]
    assert len(hands.dealer.items("/orders", status="PLACED")) == len(keys)


def test_goods_go_to_the_address_that_is_named_or_to_the_default(
    hands: Hands, street: Street
) -> None:
    said = {"receiver": "Li Na", "phone": "138", "street": "Road 1"}
    shop = hands.dealer.post("/addresses", {"name": "Shop", **said}, expect=201)
    site = hands.dealer.post("/addresses", {"name": "Site", **said}, expect=201)
    bodies = [order(hands, M1=1), {**order(hands, M1=1), "address": site["id"]}]
    names = []
    for n, body in enumerate(bodies):
        placed = street.one(hands.dealer, body, f"to-address-{n}").json()["order"]["id"]
        names.append(hands.seller.get(f"/orders/{placed}")["ship_to"]["name"])
    assert names == ["Shop", "Site"]
    hands.dealer.post(f"/addresses/{site['id']}/act", {"act": "end"})
    gone = street.one(hands.dealer, bodies[1], "to-address-gone")
    assert (gone.status_code, gone.json()["code"]) == (422, "address-gone")
    assert [one["id"] for one in hands.dealer.items("/addresses")] == [shop["id"]]


def test_an_order_in_another_currency_is_refused_alike(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "DOORS", True)
    said = [
        Street(door).one(hands.dealer, order(hands, M1=1) | {"currency": named}, f"{door}-{named}")
        for door in ("lane", "django")
        for named in ("USD", "cny", "CNY", None)
    ]
    assert [one.status_code for one in said] == [422, 422, 201, 201] * 2
    assert said[0].content == said[4].content
    assert (said[0].json()["code"], said[0].json()["field"]) == ("currency-other", "currency")


def test_an_order_of_those_who_trade_in_another_currency_is_alike(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "DOORS", True)
    far, world = hands.far(), hands.world
    assert (
        hands.seller.send("put", f"/currencies/{far.org}", {"currency": "JPY"})["currency"] == "JPY"
    )
    made = hands.seller.post(
        "/price-lists", {"code": "JP", "name": "Japan", "currency": "JPY"}, expect=201
    )
    sku = str(world.chain.skus["M1"])
    prices = {"prices": [{"sku": sku, "unit_price": 350}]}
    hands.seller.send("put", f"/price-lists/{made['id']}/prices", prices)
    hands.seller.post(f"/price-lists/{made['id']}/buyers", {"buyer": far.org})
    for door in ("lane", "django"):
        for named, status in (("CNY", 422), ("JPY", 201), (None, 201)):
            body = order(hands, M1=2) | {"currency": named}
            said = Street(door).one(far.hand, body, f"far-{door}-{named}")
            assert said.status_code == status, said.content
            if status == 201:
                placed = said.json()["order"]
                assert (placed["currency"], placed["total"]) == ("JPY", 700)
        terms = order(hands, M1=2) | {"pay_by": "TERMS"}
        said = Street(door).one(far.hand, terms, f"terms-{door}")
        assert said.json()["code"] == "currency-by-transfer"
    asked = {"seller": hands.seller_id, "lines": [{"sku": sku, "quantity": 2}]}
    said = far.hand.post("/quotes", asked | {"currency": "CNY"}, expect=422)
    assert (said["code"], said["field"]) == ("currency-other", "currency")
    quote = far.hand.post("/quotes", asked, expect=201)
    assert quote["currency"] == "JPY"
    offer = {"lines": [{"position": 1, "price": 300}], "valid_until": f"{day_of(world.at)}"}
    at = f"/quotes/{quote['number']}"
    said = hands.seller.post(f"{at}/answer", offer | {"currency": "USD"}, expect=422)
    assert said["code"] == "currency-other"
    assert hands.seller.post(f"{at}/answer", offer)["versions"][-1]["total"] == 600
    placed = far.hand.post(f"{at}/accept", {"pay_by": "TRANSFER"}, expect=201)["order"]
    assert (placed["currency"], placed["total"]) == ("JPY", 600)
    shown = far.hand.get("/prices", seller=hands.seller_id, sku=sku)["items"][0]["price"]
    assert (shown["unit_price"], shown["currency"]) == (350, "JPY")
    preview = {"seller": hands.seller_id, "lines": [{"sku": sku, "quantity": 1}]}
    assert far.hand.post("/orders/preview", preview)["currency"] == "JPY"
    assert [one["currency"] for one in far.hand.items("/currencies")] == ["JPY"]
    again = hands.seller.send("put", f"/currencies/{far.org}", {"currency": "CNY"}, expect=409)
    assert again["code"] == "currency-bound"


def test_lines_of_one_sku_by_several_days_are_parts_of_one_line(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "DOORS", True)
    soon, later = (day_of(hands.world.at) + timedelta(days=n) for n in (1, 8))
    body = order(hands, M1=40)
    sku = body["lines"][0]["sku"]
    body["lines"] = [
        {"sku": sku, "quantity": n, "wanted_on": day and day.isoformat()}
        for n, day in ((60, later), (40, soon), (5, None), (10, later))
    ]
    # The lane hands on what it is not made for: both doors say the same.
    for door in ("lane", "django"):
        placed = Street(door).one(hands.dealer, body, f"parts-{door}").json()["order"]["id"]
        (line,) = hands.seller.get(f"/orders/{placed}")["lines"]
        assert (line["quantity"], line["parts"]) == (
            115,
            [
                {"wanted_on": None, "quantity": 5},
                {"wanted_on": soon.isoformat(), "quantity": 40},
                {"wanted_on": later.isoformat(), "quantity": 70},
            ],
        )
        hands.seller.post(f"/orders/{placed}/confirm")
    due = hands.seller.get("/to-send")
    assert sorted(one["pieces"] for one in due) == [5, 5, 40, 40, 70, 70]


@pytest.mark.parametrize(("locking", "waits"), [(False, "off"), (True, "on")])
def test_only_asking_by_itself_waits_for_no_disk(db: None, locking: bool, waits: str) -> None:
    """Where the orders are written in the transaction that asked, its commit is theirs."""
    asked = placing.asked_parameters([], now(), locking=locking)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = on")
        cursor.execute(placing.ASKED, [digests([]), texts([]), *asked])
        cursor.execute("show synchronous_commit")
        assert cursor.fetchone() == (waits,)
