"""Tables of prices: lists and what stands in them, contracts, promotions, files of prices."""

from heliu.commerce.pricing.models.contracts import ChangeState, Contract, ContractChange
from heliu.commerce.pricing.models.imports import BadPriceRow, PriceImport
from heliu.commerce.pricing.models.lists import ListPrice, PriceList, PriceListBuyer, Rounding
from heliu.commerce.pricing.models.promotions import (
    OF_ORDERS,
    Discount,
    Effect,
    Given,
    Promotion,
    PromotionBuyer,
    PromotionGoods,
)

__all__ = [
    "OF_ORDERS",
    "BadPriceRow",
    "ChangeState",
    "Contract",
    "ContractChange",
    "Discount",
    "Effect",
    "Given",
    "ListPrice",
    "PriceImport",
    "PriceList",
    "PriceListBuyer",
    "Promotion",
    "PromotionBuyer",
    "PromotionGoods",
    "Rounding",
]
