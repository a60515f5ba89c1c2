"""Every write to lists and recurring orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from heliu.commerce.catalogue.policies import seen
from heliu.commerce.lists import policies, queries
from heliu.commerce.lists.models import (
    MOVES,
    ListLine,
    RecurringOrder,
    RecurringStatus,
    Run,
    RunStatus,
    ShoppingList,
)
from heliu.commerce.ordering.parts import MOST_PARTS
from heliu.commerce.ordering.paste import LARGEST, MOST_ROWS
from heliu.commerce.ordering.queries import person_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.queries import refuse_gone
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.queries import active_relationship
from heliu.kernel.states import move

WAYS = ("TRANSFER", "TERMS")
MOST_EVERY = 52
MOST_AFTER = 365
MOST_APART = 90


def make(
    *,
    actor: Actor,
    seller: UUID,
    name: str,
    quantities: Mapping[UUID, int],
    at: datetime,
    shared: bool = False,
) -> ShoppingList:
    """A new list of goods of a seller, one's own or the house's.

    Raises `Refused` (list-name-used) for a name one has already, `Invalid` for none, for nothing
    in it and for quantities that are none, `NotFound` for goods that are not this seller's.
    """
    actor.require("order")
    active_relationship(buyer=actor.own_org, seller=seller)
    name = _named(name)
    user = None if shared else person_of(actor)
    _check(seller, quantities)
    made, is_new = ShoppingList.objects.get_or_create(
        buyer=actor.own_org,
        seller=seller,
        user=user,
        name=name,
        defaults={"changed_by": actor.name, "changed_at": at},
    )
    if not is_new:
        raise _name_used(name)
    _fill(made, quantities)
    return made


def change(
    list_id: UUID, *, actor: Actor, quantities: Mapping[UUID, int], at: datetime, name: str = ""
) -> ShoppingList:
    """The list asks for exactly these quantities from now on; it bears a name that is given."""
    found = _locked(list_id, actor)
    _check(found.seller, quantities)
    if name:
        found.name = _named(name)
    found.changed_by, found.changed_at = actor.name, at
    twins = queries.visible_to(actor).filter(seller=found.seller, name=found.name, user=found.user)
    if twins.exclude(pk=found.pk).exists():
        raise _name_used(found.name)
    found.save(update_fields=["name", "changed_by", "changed_at"])
    found.lines.all().delete()
    _fill(found, quantities)
    return found


def drop(list_id: UUID, *, actor: Actor) -> None:
    """Throw a list away. Refused (list-recurs) while an order comes back from it."""
    found = _locked(list_id, actor)
    if found.recurring.exclude(status=RecurringStatus.ENDED).exists():
        raise Refused(
            "list-recurs",
            "An order comes back from this list.",
            help="End the recurring order first.",
        )
    found.recurring.all().delete()
    found.delete()


def recur(
    list_id: UUID,
    *,
    actor: Actor,
    pay_by: str,
    every: int,
    unit: str,
    first_on: date,
    last_on: date | None,
    at: datetime,
    remark: str = "",
    wished_after: int | None = None,
    address: UUID | None = None,
    parts: int | None = None,
    parts_apart: int | None = None,
) -> RecurringOrder:
    """Let a list be ordered by itself from a day on, with the rights of whoever says so; its goods
    are wished `wished_after` days after each of its days, each line in so many `parts` that are
    `parts_apart` days from one another."""
    found = _locked(list_id, actor)
    if pay_by not in WAYS:
        raise Invalid(
            "pay-by-unknown",
            "A recurring order is paid by transfer or on terms.",
            field="pay_by",
            help="Financing is signed each time.",
        )
    if unit not in ("WEEK", "MONTH") or not 1 <= every <= MOST_EVERY:
        raise Invalid("every-invalid", "Choose every how many weeks or months.", field="every")
    if first_on < day_of(at):
        raise Invalid("first-day-past", "The first day has gone by.", field="first_on")
    if last_on is not None and last_on < first_on:
        raise Invalid("last-day-early", "The last day is before the first.", field="last_on")
    if wished_after is not None and not 0 <= wished_after <= MOST_AFTER:
        raise Invalid(
            "wished-after-invalid", "Goods are wished 0 to 365 days after each order.",
            field="wished_after",
        )  # fmt: skip
    if (parts or parts_apart) and not (
        2 <= (parts or 0) <= MOST_PARTS and 1 <= (parts_apart or 0) <= MOST_APART
    ):
        raise Invalid(
            "recurring-parts-invalid",
            "Lines come in 2 to 24 parts, 1 to 90 days from one another.",
            field="parts",
        )
    refuse_gone(found.buyer, address)
    return RecurringOrder.objects.create(
        list=found,
        buyer=found.buyer,
        seller=found.seller,
        pay_by=pay_by,
        every=every,
        unit=unit,
        first_on=first_on,
        last_on=last_on,
        next_on=first_on,
        set_by=person_of(actor),
        set_by_name=actor.name,
        set_at=at,
        remark=seen(remark).strip()[:300],
        wished_after=wished_after,
        address=address,
        parts=parts or None,
        parts_apart=parts_apart or None,
    )


def pause(recurring_id: UUID, *, actor: Actor) -> RecurringOrder:
    """Nothing is ordered until it is taken up again."""
    found = _locked_recurring(recurring_id, actor)
    move(found, RecurringStatus.PAUSED, moves=MOVES)
    return found


def resume(recurring_id: UUID, *, actor: Actor, at: datetime) -> RecurringOrder:
    """Go on with the plan's next day from today on; the days that went by stay out."""
    found = _locked_recurring(recurring_id, actor)
    move(found, RecurringStatus.ACTIVE, moves=MOVES)
    if found.next_on is not None and found.next_on < day_of(at):
        _forward(found, day_of(at))
    return found


