"""Every write about what a house lets its people spend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4, uuid5

from django.db.models import F
from django.utils.translation import gettext_noop as N_

from heliu.commerce.spending.models import (
    CHARGE_MOVES,
    Budget,
    BudgetPeriod,
    Charge,
    ChargeStatus,
    CostCentre,
    House,
    OrderCentre,
    PeriodKind,
    PurchaseRule,
    Spender,
)
from heliu.commerce.spending.policies import MOST_AMOUNT, Span, next_span, span_of
from heliu.commerce.spending.queries import Joined
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import colleague
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.behalf.queries import mandates
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.goods.models import Family
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import AccountSpec, Journal, LimitShort, Line, NewHold
from heliu.kernel.states import move

PURCHASE = Act("purchase", agreed_by=("manage", "pay", "sign"))
PREFIX = "spend"
APPROVAL_NEEDED = "approval-needed"
NO_STOP = 10**17  # the ceiling of a budget that only warns: more than all money there is
RANK = 14  # after what lenders and sellers grant, before money and goods


def set_house(*, needs_centre: bool, keeps_days: int, actor: Actor) -> House:
    """Whether every order of the actor's house must be for a cost centre, and how many days its
    purchase requests wait and keep their prices."""
    actor.require("manage")
    if not 1 <= keeps_days <= 30:
        raise Invalid("days-kept", "Prices are kept 1 to 30 days.", field="keeps_days")
    found, _ = House.objects.update_or_create(
        org=actor.own_org, defaults={"needs_centre": needs_centre, "keeps_days": keeps_days}
    )
    return found


def set_centre(
    *, code: str, name: str, actor: Actor, name_zh: str | None = None, is_active: bool = True
) -> CostCentre:
    """A cost centre of the actor's house; a known code gets this name, and the Chinese one where
    one is given."""
    actor.require("manage")
    code, name = code.strip().upper()[:20], " ".join(name.split())[:80]
    if not code or not name:
        raise Invalid("centre-unnamed", "A cost centre needs a code and a name.", field="code")
    said = {"name": name, "is_active": is_active}
    if name_zh is not None:
        said["name_zh"] = " ".join(name_zh.split())[:80]
    found, _ = CostCentre.objects.update_or_create(org=actor.own_org, code=code, defaults=said)
    return found


def seat_spender(person: UUID, centre: UUID, *, actor: Actor) -> Spender:
    """A person's orders go to this cost centre where they name none; with a seller as the person,
    those that it places in the house's name."""
    actor.require("manage")
    _orders_here(actor, person)
    bears = own_centre(centre, actor.own_org)
    found, _ = Spender.objects.update_or_create(
        org=actor.own_org,
        person=person,
        defaults={"cost_centre": bears},
    )
    return found


def set_budget(
    *,
    period: str,
    amount: int,
    actor: Actor,
    at: datetime,
    centre: UUID | None = None,
    person: UUID | None = None,
    carries: bool = False,
    only_warns: bool = False,
) -> Budget:
    """So much (minor units) may be ordered in each period; the one that is there gets this amount,
    from the running period on. One that `only_warns` stands beside one that stops. Raises `Refused`
    for less than stands on it already, but where it only warns."""
    actor.require("manage")
    org = actor.own_org
    if period not in PeriodKind.values or not 0 < amount <= MOST_AMOUNT or (centre and person):
        raise Invalid("budget-invalid", "A budget needs an amount and a period.", field="amount")
    if person:
        _orders_here(actor, person)
    _listed(org)
    found = (
        Budget.objects.select_for_update()
        .filter(org=org, cost_centre=centre, person=person, period=period, is_active=True)
        .filter(only_warns=only_warns)
        .first()
    )
    if found is None:
        found = Budget(
            org=org,
            cost_centre=own_centre(centre, org) if centre else None,
            person=person,
            period=period,
            only_warns=only_warns,
        )
    found.amount, found.carries = amount, carries
    found.set_by_name, found.set_at = actor.name, at
    found.save()
    _open_periods(found, day_of(at))
    today = day_of(at)
    for one in found.periods.filter(ends__gte=today, closed_at=None).order_by("starts"):
        _set_ceiling(one, found, amount + one.carried)
        if one.warned_at is not None:
            BudgetPeriod.objects.filter(pk=one.pk).update(warned_at=None)
    return found


