"""A bench's ground in the tests' own cluster: a clone of the migrated database."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CLUSTER, be

from heliu.config import postgres
from heliu_bench import ground as grounds
from heliu_bench.ground import Ground
from heliu_bench.report import Report, machine


@pytest.fixture
def ground(own_db: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Ground]:
    """The clone stands for the fresh database, also for the processes that a bench starts."""
    found = Ground(postgres.Cluster(CLUSTER, postgres.wheel_binaries()))
    monkeypatch.setenv("HELIU_PG_HOST", str(CLUSTER))
    monkeypatch.setenv("HELIU_DATABASE", own_db)
    monkeypatch.setenv("HELIU_DATA", str(tmp_path))
    monkeypatch.setenv("HELIU_LOG", "ERROR")
    monkeypatch.setenv("HELIU_BENCH_DOORS", "1")

    def counted(ground: Ground) -> None:
        with ground.link() as link:
            link.execute("create extension if not exists pg_stat_statements")

    monkeypatch.setattr(grounds, "fresh_database", counted)
    be("heliu_worker", own_db)
    yield found
    be("heliu_web", own_db)


@pytest.fixture
def report(ground: Ground) -> Report:
    """An empty report."""
    return Report("place-order", {"rounds": 1}, machine(ground))


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
