"""Every document whose states a simulation should reach, and where its state stands.

What has a table of moves is found from it; what else tells ways of a deal apart is named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from sys import modules
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from heliu.capital.bank.models import BankNotice, PaymentInstruction, StatementLine
from heliu.capital.credit.models import CreditAssessment
from heliu.capital.lending.models import Loan
from heliu.capital.registry.models import Filing
from heliu.commerce.ordering.models import Order
from heliu.commerce.returns.models import Return
from heliu.logistics.pledges.models import CodeAttempt
from heliu.logistics.stock.models import StockRow
from heliu.logistics.warehousing.models import PickAttempt
from heliu.trade.models import Deal, DealStep


class Watched(NamedTuple):
    """A document, its table and the column of its state."""

    name: str
    model: type[models.Model]
    column: str

    @property
    def states(self) -> list[str]:
        """All states there are."""
        choices: Any = self.model._meta.get_field(self.column).choices  # type: ignore[union-attr]
        return [str(value) for value, _ in choices]


# Told apart by a column that no table of moves rules.
BESIDE = (
    Watched("deal", Deal, "outcome"),
    Watched("deal step", DealStep, "step"),
    Watched("order", Order, "status"),
    Watched("instrument", Loan, "instrument"),
    Watched("deposit", Loan, "deposit_mode"),
    Watched("release mode", Loan, "release_mode"),
    Watched("duty of the seller", Loan, "seller_duty"),
    Watched("assessment", CreditAssessment, "decision"),
    Watched("remedy", Return, "remedy"),
    Watched("payment purpose", PaymentInstruction, "purpose"),
    Watched("filing kind", Filing, "kind"),
    Watched("bank notice", BankNotice, "status"),
    Watched("statement line", StatementLine, "verdict"),
    Watched("pick-up code", CodeAttempt, "outcome"),
    Watched("pick", PickAttempt, "outcome"),
    Watched("goods", StockRow, "quality"),
)


@cache
def watched() -> tuple[Watched, ...]:
    """All of them, by name."""
    return tuple(sorted((*BESIDE, *_moved()), key=lambda one: one.name))


def _moved() -> Iterator[Watched]:
    """The documents with a table of moves: it stands beside the model, for its status."""
    for model in apps.get_models():
        room = vars(modules[model.__module__])
        tables = [moves for name, moves in room.items() if name.endswith("_MOVES")]
        known = [sorted(map(str, moves)) for moves in tables]
        one = Watched(_spelled(model.__name__), model, "status")
        is_moved = any(field.name == "status" and field.choices for field in model._meta.fields)
        if is_moved and sorted(one.states) in known:
            yield one


def _spelled(name: str) -> str:
    """OrderChange is an order change."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def triggers() -> str:
    """The statements that let the database remember which states were reached."""
    return "\n".join(
        f"create trigger world_note_{place} after insert or update of {one.column}"
        f" on {one.model._meta.db_table} for each row"
        f" execute function world_note('{one.name}', '{one.column}');"
        for place, one in enumerate(watched())
    )
