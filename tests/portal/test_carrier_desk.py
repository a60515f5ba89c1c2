"""The carrier's desk, and what the others see of what it says."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.conftest import be
from tests.pictures import png
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.logistics.transport.models import Carriage, Shipment
from heliu.trade.placed import Placed

CARRIER = "carrier@carrier.demo"


def given(demo: World) -> tuple[Placed, str]:
    """A financed order given to the carrier by the seller's own page; the shipment's number."""
    placed = life.place(demo)
    life.sign(demo, placed)
    demo.bank()
    seller, here = browser("sales@seller.demo"), f"/deals/{placed.deal.number}/ship"
    page = read(seller, here)
    assert f'value="{demo.chain.carrier}"' in page
    lines = dict(re.findall(r'name="(line-\d+)" value="(\d+)"', page))
    sent = {"carrier_id": str(demo.chain.carrier), "idempotency_key": key_in(page), **lines}
    send(seller, here, sent, to="/deals/")
    with demo.worker():
        return placed, Shipment.objects.get().number


def picture(name: str = "shot.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png(), content_type="image/png")


def test_from_the_sellers_page_to_the_proof_at_the_gate(demo: World) -> None:
    placed, number = given(demo)
    carrier, here = browser(CARRIER), f"/carrier/{number}"
    assert "Goods to pick up" in read(carrier, "/inbox")
    assert number in read(carrier, "/carrier/")
    page = read(carrier, here)
    assert "Yuntai Supervised Warehousing" in page
    assert "Blue mug" in page
    for kind in ("PICKED_UP", "DEPARTED"):
        page = read(carrier, here)
        assert f'value="{kind}"' in page
        send(carrier, f"{here}/said", {"kind": kind, "idempotency_key": key_in(page)}, to=here)
    proof = {"receiver": "Zhou", "photo": picture(), "idempotency_key": "proof-0001"}
    send(carrier, f"{here}/handed-over", dict(proof), to=here)
    page = read(carrier, here)
    assert "Proof of delivery" in page
    assert "Zhou" in page
    assert number in read(carrier, "/carrier/?tab=delivered")
    deal = f"/deals/{placed.deal.number}"
    for who in ("owner@d001.demo", "sales@seller.demo", "credit@bank.demo", "gate@warehouse.demo"):
        page = read(browser(who), deal)
        assert "Handed over by the carrier" in page
        assert "shot.png" in page
    assert number in read(browser("gate@warehouse.demo"), "/warehouse/receive")


def test_what_is_wrong_stands_in_everybodys_flow_and_inbox(demo: World) -> None:
    placed, number = given(demo)
    carrier, here = browser(CARRIER), f"/carrier/{number}"
    said = {"kind": "SEAL", "note": "seal 4711", "photos": picture("seal.png")}
    send(carrier, f"{here}/wrong", {**said, "idempotency_key": "wrong-0001"}, to=here)
    assert "seal 4711" in read(carrier, "/carrier/?tab=wrong") + read(carrier, here)
    for who in ("owner@d001.demo", "sales@seller.demo", "credit@bank.demo"):
        other = browser(who)
        assert "on their way: Seal broken" in read(other, "/inbox")
        page = read(other, f"/deals/{placed.deal.number}")
        assert "Something went wrong on the way" in page
        assert "seal 4711" in page
        assert "seal.png" in page
    with demo.worker():
        exception = Carriage.objects.get().exceptions.get().pk
    send(carrier, f"{here}/wrong/{exception}", {"idempotency_key": "settle-001"}, to=here)
    assert "Settled, the goods go on" in read(
        browser("owner@d001.demo"), f"/deals/{placed.deal.number}"
    )


def test_what_is_refused_is_said_beside_its_form_and_keeps_what_was_typed(demo: World) -> None:
    _, number = given(demo)
    carrier, here = browser(CARRIER), f"/carrier/{number}"
    be("heliu_web")
    sent = {"kind": "OTHER", "note": "", "idempotency_key": "wrong-0001"}
    answer = carrier.post(f"{here}/wrong", sent)
    assert answer.status_code == 422
    assert "Say in a few words what is wrong." in answer.content.decode()
    send(carrier, f"{here}/said", {"kind": "PICKED_UP", "idempotency_key": "said-00001"})
    answer = carrier.post(
        f"{here}/handed-over", {"receiver": "Zhou", "idempotency_key": "proof-0001"}
    )
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "A signature or a photo is needed." in words
    assert 'value="Zhou"' in words


def test_the_carrier_sees_no_price_no_loan_and_no_deal(demo: World) -> None:
    placed, number = given(demo)
    carrier = browser(CARRIER)
    for address in ("/carrier/", f"/carrier/{number}", "/inbox", "/deals", "/company"):
        page = read(carrier, address)
        for secret in (
            placed.deal.number,
            placed.order.number,
            placed.loan.number,
        ):
            assert secret not in page, (address, secret)
    for address in (f"/deals/{placed.deal.number}", "/carrier/SH-2611-999999"):
        read(carrier, address, 404)
    for who in ("owner@d001.demo", "sales@seller.demo"):
        read(browser(who), f"/carrier/{number}", 403)  # they read of it in their deal
