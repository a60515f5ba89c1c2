"""A lender writes a programme to finance orders, or a new version of one, and it comes into force.

    write      a draft, as often as it likes; nobody else sees it
    send       what binds the seller to something goes to it; anything else is in force at once
    withdraw   the lender thinks better of it
    agreed, refused   the seller's word on what it would be bound to (`trade.programmes`)

A version in force holds for new offers; offers and deals that are made keep what they were made
under (`Loan` has it all). A programme's figures are checked here, its modes by `policies`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.capital.credit import policies
from heliu.capital.credit.events import ProgrammeAnswered, ProgrammeChanged, ProgrammeOffered
from heliu.capital.credit.models import (
    DRAFT_MOVES,
    DepositBy,
    DepositMode,
    DraftStatus,
    Product,
    Programme,
    ProgrammeDraft,
    ReleaseMode,
    SellerDuty,
)
from heliu.capital.interest import Convention
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.events.facts import record
from heliu.kernel.events.notices import tell
from heliu.kernel.parties.queries import names
from heliu.kernel.states import move

MODES = ("instrument", "deposit_mode", "release_mode", "seller_duty", "buy_back_share")
SHARES = (
    "capital_share", "loss_given_default", "price_fall", "sale_cost", "refund_share",
    "seller_default", "sale_floor", "quota_share",
)  # fmt: skip
RATES = ("fee_rate", "base_rate", "opex_rate", "hurdle_rate", "rate_cap")
CAPS = ("single_name_cap", "auto_approve_cap")
NAMES = (
    "name", "name_zh", "deposit_ratios", "days_options", "max_tenor_days", "day_count",
    "grace_days", "penalty_factor", "is_principal_first", "notice_days", "ship_days",
    "deposit_by", "deposit_days", "margin_rate",
    "register_months", "auto_release_cap", *MODES, *SHARES, *RATES, *CAPS,
)  # fmt: skip
LARGEST = 10**15
BETWEEN: Mapping[str, tuple[Any, Any]] = {
    **{name: (Decimal(0), Decimal(1)) for name in SHARES},
    **{name: (Decimal(0), Decimal(100)) for name in RATES},
    **dict.fromkeys((*CAPS, "auto_release_cap"), (0, LARGEST)),
    "max_tenor_days": (1, 365),
    "grace_days": (0, 60),
    "notice_days": (0, 180),
    "ship_days": (1, 365),
    "deposit_days": (1, 60),
    "register_months": (1, 360),
    "margin_rate": (Decimal(0), Decimal(20)),
    "penalty_factor": (Decimal(1), Decimal(3)),
}
MAY_BE_EMPTY = ("ship_days", "auto_release_cap")


def write(
    terms: Mapping[str, Any],
    *,
    seller: UUID,
    actor: Actor,
    at: datetime,
    programme: UUID | None = None,
    draft: UUID | None = None,
) -> ProgrammeDraft:
    """Write a draft of a programme for a seller's dealers, or of a new version of `programme`;
    `draft` is the one that is written anew. `terms` name every field of `NAMES`.

    Raises `Invalid`, with the field, for what no programme can say.
    """
    actor.require("override")
    lender = actor.own_org
    require_sound(terms)
    own = Programme.objects.filter(lender=lender, product=Product.DISTRIBUTOR_FINANCE)
    found = own.filter(pk=programme).first() if programme else None
    if found is not None:
        seller = found.seller
    elif programme:
        raise NotFound()
    known = names([seller]).get(seller)
    if known is None:
        raise Invalid("seller-unknown", "Choose a seller.", field="seller")
    one = _open(draft, actor) if draft else _open_of(programme) or ProgrammeDraft()
    if one.status != DraftStatus.DRAFT:
        move(one, DraftStatus.WITHDRAWN, moves=DRAFT_MOVES)  # what was offered is replaced
        one = ProgrammeDraft()
    one.lender, one.seller, one.programme_id = lender, seller, programme
    one.terms = {name: _plain(terms[name]) for name in NAMES}
    stands = {} if found is None else terms_of(found)
    one.changed = [name for name in NAMES if name not in stands or stands[name] != terms[name]]
    one.written_by_name, one.written_at = actor.name, at
    one.save()
    return one


def send(draft: UUID, *, actor: Actor, at: datetime) -> ProgrammeDraft:
    """Offer a draft to its seller where it would be bound to something that it has not promised
    yet; else it is in force at once."""
    actor.require("override")
    one = _open(draft, actor)
    if one.status == DraftStatus.OFFERED:
        return one
    if not binds_anew(one):
        move(one, DraftStatus.AGREED, moves=DRAFT_MOVES, sent_at=at)
        bring_into_force(one, actor=actor, at=at)
        return one
    move(one, DraftStatus.OFFERED, moves=DRAFT_MOVES, sent_at=at)
    terms = programme_of(one)
    record(
        ProgrammeOffered(subject=one.pk, title=terms.name, seller_duty=terms.seller_duty),
        actor=actor,
        at=at,
        audience=[one.lender, one.seller],
    )
    lender = names([one.lender])[one.lender]
    tell(one.seller, "programme-offered", {"lender": lender}, link="/seller/programmes", at=at)
    return one


def withdraw(draft: UUID, *, actor: Actor, at: datetime) -> ProgrammeDraft:
    """The lender takes a draft, or what it has offered, back."""
    actor.require("override")
    one = _open(draft, actor)
    move(one, DraftStatus.WITHDRAWN, moves=DRAFT_MOVES, answered_at=at)
    return one


def offer_duty(
    programme: Programme,
    *,
    modes: Mapping[str, Any],
    seller_duty: str,
    buy_back_share: Decimal,
    actor: Actor,
    at: datetime,
) -> ProgrammeDraft:
    """Ask the seller to promise something else than it has; the other `modes` are set beside it,
    and all the rest is as it stands. Asked again, the first question stands."""
    waits = _open_of(programme.pk)
    if waits is not None and waits.status == DraftStatus.OFFERED:
        asked = programme_of(waits)
        if (asked.seller_duty, asked.buy_back_share) == (seller_duty, buy_back_share):
            return waits
    duty = {"seller_duty": seller_duty, "buy_back_share": buy_back_share}
    terms = terms_of(programme) | dict(modes) | duty
    one = write(terms, seller=programme.seller, programme=programme.pk, actor=actor, at=at)
    return send(one.pk, actor=actor, at=at)


def answered(
    one: ProgrammeDraft, *, agrees: bool, said: str, actor: Actor, at: datetime
) -> ProgrammeDraft:
    """The seller's word on what was offered to it. Only `trade.programmes` comes here: the lender's
    programme is written in the same step."""
    if one.status != DraftStatus.OFFERED:
        raise Invalid("not-offered", "This is answered already, or was taken back.")
    if not agrees and not said.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="said")
    move(
        one,
        DraftStatus.AGREED if agrees else DraftStatus.REFUSED,
        moves=DRAFT_MOVES,
        answered_at=at,
        answered_by_name=actor.name,
        said=said.strip()[:300],
    )
    title = programme_of(one).name
    record(
        ProgrammeAnswered(subject=one.pk, title=title, agreed=agrees),
        actor=actor,
        at=at,
        audience=[one.lender, one.seller],
    )
    kind = "programme-agreed" if agrees else "programme-refused"
    seller = names([one.seller])[one.seller]
    tell(one.lender, kind, {"seller": seller}, link="/bank/programmes", at=at)
    if agrees:
        bring_into_force(one, actor=actor, at=at)
    return one


def bring_into_force(one: ProgrammeDraft, *, actor: Actor, at: datetime) -> Programme:
    """The programme says what the draft says from now on."""
    wanted = programme_of(one)
    if one.programme_id is None:
        programme = wanted
        programme.save(force_insert=True)
        one.programme = programme
        one.save(update_fields=["programme"])
    else:
        programme = Programme.objects.select_for_update().get(pk=one.programme_id)
        changed = [name for name in one.changed if name in NAMES]
        for name in changed:
            setattr(programme, name, getattr(wanted, name))
        programme.save(update_fields=changed)
    record(
        ProgrammeChanged(
            subject=programme.pk, **{name: getattr(programme, name) for name in MODES}
        ),
        actor=actor,
        at=at,
        audience=[one.lender, one.seller],
    )
    lender = names([one.lender])[one.lender]
    tell(one.seller, "programme-changed", {"lender": lender}, link="/seller/programmes", at=at)
    return programme


def visible_to(actor: Actor) -> QuerySet[ProgrammeDraft]:
    """The lender's own drafts, and what was offered to the seller; newest first."""
    found = ProgrammeDraft.objects.order_by("-written_at", "-id")
    if actor.is_system:
        return found
    offered = Q(seller__in=actor.orgs, sent_at__isnull=False)
    return found.filter(Q(lender__in=actor.orgs) | offered)


