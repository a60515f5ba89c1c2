"""What breaks is told once, with where and why, and without what was being handled."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from heliu.config import failures, logs

SECRET = "13800000000"


def breaks(request: HttpRequest) -> HttpResponse:
    phone = request.POST["phone"]
    raise RuntimeError("the printer is out of paper") from ValueError(len(phone))


def doubles(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table seen (phone text constraint one_phone unique)")
        cursor.execute("insert into seen values (%s), (%s)", [SECRET, SECRET])
    return HttpResponse()


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


urlpatterns = [path("breaks", breaks), path("doubles", doubles)]
handler500 = broken
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What our own loggers and the standard library's write."""
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, logs.JsonLines)]
    before = handler.setStream(stream := io.StringIO())
    monkeypatch.setattr(logs, "sys", SimpleNamespace(stderr=stream))
    yield stream
    handler.setStream(before or handler.stream)


def failed(written: io.StringIO, address: str) -> dict[str, Any]:
    """The one record of a request that breaks."""
    client = Client(raise_request_exception=False)
    answer = client.post(
        address,
        {"phone": SECRET},
        headers={"X-Request-ID": "caller-12345", "Authorization": f"Basic {SECRET}"},
    )
    assert answer.status_code == 500
    assert SECRET not in written.getvalue()
    records = [json.loads(line) for line in written.getvalue().splitlines()]
    (record,) = [one for one in records if one["level"] == "error"]
    found: dict[str, Any] = record
    return found


def test_a_request_that_breaks_is_told_with_its_number_and_its_trace(written: io.StringIO) -> None:
    record = failed(written, "/breaks")
    assert (record["event"], record["request"]) == ("failed", "caller-12345")
    first, cause = record["exception"]
    assert (first["type"], first["message"]) == (
        "builtins.RuntimeError",
        "the printer is out of paper",
    )
    assert first["lines"][-1].endswith(" breaks")
    assert (cause["type"], cause["lines"]) == ("builtins.ValueError", [])


def test_of_a_databases_error_only_state_and_constraint_are_told(written: io.StringIO) -> None:
    record = failed(written, "/doubles")
    for error in record["exception"]:
        assert (error["sqlstate"], error["constraint"]) == ("23505", "one_phone")
        assert "message" not in error


def test_what_breaks_in_the_worker_is_told_the_same_way(written: io.StringIO) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select %s::uuid", [SECRET + "x"])
    except Exception as error:
        logging.getLogger("procrastinate.worker").error("Job failed", exc_info=error)
    assert SECRET not in written.getvalue()
    record = json.loads(written.getvalue())
    assert record["exception"][0]["sqlstate"] == "22P02"


def test_errors_that_lead_in_a_circle_end() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert [error["message"] for error in failures.told((ValueError, one, None))] == [
        "one",
        "other",
    ]


def test_an_error_of_django_itself_tells_nothing_of_the_row() -> None:
    error = IntegrityError(f"Key (phone)=({SECRET}) is there")
    assert failures.told((IntegrityError, error, None)) == [
        {"type": "django.db.utils.IntegrityError", "lines": []}
    ]
