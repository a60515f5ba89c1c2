"""The limit's frozen SQL places orders rightly; else it would be no limit of anything."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from tests.conftest import CLUSTER

from heliu.config import postgres
from heliu.config.postgres import Trouble
from heliu_bench.ground import Ground
from heliu_bench.limit import DATABASE, REFERENCE, ROLE, Limit, script_of


@pytest.fixture(scope="module")
def limit() -> Limit:
    return Limit.make(str(CLUSTER), postgres.wheel_binaries())


@pytest.fixture
def link(limit: Limit) -> Iterator[psycopg.Connection]:
    with psycopg.connect(host=str(CLUSTER), user=ROLE, dbname=DATABASE, autocommit=True) as link:
        yield link


def place(link: psycopg.Connection, token: str, lines: dict[int, int]) -> tuple[int, int]:
    found = link.execute(
        "select * from place_order(sha256(%s::bytea), %s::int[], %s::int[])",
        [token.encode(), list(lines), list(lines.values())],
    ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


TEN = {sku: 10 * sku for sku in range(1, 11)}


def test_a_load_leaves_every_law_standing(limit: Limit, link: psycopg.Connection) -> None:
    meter = Ground(postgres.Cluster(CLUSTER, postgres.wheel_binaries())).meter()
    for hot in (0, 20):
        made = limit.run(2, 1, meter, hot=hot).figures()
        assert made.failed == 0
        assert made.done > 10
        assert made.cpu_postgres_ms > 0
    assert limit.require_sound() == link.execute("select count(*) from orders").fetchone()[0]


def test_prices_are_of_the_buyers_list_and_tier(limit: Limit, link: psycopg.Connection) -> None:
    _, total = place(link, "token7", TEN)  # dealer 7 is on list 8
    tiers = {True: 90, False: 95}
    expected = sum(
        (1000 + sku) * 92 * tiers[quantity >= 100] // 10000 * quantity
        for sku, quantity in TEN.items()
    )
    assert total == expected
    limit.require_sound()


@pytest.mark.parametrize(
    ("token", "prepare", "state"),
    [
        ("nobody", "select 1", "HL401"),
        ("token1", "update credit set ceiling = held where buyer = 1", "HL402"),
        ("token2", "update stock set on_hand = reserved + 1 where sku = 3", "HL409"),
        ("token3", "delete from price where price_list = 4 and sku = 5", "HL404"),
    ],
)
def test_a_refusal_changes_nothing(
    limit: Limit, link: psycopg.Connection, token: str, prepare: str, state: str
) -> None:
    with link.transaction(force_rollback=True):
        link.execute(prepare.encode())
        before = link.execute("select count(*), sum(total) from orders").fetchone()
        with pytest.raises(psycopg.DatabaseError) as refused, link.transaction():
            place(link, token, TEN)
        assert refused.value.sqlstate == state
        assert link.execute("select count(*), sum(total) from orders").fetchone() == before
    limit.require_sound()


@pytest.mark.parametrize(
    "harm",
    [
        "update stock set reserved = reserved + 1 where sku = 1",
        "update credit set held = held + 1 where buyer = 5",
        "update orders set total = total + 1 where id = (select min(id) from orders)",
        "delete from order_line where id = (select min(id) from order_line)",
        "update journal set amount = amount + 1 where id = (select min(id) from journal)",
        "delete from journal where id = (select min(id) from journal)",
        "delete from outbox where id = (select min(id) from outbox)",
        "insert into outbox (topic, payload) select topic, payload from outbox limit 1",
    ],
)
def test_the_check_finds_what_is_wrong(limit: Limit, link: psycopg.Connection, harm: str) -> None:
    place(link, "token9", TEN)
    check = (REFERENCE / "check.sql").read_text().encode()
    with link.transaction(force_rollback=True):
        link.execute(harm.encode())
        assert sum(count for _, count in link.execute(check)) > 0
    limit.require_sound()


def test_the_check_stops_a_bench(limit: Limit, link: psycopg.Connection) -> None:
    link.execute("update stock set reserved = reserved + 1 where sku = 1")
    try:
        with pytest.raises(Trouble, match="stock is not the sum"):
            limit.require_sound()
    finally:
        link.execute("update stock set reserved = reserved - 1 where sku = 1")


def test_the_script_wants_ten_skus_in_ascending_order() -> None:
    plain, hot = script_of(0), script_of(20)
    assert [f"{n * 500} + random_zipfian(1, 500, 1.05)" in plain for n in range(10)] == [True] * 10
    assert [f"\\set s{n} {2 * n} + random(1, 2)" in hot for n in range(10)] == [True] * 10
