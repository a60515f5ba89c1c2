"""From the request to the signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import override as speaking

from heliu.capital.books import operations as books
from heliu.capital.books.entries import Place
from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import (
    CreditAssessment,
    Facility,
    FacilityStatus,
    Programme,
    ReleaseMode,
)
from heliu.capital.lending import agreement
from heliu.capital.lending.events import (
    LoanDecided,
    LoanExpired,
    LoanQuoted,
    LoanReferred,
    LoanSigned,
)
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.operations.capping import caps_over, let_sink
from heliu.capital.lending.operations.common import SYSTEM, lock, step, tell
from heliu.capital.lending.policies.offering import Terms, grace_of, quote_terms
from heliu.capital.valuation import policies as valuation
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.ids import new_id
from heliu.kernel.numbering import next_number
from heliu.kernel.parties import queries as parties
from heliu.kernel.posting import operations as posting

QUOTE_STANDS = timedelta(minutes=30)
REQUEST_STANDS = timedelta(days=3)


def quote(
    *,
    deal: UUID,
    order_id: UUID,
    order_total: int,
    borrower: UUID,
    seller: UUID,
    lender: UUID,
    facility: Facility,
    programme: Programme,
    terms: Terms,
    actor: Actor,
    at: datetime,
    assessment: CreditAssessment | None = None,
) -> Loan:
    """Offer a loan and hold the facility's limit for it; the offer stands for 30 minutes.

    `terms` come from `quote_terms` for the same total and of the same `programme` as it was read
    then, so that the rules the loan keeps are those its terms were worked out by. Raises
    `LimitShort` when the limit, with all that is held, does not reach. A second call for a deal
    returns its loan.
    """
    known = Loan.objects.filter(deal=deal).first()
    if known is not None:
        return known
    _check_facility(facility, at)
    loan = _begin(
        deal=deal,
        order_id=order_id,
        order_total=order_total,
        borrower=borrower,
        seller=seller,
        lender=lender,
        facility=facility,
        programme=programme,
        assessment=assessment,
        at=at,
    )
    loan.status, loan.expires_at = LoanStatus.QUOTED, at + QUOTE_STANDS
    _agree(loan, terms, at)
    loan.caps = caps_over(loan)
    loan.limit_hold = _hold(loan, facility, at, until=loan.expires_at)
    loan.save(force_insert=True)
    _tell_quoted(loan, actor, at)
    return loan


def refer(
    *,
    deal: UUID,
    order_id: UUID,
    order_total: int,
    borrower: UUID,
    seller: UUID,
    lender: UUID,
    facility: Facility | None,
    programme: Programme,
    terms: Terms,
    assessment: CreditAssessment,
    actor: Actor,
    at: datetime,
) -> Loan:
    """Lay a request before the bank's people; nothing is held. It stands for three days."""
    known = Loan.objects.filter(deal=deal).first()
    if known is not None:
        return known
    loan = _begin(
        deal=deal,
        order_id=order_id,
        order_total=order_total,
        borrower=borrower,
        seller=seller,
        lender=lender,
        facility=facility,
        programme=programme,
        assessment=assessment,
        at=at,
    )
    loan.status, loan.expires_at = LoanStatus.REFERRED, at + REQUEST_STANDS
    _agree(loan, terms, at)
    loan.save(force_insert=True)
    fact = LoanReferred(subject=loan.id, number=loan.number, principal=loan.principal)
    tell(loan, fact, actor=actor, at=at)
    return loan


def decide(
    loan: Loan,
    *,
    actor: Actor,
    approve: bool,
    reason: str,
    at: datetime,
    deposit_ratio: Decimal | None = None,
) -> Loan:
    """A credit officer approves a request (perhaps with another deposit) or declines it.

    Approval makes the quote and holds the limit; a borrower without a facility gets one that
    carries this loan. Raises `LimitShort` when its facility is too small: grant a larger one first.
    """
    actor.require("decide")
    caps = caps_over(loan)  # before the loan is locked: whoever sets a cap locks loans after that
    lock(loan)
    decided = LoanStatus.QUOTED if approve else LoanStatus.DECLINED
    if loan.status == decided and loan.decided_by_name:
        return loan
    by = {"decided_by_name": actor.name, "decision_reason": reason.strip()}
    if approve:
        loan.caps = caps
        _approve(loan, deposit_ratio, actor, at)
        step(loan, decided, **by)
    else:
        step(loan, decided, ended_at=at, **by)
    fact = LoanDecided(subject=loan.id, number=loan.number, approved=approve, reason=reason.strip())
    tell(loan, fact, actor=actor, at=at)
    if approve:
        _tell_quoted(loan, actor, at)
    return loan


