"""A deal as a confluence and as a list of what happened and what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heliu.kernel.clock import day_of
from heliu.portal.deal.tellings import SAID_BY, TELLINGS, Telling, drawn_flows
from heliu.portal.ui import parts
from heliu.portal.ui.confluence import Bracket, Confluence, Cover, CoverStep, Event, fold
from heliu.portal.ui.formats import (
    ORGANISATION_ZONE,
    day_text,
    duration_text,
    moment_text,
    money_text,
)


class FactRow(Protocol):
    """A fact as it was written down."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def flows(self) -> list[str]: ...
    @property
    def payload(self) -> Any: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Expected:
    """A step that is still to come, with the day it is expected and an amount, where known."""

    key: str
    title: str
    head: str
    flows: tuple[str, ...]
    on: date | None = None
    figure: str = ""


CLOSE = ("commerce", "capital", "logistics", "information")


def told(facts: Sequence[FactRow]) -> list[tuple[FactRow, Telling]]:
    """The facts that pages tell, in the order they happened, each event once."""
    names = {fact.name for fact in facts}
    return [
        (fact, TELLINGS[fact.name])
        for fact in facts
        if fact.name in TELLINGS and names.isdisjoint(SAID_BY.get(fact.name, ()))
    ]


def fact_list(facts: Sequence[FactRow], to_come: Sequence[Expected]) -> list[parts.Fact]:
    """The rows of "what happened", the expected ones last."""
    done = [
        parts.Fact(
            key=str(fact.id),
            title=_(telling.title),
            flows=drawn_flows(fact.flows),
            detail=telling.said(fact.payload),
            proof=" · ".join(filter(None, (fact.actor_name, _paper(fact)))),
            at=fact.at,
            kind="failed" if telling.is_failure else "done",
        )
        for fact, telling in told(facts)
    ]
    return done + [
        parts.Fact(
            key=step.key,
            title=step.title,
            flows=step.flows,
            detail=step.figure,
            at_text=day_text(step.on, None, get_language() or "en") if step.on else "",
            kind="future",
        )
        for step in to_come
    ]


def confluence(
    facts: Sequence[FactRow], to_come: Sequence[Expected], *, label: str, at: datetime
) -> Confluence | None:
    """The wide drawing, or None before anything that is drawn has happened."""
    drawn = [(fact, telling) for fact, telling in told(facts) if telling.head]
    if not drawn:
        return None
    today = day_of(at)
    past = [
        _event(fact, telling, before, today)
        for (fact, telling), before in zip(drawn, [None, *(f for f, _t in drawn)], strict=False)
    ]
    future = [
        Event(
            step.key,
            tuple(step.head.split("|")),
            step.flows,
            figures=tuple(filter(None, (_day(step.on, today), step.figure))),
            kind="future",
            href=f"#fact-{step.key}",
        )
        for step in to_come
    ]
    events, today_index = fold([*past, *future], len(past), _("{n} steps"))
    places = {event.key: place for place, event in enumerate(events)}
    return Confluence(
        events=events,
        today_index=today_index,
        lane_names=(_("Commerce"), _("Capital"), _("Logistics"), _("Information")),
        label=label,
        today_word=_("today"),
        cover=_cover(facts, places),
        brackets=_brackets(facts, to_come, places, today),
    )


def _event(fact: FactRow, telling: Telling, before: FactRow | None, today: date) -> Event:
    key = str(fact.id)
    return Event(
        key,
        tuple(_(telling.head).split("|")),
        drawn_flows(fact.flows),
        fact.at,
        tuple(filter(None, (_time(fact.at, before, today), telling.figure(fact.payload)))),
        "failed" if telling.is_failure else "done",
        f"#fact-{key}",
    )


def _time(at: datetime, before: FactRow | None, today: date) -> str:
    """The time alone when the day is the same as the event's before; else day and time."""
    same_day = before is not None and _local(before.at) == _local(at)
    style = "time" if same_day else "minute"
    return moment_text(at, today, get_language() or "en", style)


def _local(at: datetime) -> date:
    return at.astimezone(ORGANISATION_ZONE).date()


def _day(on: date | None, today: date) -> str:
    return day_text(on, today, get_language() or "en") if on else ""


def _paper(fact: FactRow) -> str:
    return str(fact.payload.get("number", ""))


def _cover(facts: Sequence[FactRow], places: dict[str, int]) -> Cover | None:
    """Debt from pay-out and repayments, pledged value from pledge and releases."""
    debt: list[CoverStep] = []
    pledged: list[CoverStep] = []
    bound = 0
    for fact in facts:
        place = places.get(str(fact.id))
        if place is None:
            continue
        payload = fact.payload
        if fact.name == "capital.loan-disbursed":
            debt.append(_step(place, payload["principal"], _("owed %(amount)s")))
        elif fact.name == "capital.bill-accepted":
            debt.append(_step(place, payload["exposure"], _("owed %(amount)s")))
        elif fact.name in ("capital.repaid", "capital.goods-sold", "capital.margin-set-off"):
            debt.append(_step(place, payload["principal_left"], _("owed %(amount)s")))
        elif fact.name == "logistics.goods-pledged":
            bound += payload["value"]
            pledged.append(_step(place, bound, _("pledged %(amount)s")))
        elif fact.name == "logistics.goods-released":
            bound -= payload["value"]
            pledged.append(_step(place, bound, _("pledged %(amount)s")))
    if not debt:
        return None
    return Cover(tuple(debt), tuple(pledged), (_("Debt and"), _("pledge")))


def _step(place: int, minor: int, words: str) -> CoverStep:
    return CoverStep(place, minor, words % {"amount": money_text(minor).removesuffix(".00")})


def _brackets(
    facts: Sequence[FactRow], to_come: Sequence[Expected], places: dict[str, int], today: date
) -> tuple[Bracket, ...]:
    """The durations people ask about: order to seller paid, to pledge, pledged, what is left."""
    first: dict[str, FactRow] = {}
    for fact in facts:
        first.setdefault(fact.name, fact)
    spans = (
        ("commerce.order-placed", "capital.seller-paid", _("%(span)s from order to seller paid")),
        ("capital.seller-paid", "logistics.goods-pledged", "%(span)s"),
        ("logistics.goods-pledged", "logistics.goods-released", _("%(span)s pledged")),
    )
    brackets = []
    for start, end, words in spans:
        if start in first and end in first:
            one, other = first[start], first[end]
            ends = (places.get(str(one.id)), places.get(str(other.id)))
            if ends[0] is not None and ends[1] is not None and ends[0] < ends[1]:
                text = words % {"span": duration_text(other.at - one.at)}
                brackets.append(Bracket(ends[0], ends[1], text))
    due = next((step for step in to_come if step.on and step.on >= today), None)
    if due is not None and due.on is not None and due.key in places:
        left = duration_text(due.on - today)
        brackets.append(Bracket(None, places[due.key], _("%(span)s left") % {"span": left}))
    return tuple(brackets)