def end(recurring_id: UUID, *, actor: Actor) -> RecurringOrder:
    """Nothing is ordered by it any more."""
    found = _locked_recurring(recurring_id, actor)
    move(found, RecurringStatus.ENDED, moves=MOVES, next_on=None)
    return found


def skip(recurring_id: UUID, *, actor: Actor, at: datetime) -> RecurringOrder:
    """Leave the next day out, once."""
    found = _locked_recurring(recurring_id, actor)
    if found.status != RecurringStatus.ACTIVE or found.next_on is None:
        raise Refused("nothing-to-skip", "No day of this recurring order lies ahead.")
    note_run(found, found.next_on, status=RunStatus.SKIPPED, at=at)
    return found


def note_run(
    recurring: RecurringOrder,
    due_on: date,
    *,
    status: str,
    at: datetime,
    order_number: str = "",
    code: str = "",
    reason: str = "",
    reason_zh: str = "",
) -> Run:
    """Write down what became of a due day and go on to the next; a day is written once."""
    run = Run.objects.create(
        recurring=recurring,
        buyer=recurring.buyer,
        due_on=due_on,
        status=status,
        order_number=order_number,
        code=code,
        reason=reason,
        reason_zh=reason_zh,
        at=at,
    )
    _forward(recurring, max(due_on, day_of(at) if status != RunStatus.SKIPPED else due_on))
    return run


def locked(recurring_id: UUID) -> RecurringOrder:
    """The recurring order, locked: its days queue."""
    return (
        RecurringOrder.objects.select_for_update(of=("self",))
        .select_related("list")
        .get(pk=recurring_id)
    )


def _forward(recurring: RecurringOrder, after: date) -> None:
    """To the plan's first day after this one; a plan without one has ended."""
    recurring.next_on = policies.next_day(
        after,
        first_on=recurring.first_on,
        every=recurring.every,
        unit=recurring.unit,
        last_on=recurring.last_on,
    )
    if recurring.next_on is None and recurring.status != RecurringStatus.ENDED:
        move(recurring, RecurringStatus.ENDED, moves=MOVES)
    recurring.save(update_fields=["next_on"])


def _check(seller: UUID, quantities: Mapping[UUID, int]) -> None:
    if not 0 < len(quantities) <= MOST_ROWS:
        raise Invalid("list-empty", "A list needs at least one line.", field="lines")
    if any(not 0 < quantity <= LARGEST for quantity in quantities.values()):
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="quantity")
    if Sku.objects.filter(seller=seller, pk__in=quantities).count() != len(quantities):
        raise NotFound()


def _fill(found: ShoppingList, quantities: Mapping[UUID, int]) -> None:
    ListLine.objects.bulk_create(
        ListLine(list=found, buyer=found.buyer, position=n, sku_id=sku, quantity=quantity)
        for n, (sku, quantity) in enumerate(quantities.items(), start=1)
    )


def _name_used(name: str) -> Refused:
    return Refused("list-name-used", "There is a list %(name)s already.", field="name", name=name)


def _named(name: str) -> str:
    name = " ".join(seen(name).split())
    if not 0 < len(name) <= 60:
        raise Invalid("list-name-invalid", "A list needs a name of up to 60 signs.", field="name")
    return name


def _locked(list_id: UUID, actor: Actor) -> ShoppingList:
    actor.require("order")
    found = queries.visible_to(actor).select_for_update().filter(pk=list_id).first()
    if found is None:
        raise NotFound()
    return found


def _locked_recurring(recurring_id: UUID, actor: Actor) -> RecurringOrder:
    actor.require("order")
    if not queries.recurring_visible_to(actor).filter(pk=recurring_id).exists():
        raise NotFound()
    return locked(recurring_id)