def programme_of(one: ProgrammeDraft) -> Programme:
    """The programme as the draft would have it, not saved. Older drafts may name a term that no
    programme has any more."""
    values = {name: _value(name, said) for name, said in one.terms.items() if name in NAMES}
    return Programme(lender=one.lender, seller=one.seller, **values)


def _value(name: str, said: Any) -> Any:
    """A term as its field has it; a list is read one by one."""
    field: Any = Programme._meta.get_field(name)
    if isinstance(said, list):
        return [field.base_field.to_python(one) for one in said]
    return field.to_python(said)


def terms_of(programme: Programme) -> dict[str, Any]:
    """Every field of `NAMES` as it stands."""
    return {name: getattr(programme, name) for name in NAMES}


def begins() -> Programme:
    """What a new programme begins with: the house's starting values, not saved."""
    floor: Any = Programme._meta.get_field("sale_floor").db_default
    return Programme(deposit_ratios=[], days_options=[], sale_floor=floor)


def choices_of(name: str) -> list[tuple[str, str]]:
    """What may be chosen for a field, with its words; [] where it is typed."""
    if name == "day_count":
        return [(one.value, one.value) for one in Convention]
    field: Any = Programme._meta.get_field(name)
    # How stock is held is not how an order's goods come free.
    return [(value, str(words)) for value, words in field.choices or () if value != "FLOOR"]