def end_budget(budget: UUID, *, actor: Actor) -> Budget:
    """A budget binds no more; what stands on it stays in its history."""
    actor.require("manage")
    found = Budget.objects.select_for_update().filter(org=actor.own_org, pk=budget).first()
    if found is None:
        raise NotFound()
    found.is_active = False
    found.save(update_fields=["is_active"])
    return found


def _orders_here(actor: Actor, person: UUID) -> None:
    """Somebody of the house, or a seller whose people may order in its name. Raises `NotFound`."""
    if not mandates(actor).filter(buyer=actor.own_org, seller=person).exists():
        colleague(actor, person)


def set_rule(
    *,
    levels: Sequence[Level],
    actor: Actor,
    at: datetime,
    from_amount: int = 0,
    centre: UUID | None = None,
    family: str = "",
    person: UUID | None = None,
    holds_goods: bool = False,
) -> PurchaseRule | None:
    """From this total (minor units) on orders need these levels; without levels the rule is taken
    away. What waits already goes on as it was asked."""
    actor.require("manage")
    org = actor.own_org
    if not 0 <= from_amount <= MOST_AMOUNT:
        raise Invalid("amount-negative", "An amount is not below zero.", field="from_amount")
    approvals.check_levels(PURCHASE, levels)
    if person:
        _orders_here(actor, person)
    for one in {one for level in levels for one in level.persons}:
        colleague(actor, one)
    if family and not Family.objects.filter(pk=family).exists():
        raise Invalid("family-unknown", "There is no such family of goods.", field="family")
    _listed(org)
    narrowed = {
        "org": org, "from_amount": from_amount, "cost_centre": centre and own_centre(centre, org),
        "family": family, "person": person,
    }  # fmt: skip
    PurchaseRule.objects.filter(**narrowed, is_active=True).update(is_active=False)
    if not levels:
        return None
    return PurchaseRule.objects.create(
        **narrowed,
        levels=[level.kept() for level in levels],
        holds_goods=holds_goods,
        set_by_name=actor.name,
        set_at=at,
    )


def name_centre(order_id: UUID, centre: UUID, *, org: UUID) -> None:
    """The order is for this cost centre of its buyer's house."""
    found = own_centre(centre, org)
    OrderCentre.objects.update_or_create(
        order_id=order_id, defaults={"org": org, "cost_centre": found}
    )


def spend(charges: Sequence[Charge], *, at: datetime) -> None:
    """What an order held of its budgets is spent from now on: the seller has confirmed it."""
    held = [one for one in charges if one.status == ChargeStatus.HELD]
    if not held:
        return
    lines = [
        line
        for one in held
        for line in (
            Line(one.period.account, one.amount, one.pk),
            Line(_spent(one.org), -one.amount),
        )
    ]
    order = held[0].order_id
    _post(f"spent:{order}", "spent", order, lines, at)
    for one in held:
        move(one, ChargeStatus.SPENT, moves=CHARGE_MOVES)


def give_back(
    charges: Sequence[Charge], *, at: datetime, key: str = "", value: int | None = None
) -> None:
    """An order gives back to its budgets: all it took, or `value` (minor units) of it where goods
    were lost or will not be delivered; `key` makes that harmless when it is said twice, once what
    was held is spent. Of what is still held less is held: whoever calls remembers that it did."""
    held = [one for one in charges if one.status == ChargeStatus.HELD]
    parts = {one: one.amount if value is None else min(value, one.amount) for one in held}
    if held and value is None:
        posting.post(void=[one.pk for one in held], at=at)
    elif held:
        posting.rehold(
            [
                NewHold(one.pk, one.period.account, one.amount - part, one.order_id)
                for one, part in parts.items()
            ],
            at=at,
        )
    for one, part in parts.items():
        if part == one.amount:
            move(one, ChargeStatus.FREED, moves=CHARGE_MOVES, back=one.amount)
        else:
            Charge.objects.filter(pk=one.pk).update(amount=F("amount") - part)
    spent = [one for one in charges if one.status == ChargeStatus.SPENT and one not in held]
    shares = [
        (one, one.amount - one.back if value is None else min(value, one.amount - one.back))
        for one in spent
    ]
    if not shares:
        return
    lines = [
        line
        for one, share in shares
        for line in (Line(one.period.account, -share), Line(_spent(one.org), share))
    ]
    order = spent[0].order_id
    _post(f"unspent:{order}:{key}", "unspent", order, lines, at)
    for one, share in shares:
        if one.back + share == one.amount:
            move(one, ChargeStatus.FREED, moves=CHARGE_MOVES, back=one.amount)
        else:
            Charge.objects.filter(pk=one.pk).update(back=F("back") + share)


