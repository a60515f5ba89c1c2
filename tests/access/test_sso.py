"""People of a house sign in with what their house signs them in with, against a provider that is a
process of its own; nobody new comes in but by the house's rule, nobody of another house is taken
over."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from django.test import Client
from tests.access.conftest import laid, world
from tests.access.oidc_provider import CLIENT, SECRET
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.trade.conftest import World

from heliu.demo.chain import PASSWORD, enrol
from heliu.kernel.access import operations as access
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import Membership, User
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.joining.models import Colleague
from heliu.kernel.joining.operations import people
from heliu.kernel.sso import operations, port
from heliu.kernel.sso.models import Known, Provider

__all__ = ["laid", "world"]

OWNER, CLERK = "owner@d001.demo", "clerk@d001.demo"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    path = Path(__file__).with_name("oidc_provider.py")
    with subprocess.Popen(
        [sys.executable, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"http://localhost:{process.stdout.readline().strip()}"
        process.terminate()


@pytest.fixture
def house(world: World, issuer: str, settings, monkeypatch: pytest.MonkeyPatch) -> World:
    """The first dealer's house with its domain, its provider, and a clerk."""
    settings.DEMO = settings.HELIU_WEBHOOKS_INSIDE = True
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    with world.worker():
        enrol(CLERK, "Clerk", world.chain.dealers["D001"], "purchaser")
    with world.desk(OWNER) as owner:
        people.claim_domain(actor=owner, lets_in="ASKS", at=world.at)
        operations.set_provider(
            actor=owner, issuer=issuer, client_id=CLIENT, secret=SECRET, is_on=True, at=world.at
        )
    return world


def sign_in(who: str, **said: str) -> tuple[Client, int, str]:
    """By the page, the provider's own answer edited by what it is to say; where it ended."""
    be("heliu_web")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    away = client.post("/sign-in/sso", {"email": who, "next": "/"})
    if away.status_code != 200:
        return client, away.status_code, away.content.decode()
    found = re.search(r'<a class="btn pri" href="([^"]+)"', away.content.decode())
    assert found
    parts = urlsplit(unescape(found[1]))
    asked = {**dict(parse_qsl(parts.query)), **said}
    back = httpx.get(urlunsplit(parts._replace(query=urlencode(asked))))
    come = client.get(back.headers["Location"])
    return client, come.status_code, come.content.decode()


def test_somebody_of_the_house_is_signed_in_and_known_from_then_on(house: World) -> None:
    client, status, _ = sign_in(CLERK)
    assert status == 303
    assert client.get("/api/v1/me").json()["permissions"] == ["order"]
    assert "Sign-in of the house" in read(client, "/account/security")
    # The address may change there: the subject is what is known.
    assert sign_in(CLERK, email="else@nowhere.example")[1] == 303
    with house.worker():
        assert [(one.subject, one.user.username) for one in Known.objects.all()] == [("s-1", CLERK)]
        assert SECRET.encode() not in bytes(Provider.objects.get().secret)


def test_nobody_of_another_house_is_taken_over(house: World) -> None:
    with house.worker():
        before = User.objects.count()
        enrol("stranger@d001.demo", "Stranger", house.chain.dealers["D002"], "owner")
    for email in (
        "new@elsewhere.demo",
        "owner@d002.demo",
        "stranger@d001.demo",
        "credit@bank.demo",
    ):
        _client, status, text = sign_in(CLERK, sub=f"s-{email}", email=email)
        assert (status, "you have no desk there" in text) == (422, True), email
    assert sign_in(CLERK, sub="s-2", verified="no")[1] == 422
    # One subject is one person: another subject with a known address is nobody.
    assert sign_in(CLERK)[1] == 303
    assert sign_in(CLERK, sub="s-9")[1] == 422
    with house.worker():
        assert User.objects.count() == before + 1


def test_somebody_new_comes_in_by_the_rule_of_the_house(house: World) -> None:
    new = {"sub": "s-new", "email": "new@d001.demo"}
    assert sign_in(CLERK, **new, verified="no")[1] == 422
    for _ in range(2):  # it asks once, however often they come
        _client, status, text = sign_in(CLERK, **new)
        assert (status, "is asked whether you may come in" in text) == (422, True)
    with house.desk(OWNER) as owner:
        asks = Colleague.objects.get(email=new["email"])
        people.let_in(asks.pk, actor=owner, role="purchaser", at=house.at)
    client, status, _ = sign_in(CLERK, **new)
    assert (status, client.get("/api/v1/me").json()["permissions"]) == (303, ["order"])
    with house.desk(OWNER) as owner:
        people.claim_domain(actor=owner, lets_in="AT_ONCE", at=house.at)
    client, status, _ = sign_in(CLERK, sub="s-newer", email="Newer@d001.demo", name="Newer Wu")
    assert (status, client.get("/api/v1/me").json()["permissions"]) == (303, ["order"])
    with house.worker():
        made = User.objects.get(username="newer@d001.demo")
        assert (made.name, made.has_usable_password()) == ("Newer Wu", False)
        Membership.objects.filter(user=made).update(is_active=False)
        before = User.objects.count()
    for email in ("newer@d001.demo", "newest@d001.demo"):  # who left stays out, by any name
        assert sign_in(CLERK, sub="s-newer", email=email)[1] == 422
    with house.worker():
        assert User.objects.count() == before


