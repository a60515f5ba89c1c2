"""A loan against stock by its pages: asked for, sent, taken out of, called; and the bank's view."""

from __future__ import annotations

from tests.portal.browsing import browser, key_in, read, send
from tests.trade import stock
from tests.trade.conftest import World

from heliu.capital.credit.models import Programme
from heliu.trade.paperwork import loan_of

DEALER, BANK = "owner@d001.demo", "credit@bank.demo"


def test_asked_for_by_a_form_that_forgets_nothing(demo: World) -> None:
    programme = stock.lay(demo)
    here = f"/dealer/stock/{programme}/ask"
    dealer = browser(DEALER)
    assert here in read(dealer, "/dealer/stock")
    page = read(dealer, here)
    typed = {
        f"in-{demo.chain.skus['M1'].hex}": "500", f"in-{demo.chain.skus['B1'].hex}": "500",
        "amount": "7,830.01", "days": "60", "idempotency_key": key_in(page),
    }  # fmt: skip
    seen = dealer.post(here, {**typed, "do": "look"}).content.decode()
    assert "7,830.00" in seen
    assert 'value="500"' in seen
    refused = dealer.post(here, {**typed, "do": "ask"})
    assert refused.status_code == 409
    words = refused.content.decode()
    assert "lends 7,830.00 CNY at most" in words
    assert 'value="7,830.01"' in words
    more = {**typed, f"in-{demo.chain.skus['M1'].hex}": "501", "do": "ask"}
    assert dealer.post(here, more).status_code == 422
    good = {**typed, "amount": "5,000.00", "do": "ask", "idempotency_key": key_in(words)}
    sign = send(dealer, here, good, to=r"/deals/DL-[\d-]+/sign")
    page = read(dealer, sign)
    assert "LOAN AGREEMENT AGAINST PLEDGED STOCK" in page
    assert "when they are counted and the pledge is registered" in page


def test_goods_above_the_floor_are_taken_out_by_a_form(demo: World) -> None:
    deal = stock.running(demo)
    here, dealer = f"/pools/{deal.number}", browser(DEALER)
    assert "13,050.00" in read(dealer, here)
    bags = f"out-{demo.chain.skus['B1'].hex}"
    page = read(dealer, f"{here}/out")
    typed = {bags: "263", "idempotency_key": key_in(page)}
    refused = dealer.post(f"{here}/out", {**typed, "do": "out"})
    assert refused.status_code == 409
    assert "it must be worth 8,33" in refused.content.decode()
    seen = dealer.post(f"{here}/out", {**typed, bags: "200", "do": "look"}).content.decode()
    assert "They may leave." in seen
    send(dealer, f"{here}/out", {**typed, bags: "200", "do": "out"}, to="/dealer/pick-ups/")
    assert "9,450.00" in read(dealer, here)


def test_a_call_is_read_on_both_sides_and_prices_are_brought(demo: World) -> None:
    deal = stock.running(demo, 7_500_00)
    officer, dealer = browser(BANK), browser(DEALER)
    page = read(officer, "/bank/prices")
    wrong = officer.post("/bank/prices", {"lines": "M1,x", "idempotency_key": key_in(page)})
    assert wrong.status_code == 422
    assert "Line 1 cannot be read." in wrong.content.decode()
    sent = {"lines": "M1,6.00\nB1,13.00", "idempotency_key": key_in(page)}
    send(officer, "/bank/prices", sent, to="/bank/prices")
    stock.tick(demo)
    assert "Margin call" not in read(dealer, f"/pools/{deal.number}")  # one voice is doubted
    demo.later(minutes=15)
    stock.tick(demo, M1=6_00, B1=13_00)
    for reader in (officer, dealer):
        page = read(reader, f"/pools/{deal.number}")
        assert "Margin call" in page
        assert "MC-2611-" in page
    assert deal.number in read(officer, "/bank/pools?state=called")
    assert "Ask to enforce" in read(officer, f"/deals/{deal.number}/default")
    read(dealer, f"/deals/{deal.number}/default", 404)


def test_the_bank_says_how_far_it_lends(demo: World) -> None:
    programme = stock.lay(demo)
    here, officer = f"/bank/programmes/{programme}/margins", browser(BANK)
    assert here in read(officer, "/bank/programmes")
    page = read(officer, here)
    typed = {
        "opening_ratio": "60", "warn_ratio": "55", "call_ratio": "70", "liquidation_ratio": "80",
        "haircut": "20", "concentration": "100", "cure_days": "3", "stale_days": "7",
        "max_age_days": "90", "idempotency_key": key_in(page),
    }  # fmt: skip
    wrong = officer.post(here, typed)
    assert wrong.status_code == 422
    assert "Each step lies above the one before it" in wrong.content.decode()
    send(officer, here, {**typed, "warn_ratio": "65"}, to="/bank/programmes")
    assert "90 days" in read(officer, "/bank/programmes")


def test_what_is_left_to_a_person_waits_at_the_bank(demo: World) -> None:
    programme = stock.lay(demo)
    with demo.worker():
        Programme.objects.filter(pk=programme).update(auto_approve_cap=1_00)
    deal = stock.ask(demo, programme, 5_000_00)
    officer = browser(BANK)
    page = read(officer, "/bank/")
    with demo.worker():
        loan = loan_of(deal)
        assert loan.status == "REFERRED"
    assert loan.number in page
    assert "5,000.00" in read(officer, f"/bank/queue/{loan.number}")
