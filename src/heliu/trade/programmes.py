"""A lender's programmes: what it changes of them, and the seller's word on what it is offered.

    write, send, withdraw               a programme, or a new version of one (`credit.drafting`)
    change, cap_releases, set_margins   one figure or mode of a programme that is there
    answer                              the seller agrees, and it is in force; or says why not

Where the lender's own rules want it, by the cap for one borrower, another person of it agrees
before a programme is offered or becomes another (`proposals`). The lender's programme is written in
the step in which the seller agrees, so both are in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeIs
from uuid import UUID

from django.utils.translation import gettext as _

from heliu.capital.credit import drafting, queries
from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import MarginRules, Programme, ProgrammeDraft
from heliu.capital.credit.policies import Modes
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act
from heliu.kernel.errors import NotFound
from heliu.trade.models import Proposed
from heliu.trade.proposals import at_once_or_asked

PROGRAMME = Act("programme", agreed_by=("override", "decide"))
"""By a house's own rules, by the cap for one borrower."""


def write(
    terms: Mapping[str, Any],
    *,
    seller: UUID,
    actor: Actor,
    at: datetime,
    programme: UUID | None = None,
    draft: UUID | None = None,
) -> ProgrammeDraft:
    """Write a draft as `drafting` does; what was asked about it before has lost its sense."""
    one = drafting.write(terms, seller=seller, programme=programme, draft=draft, actor=actor, at=at)
    approvals.overtaken(_subject(one), act=PROGRAMME, at=at)
    return one


def send(draft: UUID, *, actor: Actor, at: datetime) -> ProgrammeDraft | Approval:
    """Offer a draft to its seller, or bring it into force; returns the question where others of the
    lender must agree first."""
    actor.require("override")
    found = drafting.visible_to(actor).filter(pk=draft, lender__in=actor.orgs)
    one = found.select_related("programme").first()
    if one is None:
        raise NotFound()
    wanted = drafting.programme_of(one)
    return at_once_or_asked(
        PROGRAMME,
        Proposed.DRAFT,
        said := {"draft": str(draft)},
        lambda: sent(said, actor, at),
        subject=_subject(one),
        name=wanted.display,
        org=one.lender,
        amount=max(wanted.single_name_cap, one.programme.single_name_cap if one.programme else 0),
        reason=_("The programme is to be as the draft says."),
        actor=actor,
        at=at,
    )


def withdraw(draft: UUID, *, actor: Actor, at: datetime) -> ProgrammeDraft:
    """Take a draft, an offer, or the question about it back."""
    one = drafting.withdraw(draft, actor=actor, at=at)
    approvals.overtaken(_subject(one), act=PROGRAMME, at=at)
    return one


def change(programme: UUID, modes: Modes, *, actor: Actor, at: datetime) -> Programme | Approval:
    """The lender finances in another way from now on, as `credit.change`."""
    said = {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in asdict(modes).items()
    }
    return _of_programme(Proposed.MODES, programme, said, changed, actor=actor, at=at)


def cap_releases(
    programme: UUID, cap: int | None, *, actor: Actor, at: datetime
) -> Programme | Approval:
    """Large releases wait for people at the lender, as `credit.cap_releases`."""
    return _of_programme(Proposed.RELEASE_CAP, programme, {"cap": cap}, capped, actor=actor, at=at)


def set_margins(
    programme: UUID, wanted: Mapping[str, Any], *, actor: Actor, at: datetime
) -> MarginRules | Approval:
    """The lender lends against stock by other rules, as `credit.set_margins`."""
    said = {
        name: str(value) if isinstance(value, Decimal) else value for name, value in wanted.items()
    }
    return _of_programme(Proposed.MARGINS, programme, said, margins_set, actor=actor, at=at)


def is_asked(done: object) -> TypeIs[Approval]:
    """Whether the others at the house are asked first."""
    return isinstance(done, Approval)


def sent(said: Mapping[str, Any], actor: Actor, at: datetime) -> ProgrammeDraft:
    """All who must have agreed: the draft is offered, or in force."""
    return drafting.send(UUID(said["draft"]), actor=actor, at=at)


def changed(said: Mapping[str, Any], actor: Actor, at: datetime) -> Programme:
    """All who must have agreed: the programme finances in the other way."""
    modes = {name: said[name] for name in drafting.MODES}
    share = Decimal(modes.pop("buy_back_share"))
    return credit.change(
        UUID(said["programme"]), Modes(**modes, buy_back_share=share), actor=actor, at=at
    )


def capped(said: Mapping[str, Any], actor: Actor, at: datetime) -> Programme:
    """All who must have agreed: the cap on releases holds."""
    return credit.cap_releases(UUID(said["programme"]), said["cap"], actor=actor, at=at)


def margins_set(said: Mapping[str, Any], actor: Actor, at: datetime) -> MarginRules:
    """All who must have agreed: the other margins hold for new loans."""
    fields: Any = {one.name: one for one in MarginRules._meta.get_fields()}
    wanted = {
        name: fields[name].to_python(value) for name, value in said.items() if name != "programme"
    }
    return credit.set_margins(UUID(said["programme"]), wanted, actor=actor, at=at)


def answer(draft: UUID, *, agrees: bool, said: str, actor: Actor, at: datetime) -> ProgrammeDraft:
    """The seller agrees, and the programme is in force; or it does not, and says why."""
    actor.require("sell")
    found = drafting.visible_to(actor).filter(pk=draft, seller__in=actor.orgs).first()
    if found is None:
        raise NotFound()
    with widened([found.seller, found.lender]):
        one = (
            ProgrammeDraft.objects.select_for_update(of=("self",))
            .select_related("programme")
            .get(pk=found.pk)
        )
        return drafting.answered(one, agrees=agrees, said=said, actor=actor, at=at)


def _of_programme[T](
    what: str,
    programme: UUID,
    said: Mapping[str, Any],
    hand: Callable[[Mapping[str, Any], Actor, datetime], T],
    *,
    actor: Actor,
    at: datetime,
) -> T | Approval:
    actor.require("override")
    found = queries.programmes_visible_to(actor).filter(pk=programme, lender__in=actor.orgs)
    one = found.first()
    if one is None:
        raise NotFound()
    kept = {**said, "programme": str(programme)}
    return at_once_or_asked(
        PROGRAMME,
        what,
        kept,
        lambda: hand(kept, actor, at),
        subject=one.pk,
        name=one.display,
        org=one.lender,
        amount=one.single_name_cap,
        reason=_("The programme is to be another."),
        actor=actor,
        at=at,
    )


def _subject(one: ProgrammeDraft) -> UUID:
    """What a question about a draft is about: its programme, once there is one."""
    return one.programme_id or one.pk
