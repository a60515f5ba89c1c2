"""A notice is put into words for whoever reads it, not for whoever caused it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils.translation import override
from tests.conftest import Door

from heliu.capital.lending.models import LoanStatus
from heliu.commerce.returns.models import ReturnStatus
from heliu.kernel.events.models import Notice
from heliu.kernel.events.notices import Parameter, filled, tell, words
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.parties.models import Organization

AT = datetime(2026, 11, 2, tzinfo=UTC)
HOUSE = Organization(code="jx", name="Yuntai Warehousing", short_name_zh="云台仓")


@pytest.mark.parametrize("writer", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("kind", "params", "english", "chinese"),
    [
        (
            "seller-paid",
            {"amount": Money(1_200_050), "number": "SO-1", "warehouse": HOUSE},
            "12,000.50 CNY arrived for order SO-1: ship to 云台仓",
            "云台仓",
        ),
        (
            "loan-decided",
            {"number": "SO-1", "outcome": LoanStatus.DECLINED.label},
            "The bank decided on the financing of SO-1: Declined",
            "已拒绝",
        ),
        (
            "return-moved",
            {"return": "RT-1", "status": ReturnStatus.SENT.label},
            "Return RT-1: Sent back",
            "已寄回",
        ),
    ],
)
def test_names_amounts_and_states_are_in_the_readers_language(
    db: None,
    as_worker: Door,
    writer: str,
    kind: str,
    params: dict[str, Parameter],
    english: str,
    chinese: str,
) -> None:
    with as_worker(), override(writer):
        kept = Notice.objects.get(pk=tell(new_id(), kind, params, link="/x", at=AT).pk)
    with override("en"):
        assert words(kept) == english
    with override("zh-hans"):
        assert chinese in words(kept)


def test_both_names_of_a_party_are_kept(db: None, as_worker: Door) -> None:
    house = Organization(name="Yuntai", name_zh="云台", short_name="YT", short_name_zh="台")
    params: dict[str, Parameter] = {"number": "SO-1", "warehouse": house}
    with as_worker(), override("zh-hans"):
        kept = Notice.objects.get(pk=tell(new_id(), "goods-sent", params, link="/x", at=AT).pk)
    with override("en"):
        assert filled(kept) == {"number": "SO-1", "warehouse": "YT"}
    with override("zh-hans"):
        assert filled(kept) == {"number": "SO-1", "warehouse": "台"}


def test_an_amount_is_said_with_its_own_unit(db: None) -> None:
    with override("zh-hans"):
        assert Money(-1_250).spoken() == "-12.50元"
        assert Money(1_250, "USD").spoken() == "12.50 USD"


def test_a_place_that_is_not_filled_fails_at_the_writer() -> None:
    with pytest.raises(KeyError):
        tell(new_id(), "goods-sent", {"number": "SO-1"}, link="/x", at=AT)
