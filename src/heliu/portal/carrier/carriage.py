"""One carriage: where to, what, the next taps, what is wrong, and the hand-over with its proof."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.files import queries as files
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.queries import CarriageStatus, ExceptionKind
from heliu.portal.carrier.carriages import named_in_language, stop
from heliu.portal.shell.conversations import talk_of
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import formats
from heliu.portal.ui.parts import Step
from heliu.trade import carrying
from heliu.trade.carrying import Shot

WAY = ("TO_PICK_UP", "PICKED_UP", "DEPARTED", "AT_HUB", "OUT", "DELIVERED")


@require_GET
@desk_page
def show_one(request: HttpRequest, number: str) -> HttpResponse:
    """The carriage with what can be tapped now."""
    return _page(request, _mine(request, number))


@require_POST
@desk_page
def seen(request: HttpRequest, number: str) -> HttpResponse:
    """One tap: the goods are a milestone further."""
    carriage, kind = _mine(request, number), request.POST.get("kind", "")

    def do() -> str:
        carrying.seen(
            carriage,
            kind=kind,
            place=request.POST.get("place", "").strip()[:120],
            actor=actor_of(request),
            at=now(request),
        )
        say(request, f"{number}{formats.colon()}{CarriageStatus(kind).label}")
        return reverse("carrier_carriage", args=[number])

    return deed(request, do)


@require_POST
@desk_page
def went_wrong(request: HttpRequest, number: str) -> HttpResponse:
    """Something is wrong: its kind, a note, photos; the parties of the goods are told."""
    carriage = _mine(request, number)

    def do() -> str:
        carrying.went_wrong(
            carriage,
            kind=request.POST.get("kind", ""),
            note=request.POST.get("note", "").strip()[:300],
            shots=_shots(request, "photos"),
            actor=actor_of(request),
            at=now(request),
        )
        say(request, _("Seller, dealer and warehouse are told."))
        return reverse("carrier_carriage", args=[number])

    return _done_or_said(request, carriage, do, "wrong")


@require_POST
@desk_page
def settle(request: HttpRequest, number: str, exception: UUID) -> HttpResponse:
    """What was wrong is settled."""
    carriage = _mine(request, number)

    def do() -> str:
        carrying.settle(carriage, exception, actor=actor_of(request), at=now(request))
        say(request, _("Settled; the goods go on."))
        return reverse("carrier_carriage", args=[number])

    return deed(request, do)


@require_POST
@desk_page
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """The goods were handed over: who took them, and a signature or a photo."""
    carriage = _mine(request, number)

    def do() -> str:
        shots = [*_shots(request, "signature"), *_shots(request, "photo")]
        if not shots:
            raise Invalid(
                "proof-missing",
                "A signature or a photo is needed.",
                field="proof",
                help="Let the receiver sign, or take a photo of the stamped paper.",
            )
        carrying.handed_over(
            carriage,
            receiver=request.POST.get("receiver", "").strip()[:80],
            proof=shots[0],
            actor=actor_of(request),
            at=now(request),
        )
        say(request, _("%(number)s is handed over.") % {"number": number})
        return reverse("carrier_carriage", args=[number])

    return _done_or_said(request, carriage, do, "proof")


def _done_or_said(request: HttpRequest, carriage: Any, do: Any, where: str) -> HttpResponse:
    """The deed, or the page again with what is refused beside its form."""
    answer, refusal = attempt(request, lambda: deed(request, do))
    return answer or _page(request, carriage, refusal, where)


def _page(
    request: HttpRequest, carriage: Any, refusal: Refused | None = None, where: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    waybill = carriage.waybill
    exceptions = list(carriage.exceptions.all())
    shots = files.of_subjects(actor, [carriage.pk, *(one.pk for one in exceptions)])
    may_carry = actor.may("carry")
    taps = transport.next_of(carriage) if may_carry else []
    said = list(transport.said_of(carriage))
    context = {
        "carriage": carriage,
        "origin": stop(waybill["from"]),
        "destination": stop(waybill["to"]),
        "goods": [
            {
                "code": one["code"],
                "name": named_in_language(one, "name"),
                "quantity": one["quantity"],
            }
            for one in waybill["goods"]
        ],
        "steps": _steps(carriage, said),
        "said": said,
        "taps": [{"kind": one.value, "label": one.label} for one in taps],
        "may_hand_over": may_carry and carriage.status not in ("TO_PICK_UP", "DELIVERED"),
        "may_say": may_carry and not carriage.is_counted,
        "kinds": [{"kind": one.value, "label": one.label} for one in ExceptionKind],
        "exceptions": [
            {"one": one, "photos": [shot for shot in shots if shot.subject == one.pk]}
            for one in exceptions
        ],
        "photos": [shot for shot in shots if shot.subject == carriage.pk],
        "talk": talk_of(actor, "shipment", carriage.number, now(request)),
        "refusal": refusal,
        "where": where,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return show(request, "carrier/carriage.html", context, here="carrier_home", status=status)


def _steps(carriage: Any, said: Any) -> list[Step]:
    """The way in six words: what was said of it, what is now, what was not said or is to come."""
    done = {"TO_PICK_UP", *(one.kind for one in said)}
    return [
        Step(str(CarriageStatus(kind).label), _state(kind, carriage.status, done)) for kind in WAY
    ]


def _state(kind: str, now: str, done: set[str]) -> str:
    if kind == now and now != "DELIVERED":
        return "now"
    return "done" if kind in done or kind == now else "later"


def _mine(request: HttpRequest, number: str) -> Any:
    """A carriage of the desk's own; others see theirs in their deals."""
    actor = actor_of(request)
    found = transport.carriage(actor, number)
    if found.carrier not in actor.orgs:
        raise Http404
    return found


def _shots(request: HttpRequest, field: str) -> list[Shot]:
    """The pictures of a field; an empty one is none."""
    return [Shot(one.name or "", one.read()) for one in request.FILES.getlist(field) if one.size]
