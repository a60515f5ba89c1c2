"""Every bench, tiny: what it tells fits the schema, and what it cannot measure it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings
from tests.conftest import be

from heliu.commerce.catalogue.operations.shop import set_shop
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.models import PartyRole
from heliu_bench import (
    close_of_day,
    decision,
    import_prices,
    ledger,
    pages,
    place_order,
    pledged_order,
    prices,
    stock,
)
from heliu_bench import market as markets
from heliu_bench.ground import Ground, fresh_database
from heliu_bench.report import Report

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "bench.schema.json").read_text())


def told(report: Report, tmp_path: Path) -> dict:
    """What was written, once it fits the schema."""
    file = tmp_path / "bench.json"
    report.tell(file)
    document = json.loads(file.read_text())
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(SCHEMA, format_checker=checker).validate(document)
    assert all(row["median"]["failed"] == 0 for row in document["rows"])
    return document


def test_place_order(
    ground: Ground,
    report: Report,
    free_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place_order, "IDLE", 0.2)
    monkeypatch.setattr(place_order, "WARMING", 0.2)
    options = place_order.Options(
        clients=[1, 2], seconds=0.3, rounds=1, doors=["lane", "django"], hot=0,
        pay_by=["TERMS", "TRANSFER"], dealers=5, skus=100, port=free_port, workers=1,
    )  # fmt: skip
    place_order.run(ground, report, options)
    document = told(report, tmp_path)
    assert [(row["name"], row["clients"]) for row in document["rows"]] == [
        (name, clients) for clients in (1, 2) for name in ("limit", "lane", "django")
    ]
    assert [(one["name"], one["of"]) for one in document["ratios"]] == [
        ("lane", "limit"), ("django", "limit")
    ] * 2  # fmt: skip
    facts = document["facts"]
    assert facts["lane_statements_per_order"] >= 1
    assert facts["django_statements_per_order"] >= facts["lane_statements_per_order"]
    assert facts["seq_scans_of_orders"] == 0
    assert facts["orders_placed_and_found"] > 40  # those whose statements were counted


def test_ledger(ground: Ground, report: Report, tmp_path: Path) -> None:
    ledger.run(ground, report, ledger.Options(seconds=0.1, rounds=1, accounts=20, size=5))
    document = told(report, tmp_path)
    done = sum(row["median"]["done"] for row in document["rows"])
    assert document["facts"]["journals_checked"] == done


def test_stock(ground: Ground, report: Report, free_port: int, tmp_path: Path) -> None:
    options = stock.Options(seconds=0.2, rounds=1, sizes=[3], clients=[1], skus=10, port=free_port)
    stock.run(ground, report, options)
    assert [(row["name"], row["clients"]) for row in told(report, tmp_path)["rows"]] == [
        ("sets of 3", 1), ("sets of 3", 2), ("batches of 10 over HTTP", 1)
    ]  # fmt: skip


def test_prices(ground: Ground, report: Report, tmp_path: Path) -> None:
    options = prices.Options(lists=10, prices=300, seconds=0.1, rounds=1, dealers=3, skus=30)
    prices.run(ground, report, options)
    document = told(report, tmp_path)
    assert document["facts"]["prices_in_the_table"] == 300 + 20 * 30 * 3 + 30


def test_import_prices(
    ground: Ground,
    report: Report,
    free_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place_order, "WARMING", 0.2)
    monkeypatch.setattr(settings, "DATA", tmp_path)  # where the served worker looks for files
    options = import_prices.Options(
        rows=12_000, clients=1, seconds=0.2, rounds=1, dealers=3, skus=30, port=free_port
    )
    import_prices.run(ground, report, options)
    facts = told(report, tmp_path)["facts"]
    assert facts["rows_read"] == 12_000
    assert facts["p99_times"] > 0


def test_decision(ground: Ground, report: Report, free_port: int, tmp_path: Path) -> None:
    options = decision.Options(
        clients=[1], seconds=0.2, rounds=1, dealers=3, skus=30, port=free_port
    )
    decision.run(ground, report, options)
    facts = told(report, tmp_path)["facts"]
    assert 0 < facts["decision_of_1_p50_ms"] <= facts["decision_of_1_p99_ms"]


def test_close_of_day(ground: Ground, report: Report, tmp_path: Path) -> None:
    close_of_day.run(ground, report, close_of_day.Options(loans=3, rounds=2, skus=30))
    document = told(report, tmp_path)
    assert [made["done"] for made in document["rows"][0]["rounds"]] == [3, 3]


def test_pledged_order(
    ground: Ground,
    report: Report,
    free_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The tests' cluster keeps no times of commits; when a step began will do.
    monkeypatch.setattr(pledged_order, "COMMITTED", "{}.at")
    options = pledged_order.Options(
        clients=[2], seconds=0.1, rounds=1, skus=30, port=free_port, workers=1
    )
    pledged_order.run(ground, report, options)
    facts = told(report, tmp_path)["facts"]
    assert facts["deals_closed"] == 2
    assert facts["accepted_to_seller_paid_at_2_p50_ms"] > 0
    assert facts["signed_to_seller_paid_committed_at_2_p50_ms"] >= 0


def test_pages(
    ground: Ground, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LEAST", 0.0)
    markets.lay(ground, dealers=1, skus=30, at=clock.now())
    seller = PartyRole.objects.get(role="SELLER").organization_id
    set_shop(actor=Actor.system(), seller=seller, is_public=True, shows_prices=True)
    be("heliu_web")
    wish = pages.Options(samples=1, reads=2, rounds=1, queries=("bag", "%"))
    pages.run(ground, report, wish)
    document = told(report, tmp_path)
    names = {row["name"] for row in document["rows"]}
    assert {"dealer: deals", "seller: seller_goods", "dealer: search"} <= names
    assert {"public: shop_home", "public: shop_goods"} <= names
    assert {name.partition(":")[0] for name in names} == {
        "dealer", "seller", "bank", "warehouse", "carrier", "operator", "public"
    }  # fmt: skip
    at_desks = [name for name in names if not name.startswith("public")]
    assert all(document["facts"][f"queries_{name.replace(': ', '_')}"] > 0 for name in at_desks)


def test_a_bench_writes_to_its_own_database_only(ground: Ground) -> None:
    with pytest.raises(Trouble, match="heliu_bench only"):
        fresh_database(ground)
