"""The credit decision as pure rules: score, limit, deposit, price, outcome and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any, Protocol

from heliu.capital.credit import scorecard
from heliu.capital.credit.features import CreditFeatures
from heliu.capital.credit.models import (
    ORDER_RELEASES,
    DepositMode,
    Instrument,
    ReleaseMode,
    SellerDuty,
)
from heliu.capital.credit.rules import HOUSE_RULES, Rules
from heliu.kernel.errors import Invalid
from heliu.kernel.money import share, share_up

__all__ = ["CreditFeatures", "Decision", "ProgrammeRules", "Reason", "decide"]

CENT = Decimal("0.01")
WHOLE = 100_000  # limits are whole thousands of yuan


@dataclass(frozen=True)
class Modes:
    """How a programme finances an order, and what the seller has promised for one in default."""

    instrument: str
    deposit_mode: str
    release_mode: str
    seller_duty: str
    buy_back_share: Decimal


class Steps(Protocol):
    """The steps at which a loan against stock is looked at; `MarginRules` has them."""

    @property
    def opening_ratio(self) -> Decimal: ...
    @property
    def warn_ratio(self) -> Decimal: ...
    @property
    def call_ratio(self) -> Decimal: ...
    @property
    def liquidation_ratio(self) -> Decimal: ...
    @property
    def haircut(self) -> Decimal: ...
    @property
    def concentration(self) -> Decimal: ...
    @property
    def stale_days(self) -> int: ...
    @property
    def max_age_days(self) -> int: ...


MOST_STALE = 60
"""Older prices are not looked for."""


def require_rising(rules: Steps) -> None:
    """Raises `Invalid` unless each step lies above the one before, and the shares are shares."""
    steps = (rules.opening_ratio, rules.warn_ratio, rules.call_ratio, rules.liquidation_ratio)
    if not all(0 < one <= 1 for one in steps) or list(steps) != sorted(set(steps)):
        raise Invalid(
            "steps-do-not-rise",
            "Each step lies above the one before it, the last at 100% at most.",
            field="warn_ratio",
        )
    if not 0 <= rules.haircut < 1 or not 0 < rules.concentration <= 1:
        raise Invalid("share-out-of-bounds", "A share is 0 to 100%.", field="haircut")
    if not 0 < rules.stale_days <= MOST_STALE or rules.max_age_days <= 0:
        raise Invalid(
            "days-out-of-bounds",
            "A price holds for 1 to %(most)s days, goods for one at least.",
            field="stale_days",
            most=MOST_STALE,
        )


class ProgrammeRules(Protocol):
    """What the rules need of a programme; `Programme` has it."""

    @property
    def deposit_ratios(self) -> Sequence[Decimal]: ...
    @property
    def days_options(self) -> Sequence[int]: ...
    @property
    def base_rate(self) -> Decimal: ...
    @property
    def opex_rate(self) -> Decimal: ...
    @property
    def hurdle_rate(self) -> Decimal: ...
    @property
    def rate_cap(self) -> Decimal: ...
    @property
    def capital_share(self) -> Decimal: ...
    @property
    def loss_given_default(self) -> Decimal: ...
    @property
    def price_fall(self) -> Decimal: ...
    @property
    def sale_cost(self) -> Decimal: ...
    @property
    def refund_share(self) -> Decimal: ...
    @property
    def seller_default(self) -> Decimal: ...
    @property
    def single_name_cap(self) -> int: ...
    @property
    def auto_approve_cap(self) -> int: ...
    @property
    def quota_share(self) -> Decimal: ...


FIGURES = tuple(name for name in vars(ProgrammeRules) if not name.startswith("_"))


@dataclass(frozen=True)
class Reason:
    """Why not better: `points` lost against the best bin; 0 for a rule that is not scored."""

    code: str
    points: int


@dataclass(frozen=True)
class LimitParts:
    """What bounds the limit, in fen; None does not bind. `limit` is the least of them."""

    purchase_capacity: int
    seller_quota: int | None
    single_name: int
    step_up: int | None
    limit: int


@dataclass(frozen=True)
class PriceParts:
    """The rate in its parts, per cent a year; they sum to `rate` unless the cap cut it."""

    funding: Decimal
    operations: Decimal
    expected_loss: Decimal
    capital: Decimal
    rate: Decimal
    is_capped: bool


@dataclass(frozen=True)
class Decision:
    """What the rules propose."""

    outcome: str
    score: int
    default_probability: Decimal
    grade: str
    limit: int
    deposit_ratio: Decimal
    rate: Decimal
    limit_parts: LimitParts
    price_parts: PriceParts
    reasons: tuple[Reason, ...]


def require_together(modes: Modes) -> None:
    """Raises `Invalid` for modes that there are not, or that do not go together.

    A bill is paid out of the margin that is filled up until its due day, so it rests on one and
    frees goods by all that was paid in. A loan goes with every deposit and every release.
    """
    for name, known in (
        ("instrument", Instrument.values),
        ("deposit_mode", DepositMode.values),
        ("release_mode", ORDER_RELEASES),
        ("seller_duty", SellerDuty.values),
    ):
        if getattr(modes, name) not in known:
            raise Invalid("mode-unknown", "Choose one of what is offered.", field=name)
    if modes.instrument == Instrument.ACCEPTANCE_BILL:
        if modes.deposit_mode != DepositMode.CASH_MARGIN:
            raise Invalid(
                "bill-without-margin",
                "A bill rests on a margin.",
                field="deposit_mode",
                help="Let the lender keep the deposit as margin, or finance with a loan.",
            )
        if modes.release_mode != ReleaseMode.DEPOSIT_FIRST:
            raise Invalid(
                "bill-frees-by-share",
                "Beside a bill nothing is lent that could be repaid by share.",
                field="release_mode",
                help="Let goods come free for all that was paid in, or finance with a loan.",
            )
    if not 0 < modes.buy_back_share <= 1:
        raise Invalid(
            "share-out-of-range",
            "The seller's share of the price is above 0 and at most 100 percent.",
            field="buy_back_share",
        )


def limit_for(
    features: CreditFeatures,
    grade: str,
    programme: ProgrammeRules,
    rules: Rules = HOUSE_RULES,
    *,
    quota: int | None = None,
) -> LimitParts:
    """The limit in fen: the least of purchase capacity, seller's quota, name cap and step-up.

    `quota` is the lender's for the seller (None: it has set none); one borrower gets the
    programme's part of it. Capacity is the mean month (best and worst left out) times the longest
    cycle, times the part that the grade lets us finance. A running facility grows by a step, and
    only after some clean cycles. Falling orders, late payment or many returns cut what is left.
    """
    month = _trimmed_mean(features.monthly_value)
    cycle = max(programme.days_options)
    capacity = share(month * cycle // 30, rules.grades[grade].coverage)
    if _is_warned(features, rules):
        capacity = share(capacity, rules.cut)
    part = None if quota is None else share(quota, programme.quota_share)
    step_up = None
    if features.current_limit:
        grows = features.clean_cycles >= rules.clean_cycles
        step_up = share(features.current_limit, rules.step_up if grows else Decimal(1))
    bounds = (capacity, part, programme.single_name_cap, step_up)
    least = min(bound for bound in bounds if bound is not None)
    limit = least // WHOLE * WHOLE
    return LimitParts(capacity, part, programme.single_name_cap, step_up, limit)


def least_deposit(programme: ProgrammeRules, rate: Decimal) -> Decimal:
    """The smallest share d at which the goods still cover the loan if everything goes wrong.

    (1-d)(1 + rT/360) <= (1-h)(1-c) + g(1-PD of the seller), with h the price fall over tenor and
    sale, c the cost of selling and g the share the seller refunds. Rounded up to a whole per cent.
    """
    tenor = max(programme.days_options)
    covered = (1 - programme.price_fall) * (1 - programme.sale_cost)
    covered += programme.refund_share * (1 - programme.seller_default)
    owed = 1 + rate / 100 * tenor / 360
    return max(Decimal(0), 1 - covered / owed).quantize(CENT, ROUND_CEILING)


def deposit_ratio_for(
    grade: str, programme: ProgrammeRules, rate: Decimal, rules: Rules = HOUSE_RULES
) -> Decimal | None:
    """The smallest deposit on offer that meets the grade's floor and covers the risk, or None."""
    needed = max(rules.grades[grade].deposit_floor, least_deposit(programme, rate))
    return min((ratio for ratio in programme.deposit_ratios if ratio >= needed), default=None)


