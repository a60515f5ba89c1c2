"""How many requests may come: the bucket, and the same answer at both doors."""

from __future__ import annotations

import itertools
import json

import httpx
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from tests.loops import finish

from heliu.config import asgi, rate
from heliu.config.rate import Bucket, Limits
from heliu.kernel.access.request import network_of

ORDER = json.dumps(
    {"seller": "x", "pay_by": "TERMS", "lines": [{"sku": "y", "quantity": 1}]}
).encode()


@given(st.lists(st.floats(0, 3), max_size=200), st.integers(1, 20))
def test_never_more_than_the_burst_and_what_time_brings(pauses: list[float], many: int) -> None:
    bucket, now, let_in = Bucket(many), 0.0, []
    for pause in pauses:
        now += pause
        wait = bucket.wait(b"who", now)
        if not wait:
            let_in.append(now)
        else:
            # Exactly then it may come.
            assert Bucket(many).wait(b"who", now) == 0
            assert wait <= 1 / many + 1e-9
    for first, last in itertools.combinations(range(len(let_in)), 2):
        span = let_in[last] - let_in[first]
        assert last - first + 1 <= rate.BURST * many + span * many + 1e-6


def test_who_waits_as_told_is_let_in() -> None:
    bucket = Bucket(10)
    assert [bucket.wait(b"who", 0) for _ in range(20)] == [0.0] * 20
    wait = bucket.wait(b"who", 0)
    assert wait == pytest.approx(0.1)
    assert bucket.wait(b"other", 0) == 0
    assert bucket.wait(b"who", wait + 1e-9) == 0
    assert bucket.wait(b"who", wait + 1e-9) > 0


def test_only_so_many_names_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_KNOWN", 3)
    bucket = Bucket(1)
    for _ in range(2):
        for n in range(10):
            assert bucket.wait(b"%d" % n, 0) == 0
    assert len(bucket._full_at) == 3


class TestLimits:
    def waits(self, limits: Limits, times: int, **how: object) -> list[int]:
        asked = {"method": "GET", "path": "/api/v1/me", "headers": {}, "peer": "10.0.0.1", **how}
        return [limits.wait(**asked) for _ in range(times)]  # type: ignore[arg-type]

    def test_a_token_has_its_own_and_an_address_more(self) -> None:
        limits = Limits(2, clock=lambda: 0)
        for token in (b"a", b"b"):
            headers = {b"authorization": b"Bearer " + token}
            assert self.waits(limits, 5, headers=headers) == [0, 0, 0, 0, 1]
        # 10 of 20 are gone; whoever brings no token has the rest.
        assert self.waits(limits, 11) == [0] * 10 + [1]
        assert self.waits(limits, 1, headers={b"authorization": b"Bearer c"}) == [1]
        assert self.waits(limits, 1, peer="10.0.0.2") == [0]

    def test_reading_pages_is_not_counted_and_sending_is(self) -> None:
        limits = Limits(1, clock=lambda: 0)
        assert self.waits(limits, 50, path="/orders/") == [0] * 50
        assert self.waits(limits, 11, path="/orders/", method="POST") == [0] * 10 + [1]

    def test_nought_is_no_limit(self) -> None:
        assert self.waits(Limits(0), 1000) == [0] * 1000

    def test_behind_tls_it_is_the_address_our_proxy_has_written(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert network_of("1.1.1.1", "10.0.0.1") == "10.0.0.1"
        monkeypatch.setattr(settings, "BEHIND_TLS", True)
        assert network_of("9.9.9.9, 1.1.1.1", "10.0.0.1") == "1.1.1.1"
        assert network_of("2001:db8::1", "10.0.0.1") == "2001:db8::/64"
        assert network_of("", "10.0.0.1") == "10.0.0.1"


@pytest.mark.parametrize("door", ["lane", "django"])
def test_both_doors_say_it_in_the_readers_words(
    own_db: str, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "RATE", 1.0)
    monkeypatch.setattr(asgi, "DOORS", True)

    async def ask() -> list[httpx.Response]:
        bridge = asgi.Bridge()
        transport = httpx.ASGITransport(bridge)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
            answers = [
                await web.post(
                    "/api/v1/orders",
                    content=ORDER,
                    headers={
                        "Authorization": "Bearer hl_none", "Idempotency-Key": "key-0000",
                        "Accept-Language": "zh-CN", "X-Heliu-Door": door,
                    },
                )
                for _ in range(5)
            ]  # fmt: skip
        await bridge.close()
        return answers

    *_, last = finish(ask())
    assert last.status_code == 429
    assert last.headers["content-type"] == "application/problem+json"
    assert last.headers["retry-after"] == "1"
    assert last.headers["content-language"] == "zh-hans"
    assert last.json()["code"] == "too-many"
    assert last.json()["title"] != "Too many requests."
    assert last.headers["x-content-type-options"] == "nosniff"
    assert last.headers["x-request-id"]
