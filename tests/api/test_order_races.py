"""Many programs at once: one order for one key, and never more goods than there are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from tests.api.hands import Hand, Hands
from tests.api.test_pledged_order import place_financed, receive
from tests.conftest import be, leave

from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Place
from heliu.commerce.ordering.models import Order
from heliu.kernel.posting.models import Account, Hold
from heliu.logistics.stock import queries as stock

Answer = tuple[int, dict[str, Any]]


def at_once(clients: int, send: Callable[[int, Client], Any]) -> list[Answer]:
    """Let so many threads, each with a client of its own, send in the same moment."""
    together = Barrier(clients, timeout=60)

    def one(number: int) -> Answer:
        client = Client()
        together.wait()
        try:
            answer = send(number, client)
            if answer.status_code >= 500:
                import traceback

                print(answer.exc_info, flush=True)
                traceback.print_exception(*answer.exc_info) if answer.exc_info else None
            return answer.status_code, json.loads(answer.content)
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(clients)))


@pytest.fixture(autouse=True)
def patience(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """More threads than connections, as no server would have: they may wait for their turn."""
    monkeypatch.setitem(connection.settings_dict["OPTIONS"]["pool"], "timeout", 120)
    leave()


def place(client: Client, hand: Hand, order: dict[str, Any], key: str) -> Any:
    return client.post(
        "/api/v1/orders", order, content_type="application/json",
        headers={"Authorization": f"Bearer {hand.token}", "Idempotency-Key": key},
    )  # fmt: skip


def test_64_sends_of_one_order_are_one_order_and_64_equal_answers(hands: Hands) -> None:
    order = hands.order(M1=3, B1=2)
    answers = at_once(64, lambda _, client: place(client, hands.dealer, order, "one-key-0001"))
    assert {status for status, _ in answers} == {201}
    assert len({json.dumps(body, sort_keys=True) for _, body in answers}) == 1
    assert len(hands.dealer.items("/orders", q="SO-", status="PLACED")) == 1
    assert hands.dealer.items("/catalogue", q="M1")[0]["available"] == 10_000 - 3


def test_50_clients_want_3_of_100_and_33_get_them(hands: Hands) -> None:
    """On terms: whoever gets nothing holds no credit, and nothing is left that somebody could have."""
    hands.dealer.post("/orders", hands.order(B1=9_900), expect=201)
    order = hands.order(pay_by="TERMS", B1=3)
    answers = at_once(
        50, lambda number, client: place(client, hands.dealer, order, f"client-{number:04}")
    )
    got = Counter((status, body.get("code", "")) for status, body in answers)
    refused = {(409, "short"), (409, "sold-out"), (409, "stock-short")}
    assert got[201, ""] == 33, got
    assert set(got) <= {(201, ""), *refused}
    numbers = {body["order"]["number"] for status, body in answers if status == 201}
    assert len(numbers) == 33
    be("heliu_worker")
    with transaction.atomic():
        on_terms = Order.objects.filter(pay_by="TERMS")
        assert {one.number for one in on_terms} == numbers
        seller, dealer = hands.world.chain.seller, hands.world.chain.dealers["D001"]
        owed = Account.objects.get(key=Place(seller, Code.RECEIVABLE, dealer).key)
        held = Hold.objects.filter(account=owed, status="OPEN")
        assert {hold.subject for hold in held} == {one.pk for one in on_terms}
        assert owed.held_in == sum(one.total for one in on_terms) == 33 * 3 * 2000
        bags = hands.world.chain.skus["B1"]
        assert stock.available([bags], owner=seller, warehouse=seller) == {bags: 1}
        assert stock.check() == []


def test_a_doubled_repayment_is_one_and_another_key_is_another(hands: Hands) -> None:
    made = place_financed(hands)
    receive(hands, made["order"])

    def repay(_: int, client: Client) -> Any:
        return client.post(
            f"/api/v1{made['deal']}/repay", {"amount": 10_000}, content_type="application/json",
            headers={"Authorization": f"Bearer {hands.dealer.token}", "Idempotency-Key": "pay-00001"},
        )  # fmt: skip

    answers = at_once(16, repay)
    assert {status for status, _ in answers} == {202}
    assert len({body["number"] for _, body in answers}) == 1
    hands.dealer.post(f"{made['deal']}/repay", {"amount": 10_000}, expect=202)
    hands.bank()
    paid = hands.dealer.items("/payments", purpose="REPAYMENT", status="BOOKED")
    assert [one["amount"] for one in paid] == [10_000, 10_000]
