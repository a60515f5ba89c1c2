"""Quotes on pages: asked from the pad or an article, answered line by line, taken at the checkout."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World

from heliu.commerce.ordering.models import Order
from heliu.commerce.quotes.models import Quote
from heliu.commerce.spending import operations as spending
from heliu.demo.chain import enrol
from heliu.kernel import clock
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of

DEALER, SALES, ASK = "owner@d001.demo", "sales@seller.demo", "/dealer/quotes/ask"


def told(client: Client, address: str) -> str:
    """The words of a page without its marks: an amount is one word."""
    return re.sub(r"<[^>]+>", "", read(client, address))


def asked(client: Client, **typed: Any) -> str:
    """Asked for mugs and bags; returns the number."""
    form = {"idempotency_key": key_in(read(client, ASK)), "seller": "seller", **typed}
    form |= {"code": ["M1", "B1", ""], "quantity": ["24", "5", ""], "price": ["8.88", "", ""],
             "words": ["gift box", "", ""]} | typed  # fmt: skip
    return send(client, ASK, form, to="^/quotes/QT-").rsplit("/", 1)[1]


def answered(number: str, **typed: Any) -> None:
    seller = browser(SALES)
    page = read(seller, f"/quotes/{number}")
    until = day_of(clock.now()) + timedelta(days=7)
    form = {
        "idempotency_key": key_in(page), "act": "answer", "valid_until": until.isoformat(),
        "price-1": "9.21", "quantity-1": "24", "price-2": "18", "quantity-2": "5", **typed,
    }  # fmt: skip
    send(seller, f"/quotes/{number}", form, to=f"/quotes/{number}$")


def test_from_the_pad_to_the_order(demo: World) -> None:
    dealer = browser(DEALER)
    page = read(dealer, "/dealer/pad")
    rows = {"code": ["M1", "B1"], "quantity": ["24", "5"], "remark": ["", ""], "was": ["", ""]}
    form = {"idempotency_key": key_in(page), "seller": "seller", "action": "quote", **rows}
    there = send(dealer, "/dealer/pad", form, to="from=pad$")
    assert 'value="M1"' in read(dealer, there)
    number = asked(dealer)
    shown = told(dealer, f"/quotes/{number}")
    assert "8.88" in shown
    assert "gift box" in shown
    sheet = read(browser(SALES), f"/quotes/{number}")
    assert 'name="price-1" value=""' in sheet  # what the dealer wishes is no price of ours
    assert "20.00" in told(
        browser(SALES), f"/quotes/{number}"
    )  # what a bag costs it without a quote
    answered(number)
    assert "Take it and order" in read(dealer, f"/quotes/{number}")
    checkout = read(dealer, f"/dealer/checkout?quote={number}&pay_by=TRANSFER")
    assert "311.04" in re.sub(r"<[^>]+>", "", checkout)  # 24 x 9.21 + 5 x 18
    form = {"idempotency_key": key_in(checkout), "quote": number, "pay_by": "TRANSFER"}
    send(dealer, "/dealer/checkout", form, to="^/deals/DL-")
    with demo.worker():
        order = Order.objects.get(pk=Quote.objects.get(number=number).order_id)
        assert [(x.sku.code, x.quantity, x.unit_price) for x in order.lines.all()] == [
            ("M1", 24, 921), ("B1", 5, 1800),
        ]  # fmt: skip
    done = read(dealer, f"/quotes/{number}")
    assert order.number in done
    assert "Take it and order" not in done


def test_what_is_wrong_stays_in_its_fields(demo: World) -> None:
    dealer = browser(DEALER)
    form = {
        "idempotency_key": key_in(read(dealer, ASK)), "seller": "seller", "code": ["NONE"],
        "quantity": ["24"], "price": ["8.88"], "words": ["gift box"],
    }  # fmt: skip
    be("heliu_web")
    again = dealer.post(ASK, form)
    assert again.status_code == 422
    said = again.content.decode()
    assert 'value="NONE"' in said
    assert 'value="8.88"' in said
    assert "None of the goods is called NONE." in said
    number = asked(dealer)
    seller = browser(SALES)
    page = read(seller, f"/quotes/{number}")
    form = {"idempotency_key": key_in(page), "act": "answer", "price-1": "9.21", "price-2": "x"}
    be("heliu_web")
    again = seller.post(f"/quotes/{number}", form)
    assert again.status_code == 422
    assert 'name="price-1" value="9.21"' in again.content.decode()


def test_struck_replaced_and_asked_otherwise(demo: World) -> None:
    dealer = browser(DEALER)
    number = asked(dealer)
    answered(number, **{"other-1": "M2", "price-1": "14", "strike-2": "1", "words-2": "none left"})
    page = told(dealer, f"/quotes/{number}")
    for words in ("in place of", "not offered", "none left", "336.00"):
        assert words in page
    form = {
        "idempotency_key": key_in(read(dealer, f"/quotes/{number}/again")), "code": ["M2"],
        "quantity": ["48"], "price": ["13"], "words": [""], "words_of_all": "twice as many",
    }  # fmt: skip
    send(dealer, f"/quotes/{number}/again", form, to=f"/quotes/{number}$")
    page = told(browser(SALES), f"/quotes/{number}")
    for words in ("How it came about", "twice as many", "48 ×", "Make the offer"):
        assert words in page
    assert read(browser(SALES), "/quotes").count(number) > 0
    assert number not in read(dealer, "/quotes")
    assert number in read(dealer, "/quotes?tab=live")


def test_a_house_that_must_agree_is_asked_at_the_checkout(demo: World) -> None:
    with demo.worker():
        enrol("chief@d001.demo", "Chief", demo.chain.dealers["D001"], "owner")
    with demo.desk(DEALER) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=1, actor=owner, at=demo.at)
    dealer = browser(DEALER)
    number = asked(dealer)
    answered(number)
    checkout = read(dealer, f"/dealer/checkout?quote={number}&pay_by=TRANSFER")
    assert "Ask for agreement" in checkout
    form = {"idempotency_key": key_in(checkout), "quote": number, "pay_by": "TRANSFER",
            "ask": "yes", "reason": "low"}  # fmt: skip
    request = send(dealer, "/dealer/checkout", form, to="^/requests/PR-")
    assert "311.04" in told(dealer, request)
    assert "Your house is asked whether to take it." in read(dealer, f"/quotes/{number}")


def test_both_say_no(demo: World) -> None:
    dealer, seller = browser(DEALER), browser(SALES)
    for client, act, reason in ((seller, "decline", "sold out"), (dealer, "withdraw", "too late")):
        number = asked(dealer)
        page = read(client, f"/quotes/{number}")
        form = {"idempotency_key": key_in(page), "act": act, "reason": reason}
        send(client, f"/quotes/{number}", form, to=f"/quotes/{number}$")
        assert reason in read(dealer, f"/quotes/{number}")


def test_bounds_are_set_and_taken_away_on_a_page(demo: World) -> None:
    seller, address = browser(SALES), "/seller/quote-rules"
    page = read(seller, address)
    assert "Every quote waits for a person" in page
    form = {"idempotency_key": key_in(page), "min_quantity": "20", "percent": "7.5", "days": "10",
            "most": "5,000"}  # fmt: skip
    send(seller, address, form, to="quote-rules$")
    page = told(seller, address)
    for words in ("from 20", "7.50", "10 days", "5,000.00"):
        assert words in page
    dealer = browser(DEALER)
    form = {"idempotency_key": key_in(read(dealer, ASK)), "seller": "seller", "code": ["M1"],
            "quantity": ["24"], "price": [""], "words": [""]}  # fmt: skip
    there = send(dealer, ASK, form, to="^/quotes/QT-")
    page = told(dealer, there)
    assert "by the seller's rule" in page
    assert "222.00" in page  # 24 x 9.25
    again = {"idempotency_key": key_in(read(seller, address)), "drop": "20"}
    send(seller, address, again, to="quote-rules$")
    assert "Every quote waits for a person" in read(seller, address)


def test_what_is_wrong_stands_at_its_line(demo: World) -> None:
    """Whichever rows are empty above it; and nothing that was typed is lost."""
    dealer = browser(DEALER)
    form = {
        "idempotency_key": key_in(read(dealer, ASK)), "seller": "seller",
        "code": ["M1", "", "B1"], "quantity": ["24", "", "5"], "price": ["8.88", "", "$3"],
        "words": ["", "", ""],
    }  # fmt: skip
    answer = dealer.post(ASK, form)
    assert answer.status_code == 422
    rows = re.findall(r"<tr>.*?</tr>", answer.content.decode(), re.DOTALL)
    wrong = [row for row in rows if "aria-invalid" in row]
    assert len(wrong) == 1
    assert 'value="B1"' in wrong[0]
    assert "This is in USD" in wrong[0]
    assert 'value="$3"' in wrong[0]
    number, seller = asked(dealer), browser(SALES)
    page = read(seller, f"/quotes/{number}")
    form = {
        "idempotency_key": key_in(page), "act": "answer", "valid_until": "2099-01-01",
        "strike-1": "1", "price-2": "18", "quantity-2": "5.5",
    }  # fmt: skip
    told_so = seller.post(f"/quotes/{number}", form).content.decode()
    assert re.findall(r'aria-describedby="(wrong-\d)"', told_so) == ["wrong-2"]


def test_a_low_answer_waits_on_pages_and_the_dealer_s_page_is_as_before(demo: World) -> None:
    with demo.worker():
        enrol("boss@seller.demo", "Boss", demo.chain.seller, "sales-manager")
    dealer, seller, boss = browser(DEALER), browser(SALES), browser("boss@seller.demo")
    rules = "/approvals/rules"
    rule = {"idempotency_key": key_in(read(boss, rules)), "act": "quote-offer",
            "from_amount": "10", "permission-1": "concede", "people-1": "1"}  # fmt: skip
    send(boss, rules, rule, to=rules)
    page = told(boss, rules)
    assert "1 person who may agree to low offers" in page
    assert "10.00" in page
    number = asked(dealer)
    assert "The seller prepares its answer." in told(dealer, f"/quotes/{number}")
    before = told(dealer, f"/quotes/{number}")
    page = read(seller, f"/quotes/{number}")
    form = {
        "idempotency_key": key_in(page), "act": "answer", "price-1": "8", "quantity-1": "24",
        "price-2": "18", "quantity-2": "5", "reason": "first order of a new shop", "words": "soon",
        "valid_until": (day_of(clock.now()) + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    question = send(seller, f"/quotes/{number}", form, to="^/approvals/")
    assert told(dealer, f"/quotes/{number}") == before
    assert "An answer waits for others of your house" in read(seller, f"/quotes/{number}")
    assert "Offer prices below the usual ones" in read(boss, "/approvals")
    page = told(boss, question)
    for words in (number, "24 × 8.00, usually 10.00", "5 × 18.00, usually 20.00", "282.00",
                  "17.05%", "first order of a new shop", "soon"):  # fmt: skip
        assert words in page
    yes = {"idempotency_key": key_in(read(boss, question)), "agrees": "yes"}
    send(boss, question, yes, to="/approvals$")
    page = told(dealer, f"/quotes/{number}")
    assert "282.00" in page
    assert "first order of a new shop" not in page
    assert "An answer waits" not in read(seller, f"/quotes/{number}")


OFFER = "/seller/quotes/offer"


def begun(client: Client, address: str = OFFER, **typed: Any) -> dict[str, Any]:
    """A form that offers mugs and bags to the first dealer."""
    return {
        "idempotency_key": key_in(read(client, address)), "dealer": "d001",
        "valid_until": (day_of(clock.now()) + timedelta(days=7)).isoformat(),
        "code": ["M1", "B1", ""], "quantity": ["24", "5", ""], "price": ["9.21", "18", ""],
        "words": ["gift box", "", ""], "words_of_all": "before the season", **typed,
    }  # fmt: skip


def test_a_seller_offers_and_offers_the_same_again(demo: World) -> None:
    seller, dealer = browser(SALES), browser(DEALER)
    assert "Offer prices…" in read(seller, "/quotes")
    there = send(seller, OFFER, begun(seller), to="^/quotes/QT-")
    page = told(dealer, there)
    for words in ("311.04", "before the season", "gift box", "Begun by the seller", "Take it"):
        assert words in page
    assert there.rsplit("/", 1)[1] in read(dealer, "/quotes")
    assert "As a template" not in page
    again = f"{OFFER}?from={there.rsplit('/', 1)[1]}"
    assert again in read(seller, there)
    form = read(seller, again)
    for typed in ("d001", "M1", "24", "9.21", "gift box", "18.00"):
        assert f'value="{typed}"' in form
    other = begun(seller, again, dealer="Dealer 2", price=["9.30", "18", ""])
    second = send(seller, again, other, to="^/quotes/QT-")
    assert second != there
    assert "313.20" in told(browser("owner@d002.demo"), second)


def test_an_offer_that_is_none_keeps_what_was_typed(demo: World) -> None:
    seller = browser(SALES)
    for typed, said in (
        ({"dealer": "nobody"}, "You have no dealer of this code."),
        ({"dealer": "Dealer"}, "You have no dealer of this code."),  # two are called so
        ({"price": ["9.21", "", ""]}, "Name a price."),
        ({"code": ["NONE", "B1", ""]}, "None of the goods is called NONE."),
    ):
        be("heliu_web")
        answer = seller.post(OFFER, begun(seller) | typed)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert said in page
        assert 'value="before the season"' in page
        assert 'value="18"' in page or "price" in typed


def usually(client: Client, **typed: Any) -> dict[str, str]:
    """What stands beside the rows of a form that is being filled in, by cell."""
    form = {"dealer": "d001", "code": ["M1", "B1", ""], "quantity": ["24", "5", ""],
            "price": ["", "", ""], "words": ["", "", ""]} | typed  # fmt: skip
    be("heliu_web")
    answer = client.post(f"{OFFER}/usual", form)
    assert answer.status_code == 200
    cells = re.findall(
        r'<td[^>]* id="(usual-[^"]+)"[^>]*hx-swap-oob="true"[^>]*>(.*?)</td>',
        answer.content.decode(),
    )
    return {cell: re.sub(r"<[^>]+>", "", text) for cell, text in cells}


def test_the_usual_prices_stand_beside_an_offer_while_it_is_filled_in(demo: World) -> None:
    seller = browser(SALES)
    page = read(seller, OFFER)
    assert f'hx-post="{OFFER}/usual"' in page
    assert 'id="usual-sum-5"' in page  # where an answer's cells go
    assert usually(seller) == {
        "usual-1": "10.00", "usual-sum-1": "240.00", "usual-2": "20.00", "usual-sum-2": "100.00",
        "usual-3": "", "usual-sum-3": "",
    }  # fmt: skip
    for typed in ({"dealer": ""}, {"dealer": "nobody"}, {"quantity": ["", "many", "5"]}):
        assert not any(usually(seller, **typed).values())
    one = usually(seller, code=["NONE", "M1", ""], quantity=["3", "1", ""])
    assert (one["usual-1"], one["usual-2"], one["usual-sum-2"]) == ("", "10.00", "10.00")
    be("heliu_web")
    refused = seller.post(OFFER, begun(seller) | {"price": ["", "18", ""]}).content.decode()
    assert "240.00" in re.sub(r"<[^>]+>", "", refused)
    number = send(seller, OFFER, begun(seller), to="^/quotes/QT-").rsplit("/", 1)[1]
    assert "240.00" in told(seller, f"{OFFER}?from={number}")


def test_no_other_desk_offers(demo: World) -> None:
    dealer = browser(DEALER)
    be("heliu_web")
    assert dealer.get(OFFER).status_code in (403, 404)
    assert dealer.post(f"{OFFER}/usual", {"dealer": "d001"}).status_code in (403, 404)
