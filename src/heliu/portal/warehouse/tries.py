"""What was scanned at the gate and in the aisles: passes and refusals, codes and goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.ui.formats import count_text

REASONS = {
    "go": N_("Taken"),
    "pledged": N_("Pledged, refused"),
    "quarantined": N_("In quarantine, refused"),
    "too-many": N_("Not so many here"),
    "promised": N_("Promised to others"),
}
"""How an attempt to take goods ended, in two words."""


@dataclass(frozen=True, slots=True)
class Try:
    """One scan: what was scanned and what that is (`about`: goods by name, a code's owner), by
    whom, how it ended; on a refusal nothing may leave."""

    at: datetime
    title: str
    about: str
    person: str
    outcome: str
    is_refusal: bool


def tries(actor: Actor, *, most: int) -> list[Try]:
    """The newest scans at the actor's houses, codes and goods together."""
    codes = pledges.code_attempts_visible_to(actor).select_related("release")[:most]
    picks = warehousing.attempts_visible_to(actor).filter(warehouse__in=actor.orgs)[:most]
    takers = names(one.release.taker for one in codes if one.release)
    both = [*(_code(one, takers) for one in codes), *map(_pick, picks)]
    return sorted(both, key=lambda one: one.at, reverse=True)[:most]


def _code(attempt: Any, takers: Mapping[UUID, Any]) -> Try:
    release = attempt.release
    owner = takers.get(release.taker) if release else None
    return Try(
        attempt.at,
        release.number if release else _("Unknown pick-up code"),
        (release.taker_name or (owner.short if owner else "")) if release else "",
        attempt.actor_name,
        _("Handed over") if attempt.outcome == "GO" else attempt.get_outcome_display(),
        attempt.outcome != "GO",
    )


def _pick(attempt: Any) -> Try:
    return Try(
        attempt.at,
        f"{attempt.sku.code} × {count_text(attempt.quantity)}",
        attempt.sku.display,
        attempt.actor_name,
        _(REASONS.get(attempt.reason, REASONS["go"])),
        attempt.outcome != "GO",
    )
