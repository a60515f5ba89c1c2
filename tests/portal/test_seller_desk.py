"""The seller's day through the pages alone: no JavaScript, forms and links only."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.models import PaymentInstruction
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.operations import NewPrice
from heliu.kernel.clock import day_of
from heliu.logistics.warehousing.models import Receiving
from heliu.trade import place_order

SELLER = "sales@seller.demo"


def content(page: str) -> str:
    """The page without its frame, in which the demonstration names everybody."""
    return page.split("<main")[1].split("</main>")[0]


def words(page: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"<[^>]+>", "", content(page))


def test_an_order_is_confirmed_from_today_and_its_money_stands_there(demo: World) -> None:
    placed = life.place(demo, pay_by="TRANSFER", M1=200)
    seller = browser(SELLER)
    page = read(seller, "/seller/")
    assert placed.order.number in page
    action = re.search(r'action="(/deals/DL-\d+-\d+/confirm)"', page)
    assert action
    assert "No money has arrived" in page
    send(seller, action[1], {"idempotency_key": key_in(page)}, to=placed.deal.number)
    page = read(seller, "/seller/")
    assert "Nothing waits for your word" in page
    assert "by transfer" in page
    assert f"/deals/{placed.deal.number}/ship" in page
    assert page.count("1,800") >= 2  # the payment and the day's total


def test_money_from_the_bank_stands_on_the_day_it_came(demo: World) -> None:
    placed = life.place(demo, M1=200)
    seller = browser(SELLER)
    assert "The bank pays, then it is confirmed" in read(seller, "/seller/orders?tab=placed")
    assert "Nothing waits for your word" in read(seller, "/seller/")
    life.sign(demo, placed)
    demo.bank()
    page = read(seller, "/seller/")
    assert "paid by the bank" in page
    assert placed.order.number in page
    demo.later(days=1)
    assert "No money has arrived" in read(seller, "/seller/")


def test_several_orders_are_confirmed_at_once_or_none(demo: World) -> None:
    first = life.place(demo, pay_by="TRANSFER", M1=10)
    second = life.place(demo, pay_by="TERMS", B1=5)
    financed = life.place(demo, M1=100)
    seller = browser(SELLER)
    page = read(seller, "/seller/orders?tab=placed")
    assert page.count('name="order"') == 2
    both = [str(first.order.pk), str(second.order.pk)]
    refused = seller.post(
        "/seller/orders/confirm",
        {"order": [*both, str(financed.order.pk)], "idempotency_key": key_in(page)},
    )
    assert refused.status_code == 409
    assert statuses(demo, first.order, second.order) == ["PLACED", "PLACED"]
    form = {"order": both, "idempotency_key": key_in(read(seller, "/seller/orders?tab=placed"))}
    address = send(seller, "/seller/orders/confirm", form, to="/seller/orders")
    assert send(seller, "/seller/orders/confirm", form) == address
    assert statuses(demo, first.order, second.order) == ["CONFIRMED", "CONFIRMED"]
    assert "2 orders are confirmed." in read(seller, address)


def statuses(world: World, *orders: Order) -> list[str]:
    with world.worker():
        return [Order.objects.get(pk=order.pk).status for order in orders]


def test_orders_are_found_by_tab_number_and_dealer_and_paged_on(
    demo: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = life.place(demo, pay_by="TRANSFER", M1=10)
    seller = browser(SELLER)
    number = placed.order.number
    assert number in read(seller, "/seller/orders")
    assert number in read(seller, f"/seller/orders?q={number[:9]}")
    assert number not in read(seller, "/seller/orders?tab=shipped")
    assert "No order matches" in read(seller, "/seller/orders?q=SO-9999")
    assert number in read(seller, "/seller/orders?party=d001")
    assert number not in read(seller, "/seller/orders?party=d002")
    monkeypatch.setattr("heliu.portal.seller.orders.ROWS", 10)
    seen: list[str] = []
    address = "/seller/orders"
    while address:
        page = read(seller, address)
        seen += re.findall(r"OLD-[0-9a-f]{6}-\d+(?=<)|SO-\d{4}-\d{6}(?=<)", page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/seller/orders{onward[1]}" if onward else ""
    assert len(seen) == len(set(seen)) == 2 * 24 + 1


def test_why_a_dealer_sees_a_price(demo: World) -> None:
    with demo.worker() as system:
        own = pricing.create_list(
            actor=system, seller=demo.chain.seller, code="GOLD", name="Gold", priority=1
        )
        bags = [NewPrice(demo.chain.skus["B1"], amount=1700)]
        today = day_of(demo.at)
        pricing.set_prices(own, actor=system, prices=bags, valid_from=today, at=demo.at)
        pricing.assign(
            own, actor=system, buyer=demo.chain.dealers["D001"], valid_from=today, at=demo.at,
            valid_to=today + timedelta(days=30),
        )  # fmt: skip
    seller = browser(SELLER)

    def answer(dealer: str, code: str, pieces: str = "1") -> str:
        page = read(seller, f"/seller/prices?dealer={dealer}&code={code}&pieces={pieces}")
        return page.split('id="why"')[1]

    bag = answer("Dealer 1", "b1")
    assert bag.index("Gold") < bag.index("Decides")
    assert ">17<i>.00</i>" in bag
    assert bag.index("Decides") < bag.index("Not asked")
    mug = answer("Dealer 1", "M1", "150")
    assert "From 100 pieces up." in mug
    assert ">9<i>.00</i>" in mug
    assert mug.index("No price") < mug.index("Decides")
    other = answer("Dealer 2", "B1")
    assert "GOLD" not in other
    assert ">20<i>.00</i>" in other
    assert "No dealer of yours" in answer("Nobody", "B1")
    assert "None of your goods" in answer("Dealer 1", "X9")
    at_dealer = content(read(browser(demo.dealer), "/dealer/price?code=B1"))
    assert at_dealer.index("Gold") < at_dealer.index("Decides")
    assert ">17<i>.00</i>" in at_dealer
    matrix = read(seller, "/seller/prices?q=bag")
    assert "Gold" in matrix
    assert "Blue mug" not in matrix


def test_goods_show_what_is_promised_and_what_is_free(demo: World) -> None:
    life.place(demo, pay_by="TRANSFER", M1=300)
    page = read(browser(SELLER), "/seller/goods?q=M1")
    cells = re.findall(r'data-l="(?:on hand|promised|free)">([\d,–]+)', page)
    assert cells == ["10,000", "300", "9,700"]


def test_dealers_stand_with_what_they_bought(demo: World) -> None:
    demo.later(days=1)
    life.place(demo, pay_by="TRANSFER", M1=300)
    seller = browser(SELLER)
    page = read(seller, "/seller/dealers")
    assert 'class="pager"' not in page  # all of a short list is in sight
    first = content(page).split("<tr>")[2]
    assert "Dealer 1" in first
    assert re.search(r'data-l="orders">25<', first)  # twenty-four of the year before and this one
    assert "Dealer 1" not in content(read(seller, "/seller/dealers?q=dealer+2"))
    assert "No dealer matches" in read(seller, "/seller/dealers?q=zzz")


def test_a_short_count_is_refunded_and_settled_with_words(demo: World) -> None:
    placed = life.place(demo)
    life.sign(demo, placed)
    demo.bank()
    life.receive(demo, life.ship(demo, placed), lost=10, damaged=5)
    seller = browser(SELLER)
    assert "was counted short or damaged" in read(seller, "/seller/")
    page = read(seller, "/seller/refunds")
    assert "10 missing, 5 damaged of 200" in page
    assert page.count("135<i>.00</i>") == 2  # fifteen mugs at 9.00: the difference and the payment
    with demo.worker():
        payment = PaymentInstruction.objects.get(purpose="REFUND")
        count = Receiving.objects.get()
    address = f"/seller/refunds/{count.pk}/settle"
    empty = seller.post(address, {"idempotency_key": key_in(page), "settlement": " "})
    assert empty.status_code == 422
    form = {"idempotency_key": key_in(page), "settlement": payment.number}
    first = send(seller, address, form, to="/seller/refunds")
    assert send(seller, address, form) == first  # a double tap settles once
    demo.bank()
    page = read(seller, "/seller/refunds")
    assert "its difference is settled" in page
    assert "Booked" in page
    with demo.worker():
        assert Receiving.objects.get().settlement == payment.number


def test_another_seller_s_desk_shows_nothing_of_it(demo: World) -> None:
    placed = life.place(demo, pay_by="TRANSFER", M1=10)
    rival = browser(demo.rival("seller"))
    for address in ("/seller/", "/seller/orders", "/seller/dealers", "/seller/goods"):
        page = content(read(rival, address))
        assert placed.order.number not in page
        assert "Dealer 1" not in page
    form = {"order": [str(placed.order.pk)], "idempotency_key": "x" * 20}
    assert rival.post("/seller/orders/confirm", form).status_code in (403, 404)
    assert statuses(demo, placed.order) == ["PLACED"]


def test_who_may_not_sell_is_offered_no_button(demo: World) -> None:
    life.place(demo, pay_by="TRANSFER", M1=10)
    with demo.worker():
        from heliu.demo.chain import enrol

        enrol("clerk@seller.demo", "Clerk", demo.chain.seller, "finance")
    page = read(browser("clerk@seller.demo"), "/seller/orders?tab=placed")
    assert 'name="order"' not in page


@pytest.mark.parametrize(
    "address",
    [
        "/seller/", "/seller/orders", "/seller/orders?tab=nonsense&after=nonsense&q=%F0%9F%98%80",
        "/seller/prices", "/seller/prices?after=nonsense&family=mugs", "/seller/goods",
        "/seller/dealers", "/seller/dealers?page=99", "/seller/refunds",
    ],
)  # fmt: skip
def test_every_page_is_there_from_the_first_day(demo: World, address: str) -> None:
    read(browser(SELLER), address)


@pytest.mark.parametrize("address", ["/seller/", "/seller/orders", "/seller/dealers"])
def test_many_orders_ask_no_more_than_one(demo: World, address: str) -> None:
    from tests.portal.test_statements import statements

    life.place(demo, pay_by="TRANSFER", M1=1)
    seller = browser(SELLER)
    seller.get(address)
    one = statements(seller, address)
    for _ in range(4):
        with demo.desk("owner@d002.demo") as dealer:
            place_order.place(
                actor=dealer, seller=demo.chain.seller, lines=demo.lines(M1=10, B1=2),
                pay_by="TRANSFER", at=demo.at,
            )  # fmt: skip
    read(seller, address)
    assert statements(seller, address) == one


def test_a_payment_on_terms_is_written_down_from_the_order(demo: World) -> None:
    placed = life.place(demo, pay_by="TERMS", B1=10)
    with demo.desk(SELLER) as actor:
        place_order.confirm(placed.order.id, actor=actor, at=demo.at)
    shipment = life.ship(demo, placed)
    life.receive(demo, shipment, lost=1, who=demo.dealer)
    seller, dealer = browser(SELLER), browser(demo.dealer)
    address = f"/deals/{placed.deal.number}"
    for reader in (seller, dealer):
        page = words(read(reader, address))
        assert "Short, damaged or credited: not owed" in page
        assert "180.00" in page
    assert f"{address}/settle" not in read(dealer, address)
    assert dealer.get(f"{address}/settle").status_code == 404
    assert f"{address}/settle" in read(seller, address)
    page = read(seller, f"{address}/settle")
    assert 'value="180.00"' in page
    form = {"idempotency_key": key_in(page), "amount": "50.00", "reference": "slip 7"}
    for wrong, status in (("180.01", 409), ("much", 422), ("0", 422)):
        assert seller.post(f"{address}/settle", form | {"amount": wrong}).status_code == status
    bad_day = seller.post(f"{address}/settle", form | {"value_day": "2026-02-31"})
    assert bad_day.status_code == 422
    send(seller, f"{address}/settle", form, to=placed.deal.number)
    send(seller, f"{address}/settle", form, to=placed.deal.number)
    for reader in (seller, dealer):
        page = words(read(reader, address))
        assert "Left to pay" in page
        assert "130.00" in page
    page = read(seller, f"{address}/settle")
    form = {"idempotency_key": key_in(page), "amount": "130"}
    send(seller, f"{address}/settle", form, to=placed.deal.number)
    assert f"{address}/settle" not in read(seller, address)
    assert seller.get(f"{address}/settle").status_code == 302


def test_an_order_goes_in_parts_and_its_rest_is_struck(demo: World) -> None:
    placed = life.place(demo, pay_by="TERMS", M1=200, B1=10)
    with demo.desk(SELLER) as actor:
        place_order.confirm(placed.order.id, actor=actor, at=demo.later(hours=1))
        lines = dict(OrderLine.objects.filter(order=placed.order.id).values_list("sku__code", "pk"))
    seller, deal = browser(SELLER), f"/deals/{placed.deal.number}"
    sheet = read(seller, f"{deal}/ship")
    form = {f"line-{lines['M1']}": "150", "carrier": "Shunda", "idempotency_key": key_in(sheet)}
    send(seller, f"{deal}/ship", form, to=deal)
    page = content(read(seller, deal))
    assert "Consignments" in page
    assert "150 pieces" in page
    assert "1,350" in page  # what is owed for them
    sheet = read(seller, f"{deal}/strike")
    form = {f"line-{lines['B1']}": "3", "idempotency_key": key_in(sheet)}
    refused = seller.post(f"{deal}/strike", form)
    assert refused.status_code == 422
    assert 'value="3"' in refused.content.decode()  # nothing typed is lost
    send(seller, f"{deal}/strike", form | {"reason": "no longer made"}, to=deal)
    for reader in (seller, browser("owner@d001.demo")):
        page = content(read(reader, deal))
        assert "3 will not be delivered" in page
        assert "no longer made" in page
