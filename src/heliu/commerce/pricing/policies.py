"""Pure decisions about prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from heliu.commerce.pricing.models import Effect, Rounding

DAY = timedelta(days=1)
# To how many minor units (10 to the power of the first) a computed price is rounded, in CNY.
STEPS = ((0, "0.01"), (1, "0.1"), (2, "1"), (3, "10"), (4, "100"))
WAYS = {
    Rounding.NEAREST: ROUND_HALF_UP,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
}


def computed(amount: int, factor: Decimal, round_to: int, rounding: str) -> int:
    """What a computed list makes of its base's price (minor units); as `pricing_rounded` does."""
    step = Decimal(10) ** round_to
    whole = (amount * factor / step).quantize(Decimal(1), rounding=WAYS[Rounding(rounding)])
    return int(whole * step)


def roundings() -> tuple[tuple[str, str], ...]:
    """The ways of rounding, in the reader's language."""
    return tuple((str(value), str(label)) for value, label in Rounding.choices)


def effects() -> tuple[tuple[str, str], ...]:
    """What promotions can do, in the reader's language."""
    return tuple((str(value), str(label)) for value, label in Effect.choices)


@dataclass(frozen=True)
class Span:
    """An amount that holds from a day to a day, both included; no end: until further notice."""

    amount: int
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the amount holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def overlay(old: Iterable[Span], new: Span) -> list[Span]:
    """Lay a new price over the old ones of the same list, SKU and tier, in order of time.

    On the days of the new one it alone holds; on all other days what held before goes on.
    """
    spans = [new]
    for span in old:
        if span.valid_from < new.valid_from:
            last = new.valid_from - DAY
            head = last if span.valid_to is None else min(span.valid_to, last)
            spans.append(replace(span, valid_to=head))
        if new.valid_to is not None and (span.valid_to is None or span.valid_to > new.valid_to):
            first = max(span.valid_from, new.valid_to + DAY)
            spans.append(replace(span, valid_from=first))
    return sorted(spans, key=lambda span: span.valid_from)
