"""From the form before the door to the first order, as somebody with a browser would go."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import newcomers
from tests.trade.conftest import World

from heliu.kernel.access import attempts
from heliu.kernel.dispatch import posts
from heliu.kernel.joining.sandbox import operations as register
from heliu.trade import joining

FORM: dict[str, object] = {
    "name": "宁波第1商行",
    "country": "CN",
    "number": newcomers.credit_code(1),
    "contact": "林晓",
    "email": "lin@shop1.example",
    "phone": "138 0000 0000",
}


def anybody() -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    return client


def link_in_mail(world: World) -> str:
    """The worker sends what waits; where the newest mail leads."""
    be("heliu_worker")
    posts.send(at=world.at)
    found = re.search(r"(/join/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def set_password(client: Client, link: str) -> None:
    read(client, link)
    data: dict[str, object] = {"password": newcomers.PASSWORD, "again": newcomers.PASSWORD}
    send(client, link, data, to="/company/joining")


def work(world: World) -> None:
    be("heliu_worker")
    joining.run(at=world.at)


def test_signed_up_verified_by_rule_and_ordering(demo: World) -> None:
    newcomers.takes_newcomers(demo)
    with demo.worker():
        register.enter(str(FORM["number"]), "宁波第1商行")
    me = anybody()
    read(me, "/join/")
    send(me, "/join/", FORM, to="/join/sent")
    link = link_in_mail(demo)
    set_password(me, link)
    page = read(me, "/company/joining")
    assert "Being checked" in page
    be("heliu_web")
    assert me.get("/").headers["Location"] == "/company/joining"
    work(demo)
    assert "Admitted" in read(me, "/company/joining")
    page = read(me, "/company/joining/address")
    where = {"idempotency_key": key_in(page), "city": "宁波", "address": "海曙区药行街 12 号"}
    send(me, "/company/joining/address", where, to="/company/joining")
    assert me.get("/").headers["Location"] == "/dealer/"
    read(me, "/dealer/catalogue")
    again = anybody()
    assert again.get(link).status_code == 200
    gone = {"password": newcomers.PASSWORD, "again": newcomers.PASSWORD}
    assert again.post(link, gone).status_code == 410
    be("heliu_web")
    signs = {"email": FORM["email"], "password": newcomers.PASSWORD}
    assert anybody().post("/sign-in/", signs).status_code == 303


def test_the_page_answers_the_same_for_known_and_unknown(demo: World) -> None:
    newcomers.joined(demo)
    for email in ("lin@shop1.example", "new@shop9.example"):
        send(anybody(), "/join/", {**FORM, "email": email}, to="/join/sent$")


@pytest.mark.parametrize(
    ("field", "typed"),
    [("number", "91330200MA2H00001X"), ("email", "nobody"), ("country", "China"), ("name", "")],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    demo: World, field: str, typed: str
) -> None:
    be("heliu_web")
    answer = anybody().post("/join/", {**FORM, field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-refusal"' in page
    assert "lin@shop1.example" in page or field == "email"


def test_sign_ups_are_bounded(demo: World) -> None:
    for _ in range(attempts.MOST_SIGN_UPS_PER_ACCOUNT):
        send(anybody(), "/join/", FORM, to="/join/sent")
    be("heliu_web")
    assert anybody().post("/join/", FORM).status_code == 429


def test_passwords_must_be_good_and_typed_twice(demo: World) -> None:
    me = anybody()
    send(me, "/join/", FORM, to="/join/sent")
    link = link_in_mail(demo)
    be("heliu_web")
    for first, second in (("short", "short"), (newcomers.PASSWORD, "another")):
        assert me.post(link, {"password": first, "again": second}).status_code == 422
    assert me.get("/join/confirm/nonsense").status_code == 404


def test_a_person_decides_and_the_newcomer_answers(demo: World) -> None:
    who = newcomers.joined(demo, name="另一名")
    ops = browser("ops@operator.demo")
    page = read(ops, "/operator/newcomers")
    assert "under another name" in page
    where = f"/operator/newcomers/{who.application.pk}"
    be("heliu_web")
    empty = {"idempotency_key": key_in(page), "act": "approve", "reason": ""}
    assert ops.post(where, empty).status_code == 422
    asked = empty | {"act": "more", "reason": "Send the licence"}
    send(ops, where, asked, to="/operator/newcomers")
    me = browser(who.email)
    page = read(me, "/company/joining")
    assert "Send the licence" in page
    said = {"idempotency_key": key_in(page), "act": "hand-in", "name": who.wanted.name, "note": "."}
    send(me, "/company/joining", said, to="/company/joining")
    page = read(ops, where)
    send(ops, where, {"idempotency_key": key_in(page), "act": "deny", "reason": "No licence"})
    assert "No licence" in read(me, "/company/joining")
    assert "Denied" in read(ops, "/operator/newcomers?state=done")


def test_the_operator_sets_the_rules_and_the_door_follows(demo: World) -> None:
    ops = browser("ops@operator.demo")
    page = read(ops, "/operator/newcomers/rules")
    rules: dict[str, object] = {
        "idempotency_key": key_in(page), "door": "INVITED", "sellers": "MANY", "least_days": "90",
        "reason": "Opening",
    }  # fmt: skip
    send(ops, "/operator/newcomers/rules", rules, to="rules")
    assert "Opening" in read(ops, "/operator/newcomers/rules")
    assert "by invitation" in read(anybody(), "/join/")
    sales = browser("sales@seller.demo")
    page = read(sales, "/seller/newcomers")
    invite = {"idempotency_key": key_in(page), "act": "invite", "email": "lin@shop1.example"}
    send(sales, "/seller/newcomers", invite, to="/seller/newcomers")
    link = link_in_mail(demo)
    me = anybody()
    assert "lin@shop1.example" in read(me, link)
    send(me, link, FORM, to="/join/sent")
    set_password(me, link_in_mail(demo))
    rules |= {"idempotency_key": "k" * 32, "door": "OPEN"}
    send(ops, "/operator/newcomers/rules", rules)
    assert "Sell" in read(anybody(), "/join/")


def test_the_seller_says_how_far_newcomers_are_trusted(demo: World) -> None:
    sales = browser("sales@seller.demo")
    assert "order by transfer until" in read(sales, "/seller/newcomers")
    page = read(sales, "/seller/newcomers/terms")
    said: dict[str, object] = {
        "idempotency_key": key_in(page), "is_on": "yes", "ceiling": "5,000.00", "days": "14",
        "total": "4,000", "least_days": "30",
    }  # fmt: skip
    refused = sales.post("/seller/newcomers/terms", said)
    assert refused.status_code == 422
    assert "at least what one of them gets" in refused.content.decode()
    assert 'value="5,000.00"' in refused.content.decode()
    send(sales, "/seller/newcomers/terms", said | {"total": "20,000"}, to="/seller/newcomers")
    page = read(sales, "/seller/newcomers")
    assert "14 days after shipment" in page
    assert "30 days ago or earlier" in page


def test_who_waits_reads_what_opens_the_pad(demo: World) -> None:
    who = newcomers.joined(demo, name="不同商行")
    me = anybody()
    send(me, "/sign-in/", {"email": who.email, "password": newcomers.PASSWORD})
    for page in ("/dealer/pad", "/dealer/catalogue", "/dealer/bought", "/dealer/price"):
        text = read(me, page)
        assert "A person looks at what you handed in" in text
        assert "Who works with you" in text
    application = who.application.pk
    with demo.worker() as system:
        newcomers.verifying.approve(application, actor=system, reason="known", at=demo.at)
    work(demo)
    assert "No seller yet" in read(me, "/dealer/pad")  # nobody takes newcomers here