def binds_anew(one: ProgrammeDraft) -> bool:
    """Whether the seller would be bound to more, or to something else, than it is."""
    wanted = promised(programme_of(one))
    return wanted != promised(one.programme) and wanted != NOTHING


NOTHING: tuple[str, Decimal, int | None] = (SellerDuty.NONE, Decimal(1), None)


def promised(programme: Programme | None) -> tuple[str, Decimal, int | None]:
    """What the seller has promised the lender: its duty, at which share, and when it ships."""
    if programme is None:
        return NOTHING
    is_share = programme.seller_duty == SellerDuty.BUY_BACK
    share = programme.buy_back_share if is_share else Decimal(1)
    return programme.seller_duty, share, programme.ship_days


def require_sound(terms: Mapping[str, Any]) -> None:
    """Raises `Invalid` for figures that no programme can have."""
    if not str(terms["name"]).strip():
        raise Invalid("name-missing", "Give it a name.", field="name")
    policies.require_together(policies.Modes(**{name: terms[name] for name in MODES}))
    if terms["release_mode"] == ReleaseMode.FLOOR:  # that of loans against stock
        raise Invalid("mode-unknown", "Choose one of what is offered.", field="release_mode")
    if terms["deposit_by"] not in list(DepositBy):
        raise Invalid("mode-unknown", "Choose one of what is offered.", field="deposit_by")
    if terms["margin_rate"] and terms["deposit_mode"] != DepositMode.CASH_MARGIN:
        raise Invalid("no-margin-to-bear", "Only a margin bears interest.", field="margin_rate")
    if terms["day_count"] not in list(Convention):
        raise Invalid("mode-unknown", "Choose one of what is offered.", field="day_count")
    for name, (least, most) in BETWEEN.items():
        value = terms[name]
        if value is None and name in MAY_BE_EMPTY:
            continue
        if value is None or not least <= value <= most:
            raise Invalid("term-out-of-range", "This figure is out of its bounds.", field=name)
    _require_some(terms["deposit_ratios"], "deposit_ratios", Decimal(0), Decimal("0.9999"))
    _require_some(terms["days_options"], "days_options", 1, terms["max_tenor_days"])
    if terms["auto_approve_cap"] > terms["single_name_cap"]:
        raise Invalid(
            "cap-above-cap",
            "No more is approved by itself than one borrower may have.",
            field="auto_approve_cap",
        )


def _require_some(values: Sequence[Any], name: str, least: Any, most: Any) -> None:
    if not values or list(values) != sorted(set(values)) or not least <= values[0]:
        raise Invalid(
            "choices-unsound", "Name at least one, each once, the smallest first.", field=name
        )
    if values[-1] > most:
        raise Invalid("term-out-of-range", "This figure is out of its bounds.", field=name)


def _plain(value: Any) -> Any:
    """As JSON keeps it without losing a digit."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _open(draft: UUID, actor: Actor) -> ProgrammeDraft:
    one = (
        ProgrammeDraft.objects.select_for_update(of=("self",))
        .select_related("programme")
        .filter(pk=draft, lender__in=actor.orgs)
        .first()
    )
    if one is None:
        raise NotFound()
    return one


def _open_of(programme: UUID | None) -> ProgrammeDraft | None:
    open_ones: Iterable[str] = (DraftStatus.DRAFT, DraftStatus.OFFERED)
    found = ProgrammeDraft.objects.select_for_update().filter(
        programme=programme, status__in=open_ones
    )
    return found.first() if programme else None
