"""A file of prices comes in chunk by chunk: what is bad is kept with its reason, a reader that dies
costs a chunk, buyers see nothing of it before it goes live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.commerce.conftest import AT, DAY, Chain

from heliu.commerce.pricing import operations, rows
from heliu.commerce.pricing.models import (
    BadPriceRow,
    ListPrice,
    PriceImport,
    PriceList,
)
from heliu.commerce.pricing.operations import NewPrice, imports
from heliu.commerce.pricing.operations.versions import KEPT, purge
from heliu.commerce.pricing.queries import resolve
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Invalid
from heliu.kernel.ids import new_id
from heliu.kernel.spool import ImportState

HOUR = timedelta(hours=1)
FILE = """code,from,price
KFR-35GW/A1,1,"1,999.00"
KFR-35GW/A1,10,1899
NOBODY,1,5
BCD-215,1,9.999
BCD-215,x,9
KFR-35GW/A1,1,7
,1,7

BCD-215,1,900.5
"""


@pytest.fixture
def std(chain: Chain, settings, tmp_path) -> PriceList:
    settings.DATA = tmp_path
    with acting_for([chain.seller]):
        made = operations.create_list(
            actor=chain.at_seller, seller=chain.seller, code="STD", name="s", is_default=True
        )
        operations.set_prices(
            made, actor=chain.at_seller, at=AT, valid_from=DAY,
            prices=[NewPrice(chain.skus[0].pk, 100), NewPrice(chain.skus[3].pk, 300)],
        )  # fmt: skip
        return made


def bring(chain: Chain, std: PriceList, text: str = FILE, **more) -> PriceImport:
    with acting_for([chain.seller]):
        return operations.bring(
            std, [text.encode()], actor=chain.at_seller, name="prices.csv", at=AT, **more
        )


def price(chain: Chain, sku: int, at=AT) -> int | None:
    with acting_for([chain.dealer]):
        wanted = [(chain.skus[sku].pk, 1)]
        found = resolve(buyer=chain.dealer, seller=chain.seller, wanted=wanted, at=at)
        answer = found[chain.skus[sku].pk]
        return answer.unit_price if answer else None


def read_all(as_worker) -> int:
    chunks = 0
    with as_worker():
        while imports.read_on(AT):
            chunks += 1
    return chunks


def test_good_rows_are_in_and_bad_ones_kept_with_their_reason(chain, std, as_worker) -> None:
    brought = bring(chain, std, live_from=AT)
    assert read_all(as_worker) == 1
    with acting_for([chain.seller]):
        found = PriceImport.objects.get(pk=brought.pk)
        assert (found.state, found.taken, found.bad, found.percent) == (ImportState.READ, 3, 5, 100)
        assert list(BadPriceRow.objects.order_by("line").values_list("line", "reason", "raw")) == [
            (4, "code-unknown", "NOBODY,1,5"),
            (5, "price-unreadable", "BCD-215,1,9.999"),
            (6, "from-unreadable", "BCD-215,x,9"),
            (7, "twice", "KFR-35GW/A1,1,7"),
            (8, "code-missing", ",1,7"),
        ]
        # With bad rows a person decides; until then nobody pays it.
        assert PriceList.objects.get(pk=found.version_id).live_from is None
    assert price(chain, 0) == 100
    with acting_for([chain.seller]):
        version = PriceList.objects.get(pk=found.version_id)
        operations.schedule(version, actor=chain.at_seller, live_from=AT + HOUR, at=AT)
    assert [price(chain, 0, AT), price(chain, 0, AT + HOUR)] == [100, 199900]
    assert price(chain, 3, AT + HOUR) is None


def test_no_price_in_another_currency_is_taken_for_ours(chain, std, as_worker) -> None:
    named = """code,price,currency