def expire(loan: Loan, *, at: datetime, actor: Actor = SYSTEM) -> bool:
    """End an offer or request whose time has gone by; False when it has not, or is over."""
    lock(loan)
    is_waiting = loan.status in (LoanStatus.REFERRED, LoanStatus.QUOTED)
    if not is_waiting or at < loan.expires_at:
        return False
    if loan.limit_hold is not None:
        posting.post(void=loan.limit_holds, at=at)
    step(loan, LoanStatus.EXPIRED, ended_at=at, limit_hold=None)
    tell(loan, LoanExpired(subject=loan.id, number=loan.number), actor=actor, at=at)
    return True


def require_signable(loan: Loan, *, actor: Actor, agreement_digest: str, at: datetime) -> None:
    """Refuse anybody who is not the borrower's signer, another text than the stored one by its
    digest, what the lender has yet to decide on, and an offer whose time has gone by."""
    actor.require("sign")
    if not actor.is_system and loan.borrower not in actor.orgs:
        raise Refused("not-the-borrower", "Only the borrower signs its loan.", status=403)
    if loan.status == LoanStatus.REFERRED:
        raise Refused(
            "not-decided",
            "The lender has not decided on %(number)s yet.",
            help="It is signed when the lender has said yes.",
            number=loan.number,
        )
    if agreement_digest != loan.agreement_digest:
        raise Refused(
            "agreement-differs",
            "This is not the text that was offered.",
            field="agreement_digest",
            help="Open the agreement again and sign what it says now.",
        )
    if loan.signed_at is None and at >= loan.expires_at:
        raise Refused(
            "quote-expired",
            "The offer %(number)s has expired.",
            help="Ask for a new offer.",
            number=loan.number,
        )


def sign(
    loan: Loan,
    *,
    actor: Actor,
    agreement_digest: str,
    at: datetime,
    before: Sequence[str] = (),
    pay_into: str = "",
) -> Loan:
    """The borrower signs exactly the text it was shown; the limit stays held until paid out.

    `pay_into` is the lender's account for a deposit that the borrower pays in itself. `before`
    are the names of those who have signed already, where the borrower's house wants more than one.
    Raises as `require_signable` does.
    """
    lock(loan)
    require_signable(loan, actor=actor, agreement_digest=agreement_digest, at=at)
    if loan.signed_at is not None:
        return loan
    facility = loan.facility
    assert facility is not None
    lasting = _hold(loan, facility, at, instead_of=loan.limit_holds)
    step(
        loan,
        LoanStatus.AWAIT_GOODS if loan.rests_on_stock else LoanStatus.AWAIT_DEPOSIT,
        signed_by=actor.user_id,
        signed_by_name=", ".join([*before, actor.name])[:80],
        signed_at=at,
        limit_hold=lasting,
        pay_into=pay_into,
        deposit_until=day_of(at) + timedelta(days=loan.deposit_days) if pay_into else None,
    )
    fact = LoanSigned(
        subject=loan.id,
        number=loan.number,
        agreement_digest=loan.agreement_digest,
        deposit=loan.deposit,
    )
    tell(loan, fact, actor=actor, at=at)
    return loan


def _begin(*, at: datetime, programme: Programme, **known: Any) -> Loan:
    """A loan with its parties, not yet saved."""
    return Loan(number=next_number("LN", at), programme=programme, created_at=at, **known)


