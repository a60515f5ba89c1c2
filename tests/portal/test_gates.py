"""Whoever fetches goods finds the gate: its address, its hours, and whom to call."""

from __future__ import annotations

from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.logistics.pledges.models import ReleaseOrder
from heliu.logistics.warehousing.models import Warehouse

KEEPER = "gate@warehouse.demo"
TOLD = {
    "address": "Gate 3, 88 Chengnan Road", "address_zh": "城南路88号3号门",
    "hours": "Mon–Sat 8–18", "hours_zh": "周一至周六 8–18", "contact": "周守仓",
    "phone": "0573-5550 0188",
}  # fmt: skip


def released(demo: World) -> str:
    """Half of a loan is repaid; the page of the code that opens for its goods."""
    placed = life.to_pledge(demo)
    life.repay(demo, placed.deal.id, 40)
    demo.bank()
    code = life.pick_up_code(demo)
    page = read(browser(demo.dealer), "/inbox")
    assert code.replace(" ", "\N{NO-BREAK SPACE}") in page  # it does not break on a phone
    with demo.worker():
        return f"/dealer/pick-ups/{ReleaseOrder.objects.get().number}"


def test_a_pick_up_names_the_gate_its_hours_and_a_number(demo: World) -> None:
    with demo.worker():
        house = Warehouse.objects.get(org=demo.chain.warehouse)
        Warehouse.objects.update(**dict.fromkeys(TOLD, ""))
    sheet = f"/warehouse/houses/{house.pk}"
    ticket = released(demo)
    assert "Neither address nor hours are told yet" in read(browser(demo.dealer), ticket)

    keeper = browser(KEEPER)
    form = {**TOLD, "idempotency_key": key_in(read(keeper, sheet))}
    send(keeper, sheet, form, to="/warehouse/map")
    page = read(browser(demo.dealer), ticket)
    for words in ("Gate 3, 88 Chengnan Road", "Mon–Sat 8–18", "周守仓", 'href="tel:057355500188"'):
        assert words in page
    assert "城南路88号3号门" not in page
    chinese = browser(demo.dealer)
    chinese.cookies["django_language"] = "zh-hans"
    assert "城南路88号3号门" in read(chinese, ticket)
    assert "城南路88号3号门" in read(chinese, "/dealer/pick-ups")


def test_a_gate_is_told_of_by_its_own_people_and_in_words_that_fit(demo: World) -> None:
    with demo.worker():
        house = Warehouse.objects.get(org=demo.chain.warehouse)
        seller_s = Warehouse.objects.get(org=demo.chain.seller)
    keeper, sheet = browser(KEEPER), f"/warehouse/houses/{house.pk}"
    key = key_in(read(keeper, sheet))
    for wrong, says in (
        ({"phone": "ask at the gate"}, "This is no telephone number."),
        ({"address": "x" * 201}, "At most 200 signs."),
    ):
        answer = keeper.post(sheet, {**TOLD, **wrong, "idempotency_key": key})
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert keeper.post(f"/warehouse/houses/{seller_s.pk}", TOLD).status_code == 404
    assert browser(demo.dealer).get(sheet).status_code in (403, 404)
