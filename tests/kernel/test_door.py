"""The door and the policies behind it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from heliu.kernel.access.door import acting_for
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
