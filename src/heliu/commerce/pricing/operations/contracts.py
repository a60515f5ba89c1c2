"""Contracts: prices agreed by both for a period, and how much the buyer will take.

The seller offers, the buyer agrees; afterwards the seller asks for changes and the buyer agrees to
them, but for prices that only fall. What the buyer says runs in `trade/contracts.py`, because it
reaches what is the seller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from heliu.commerce.pricing.events import (
    ContractAgreed,
    ContractChangeAnswered,
    ContractChangeAsked,
    ContractEnded,
    ContractOffered,
    ContractRefused,
)
from heliu.commerce.pricing.models import (
    ChangeState,
    Contract,
    ContractChange,
    PriceList,
    PriceListBuyer,
)
from heliu.commerce.pricing.operations.lists import (
    NewPrice,
    check_days,
    create_list,
    require_seller,
    set_prices,
)
from heliu.commerce.pricing.operations.versions import begin_version, discard, schedule
from heliu.commerce.pricing.queries import live_table
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of, start_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.parties.queries import active_relationship

SYSTEM = Actor.system()
RISES = "select pricing_version_rises(%s, %s, %s)"


def offer(
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
    """Offer a contract to a buyer; it binds nobody until the buyer agrees.

    `committed` (minor units of the currency in which the two trade) and `committed_quantity`
    (smallest units) are what the buyer would promise to take. Raises `Invalid` for no prices, days
    in the wrong order or a promise below one, `Refused` when the code is taken, `NotFound` where
    the two do not trade.
    """
    check_days(valid_from, valid_to)
    link = active_relationship(buyer=buyer, seller=seller)
    if not prices:
        raise Invalid("no-prices", "A contract needs at least one price.", field="prices")
    if any(promise is not None and promise < 1 for promise in (committed, committed_quantity)):
        raise Invalid("promise-invalid", "What is promised is above zero.", field="committed")
    price_list = create_list(
        actor=actor, seller=seller, code=code, name=name, name_zh=name_zh, currency=link.currency
    )
    PriceList.objects.filter(pk=price_list.pk).update(priority=0)
    set_prices(price_list, actor=actor, prices=prices, valid_from=valid_from, at=at)
    contract = Contract.objects.create(
        seller=seller,
        buyer=buyer,
        price_list=price_list,
        code=code,
        name=name,
        name_zh=name_zh,
        currency=price_list.currency,
        committed=committed,
        committed_quantity=committed_quantity,
        valid_from=valid_from,
        valid_to=valid_to,
        agreed_at=at,
        agreed_by_name=actor.name,
        is_offer=True,
    )
    _tell(contract, ContractOffered(subject=contract.pk, code=code, buyer=buyer), actor, at)
    return contract


def agree(contract: Contract, *, actor: Actor, at: datetime) -> Contract:
    """The buyer agrees to an offer: its prices come before all lists of the buyer in its days.

    Raises `Refused` (contract-decided) when it is none any more or its days are over.
    """
    contract = _offered(contract, actor)
    if contract.valid_to < day_of(at):
        raise Refused("contract-over", "The days of this offer are over.")
    contract.is_offer = False
    contract.agreed_at, contract.agreed_by_name = at, actor.name
    contract.save(update_fields=["is_offer", "agreed_at", "agreed_by_name"])
    PriceListBuyer.objects.create(
        price_list_id=contract.price_list_id,
        seller=contract.seller,
        buyer=contract.buyer,
        valid_from=contract.valid_from,
        valid_to=contract.valid_to,
    )
    agreed = ContractAgreed(
        subject=contract.pk,
        code=contract.code,
        buyer=contract.buyer,
        valid_from=contract.valid_from,
        valid_to=contract.valid_to,
    )
    _tell(contract, agreed, actor, at)
    return contract


def refuse(contract: Contract, *, actor: Actor, at: datetime) -> Contract:
    """The buyer refuses an offer, or the seller takes it back; it binds nobody any more."""
    contract = _offered(contract, actor, by_seller=True)
    contract.refused_at = at
    contract.save(update_fields=["refused_at"])
    _tell(contract, ContractRefused(subject=contract.pk, code=contract.code), actor, at)
    return contract


def ask_prices(
    contract: Contract,
    *,
    actor: Actor,
    prices: Sequence[NewPrice],
    live_on: date,
    at: datetime,
) -> ContractChange | None:
    """Ask the buyer for other prices from a day on; what is not named stays. Where no price rises
    nobody is asked: they hold from that day (None).

    Raises `Refused` (contract-asked) while the buyer is asked about something else, `Invalid` for a
    day that is past or outside the contract, and what `set_prices` raises.
    """
    contract = _held(contract, actor)
    if not max(contract.valid_from, day_of(at)) <= live_on <= contract.valid_to:
        raise Invalid("day-outside", "This day is past, or outside the contract.", field="live_on")
    if not prices:
        raise Invalid("no-prices", "A contract needs at least one price.", field="prices")
    version = begin_version(contract.price_list, actor=actor, at=at)
    set_prices(version, actor=actor, prices=prices, valid_from=day_of(at), at=at)
    live_from = _instant(contract, live_on, at)
    live = live_table(contract.price_list, live_from)
    with connection.cursor() as cursor:
        cursor.execute(RISES, [version.pk, live.pk, live_on])
        (rises,) = cursor.fetchone()
    if not rises:
        schedule(version, actor=actor, live_from=live_from, at=at)
        return None
    return _ask(contract, actor=actor, at=at, version=version, live_on=live_on)


def ask_end(contract: Contract, *, actor: Actor, last: date, at: datetime) -> ContractChange:
    """Ask the buyer to end a contract early: `last` would be its last day. Raises `Invalid` when
    that is no earlier end."""
    contract = _held(contract, actor)
    if not contract.valid_from <= last < contract.valid_to:
        raise Invalid(
            "end-invalid", "The last day lies in the contract, before its end.", field="last"
        )
    return _ask(contract, actor=actor, at=at, last=last)


def answer(change: ContractChange, *, actor: Actor, agrees: bool, at: datetime) -> ContractChange:
    """The buyer agrees to a change, or refuses it. Raises `Refused` (change-decided)."""
    change = _asked(change)
    contract = change.contract
    _require_buyer(contract, actor)
    change.state = ChangeState.AGREED if agrees else ChangeState.REFUSED
    change.decided_at, change.decided_by_name = at, actor.name
    change.save(update_fields=["state", "decided_at", "decided_by_name"])
    if not agrees:
        _discard(change, at)
    elif change.last is not None:
        _end(contract, change.last, actor, at)
    else:
        assert change.version is not None
        assert change.live_on is not None
        live_from = _instant(contract, change.live_on, at)
        schedule(change.version, actor=SYSTEM, live_from=live_from, at=at)
    told = ContractChangeAnswered(subject=contract.pk, code=contract.code, agreed=agrees)
    _tell(contract, told, actor, at)
    return change


def take_back(change: ContractChange, *, actor: Actor, at: datetime) -> ContractChange:
    """The seller takes a change back that the buyer was asked about."""
    require_seller(change.seller, actor)
    change = _asked(change)
    change.state = ChangeState.TAKEN_BACK
    change.decided_at, change.decided_by_name = at, actor.name
    change.save(update_fields=["state", "decided_at", "decided_by_name"])
    _discard(change, at)
    return change


def _instant(contract: Contract, day: date, at: datetime) -> datetime:
    """When prices of a day go live: at its beginning, or now; behind others of that instant."""
    taken = set(contract.price_list.versions.values_list("live_from", flat=True))
    instant = max(start_of(day), at)
    while instant in taken:
        instant += timedelta(microseconds=1)
    return instant


def _end(contract: Contract, last: date, actor: Actor, at: datetime) -> None:
    contract.valid_to = last
    contract.save(update_fields=["valid_to"])
    PriceListBuyer.objects.filter(price_list=contract.price_list_id).update(valid_to=last)
    ended = ContractEnded(subject=contract.pk, code=contract.code, last=last)
    _tell(contract, ended, actor, at)


def _discard(change: ContractChange, at: datetime) -> None:
    if change.version is not None:
        version = change.version
        ContractChange.objects.filter(pk=change.pk).update(version=None)
        discard(version, actor=SYSTEM, at=at)


def _ask(contract: Contract, *, actor: Actor, at: datetime, **what: object) -> ContractChange:
    if contract.changes.filter(state=ChangeState.ASKED).exists():
        raise Refused(
            "contract-asked",
            "The buyer is asked about another change of this contract.",
            help="Wait for the answer, or take that one back.",
        )
    made = ContractChange.objects.create(
        contract=contract,
        seller=contract.seller,
        buyer=contract.buyer,
        asked_at=at,
        asked_by_name=actor.name,
        **what,
    )
    _tell(
        contract,
        ContractChangeAsked(subject=contract.pk, code=contract.code),
        actor,
        at,
    )
    return made


def _held(contract: Contract, actor: Actor) -> Contract:
    """The contract, locked, of a seller that may set prices; only one that both agreed to."""
    require_seller(contract.seller, actor)
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if contract.is_offer:
        raise Refused("contract-offered", "The buyer has not agreed to this contract yet.")
    return contract


def _offered(contract: Contract, actor: Actor, *, by_seller: bool = False) -> Contract:
    if not (by_seller and contract.seller in actor.orgs):
        _require_buyer(contract, actor)
    else:
        actor.require("price")
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if not contract.is_offer or contract.refused_at is not None:
        raise Refused("contract-decided", "This offer is decided already.")
    return contract


def _asked(change: ContractChange) -> ContractChange:
    Contract.objects.select_for_update().get(pk=change.contract_id)
    change = ContractChange.objects.select_related("contract__price_list", "version").get(
        pk=change.pk
    )
    if change.state != ChangeState.ASKED:
        raise Refused("change-decided", "This change is decided already.")
    return change


def _require_buyer(contract: Contract, actor: Actor) -> None:
    if not actor.is_system and contract.buyer not in actor.orgs:
        raise NotFound()
    actor.require("sign")


def _tell(contract: Contract, fact: object, actor: Actor, at: datetime) -> None:
    record(fact, actor=actor, at=at, audience=[contract.seller, contract.buyer])  # type: ignore[arg-type]
