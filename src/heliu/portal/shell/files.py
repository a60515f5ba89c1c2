"""A file by its address, for those who may read it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from heliu.kernel.files import queries as files
from heliu.kernel.files.serving import answer
from heliu.portal.shell.pages import actor_of, desk_page, now
from heliu.trade import looks


@require_safe
@desk_page
def file(request: HttpRequest, file: UUID) -> HttpResponse:
    """The bytes of a file; to others there is none."""
    actor = actor_of(request)
    found = files.get(actor, file)
    looks.at_file(actor, found, at=now(request))
    return answer(request, found)
