"""What the buyer says to a contract: its yes reaches the seller's lists."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.commerce.pricing import operations
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.models import Contract, ContractChange
from heliu.kernel.access import door
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound


def agree(contract: UUID, *, actor: Actor, at: datetime) -> Contract:
    """The buyer agrees to an offered contract; see `pricing.operations.agree`."""
    found = _contract(actor, contract)
    with door.widened([found.seller]):
        return operations.agree(found, actor=actor, at=at)


def refuse(contract: UUID, *, actor: Actor, at: datetime) -> Contract:
    """The buyer refuses an offered contract, or its seller takes it back."""
    found = _contract(actor, contract)
    with door.widened([found.seller]):
        return operations.refuse(found, actor=actor, at=at)


def answer(change: UUID, *, actor: Actor, agrees: bool, at: datetime) -> ContractChange:
    """The buyer agrees to a change of a contract or refuses it; see `pricing.operations.answer`."""
    found = pricing.changes_visible_to(actor).filter(pk=change).first()
    if found is None:
        raise NotFound()
    with door.widened([found.seller]):
        return operations.answer(found, actor=actor, agrees=agrees, at=at)


def _contract(actor: Actor, pk: UUID) -> Contract:
    found = pricing.contracts_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found
