"""Sheets of a catalogue: brought, watched while they are read, what was left out, taken away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.catalogue import columns, operations, own
from heliu.kernel.errors import Invalid, NotFound
from heliu.portal.shell import reading
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show

HERE = "seller_goods"
FILES = 20


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Sheets to bring, to take away, and those that were brought."""
    actor = actor_of(request)
    context = {
        "kinds": own.sheet_kinds(),
        "files": own.imports(actor)[:FILES],
        "may_set": actor.may("sell"),
    }
    return show(request, "seller/sheets.html", context, here=HERE)


@require_POST
@desk_page
def bring(request: HttpRequest) -> HttpResponse:
    """A sheet comes in; the worker reads it."""
    actor = actor_of(request)
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid("file-empty", "This file is empty.", field="file")
    kind = _kind(request.POST.get("kind", ""))

    def do() -> str:
        made = operations.bring(
            sent.read(),
            actor=actor,
            seller=actor.own_org,
            kind=kind,
            name=sent.name or "",
            is_trial="is_trial" in request.POST,
            at=now(request),
        )
        say(request, _("The file is here and is being read."))
        return reverse("seller_sheet", args=[made.pk])

    return deed(request, do)


@require_GET
@desk_page
def progress(request: HttpRequest, file: UUID) -> HttpResponse:
    """How far a sheet is; while it is read the page looks again by itself."""
    found = own.imported(actor_of(request), file)
    context = {
        **reading.about(found),
        "bad_href": reverse("seller_sheet_bad", args=[found.pk]),
        "may_set": actor_of(request).may("sell"),
    }
    return reading.looking_again(show(request, "seller/sheet.html", context, here=HERE), found)


@require_POST
@desk_page
def cancel(request: HttpRequest, file: UUID) -> HttpResponse:
    """No more of this sheet is read."""
    actor = actor_of(request)
    found = own.imported(actor, file)

    def do() -> str:
        operations.cancel(found, actor=actor)
        say(request, _("Reading is stopped."))
        return reverse("seller_sheet", args=[found.pk])

    return deed(request, do)


@require_GET
@desk_page
def left_out(request: HttpRequest, file: UUID) -> HttpResponse:
    """The rows that were left out, as they were, each with its line and reason in front."""
    found = own.imported(actor_of(request), file)
    return reading.left_out(found, request.GET.get("as", "csv"))


@require_GET
@desk_page
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """What the seller keeps as a sheet that can be brought in again."""
    actor, kind = actor_of(request), _kind(kind.upper())
    actor.require("sell")
    head, *rows = columns.rows_of(kind, actor=actor, seller=actor.own_org)
    return reading.as_sheet(head, rows, kind.lower(), request.GET.get("as", "xlsx"))


def _kind(text: str) -> str:
    if text not in dict(own.sheet_kinds()):
        raise NotFound()
    return text