def recharge(charges: Sequence[Charge], more: int, *, key: str, at: datetime) -> None:
    """An order that was changed comes to `more` (minor units; below zero: to less): each budget it
    counts on holds or has spent so much more, in the period in which it was ordered; none gives
    back more than was taken of it. `key` names the change.

    Raises `LimitShort` where a budget does not reach, `Refused` (budget-over) for more in a period
    that is closed: what was left of it may have been carried over.
    """
    live = [one for one in charges if one.status != ChargeStatus.FREED] if more else []
    if more > 0 and any(one.period.closed_at for one in live):
        raise Refused(
            "budget-over",
            "The budget period of this order is closed: it cannot become dearer.",
            help="Order what is to be added by itself.",
        )
    moved = {one: max(more, one.back - one.amount) for one in live}
    held = [one for one in live if one.status == ChargeStatus.HELD]
    if held:
        wanted = (
            NewHold(one.pk, one.period.account, one.amount + moved[one], one.order_id)
            for one in held
        )
        posting.rehold(list(wanted), at=at)
    _respend([one for one in live if one.status == ChargeStatus.SPENT], moved, key=key, at=at)
    for one, by in moved.items():
        if by == one.back - one.amount:
            move(one, ChargeStatus.FREED, moves=CHARGE_MOVES, back=one.amount)
        else:
            Charge.objects.filter(pk=one.pk).update(amount=F("amount") + by)


def join(
    order_id: UUID,
    buyer: UUID,
    budgets: Sequence[Joined],
    more: int,
    *,
    is_spent: bool,
    key: str,
    at: datetime,
) -> None:
    """An order that becomes so much dearer (minor units) counts on these budgets from now on, which
    took nothing of it before; `is_spent` where its seller has confirmed it. `key` names the change.

    Raises `LimitShort` where one does not reach, `Refused` (budget-not-open) where its period is
    not open.
    """
    periods = [(one.org, one.period) for one in budgets if one.period is not None]
    if len(periods) < len(budgets) and (closed := refused("budget")):
        raise closed
    made = Charge.objects.bulk_create(
        Charge(
            id=uuid4(), order_id=order_id, org=org, buyer=buyer, period_id=period, amount=more,
            at=at, status=ChargeStatus.SPENT if is_spent else ChargeStatus.HELD,
        )
        for org, period in periods
    )  # fmt: skip
    if is_spent:
        _respend(made, dict.fromkeys(made, more), key=f"{key}:joined", at=at)
    elif made:
        holds = [NewHold(one.pk, one.period.account, more, order_id) for one in made]
        posting.rehold(holds, at=at)


def _respend(
    charges: Sequence[Charge], moved: Mapping[Charge, int], *, key: str, at: datetime
) -> None:
    """So much more (below zero: less) is spent of these by their order."""
    lines = [
        line
        for one in charges
        for line in (
            Line(one.period.account, moved[one]),
            Line(_spent(one.org), -moved[one]),
        )
    ]
    if lines:
        order = charges[0].order_id
        _post(f"respent:{order}:{key}", "respent", order, lines, at)


def passed(*, at: datetime) -> list[tuple[BudgetPeriod, int]]:
    """Budgets that only warn and that orders have passed since it was last said, with what is taken
    of each (minor units); from now on it is said. For the worker."""
    open_ones = BudgetPeriod.objects.select_for_update(of=("self",)).filter(
        budget__is_active=True, budget__only_warns=True, closed_at=None, warned_at=None
    )
    found = list(open_ones.select_related("budget__cost_centre").order_by("pk"))
    stands = posting.balances([one.account for one in found], at=at)
    over = []
    for one in found:
        taken = stands[one.account].posted + stands[one.account].held_in
        if taken > one.budget.amount + one.carried:
            one.warned_at = at
            one.save(update_fields=["warned_at"])
            over.append((one, taken))
    return over


