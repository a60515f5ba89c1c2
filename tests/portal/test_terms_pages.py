"""Trade credit through the pages alone: what dealers owe, and what the seller does about it."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.portal.test_seller_desk import words
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank import incoming as arrivals
from heliu.capital.bank.models import Incoming
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.terms.models import Invoice, Payment
from heliu.trade import close_of_day, incoming, place_order

SELLER = "sales@seller.demo"


def sent(demo: World, pieces: int) -> str:
    """The number of the invoice of an order that was sent."""
    placed = life.place(demo, pay_by="TERMS", B1=pieces)
    with demo.desk(SELLER) as actor:
        place_order.confirm(placed.order.id, actor=actor, at=demo.at)
    life.ship(demo, placed)
    with demo.worker():
        return Invoice.objects.get(order_id=placed.order.id).number


def test_from_terms_to_a_stop_and_back(demo: World) -> None:
    seller, dealer = browser(SELLER), browser(demo.dealer)
    home = f"/seller/receivables/{demo.chain.dealers['D001']}"
    assert "No dealer owes you anything" not in words(read(seller, "/seller/receivables"))
    page = read(seller, f"{home}/terms")
    form = {
        "idempotency_key": key_in(page), "ceiling": "30,000.00", "rule": "NET", "days": "5",
        "discount": "2", "discount_days": "3", "late_rate": "18", "grace_days": "4",
        "tolerance": "0",
    }  # fmt: skip
    wrong = seller.post(f"{home}/terms", form | {"days": "abc"})
    assert wrong.status_code == 422
    assert re.search(r'name="days" value="abc"[^>]*aria-invalid="true"', wrong.content.decode())
    assert seller.post(f"{home}/terms", form | {"days": "9999"}).status_code == 422
    send(seller, f"{home}/terms", form, to=home)
    number = sent(demo, 10)
    mine = words(read(dealer, f"/dealer/owed/{demo.chain.seller}"))
    for said in (number, "200.00", "due 5 days after shipment", "2 % off within 3 days", "D001"):
        assert said in mine
    demo.at += timedelta(days=11)
    be("heliu_worker")
    close_of_day.close_of_day(at=demo.at)
    assert "stopped" in words(read(seller, home))
    assert "Orders on terms are stopped" in words(read(dealer, f"/dealer/owed/{demo.chain.seller}"))
    page = read(seller, f"{home}/pass")
    form = {"idempotency_key": key_in(page), "reason": ""}
    assert seller.post(f"{home}/pass", form).status_code == 422
    send(seller, f"{home}/pass", {"idempotency_key": "p" * 32, "reason": "they pay"}, to=home)
    page = read(seller, f"{home}/payment")
    form = {"idempotency_key": key_in(page), "amount": "210.00", "invoices": "IV-9"}
    assert seller.post(f"{home}/payment", form).status_code == 422
    send(seller, f"{home}/payment", form | {"invoices": number}, to=home)
    assert "Paid too much" in words(read(seller, home))
    with demo.worker():
        payment = Payment.objects.get().number
    take_back = f"/seller/payments/{payment}/take-back"
    send(seller, take_back, {"idempotency_key": "t" * 32}, to=home)
    page = read(dealer, f"/dealer/invoices/{number}/dispute")
    form = {"idempotency_key": key_in(page), "amount": "150.00", "reason": "torn"}
    send(dealer, f"/dealer/invoices/{number}/dispute", form, to="/dealer/owed/")
    page = read(seller, f"/seller/invoices/{number}/credit")
    assert 'value="150.00"' in page
    form = {"idempotency_key": key_in(page), "amount": "150.00", "reason": "torn"}
    send(seller, f"/seller/invoices/{number}/credit", form, to=home)
    page = read(seller, f"/seller/invoices/{number}/write-off")
    form = {"idempotency_key": key_in(page), "reason": "gone"}
    send(seller, f"/seller/invoices/{number}/write-off", form, to=home)
    assert "Written off" in words(read(seller, home))
    for address in (f"{home}/statement.pdf", f"/dealer/owed/{demo.chain.seller}/statement.pdf"):
        paper = (seller if "seller/r" in address else dealer).get(address)
        assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    laws.hold(demo)


def test_money_in_suspense_finds_its_dealer_or_is_set_aside(demo: World) -> None:
    seller = browser(SELLER)
    assert "Nothing lies in suspense" in words(read(seller, "/seller/suspense"))
    sent(demo, 10)
    dealer = demo.chain.dealers["D001"]
    with demo.worker():
        for amount in (500, 700):
            sandbox.transfer(
                payer=dealer, payee=demo.chain.seller, amount=amount, reference="?", at=demo.at
            )
        incoming.take_in(at=demo.at)
    page = read(seller, "/seller/suspense")
    rows = sorted({part.split('"')[0] for part in page.split('href="/seller/suspense/')[1:]})
    assert len(rows) == 2
    for row, buyer, note in zip(rows, (str(dealer), "aside"), ("", "a deposit"), strict=True):
        key = key_in(read(seller, f"/seller/suspense/{row}"))
        form = {"idempotency_key": key, "buyer": buyer, "note": note}
        send(seller, f"/seller/suspense/{row}", form)
    assert "Nothing lies in suspense" in words(read(seller, "/seller/suspense"))
    assert "a deposit" in words(read(seller, "/seller/suspense?tab=all"))
    with demo.worker():
        paid = Incoming.objects.get(amount=500)
        arrivals.miss(paid, at=demo.at)  # the bank took it back, and it was used again
    page = read(seller, "/seller/suspense")
    assert "Taken back by the bank" in words(page)
    sheet = read(seller, f"/seller/suspense/{paid.pk}")
    assert paid.note in words(sheet)
    form = {"idempotency_key": key_in(sheet), "note": "paid in cash"}
    send(seller, f"/seller/suspense/{paid.pk}", form)
    assert "paid in cash" in words(read(seller, "/seller/suspense?tab=all"))
    page = read(seller, "/seller/ladder")
    form = {
        "idempotency_key": key_in(page),
        "kind0": "REMIND",
        "days0": "-2",
        "kind1": "STOP",
        "days1": "20",
    }
    wrong = seller.post("/seller/ladder", {**form, "days1": "soon"})
    assert wrong.status_code == 422
    kept = wrong.content.decode()
    assert kept.count("<tr>") == 9  # a table: its head and a row for each step
    assert re.search(r'name="days1" value="soon"[^>]+aria-invalid="true"', kept)
    send(seller, "/seller/ladder", form, to="/seller/receivables")
    assert 'value="-2"' in read(seller, "/seller/ladder")
    laws.hold(demo)
