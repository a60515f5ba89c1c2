"""Contracts: agreed prices for a period, and how much the buyer will take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from heliu.commerce.pricing.events import ContractAgreed, ContractEnded
from heliu.commerce.pricing.models import Contract, PriceList, PriceListBuyer
from heliu.commerce.pricing.operations.lists import (
    NewPrice,
    assign,
    check_days,
    create_list,
    cut,
    require_seller,
    set_prices,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.facts import record


def agree(
    *,
    actor: Actor,
    seller: UUID,
    buyer: UUID,
    code: str,
    name: str,
    prices: Sequence[NewPrice],
    valid_from: date,
    valid_to: date,
    at: datetime,
    name_zh: str = "",
    committed: int | None = None,
    committed_quantity: int | None = None,
) -> Contract:
    """Write down a contract: its prices come before all lists of the buyer in its period.

    `committed` (minor units) and `committed_quantity` (smallest units) are what the buyer promised
    to take. Raises `Invalid` for no prices, days in the wrong order or a promise below one,
    `Refused` when the code is taken, `NotFound` where the two do not trade.
    """
    check_days(valid_from, valid_to)
    if not prices:
        raise Invalid("no-prices", "A contract needs at least one price.", field="prices")
    if any(promise is not None and promise < 1 for promise in (committed, committed_quantity)):
        raise Invalid("promise-invalid", "What is promised is above zero.", field="committed")
    price_list = create_list(actor=actor, seller=seller, code=code, name=name, name_zh=name_zh)
    PriceList.objects.filter(pk=price_list.pk).update(priority=0)
    set_prices(price_list, actor=actor, prices=prices, valid_from=valid_from, at=at)
    assign(price_list, actor=actor, buyer=buyer, valid_from=valid_from, valid_to=valid_to, at=at)
    contract = Contract.objects.create(
        seller=seller,
        buyer=buyer,
        price_list=price_list,
        committed=committed,
        committed_quantity=committed_quantity,
        valid_from=valid_from,
        valid_to=valid_to,
        agreed_at=at,
        agreed_by_name=actor.name,
    )
    record(
        ContractAgreed(
            subject=contract.pk, code=code, buyer=buyer, valid_from=valid_from, valid_to=valid_to
        ),
        actor=actor,
        at=at,
        audience=[seller, buyer],
    )
    return contract


def end_contract(contract: Contract, *, actor: Actor, last: date, at: datetime) -> Contract:
    """End a contract early: `last` is its last day. Raises `Refused` when that is no earlier end,
    or before its first day."""
    require_seller(contract.seller, actor)
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if not contract.valid_from <= last < contract.valid_to:
        raise Refused(
            "end-invalid", "The last day lies in the contract, before its end.", field="last"
        )
    contract.valid_to = last
    contract.save(update_fields=["valid_to"])
    for assignment in PriceListBuyer.objects.filter(price_list=contract.price_list_id):
        cut(assignment, last)
    record(
        ContractEnded(subject=contract.pk, code=contract.price_list.code, last=last),
        actor=actor,
        at=at,
        audience=[contract.seller, contract.buyer],
    )
    return contract