KFR-35GW/A1,20.00,CNY
BCD-215,30.00,usd
BCD-215,$31.00,
BCD-215,32.00
BCD-215,33元,
"""
    brought = bring(chain, std, named)
    read_all(as_worker)
    with acting_for([chain.seller]):
        bad = BadPriceRow.objects.order_by("line").values_list("line", "reason")
        assert list(bad) == [
            (3, "currency-other"),
            (4, "currency-other"),
            (5, "row-broken"),
        ]
        set_now = ListPrice.objects.filter(price_list=brought.version_id).values_list("amount")
        assert sorted(set_now) == [(2000,), (3300,)]


def test_a_file_without_bad_rows_goes_live_at_its_instant(chain, std, as_worker) -> None:
    bring(chain, std, "编码\t单价\nKFR-35GW/A1\t55.50\n", live_from=AT + HOUR, keep_others=True)
    read_all(as_worker)
    assert [price(chain, 0, at) for at in (AT, AT + HOUR)] == [100, 5550]
    assert price(chain, 3, AT + HOUR) == 300


def test_whoever_reads_on_after_a_crash_begins_at_the_last_chunk(
    chain, std, as_worker, monkeypatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    brought = bring(chain, std)
    take, calls = imports._take, []

    def dying(found, good):
        left_out = take(found, good)
        calls.append(found.line)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return left_out

    monkeypatch.setattr(imports, "_take", dying)
    with pytest.raises(KeyboardInterrupt):
        read_all(as_worker)
    with as_worker():
        half = PriceImport.objects.get(pk=brought.pk)
        assert (half.state, half.line, half.taken) == (ImportState.READING, 3, 2)
        assert ListPrice.objects.filter(price_list=half.version_id).count() == 2
    assert read_all(as_worker) == 4
    with as_worker():
        whole = PriceImport.objects.get(pk=brought.pk)
        assert (whole.taken, whole.bad, whole.line) == (3, 5, 10)
        assert ListPrice.objects.filter(price_list=whole.version_id).count() == 3


def test_what_is_no_file_of_prices_is_refused_and_a_cancelled_one_stops(
    chain, std, as_worker
) -> None:
    with pytest.raises(Invalid, match="head-unknown"):
        bring(chain, std, "a,b\n1,2\n")
    with pytest.raises(Invalid, match="instant-past"):
        bring(chain, std, live_from=AT - HOUR)
    brought = bring(chain, std)
    with acting_for([chain.seller]):
        operations.cancel(brought, actor=chain.at_seller)
    assert read_all(as_worker) == 0


@given(
    st.lists(
        st.tuples(st.text('abc,"\t;é键 .9-', max_size=9), st.text("0123456789.,x", max_size=9))
    )
)
def test_every_row_is_good_bad_or_empty_and_none_is_lost(cells) -> None:
    head = rows.head_of("code;price")
    assert head is not None
    texts = [f"{code};{price}\n" for code, price in cells]
    good, bad = rows.read(head, texts, 2)
    lines = [one.line for one in (*good, *bad)]
    assert len(set(lines)) == len(lines)
    empty = set(range(2, 2 + len(texts))) - set(lines)
    assert all(not texts[line - 2].replace(";", "").replace('"', "").strip() for line in empty)


def test_a_file_whose_import_was_never_written_goes_and_others_stay(
    chain, std, as_worker, settings
) -> None:
    reading = bring(chain, std)
    folder = settings.DATA / "price-imports"
    lost = folder / f"{new_id()}.csv"
    lost.write_text("code,price\n")
    later = datetime.now(UTC) + timedelta(days=2)
    with as_worker():
        assert imports.sweep_files(datetime.now(UTC)) == 0
        assert imports.sweep_files(later) == 1
    assert [one.stem for one in folder.iterdir()] == [str(reading.pk)]


def test_prices_of_versions_that_are_long_over_go(chain, std, as_worker) -> None:
    """The first version (the list itself) and the second are over, the third is live."""
    versions = []
    for n in (1, 2):
        with acting_for([chain.seller]):
            made = operations.begin_version(std, actor=chain.at_seller, at=AT)
            operations.schedule(made, actor=chain.at_seller, live_from=AT + n * HOUR, at=AT)
            versions.append(made)
    kept = lambda: set(ListPrice.objects.values_list("price_list", flat=True))  # noqa: E731
    with as_worker():
        assert purge(AT + KEPT) == 0
        assert purge(AT + KEPT + HOUR, most=1) == 1
        assert purge(AT + KEPT + HOUR) == 1
        assert kept() == {one.pk for one in versions}
        assert purge(AT + KEPT + 9 * HOUR) == 2
        assert kept() == {versions[1].pk}
