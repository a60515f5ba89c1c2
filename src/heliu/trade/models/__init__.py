"""Tables of the stories: deals and their steps, and what crosses the flows beside them."""

from heliu.trade.models.controls import Doubt, Finding, Invoice
from heliu.trade.models.cover import Cover
from heliu.trade.models.deals import BUY_BACK, DUTY, GIVEN_BACK, Deal, DealStep, Outcome, Step
from heliu.trade.models.pools import (
    CALL_MOVES,
    CALL_TONES,
    LEVEL_TONES,
    LODGING_MOVES,
    LODGING_TONES,
    NOT_SENT,
    STANDING,
    CallStatus,
    Figures,
    Lodging,
    LodgingKind,
    LodgingLine,
    LodgingStatus,
    MarginCall,
    MarkCause,
    Pool,
    PoolLevel,
    PoolMark,
)
from heliu.trade.models.proposals import Proposal, Proposed
from heliu.trade.models.sales import SALE_TONES, Sale, SaleStatus
from heliu.trade.models.tiers import TierGrant, TierOffer
from heliu.trade.models.totals import DayTotal

__all__ = [
    "BUY_BACK",
    "CALL_MOVES",
    "CALL_TONES",
    "DUTY",
    "GIVEN_BACK",
    "LEVEL_TONES",
    "LODGING_MOVES",
    "LODGING_TONES",
    "NOT_SENT",
    "SALE_TONES",
    "STANDING",
    "CallStatus",
    "Cover",
    "DayTotal",
    "Deal",
    "DealStep",
    "Doubt",
    "Figures",
    "Finding",
    "Invoice",
    "Lodging",
    "LodgingKind",
    "LodgingLine",
    "LodgingStatus",
    "MarginCall",
    "MarkCause",
    "Outcome",
    "Pool",
    "PoolLevel",
    "PoolMark",
    "Proposal",
    "Proposed",
    "Sale",
    "SaleStatus",
    "Step",
    "TierGrant",
    "TierOffer",
]
