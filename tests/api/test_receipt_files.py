"""Photos by the API: the keeper sends them, the parties of the deal read them, nobody else."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from tests.api.hands import Hand, Hands
from tests.api.test_pledged_order import place_financed, receive
from tests.pictures import JPEG, PDF, png

from heliu.kernel.files import store
from heliu.kernel.files.kinds import LARGEST

CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture
def receipt(hands: Hands) -> str:
    """The number of the receipt of a financed deal."""
    receive(hands, place_financed(hands)["order"])
    return str(hands.keeper.items("/receipts")[0]["number"])


def send(
    hand: Hand, receipt: str, body: Any, content_type: str = "", *, key: str = "", expect: int = 201
) -> Any:
    """Bytes as they are, or a form when no type is given."""
    headers = {
        "Authorization": f"Bearer {hand.token}",
        "Accept-Language": hand.language,
        "Idempotency-Key": key or "photo-" + sha256(repr(body).encode()).hexdigest()[:20],
    }
    typed = {"content_type": content_type} if content_type else {}
    hand.said = hand.client.post(
        f"/api/v1/receipts/{receipt}/files", body, headers=headers, **typed
    )
    assert hand.said.status_code == expect, hand.said.content.decode()
    return hand.said.json()


def read(hand: Hand, file: str, expect: int = 200) -> bytes:
    hand.said = hand.client.get(
        f"/api/v1/files/{file}", headers={"Authorization": f"Bearer {hand.token}"}
    )
    assert hand.said.status_code == expect
    return bytes(hand.said.content)


def named(content: bytes, name: str) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


def test_what_the_keeper_sends_the_parties_read(hands: Hands, receipt: str) -> None:
    sent = send(hands.keeper, receipt, png(), "image/png")
    assert (sent["content_type"], sent["size"]) == ("image/png", len(png()))
    assert sent["digest"] == sha256(png()).hexdigest()
    for hand in (hands.keeper, hands.dealer, hands.seller, hands.lender):
        assert read(hand, sent["id"]) == png()
        assert hand.said["Content-Type"] == "image/png"
        assert hand.said["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in hand.said["Content-Security-Policy"]
    for hand in (hands.keeper, hands.dealer, hands.lender):
        assert hand.get(f"/receipts/{receipt}")["files"] == [sent]
    read(hands.other, sent["id"], 404)
    send(hands.other, receipt, png(), "image/png", expect=404)
    for hand in (hands.dealer, hands.lender):
        send(hand, receipt, png(mark=False), "image/png", expect=404)


def test_a_form_says_a_name_and_the_content_what_it_is(hands: Hands, receipt: str) -> None:
    sent = send(hands.keeper, receipt, {"file": named(PDF, "../note.html")})
    assert (sent["name"], sent["content_type"]) == ("note.html.pdf", "application/pdf")
    assert read(hands.dealer, sent["id"]) == PDF
    assert hands.dealer.said["Content-Disposition"] == 'attachment; filename="note.html.pdf"'
    assert send(hands.keeper, receipt, JPEG, "image/png")["content_type"] == "image/jpeg"


def test_sent_twice_it_is_one_file(hands: Hands, receipt: str) -> None:
    first = send(hands.keeper, receipt, png(), "image/png", key="once-and-for-all")
    assert send(hands.keeper, receipt, png(), "image/png", key="once-and-for-all") == first
    assert hands.keeper.said["Idempotent-Replayed"] == "true"
    assert send(hands.keeper, receipt, png(), "image/png", key="another-key")["id"] == first["id"]
    other = send(hands.keeper, receipt, JPEG, "image/jpeg", key="once-and-for-all", expect=422)
    assert other["code"] == "key-reused"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_not_taken_is_refused_in_words(hands: Hands, receipt: str, language: str) -> None:
    hands.keeper.language = language
    forms: list[tuple[Any, str, str]] = [
        (b"<svg onload='alert(1)'/>", "image/svg+xml", "file-kind"),
        (b"<html></html>", "image/png", "file-kind"),
        (b"", "image/png", "file-empty"),
        (png() + bytes(LARGEST), "image/png", "file-too-large"),
        ({"file": named(png() + bytes(LARGEST), "a.png")}, "", "file-too-large"),
        ({"file": named(b"MZ", "a.png")}, "", "file-kind"),
        ({"photo": named(png(), "a.png")}, "", "one-file"),
        ({"file": [named(png(), "a.png"), named(JPEG, "b.jpg")]}, "", "one-file"),
        ({"file": "a.png"}, "", "one-file"),
    ]
    for number, (body, content_type, code) in enumerate(forms):
        said = send(hands.keeper, receipt, body, content_type, key=f"refused-{number}", expect=422)
        assert said["code"] == code
        assert bool(CHINESE.search(said["detail"])) == (language == "zh-hans")
    assert hands.keeper.get(f"/receipts/{receipt}")["files"] == []


def test_bytes_that_are_not_what_was_kept_are_not_given_out(hands: Hands, receipt: str) -> None:
    sent = send(hands.keeper, receipt, PDF, "application/pdf")
    place = store.path_of(sent["digest"])
    place.write_bytes(b"?")
    read(hands.dealer, sent["id"], 500)
    assert hands.dealer.said.json()["code"] == "file-lost"
    place.write_bytes(PDF)
    assert read(hands.dealer, sent["id"]) == PDF