@pytest.mark.parametrize(
    "said", [{"nonce": "x"}, {"aud": "somebody-else"}, {"alg": "HS256"}, {"code_challenge": "x"}]
)
def test_what_is_not_said_to_us_now_by_it_is_not_believed(house: World, said: dict) -> None:
    _client, status, text = sign_in(CLERK, **said)
    assert status == 422
    assert "did not work" in text


def test_it_opens_the_desks_of_its_own_house_alone_and_changes_no_factor(house: World) -> None:
    with house.worker():
        clerk = User.objects.get(username=CLERK)
        access.seat(actor=Actor.system(), user=clerk, org=house.chain.bank, role="credit-officer")
    client, status, _ = sign_in(CLERK)
    assert status == 303
    bank = str(house.chain.bank)
    assert client.post("/desk", {"desk": f"{bank}/bank"}).status_code == 404
    assert client.get("/api/v1/me").json()["permissions"] == ["order"]
    assert client.post("/account/passkey", {"step": "begin"}).status_code == 403
    own = browser(CLERK)
    assert own.post("/desk", {"desk": f"{bank}/bank"}).status_code == 303


def test_who_left_the_house_is_let_in_no_more_and_a_second_factor_there_counts(
    house: World,
) -> None:
    client, _status, _ = sign_in(CLERK, amr="mfa")
    assert client.session["strong"] is True
    with house.worker():
        Membership.objects.filter(user__username=CLERK).update(is_active=False)
    assert sign_in(CLERK)[1] == 422


def test_an_answer_without_a_question_and_one_used_twice_lead_nowhere(house: World) -> None:
    client = Client()
    assert client.get("/sign-in/sso/back?state=a&code=b").status_code == 422
    assert client.post("/sign-in/sso", {"email": "somebody@nowhere.example"}).status_code == 422
    tries = [
        client.post("/sign-in/sso", {"email": "x@nowhere.example"}).status_code for _ in range(11)
    ]
    assert tries[-1] == 429


def test_a_provider_is_set_by_whoever_manages_a_house_with_a_domain(
    house: World, issuer: str
) -> None:
    page, key = browser(OWNER), {"idempotency_key": "k" * 32}
    assert "/sign-in/sso/back" in read(page, "/company/sso")
    wrong = {"issuer": f"{issuer}/elsewhere", "client_id": "kept as typed", "is_on": "yes", **key}
    refused = page.post("/company/sso", wrong)
    assert refused.status_code == 422
    assert "kept as typed" in refused.content.decode()
    assert (
        page.post("/company/sso", {"issuer": issuer, "client_id": CLIENT, **key}).status_code == 303
    )
    assert sign_in(CLERK)[1] == 422  # it is off now
    act = {"issuer": issuer, "client_id": "c", "secret": "s", "is_on": True, "at": house.at}
    with house.desk(CLERK) as clerk, pytest.raises(Forbidden):
        operations.set_provider(actor=clerk, **act)
    with house.desk("owner@d002.demo") as other, pytest.raises(Refused, match="domain"):
        operations.set_provider(actor=other, **act)


def test_an_issuer_that_drips_is_left(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HELIU_WEBHOOKS_INSIDE = True
    monkeypatch.setattr(port, "WHOLE", 0.3)
    over = Event()

    def drip(server: socket.socket) -> None:
        client, _ = server.accept()
        with client, suppress(OSError):
            client.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.05):
                client.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n"[:1])

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        with pytest.raises(Refused, match="sso-failed"):
            port.discovered(f"http://localhost:{server.getsockname()[1]}")
        over.set()
        thread.join()


def test_at_the_operator_managing_the_house_is_not_enough(house: World, issuer: str) -> None:
    with house.worker():
        enrol("helper@operator.demo", "Helper", house.chain.operator, "administrator")
    with house.desk("helper@operator.demo") as helper:
        with pytest.raises(Forbidden):
            people.claim_domain(actor=helper, lets_in="IN", at=house.at)
        with pytest.raises(Forbidden):
            people.drop_domain(actor=helper)
        with pytest.raises(Forbidden):
            operations.set_provider(
                actor=helper, issuer=issuer, client_id="c", secret="s", is_on=True, at=house.at
            )


def test_it_talks_to_public_addresses_only(house: World, issuer: str, settings) -> None:
    settings.HELIU_WEBHOOKS_INSIDE = False
    for inside in (issuer, "https://127.0.0.1", "https://metadata.internal"):
        with pytest.raises((Refused, Invalid)):
            port.discovered(inside)
    assert PASSWORD
