"""The page of one approval: a word with and without its reason, and one's own question."""

from __future__ import annotations

from django.urls import reverse
from tests.access.conftest import Lived
from tests.conftest import be
from tests.portal.browsing import browser

from heliu.kernel.approvals.models import Approval


def status_of(lived: Lived) -> str:
    with lived.world.worker():
        return Approval.objects.get(pk=lived.there["approval"]).status


def test_a_no_needs_a_reason_and_then_ends_it(lived: Lived) -> None:
    address = reverse("approval", args=[lived.there["approval"]])
    officer = browser("credit@bank.demo")
    bare = officer.post(address, {"idempotency_key": "a" * 32, "agrees": "no"})
    assert bare.status_code == 422
    assert 'name="reason"' in bare.content.decode()
    assert status_of(lived) == "WAITING"
    be("heliu_web")
    said = officer.post(
        address, {"idempotency_key": "b" * 32, "agrees": "no", "reason": "talk first"}
    )
    assert said.status_code in (302, 303)
    assert status_of(lived) == "REFUSED"


def test_whoever_asked_may_withdraw_it_and_not_agree(lived: Lived) -> None:
    address = reverse("approval", args=[lived.there["approval"]])
    asker, other = browser("review@bank.demo"), browser("credit@bank.demo")
    page = asker.get(address).content.decode()
    assert 'name="withdraw"' in page
    assert 'name="agrees"' not in page
    assert asker.post(address, {"idempotency_key": "c" * 32, "agrees": "yes"}).status_code == 403
    assert other.post(address, {"idempotency_key": "d" * 32, "withdraw": "yes"}).status_code == 403
    assert status_of(lived) == "WAITING"
    be("heliu_web")
    asker.post(address, {"idempotency_key": "e" * 32, "withdraw": "yes"})
    assert status_of(lived) == "WITHDRAWN"
