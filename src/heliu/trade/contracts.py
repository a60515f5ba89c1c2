"""Contracts between two houses: offered, agreed to, changed, taken back; the other is told.

What the buyer says reaches the seller's lists; what the seller asks waits in the buyer's inbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from heliu.commerce.pricing import operations
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.models import Contract, ContractChange
from heliu.commerce.pricing.operations import NewPrice
from heliu.kernel.access import door
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.parties.queries import names

AT_BUYER = "/dealer/contracts"


def offer(*, actor: Actor, at: datetime, **said: Any) -> Contract:
    """The seller offers a contract, and its buyer is told; see `pricing.operations.offer`."""
    made = operations.offer(actor=actor, at=at, **said)
    _tell_buyer(made, "contract-offered", at=at)
    return made


def agree(contract: UUID, *, actor: Actor, at: datetime) -> Contract:
    """The buyer agrees to an offered contract; see `pricing.operations.agree`."""
    found = _contract(actor, contract)
    with door.widened([found.seller]):
        made = operations.agree(found, actor=actor, at=at)
        _tell_seller(made, "contract-agreed", at=at)
        return made


def refuse(contract: UUID, *, actor: Actor, at: datetime) -> Contract:
    """The buyer refuses an offered contract, or its seller takes it back."""
    found = _contract(actor, contract)
    with door.widened([found.seller]):
        made = operations.refuse(found, actor=actor, at=at)
        if found.seller in actor.orgs:
            _tell_buyer(made, "contract-taken-back", at=at)
        else:
            _tell_seller(made, "contract-refused", at=at)
        return made


def ask_prices(
    contract: UUID, *, actor: Actor, prices: Sequence[NewPrice], live_on: date, at: datetime
) -> ContractChange | None:
    """The seller asks for other prices from a day on; where none rises they hold (None) and the
    buyer is only told. See `pricing.operations.ask_prices`."""
    found = _contract(actor, contract)
    asked = operations.ask_prices(found, actor=actor, prices=prices, live_on=live_on, at=at)
    if asked is None:
        _tell_buyer(found, "contract-prices-fall", at=at, day=live_on.isoformat())
    else:
        _tell_buyer(found, "contract-asked", at=at)
    return asked


def ask_end(contract: UUID, *, actor: Actor, last: date, at: datetime) -> ContractChange:
    """The seller asks for an earlier end; see `pricing.operations.ask_end`."""
    found = _contract(actor, contract)
    asked = operations.ask_end(found, actor=actor, last=last, at=at)
    _tell_buyer(found, "contract-asked", at=at)
    return asked


def answer(change: UUID, *, actor: Actor, agrees: bool, at: datetime) -> ContractChange:
    """The buyer agrees to a change of a contract or refuses it; see `pricing.operations.answer`."""
    found = _change(actor, change)
    with door.widened([found.seller]):
        done = operations.answer(found, actor=actor, agrees=agrees, at=at)
        kind = "contract-change-agreed" if agrees else "contract-change-refused"
        _tell_seller(done.contract, kind, at=at)
        return done


def take_back(change: UUID, *, actor: Actor, at: datetime) -> ContractChange:
    """The seller takes a change back that the buyer was asked about."""
    found = operations.take_back(_change(actor, change), actor=actor, at=at)
    _tell_buyer(found.contract, "contract-taken-back", at=at)
    return found


def _tell_buyer(contract: Contract, kind: str, *, at: datetime, **more: str) -> None:
    """Word to the buyer, with the seller's name."""
    said: dict[str, Parameter] = {
        "seller": names([contract.seller])[contract.seller],
        "code": contract.code,
        **more,
    }
    with door.widened([contract.buyer]):
        tell(contract.buyer, kind, said, link=AT_BUYER, at=at)


def _tell_seller(contract: Contract, kind: str, *, at: datetime) -> None:
    """Word to the seller, with the buyer's name; its door is open already."""
    house = names([contract.buyer])[contract.buyer]
    said: dict[str, Parameter] = {"buyer": house, "code": contract.code}
    tell(contract.seller, kind, said, link=at_seller(contract), at=at)


def at_seller(contract: Contract) -> str:
    """Where its seller reads a contract."""
    return f"/seller/prices/contracts/{contract.pk}"


def _contract(actor: Actor, pk: UUID) -> Contract:
    found = pricing.contracts_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def _change(actor: Actor, pk: UUID) -> ContractChange:
    found = pricing.changes_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found
