"""What the organisation was told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.kernel.events import notices, queries
from heliu.kernel.todos import queries as todos
from heliu.portal.shell.pages import actor_of, desk_page, now, see_other, show
from heliu.portal.ui import parts

ROWS = 50


@require_GET
@desk_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The notices, newest first; ``?new=1`` leaves those nobody has read."""
    only_new = request.GET.get("new") == "1"
    found = queries.inbox(actor_of(request))
    unread = queries.unread_count(actor_of(request))
    page = parts.Leaves(found.filter(read_at=None) if only_new else found, ROWS).get_page(
        request.GET.get("page")
    )
    context = {
        "rows": [(notice, _words(notice)) for notice in page],
        "unread": unread,
        "todos": todos.mine(actor_of(request)).count(),
        "chips": [
            parts.Chip(_("All"), "?", on=not only_new),
            parts.Chip(_("New"), "?new=1", unread, on=only_new),
        ],
        "pager": parts.pager(page, "new=1" if only_new else ""),
    }
    return show(request, "shell/inbox.html", context, here="inbox")


def _words(notice: Any) -> str:
    """What a notice says; a pick-up code in it stays on one line."""
    words, code = str(notices.words(notice)), str(notice.params.get("code", ""))
    return words.replace(code, code.replace(" ", "\N{NO-BREAK SPACE}")) if code else words


@require_POST
@desk_page
def read(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Open a notice: it counts as read and leads to what it speaks of."""
    found = notices.mark_read(notice, actor=actor_of(request), at=now(request))
    return see_other(found.link or "/inbox")


@require_POST
@desk_page
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything has been seen."""
    for notice in queries.inbox(actor_of(request)).filter(read_at=None):
        notices.mark_read(notice.pk, actor=actor_of(request), at=now(request))
    return see_other("/inbox")
