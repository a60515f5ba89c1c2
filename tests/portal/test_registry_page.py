"""The registry on the bank's desk: claims, what was refused, what is registered, a search."""

from __future__ import annotations

import pytest
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.portal.test_statements import statements
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.registry.models import Filing
from heliu.capital.registry.sandbox import operations as sandbox
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of
from heliu.trade.placed import Placed

PAGE = "/bank/registry"
BANK, CLERK = "credit@bank.demo", "review@bank.demo"


def claimed(demo: World, **goods: int) -> Placed:
    """An order of red mugs, on which another bank has a claim; its deposit is there."""
    with demo.worker():
        sandbox.enter(
            debtor=demo.chain.dealers["D001"], secured="Bank of Elsewhere", amount=5_000_00,
            goods=["M2"], content="red mugs", at=demo.at,
        )  # fmt: skip
    placed = life.place(demo, **(goods or {"M2": 20}))
    life.sign(demo, placed)
    demo.bank()
    return placed


def status_of(demo: World, placed: Placed) -> str:
    with demo.worker():
        return str(loan_of(Deal.objects.get(pk=placed.deal.id)).status)


@pytest.mark.parametrize(("go_on", "ends"), [("yes", "SELLER_PAID"), ("no", "CANCELLED")])
def test_a_claim_is_decided_on(demo: World, go_on: str, ends: str) -> None:
    assert "Nothing is registered" in read(browser(BANK), PAGE)
    placed = claimed(demo)
    deal = f"/deals/{placed.deal.number}"
    assert "Decide on another's claim" in read(browser(BANK), deal)
    assert "The bank decides on another's claim" in read(browser(demo.dealer), deal)
    clerk = read(browser(CLERK), PAGE)
    assert "Bank of Elsewhere" in clerk
    assert "Pay out in spite of it" not in clerk
    bank = browser(BANK)
    form = {"reason": "looked at", "go_on": go_on, "idempotency_key": key_in(read(bank, PAGE))}
    send(bank, f"{PAGE}/{placed.deal.number}/decide", form, to=PAGE)
    demo.bank()
    assert status_of(demo, placed) == ends
    assert "Bank of Elsewhere" not in read(bank, PAGE)
    assert "looked at" not in read(browser("sales@seller.demo"), deal) or go_on == "no"


def test_what_was_refused_is_filed_again_and_what_is_registered_is_there(demo: World) -> None:
    with demo.worker():
        sandbox.script(fault="refuse", kind="REGISTER", reason="PAPER MISSING")
    placed = life.to_pledge(demo)
    demo.bank()
    bank = browser(BANK)
    page = read(bank, PAGE)
    assert "PAPER MISSING" in page
    with demo.worker():
        refused = Filing.objects.get(deal=placed.deal.id, status="REFUSED")
    send(bank, f"{PAGE}/{refused.pk}/again", {"idempotency_key": key_in(page)}, to=PAGE)
    demo.bank()
    page = read(bank, PAGE)
    assert "PAPER MISSING" not in page
    with demo.worker():
        number = Filing.objects.get(deal=placed.deal.id, kind="REGISTER", status="ANSWERED").number
    assert number in page
    assert number in read(browser(demo.dealer), f"/deals/{placed.deal.number}")


def test_a_dealer_with_a_limit_is_looked_up(demo: World) -> None:
    placed = claimed(demo)
    bank = browser(BANK)
    form = {"debtor": str(placed.order.buyer), "idempotency_key": key_in(read(bank, PAGE))}
    send(bank, f"{PAGE}/search", form, to=PAGE)
    demo.bank()
    assert read(bank, PAGE).count("Bank of Elsewhere") == 2
    stranger = {"debtor": str(demo.chain.seller), "idempotency_key": "k" * 32}
    assert bank.post(f"{PAGE}/search", stranger).status_code == 404


def test_many_claims_ask_no_more_than_one(demo: World) -> None:
    life.to_pledge(demo)
    claimed(demo)
    bank = browser(BANK)
    bank.get(PAGE)
    one = statements(bank, PAGE)
    for _ in range(2):
        claimed(demo)
        life.to_pledge(demo)
    demo.bank()
    be("heliu_web")
    assert statements(bank, PAGE) == one
