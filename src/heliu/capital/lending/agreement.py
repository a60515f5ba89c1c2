"""The agreement a borrower signs: its text in both languages and the digest of the two."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from heliu.capital.credit.models import DepositBy, Instrument, ReleaseMode
from heliu.capital.lending.policies.offering import Terms
from heliu.capital.valuation.policies import Rules

VERSION = "2026-11"
LANGUAGES = ("en", "zh-hans")
FOLDER = Path(__file__).parent / "agreements"


@dataclass(frozen=True)
class Names:
    """What the parties are called, in one language."""

    borrower: str
    seller: str
    lender: str


@dataclass(frozen=True)
class Lateness:
    """What the agreement says about being late."""

    grace_days: int
    penalty_factor: Decimal


@dataclass(frozen=True)
class OwnMoney:
    """What the agreement says about the borrower's own money: how the deposit comes, within how
    many days of the signature where the borrower pays it in itself, and what a margin bears."""

    deposit_by: str = DepositBy.COLLECTED
    deposit_days: int = 0
    margin_rate: Decimal = Decimal(0)


def of_stock(rules: Rules) -> dict[str, object]:
    """What the agreement on a loan against stock says of its lender's rules, by name."""
    steps = ("opening_ratio", "warn_ratio", "call_ratio", "liquidation_ratio", "concentration")
    return {
        **{step: _number((getattr(rules, step) * 100).normalize()) for step in steps},
        "cure_days": rules.cure_days,
        "stale_days": rules.stale_days,
        "max_age_days": rules.max_age_days,
        "haircut": _number((rules.haircut * 100).normalize()),
    }


def agreement_text(
    terms: Terms,
    names: Names,
    lateness: Lateness,
    language: str,
    *,
    number: str,
    quoted_on: date,
    day_count: str,
    own: OwnMoney = OwnMoney(),
    said: Mapping[str, object] | None = None,
) -> str:
    """The agreement in `en` or `zh-hans`, complete; `said` is what its form names beside."""
    facts = _facts(terms, names, lateness, number=number, quoted_on=quoted_on, day_count=day_count)
    if terms.release_mode == ReleaseMode.FLOOR:
        return _form("stock", language).format(**facts, **(said or {}))
    bears = "NONE" if not own.margin_rate else "RATE"
    facts["margin_bears"] = _clauses(language)["margin", bears].format(
        margin_rate=_number(own.margin_rate), day_count=day_count
    )
    clauses = {
        section: _clauses(language)[section, mode].format(**facts)
        for section, mode in (
            ("amounts", terms.deposit_mode),
            ("use", terms.deposit_mode),
            ("release", terms.release_mode),
        )
    }
    if own.deposit_by == DepositBy.PAID_IN:
        how = _clauses(language)["deposit", own.deposit_by].format(deposit_days=own.deposit_days)
        clauses["amounts"] += f"{'' if language != 'en' else ' '}{how}"
    form = "bill" if terms.instrument == Instrument.ACCEPTANCE_BILL else ""
    return _form(form, language).format(**facts, **clauses)


def digest_of(english: str, chinese: str) -> str:
    """The sha256 of both texts: what a signature binds to."""
    return hashlib.sha256(f"{english}\n\f\n{chinese}".encode()).hexdigest()


def _facts(
    terms: Terms,
    names: Names,
    lateness: Lateness,
    *,
    number: str,
    quoted_on: date,
    day_count: str,
) -> dict[str, object]:
    """What the words of the agreement may name."""
    return {
        "number": number,
        "version": VERSION,
        "lender": names.lender,
        "borrower": names.borrower,
        "seller": names.seller,
        "order_total": _yuan(terms.order_total),
        "deposit": _yuan(terms.deposit),
        "deposit_percent": _number(terms.deposit_ratio * 100),
        "principal": _yuan(terms.principal),
        "draws": _yuan(terms.draws),
        "rate": _number(terms.rate),
        "day_count": day_count,
        "days": terms.days,
        "interest": _yuan(terms.interest),
        "fee": _yuan(terms.fee),
        "total_cost": _yuan(terms.total_cost),
        "apr": _number(terms.apr),
        "effective_rate": _number(terms.effective_rate),
        "due_on": terms.due_on.isoformat(),
        "quoted_on": quoted_on.isoformat(),
        "grace_days": lateness.grace_days,
        "penalty_rate": _number(terms.rate * lateness.penalty_factor),
    }


@cache
def _form(kind: str, language: str) -> str:
    name = ".".join(part for part in (VERSION, kind, language) if part)
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@cache
def _clauses(language: str) -> dict[tuple[str, str], str]:
    """The words of each section that depend on a mode, by section and mode."""
    text = (FOLDER / f"{VERSION}.clauses.{language}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^\[(\w+) (\w+)\]\n", text, flags=re.MULTILINE)[1:]
    return {(parts[n], parts[n + 1]): parts[n + 2].strip() for n in range(0, len(parts), 3)}


def _yuan(minor: int) -> str:
    return f"CNY {minor // 100:,}.{minor % 100:02d}"


def _number(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
