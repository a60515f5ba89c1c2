"""Headers, languages, log lines, who may sign in."""

from __future__ import annotations

import json

import pytest
import structlog
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils.translation import get_language
from tests.people import organization, seat

from heliu.kernel.access.models import User


def language(request: HttpRequest, secret: str = "") -> HttpResponse:
    return HttpResponse(get_language())


urlpatterns = [path("language/<secret>", language), path("api/language", language)]
pytestmark = pytest.mark.urls(__name__)


def test_a_browser_is_told_to_do_nothing_unasked(db: None, client: Client) -> None:
    answer = client.get("/language/x")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "Strict-Transport-Security" not in answer


def test_behind_tls_it_stays_there(db: None, client: Client, settings) -> None:
    settings.BEHIND_TLS = True
    assert client.get("/language/x")["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("address", "cookie", "accepts", "own", "expected"),
    [
        ("/language/x", "", "", None, "en"),
        ("/language/x", "", "zh-CN,zh;q=0.9", None, "zh-hans"),
        ("/language/x", "en", "zh-CN", None, "en"),
        ("/language/x", "", "en", "zh-hans", "zh-hans"),
        ("/language/x", "en", "", "zh-hans", "en"),
        ("/language/x", "xx", "", "zh-hans", "zh-hans"),
        ("/api/language", "", "zh-CN", None, "zh-hans"),
        ("/api/language?language=zh-Hans", "", "en", None, "zh-hans"),
        ("/api/language?language=xx", "", "en", None, "en"),
    ],
)
def test_pages_speak_the_readers_language(
    db: None,
    client: Client,
    as_worker,
    address: str,
    cookie: str,
    accepts: str,
    own: str | None,
    expected: str,
) -> None:
    if own:
        with as_worker():
            who = seat(organization("house"), "owner", language=own)
        who.sit(client)
    if cookie:
        client.cookies["django_language"] = cookie
    answer = client.get(address, headers={"Accept-Language": accepts} if accepts else {})
    assert answer.content.decode() == answer["Content-Language"] == expected


def test_every_request_has_a_number_and_one_line_without_values(db: None, client: Client) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = client.get(
            "/language/topsecret?phone=13800000000", headers={"X-Request-ID": "caller-12345"}
        )
    assert answer["X-Request-ID"] == "caller-12345"
    (line,) = [line for line in lines if line["event"] == "answered"]
    assert (line["route"], line["status"], line["method"]) == ("language/<secret>", 200, "GET")
    assert "topsecret" not in json.dumps(line)
    assert "138" not in json.dumps(line)


@pytest.mark.parametrize("given", ["", "short", "with space here", "x" * 81, 'a"b{}12345'])
def test_a_strange_number_is_not_taken_over(db: None, client: Client, given: str) -> None:
    assert client.get("/language/x", headers={"X-Request-ID": given})["X-Request-ID"] != given


class TestSigningIn:
    @pytest.fixture
    def people(self, db: None) -> None:
        for name, is_demo in (("real@x.example", False), ("demo@x.example", True)):
            user = User(username=name, is_demo=is_demo)
            user.set_password("long enough 12")
            user.save()

    def test_by_address_in_any_case(self, people: None) -> None:
        found = authenticate(username=" Real@X.example ", password="long enough 12")
        assert found is not None
        assert found.username == "real@x.example"
        assert authenticate(username="real@x.example", password="wrong") is None

    @pytest.mark.parametrize("is_demo", [False, True])
    def test_demo_people_exist_in_a_demo_only(self, people: None, settings, is_demo: bool) -> None:
        settings.DEMO = is_demo
        found = authenticate(username="demo@x.example", password="long enough 12")
        assert (found is not None) == is_demo

    def test_a_session_of_demo_people_ends_with_the_demo(
        self, people: None, client: Client, settings
    ) -> None:
        settings.DEMO = True
        client.force_login(User.objects.get(is_demo=True))
        assert client.get("/language/x").wsgi_request.user.is_authenticated
        settings.DEMO = False
        assert not client.get("/language/x").wsgi_request.user.is_authenticated
