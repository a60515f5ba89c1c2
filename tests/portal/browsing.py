"""A browser without JavaScript: it reads pages and sends their forms."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client
from tests.conftest import be

from heliu.kernel.access.models import User


def browser(email: str) -> Client:
    """A browser in which this person is signed in, reading English."""
    be("heliu_web")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(User.objects.get(username=email))
    return client


def read(client: Client, address: str, status: int = 200) -> str:
    """The words of a page."""
    be("heliu_web")
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    return unescape(answer.content.decode())


def send(client: Client, address: str, data: dict[str, object], *, to: str = "") -> str:
    """Post a form and return where it leads; with ``to`` it must lead to an address like that."""
    be("heliu_web")
    answer = client.post(address, data)
    assert answer.status_code == 303, unescape(answer.content.decode())[:4000]
    assert re.search(to, answer["Location"]), answer["Location"]
    return str(answer["Location"])


def key_in(page: str) -> str:
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert found, page[:2000]
    return found[1]
