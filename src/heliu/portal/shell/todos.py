"""To-dos: one's own, the house's, what is done; made here or of a message by one click."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from heliu.kernel.clock import day_of
from heliu.kernel.conversations.operations import colleagues
from heliu.kernel.errors import Invalid
from heliu.kernel.todos import operations, queries
from heliu.portal.shell.pages import actor_of, attempt, back, deed, desk_page, now, say, show
from heliu.portal.shell.sheets import chosen
from heliu.portal.ui import parts
from heliu.trade import todos

ROWS = 50


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What the reader is to do, what is due first on top; a post gives somebody something."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        operations.add(
            actor=actor,
            text=request.POST.get("text", ""),
            owner=chosen(request, "owner"),
            due_on=_day(request),
            at=at,
        )
        say(request, _("It is written down."))
        return reverse("todos")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    tab = request.GET.get("tab", "")
    mine, house = queries.mine(actor), queries.open_ones(actor)
    over = queries.visible_to(actor).exclude(done_at=None).order_by("-done_at", "-id")
    shown = {"house": house, "done": over}.get(tab, mine)
    page = parts.Leaves(shown.prefetch_related("changes"), ROWS).get_page(request.GET.get("page"))
    today = day_of(at)
    context = {
        "rows": [
            (one, one.is_late(today), one.due_on == today, list(one.changes.all())) for one in page
        ],
        "chips": [
            parts.Chip(_("Mine"), "?", parts.counted(mine), on=tab not in ("house", "done")),
            parts.Chip(_("Of the house"), "?tab=house", parts.counted(house), on=tab == "house"),
            parts.Chip(_("Done"), "?tab=done", on=tab == "done"),
        ],
        "people": sorted(colleagues(actor).items(), key=lambda one: one[1]),
        "me": actor.user_id,
        "today": today,
        "pager": parts.pager(page, f"tab={tab}" if tab else ""),
        "refusal": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/todos.html", context, here="inbox", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def change(request: HttpRequest, todo: UUID) -> HttpResponse:
    """Other words, another person, another day; what it said before stands beneath."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, todo)

    def do() -> str:
        operations.change(
            todo,
            actor=actor,
            text=request.POST.get("text", ""),
            owner=chosen(request, "owner"),
            due_on=_day(request),
            at=at,
        )
        say(request, _("It is changed."))
        return reverse("todos")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    as_it_is = {
        "text": found.text,
        "owner": str(found.owner),
        "due_on": found.due_on.isoformat() if found.due_on else "",
    }
    context = {
        "todo": found,
        "changes": list(found.changes.order_by("-id")),
        "people": sorted(colleagues(actor).items(), key=lambda one: one[1]),
        "today": day_of(at),
        "refusal": refusal,
        "typed": request.POST if refusal else as_it_is,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/todo.html", context, here="inbox", status=status)


@require_POST
@desk_page
def from_message(request: HttpRequest, message: UUID) -> HttpResponse:
    """A to-do of the reader's own, of what a message asks for."""

    def do() -> str:
        todos.of_message(message, actor=actor_of(request), at=now(request))
        say(request, _("It stands among your to-dos."))
        return back(request, reverse("todos")).partition("#")[0] + "#conversation"

    return deed(request, do)


@require_POST
@desk_page
def act(request: HttpRequest, todo: UUID) -> HttpResponse:
    """It is done, or not after all."""

    def do() -> str:
        if request.POST.get("act") == "undo":
            operations.undo(todo, actor=actor_of(request))
        else:
            operations.done(todo, actor=actor_of(request), at=now(request))
        return back(request, reverse("todos"))

    return deed(request, do)


def _day(request: HttpRequest) -> date | None:
    typed = request.POST.get("due_on", "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid("day-unreadable", "This is not a day.", field="due_on") from None
