"""The door and the policies behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from heliu.kernel.access.door import acting_for, in_any_case
from heliu.kernel.errors import Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.ids import new_id

AT = datetime(2026, 11, 2, tzinfo=UTC)
A, B = new_id(), new_id()


@pytest.mark.django_db
def test_the_tests_are_the_web_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select session_user, current_setting('enable_seqscan')")
        assert cursor.fetchone() == ("heliu_web", "off")


@pytest.mark.django_db
def test_nobody_sees_what_is_not_theirs(as_worker) -> None:
    with as_worker():
        Notice.objects.create(org=A, kind="deal-closed", params={}, link="/", at=AT)
        Notice.objects.create(org=B, kind="deal-closed", params={}, link="/", at=AT)
        assert Notice.objects.count() == 2
    assert Notice.objects.count() == 0
    with acting_for([A]):
        assert [notice.org for notice in Notice.objects.all()] == [A]
    with acting_for([A, B]):
        assert Notice.objects.count() == 2
    assert Notice.objects.count() == 0


@pytest.mark.django_db
def test_doors_do_not_nest() -> None:
    with pytest.raises(RuntimeError), acting_for([A]), acting_for([B]):
        pass


def test_nothing_is_left_over_after_a_commit(own_db: str) -> None:
    with acting_for([A]):
        Notice.objects.create(org=A, kind="deal-closed", params={}, link="/", at=AT)
    assert Notice.objects.count() == 0
    with acting_for([A]):
        assert Notice.objects.count() == 1


def _note(org: UUID) -> None:
    Notice.objects.create(org=org, kind="deal-closed", params={}, link="/", at=AT)


def _ask(no: Exception) -> None:
    with acting_for([A]):
        _note(A)
        in_any_case(lambda: _note(A))
        raise no


def test_a_no_undoes_all_but_what_is_kept_in_any_case(own_db: str) -> None:
    with pytest.raises(Refused):
        _ask(Refused("no", "No."))
    with acting_for([A]):
        assert Notice.objects.count() == 1


def test_a_request_that_is_rolled_back_without_an_error_keeps_it_too(own_db: str) -> None:
    with acting_for([A]):
        in_any_case(lambda: _note(A))
        transaction.set_rollback(True)
    with acting_for([A]):
        assert Notice.objects.count() == 1


def test_what_is_kept_is_written_through_the_same_door(own_db: str) -> None:
    seen = []
    with acting_for([A]):
        _note(A)
        _note(B)
        in_any_case(lambda: seen.append(Notice.objects.get().org))
    assert seen == [A]


def test_a_request_that_broke_keeps_nothing(own_db: str) -> None:
    with pytest.raises(ZeroDivisionError):
        _ask(ZeroDivisionError())
    with acting_for([A]):
        assert not Notice.objects.exists()


def test_without_a_door_it_is_done_at_once() -> None:
    done = []
    in_any_case(lambda: done.append("now"))
    assert done == ["now"]
