"""Saying that something happened, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.events.models import Fact as FactRow

# A union of types would be made anew for each value.
_AS_TEXT, _AS_DAY = (UUID, Decimal), (date, datetime)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of every fact. Subclasses name themselves (`capital.loan-disbursed`) and their flows."""

    name: ClassVar[str]
    flows: ClassVar[tuple[str, ...]]

    subject: UUID


def record(
    fact: Fact,
    *,
    actor: Actor,
    at: datetime,
    audience: Iterable[UUID],
    deal: UUID | None = None,
) -> FactRow:
    """Write a fact down for the organisations it concerns; readers never write back into it."""
    return FactRow.objects.create(
        name=fact.name,
        flows=list(fact.flows),
        subject=fact.subject,
        deal=deal,
        payload=payload_of(fact),
        audience=sorted(set(audience)),
        actor=actor.user_id,
        actor_name=actor.name,
        at=at,
    )


def payload_of(fact: Fact) -> dict[str, Any]:
    """What a fact says beside its subject, as JSON knows it."""
    kind: Any = type(fact)
    return {name: _plain(getattr(fact, name)) for name in _said_by(kind)}


def kinds() -> dict[str, type[Fact]]:
    """Every kind of fact that the rooms have, by its name."""
    found, waiting = {}, [Fact]
    while waiting:
        waiting += (kind := waiting.pop()).__subclasses__()
        if "name" in vars(kind):
            found[kind.name] = kind
    return dict(sorted(found.items()))


@cache
def _said_by(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name != "subject")


def _plain(value: Any) -> Any:
    if isinstance(value, _AS_TEXT):
        return str(value)
    if isinstance(value, _AS_DAY):
        return value.isoformat()
    return value
