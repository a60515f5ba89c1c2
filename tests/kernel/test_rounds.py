"""Rounds of the worker: a row that breaks stops no other, is kept and tried again, and nobody reads
in the log what was being handled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from tests.conftest import Door

from heliu.kernel.errors import Refused
from heliu.kernel.ids import new_id
from heliu.kernel.jobs import rounds
from heliu.kernel.jobs.models import Stuck
from heliu.kernel.parties.models import Organization

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
NAME = "Zhang San"


@pytest.fixture
def houses(db: None, as_worker: Door) -> Iterator[list[UUID]]:
    with as_worker():
        made = [new_id() for _ in range(3)]
        Organization.objects.bulk_create(
            Organization(pk=pk, code=f"h{n}", name=NAME) for n, pk in enumerate(made)
        )
        yield made


def run(houses: list[UUID], at: datetime = AT, broken: UUID | None = None) -> list[UUID]:
    """A round over these; which rows it went through."""
    done = []

    def do(pk: UUID) -> None:
        Organization.objects.filter(pk=pk).update(city=at.isoformat())
        if pk == broken:
            Organization.objects.filter(pk=pk).update(code="h2")  # that of another
        done.append(pk)

    found = Organization.objects.filter(pk__in=houses).order_by("code")
    assert rounds.each("try", found, do, at=at) == len(done)
    return done


def test_what_breaks_stops_no_other_and_leaves_nothing_behind(houses: list[UUID]) -> None:
    assert run(houses, broken=houses[0]) == houses[1:]
    assert Organization.objects.get(pk=houses[0]).city == ""
    one = Stuck.objects.get()
    assert (one.round, one.subject, one.tries, one.since) == ("try", houses[0], 1, AT)


def test_it_rests_and_is_tried_again_until_it_is_done(houses: list[UUID]) -> None:
    run(houses, broken=houses[0])
    assert run(houses, AT + timedelta(seconds=4)) == houses[1:]
    later = AT + timedelta(seconds=5)
    run(houses, later, broken=houses[0])
    one = Stuck.objects.get()
    assert (one.tries, one.since, one.next_try_at) == (2, AT, later + timedelta(seconds=10))
    assert run(houses, one.next_try_at) == houses
    assert not Stuck.objects.exists()


def test_no_pause_is_longer_than_an_hour(houses: list[UUID]) -> None:
    run(houses, broken=houses[0])
    Stuck.objects.update(tries=1000)
    later = AT + timedelta(days=1)
    run(houses, later, broken=houses[0])
    assert Stuck.objects.get().next_try_at == later + timedelta(hours=1)


def test_what_is_not_due_any_more_is_stuck_no_more(houses: list[UUID]) -> None:
    run(houses, broken=houses[0])
    run(houses[1:], AT + timedelta(minutes=1))
    assert not Stuck.objects.exists()


def test_as_many_as_are_stuck_hold_up_nobody(houses: list[UUID]) -> None:
    found = Organization.objects.filter(pk__in=houses).order_by("code")

    def do(pk: UUID) -> None:
        if pk != houses[2]:
            raise ValueError(NAME)

    assert rounds.each("try", found, do, at=AT, most=2) == 0
    assert rounds.each("try", found, do, at=AT, most=2) == 1


def test_log_and_operator_read_its_kind_and_nothing_of_what_was_handled(
    houses: list[UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_pk: UUID) -> None:
        raise Refused("set-by-gone", "%(name)s may not order.", name=NAME)

    found = Organization.objects.filter(pk=houses[0])
    run(houses, broken=houses[1])
    rounds.each("refused", found, refuse, at=AT)
    written = capsys.readouterr().err
    assert str(houses[0]) in written
    assert "test_rounds.py" in written
    assert "23505 parties_organization_code_key" in Stuck.objects.get(round="try").why
    assert Stuck.objects.get(round="refused").why == "heliu.kernel.errors.Refused (set-by-gone)"
    assert NAME not in written
    assert not Stuck.objects.filter(why__contains=NAME).exists()


@pytest.mark.django_db
def test_the_web_role_sees_none_of_them(as_worker: Door) -> None:
    with as_worker():
        Stuck.objects.create(
            round="try", subject=new_id(), why="x", tries=1, since=AT, next_try_at=AT
        )
    assert not Stuck.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into jobs_stuck (id) values (gen_random_uuid())")
