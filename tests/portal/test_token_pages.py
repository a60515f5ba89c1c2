"""Tokens on a page: issued by whoever works there, shown once, refused from when they are revoked."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.trade.conftest import World

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import ApiToken
from heliu.kernel.access.operations import enrol

TOKENS = "/company/tokens"


def issued(client: Client, label: str, days: str = "365") -> str:
    """The secret, as the page that made it shows it."""
    be("heliu_web")
    answer = client.post(TOKENS, {"act": "issue", "label": label, "days": days})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    found = re.search(r'value="(hl_[^"]+)"', answer.content.decode())
    assert found
    return found[1]


def asked(secret: str) -> int:
    """What the API answers to a program that brings this secret."""
    be("heliu_web")
    return Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code


def test_a_token_lets_a_program_in_until_it_is_revoked(demo: World) -> None:
    owner = browser(demo.dealer)
    secret = issued(owner, "ERP")
    assert asked(secret) == 200
    page = read(owner, TOKENS)
    assert "ERP" in page
    assert secret not in page
    with demo.worker():
        token = ApiToken.objects.get(label="ERP")
    be("heliu_web")
    assert owner.post(TOKENS, {"act": "revoke", "token": str(token.pk)}).status_code == 303
    assert asked(secret) == 401
    assert "Revoked" in read(owner, TOKENS)


def test_it_holds_as_long_as_was_said(demo: World) -> None:
    owner = browser(demo.dealer)
    issued(owner, "For a month", "30")
    issued(owner, "For good", "")
    with demo.worker():
        month, good = (
            ApiToken.objects.get(label="For a month"),
            ApiToken.objects.get(label="For good"),
        )
    assert month.expires_at == month.created_at + timedelta(days=30)
    assert good.expires_at is None


def test_what_cannot_be_is_said_and_makes_nothing(demo: World) -> None:
    owner = browser(demo.dealer)
    be("heliu_web")
    for form, words in (
        ({"act": "issue", "label": "  ", "days": "30"}, "Say which program it is for."),
        ({"act": "issue", "label": "ERP", "days": "9999"}, "There is no such choice."),
        ({"act": "guess"}, "There is no such choice."),
    ):
        answer = owner.post(TOKENS, form)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert owner.post(TOKENS, {"act": "revoke", "token": "x"}).status_code == 404
    with demo.worker():
        assert not ApiToken.objects.filter(label="ERP").exists()


def test_a_purchaser_sees_their_own_and_a_house_only_its_own(demo: World) -> None:
    with demo.worker():
        enrol(
            actor=Actor.system(), email="helps@d001.demo", name="Helps", org=demo.chain.dealers["D001"],
            role="purchaser",
        )  # fmt: skip
    owner, colleague, seller = (
        browser(demo.dealer),
        browser("helps@d001.demo"),
        browser("sales@seller.demo"),
    )
    issued(owner, "Shop of the owner")
    mine = issued(colleague, "Sheet of mine")
    assert "Shop of the owner" not in read(colleague, TOKENS)
    assert "Sheet of mine" in read(owner, TOKENS)
    assert "Sheet of mine" not in read(seller, TOKENS)
    with demo.worker():
        tokens = {one.label: str(one.pk) for one in ApiToken.objects.all()}
    be("heliu_web")
    form = {"act": "revoke", "token": tokens["Shop of the owner"]}
    assert colleague.post(TOKENS, form).status_code == 404
    form["token"] = tokens["Sheet of mine"]
    assert seller.post(TOKENS, form).status_code == 404
    assert asked(mine) == 200
    assert owner.post(TOKENS, form).status_code == 303
    assert asked(mine) == 401
