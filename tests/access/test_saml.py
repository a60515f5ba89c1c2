"""People of a house sign in by its SAML provider, which signs with a key made here: what it did not
sign, for us, now, in answer to this browser's question, once, is not believed."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from copy import deepcopy
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from lxml import etree
from tests.access import saml_provider
from tests.access.conftest import laid, world
from tests.access.saml_provider import NS, Provider, Question, asked, moment, packed
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.trade.conftest import World

from heliu.demo.chain import enrol
from heliu.kernel.access.models import Membership, User
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.joining.models import Colleague
from heliu.kernel.joining.operations import people
from heliu.kernel.sso import models as sso
from heliu.kernel.sso import operations, saml

__all__ = ["laid", "world"]

OWNER, CLERK, SECOND = "owner@d001.demo", "clerk@d001.demo", "second@d001.demo"
PROVIDER = Provider()


@pytest.fixture
def house(world: World, settings, monkeypatch: pytest.MonkeyPatch) -> World:
    """The first dealer's house with its domain, its SAML provider, and two clerks."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    with world.worker():
        for who in (CLERK, SECOND):
            enrol(who, "Clerk", world.chain.dealers["D001"], "purchaser")
    with world.desk(OWNER) as owner:
        people.claim_domain(actor=owner, lets_in="ASKS", at=world.at)
        operations.set_saml_provider(
            actor=owner, metadata=PROVIDER.metadata, is_on=True, at=world.at
        )
    return world


def begin(who: str = CLERK) -> tuple[Client, Question]:
    """Away to the provider, by the page; what it is asked."""
    be("heliu_web")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    away = client.post("/sign-in/sso", {"email": who, "next": "/deals"})
    assert away.status_code == 200
    found = re.search(r'<a class="btn pri" href="([^"]+)"', away.content.decode())
    assert found
    return client, asked(unescape(found[1]))


def bring(client: Client, question: Question, answer: str, **more: str) -> tuple[int, str]:
    """The browser brings an answer and goes where it is sent; where that ended."""
    path = question.answers.removeprefix("http://testserver")
    elsewhere = Client()  # a form of another site brings no cookie of ours
    come = elsewhere.post(path, {"SAMLResponse": answer, **more})
    if come.status_code != 303:
        return come.status_code, come.content.decode()
    back = client.get(come.headers["Location"])
    return back.status_code, back.headers.get("Location", back.content.decode())


def sign_in(who: str = CLERK, **said: str | int) -> tuple[Client, int, str]:
    """By an answer that says so; a number is minutes from now."""
    client, question = begin(who)
    told = {name: one if isinstance(one, str) else moment(one) for name, one in said.items()}
    return client, *bring(client, question, PROVIDER.answer(question, **{"email": who, **told}))


def permissions(client: Client) -> list[str]:
    return list(client.get("/api/v1/me").json()["permissions"])


def test_somebody_of_the_house_is_signed_in_and_known_from_then_on(house: World) -> None:
    client, status, where = sign_in()
    assert (status, where) == (303, "/deals")
    assert permissions(client) == ["order"]
    assert sign_in(email="else@nowhere.example")[1] == 303  # the subject is what is known
    client, _status, _ = sign_in(context="https://refeds.org/profile/mfa")
    assert client.session["strong"] is True
    with house.worker():
        assert [(k.subject, k.user.username) for k in sso.Known.objects.all()] == [("p-1", CLERK)]


def test_somebody_new_comes_in_by_the_rule_of_the_house_and_nobody_is_taken_over(
    house: World,
) -> None:
    for email in ("new@elsewhere.demo", "owner@d002.demo", "credit@bank.demo"):
        _client, status, text = sign_in(subject=f"p-{email}", email=email)
        assert (status, "you have no desk there" in text) == (422, True), email
    new = {"subject": "p-new", "email": "new@d001.demo", "name": "New Wu"}
    _client, status, text = sign_in(**new)
    assert (status, "is asked whether you may come in" in text) == (422, True)
    with house.desk(OWNER) as owner:
        asks = Colleague.objects.get(email=new["email"])
        assert asks.name == "New Wu"
        people.let_in(asks.pk, actor=owner, role="purchaser", at=house.at)
    client, status, _ = sign_in(**new)
    assert (status, permissions(client)) == (303, ["order"])
    with house.worker():
        Membership.objects.filter(user__username=new["email"]).update(is_active=False)
    assert sign_in(**new)[1] == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": "https://somebody.else/"},
        {"audience": ""},
        {"recipient": "http://testserver/elsewhere"},
        {"recipient": "http://elsewhere/?HERE"},
        {"destination": "http://elsewhere/"},
        {"destination": "HERE/and/on"},
        {"ends": -20, "starts": -30},
        {"ends": -1},
        {"starts": 20, "ends": 30},
        {"request": ""},
        {"request": "_another"},
        {"issuer": "https://another.example/"},
        {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        {"subject": "x" * 256},
    ],
    ids=str,
)
def test_what_is_not_said_to_us_now_in_answer_is_not_believed(house: World, wrong: dict) -> None:
    client, status, text = sign_in(**wrong)
    assert (status, "did not work" in text) == (422, True)
    assert client.get("/api/v1/me").status_code == 401


