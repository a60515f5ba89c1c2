"""The address book of a house: kept by hand or by a sheet; an order keeps what it took."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.kernel.addresses import imports, operations, queries
from heliu.kernel.addresses.policies import MOST, NEEDED, Place
from heliu.kernel.errors import Invalid
from heliu.portal.shell import reading, sheets
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Ask, Sheet, Will

HERE = "company"
SHOWN, FILES = 500, 5
FIELDS = {
    "name": (N_("Name in your book"), N_("Shop, branch, building site: what your people call it.")),
    "receiver": (N_("Who takes the goods"), ""),
    "phone": (N_("Phone"), N_("The driver calls it.")),
    "region": (N_("Province, city, district"), ""),
    "street": (N_("Street and house"), ""),
    "postcode": (N_("Postcode"), ""),
    "country": (N_("Country"), N_("Two letters, such as CN.")),
    "hours": (N_("Hours"), N_("When goods are taken there, such as Mon–Fri 8–17.")),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The book, and the sheets by which addresses came in."""
    actor = actor_of(request)
    book = list(queries.book(actor)[:SHOWN])
    context = {
        "live": [one for one in book if one.ended_at is None],
        "ended": [one for one in book if one.ended_at],
        "files": queries.imports(actor)[:FILES],
        "may_set": actor.may("manage"),
    }
    return show(request, "shell/addresses.html", context, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def add(request: HttpRequest) -> HttpResponse:
    """The sheet of a new address."""
    actor, at = actor_of(request), now(request)
    actor.require("manage")

    def do() -> str:
        is_default = request.POST.get("is_default") == "yes"
        operations.add(_typed(request), actor=actor, at=at, is_default=is_default)
        return _back(request, _("The address is kept."))

    ask = Ask("is_default", _("Orders that name no address go here"), "", "check")
    return _form(request, do, _("New address"), Place("", "", "", ""), (ask,))


@require_http_methods(["GET", "POST"])
@desk_page
def change(request: HttpRequest, address: UUID) -> HttpResponse:
    """The sheet of an address that is there."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, address)
    actor.require("manage")

    def do() -> str:
        operations.change(address, _typed(request), actor=actor, at=at)
        return _back(request, _("The address is kept."))

    return _form(request, do, found.name, found.place, ())


@require_POST
@desk_page
def act(request: HttpRequest, address: UUID) -> HttpResponse:
    """Make it the default, or end it."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        wish = request.POST.get("act", "")
        if wish == "default":
            operations.make_default(address, actor=actor)
            return _back(request, _("Orders that name no address go here from now on."))
        if wish == "end":
            operations.end(address, actor=actor, at=at)
            return _back(request, _("No order goes there any more."))
        raise Invalid("choice-unknown", "There is no such choice.", field="act")

    return deed(request, do)


@require_POST
@desk_page
def bring(request: HttpRequest) -> HttpResponse:
    """A sheet of addresses comes in; the worker reads it."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid("file-empty", "This file is empty.", field="file")

    def do() -> str:
        actor, name = actor_of(request), sent.name or ""
        made = imports.bring(sent.read(), actor=actor, name=name, at=now(request))
        say(request, _("The file is here and is being read."))
        return reverse("addresses_sheet", args=[made.pk])

    return deed(request, do)


@require_GET
@desk_page
def progress(request: HttpRequest, file: UUID) -> HttpResponse:
    """How far a sheet is; while it is read the page looks again by itself."""
    actor = actor_of(request)
    found = queries.imported(actor, file)
    context = {
        **reading.about(found),
        "bad_href": reverse("addresses_bad", args=[found.pk]),
        "may_set": actor.may("manage"),
    }
    answer = show(request, "shell/address_sheet.html", context, here=HERE)
    return reading.looking_again(answer, found)


@require_POST
@desk_page
def cancel(request: HttpRequest, file: UUID) -> HttpResponse:
    """No more of this sheet is read."""
    actor = actor_of(request)
    found = queries.imported(actor, file)

    def do() -> str:
        imports.cancel(found, actor=actor)
        say(request, _("Reading is stopped."))
        return reverse("addresses_sheet", args=[found.pk])

    return deed(request, do)


@require_GET
@desk_page
def left_out(request: HttpRequest, file: UUID) -> HttpResponse:
    """The rows that were left out, as a file."""
    found = queries.imported(actor_of(request), file)
    return reading.left_out(found, request.GET.get("as", "csv"))


@require_GET
@desk_page
def export(request: HttpRequest) -> HttpResponse:
    """The book as a sheet that can be brought in again."""
    head, *rows = queries.rows(actor_of(request))
    return reading.as_sheet(head, rows, "addresses", request.GET.get("as", "xlsx"))


def _form(
    request: HttpRequest,
    do: Callable[[], str],
    heading: str,
    stands: Place,
    more: tuple[Ask, ...],
) -> HttpResponse:
    asks = tuple(
        Ask(
            name, _(label), getattr(stands, name), help=_(help) if help else "",
            is_needed=name in NEEDED,
        )
        for name, (label, help) in FIELDS.items()
    )  # fmt: skip
    sheet = Sheet(
        heading=heading,
        crumbs=((_("Company"), reverse("company")), (_("Address book"), reverse("addresses"))),
        asks=asks + more,
        will=(
            Will(_("Whoever orders for your house can choose it")),
            Will(_("Seller and carrier of such an order see it")),
            Will(_("Orders placed before keep what they say")),
        ),
        button=pgettext("an address", "Keep"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


def _typed(request: HttpRequest) -> Place:
    return Place.of({name: request.POST.get(name, "") for name in MOST})


def _back(request: HttpRequest, words: str) -> str:
    say(request, words)
    return reverse("addresses")
