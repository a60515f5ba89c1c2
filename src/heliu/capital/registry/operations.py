"""Filing with the registry and believing its answers: every write of the registry's room."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from heliu.capital.registry import events, policies, queries
from heliu.capital.registry.models import (
    OPEN,
    Filing,
    FilingKind,
    FilingStatus,
    Registration,
)
from heliu.capital.registry.port import (
    Answer,
    Handed,
    Outcome,
    RegistryTimeout,
    current_registry,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused
from heliu.kernel.events.facts import Fact, record

Handler = Callable[[Filing], None]
SYSTEM = Actor.system()

log = logging.getLogger(__name__)

# After so long the registry is asked again for what it has taken and not answered.
SILENCE = timedelta(minutes=1)


def search(
    *,
    debtor: UUID,
    lender: UUID,
    actor: Actor,
    at: datetime,
    deal: UUID | None = None,
    key: str = "",
    goods: Sequence[str] = (),
    lot: str = "",
) -> Filing:
    """Write a search for what is entered against a debtor; the same deal and key give the first."""
    return _write(
        FilingKind.SEARCH,
        deal=deal,
        key=key,
        debtor=debtor,
        lender=lender,
        actor=actor,
        at=at,
        goods=list(goods),
        lot=lot,
    )


def register(
    *,
    deal: UUID,
    debtor: UUID,
    lender: UUID,
    goods: Sequence[str],
    lot: str,
    content: str,
    amount: int,
    until: date,
    actor: Actor,
    at: datetime,
) -> Filing:
    """Write that the lender's claim on goods shall be entered; once for a deal."""
    return _write(
        FilingKind.REGISTER,
        deal=deal,
        key="",
        debtor=debtor,
        lender=lender,
        actor=actor,
        at=at,
        goods=list(goods),
        lot=lot,
        content=content[:300],
        amount=amount,
        until=until,
    )


def renew(registration: Registration, months: int, *, actor: Actor, at: datetime) -> Filing:
    """Write that a registration shall run so many months longer; once for each end it has."""
    until = policies.months_after(registration.expires_on, months)
    return _change(registration, FilingKind.AMEND, until.isoformat(), actor, at, until=until)


def name_goods(
    deal: UUID, goods: Sequence[str], *, content: str, key: str, actor: Actor, at: datetime
) -> Filing | None:
    """Write that a deal's registration shall name these kinds of goods from now on, in place of
    those it names; once for a key. None when nothing is registered."""
    live = Registration.objects.filter(deal=deal, discharged_at=None).first()
    if live is None:
        return None
    return _change(
        live, FilingKind.AMEND, key, actor, at, until=live.expires_on, goods=goods, content=content
    )


def discharge(deal: UUID, *, actor: Actor, at: datetime) -> Filing | None:
    """Write that a deal's registration shall be struck off; None when nothing is registered."""
    live = Registration.objects.filter(deal=deal, discharged_at=None).first()
    return None if live is None else _change(live, FilingKind.DISCHARGE, "", actor, at)


def file_again(refused: Filing, *, actor: Actor, at: datetime, until: date | None = None) -> Filing:
    """Write a refused filing once more, under an id of its own; a second call gives the same. A
    registration that is named `until` runs to that day: the first had its days from then on."""
    if refused.status != FilingStatus.REFUSED:
        raise Refused(
            "not-refused",
            "The registry has not refused this.",
            help="What is on its way is asked for by itself.",
        )
    return _write(
        FilingKind(refused.kind),
        deal=refused.deal,
        key=f"{refused.key}+{refused.pk.hex[-12:]}"[-80:],
        debtor=refused.debtor,
        lender=refused.lender,
        actor=actor,
        at=at,
        goods=refused.goods,
        lot=refused.lot,
        content=refused.content,
        amount=refused.amount,
        until=until or refused.until,
        registration=refused.registration,
        instead_of=refused,
    )


def accept(search: Filing, *, reason: str, actor: Actor, at: datetime) -> None:
    """The lender goes on in spite of what a search of a deal found; only it reads the reason."""
    actor.require("override")
    claims = queries.conflicts(search)
    if search.deal is not None and claims:
        fact = events.ClaimAccepted(subject=search.deal, claim=claims[0].number, reason=reason)
        record(fact, actor=actor, at=at, audience=[search.lender], deal=search.deal)


def hand_over_written(at: datetime, handler: Handler) -> int:
    """Hand over every filing that was written and not yet sent; returns how many moved on.

    `handler` is called once for each filing that is answered, in the transaction that makes it so.
    """
    return _hand_over_all(Q(status=FilingStatus.WRITTEN), at, handler)


def ask_again(at: datetime, handler: Handler, *, silence: timedelta = SILENCE) -> int:
    """Hand over again, under the same id, what the registry did not answer."""
    due = Q(status=FilingStatus.UNKNOWN) | Q(status=FilingStatus.SENT, sent_at__lte=at - silence)
    return _hand_over_all(due, at, handler)


def _hand_over_all(due: Q, at: datetime, handler: Handler) -> int:
    # Those without trouble first, so that stuck ones hold nobody up.
    waiting = Filing.objects.filter(due).order_by("trouble", "written_at")
    first = list(waiting.values_list("pk", flat=True)[:500])
    return sum(_hand_over_kept(pk, at, handler) for pk in first)


