"""Every write of prices: lists and what stands in them, versions, contracts, promotions."""

from heliu.commerce.pricing.operations.contracts import (
    agree,
    answer,
    ask_end,
    ask_prices,
    offer,
    refuse,
    take_back,
)
from heliu.commerce.pricing.operations.imports import bring, cancel
from heliu.commerce.pricing.operations.lists import (
    NewPrice,
    assign,
    compute_list,
    create_list,
    end_assignment,
    set_prices,
)
from heliu.commerce.pricing.operations.promotions import NewPromotion, announce, stop_promotion
from heliu.commerce.pricing.operations.versions import begin_version, discard, schedule, withdraw

__all__ = [
    "NewPrice",
    "NewPromotion",
    "agree",
    "announce",
    "answer",
    "ask_end",
    "ask_prices",
    "assign",
    "begin_version",
    "bring",
    "cancel",
    "compute_list",
    "create_list",
    "discard",
    "end_assignment",
    "offer",
    "refuse",
    "schedule",
    "set_prices",
    "stop_promotion",
    "take_back",
    "withdraw",
]
