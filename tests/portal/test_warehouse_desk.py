"""The keeper's day through the pages alone: no JavaScript, forms and links only."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from tests.pictures import PDF, png
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.kernel.files.kinds import LARGEST
from heliu.kernel.files.models import StoredFile
from heliu.logistics.pledges.models import CodeAttempt, Pledge, ReleaseOrder
from heliu.logistics.stock.models import StockRow
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.models import PickAttempt, Receiving
from heliu.portal.bank import pledge_board as bank_board
from heliu.portal.warehouse import pledge_board
from heliu.trade import photos
from heliu.trade.models import DealStep
from heliu.trade.placed import Placed

KEEPER = "gate@warehouse.demo"


def on_the_way(world: World) -> tuple[Placed, Shipment]:
    """A financed order whose goods left the seller."""
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    return placed, life.ship(world, placed)


def counts_in(page: str) -> dict[str, str]:
    """The fields of the count as they stand."""
    found = re.findall(r'name="((?:good|damaged)-[0-9a-f-]+)" value="(\d+)"', page)
    assert found
    return dict(found)


def scan(keeper: Client, text: str, release: str = "") -> str:
    """Scan something and read the page with the verdict."""
    page = read(keeper, f"/warehouse/scan?for={release}")
    form = {"scanned": text, "for": release, "idempotency_key": key_in(page)}
    answer = read(keeper, send(keeper, "/warehouse/scan", form, to="/warehouse/scan"))
    verdict = re.search(r'<div class="verdict (?:go|stop)".*?</div>', answer, re.S)
    assert verdict, answer
    return verdict[0]


def test_a_shipment_is_received_and_pledged_with_one_button(demo: World) -> None:
    placed, shipment = on_the_way(demo)
    keeper = browser(KEEPER)
    assert shipment.number in read(keeper, "/warehouse/")
    assert shipment.number in read(keeper, "/warehouse/receive")
    address = f"/warehouse/receive/{shipment.number}"
    page = read(keeper, address)
    assert sorted(counts_in(page).values()) == ["0", "0", "100", "200"]
    assert page.count("btn pri") == 2  # in the sheet, and for the thumb on the phone
    assert "Receive and pledge" in page
    send(keeper, f"{address}/arrived", {"idempotency_key": key_in(page)}, to=shipment.number)
    page = read(keeper, address)
    form = {**counts_in(page), "idempotency_key": key_in(page[page.index('id="count"') :])}
    send(keeper, address, form, to=address)
    assert send(keeper, address, form) == address  # a double tap receives once
    page = read(keeper, address)
    receipt = re.search(r"/deals/DL-\d+-\d+/receipts/(WR-\d+-\d+)", page)
    assert receipt
    assert "A-01" in page
    assert "Unaltered" in read(keeper, receipt[0])
    assert receipt[1] in read(keeper, "/warehouse/receipts?tab=pledged")
    assert receipt[1] not in read(keeper, "/warehouse/receipts?tab=done")
    board = read(keeper, "/pledges")
    assert placed.deal.number not in board
    assert "3,800<i>.00</i>" in board


def test_a_difference_is_shown_with_what_follows_before_it_is_done(demo: World) -> None:
    _placed, shipment = on_the_way(demo)
    keeper, address = browser(KEEPER), f"/warehouse/receive/{shipment.number}"
    page = read(keeper, address)
    fields = counts_in(page)
    mugs = next(name for name, value in fields.items() if value == "200")
    key = key_in(page[page.index('id="count"') :])
    form = {**fields, mugs: "185", mugs.replace("good", "damaged"): "5", "idempotency_key": key}
    shown = keeper.post(address, form)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "10 missing pieces are noted against the sender" in text
    assert "5 damaged pieces go into quarantine" in text
    assert "The seller pays their price back to the bank" in text
    assert key_in(text[text.index('id="count"') :]) == key
    with demo.worker():
        assert not Receiving.objects.exists()
    said = re.search(r'name="shown" value="([^"]+)"', text)
    assert said
    changed = {**form, mugs: "190", "shown": said[1]}
    assert keeper.post(address, changed).status_code == 200  # other counts: shown anew
    send(keeper, address, {**form, "shown": said[1]}, to=address)
    page = read(keeper, address)
    assert "QUAR" in page
    assert "In quarantine" in page
    assert shipment.number in read(keeper, "/warehouse/counts")
    assert "In quarantine" in read(keeper, "/warehouse/lots?tab=damaged")


@pytest.mark.parametrize("typed", ["201", "-1", "1.5", "", "99999999999"])
def test_what_is_no_count_is_refused_and_stays_in_its_field(demo: World, typed: str) -> None:
    _placed, shipment = on_the_way(demo)
    keeper, address = browser(KEEPER), f"/warehouse/receive/{shipment.number}"
    page = read(keeper, address)
    fields = counts_in(page)
    mugs = next(name for name, value in fields.items() if value == "200")
    key = key_in(page[page.index('id="count"') :])
    answer = keeper.post(address, {**fields, mugs: typed, "idempotency_key": key})
    assert answer.status_code == 422
    assert f'name="{mugs}" value="{typed}"' in answer.content.decode()
    with demo.worker():
        assert Shipment.objects.get().status == "IN_TRANSIT"


def test_the_gate_opens_once_and_remembers_every_code(demo: World) -> None:
    placed = life.to_pledge(demo)
    life.repay(demo, placed.deal.id, 50)
    demo.bank()
    code = life.pick_up_code(demo)
    keeper = browser(KEEPER)
    release = re.search(r"RO-\d+-\d+", read(keeper, "/warehouse/pick-ups"))
    assert release
    assert "Wrong code" in scan(keeper, "AAA AAA")
    go = scan(keeper, code.lower().replace(" ", "-"))
    assert 'class="verdict go"' in go
    assert release[0] in go
    assert "Code used before" in scan(keeper, code)
    page = read(keeper, "/warehouse/scan")
    assert 'class="verdict idle"' in page
    assert page.index("Code used before") < page.index("Handed over") < page.index("Wrong code")
    with demo.worker():
        assert list(CodeAttempt.objects.order_by("id").values_list("outcome", flat=True)) == [
            "WRONG", "GO", "USED",
        ]  # fmt: skip
        assert ReleaseOrder.objects.get().status == "PICKED_UP"
    assert release[0] in read(keeper, "/warehouse/pick-ups?tab=done")


def test_pledged_goods_are_refused_and_the_try_is_on_record(demo: World) -> None:
    life.to_pledge(demo)
    with demo.worker():
        row = StockRow.objects.filter(pledge__isnull=False, sku__code="M1").get()
    keeper = browser(KEEPER)
    for text in (row.lot, "A-01", "m1", row.lot[-6:]):
        stop = scan(keeper, text)
        assert 'class="verdict stop"' in stop
        assert "These goods are pledged: leave them in bin A-01" in stop
    assert "Not known here" in scan(keeper, "6901234567892")
    with demo.worker():
        tried = PickAttempt.objects.order_by("id")
        assert [one.reason for one in tried] == ["pledged"] * 4
        assert {one.stock_row for one in tried} == {row.pk}
        row.refresh_from_db()
        assert row.quantity == 200
    assert "4 of pledged goods" in read(keeper, "/pledges")


def test_goods_of_the_release_in_hand_are_taken_and_others_refused(demo: World) -> None:
    placed = life.to_pledge(demo)
    life.repay(demo, placed.deal.id, 30)
    demo.bank()
    with demo.worker():
        order = ReleaseOrder.objects.get()
        line = order.lines.select_related("stock_row", "sku").order_by("line__position").first()
        assert line is not None
        lot = line.stock_row.lot
    keeper = browser(KEEPER)
    page = read(keeper, f"/warehouse/scan?for={order.number}")
    assert f">0</b><span>of {order.quantity}" in page
    go = scan(keeper, lot, order.number)
    assert f"Take {line.quantity} from bin" in go
    page = read(keeper, f"/warehouse/scan?for={order.number}")
    assert f"{line.quantity} / {line.quantity}" in page
    assert "These goods are pledged" in scan(keeper, "B1", order.number)
    with demo.worker():
        assert PickAttempt.objects.filter(release_order=order.pk, outcome="GO").count() == 1


def test_a_verdict_belongs_to_its_address_and_a_resent_scan_asks_once(demo: World) -> None:
    life.to_pledge(demo)
    keeper = browser(KEEPER)
    page = read(keeper, "/warehouse/scan")
    form = {"scanned": "A-01", "idempotency_key": key_in(page)}
    address = send(keeper, "/warehouse/scan", form)
    assert send(keeper, "/warehouse/scan", form) == address
    assert 'class="verdict stop"' in read(keeper, address)
    assert 'class="verdict stop"' in read(keeper, address)
    assert 'class="verdict idle"' in read(keeper, "/warehouse/scan")
    with demo.worker():
        assert PickAttempt.objects.count() == 1


def test_the_lender_sees_the_debt_on_the_board_and_the_keeper_does_not(demo: World) -> None:
    life.to_pledge(demo)
    with demo.worker():
        pledge = Pledge.objects.get()
    keeper = read(browser(KEEPER), "/pledges")
    assert "Debt" not in keeper
    assert "Loan to value" not in keeper
    assert "The oldest first" in keeper
    assert "is outlined" in read(browser(KEEPER), f"/pledges?pledge={pledge.number}")
    bank = read(browser("credit@bank.demo"), f"/pledges?pledge={pledge.number}")
    assert "Debt, CNY" in bank
    assert 'class="ltv"' in bank
    assert pledge.number not in read(browser("owner@d002.demo"), "/pledges")


def test_boards_are_read_leaf_by_leaf_and_summed_whole(
    demo: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        life.to_pledge(demo)
    with demo.worker():
        older, newer = Pledge.objects.order_by("activated_at")
    for board in (pledge_board, bank_board):
        monkeypatch.setattr(board, "ROWS", 1)
    for who, address, on in (
        (KEEPER, "/pledges", "?show=all&page=2"),
        ("credit@bank.demo", "/bank/pledges", "?page=2"),
    ):
        first = read(browser(who), address)
        assert older.number in first
        assert newer.number not in first
        assert f'href="{on}"' in first
        assert "2 pledges" in first
        second = read(browser(who), address + on)
        assert older.number not in second
        assert newer.number in second
    # Whoever looks at one stays where he was; another leaf's pledge can be looked at too.
    link = re.search(r'href="(\?show=all[^"]*#where)"', read(browser(KEEPER), "/pledges?page=2"))
    assert link
    assert link[1] == f"?show=all&page=2&pledge={newer.number}#where"
    chosen = read(browser(KEEPER), f"/pledges?pledge={newer.number}")
    assert f"<h2>{newer.number}</h2>" in chosen
    assert older.number in chosen


def test_a_bin_of_the_map_shows_its_lots(demo: World) -> None:
    life.to_pledge(demo)
    keeper = browser(KEEPER)
    page = read(keeper, "/warehouse/map")
    assert page.count('aria-label="A-01 ') == 1
    assert "Blue mug × 200" in page
    chosen = read(keeper, "/warehouse/map?bin=A-01")
    assert re.search(r"/pledges\?pledge=PL-\d+-\d+", chosen)
    assert "This bin is empty" in read(keeper, "/warehouse/map?bin=H-20")


def test_lots_are_found_by_claim_and_by_word(demo: World) -> None:
    placed = life.to_pledge(demo)
    life.repay(demo, placed.deal.id, 50)
    demo.bank()
    keeper = browser(KEEPER)
    assert "B1" not in read(keeper, "/warehouse/lots?q=M1").split("<tbody>")[1]
    assert "To be fetched" in read(keeper, "/warehouse/lots?tab=released").split("<tbody>")[1]
    assert "Dealer 1" in read(keeper, "/warehouse/lots?q=dealer+1")
    assert "Nothing matches" in read(keeper, "/warehouse/lots?q=zzzz")


def test_nobody_counts_or_opens_the_gate_for_another_house(demo: World) -> None:
    _placed, shipment = on_the_way(demo)
    address = f"/warehouse/receive/{shipment.number}"
    form = {"scanned": "AAA AAA", "idempotency_key": "k" * 20}
    for stranger in (demo.dealer, "sales@seller.demo"):
        client = browser(stranger)
        read(client, address, status=403)
        assert client.post("/warehouse/scan", form).status_code == 403
    rival = browser(demo.rival("warehouse"))
    read(rival, address, status=404)
    assert "Wrong code" in read(rival, send(rival, "/warehouse/scan", form))


@pytest.mark.parametrize(
    "address",
    [
        "/warehouse/", "/warehouse/receive", "/warehouse/counts", "/warehouse/counts?tab=all",
        "/warehouse/scan", "/warehouse/scan?for=RO-1&answer=x", "/warehouse/pick-ups",
        "/warehouse/pick-ups?tab=nonsense", "/warehouse/map", "/warehouse/map?bin=none&house=none",
        "/warehouse/lots", "/warehouse/lots?tab=nonsense&q=x", "/warehouse/receipts",
        "/warehouse/receipts?tab=nonsense", "/pledges", "/pledges?show=nonsense&pledge=PL-1",
        "/pledges?page=nonsense", "/pledges?show=short&page=9",
    ],
)  # fmt: skip
def test_every_page_is_there_from_the_first_day(demo: World, address: str) -> None:
    read(browser(KEEPER), address)


@pytest.mark.parametrize(
    "address", ["/warehouse/", "/pledges", "/warehouse/lots", "/warehouse/receipts"]
)
def test_many_goods_ask_no_more_than_few(demo: World, address: str) -> None:
    from tests.portal.test_statements import statements

    life.to_pledge(demo)
    keeper = browser(KEEPER)
    keeper.get(address)
    read(keeper, address)
    one = statements(keeper, address)
    life.to_pledge(demo)
    read(keeper, address)
    assert statements(keeper, address) == one


def damaged_count(keeper: Client, address: str) -> dict[str, object]:
    """A count of which five pieces are damaged, as its form would be sent."""
    page = read(keeper, address)
    fields: dict[str, object] = dict(counts_in(page))
    mugs = next(name for name, value in fields.items() if value == "200")
    key = key_in(page[page.index('id="count"') :])
    return {**fields, mugs: "195", mugs.replace("good", "damaged"): "5", "idempotency_key": key}


def named(content: bytes, name: str) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


def shown_photos(page: str) -> list[str]:
    """The addresses of the photos on a page."""
    return re.findall(r'<img src="(/files/[0-9a-f-]+)"', page)


def test_photos_of_damage_come_with_the_count_and_the_parties_see_them(demo: World) -> None:
    placed, shipment = on_the_way(demo)
    keeper, address = browser(KEEPER), f"/warehouse/receive/{shipment.number}"
    assert 'type="file"' not in read(keeper, address)
    form = damaged_count(keeper, address)
    page = keeper.post(address, form).content.decode()
    assert 'capture="environment"' in page
    said = re.search(r'name="shown" value="([^"]+)"', page)
    assert said
    only = {**form, "shown": said[1], "only": "photos", "photos": [named(png(), "one.png")]}
    page = keeper.post(address, only).content.decode()
    (first,) = shown_photos(page)
    assert "They see 1 photo" in page
    assert browser(demo.dealer).get(first).status_code == 404  # not counted yet
    rest = {**form, "shown": said[1], "photos": [named(png(mark=False), "two.png")]}
    send(keeper, address, rest, to=address)
    assert len(shown_photos(read(keeper, address))) == 2
    deal = f"/deals/{placed.deal.number}"
    for email in (demo.dealer, "sales@seller.demo", "credit@bank.demo", KEEPER):
        party = browser(email)
        found = shown_photos(read(party, deal))
        assert found[0] == first
        assert [party.get(one).content for one in found] == [png(), png(mark=False)]
    assert browser("owner@d002.demo").get(first).status_code == 404
    assert "sign-in" in Client().get(first)["Location"]
    receipt = re.search(rf"{deal}/receipts/WR-\d+-\d+", read(keeper, deal))
    assert receipt
    assert len(shown_photos(read(browser(demo.dealer), receipt[0]))) == 2
    assert "short or damaged (photos: 2)" in read(browser("sales@seller.demo"), "/inbox")
    with demo.worker():
        assert DealStep.objects.get(step="RECEIPT_DIFFERS").data["photos"] == 2


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_photo_that_is_none_costs_neither_the_count_nor_the_others(
    demo: World, language: str
) -> None:
    _placed, shipment = on_the_way(demo)
    keeper, address = browser(KEEPER), f"/warehouse/receive/{shipment.number}"
    form = damaged_count(keeper, address)
    keeper.cookies["django_language"] = language
    said = re.search(r'name="shown" value="([^"]+)"', keeper.post(address, form).content.decode())
    assert said
    brought = [named(b"<svg/>", "drawing.svg"), named(png(), "box.png"),
               named(png() + bytes(LARGEST), "huge.png"), named(b"", "none.png")]  # fmt: skip
    answer = keeper.post(address, {**form, "shown": said[1], "photos": brought})
    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert re.search("drawing.svg(: This file is neither|：这个文件既不是)", page)
    assert re.search("huge.png(: This file is larger than 10 MB|：这个文件超过了 10 MB)", page)
    assert ("This file is empty" in page) == (language == "en")
    assert ("这个文件是空的" in page) == (language == "zh-hans")
    assert counts_in(page) == {name: form[name] for name in counts_in(page)}
    assert len(shown_photos(page)) == 1
    with demo.worker():
        assert not Receiving.objects.exists()
    assert len(shown_photos(read(keeper, address))) == 1
    wrong = {name: "201" if value == "195" else value for name, value in form.items()}
    answer = keeper.post(address, {**wrong, "photos": [named(PDF, "note.pdf")]})
    assert "/files/" in answer.content.decode()
    with demo.worker():
        assert StoredFile.objects.count() == 2
        assert not Receiving.objects.exists()


def test_photos_may_follow_while_a_difference_is_open(demo: World) -> None:
    _placed, shipment = on_the_way(demo)
    keeper, address = browser(KEEPER), f"/warehouse/receive/{shipment.number}"
    form = damaged_count(keeper, address)
    said = re.search(r'name="shown" value="([^"]+)"', keeper.post(address, form).content.decode())
    assert said
    send(keeper, address, {**form, "shown": said[1]}, to=address)
    assert 'id="more"' in read(keeper, address)
    answer = keeper.post(address, {"only": "photos", "photos": [named(png(), "late.png")]})
    (photo,) = shown_photos(answer.content.decode())
    assert browser(demo.dealer).get(photo).content == png()
    for number in range(photos.MOST):
        keeper.post(
            address, {"only": "photos", "photos": [named(png() + bytes([number]), "x.png")]}
        )
    assert len(shown_photos(read(keeper, address))) == photos.MOST


def test_nobody_adds_photos_for_another_house(demo: World) -> None:
    _placed, shipment = on_the_way(demo)
    address = f"/warehouse/receive/{shipment.number}"
    for stranger in (demo.dealer, "credit@bank.demo", demo.rival("warehouse")):
        form = {"only": "photos", "photos": [named(png(), "x.png")]}
        assert browser(stranger).post(address, form).status_code in (403, 404)
    with demo.worker():
        assert not StoredFile.objects.exists()


@pytest.mark.parametrize("address", ["/pledges?pledge=%00", "/warehouse/lots?q=a%00b"])
def test_a_sign_that_no_text_holds_finds_nothing(demo: World, address: str) -> None:
    read(browser(KEEPER), address, status=404)