def _agree(loan: Loan, terms: Terms, at: datetime) -> None:
    """Write terms, the programme's rules and the text of the agreement into the loan; whatever
    becomes of the programme, they are what holds."""
    if terms.order_total != loan.order_total:
        raise ValueError("the terms are not those of this order")
    rules = loan.programme
    for name in (
        "day_count", "penalty_factor", "is_principal_first",
        "seller_duty", "buy_back_share", "notice_days", "sale_floor", "ship_days",
        "deposit_by", "deposit_days", "margin_rate", "register_months",
    ):  # fmt: skip
        setattr(loan, name, getattr(rules, name))
    loan.grace_days = grace_of(rules)
    if terms.release_mode == ReleaseMode.FLOOR:
        loan.margin_rules = valuation.said(rules.margin_rules)
    for name in (
        "deposit", "principal", "deposit_ratio", "rate", "days", "due_on",
        "fee", "interest", "total_cost", "apr", "effective_rate",
        "instrument", "deposit_mode", "release_mode",
    ):  # fmt: skip
        setattr(loan, name, getattr(terms, name))
    texts = {language: _text(loan, terms, language, at) for language in agreement.LANGUAGES}
    loan.agreement_version = agreement.VERSION
    loan.agreement_en, loan.agreement_zh = texts["en"], texts["zh-hans"]
    loan.agreement_digest = agreement.digest_of(loan.agreement_en, loan.agreement_zh)


def _text(loan: Loan, terms: Terms, language: str, at: datetime) -> str:
    found = parties.names([loan.borrower, loan.seller, loan.lender])
    with speaking(language):
        names = agreement.Names(
            *(found[org].display for org in (loan.borrower, loan.seller, loan.lender))
        )
    return agreement.agreement_text(
        terms,
        names,
        agreement.Lateness(loan.grace_days, loan.penalty_factor),
        language,
        number=loan.number,
        quoted_on=day_of(at),
        day_count=loan.day_count,
        own=agreement.OwnMoney(loan.deposit_by, loan.deposit_days, loan.margin_rate),
        said=agreement.of_stock(valuation.read(loan.margin_rules)) if loan.margin_rules else None,
    )


def _approve(loan: Loan, deposit_ratio: Decimal | None, actor: Actor, at: datetime) -> None:
    """Terms as of today, a facility if there is none any more, and the limit held."""
    terms = quote_terms(
        loan.order_total,
        # Against stock the goods are the own share: there is no deposit to be raised.
        loan.deposit_ratio if deposit_ratio is None or loan.rests_on_stock else deposit_ratio,
        loan.rate,
        loan.days,
        day_of(at),
        loan.programme,
    )
    _agree(loan, terms, at)
    facility = loan.facility
    if facility is None or facility.status == FacilityStatus.ENDED:
        assert loan.assessment is not None  # `refer` asks for it
        enough = max(loan.assessment.limit, loan.draws)
        facility = credit.grant(loan.assessment, actor=actor, at=at, limit=enough)
        loan.facility = facility
    _check_facility(facility, at)
    loan.expires_at = at + REQUEST_STANDS
    loan.limit_hold = _hold(loan, facility, at, until=loan.expires_at)
    loan.save()


def _check_facility(facility: Facility, at: datetime) -> None:
    if facility.status != FacilityStatus.ACTIVE or facility.valid_to < day_of(at):
        raise Refused(
            "facility-not-active",
            "The credit limit %(number)s is not open for new loans.",
            help="Ask the bank to renew it.",
            number=facility.number,
        )


def _hold(
    loan: Loan,
    facility: Facility,
    at: datetime,
    *,
    until: datetime | None = None,
    instead_of: Sequence[UUID] = (),
) -> UUID:
    """Set the limit aside for a loan, and the same on each cap it counts on, until a time or for
    good; what stood before is let go. All of it or nothing."""
    hold = posting.NewHold(new_id(), facility.account, loan.draws, loan.id, until)
    places = {cap: Place(loan.lender, cap.code, None, cap.ref) for cap in loan.counted}
    numbers = books.accounts(places.values()) if places else {}
    also = [
        posting.NewHold(cap.hold_for(hold.id), numbers[place], loan.draws, loan.id, until)
        for cap, place in places.items()
    ]
    if places and not instead_of:  # what only goes on standing needs no room
        let_sink(loan, [facility.account, *numbers.values()])
    try:
        posting.post(holds=[hold, *also], void=instead_of, at=at)
    except posting.LimitShort as short:
        raise books.in_words(short) from None
    return hold.id


def _tell_quoted(loan: Loan, actor: Actor, at: datetime) -> None:
    fact = LoanQuoted(
        subject=loan.id,
        number=loan.number,
        deposit=loan.deposit,
        principal=loan.principal,
        rate=loan.rate,
        days=loan.days,
    )
    tell(loan, fact, actor=actor, at=at)