def unsigned(question: Question) -> str:
    return packed(PROVIDER.document(question, email=CLERK))


def signed_outside_only(question: Question) -> str:
    return packed(PROVIDER.sign(PROVIDER.document(question, email=CLERK), "samlp:Response"))


def by_another_key(question: Question) -> str:
    return Provider().answer(question, email=CLERK)


def changed_afterwards(question: Question) -> str:
    document = PROVIDER.sign(PROVIDER.document(question, email=SECOND))
    document.find(".//saml:AttributeValue", NS).text = CLERK
    return packed(document)


def forged(question: Question) -> etree._Element:
    """Somebody else's assertion under an id of its own."""
    made = PROVIDER.document(question, email=CLERK, subject="p-9", assertion="_forged")
    return made.find("saml:Assertion", NS)


def wrapped_beside(question: Question) -> str:
    """The signed assertion stands beside a forged one."""
    document = PROVIDER.sign(PROVIDER.document(question, email=SECOND))
    document.find("saml:Assertion", NS).addprevious(forged(question))
    return packed(document)


def wrapped_inside(question: Question) -> str:
    """A forged assertion holds the signature, and the signed one within it."""
    document = PROVIDER.sign(PROVIDER.document(question, email=SECOND))
    true, false = document.find("saml:Assertion", NS), forged(question)
    signature = true.find("ds:Signature", NS)
    document.replace(true, false)
    held = etree.SubElement(signature, f"{{{NS['ds']}}}Object")
    inner = deepcopy(true)
    inner.remove(inner.find("ds:Signature", NS))
    held.append(inner)
    false.find("saml:Issuer", NS).addnext(signature)
    return packed(document)


def with_the_same_id(question: Question) -> str:
    """A forged assertion under the id of the signed one, which hides elsewhere."""
    document = PROVIDER.sign(PROVIDER.document(question, email=SECOND))
    true, false = document.find("saml:Assertion", NS), forged(question)
    false.set("ID", true.get("ID"))
    document.replace(true, false)
    hidden = etree.SubElement(document, f"{{{NS['samlp']}}}Extensions")
    hidden.append(true)
    return packed(document)


def with_an_entity(question: Question) -> str:
    text = etree.tostring(PROVIDER.sign(PROVIDER.document(question, email=CLERK))).decode()
    evil = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return base64.b64encode((evil + text).encode()).decode()


