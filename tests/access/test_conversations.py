"""Who may see a record may see its conversation, and nobody else; for every record and desk."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from tests.access.conftest import DESKS, Lived

from heliu.api.fields import id_or_number
from heliu.kernel.errors import NotFound
from heliu.trade import conversations

# Where the record itself is read over REST (alone, or in a list), and under which names the fixture
# has some of it.
RECORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "order": (("/orders/{}",), ("pledged_order", "placed_order", "on_terms_order")),
    "request": (("/purchase-requests/{}",), ("purchase",)),
    "invoice": (("/invoices/{}",), ("invoice",)),
    "loan": (("/loans/{}",), ("pledged_loan",)),
    "shipment": (("/shipments/{}", "/carriages/{}"), ("shipment", "given")),
    "case": (("/cases/{}",), ("case",)),
    "return": (("/returns/{}",), ("return",)),
    "quote": (("/quotes/{}",), ("quote",)),
    "contract": (("/contracts/{}",), ("contract",)),
    "pledge": (("/pledges/{}",), ("pledge",)),
    "trade-ask": (("/trade-asks",), ("trade_ask", "asked_of_seller")),
    "incoming": (("/incoming",), ("incoming", "unplaced")),
    "vat-invoice": (("/vat-invoices/{}",), ("vat_invoice",)),
    "release": (("/releases",), ("release",)),
    "application": (("/applications/{}",), ("open_application",)),
}
# A lender sees a shipment and is not among those who talk about it: its carrier would learn of it.
APART = {("shipment", "credit@bank.demo")}


def test_every_kind_of_record_is_asked_for() -> None:
    assert set(RECORDS) == set(conversations.KINDS)


@pytest.mark.parametrize("kind", RECORDS)
def test_a_conversation_is_seen_by_whoever_sees_its_record(lived: Lived, kind: str) -> None:
    routes, names = RECORDS[kind]
    for name in names:
        ref = str(lived.there[name])
        said = say_something(lived, kind, ref)
        for desk, hand in desks(lived):
            sees = any(reads(hand, route, ref) for route in routes)
            answer = hand.client.get(
                f"/api/v1/conversations/{kind}/{ref}/messages", headers=hand._headers()
            )
            expected = sees and (kind, desk) not in APART
            assert answer.status_code == (200 if expected else 404), (kind, ref, desk)
            assert (said in answer.content.decode()) == expected
            listed = hand.client.get("/api/v1/conversations", headers=hand._headers())
            assert (ref in listed.content.decode()) == expected, (kind, ref, desk)


def desks(lived: Lived) -> list[tuple[str, Any]]:
    """Every person of the fixture and the program that asks for it."""
    hands = [getattr(lived.hands, one.name) for one in fields(lived.hands)[1:]]
    return list(zip((*DESKS, "lin@shop1.example"), hands, strict=True))


def reads(hand: Any, route: str, ref: str) -> bool:
    """Whether it may read the record at its own address, or finds it in the list."""
    answer = hand.client.get(f"/api/v1{route.format(ref)}", headers=hand._headers())
    return bool(answer.status_code == 200 and ref in answer.content.decode())


def say_something(lived: Lived, kind: str, ref: str) -> str:
    """Whoever sees it first of all says something that stands nowhere else."""
    text = f"only-here-{kind}-{ref}"
    for email, _ in desks(lived):
        with lived.world.desk(email) as actor:
            try:
                record = conversations.find(actor, kind, id_or_number(ref))
            except NotFound:
                continue
            conversations.write(record, actor=actor, text=text, at=lived.world.at)
            return text
    raise AssertionError(f"nobody sees {kind} {ref}")
