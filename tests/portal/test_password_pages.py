"""A forgotten password: the mailbox lets in again, once, and tells nobody who has a log-in."""

from __future__ import annotations

import re
from datetime import timedelta

from django.core import mail
from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, read, send
from tests.portal.test_joining_pages import anybody
from tests.trade.conftest import World

from heliu.kernel.access.models import User
from heliu.kernel.dispatch import posts
from heliu.kernel.dispatch.models import Post
from heliu.kernel.joining.operations import passwords

ASK, NEW = "/sign-in/forgotten", "a quiet bend of the river"
PAIR: dict[str, object] = {"password": NEW, "again": NEW}


def asked(email: str) -> str:
    be("heliu_web")
    answer = anybody().post(ASK, {"email": email})
    assert answer.status_code == 200
    page = answer.content.decode()
    return page[page.index("<main") : page.index("</main>")]


def link(world: World) -> str:
    be("heliu_worker")
    posts.send(at=world.at)
    found = re.search(r"(/sign-in/password/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def signs_in(email: str, password: str) -> bool:
    be("heliu_web")
    answer = Client().post("/sign-in/", {"email": email, "password": password})
    return answer.status_code == 303


def test_who_forgot_the_password_chooses_a_new_one_once(demo: World) -> None:
    before = browser(demo.dealer)
    asked(demo.dealer.upper())
    way, somebody = link(demo), anybody()
    assert demo.dealer in read(somebody, way)
    send(somebody, way, PAIR, to="/sign-in/")
    assert signs_in(demo.dealer, NEW)
    be("heliu_web")
    assert before.get("/dealer/").status_code == 302  # signed out wherever it was signed in
    assert anybody().get(way).status_code == 410
    assert anybody().post(way, PAIR).status_code == 410


def test_nobody_learns_who_has_a_log_in(demo: World) -> None:
    assert asked(demo.dealer) == asked("nobody@nowhere.example")
    with demo.worker():
        assert [one.address for one in Post.objects.all()] == [demo.dealer]


def test_whom_their_house_signs_in_gets_no_password_by_it(demo: World) -> None:
    with demo.worker():
        person = User.objects.get(username=demo.dealer)
        person.set_password(None)
        person.save()
    asked(demo.dealer)
    with demo.worker():
        assert not Post.objects.exists()


def test_a_link_holds_for_two_hours_and_only_as_it_was_made(demo: World) -> None:
    asked(demo.dealer)
    way = link(demo)
    be("heliu_web")
    assert anybody().get(way[:-1] + ("a" if way[-1] != "a" else "b")).status_code == 404
    refused = anybody().post(way, {"password": "short", "again": "short"})
    assert refused.status_code == 422
    assert "12 signs or more" in refused.content.decode()
    assert anybody().post(way, {**PAIR, "again": "another"}).status_code == 422
    demo.later(seconds=int(passwords.LIFE / timedelta(seconds=1)))
    assert anybody().get(way).status_code == 410
    assert not signs_in(demo.dealer, NEW)


def test_the_mail_of_others_is_not_filled(demo: World) -> None:
    for _ in range(3):
        asked(demo.dealer)
    be("heliu_web")
    assert anybody().post(ASK, {"email": demo.dealer}).status_code == 429
