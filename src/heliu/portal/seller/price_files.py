"""Files of prices: brought, watched while they are read, what was left out, and the way out."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.pricing import operations
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.rows import WORDS
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.tables import marked
from heliu.portal.seller.price_lists import list_of
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.shell.price_reasons import moment_typed

SHOWN = 50
EVERY = 2  # seconds between two looks at a file that is being read


@require_POST
@desk_page
def bring(request: HttpRequest, code: str) -> HttpResponse:
    """A file comes in; the worker reads it into the next version of the list."""
    actor, at = actor_of(request), now(request)
    head = list_of(actor, code)
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid("file-empty", "This file is empty.", field="file")

    def do() -> str:
        typed = request.POST.get("live_from", "")
        made = operations.bring(
            head,
            sent.chunks(),
            actor=actor,
            name=sent.name or "",
            live_from=moment_typed(typed, at, field="live_from") if typed.strip() else None,
            keep_others="keep_others" in request.POST,
            at=at,
        )
        say(request, _("The file is here and is being read."))
        return reverse("seller_price_file", args=[made.pk])

    return deed(request, do)


@require_GET
@desk_page
def progress(request: HttpRequest, file: UUID) -> HttpResponse:
    """How far a file is; while it is read the page looks again by itself."""
    found = _file(actor_of(request), file)
    bad = list(found.bad_rows.order_by("line")[:SHOWN])
    context = {
        "file": found,
        "bad": [(row.line, _(WORDS.get(row.reason, row.reason)), row.raw) for row in bad],
        "more": found.bad - len(bad),
        "is_open": found.state == "READING",
        "may_set": actor_of(request).may("price"),
    }
    answer = show(request, "seller/price_file.html", context, here="seller_prices")
    if found.state == "READING":
        answer["Refresh"] = str(EVERY)
    return answer


@require_POST
@desk_page
def cancel(request: HttpRequest, file: UUID) -> HttpResponse:
    """No more of this file is read."""
    actor = actor_of(request)
    found = _file(actor, file)

    def do() -> str:
        operations.cancel(found, actor=actor)
        say(request, _("Reading is stopped."))
        return reverse("seller_price_file", args=[found.pk])

    return deed(request, do)


@require_GET
@desk_page
def left_out(request: HttpRequest, file: UUID) -> HttpResponse:
    """The rows that were left out, as they were, each with its line and reason, as a sheet."""
    found = _file(actor_of(request), file)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("Line"), _("Reason"), _("Row")])
    for row in found.bad_rows.order_by("line").iterator(chunk_size=5_000):
        writer.writerow([row.line, _(WORDS.get(row.reason, row.reason)), marked(row.raw)])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="left-out.csv"'
    return answer


@require_GET
@desk_page
def export(request: HttpRequest, code: str) -> HttpResponse:
    """All prices of a list as they stand now, in the form in which they come in."""
    actor, at = actor_of(request), now(request)
    head = list_of(actor, code)
    sheet = io.BytesIO()
    pricing.write_prices(pricing.live_table(head, at), sheet, at)
    answer = HttpResponse(sheet.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{head.pk}.csv"'
    return answer


def _file(actor: Actor, pk: UUID) -> Any:
    found = pricing.imports_visible_to(actor).select_related("price_list", "version").filter(pk=pk)
    one = found.first()
    if one is None:
        raise NotFound()
    return one
