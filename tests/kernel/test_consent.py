"""One consent for one lender: said again it lasts longer, taken back it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import Door

from heliu.kernel.access.actor import Actor
from heliu.kernel.consent.models import Disclosure
from heliu.kernel.consent.operations import disclose, is_disclosed, withdraw
from heliu.kernel.ids import new_id

AT = datetime(2026, 11, 2, tzinfo=UTC)
BANK, DEALER = new_id(), new_id()
OWNER = Actor(None, "Owner", DEALER, (DEALER,), frozenset({"consent"}), frozenset({"DEALER"}))


def consent(days_later: int = 0, **change: int) -> Disclosure:
    """The dealer says yes to the bank, so many days later."""
    at = AT + timedelta(days=days_later)
    return disclose(actor=OWNER, to=BANK, text_digest="0" * 64, at=at, **change)


def given() -> list[Disclosure]:
    return list(Disclosure.objects.filter(of=DEALER, to=BANK).order_by("consented_at"))


@pytest.fixture
def seen(db: None, as_worker: Door) -> object:
    """Everything inside one worker's door."""
    with as_worker():
        yield


def test_said_again_it_stands_and_lasts_longer(seen: None) -> None:
    first, again = consent(), consent(30)
    assert first.pk == again.pk
    (one,) = given()
    assert (one.consented_at, one.until) == (AT, AT + timedelta(days=395))


def test_a_shorter_one_takes_nothing_away(seen: None) -> None:
    consent()
    consent(1, days=10)
    assert [one.until for one in given()] == [AT + timedelta(days=365)]


@pytest.mark.parametrize("way", ["withdrawn", "run out"])
def test_after_the_end_it_is_a_new_one(seen: None, way: str) -> None:
    first = consent(days=10)
    if way == "withdrawn":
        withdraw(first.pk, actor=OWNER, at=AT + timedelta(days=5))
    assert not is_disclosed(of=DEALER, to=BANK, at=AT + timedelta(days=20))
    second = consent(20)
    assert second.pk != first.pk
    assert is_disclosed(of=DEALER, to=BANK, at=AT + timedelta(days=20))
    assert len(given()) == 2
