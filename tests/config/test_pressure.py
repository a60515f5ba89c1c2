"""More than can be answered: said at once, in order, and the rest goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test import Client
from tests.loops import finish

from heliu.config import asgi
from heliu.config.threads import Full, Threads
from heliu.config.watching import told


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Django does not answer until the event is set; two threads, three may wait."""
    go = threading.Event()

    def call(environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        assert go.wait(60)
        return 200, [], environ["PATH_INFO"].encode()

    monkeypatch.setattr(asgi, "_call", call)
    monkeypatch.setattr(asgi, "_django_threads", Threads("slow", 2, 3))
    yield go
    go.set()


def test_what_cannot_be_answered_in_time_is_turned_away_at_once(
    own_db: str, slow: threading.Event
) -> None:
    async def crowd() -> tuple[list[httpx.Response], list[httpx.Response], str]:
        transport = httpx.ASGITransport(asgi.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
            inside = [asyncio.create_task(web.get("/orders/")) for _ in range(5)]
            while len(asgi._django_threads._inside) < 5:
                await asyncio.sleep(0.01)
            outside = [
                await web.get("/api/v1/me", headers={"Accept-Language": "zh-CN"}),
                await web.get("/orders/"),
                await web.get("/healthz"),
                await web.get("/readyz"),
            ]
            figures = (await web.get("/metrics")).text
            slow.set()
            return await asyncio.gather(*inside), outside, figures

    inside, (api, page, health, ready), figures = finish(crowd())
    assert [answer.status_code for answer in inside] == [200] * 5
    assert (api.status_code, api.json()["code"], api.headers["retry-after"]) == (503, "busy", "2")
    assert api.headers["content-language"] == "zh-hans"
    assert (page.status_code, page.headers["content-type"]) == (503, "text/plain; charset=utf-8")
    assert page.text.startswith("Too much is asked for")
    assert (health.status_code, ready.status_code) == (200, 200)
    assert any(
        line.startswith("heliu_threads_waiting{") and line.endswith(" 3")
        for line in figures.splitlines()
    )


def test_who_has_gone_still_counts_until_the_thread_is_free() -> None:
    go = threading.Event()
    threads = Threads("some", 1, 1)

    async def leave() -> None:
        jobs = [asyncio.create_task(threads.run(lambda: go.wait(60))) for _ in range(2)]
        await asyncio.sleep(0)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        # The one that had not begun has left the line, the other is being worked on.
        assert len(threads._inside) == 1
        waiting = asyncio.create_task(threads.run(lambda: True))
        await asyncio.sleep(0)
        with pytest.raises(Full):
            await threads.run(lambda: True)
        go.set()
        assert await waiting

    finish(leave())


@pytest.fixture
def database_away(own_db: str) -> Iterator[None]:
    """The server is not there, and nobody waits long for it."""
    host, options = connection.settings_dict["HOST"], connection.settings_dict["OPTIONS"]
    connection.close()
    connection.close_pool()
    connection.settings_dict["HOST"] = "/nowhere"
    connection.settings_dict["OPTIONS"] = {
        "pool": {**options["pool"], "min_size": 0, "timeout": 0.2}
    }
    yield
    connection.close()
    connection.close_pool()
    connection.settings_dict["HOST"], connection.settings_dict["OPTIONS"] = host, options


@pytest.mark.usefixtures("database_away")
def test_without_a_database_it_is_our_pause_and_not_our_fault() -> None:
    client = Client(raise_request_exception=False)
    api = client.get("/api/v1/me", headers={"Authorization": "Bearer hl_x"})
    assert (api.status_code, api["Retry-After"], api.json()["code"]) == (503, "2", "busy")
    client.cookies["sessionid"] = "x" * 32
    page = client.get("/")
    assert (page.status_code, page["Retry-After"]) == (503, "2")
    assert "Nothing was changed" in page.content.decode()
    # The figures of the processes are still told.
    assert "heliu_requests_total" in told()
    assert "heliu_jobs" not in told()


@pytest.mark.usefixtures("database_away")
def test_without_a_database_the_lane_says_the_same() -> None:
    async def ask() -> httpx.Response:
        bridge = asgi.Bridge()
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(bridge),  # type: ignore[arg-type]
            base_url="http://localhost",
        ) as web:
            return await web.post(
                "/api/v1/orders",
                json={
                    "seller": "01900000-0000-7000-8000-000000000000",
                    "pay_by": "TERMS",
                    "lines": [{"sku": "01900000-0000-7000-8000-000000000001", "quantity": 1}],
                },
                headers={"Authorization": "Bearer hl_x", "Idempotency-Key": "key-0000"},
            )

    answer = finish(ask())
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"]


def test_when_all_connections_are_taken_it_says_so(own_db: str) -> None:
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"] = {"pool": {"min_size": 0, "max_size": 1, "timeout": 0.2}}
    try:
        connection.ensure_connection()  # opens the pool
        connection.close()
        with connection.pool.connection():  # type: ignore[attr-defined]
            client = Client(raise_request_exception=False)
            answer = client.get("/api/v1/me", headers={"Authorization": "Bearer hl_x"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        answer = client.get("/api/v1/me", headers={"Authorization": "Bearer hl_x"})
        assert answer.status_code == 401
    finally:
        connection.close()
        connection.close_pool()
        connection.settings_dict["OPTIONS"] = options
