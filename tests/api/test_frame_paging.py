"""Cursors over lists whose order has equals in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from heliu.api.paging import Paging, page
from heliu.kernel.events.models import Notice
from heliu.kernel.ids import new_id

START = datetime(2026, 11, 2, tzinfo=UTC)


class Cursors(TestCase):
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        hours=st.lists(st.integers(0, 3), max_size=12),
        limit=st.integers(1, 5),
        by=st.sampled_from([("-at", "-id"), ("at", "id"), ("-at", "id"), ("kind", "-at", "id")]),
        in_parts=st.booleans(),
    )
    def test_pages_put_together_are_the_list(self, hours, limit, by, in_parts) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set local role heliu_worker")
            Notice.objects.bulk_create(
                Notice(
                    org=new_id(),
                    kind=f"k{hour % 2}",
                    params={},
                    link="",
                    at=START + timedelta(hours=hour, microseconds=7),
                )
                for hour in hours
            )
            whole = list(Notice.objects.order_by(*by))
            rows: Any = Notice.objects.all()
            if in_parts:  # overlapping ones, as a house may be on two sides of a deal
                rows = [Notice.objects.filter(kind="k0"), Notice.objects.exclude(kind="k1"), rows]
            read, cursor_text = [], ""
            for _ in range(len(whole) + 1):
                answer = page(
                    RequestFactory().get("/x"), HttpResponse(), rows,
                    Paging(limit=limit, cursor=cursor_text), by=by, show=lambda row: row,
                )  # fmt: skip
                read += answer["items"]
                if answer["next_cursor"] is None:
                    break
                assert len(answer["items"]) == limit
                cursor_text = answer["next_cursor"]
            cursor.execute("set local role none")
        assert read == whole
