"""What both sides of a contract agreed is changed by both: the operations say so kindly, and the
database holds it against everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.commerce.conftest import AT, DAY, Chain
from tests.commerce.contracts import agreed

from heliu.commerce.pricing import operations, queries
from heliu.commerce.pricing.models import Contract, ContractChange, ListPrice, PriceList
from heliu.commerce.pricing.operations import NewPrice
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import NotFound, Refused

SYSTEM = Actor.system()
DAYS = timedelta(days=1)


def offer(chain: Chain, prices: dict[int, int], **more: Any) -> Contract:
    return operations.offer(
        actor=chain.at_seller, seller=chain.seller, buyer=chain.dealer, code="CT", name="c",
        prices=[NewPrice(chain.skus[0].pk, amount, tier) for tier, amount in prices.items()],
        valid_from=DAY, valid_to=DAY + 30 * DAYS, at=AT, **more,
    )  # fmt: skip


def price(chain: Chain, quantity: int = 1, days: int = 0) -> int | None:
    sku = chain.skus[0].pk
    with acting_for([chain.dealer]):
        found = queries.resolve(
            buyer=chain.dealer, seller=chain.seller, wanted=[(sku, quantity)], at=AT + days * DAYS
        )[sku]
    return found.unit_price if found else None


def test_an_offer_binds_nobody_until_the_buyer_agrees(chain: Chain) -> None:
    with acting_for([chain.seller]):
        offered = offer(chain, {1: 700})
    assert price(chain) is None
    with acting_for([chain.seller]):
        operations.set_prices(
            offered.price_list, actor=chain.at_seller, prices=[NewPrice(chain.skus[0].pk, 650)],
            valid_from=DAY, at=AT,
        )  # fmt: skip
        with pytest.raises(NotFound):  # the seller says no yes for its buyer
            operations.agree(offered, actor=chain.at_seller, at=AT)
        operations.agree(offered, actor=SYSTEM, at=AT)
        with pytest.raises(Refused, match="contract-decided"):
            operations.refuse(offered, actor=SYSTEM, at=AT)
    assert price(chain) == 650


def test_no_statement_changes_what_is_agreed(chain: Chain, as_worker) -> None:
    with acting_for([chain.seller]):
        held = operations.agree(offer(chain, {1: 700}), actor=SYSTEM, at=AT)
    table, sku = held.price_list_id, chain.skus[0].pk
    other = chain.skus[1].pk
    forbidden = (
        f"update pricing_listprice set amount = 1 where price_list_id = '{table}'",
        f"delete from pricing_listprice where price_list_id = '{table}'",
        "insert into pricing_listprice (price_list_id, seller, sku_id, min_quantity, amount,"
        f" valid_from) values ('{table}', '{held.seller}', '{other}', 1, 5, '{DAY}')",
        f"update pricing_contract set valid_to = valid_to - 1 where id = '{held.pk}'",
        f"update pricing_contract set committed = 5 where id = '{held.pk}'",
        f"update pricing_contract set is_offer = true where id = '{held.pk}'",
        f"delete from pricing_pricelistbuyer where price_list_id = '{table}'",
        f"update pricing_pricelistbuyer set valid_to = null where price_list_id = '{table}'",
        "insert into pricing_pricelistbuyer (price_list_id, seller, buyer, valid_from) values"
        f" ('{table}', '{held.seller}', '{chain.stranger}', '{DAY}')",
        "insert into pricing_pricelist (id, seller, code, name, name_zh, currency, priority,"
        " is_default, version_of_id, version, live_from) values (gen_random_uuid(),"
        f" '{held.seller}', 'CT@9', 'c', '', 'CNY', 0, false, '{table}', 9, now())",
    )
    with as_worker():
        for statement in forbidden:
            with (
                pytest.raises(IntegrityError, match="contract"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    with acting_for([chain.seller]):
        act = {"actor": chain.at_seller, "at": AT}
        with pytest.raises(Refused, match="contract-agreed"):
            operations.set_prices(held.price_list, prices=[NewPrice(sku, 1)], valid_from=DAY, **act)
        with pytest.raises(Refused, match="held-by-contract"):
            operations.assign(held.price_list, buyer=chain.dealer, valid_from=DAY, **act)
        with pytest.raises(Refused, match="held-by-contract"):
            operations.bring(held.price_list, [b"code,price\n"], name="x", **act)
        version = operations.begin_version(held.price_list, **act)
        operations.set_prices(version, prices=[NewPrice(sku, 701)], valid_from=DAY, **act)
        with pytest.raises(Refused, match="contract-agreed"):
            operations.schedule(version, live_from=AT + DAYS, **act)
    assert price(chain, days=2) == 700


def ask(chain: Chain, held: Contract, amount: int, days: int = 1) -> ContractChange | None:
    with acting_for([chain.seller]):
        return operations.ask_prices(
            held, actor=chain.at_seller, prices=[NewPrice(chain.skus[0].pk, amount)],
            live_on=DAY + days * DAYS, at=AT,
        )  # fmt: skip


def test_a_fall_holds_by_itself_and_a_rise_is_asked_about(chain: Chain) -> None:
    with acting_for([chain.seller]):
        held = agreed(
            actor=chain.at_seller, seller=chain.seller, buyer=chain.dealer, code="CT", name="c",
            prices=[NewPrice(chain.skus[0].pk, 700)], valid_from=DAY, valid_to=DAY + 30 * DAYS,
            at=AT,
        )  # fmt: skip
    assert ask(chain, held, 600, days=2) is None
    assert [price(chain, days=n) for n in (0, 1, 2)] == [700, 700, 600]
    asked = ask(chain, held, 800, days=5)
    assert asked is not None
    with pytest.raises(Refused, match="contract-asked"):
        ask(chain, held, 900, days=6)
    with acting_for([chain.dealer]):
        steps = queries.steps_of(held, AT, asked.version_id)
        assert steps == [(chain.skus[0].pk, 1, 700, 800)]
    with acting_for([chain.stranger]):
        assert queries.steps_of(held, AT, asked.version_id) == []
    with acting_for([chain.seller]):
        operations.answer(asked, actor=SYSTEM, agrees=False, at=AT)
    assert price(chain, days=6) == 600
    asked = ask(chain, held, 800, days=5)
    assert asked is not None
    with acting_for([chain.seller]):
        operations.answer(asked, actor=SYSTEM, agrees=True, at=AT)
        with pytest.raises(Refused, match="change-decided"):
            operations.take_back(asked, actor=chain.at_seller, at=AT)
        version = PriceList.objects.get(pk=asked.version_id)
        with pytest.raises(Refused, match="contract-agreed"):
            operations.withdraw(version, actor=chain.at_seller, at=AT)
    assert [price(chain, days=n) for n in (4, 5)] == [600, 800]


def test_an_earlier_end_is_asked_about(chain: Chain) -> None:
    with acting_for([chain.seller]):
        held = operations.agree(offer(chain, {1: 700}), actor=SYSTEM, at=AT)
        asked = operations.ask_end(held, actor=chain.at_seller, last=DAY + DAYS, at=AT)
    assert price(chain, days=3) == 700
    with acting_for([chain.seller]):
        operations.answer(asked, actor=SYSTEM, agrees=True, at=AT)
    assert [price(chain, days=n) for n in (1, 2)] == [700, None]


STEPS = st.dictionaries(st.integers(1, 3), st.integers(1, 4), min_size=1, max_size=3)


def reference(steps: dict[int, int], quantity: int) -> int | None:
    reached = [tier for tier in steps if tier <= quantity]
    return steps[max(reached)] if reached else None


@given(STEPS, STEPS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whether_anything_rises_is_what_a_buyer_would_find(
    chain: Chain, as_worker, was: dict[int, int], then: dict[int, int]
) -> None:
    rises = False
    for quantity in range(1, 5):
        before, after = reference(was, quantity), reference(then, quantity)
        rises |= before != after and (before is None or after is None or after > before)
    sku = chain.skus[0].pk
    with as_worker():
        tables = []
        for n, steps in enumerate((was, then)):
            table, _ = PriceList.objects.get_or_create(
                seller=chain.seller, code=f"T{n}", defaults={"name": "t"}
            )
            ListPrice.objects.filter(price_list=table).delete()
            ListPrice.objects.bulk_create(
                ListPrice(
                    price_list=table, seller=chain.seller, sku_id=sku, min_quantity=tier,
                    amount=amount, valid_from=DAY,
                )
                for tier, amount in steps.items()
            )  # fmt: skip
            tables.append(table.pk)
        with connection.cursor() as cursor:
            cursor.execute("select pricing_version_rises(%s, %s, %s)", [tables[1], tables[0], DAY])
            assert cursor.fetchone() == (rises,)