def price_for(default_probability: Decimal, programme: ProgrammeRules) -> PriceParts:
    """Funding + operations + expected loss + the return on the capital that the loan binds."""
    loss = _percent(default_probability * 100 * programme.loss_given_default)
    capital = _percent(programme.capital_share * programme.hurdle_rate)
    funding, operations = _percent(programme.base_rate), _percent(programme.opex_rate)
    full = funding + operations + loss + capital
    cap = _percent(programme.rate_cap)
    return PriceParts(funding, operations, loss, capital, min(full, cap), full > cap)


def decide(
    features: CreditFeatures,
    programme: ProgrammeRules,
    *,
    wanted: int = 0,
    quota: int | None = None,
    rules: Rules = HOUSE_RULES,
) -> Decision:
    """Judge a borrower under a programme; `wanted` is the price of the order to finance, `quota`
    the lender's for the seller, in fen (None: it has set none).

    Knock-outs and a grade that the lender's rules do not finance decline. A grade that they refer,
    a risk that no deposit of the programme covers, and an order whose loan (at the proposed
    deposit) passes the limit or the automatic cap go to a person; the rest is approved. The reasons
    are the rules that ruled, then the four factors that lost most points.
    """
    scored = scorecard.score(features)
    probability = scorecard.default_probability(scored.score)
    grade = rules.grade_of(scored.score)
    price = price_for(probability, programme)
    limits = limit_for(features, grade, programme, rules, quota=quota)
    ratio = deposit_ratio_for(grade, programme, price.rate, rules)
    declined = _knock_outs(features, grade, limits, rules)
    referred = _referrals(grade, ratio, limits, wanted, programme, rules)
    outcome = "DECLINE" if declined else "REFER" if referred else "APPROVE"
    lost = [Reason(code, points) for code, points in scored.lost[:4]]
    return Decision(
        outcome=outcome,
        score=scored.score,
        default_probability=probability,
        grade=grade,
        limit=0 if declined else limits.limit,
        deposit_ratio=max(programme.deposit_ratios) if ratio is None else ratio,
        rate=price.rate,
        limit_parts=limits,
        price_parts=price,
        reasons=(*[Reason(code, 0) for code in declined or referred], *lost),
    )


