"""The organisation's own page: people, what they may do, partners, consents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.capital.books import queries as books
from heliu.capital.vat import queries as vat
from heliu.kernel.access.queries import people_of
from heliu.kernel.addresses import queries as addresses
from heliu.kernel.consent import operations as consent
from heliu.kernel.consent.queries import visible_to as consents_visible_to
from heliu.kernel.joining.policies import right_over_domain
from heliu.kernel.language import is_chinese
from heliu.kernel.parties import queries as parties
from heliu.kernel.webhooks import queries as webhooks
from heliu.portal.shell.pages import actor_of, desk_page, now, say, see_other, show
from heliu.portal.shell.titles import title_words
from heliu.portal.ui.parts import Pill, counted

MOST_PARTNERS = 12


@require_GET
@desk_page
def company(request: HttpRequest) -> HttpResponse:
    """Who we are here, who works for us, whom we deal with, what we let others see."""
    actor, at = actor_of(request), now(request)
    house = get_object_or_404(parties.visible_to(actor), pk=actor.own_org)
    disclosures = list(consents_visible_to(actor))
    partners = parties.relationships_visible_to(actor)
    links = list(partners.order_by("-since", "id")[:MOST_PARTNERS])
    known = parties.names(
        org for pair in ((d.of, d.to) for d in disclosures) for org in pair
    ) | parties.names(org for link in links for org in (link.buyer, link.seller))
    context = {
        "house": house,
        "tax": vat.data_of(actor),
        "sent_to": addresses.live(actor.own_org).first(),
        "city": house.city_zh or house.city if is_chinese() else house.city,
        "people": [(member, title_words(str(member.title))) for member in people_of(actor)],
        "may_manage": actor.may("manage"),
        "may_set_sign_in": actor.may(right_over_domain(actor.party_roles)),
        "buys": bool({"DEALER", "BUYER"} & set(actor.party_roles)),
        "closed_to": books.closed_to(actor),
        "webhooks": webhooks.alive(actor) if actor.may("manage") else 0,
        "partners_count": counted(partners),
        "partners": [
            (known.get(link.seller if link.buyer in actor.orgs else link.buyer), link)
            for link in links
        ],
        "consents": [
            {
                "row": row,
                "of": known.get(row.of),
                "to": known.get(row.to),
                "state": _consent_state(row, at),
                "may_withdraw": (
                    row.of in actor.orgs and _in_force(row, at) and actor.may("consent")
                ),
            }
            for row in _latest(disclosures, at)
        ],
    }
    return show(request, "shell/company.html", context, here="company")


@require_POST
@desk_page
def withdraw(request: HttpRequest, disclosure: UUID) -> HttpResponse:
    """Take a consent back; what was decided on it stands.

    Each signature renews the consent, so all that say the same are taken back with it.
    """
    actor, at = actor_of(request), now(request)
    taken = consent.withdraw(disclosure, actor=actor, at=at)
    same = consents_visible_to(actor).filter(of=taken.of, to=taken.to, purpose=taken.purpose)
    for row in same:
        if _in_force(row, at):
            consent.withdraw(row.pk, actor=actor, at=at)
    say(request, _("The consent is withdrawn. Decisions already made stand."))
    return see_other("/company#consents")


def _latest(disclosures: Sequence[Any], at: datetime) -> list[Any]:
    """Of the consents that say the same, the newest in force stands for all; ended ones stay."""
    shown, seen = [], set()
    for row in disclosures:
        says = (row.of, row.to, row.purpose)
        if _in_force(row, at):
            if says in seen:
                continue
            seen.add(says)
        shown.append(row)
    return shown


def _in_force(row: Any, at: datetime) -> bool:
    return row.withdrawn_at is None and bool(row.until > at)


def _consent_state(row: Any, at: datetime) -> Pill:
    if row.withdrawn_at is not None:
        return Pill(_("Withdrawn"), "quiet")
    if row.until <= at:
        return Pill(_("Ended"), "quiet")
    return Pill(_("In force"), "good")
