"""How a page of a desk is answered: who may ask, in which frame, how a refusal looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Invalid, NotFound, Refused, unfit
from heliu.kernel.idempotency.operations import digest, once
from heliu.kernel.money import CURRENCY
from heliu.portal import desks
from heliu.portal.shell.frames import frame_for
from heliu.portal.ui import formats

# What is open to whoever still owes the house a second factor.
WHILE_UNPROVEN = ("/account/security", "/account/passkey", "/help")
NOT_CONTENT = ("csrfmiddlewaretoken", "idempotency_key")


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; the middleware before has opened the door for exactly this actor."""
    return cast(TypedRequest, request).actor


def now(request: HttpRequest) -> datetime:
    """The moment of this request: read once, so that all of one page and deed is of one time."""
    if not hasattr(request, "moment"):
        request.moment = clock.now()  # type: ignore[attr-defined]
    return request.moment  # type: ignore[attr-defined, no-any-return]


def desk_page[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for people at a desk, their own. Others sign in first; what is refused is said on a
    page.

    The view runs in a savepoint: a refusal in the middle of a deed leaves nothing behind, and the
    page that says so can still be read from the database.
    """

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if getattr(request, "actor", None) is None:
            here = request.get_full_path() if request.method == "GET" else "/"
            return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': here})}")
        try:
            if "%00" in request.META.get("QUERY_STRING", ""):  # nothing stored can hold it
                raise NotFound()
            if actor_of(request).must_prove and request.path not in WHILE_UNPROVEN:
                return see_other(reverse("security"))
            desks.require_desk(request.path, actor_of(request))
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Refused as refusal:
            return refused(request, refusal)
        except DataError as error:
            return refused(request, unfit(error))
        finally:
            formats.write_in(CURRENCY)

    return answer


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    here: str,
    status: int = 200,
) -> HttpResponse:
    """A page inside its frame; ``here`` is the route of the rail that is current."""
    frame = frame_for(request, actor_of(request), now(request), here)
    return render(request, template, {"frame": frame, **(context or {})}, status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page of a refusal: what, by which rule, what would make it pass; keeps what was typed."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_CONTENT
        for value in values
    ]
    context = {"refusal": refusal, "typed": typed, "back": back(request)}
    return show(request, "shell/refused.html", context, here="", status=refusal.status)


def attempt(
    request: HttpRequest, do: Callable[[], HttpResponse]
) -> tuple[HttpResponse | None, Refused | None]:
    """Try a deed whose form can show a refusal itself; a refused one leaves nothing behind."""
    try:
        with transaction.atomic():
            return do(), None
    except Refused as refusal:
        return None, refusal
    except DataError as error:
        return None, unfit(error)


def deed(request: HttpRequest, do: Callable[[], str]) -> HttpResponseRedirect:
    """Do what a form asks once, however often it is sent, and go to the address ``do`` returns."""
    actor, at = actor_of(request), now(request)
    key = request.POST.get("idempotency_key", "")
    if not key:
        raise Refused("key-missing", "This form has no key. Reload the page.", status=422)
    content = {name: v for name, v in request.POST.lists() if name not in NOT_CONTENT}
    whose = [str(actor.own_org)] if actor.behalf else []
    _, address, _ = once(
        org=actor.home,
        key=key,
        content=digest(request.path, content, *whose),
        at=at,
        do=lambda: (303, do()),
    )
    return see_other(address)


def see_other(address: str) -> HttpResponseRedirect:
    """Redirect after a post, so that reloading reads and never acts again."""
    return HttpResponseRedirect(address, status=303)


def say(request: HttpRequest, words: str, level: int = messages.SUCCESS) -> None:
    """A band on the next page."""
    messages.add_message(request, level, words)


def back(request: HttpRequest, fallback: str = "/") -> str:
    """The address of our own to go back to: ``next`` as posted, else where the person came from."""
    for address in (
        request.POST.get("next"),
        request.GET.get("next"),
        request.headers.get("Referer"),
    ):
        if address and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return fallback


def id_in(typed: str) -> UUID | None:
    """An id that was chosen; nothing, and what is none, is None."""
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return None


def day_of_form(request: HttpRequest, name: str) -> date | None:
    """A day that was chosen; nothing is None. Raises `Invalid` for what is no day."""
    return day_in(request.POST.get(name, "").strip(), name)


def day_typed(day: date | None) -> str:
    """A day as it stands in a field."""
    return day.isoformat() if day else ""


def day_in(typed: str, name: str) -> date | None:
    """A day that was typed into the field of this name; nothing is None."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid("day-unreadable", "This is not a day.", field=name) from None
