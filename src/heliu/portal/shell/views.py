"""The rest of the shell: the way home, find, help, the demonstration's clock, the error pages."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from heliu.kernel import clock
from heliu.portal import desks
from heliu.portal.shell.find import IN_PALETTE, MOST, find_all
from heliu.portal.shell.frames import DEMO_STEPS
from heliu.portal.shell.pages import actor_of, back, desk_page, now, say, see_other, show
from heliu.trade.wake import close_day_soon


@require_GET
@desk_page
def home(request: HttpRequest) -> HttpResponse:
    """To the desk's own first page; a house that is not admitted yet goes on joining."""
    if actor_of(request).standing in ("PENDING", "DENIED"):
        return see_other(reverse("joining"))
    return see_other(reverse(desks.kind_of(request, actor_of(request)).home))


@require_GET
@desk_page
def find(request: HttpRequest) -> HttpResponse:
    """Documents by number first, then pages, goods and parties; the field of every page asks for
    the list under it alone."""
    actor, query = actor_of(request), request.GET.get("q", "").strip()
    nav = desks.kind_of(request, actor).words(actor, now(request), "").nav
    is_palette = request.headers.get("HX-Target") == "palette"
    groups = find_all(actor, query, nav, most=IN_PALETTE if is_palette else MOST)
    context = {"find_query": query, "groups": groups}
    if is_palette:
        answer = render(request, "shell/parts/palette.html", context)
    else:
        answer = show(request, "shell/find.html", context, here="find")
    patch_vary_headers(answer, ["HX-Target"])
    return answer


@require_GET
@desk_page
def help_page(request: HttpRequest) -> HttpResponse:
    """How a pledged order runs, what the states mean, the keys."""
    return show(request, "shell/help.html", here="help")


@require_POST
@desk_page
def advance_clock(request: HttpRequest) -> HttpResponse:
    """Let days pass in the demonstration; close of day follows by itself."""
    if not settings.DEMO or request.POST.get("by") not in {str(step) for step in DEMO_STEPS}:
        raise Http404
    days = int(request.POST["by"])
    clock.advance(days)
    close_day_soon()
    say(request, ngettext("%(n)d day passed.", "%(n)d days passed.", days) % {"n": days})
    return see_other(back(request))


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: more than a form holds, or none of ours; nothing was done."""
    return _plain(
        request,
        400,
        _("This form holds too much"),
        _("Nothing was done. Go back: what you typed is still there. Send less of it at once."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not yours; the two look the same."""
    return _plain(
        request, 404, _("There is nothing here"), _("It does not exist, or it is not yours to see.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not to be done by this person."""
    return _plain(
        request, 403, _("This is not allowed"), _("Your roles do not allow it. Ask your owner.")
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that is too old or from elsewhere; nothing was done."""
    return _plain(
        request,
        403,
        _("This form is too old"),
        _("Nothing was done. Go back, reload the page and send it again."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; asks nothing of the database, which may be what failed."""
    context = {
        "title": _("Something went wrong here"),
        "text": _("Nothing was changed. Send it again in a moment: it will not be done twice."),
        "status": 500,
    }
    return HttpResponse(render_to_string("shell/error.html", context), status=500)


def _plain(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "status": status, "back": back(request)}
    return render(request, "shell/error.html", context, status=status)
