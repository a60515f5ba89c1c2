"""What the web role may do with the queue: put jobs in, and nothing else."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app

from heliu.kernel.access.door import acting_for
from heliu.kernel.ids import new_id

HOUSE = new_id()


def jobs() -> list[tuple[str, dict[str, str]]]:
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args from procrastinate_jobs order by id")
        return cursor.fetchall()


@pytest.mark.django_db
def test_the_web_role_puts_a_job_in(as_worker) -> None:
    with acting_for([HOUSE]):
        app.configure_task("some.task").defer(deal="7")
    with as_worker():
        assert [(name, str(args)) for name, args in jobs()] in (
            [("some.task", '{"deal": "7"}')],
            [("some.task", "{'deal': '7'}")],
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "select args from procrastinate_jobs",
        "select 1 from procrastinate_events",
        "delete from procrastinate_jobs",
        "insert into procrastinate_jobs (task_name, args) values ('x', '{}')",
        "select * from procrastinate_fetch_job_v2(null, 1)",
        "select procrastinate_cancel_job_v1(1, true, true)",
        "select procrastinate_finish_job_v1(1, 'succeeded', true)",
    ],
)
def test_the_web_role_does_nothing_else_with_the_queue(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_job_of_a_transaction_that_failed_never_was(own_db: str) -> None:
    def fail() -> None:
        with acting_for([HOUSE]):
            app.configure_task("some.task").defer()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role heliu_worker")
        assert jobs() == []
