"""Sheets of a catalogue: brought, watched while they are read, what was left out, taken away."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.catalogue import columns, operations, own
from heliu.kernel.errors import Invalid, NotFound
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui.sheets import Column, Row, Sheet, taken_away

HERE = "seller_goods"
SHOWN, FILES = 50, 20
EVERY = 2  # seconds between two looks at a sheet that is being read


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
    bad = list(found.bad_rows.order_by("line")[:SHOWN])
    is_open = found.state == "READING"
    context = {
        "file": found,
        "bad": [(row.line, row.words, " | ".join(row.cells)) for row in bad],
        "more": found.bad - len(bad),
        "is_open": is_open,
        "bad_href": reverse("seller_sheet_bad", args=[found.pk]),
        "may_set": actor_of(request).may("sell"),
    }
    answer = show(request, "seller/sheet.html", context, here=HERE)
    if is_open:
        answer["Refresh"] = str(EVERY)
    return answer


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
    bad = list(found.bad_rows.order_by("line"))
    width = max((len(row.cells) for row in bad), default=0)
    head = [_("Line"), _("Reason"), *[""] * width]
    rows = ([str(row.line), row.words, *row.cells] for row in bad)
    return _sheet(head, rows, "left-out", request.GET.get("as", "csv"))


@require_GET
@desk_page
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """What the seller keeps as a sheet that can be brought in again."""
    actor, kind = actor_of(request), _kind(kind.upper())
    actor.require("sell")
    head, *rows = columns.rows_of(kind, actor=actor, seller=actor.own_org)
    return _sheet(head, rows, kind.lower(), request.GET.get("as", "xlsx"))


def _sheet(
    head: Iterable[str], rows: Iterable[Iterable[str]], name: str, form: str
) -> HttpResponse:
    labels = tuple(Column(label) for label in head)
    full = [Row(tuple([*row, *[""] * len(labels)][: len(labels)])) for row in map(list, rows)]
    return taken_away([Sheet(name, labels, full)], name, "csv" if form == "csv" else "xlsx")


def _kind(text: str) -> str:
    if text not in dict(own.sheet_kinds()):
        raise NotFound()
    return text
