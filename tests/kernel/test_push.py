"""Notices on devices: what a push service takes over real HTTP is what the device can read, and is
signed for that service; devices that are gone end, and no address of the inside is spoken to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tests.conftest import be
from tests.kernel.receiving import Answer, Got, Receiver, receiving
from tests.kernel.test_dispatch import AT, Town, town

from heliu.kernel.access.door import acting_for
from heliu.kernel.dispatch import operations, push, queries
from heliu.kernel.dispatch.models import Device, Letter
from heliu.kernel.errors import Invalid, NotFound
from heliu.portal.shell.outward import device_name

__all__ = ["town"]
AUTH = b"sixteen octets ."


class Phone:
    """A browser's half of a subscription, written from RFC 8291's own words."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.public = push._point(self.key.public_key())

    def read(self, body: bytes) -> Any:
        """What a message says."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= size == 4096
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)

        def derive(size: int, salt: bytes, info: bytes, key: bytes) -> bytes:
            return HKDF(SHA256(), size, salt, info).derive(key)

        key = derive(32, AUTH, b"WebPush: info\x00" + self.public + theirs, shared)
        content = derive(16, salt, b"Content-Encoding: aes128gcm\x00", key)
        nonce = derive(12, salt, b"Content-Encoding: nonce\x00", key)
        plain = AESGCM(content).decrypt(nonce, sealed, None)
        assert plain[-1] == 2
        return json.loads(plain[:-1])


@pytest.fixture
def service(settings: Any) -> Iterator[Receiver]:
    settings.HELIU_WEBHOOKS_INSIDE = True
    with receiving() as receiver:
        yield receiver


def subscribe(town: Town, service: Receiver, phone: Phone, path: str = "/push/1") -> Device:
    be("heliu_web")
    with acting_for([town.house]):
        return operations.add_device(
            f"{service.url}{path}",
            public=push.text_of(phone.public),
            secret=push.text_of(AUTH),
            name="Firefox · Android",
            actor=town.actor(town.owner, "owner"),
            at=town.at,
        )


def letters() -> list[tuple[str, str]]:
    be("heliu_worker")
    return sorted(Letter.objects.values_list("way", "status"))


def test_the_example_of_the_standard() -> None:
    """RFC 8291, appendix A."""
    once = push.bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    body = push.sealed(
        b"When I grow up, I want to be a watermelon",
        push.bytes_of(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        push.bytes_of("BTBZMqHH6r4Tts7J_aSIgg"),
        push.bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
        ec.derive_private_key(int.from_bytes(once), ec.SECP256R1()),
    )
    assert push.text_of(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAm"
        "S6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_"
        "Qulcy4a-fN"
    )


def test_a_notice_is_shown_and_only_the_device_can_read_it(town: Town, service: Receiver) -> None:
    phone = Phone()
    subscribe(town, service, phone)
    subscribe(town, service, phone)  # again, it changes nothing
    town.due()
    town.work()
    (got,) = service.got
    said = phone.read(got.body)
    assert "SO-7" in said["text"]
    assert "1,200.00元" in said["text"], "in the language of the person"
    assert said["link"] == "/deals/SO-7"
    assert b"SO-7" not in got.body
    assert got.headers["content-encoding"] == "aes128gcm"
    assert int(got.headers["ttl"]) > 0
    assert letters() == [("MAIL", "SENT"), ("PUSH", "SENT")]
    town.work()
    assert len(service.got) == 1


def test_it_is_signed_for_its_push_service_alone(town: Town, service: Receiver) -> None:
    subscribe(town, service, Phone())
    town.due()
    town.work()
    scheme, _, rest = service.got[0].headers["authorization"].partition(" ")
    token, key = (part.strip()[2:] for part in rest.split(","))
    assert (scheme, key) == ("vapid", push.public_key())
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.bytes_of(key))
    said = jwt.decode(token, point, ["ES256"], audience=service.url, options={"verify_exp": False})
    assert timedelta() < timedelta(seconds=said["exp"] - AT.timestamp()) <= timedelta(days=1)


@pytest.mark.parametrize("code", [404, 410])
def test_a_device_that_is_gone_ends_and_another_takes_it(
    town: Town, service: Receiver, code: int
) -> None:
    phone = Phone()
    subscribe(town, service, Phone(), "/gone")
    subscribe(town, service, phone, "/here")
    service.answer = lambda got: Answer(code if got.path == "/gone" else 201)
    town.due()
    town.work()
    assert letters() == [("MAIL", "SENT"), ("PUSH", "SENT")]
    assert [one.endpoint for one in Device.objects.all()] == [f"{service.url}/here"]
    assert "SO-7" in phone.read(service.at("/here")[0].body)["text"]


def test_a_push_service_that_is_down_is_tried_again(town: Town, service: Receiver) -> None:
    def down(got: Got) -> Answer:
        return Answer(503 if len(service.got) == 1 else 201)

    service.answer = down
    subscribe(town, service, Phone())
    town.due()
    town.work()
    assert ("PUSH", "WAITING") in letters()
    town.at += timedelta(minutes=6)
    town.work()
    assert ("PUSH", "SENT") in letters()
    assert Device.objects.count() == 1


def test_what_is_not_wished_is_not_shown_and_mail_may_be_off(town: Town, service: Receiver) -> None:
    subscribe(town, service, Phone())
    town.wish(kinds={"loan-due": (False, False)})
    town.due()
    town.work()
    assert service.got == []
    town.wish(mail="NEVER", kinds={})
    town.due()
    town.work()
    assert len(service.got) == 1
    assert letters() == [("PUSH", "SENT")]


def test_only_ones_own_devices_are_seen_and_turned_off(town: Town, service: Receiver) -> None:
    mine = subscribe(town, service, Phone())
    be("heliu_web")
    with acting_for([town.house]):
        other = town.actor(town.purchaser, "purchaser")
        assert not queries.devices_of(other)
        with pytest.raises(NotFound):
            operations.drop_device(mine.pk, actor=other)
        with pytest.raises(Invalid, match="device-taken"):
            operations.add_device(
                mine.endpoint, public=mine.public, secret=mine.secret, name="", actor=other, at=AT
            )
        operations.drop_device(mine.pk, actor=town.actor(town.owner, "owner"))
    town.due()
    town.work()
    assert service.got == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/1", "https://127.0.0.1/1", "https://10.0.0.8/push",
        "https://localhost/1", "https://[::1]/1", "ftp://push.example.com/1", "",
        "https://user:word@push.example.com/1",
    ],
)  # fmt: skip
def test_only_public_push_services_over_https(town: Town, settings: Any, endpoint: str) -> None:
    settings.HELIU_WEBHOOKS_INSIDE = False
    phone = Phone()
    be("heliu_web")
    with acting_for([town.house]), pytest.raises(Invalid):
        operations.add_device(
            endpoint, public=push.text_of(phone.public), secret=push.text_of(AUTH), name="",
            actor=town.actor(town.owner, "owner"), at=AT,
        )  # fmt: skip


def test_a_name_that_turns_out_to_be_inside_is_not_spoken_to(
    town: Town, service: Receiver, settings: Any
) -> None:
    subscribe(town, service, Phone())
    settings.HELIU_WEBHOOKS_INSIDE = False
    town.due()
    town.work()
    assert service.got == []
    assert ("PUSH", "WAITING") in letters()


@pytest.mark.parametrize(("public", "secret"), [("AA", "AA"), ("!", "!"), ("", "")])
def test_keys_that_are_none(town: Town, service: Receiver, public: str, secret: str) -> None:
    be("heliu_web")
    with acting_for([town.house]), pytest.raises(Invalid, match="device-unknown"):
        operations.add_device(
            f"{service.url}/1", public=public, secret=secret, name="",
            actor=town.actor(town.owner, "owner"), at=AT,
        )  # fmt: skip


def test_a_device_is_known_by_its_browser_and_system() -> None:
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    assert device_name(agent) == "Chrome · Android"
    assert device_name("curl/8") == ""
