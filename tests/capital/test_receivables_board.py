"""The board of a seller's receivables: whatever page of it is asked for, it is cut from one order
of all buyers, though only those who may stand on it are asked what they owe."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from django.utils import timezone
from tests.conftest import Door

from heliu.capital.terms import queries
from heliu.capital.terms.board import NO_AGES, Board, board
from heliu.capital.terms.models import Invoice, Payment, Stop, Terms
from heliu.capital.terms.queries import Standing
from heliu.kernel.access.actor import Actor
from heliu.kernel.ids import new_id

TODAY = date(2026, 11, 30)
BUYERS, STOPPED = 14, 4


@pytest.fixture
def seller(db: None, as_worker: Door) -> UUID:
    """Of fourteen buyers some are late, some owe what is not due, some nothing, some paid ahead."""
    chance, seller, at = Random(7), new_id(), timezone.now()
    buyers = [new_id() for _ in range(BUYERS)]
    terms = [Terms(seller=seller, buyer=one, set_by_name="x", set_at=at) for one in buyers]
    for one in terms[:STOPPED]:
        one.stop, one.stopped_on = Stop.HAND, TODAY
    dues = [(one, chance.choice((-100, -70, -40, -1, 0, 1, 30))) for one in buyers[2:] * 3]
    with as_worker():
        Terms.objects.bulk_create(terms)
        Invoice.objects.bulk_create(
            Invoice(
                number=f"IN-{place}", seller=seller, buyer=one, order_id=new_id(), deal=new_id(),
                order_number="SO-1", key=f"k{place}", amount=chance.choice((100, 200, 333)),
                paid=chance.choice((0, 50)), disputed=chance.choice((0, 20)),
                issued_on=TODAY - timedelta(days=120), due_on=TODAY + timedelta(days=days),
            )
            for place, (one, days) in enumerate(dues)
            if one not in buyers[9:] or days >= 0
        )  # fmt: skip
        Payment.objects.create(
            number="PA-1", seller=seller, buyer=buyers[0], key="k", amount=70, value_day=TODAY,
            noted_by_name="x", noted_at=at,
        )  # fmt: skip
    return seller


def ranked(seller: UUID) -> list[Standing]:
    """All buyers as they stand one by one, in the order of the board."""
    told = {one.buyer: one for one in queries.standings(Actor.system(), on=TODAY, seller=seller)}
    buyers = Terms.objects.filter(seller=seller).values_list("buyer", flat=True)
    found = [told.get(one, Standing(seller, one, NO_AGES)) for one in buyers]
    return sorted(found, key=lambda one: (-one.late, -one.open, one.buyer))


@pytest.mark.parametrize("only", ["", "late", "stopped"])
def test_every_page_is_cut_from_one_order(seller: UUID, as_worker: Door, only: str) -> None:
    with as_worker():
        everybody = ranked(seller)
        stopped = {one.buyer for one in Terms.objects.exclude(stop="").filter(seller=seller)}
        wanted = {
            "": everybody,
            "late": [one for one in everybody if one.late],
            "stopped": [one for one in everybody if one.buyer in stopped],
        }
        late = len(wanted["late"])
        assert 3 < late < BUYERS - 3  # pages of late ones alone, of both, and of the others
        for most in (1, 3, late, 50):
            for skipped in (0, 1, late - 1, late, BUYERS - 1, BUYERS):
                shown = board(seller, on=TODAY, only=only, most=most, skipped=skipped)
                assert shown.rows == wanted[only][skipped : skipped + most]
                agrees(shown, everybody, late)


def agrees(shown: Board, everybody: list[Standing], late: int) -> None:
    """What stands above the rows is of all buyers, on every page."""
    assert shown.counts == {"": BUYERS, "late": late, "stopped": STOPPED}
    assert shown.aged == tuple(map(sum, zip(*(one.aged for one in everybody), strict=True)))
    assert shown.owed == sum(one.owed for one in everybody)


def test_a_seller_of_nobody(db: None, as_worker: Door) -> None:
    with as_worker():
        assert board(new_id(), on=TODAY, most=5) == Board(
            [], {"": 0, "late": 0, "stopped": 0}, 0, NO_AGES
        )
