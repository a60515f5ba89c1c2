"""Goods that lie somewhere, what of them is promised, and pieces that are told apart."""

from heliu.logistics.stock.models.marked import Away, Mark, Pieces, Trace
from heliu.logistics.stock.models.rows import (
    EXPECTED_MOVES,
    EXPECTED_TONES,
    QUALITY_TONES,
    BackOrder,
    Expected,
    ExpectedStatus,
    Promised,
    Quality,
    StockRow,
)

__all__ = [
    "EXPECTED_MOVES",
    "EXPECTED_TONES",
    "QUALITY_TONES",
    "Away",
    "BackOrder",
    "Expected",
    "ExpectedStatus",
    "Mark",
    "Pieces",
    "Promised",
    "Quality",
    "StockRow",
    "Trace",
]