def roll_over(*, at: datetime) -> int:
    """The turn of the day: the next periods are opened before they begin, and what is left of those
    that are over is carried where the house wants it. Returns how many periods were closed."""
    today, closed = day_of(at), 0
    for budget in Budget.objects.select_for_update().filter(is_active=True).order_by("pk"):
        _open_periods(budget, today)
        for one in budget.periods.filter(ends__lt=today, closed_at=None).order_by("starts"):
            _close(budget, one, at)
            closed += 1
    return closed


def in_words(short: LimitShort) -> LimitShort:
    """The engine's refusal in the words of a budget; others stay as they are."""
    if short.key.startswith(f"{PREFIX}:"):
        short.code = "budget-short"
        short.message, short.params = (
            N_("The budget is short by %(short)s."),
            {"short": str(Money(short.short))},
        )
        short.help_message = N_("Order for less, or ask whoever keeps the budget to raise it.")
    return short


def refused(state: str) -> Refused | None:
    """The gate's no in words; None where it was not the gate that spoke."""
    match state:
        case "approval":
            return Refused(
                APPROVAL_NEEDED,
                "Your house wants this order agreed to by others.",
                help="Ask for their agreement: the order is placed when all have agreed.",
            )
        case "centre":
            return Invalid(
                "centre-missing",
                "Your house wants a cost centre on every order.",
                field="cost_centre",
                help="Name one, or let yours be set once for all.",
            )
        case "budget":
            return Refused(
                "budget-not-open",
                "A budget of your house is not open for this day.",
                help="The next period opens when the day is closed.",
            )
    return None


def _listed(org: UUID) -> None:
    """From now on orders of the house are asked about; whoever changes its settings waits here."""
    House.objects.get_or_create(org=org)
    House.objects.select_for_update().get(org=org)


def own_centre(centre: UUID, org: UUID) -> CostCentre:
    """A cost centre of this house that is in use. Raises `NotFound`."""
    found = CostCentre.objects.filter(pk=centre, org=org, is_active=True).first()
    if found is None:
        raise NotFound()
    return found


def _open_periods(budget: Budget, today: date) -> None:
    """The running period and the one after it are there before anybody orders in them."""
    span = span_of(budget.period, today)
    for one in (span, next_span(budget.period, span)):
        if not budget.periods.filter(starts=one.starts).exists():
            BudgetPeriod.objects.create(
                budget=budget,
                org=budget.org,
                starts=one.starts,
                ends=one.ends,
                account=_account(budget, one),
            )


def _account(budget: Budget, span: Span) -> int:
    key = f"{PREFIX}:{budget.pk}:{span.starts.isoformat()}"
    ceiling = NO_STOP if budget.only_warns else budget.amount
    return posting.open_accounts([_spec(key, budget.org, ceiling=ceiling, rank=RANK)])[key]


def _spent(org: UUID) -> int:
    """The other side of what is spent of a house's budgets."""
    key = f"{PREFIX}:{org}"
    return posting.open_accounts([_spec(key, org)])[key]


def _spec(key: str, org: UUID, *, ceiling: int | None = None, rank: int = 50) -> AccountSpec:
    book = f"{PREFIX}:{org}"
    return AccountSpec(key, book, book, CURRENCY, org, ceiling=ceiling, lock_rank=rank)


def _set_ceiling(period: BudgetPeriod, budget: Budget, ceiling: int) -> None:
    if budget.only_warns:
        return
    try:
        posting.set_limits(period.account, ceiling=ceiling)
    except LimitShort as short:
        raise Refused(
            "budget-below-use",
            "%(short)s more than that is ordered already.",
            field="amount",
            short=str(Money(short.short)),
        ) from None


def _close(budget: Budget, period: BudgetPeriod, at: datetime) -> None:
    """A period is over; what is left of it goes into the running one where the budget carries."""
    stands = posting.balances([period.account], at=at)[period.account]
    left = budget.amount + period.carried - stands.posted - stands.held_in
    period.closed_at = at
    period.save(update_fields=["closed_at"])
    after = budget.periods.filter(starts__gt=period.ends, closed_at=None).order_by("starts").first()
    if budget.carries and left > 0 and after is not None:
        after.carried = left
        after.save(update_fields=["carried"])
        _set_ceiling(after, budget, budget.amount + left)


def _post(key: str, kind: str, subject: UUID, lines: Iterable[Line], at: datetime) -> None:
    # The id is worked out, so that the sameness of a repeated call is judged by its content alone.
    journal = Journal(uuid5(subject, key), key, kind, tuple(lines), day_of(at), subject)
    posting.post([journal], at=at)
