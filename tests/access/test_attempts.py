"""Guessing passwords: after some failures it pauses, for an account that exists or does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from tests.conftest import Door
from tests.people import organization, seat

from heliu.kernel.access import attempts
from heliu.kernel.access.models import FailedSignIn, User
from heliu.kernel.access.request import address_of

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
PASSWORD = "long enough 12"
TOO_MANY = "Too many tries"


@pytest.fixture
def known(db: None, as_worker: Door, settings) -> str:
    """The address of somebody with a desk."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with as_worker():
        user = User.objects.get(pk=seat(organization("house"), "owner").user.pk)
        user.set_password(PASSWORD)
        user.save()
    return user.username


def enter(email: str, password: str = "wrong", *, client: Client | None = None) -> HttpResponse:
    return (client or Client(headers={"Accept-Language": "en"})).post(  # type: ignore[return-value]
        "/sign-in/", {"email": email, "password": password}
    )


@pytest.mark.parametrize("exists", [True, False])
def test_an_account_pauses_and_does_not_say_whether_it_exists(known: str, exists: bool) -> None:
    email = known if exists else "nobody@x.example"
    for _ in range(attempts.MOST_PER_ACCOUNT):
        answer = enter(email)
        assert (answer.status_code, TOO_MANY in answer.content.decode()) == (422, False)
    answer = enter(email.upper(), PASSWORD)
    assert (answer.status_code, TOO_MANY in answer.content.decode()) == (429, True)


def test_the_right_password_wipes_the_account_clean(known: str) -> None:
    for _ in range(attempts.MOST_PER_ACCOUNT - 1):
        enter(known)
    assert enter(known, PASSWORD).status_code == 303
    assert not FailedSignIn.objects.exists()


def test_whoever_is_signed_in_is_counted_too(known: str) -> None:
    signed_in = Client()
    assert enter(known, PASSWORD, client=signed_in).status_code == 303
    assert enter("other@x.example", client=signed_in).status_code == 422
    assert FailedSignIn.objects.count() == 1


def test_an_address_pauses_over_all_accounts_and_others_go_on(db: None) -> None:
    def begin(number: int, address: str) -> bool:
        return attempts.begin(account=f"{number}@x.example", address=address, at=AT)

    tried = [begin(n, "one") for n in range(attempts.MOST_PER_ADDRESS + 1)]
    assert tried == [True] * attempts.MOST_PER_ADDRESS + [False]
    attempts.succeeded(account="1000@x.example")
    assert not begin(1000, "one")
    assert begin(1000, "other")


def test_after_the_pause_it_begins_anew(db: None) -> None:
    def begin(at: datetime) -> bool:
        return attempts.begin(account="a", address="b", at=at)

    assert all(begin(AT) for _ in range(attempts.MOST_PER_ACCOUNT))
    assert not begin(AT + attempts.WINDOW - timedelta(seconds=1))
    assert begin(AT + attempts.WINDOW)
    assert FailedSignIn.objects.count() == 1


def test_nothing_that_is_kept_can_be_read(db: None) -> None:
    attempts.begin(account="a@x.example", address="198.51.100.7", at=AT)
    (kept,) = FailedSignIn.objects.all()
    assert [len(bytes(one)) for one in (kept.account, kept.address)] == [32, 32]


@pytest.mark.parametrize(
    ("connection", "told", "behind_tls", "address"),
    [
        ("198.51.100.7", "", False, "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", False, "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", "10.0.0.1, 203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", "", True, "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", False, "2001:db8:1:2::/64"),
        ("a socket", "", False, "a socket"),
    ],
)
def test_the_address_is_the_one_nobody_can_make_up(
    connection: str, told: str, behind_tls: bool, address: str, settings
) -> None:
    settings.BEHIND_TLS = behind_tls
    headers = {"X-Forwarded-For": told} if told else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=connection)
    assert address_of(request) == address
