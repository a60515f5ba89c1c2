"""Why a price is what it is, as it is shown to buyer and seller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from heliu.commerce.pricing import why
from heliu.commerce.pricing.why import Outcome, Say, Source, Why
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import ZONE
from heliu.kernel.errors import Invalid
from heliu.portal.ui.formats import money_text, percent_text
from heliu.portal.ui.parts import Pill

MOST_DIGITS = 9
TONES = {
    Outcome.DECIDES: "good",
    Outcome.APPLIED: "good",
    Outcome.NO_PRICE: "open",
    Outcome.TO_COME: "moving",
    Outcome.USED_UP: "bad",
}


@dataclass(frozen=True, slots=True)
class Reasons:
    """The answer with its lists and promotions, each with what came of it; `at` is the moment
    asked for."""

    why: Why
    at: datetime
    lists: list[tuple[Source, str, Pill]]
    promotions: list[tuple[Say, str, Pill]]


def reasons(
    actor: Actor, *, buyer: UUID, seller: UUID, sku: UUID, quantity: int, at: datetime
) -> Reasons:
    """Ask, and put what came of it into words."""
    found = why.explain(actor, buyer=buyer, seller=seller, sku=sku, quantity=quantity, at=at)
    return Reasons(
        found,
        at,
        [(one, _kind(one), _pill(one.outcome)) for one in found.lists],
        [(one, _rule(one), _pill(one.outcome)) for one in found.promotions],
    )


def pieces_typed(text: str) -> int:
    """How many, as typed; one where that is no number."""
    text = text.strip()
    return max(int(text), 1) if text.isdecimal() and len(text) <= MOST_DIGITS else 1


def moment_typed(text: str, at: datetime, *, field: str = "at") -> datetime:
    """The moment that was typed, in the chain's zone; now where none was."""
    if not text.strip():
        return at
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise Invalid("moment-unreadable", "This moment cannot be read.", field=field)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def _pill(outcome: Outcome) -> Pill:
    return Pill(str(outcome.label), TONES.get(outcome, "quiet"))


def _kind(one: Source) -> str:
    if one.factor is not None:
        return _("list %(base)s × %(factor)s") % {
            "base": one.base_code,
            "factor": f"{one.factor.normalize():f}",
        }
    if one.is_contract:
        return _("contract")
    return _("default for everybody") if one.is_default else ""


def _rule(one: Say) -> str:
    return rule_words(one, one.gift)


def rule_words(one: Any, gift: str | None) -> str:
    """What a promotion does, of either its rule or what it says of a price; `gift` is the code of
    the goods it gives, None: of those that are bought."""
    if one.effect == "GOODS":
        words = _("%(n)s of %(goods)s for free for every %(pieces)s") % {
            "n": f"{one.gift_quantity:,}",
            "goods": gift or _("the same goods"),
            "pieces": f"{one.min_quantity:,}",
        }
    elif one.effect == "ORDER":
        off = (
            percent_text(one.percent, 2) if one.percent is not None else money_text(one.amount or 0)
        )
        words = _("%(off)s off the whole order") % {"off": off}
    elif one.percent is not None:
        words = _("%(share)s off") % {"share": percent_text(one.percent, 2)}
    elif one.effect == "AMOUNT":
        words = _("%(amount)s off each") % {"amount": money_text(one.amount or 0)}
    else:
        words = _("special price %(amount)s") % {"amount": money_text(one.amount or 0)}
    if one.min_quantity > 1 and one.effect not in ("GOODS", "ORDER"):
        words += " · " + _("from %(n)s pieces") % {"n": f"{one.min_quantity:,}"}
    if one.min_order is not None:
        words += " · " + _("orders from %(amount)s") % {"amount": money_text(one.min_order)}
    return words
