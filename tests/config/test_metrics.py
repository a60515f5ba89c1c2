"""The figures: what is counted, for whom, and in whose words."""

from __future__ import annotations

import os
import re
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from tests.api.conftest import hands, laid, world
from tests.api.hands import Hands
from tests.config.test_asgi import ask
from tests.loops import finish

from heliu.config import asgi, metrics, watching
from heliu.config.metrics import Figures, Shared

__all__ = ["hands", "laid", "world"]

LINE = re.compile(r'[a-z_]+(\{[a-z]+="(\\.|[^"\\])*"(,[a-z]+="(\\.|[^"\\])*")*\})? [0-9.e+-]+')


def samples(text: str, name: str) -> dict[str, float]:
    """The values of one name, by their labels without the process."""
    found = {}
    for line in text.splitlines():
        if match := re.fullmatch(rf"{name}(\{{.*\}})? (\S+)", line):
            labels = re.sub(r'process="\d+",?', "", match[1] or "")
            found[labels.strip("{}")] = float(match[2])
    return found


@given(st.lists(st.floats(0, 300), max_size=50))
def test_a_histogram_counts_up(values: list[float]) -> None:
    figures = Figures()
    note = figures.histogram("some", "Some", metrics.COUNTS)
    for value in values:
        note(value, kind="a")
    text = metrics.text({7: figures.now()})
    for bound in metrics.COUNTS:
        expected = sum(value <= bound for value in values)
        assert samples(text, "some_bucket").get(f'kind="a",le="{bound}"', 0) == expected
    if values:
        assert samples(text, "some_bucket")['kind="a",le="+Inf"'] == len(values)
        assert samples(text, "some_count")['kind="a"'] == len(values)
        assert samples(text, "some_sum")['kind="a"'] == pytest.approx(sum(values))


def test_every_process_tells_its_own_and_the_dead_nothing(tmp_path: Path) -> None:
    mine, theirs = Figures(), Figures()
    for figures, times in ((mine, 2), (theirs, 3)):
        count = figures.counter("some_total", "Some")
        for _ in range(times):
            count(what='a "b"\n')
    Shared(tmp_path, theirs).write()
    own = tmp_path / f"{os.getpid()}.json"
    parent, dead = tmp_path / f"{os.getppid()}.json", tmp_path / "999999999.json"
    parent.write_bytes(own.read_bytes())
    own.rename(dead)
    found = Shared(tmp_path, mine).all()
    assert sorted(found) == sorted([os.getpid(), os.getppid()])
    assert not dead.exists()
    text = metrics.text(found)
    assert text.count("# TYPE some_total counter") == 1
    assert f'some_total{{process="{os.getpid()}",what="a \\"b\\"\\n"}} 2' in text.splitlines()
    assert f'some_total{{process="{os.getppid()}",what="a \\"b\\"\\n"}} 3' in text.splitlines()


def test_figures_are_laid_down_while_it_serves(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "metrics", Figures())
    shared.begin()
    writer = shared._writer
    shared.begin()
    assert shared._writer is writer
    while not (tmp_path / "metrics" / f"{os.getpid()}.json").exists():
        assert writer is not None
        assert writer.is_alive()


class TestWho:
    LOCAL: dict[bytes, bytes] = {}

    @pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.8.8.8"])
    def test_this_machine(self, peer: str) -> None:
        assert watching.may_read(self.LOCAL, peer)

    @pytest.mark.parametrize("peer", ["10.0.0.1", "", "testclient", "2001:db8::1"])
    def test_nobody_else(self, peer: str) -> None:
        assert not watching.may_read(self.LOCAL, peer)

    def test_nobody_through_a_proxy_of_this_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert not watching.may_read({b"x-forwarded-for": b"8.8.8.8"}, "127.0.0.1")
        monkeypatch.setattr(settings, "BEHIND_TLS", True)
        assert not watching.may_read(self.LOCAL, "127.0.0.1")

    def test_who_brings_the_token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bearer = {b"authorization": b"Bearer secret"}
        assert not watching.may_read(bearer, "10.0.0.1")
        monkeypatch.setattr(watching, "TOKEN", "secret")
        assert watching.may_read(bearer, "10.0.0.1")
        assert not watching.may_read({b"authorization": b"Bearer other"}, "127.0.0.1")

    def test_for_others_there_is_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings, "BEHIND_TLS", True)
        assert ask("GET", "/metrics").status_code == 404


def test_all_is_told_and_nobody_named(hands: Hands) -> None:
    body = {
        "seller": hands.seller_id,
        "pay_by": "TRANSFER",
        "lines": [{"sku": str(hands.world.chain.skus["M1"]), "quantity": 1}],
    }

    async def some() -> str:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(asgi.application), base_url="http://localhost"
        ) as web:
            bearer = {"Authorization": f"Bearer {hands.dealer.token}"}
            placed = await web.post(
                "/api/v1/orders", json=body, headers={**bearer, "Idempotency-Key": "key-0000"}
            )
            number = placed.json()["order"]["id"]
            await web.get(f"/api/v1/orders/{number}", headers=bearer)
            await web.request("BREW", "/nothing-here", headers=bearer)
            told = (await web.get("/metrics")).text
            await asgi.bridge.close()
            return told

    text = finish(some())
    for line in text.splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line
    requests = samples(text, "heliu_requests_total")
    assert requests['method="POST",route="api/v1/orders",status="201"'] >= 1
    assert any('method="GET",route="api/v1/orders/' in labels for labels in requests)
    assert any('method="other"' in labels for labels in requests)
    assert samples(text, "heliu_request_seconds_count")['method="POST",route="api/v1/orders"'] >= 1
    assert sum(samples(text, "heliu_lane_batch_orders_count").values()) >= 1
    assert samples(text, "heliu_lane_waiting") == {"": 0}
    assert samples(text, "heliu_pool_size")[""] >= 1
    assert {'state="todo"', 'state="failed"'} <= samples(text, "heliu_jobs").keys()
    assert 'kind="SLOW"' in samples(text, "heliu_waiting")
    assert samples(text, "heliu_unsealed_lines")[""] > 0
    for told in (hands.dealer.token, "吴德胜", hands.seller_id):
        assert told not in text