def _hand_over_kept(pk: UUID, at: datetime, handler: Handler) -> bool:
    try:
        with transaction.atomic():
            return _hand_over(pk, at, handler)
    except Exception as error:
        # Whatever one filing meets must not stop the others.
        log.exception("filing %s could not be gone on with", pk)
        Filing.objects.filter(pk=pk).update(trouble=str(error)[:200])
        return False


def _hand_over(pk: UUID, at: datetime, handler: Handler) -> bool:
    filing = (
        Filing.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("registration")
        .filter(pk=pk, status__in=OPEN)
        .first()
    )
    if filing is None:
        return False
    try:
        answer = current_registry().submit(_handed(filing), at)
    except RegistryTimeout:
        _wait(filing, FilingStatus.UNKNOWN, at)
        return True
    if answer.outcome == Outcome.PENDING:
        _wait(filing, FilingStatus.SENT, at)
        return True
    _answer(filing, answer, at)
    handler(filing)
    return True


def _wait(filing: Filing, status: FilingStatus, at: datetime) -> None:
    filing.status = status
    Filing.objects.filter(pk=filing.pk).update(status=status, sent_at=at, tries=F("tries") + 1)


def _answer(filing: Filing, answer: Answer, at: datetime) -> None:
    """Keep what the registry said, and what it changes about the registration."""
    is_done = answer.outcome == Outcome.DONE
    filing.status = FilingStatus.ANSWERED if is_done else FilingStatus.REFUSED
    filing.number, filing.reason = answer.number, answer.reason
    filing.found = policies.kept(answer.found)
    filing.sent_at = filing.answered_at = at
    filing.tries += 1
    filing.trouble = ""
    against = queries.conflicts(filing)
    filing.against = len(against)
    if is_done:
        filing.registration = _registration(filing, at)
    filing.save()
    if filing.deal is not None:
        record(
            _fact(filing, against[0].number if against else ""),
            actor=SYSTEM,
            at=at,
            audience=[filing.debtor, filing.lender],
            deal=filing.deal,
        )


def _fact(filing: Filing, claim: str) -> Fact:
    """What an answered filing tells."""
    deal, number, until = filing.deal, filing.number, filing.until
    assert deal is not None
    if filing.status == FilingStatus.REFUSED:
        return events.FilingRefused(subject=deal, kind=filing.kind, reason=filing.reason)
    if filing.kind == FilingKind.SEARCH:
        told = events.ClaimFound if claim else events.RegisterSearched
        return told(subject=deal, found=len(filing.found), against=filing.against, claim=claim)
    if until is None:
        return events.RegistrationDischarged(subject=deal, number=number)
    if filing.kind == FilingKind.AMEND and filing.goods:
        return events.RegistrationAmended(subject=deal, number=number, goods=filing.goods)
    if filing.kind == FilingKind.AMEND:
        return events.RegistrationRenewed(subject=deal, number=number, until=until)
    return events.PledgeRegistered(subject=deal, number=number, until=until)


def _registration(filing: Filing, at: datetime) -> Registration | None:
    """The registration as an answered filing leaves it."""
    if filing.kind == FilingKind.REGISTER and filing.deal and filing.until:
        return Registration.objects.create(
            number=filing.number,
            deal=filing.deal,
            debtor=filing.debtor,
            lender=filing.lender,
            content=filing.content,
            amount=filing.amount,
            registered_at=at,
            expires_on=filing.until,
        )
    registration = filing.registration
    if registration is not None and filing.kind == FilingKind.AMEND and filing.until:
        if filing.goods:
            registration.content = filing.content
        else:
            registration.expires_on = filing.until
        registration.save(update_fields=["content", "expires_on"])
    if registration is not None and filing.kind == FilingKind.DISCHARGE:
        registration.discharged_at = at
        registration.save(update_fields=["discharged_at"])
    return registration


def _handed(filing: Filing) -> Handed:
    return Handed(
        id=filing.pk,
        kind=filing.kind,
        debtor=filing.debtor,
        secured=str(filing.lender),
        deal=filing.deal,
        goods=tuple(filing.goods),
        lot=filing.lot,
        content=filing.content,
        amount=filing.amount,
        number=filing.registration.number if filing.registration else "",
        until=filing.until,
    )


def _change(
    registration: Registration,
    kind: FilingKind,
    key: str,
    actor: Actor,
    at: datetime,
    until: date | None = None,
    goods: Sequence[str] = (),
    content: str = "",
) -> Filing:
    return _write(
        kind,
        deal=registration.deal,
        key=key,
        debtor=registration.debtor,
        lender=registration.lender,
        actor=actor,
        at=at,
        goods=list(goods),
        content=content[:300] or registration.content,
        amount=registration.amount,
        until=until,
        registration=registration,
    )


def _write(
    kind: FilingKind, *, deal: UUID | None, key: str, actor: Actor, at: datetime, **what: object
) -> Filing:
    """Write a filing, once for a deal, kind and key; `hand_over_written` takes it on its way."""
    written = {"written_by_name": actor.name, "written_at": at, **what}
    if deal is None:
        return Filing.objects.create(kind=kind, deal=None, key=key, **written)
    known = Filing.objects.filter(deal=deal, kind=kind, key=key).first()
    return known or Filing.objects.create(kind=kind, deal=deal, key=key, **written)