def figures_of(programme: ProgrammeRules) -> dict[str, Any]:
    """What a decision needs of a programme, as plain values for its record."""
    said = {name: getattr(programme, name) for name in FIGURES}
    return {
        name: [_plain(one) for one in value] if isinstance(value, (list, tuple)) else _plain(value)
        for name, value in said.items()
    }


def again(inputs: Mapping[str, Any], rules: Rules) -> Decision:
    """The decision that a record's inputs lead to under the version it names: what the record says,
    or one of them was altered."""
    known = {one.name: inputs[one.name] for one in fields(CreditFeatures)}
    known["monthly_value"] = tuple(known["monthly_value"])
    programme = SimpleNamespace(
        **{
            name: [_figure(one) for one in value] if isinstance(value, list) else _figure(value)
            for name, value in inputs["programme"].items()
        }
    )
    # Records of the time when each programme had a quota of its own name it there.
    quota = inputs.get("quota", inputs["programme"].get("seller_quota"))
    return decide(
        CreditFeatures(**known), programme, wanted=inputs["wanted"], quota=quota, rules=rules
    )


def plain(parts: LimitParts | PriceParts) -> dict[str, str | int | bool | None]:
    """The parts for the decision record: Decimals as text."""
    return {name: _plain(value) for name, value in asdict(parts).items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _figure(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


def _knock_outs(
    features: CreditFeatures, grade: str, limits: LimitParts, rules: Rules
) -> list[str]:
    found = (
        ("NOT_VERIFIED", not features.is_verified),
        ("BARRED", features.is_barred),
        ("OVERDUE_NOW", features.overdue_now > 0),
        ("NO_CAPACITY", limits.limit < rules.least_limit),
        ("WEAK_GRADE", rules.grades[grade].outcome == "DECLINE"),
    )
    return [code for code, holds in found if holds]


def _referrals(
    grade: str,
    ratio: Decimal | None,
    limits: LimitParts,
    wanted: int,
    programme: ProgrammeRules,
    rules: Rules,
) -> list[str]:
    loan = wanted - share_up(wanted, ratio or Decimal(0))
    found = (
        ("WEAK_GRADE", rules.grades[grade].outcome == "REFER"),
        ("NO_FITTING_DEPOSIT", ratio is None),
        ("AMOUNT_LARGE", loan > min(programme.auto_approve_cap, limits.limit)),
    )
    return [code for code, holds in found if holds]


def _is_warned(features: CreditFeatures, rules: Rules) -> bool:
    return (
        (features.trend is not None and features.trend <= rules.cut_trend)
        or (features.max_days_late or 0) > rules.cut_days_late
        or (features.returns or 0) >= rules.cut_returns
    )


def _trimmed_mean(months: Sequence[int]) -> int:
    inner = sorted(months)[1:-1] if len(months) > 4 else list(months)
    return sum(inner) // len(inner) if inner else 0


def _percent(rate: Decimal) -> Decimal:
    return rate.quantize(CENT, ROUND_HALF_UP)
