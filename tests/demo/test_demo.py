"""`heliu demo` as it is used: from nothing to a finished deal, and started again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.config.test_cli import free_port, heliu
from tests.demo.recompute import recomputed
from tests.demo.test_walk import validate

from heliu.config import postgres

LOANS = {
    "REFERRED", "QUOTED", "DECLINED", "EXPIRED", "FUNDED_SHARE", "DISBURSING", "SELLER_PAID", "OVERDUE", "REPAID",
    "CANCELLED", "CLOSED",
}  # fmt: skip
PLEDGES = {"PROPOSED", "ACTIVE", "PARTLY_RELEASED", "RELEASED", "CLOSED", "CANCELLED"}
ORDERS = {"PLACED", "CONFIRMED", "PART_SHIPPED", "SHIPPED", "RECEIVED", "COMPLETED", "CANCELLED"}


class Started:
    """One start of the demo: what it said and what it wrote."""

    def __init__(self, data: Path, *arguments: str, **environment: str) -> None:
        file = data.with_suffix(".json")
        done = heliu(
            data, "demo", "--once", "--json", str(file), "--port", str(free_port()), *arguments,
            **environment,
        )  # fmt: skip
        self.status, self.said, self.trouble = done.returncode, done.stdout, done.stderr
        self.written: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def first(data: Path) -> Started:
    return Started(data)


@pytest.fixture(scope="module")
def second(data: Path, first: Started) -> Started:
    return Started(data, "--dealer", "木棉坊", "--repay", "20,30,50")


@pytest.fixture(scope="module")
def link(data: Path, second: Started) -> Iterator[psycopg.Connection]:
    """The database of the demo, read as its worker."""
    cluster = postgres.Cluster(data / "pg", postgres.wheel_binaries())
    cluster.start()
    host = str(postgres.socket_folder(data / "pg"))
    with psycopg.connect(host=host, user="heliu_worker", dbname="heliu") as link:
        yield link
    cluster.stop()


def column(link: psycopg.Connection, statement: str) -> list[Any]:
    return [row[0] for row in link.execute(statement.encode()).fetchall()]


def test_from_nothing_to_a_closed_deal(first: Started) -> None:
    assert first.status == 0, first.trouble
    validate(first.written)
    assert first.written["is_closed"]
    assert first.written["check"]["is_sound"]
    total = first.written["order"]["total"]
    assert 20_000_00 <= total <= 50_000_00
    assert sum(line["amount"] for line in first.written["order"]["lines"]) == total


def test_it_says_what_is_real_and_where_to_sign_in(first: Started) -> None:
    for words in ("CC BY 4.0", "GBP 1 = CNY 9.20", "Invented", "owner@d001.demo", "heliu-demo"):
        assert words in first.said
    for flow in ("商流", "物流", "资金流", "信息流"):
        assert flow in first.said


def test_the_second_start_finds_the_chain_and_makes_another_deal(
    first: Started, second: Started, link: psycopg.Connection
) -> None:
    assert second.status == 0, second.trouble
    validate(second.written)
    assert "Set up" not in second.said
    assert second.written["dealer"]["code"] == "D005"
    assert len(second.written["numbers"]["releases"]) == 3
    assert second.written["numbers"]["deal"] != first.written["numbers"]["deal"]
    assert column(link, "select count(*) from parties_organization") == [70]


def test_deals_in_every_state_are_there(link: psycopg.Connection) -> None:
    assert set(column(link, "select distinct status from lending_loan")) == LOANS
    assert set(column(link, "select distinct status from pledges_pledge")) == PLEDGES
    assert set(column(link, "select distinct status from ordering_order")) == ORDERS
    waiting = column(link, "select distinct status from pledges_releaseorder")
    assert set(waiting) == {"RELEASED", "PICKED_UP", "EXPIRED"}
    assert column(link, "select status from bank_paymentinstruction where status <> 'BOOKED'")
    assert column(link, "select count(*) from bank_banknotice where trouble <> ''") == [0]
    assert column(link, "select 1 from trade_dealstep where step = 'RECEIPT_DIFFERS'") == [1]


def test_lots_a_question_to_trade_a_branch_and_promises_are_there(link: psycopg.Connection) -> None:
    lots = "select m.code, t.kind from stock_trace t join stock_mark m on m.id = t.mark_id"
    assert {("HT2608", "shipped"), ("HT2608", "received"), ("HT2611", "adjusted")} <= set(
        link.execute(lots.encode()).fetchall()
    )
    assert column(link, "select serial from cases_case where kind = 'QUALITY'") == ["HT2608"]
    due = "select solve_due - opened_at = '48 hours' from cases_case where tier = 'CLUSTER'"
    assert column(link, due) == [True]
    assert column(
        link, "select status from joining_tradeask where seller_name_zh like '玉禾%'"
    ) == ["ASKED"]
    branches = "select o.code from parties_organization o join parties_tradingrelationship r"
    assert column(link, f"{branches} on r.buyer = o.id where o.parent_id is not null") == [
        "d006-xs"
    ]


def test_every_figure_of_every_deal_agrees(link: psycopg.Connection) -> None:
    numbers = column(link, "select number from trade_deal where loan_id is not null")
    assert len(numbers) >= 20
    with link.cursor() as cursor:
        wrong = {
            number: [row for row in recomputed(cursor, number) if not row.agrees]
            for number in numbers
        }
    assert {number: rows for number, rows in wrong.items() if rows} == {}


def test_the_past_is_whole(link: psycopg.Connection) -> None:
    [orders] = column(link, "select count(*) from ordering_order where external_id <> ''")
    assert orders > 3_000
    past = "from ordering_order o where o.external_id <> ''"
    for law in (
        f"select 1 {past} and o.total <> (select sum(amount) from ordering_orderline"
        " where order_id = o.id)",
        f"select 1 {past} and not exists (select from trade_deal d where d.order_id = o.id"
        " and d.outcome = 'CLOSED' and d.closed_at = o.completed_at)",
        f"select 1 {past} and (select count(*) from events_fact f where f.subject = o.id"
        " and f.name = 'commerce.order-placed' and f.at = o.placed_at) <> 1",
        f"select 1 {past} and to_char(o.placed_at at time zone 'Asia/Shanghai', 'YYMM')"
        " <> substr(o.number, 4, 4)",
        "select 1 from credit_file_paymentexperience where paid_on > current_date + 1",
    ):
        assert column(link, law) == [], law
    keys = "select distinct array(select jsonb_object_keys(payload) order by 1)::text"
    facts = f"{keys} from events_fact where name = 'commerce.order-placed'"
    assert len(column(link, facts)) == 1
    [short] = column(link, "select count(*) from stock_promised p join posting_account a"
                           " on a.id = p.account where a.posted between 1 and 20")  # fmt: skip
    assert short > 10


def test_what_cannot_be_done_ends_with_1(data: Path, first: Started) -> None:
    refused = Started(data, "--dealer", "澄屿礼品")
    assert refused.status == 1
    assert "A person at the bank decides" in refused.trouble
