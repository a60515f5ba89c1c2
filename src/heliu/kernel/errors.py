"""How the product says no.

A rule that refuses raises `Refused` beside the rule. Each face turns it into its own form: a line
on a page, a problem+json body (RFC 9457), a line on the terminal. The message is a translatable
English msgid and is rendered in the reader's language only when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import DataError
from django.utils.translation import gettext

MOST_QUOTED = 120
"""Letters of a value that a refusal repeats; the field at fault holds all of it."""
FULL_STOP = "。"
"""After it the next sentence stands without a space."""


def filled(text: str, params: Mapping[str, Any]) -> str:
    """A text with its `%(name)s` places filled; one that has none may say 100%."""
    if "%(" not in text:
        return text
    return text % {name: _quoted(value) for name, value in params.items()}


def _quoted(value: Any) -> Any:
    """What somebody typed, cut where it is longer than a sentence can hold."""
    if isinstance(value, str) and len(value) > MOST_QUOTED:
        return f"{value[:MOST_QUOTED]}…"
    return value


class Refused(Exception):
    """A request that the rules do not allow; nothing was changed.

    `code` is stable and machine-readable (`limit-short`), `message` is an English msgid with
    `%(name)s` places filled from `params`, `field` names the input at fault, `status` is the HTTP
    status a face answers with, `help` says what would make it pass.
    """

    status = 409

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str = "",
        status: int | None = None,
        help: str = "",
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.help_message = help
        self.params: Mapping[str, Any] = params
        if status is not None:
            self.status = status

    def text(self) -> str:
        """The refusal in the language active now."""
        return filled(gettext(self.message), self.params) if self.message else self.code

    def help(self) -> str:
        """What would make the request pass, in the language active now, or ''."""
        return filled(gettext(self.help_message), self.params) if self.help_message else ""

    def whole(self) -> str:
        """The refusal and what would make the request pass, as two sentences of one paragraph."""
        text, help = self.text(), self.help()
        return f"{text}{help}" if text.endswith(FULL_STOP) else f"{text} {help}".rstrip()

    def __str__(self) -> str:
        return f"{self.code}: {filled(self.message, self.params)}"


class NotFound(Refused):
    """The thing is not there, or not the reader's to see: the two look the same."""

    status = 404

    def __init__(self, message: str = "There is nothing here that you may see.") -> None:
        super().__init__("not-found", message)


class Forbidden(Refused):
    """The actor may see the thing but may not do this with it."""

    status = 403


class Stale(Refused):
    """Somebody else changed the row first."""

    def __init__(self) -> None:
        super().__init__("stale", "Somebody else just changed this. Reload and look again.")


class Invalid(Refused):
    """The input cannot be understood or is outside its range."""

    status = 422


TEXT_TOO_LONG, NUMBER_TOO_LARGE = "22001", "22003"  # what PostgreSQL calls them


def unfit(error: DataError) -> Refused:
    """The refusal of what a column has no room for; a rule beside the field says it better, this
    says it where none does. Raises the error again where it is no reader's fault."""
    found = getattr(error.__cause__, "sqlstate", "")
    if found == TEXT_TOO_LONG:
        return Invalid("text-too-long", "One of the texts is too long. Shorten it.")
    if found == NUMBER_TOO_LARGE:
        return Invalid("number-too-large", "One of the numbers is too large.")
    raise error