def by_sha_1(question: Question) -> str:
    xml = etree.tostring(PROVIDER.sign(PROVIDER.document(question, email=CLERK)))
    old = xml.replace(
        b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        b"http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    )
    return base64.b64encode(old).decode()


@pytest.mark.parametrize(
    "attack",
    [
        unsigned, signed_outside_only, by_another_key, changed_afterwards, wrapped_beside,
        wrapped_inside, with_the_same_id, with_an_entity, by_sha_1, lambda _: "", lambda _: "%%%",
        lambda _: "x" * 300_000,
    ],
)  # fmt: skip
def test_what_its_provider_did_not_sign_is_not_believed(
    house: World, attack: Callable[[Question], str]
) -> None:
    client, question = begin()
    status, text = bring(client, question, attack(question))
    assert (status, "did not work" in text) == (422, True)
    with house.worker():
        assert not sso.Heard.objects.exists()
        assert not sso.Known.objects.exists()


def test_a_comment_in_a_name_cuts_nothing_off(house: World) -> None:
    """The signature is over the text without comments: a reader that stops at one is deceived."""
    client, question = begin()
    answer = PROVIDER.answer(question, raw=f"{CLERK}<!-- -->.evil.example", email="")
    assert bring(client, question, answer)[0] == 422
    with house.worker():
        heard = sso.Heard.objects.get()
        assert heard.subject == f"{CLERK}.evil.example"


def test_an_answer_is_taken_up_once_by_the_browser_that_asked(house: World) -> None:
    client, question = begin()
    answer = PROVIDER.answer(question, email=CLERK)
    path = question.answers.removeprefix("http://testserver")
    first = Client().post(path, {"SAMLResponse": answer})
    other, _question = begin(SECOND)
    assert other.get(first.headers["Location"]).status_code == 422  # it asked something else
    assert Client().get(first.headers["Location"]).status_code == 422  # it asked nothing
    assert client.get(first.headers["Location"]).status_code == 303
    assert client.get(first.headers["Location"]).status_code == 422
    assert Client().post(path, {"SAMLResponse": answer}).status_code == 422  # heard once
    with house.worker():
        assert sso.Heard.objects.count() == 1
        [kept] = sso.Heard.objects.values_list("ticket", flat=True)
        assert kept not in first.headers["Location"]


def test_a_ticket_holds_for_two_minutes_and_is_forgotten_with_its_assertion(house: World) -> None:
    client, question = begin()
    path = question.answers.removeprefix("http://testserver")
    come = Client().post(path, {"SAMLResponse": PROVIDER.answer(question, email=CLERK)})
    with house.worker(), connection.cursor() as cursor:
        cursor.execute("update sso_heard set came_at = now() - interval '3 minutes'")
    assert client.get(come.headers["Location"]).status_code == 422
    with house.worker(), connection.cursor() as cursor:
        cursor.execute("update sso_heard set keep_until = now() - interval '1 minute'")
    assert sign_in()[1] == 303
    with house.worker():
        assert sso.Heard.objects.count() == 1


def test_it_leads_nowhere_but_to_our_own_pages(house: World) -> None:
    client, question = begin()
    answer = PROVIDER.answer(question, email=CLERK)
    more = {"RelayState": "https://elsewhere.example/"}
    assert bring(client, question, answer, **more) == (303, "/deals")


def test_a_house_that_has_none_hears_nothing(house: World) -> None:
    _client, question = begin()
    other = str(house.chain.dealers["D002"])
    answer = PROVIDER.answer(question, email=CLERK)
    assert Client().post(f"/sign-in/saml/{other}", {"SAMLResponse": answer}).status_code == 422
    assert Client().get(f"/sign-in/saml/{other}").status_code == 405
    tries = [
        Client().post(f"/sign-in/saml/{other}", {"SAMLResponse": "x"}).status_code
        for _ in range(11)
    ]
    assert tries[-1] == 429


def test_a_provider_is_set_by_its_metadata_on_the_house_s_page(house: World) -> None:
    page, key = browser(OWNER), {"protocol": "SAML", "idempotency_key": "k" * 32}
    text = read(page, "/company/sso")
    org = house.chain.dealers["D001"]
    assert f"http://testserver/sign-in/saml/{org}/metadata" in text
    assert saml_provider.ENTITY in text
    refused = page.post("/company/sso", {**key, "metadata": "<no/>", "is_on": "yes"})
    assert refused.status_code == 422
    assert "no metadata of a SAML 2.0" in refused.content.decode()
    assert page.post("/company/sso", {**key}).status_code == 303  # kept, and off
    be("heliu_web")
    assert Client().post("/sign-in/sso", {"email": CLERK}).status_code == 422
    act = {"metadata": PROVIDER.metadata, "is_on": True, "at": house.at}
    with house.desk(CLERK) as clerk, pytest.raises(Forbidden):
        operations.set_saml_provider(actor=clerk, **act)
    with house.desk("owner@d002.demo") as other, pytest.raises(Refused, match="domain"):
        operations.set_saml_provider(actor=other, **act)


def test_another_provider_knows_nobody_by_the_names_of_the_one_before(house: World) -> None:
    assert sign_in()[1] == 303
    be("heliu_web")
    another = Provider(entity="https://second.example/")
    with house.desk(OWNER) as owner:
        operations.set_saml_provider(
            actor=owner, metadata=another.metadata, is_on=True, at=house.at
        )
    client, question = begin(SECOND)
    assert bring(client, question, another.answer(question, email=SECOND))[0] == 303  # p-1 as well
    with house.worker():
        assert sso.Known.objects.get().user == User.objects.get(username=SECOND)


def test_our_metadata_are_those_of_one_signed_answer(house: World) -> None:
    told = Client().get(f"/sign-in/saml/{house.chain.dealers['D001']}/metadata")
    assert told["Content-Type"] == "application/samlmetadata+xml"
    dom = etree.fromstring(told.content)
    _client, question = begin()
    assert dom.get("entityID") == question.issuer
    md = "{urn:oasis:names:tc:SAML:2.0:metadata}"
    assert dom.find(f"{md}SPSSODescriptor").get("WantAssertionsSigned") == "true"
    where = dom.find(f".//{md}AssertionConsumerService")
    assert where.get("Location") == question.answers


def test_metadata_are_read_of_one_provider_and_of_nothing_else() -> None:
    second = Provider(entity="https://second.example/").metadata.partition("?>")[2]
    first = PROVIDER.metadata.partition("?>")[2]
    both = (
        '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
        f"{first}{second}</md:EntitiesDescriptor>"
    )
    with pytest.raises(Invalid, match="several"):
        saml.read_metadata(both)
    told = saml.read_metadata(both, entity="https://second.example/")
    assert (told.issuer, told.address) == ("https://second.example/", saml_provider.SIGN_IN)
    [certificate] = saml.shown(told.certificates)
    assert certificate.subject == "CN=idp.example"
    for wrong in (
        "",
        "no xml",
        first.replace("IDPSSODescriptor", "SPSSODescriptor"),
        first.replace("HTTP-Redirect", "HTTP-POST"),
        first.replace('use="signing"', 'use="encryption"'),
        re.sub(r"MII\w", "MIIx", first),
        first.replace("https://idp.example/saml/sign-in", "javascript:alert(1)//"),
        '<!DOCTYPE r [<!ENTITY x "y">]>' + first,
    ):
        with pytest.raises(Invalid):
            saml.read_metadata(wrong)
    with pytest.raises(Invalid):
        saml.read_metadata(first, entity="https://second.example/")
