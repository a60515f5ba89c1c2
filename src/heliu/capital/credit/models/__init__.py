"""Tables of credit: programmes, assessments of borrowers, facilities, the rules of lenders."""

from heliu.capital.credit.models.assessments import OUTCOME_TONES, CreditAssessment, Grade, Outcome
from heliu.capital.credit.models.facilities import (
    FACILITY_MOVES,
    FACILITY_TONES,
    Facility,
    FacilityStatus,
    OwnMoney,
)
from heliu.capital.credit.models.figures import rate_field, share_field
from heliu.capital.credit.models.programmes import (
    DRAFT_MOVES,
    DRAFT_TONES,
    ORDER_RELEASES,
    DepositBy,
    DepositMode,
    DraftStatus,
    Instrument,
    MarginRules,
    Product,
    Programme,
    ProgrammeDraft,
    ReleaseMode,
    SellerDuty,
)
from heliu.capital.credit.models.rules import Cap, CapKind, RuleSet

__all__ = [
    "DRAFT_MOVES",
    "DRAFT_TONES",
    "FACILITY_MOVES",
    "FACILITY_TONES",
    "ORDER_RELEASES",
    "OUTCOME_TONES",
    "Cap",
    "CapKind",
    "CreditAssessment",
    "DepositBy",
    "DepositMode",
    "DraftStatus",
    "Facility",
    "FacilityStatus",
    "Grade",
    "Instrument",
    "MarginRules",
    "Outcome",
    "OwnMoney",
    "Product",
    "Programme",
    "ProgrammeDraft",
    "ReleaseMode",
    "RuleSet",
    "SellerDuty",
    "rate_field",
    "share_field",
]
