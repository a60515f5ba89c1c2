"""What is said about a record: the component that stands on every record's page, its own page, and
all conversations of the house with what is unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.kernel.access.actor import Actor
from heliu.kernel.conversations import policies, queries
from heliu.kernel.conversations.operations import Sent, colleagues
from heliu.kernel.files import queries as files
from heliu.kernel.files.kinds import LARGEST
from heliu.kernel.files.operations import too_large
from heliu.kernel.parties.queries import names
from heliu.kernel.todos import queries as todos
from heliu.portal.shell.pages import actor_of, attempt, back, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import conversations
from heliu.trade.conversations import Record

ROWS = 50
LAST = 100  # of a conversation a page shows; the rest is read over REST
KINDS = {
    "order": gettext_lazy("Order"),
    "request": gettext_lazy("Purchase request"),
    "invoice": pgettext_lazy("on terms", "Invoice"),
    "loan": gettext_lazy("Loan"),
    "shipment": gettext_lazy("Shipment"),
    "application": gettext_lazy("Application to join"),
    "case": pgettext_lazy("service", "Case"),
    "return": pgettext_lazy("goods", "Return"),
    "quote": pgettext_lazy("prices", "Quote"),
    "contract": gettext_lazy("Contract"),
    "pledge": gettext_lazy("Pledge"),
    "trade-ask": gettext_lazy("Question to trade"),
    "incoming": gettext_lazy("Incoming payment"),
    "vat-invoice": gettext_lazy("VAT invoice"),
    "release": gettext_lazy("Release order"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a page shows it; `is_new` came since the reader looked last."""

    message: Any
    house: str
    files: list[Any]
    may_take_back: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation about a record, as far as the reader sees it."""

    record: Record
    lines: list[Line]
    files: list[Any]
    readers: list[tuple[str, str, datetime]]
    colleagues: list[str]
    houses: list[str]
    todos: list[Any]


def talk_of(actor: Actor, kind: str, ref: UUID | str, at: datetime) -> Talk:
    """The conversation about a record; what is shown counts as read."""
    return talk_about(actor, conversations.find(actor, kind, ref), at)


def talk_about(actor: Actor, record: Record, at: datetime) -> Talk:
    """The same for a record that the reader's page has found already."""
    found = conversations.of(record)
    said = list(queries.messages(actor, found).order_by("-at", "-id")[:LAST])[::-1] if found else []
    marks = queries.readings(found) if found else []
    mine = next((one for one in marks if _is_own(one, actor)), None)
    known = names([*record.houses, *(one.org for one in said)])
    brought: dict[UUID, list[Any]] = {}
    for one in files.of_subjects(actor, [one.pk for one in said if one.files]):
        brought.setdefault(one.subject, []).append(one)
    lines = [
        Line(
            one,
            known[one.org].short if one.org in known else "",
            brought.get(one.pk, []) if one.taken_back_at is None else [],
            one.author == actor.user_id
            and one.taken_back_at is None
            and policies.may_take_back(one.at, at),
            one.author != actor.user_id and (mine is None or one.at > mine.read_at),
        )
        for one in said
    ]
    if found and any(line.is_new for line in lines):
        conversations.read(record, found, actor=actor, at=at)
    return Talk(
        record,
        lines,
        [file for line in lines for file in line.files],
        [
            (one.person_name, known[one.org].short if one.org in known else "", one.read_at)
            for one in marks
            if not _is_own(one, actor) and said and one.read_at >= said[-1].at
        ],
        [name for person, name in colleagues(actor).items() if person != actor.user_id],
        [known[org].short for org in record.houses if org in known],
        todos.of_record(actor, record.href or record.address) if said else [],
    )


def _is_own(reading: Any, actor: Actor) -> bool:
    return bool(reading.person == actor.user_id and reading.org == actor.org)


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The conversations of the house, the newest first; ``?new=1`` those with something unread."""
    actor, only_new = actor_of(request), request.GET.get("new") == "1"
    found = queries.with_unread(actor)
    page = parts.Leaves(found.filter(Q(unread__gt=0)) if only_new else found, ROWS).get_page(
        request.GET.get("page")
    )
    known = names(org for one in page for org in one.houses)
    context = {
        "rows": [
            (
                one,
                KINDS.get(one.kind, one.kind),
                conversations.address(
                    one.kind, one.subject if one.kind in conversations.BY_ID else one.number
                ),
                [known[org].short for org in one.houses if org in known and org not in actor.orgs],
            )
            for one in page
        ],
        "chips": [
            parts.Chip(_("All"), "?", on=not only_new),
            parts.Chip(_("New"), "?new=1", on=only_new),
        ],
        "pager": parts.pager(page, "new=1" if only_new else ""),
    }
    return show(request, "shell/conversations.html", context, here="inbox")


@require_http_methods(["GET", "POST"])
@desk_page
def conversation(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """The conversation about one record; a post says something, with files."""
    actor, at = actor_of(request), now(request)
    record = conversations.find(actor, kind, id_or_number(ref))
    here = back(request, record.address)

    def do() -> str:
        is_note = request.POST.get("is_note") == "yes"
        conversations.write(
            record,
            actor=actor,
            text=request.POST.get("text", ""),
            is_note=is_note,
            sent=sent_files(request),
            at=at,
        )
        say(request, _("The note is kept.") if is_note else _("The message is sent."))
        return here.partition("#")[0] + "#conversation"

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    context: dict[str, Any] = {
        "talk": talk_about(actor, record, at),
        "kind": KINDS.get(kind, kind),
        "refusal": refusal,
        "typed": request.POST.get("text", ""),
        "next": request.POST.get("next", ""),
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/conversation.html", context, here="inbox", status=status)


@require_POST
@desk_page
def take_back(request: HttpRequest, message: UUID) -> HttpResponse:
    """The writer takes a message back."""

    def do() -> str:
        conversations.take_back(message, actor=actor_of(request), at=now(request))
        say(request, _("It is taken back."))
        return back(request, reverse("conversations")).partition("#")[0] + "#conversation"

    return deed(request, do)


def id_or_number(ref: str) -> UUID | str:
    """What an address names a record by."""
    try:
        return UUID(ref)
    except ValueError:
        return ref


def sent_files(request: HttpRequest) -> list[Sent]:
    """The files that came with a form."""
    return [_sent(one) for one in request.FILES.getlist("file")]


def _sent(file: Any) -> Sent:
    if (file.size or 0) > LARGEST:
        raise too_large()
    return Sent(file.name or "", file.read())
