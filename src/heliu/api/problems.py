"""How the API says no: one shape, `application/problem+json` (RFC 9457), in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext, gettext_noop
from ninja import Field, Schema

from heliu.kernel.errors import Refused

CONTENT_TYPE = "application/problem+json"

# status: (code, what it is, what would help)
WORDS = {
    400: (
        "malformed",
        gettext_noop("The request cannot be read."),
        gettext_noop("Send valid JSON."),
    ),
    401: (
        "sign-in-needed",
        gettext_noop("Nobody is signed in."),
        gettext_noop("Send Authorization: Bearer with a token of yours."),
    ),
    403: ("not-permitted", gettext_noop("This is not allowed."), ""),
    404: ("not-found", gettext_noop("There is nothing here that you may see."), ""),
    405: ("method-unknown", gettext_noop("This address does not take this method."), ""),
    409: ("conflict", gettext_noop("This is not possible now."), ""),
    413: ("too-large", gettext_noop("The content is too large."), ""),
    422: (
        "not-valid",
        gettext_noop("The request is not valid."),
        gettext_noop("Correct the fields named in errors."),
    ),
    429: (
        "too-many",
        gettext_noop("Too many requests."),
        gettext_noop("Wait a moment and send it again."),
    ),
    500: (
        "broken",
        gettext_noop("Something went wrong here. Nothing was changed."),
        gettext_noop("Send it again with the same Idempotency-Key: it will not be done twice."),
    ),
    503: (
        "busy",
        gettext_noop("Too much is asked for at this moment. Nothing was changed."),
        gettext_noop("Wait a moment and send it again with the same Idempotency-Key."),
    ),
}


class FieldError(Schema):
    """One field at fault."""

    field: str = Field(description="Path of the field in the request, with dots")
    code: str = Field(description="Stable code of the rule")
    detail: str = Field(description="What is wrong, in the reader's language")


class Problem(Schema):
    """Why a request was not done. Nothing was changed."""

    type: str = Field(description="URN of the code")
    title: str = Field(description="What kind of problem this is, in the reader's language")
    status: int
    code: str = Field(description="Stable code to branch on, such as limit-short")
    detail: str = Field(description="What is wrong, in the reader's language")
    field: str = Field("", description="The input at fault, if it is one")
    help: str = Field("", description="What would make the request pass")
    errors: list[FieldError] = []


def problem(
    status: int,
    *,
    code: str = "",
    detail: str = "",
    field: str = "",
    help: str = "",
    errors: Sequence[FieldError] = (),
) -> HttpResponse:
    """A problem as an HTTP answer; what is not given is filled from the status."""
    known, title, advice = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    body = Problem(
        type=f"urn:heliu:problem:{code or known}",
        title=gettext(title),
        status=status,
        code=code or known,
        detail=detail or gettext(title),
        field=field,
        help=help or (gettext(advice) if advice and not code else ""),
        errors=list(errors),
    )
    answer = JsonResponse(
        body.model_dump(),
        status=status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="heliu"'
    return answer


def for_status(status: int) -> HttpResponse:
    """A problem of which only the status is known."""
    return problem(status)


def refused(refusal: Refused) -> HttpResponse:
    """A rule's refusal."""
    return problem(
        refusal.status,
        code=refusal.code,
        detail=refusal.text(),
        field=refusal.field,
        help=refusal.help(),
    )


def is_problem(response: HttpResponse) -> bool:
    """Whether an answer has this shape already."""
    return response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)


# What pydantic calls it: what we say. Everything else is "This value is not valid."
RULES = {
    "missing": gettext_noop("This field is needed."),
    "extra_forbidden": gettext_noop("There is no such field."),
    "string_type": gettext_noop("This is not a text."),
    "string_too_short": gettext_noop("This is shorter than %(min_length)s characters."),
    "string_too_long": gettext_noop("This is longer than %(max_length)s characters."),
    "string_pattern_mismatch": gettext_noop("This does not have the form %(pattern)s."),
    "int_parsing": gettext_noop("This is not a whole number."),
    "int_type": gettext_noop("This is not a whole number."),
    "int_from_float": gettext_noop("This is not a whole number."),
    "decimal_parsing": gettext_noop("This is not a number."),
    "bool_parsing": gettext_noop("This is neither true nor false."),
    "uuid_parsing": gettext_noop("This is not an id."),
    "uuid_type": gettext_noop("This is not an id."),
    "date_from_datetime_parsing": gettext_noop("This is not a date such as 2026-11-02."),
    "datetime_from_date_parsing": gettext_noop("This is not a time such as 2026-11-02T08:00:00Z."),
    "enum": gettext_noop("This is none of %(expected)s."),
    "currency_other": gettext_noop(
        "Everything here is in %(ours)s so far: send what it is in that, nothing is converted."
    ),
    "literal_error": gettext_noop("This is none of %(expected)s."),
    "list_type": gettext_noop("This is not a list."),
    "dict_type": gettext_noop("This is not an object."),
    "model_attributes_type": gettext_noop("This is not an object."),
    "greater_than": gettext_noop("This is not more than %(gt)s."),
    "greater_than_equal": gettext_noop("This is less than %(ge)s."),
    "less_than": gettext_noop("This is not less than %(lt)s."),
    "less_than_equal": gettext_noop("This is more than %(le)s."),
    "too_short": gettext_noop("This has fewer than %(min_length)s entries."),
    "too_long": gettext_noop("This has more than %(max_length)s entries."),
}


def not_valid(errors: Sequence[dict[str, Any]]) -> HttpResponse:
    """What is wrong with the fields of a request, each in one sentence."""
    found = [_field_error(error) for error in errors]
    return problem(422, field=found[0].field if len(found) == 1 else "", errors=found)


def _field_error(error: dict[str, Any]) -> FieldError:
    where = [str(part) for part in error["loc"]]
    # ("body", "payload", "lines", 0, "sku"): the place and our argument's name say nothing.
    field = ".".join(where[2:] if where[0] == "body" and len(where) > 2 else where[1:])
    words = RULES.get(error["type"])
    try:
        detail = gettext(words) % error.get("ctx", {}) if words else ""
    except KeyError:
        detail = ""
    return FieldError(
        field=field, code=error["type"], detail=detail or gettext("This value is not valid.")
    )
