"""A second proof of who somebody is: enrolled, asked for, good once; and houses that ask for it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import laid, world
from tests.conftest import be
from tests.portal.browsing import read
from tests.trade.conftest import World

from heliu.demo.chain import PASSWORD, enrol
from heliu.kernel.access import second_factor, totp
from heliu.kernel.access.models import ApiToken, Factor, FailedSignIn, RecoveryCode, SignIn, User
from heliu.kernel.errors import Forbidden, Invalid, Refused

__all__ = ["laid", "world"]

OFFICER = "credit@bank.demo"
RFC = b"12345678901234567890"  # RFC 6238, appendix B
_keys = count(1)


@pytest.fixture
def bank(world: World, settings, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.DEMO = True
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    return world


def visitor() -> Client:
    be("heliu_web")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    return client


def sign_in(client: Client, email: str = OFFICER):
    return client.post("/sign-in/", {"email": email, "password": PASSWORD})


def with_app(world: World, email: str = OFFICER) -> tuple[bytes, list[str]]:
    """Enrol an app for a person by the page; its secret and the recovery codes that were shown."""
    client = visitor()
    assert sign_in(client, email).status_code == 303
    page = read(client, "/account/security")
    typed = re.search(r'<code translate="no">([A-Z2-7]+)</code>', page)
    assert typed
    secret = base64.b32decode(typed[1] + "=" * (-len(typed[1]) % 8))
    wrong = client.post("/account/security", {"act": "app", "code": "000000"})
    assert wrong.status_code == 422
    assert typed[1] in wrong.content.decode()
    told = client.post("/account/security", {"act": "app", "code": code(world, secret)})
    assert told.status_code == 200
    return secret, re.findall(r"<code>([a-z2-7-]{14})</code>", told.content.decode())


def code(world: World, secret: bytes) -> str:
    return totp.code_at(secret, totp.step_of(world.at))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, told: str) -> None:
    assert totp.code_at(RFC, seconds // totp.STEP) == told


@given(typed=st.text(max_size=8))
def test_what_is_no_code_is_never_taken(typed: str) -> None:

    at = datetime(2026, 11, 2, tzinfo=UTC)
    good = {totp.code_at(RFC, totp.step_of(at) + drift) for drift in (-1, 0, 1)}
    assert (totp.met(RFC, typed, at=at, after=0) is not None) == ("".join(typed.split()) in good)


def test_the_password_alone_opens_no_more(bank: World) -> None:
    secret, codes = with_app(bank)
    assert len(codes) == second_factor.CODES
    bank.later(minutes=1)
    client = visitor()
    half = sign_in(client)
    assert half["Location"] == "/sign-in/second"
    assert client.get("/bank/")["Location"].startswith("/sign-in/")  # not in yet
    assert client.post("/sign-in/second", {"code": "123 45"}).status_code == 422
    now = code(bank, secret)
    assert client.post("/sign-in/second", {"code": f"{now[:3]} {now[3:]}"}).status_code == 303
    assert "Password and app" in read(client, "/account/security")
    # The same code opens nothing again, nor one from before.
    again = visitor()
    sign_in(again)
    assert again.post("/sign-in/second", {"code": now}).status_code == 422
    assert again.post("/sign-in/second", {"code": codes[0].upper()}).status_code == 303
    third = visitor()
    sign_in(third)
    assert third.post("/sign-in/second", {"code": codes[0]}).status_code == 422
    with bank.worker():
        assert [one.how for one in SignIn.objects.order_by("id")] == ["PASSWORD", "TOTP", "CODE"]
        assert RecoveryCode.objects.filter(used_at=None).count() == second_factor.CODES - 1
        assert not any(secret in bytes(one.secret) for one in Factor.objects.all())


def test_tries_are_counted_and_the_way_there_runs_out(bank: World) -> None:
    with_app(bank)
    client = visitor()
    sign_in(client)
    tries = [client.post("/sign-in/second", {"code": "000000"}).status_code for _ in range(11)]
    assert tries == [*[422] * 10, 429]
    with bank.worker():
        assert not FailedSignIn.objects.filter(account=b"second").exists()
    late = visitor()
    sign_in(late)
    bank.later(minutes=11)
    assert late.get("/sign-in/second")["Location"] == "/sign-in/"


def test_a_session_from_before_changes_no_factor(bank: World) -> None:
    before = visitor()
    sign_in(before)
    with_app(bank)
    with bank.worker():
        factor = Factor.objects.get()
    refused = before.post("/account/security", {"act": "drop", "factor": str(factor.pk)})
    assert refused.status_code == 403
    assert before.post("/account/passkey", {"step": "begin"}).status_code == 403


def test_a_house_asks_it_of_whoever_releases_money(bank: World) -> None:
    with bank.desk(OFFICER) as officer:
        second_factor.demand(
            actor=officer, everybody=False, permissions=["decide", "release"], at=bank.at
        )
    client = visitor()
    sign_in(client)
    assert "Your house asks for a second factor" in read(client, "/account/security")
    loan = client.post("/bank/rules", {"idempotency_key": "k" * 32})
    assert loan.status_code in (403, 405, 422)
    assert client.get("/api/v1/me").json()["permissions"] == ["enforce", "manage", "override"]
    secret, _codes = with_app(bank)
    bank.later(minutes=1)
    strong = visitor()
    sign_in(strong)
    strong.post("/sign-in/second", {"code": code(bank, secret)})
    assert {"decide", "release"} <= set(strong.get("/api/v1/me").json()["permissions"])


def test_a_house_asks_it_of_everybody_and_shows_nothing_before(bank: World) -> None:
    with bank.worker():
        enrol("other@bank.demo", "Other", bank.chain.bank, "credit-officer")
    with bank.desk(OFFICER) as officer:
        second_factor.demand(actor=officer, everybody=True, permissions=[], at=bank.at)
    client = visitor()
    sign_in(client, "other@bank.demo")
    assert client.get("/bank/queue").status_code in (303, 404)
    assert client.get("/deals")["Location"] == "/account/security"
    assert client.get("/api/v1/orders").status_code == 403
    with bank.desk("owner@d001.demo"):  # of another house
        pass
    secret, _codes = with_app(bank, "other@bank.demo")
    bank.later(minutes=1)
    strong = visitor()
    sign_in(strong, "other@bank.demo")
    strong.post("/sign-in/second", {"code": code(bank, secret)})
    read(strong, "/deals")


def test_only_whoever_manages_asks_and_others_houses_are_not_asked(bank: World) -> None:
    with bank.desk("owner@d001.demo") as owner:
        second_factor.demand(actor=owner, everybody=True, permissions=[], at=bank.at)
    client = visitor()
    sign_in(client)
    read(client, "/deals")
    with bank.worker():
        enrol("clerk@d001.demo", "Clerk", bank.chain.dealers["D001"], "purchaser")
    with bank.desk("clerk@d001.demo") as clerk, pytest.raises(Refused):
        second_factor.demand(actor=clerk, everybody=False, permissions=[], at=bank.at)


def test_what_is_no_passkey_opens_nothing(bank: World) -> None:
    client = visitor()
    asked = client.post("/sign-in/passkey", {"step": "begin"}).json()
    assert asked["userVerification"] == "required"
    for sent in ("", "{}", "[]", '{"id": "AAAA", "rawId": "AAAA", "response": {}}', "null"):
        said = client.post("/sign-in/passkey", {"step": "end", "credential": sent})
        assert said.status_code == 422, sent
    with pytest.raises(Invalid):
        second_factor.prove_by_passkey({}, {}, host="localhost", at=bank.at)


def test_an_app_is_replaced_and_the_last_factor_takes_the_codes_along(bank: World) -> None:
    with_app(bank)
    with bank.worker():
        user = User.objects.get(username=OFFICER)
        fresh = second_factor.fresh_secret()
        second_factor.enrol_totp(user, fresh, code(bank, fresh), at=bank.at)
        (factor,) = second_factor.factors(user)
        second_factor.drop(factor.pk, user=user)
        assert second_factor.codes_left(user) == 0
        assert not second_factor.has_factor(user)
        second_factor.signed_in(user, "PASSWORD", at=bank.at + timedelta(days=200))
        assert len(second_factor.sign_ins(user)) == 1


def test_who_manages_the_house_reads_who_is_protected(bank: World) -> None:
    with_app(bank)
    with bank.desk(OFFICER) as officer:
        managing = replace(officer, permissions=officer.permissions | {"manage"})
        found = {one.email: one.has_factor for one in second_factor.of_house(managing)}
        assert found[OFFICER]
        with pytest.raises(Forbidden):
            second_factor.of_house(replace(officer, permissions=frozenset()))


def test_no_program_is_let_in_past_a_second_factor(bank: World) -> None:
    """Programs are not asked for one, so whoever lets them in proves it first."""
    form = {"act": "issue", "label": "ERP", "days": "30"}
    before = visitor()
    sign_in(before)
    with_app(bank)
    assert before.post("/company/tokens", form).status_code == 403
    with bank.worker():
        Factor.objects.all().delete()
    with bank.desk(OFFICER) as officer:
        second_factor.demand(actor=officer, everybody=False, permissions=["release"], at=bank.at)
    assert before.post("/company/tokens", form).status_code == 403
    with bank.worker():
        assert not ApiToken.objects.filter(label="ERP").exists()
