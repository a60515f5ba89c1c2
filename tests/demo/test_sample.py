"""The demo's real input is whole, dated near today, named in both languages, and always the same."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files

import pytest

from heliu.demo.sample import Behaviour, Sample, days_late, load, to_fen

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load(TODAY)


def test_what_there_is(sample: Sample) -> None:
    assert len(sample.dealers) == 60
    assert len(sample.skus) == 400
    assert len(sample.families) == 12
    assert len(sample.orders) == 3091
    assert sum(len(order.lines) for order in sample.orders) == 38564
    assert sample.rate == Decimal("9.20")


def test_sums(sample: Sample) -> None:
    """Every order is the sum of its lines, and the whole is what the source sheets sum to."""
    assert sum(line.quantity for order in sample.orders for line in order.lines) == 967_083
    assert sum(order.total for order in sample.orders) == 1_698_998_878
    for order in sample.orders:
        assert order.total == sum(line.quantity * line.unit_price for line in order.lines)
        assert order.total >= to_fen("60") * 99 // 100


def test_prices_and_quantities_are_positive(sample: Sample) -> None:
    assert all(
        line.quantity > 0 and line.unit_price > 0 for order in sample.orders for line in order.lines
    )
    for sku in sample.skus:
        assert sku.price >= sku.tier_price > 0
        assert (sku.tier_from > 1) == (sku.tier_price < sku.price)


def test_everything_is_named_in_both_languages(sample: Sample) -> None:
    for thing in (*sample.families, *sample.skus, *sample.dealers):
        assert re.fullmatch(r"[A-Z0-9][^一-鿿]+", thing.name)
        assert re.search(r"[一-鿿]", thing.name_zh)
        assert thing.name == thing.name.strip()
    for dealer in sample.dealers:
        assert dealer.name_zh.startswith(dealer.city_zh)
        assert dealer.name_zh.endswith("有限公司")
        assert dealer.name.startswith(dealer.city)
        assert dealer.name.endswith("Co., Ltd.")
        assert dealer.short_name
        assert dealer.short_name_zh


def test_no_two_are_called_the_same(sample: Sample) -> None:
    for things in (sample.families, sample.skus, sample.dealers):
        for column in ("code", "name", "name_zh"):
            counted = Counter(getattr(thing, column) for thing in things)
            assert counted.most_common(1)[0][1] == 1, counted.most_common(3)
    assert len({order.number for order in sample.orders}) == len(sample.orders)


def test_every_reference_is_there(sample: Sample) -> None:
    assert {sku.family for sku in sample.skus} == {family.code for family in sample.families}
    assert {order.dealer for order in sample.orders} == {dealer.code for dealer in sample.dealers}
    codes = {sku.code for sku in sample.skus}
    for order in sample.orders:
        ordered = [line.sku for line in order.lines]
        assert set(ordered) <= codes
        assert len(ordered) == len(set(ordered)) >= 2


def test_dealers_have_bought_for_more_than_a_year_and_until_lately(sample: Sample) -> None:
    bought: dict[str, list[date]] = {dealer.code: [] for dealer in sample.dealers}
    for order in sample.orders:
        bought[order.dealer].append(order.placed_at.date())
    for days in bought.values():
        assert days[-1] - days[0] > timedelta(days=365)
        assert len(days) >= 20
    counts = [len(days) for days in bought.values()]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("later", range(8))
def test_the_last_order_lies_in_the_week_before_today(later: int) -> None:
    today = TODAY + timedelta(days=later)
    moved = load(today)
    assert 1 <= (today - moved.orders[-1].placed_at.date()).days <= 7
    assert moved.shift % timedelta(weeks=1) == timedelta(0)


def test_orders_stand_by_time_and_keep_their_day_of_the_week(sample: Sample) -> None:
    times = [order.placed_at for order in sample.orders]
    assert times == sorted(times)
    assert all(at.utcoffset() == timedelta(hours=8) for at in times)
    # The wholesaler was closed on Saturdays.
    assert Counter(at.isoweekday() for at in times)[6] < 10


def test_it_is_the_same_every_time(sample: Sample) -> None:
    assert load(TODAY) == sample


@pytest.mark.parametrize(("pounds", "fen"), [("1.25", 1150), ("0.29", 267), ("0.42", 386)])
def test_pounds_become_fen_half_up(pounds: str, fen: int) -> None:
    assert to_fen(pounds) == fen


def test_every_way_of_paying_is_there(sample: Sample) -> None:
    counted = Counter(dealer.behaviour for dealer in sample.dealers)
    assert counted == {
        Behaviour.PROMPT: 33,
        Behaviour.MOSTLY_PROMPT: 15,
        Behaviour.SLOW: 7,
        Behaviour.IRREGULAR: 5,
    }


def test_the_slow_pay_later_than_the_prompt(sample: Sample) -> None:
    numbers = [order.number for order in sample.orders]
    late = {kind: [days_late(kind, number) for number in numbers] for kind in Behaviour}
    assert max(late[Behaviour.PROMPT]) == 0
    assert max(late[Behaviour.IRREGULAR]) == 45
    means = [sum(late[kind]) / len(numbers) for kind in Behaviour]
    assert means[0] < means[1] < means[2]
    on_time = [sum(days <= 0 for days in late[kind]) / len(numbers) for kind in Behaviour]
    assert on_time[0] == 1
    assert on_time[1] == pytest.approx(0.85, abs=0.03)
    assert on_time[2] == pytest.approx(0.20, abs=0.03)
    assert on_time[3] == pytest.approx(0.55, abs=0.03)


def test_the_sheets_stay_small() -> None:
    sheets = [file for file in (files("heliu.demo") / "data").iterdir() if file.name.endswith("gz")]
    assert len(sheets) == 5
    assert sum(len(sheet.read_bytes()) for sheet in sheets) < 400_000
