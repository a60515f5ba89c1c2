"""A scanner's answer: go or stop, and why, in words a keeper can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from heliu.kernel.errors import filled


@dataclass(frozen=True)
class Verdict:
    """Go or stop. `code` is stable, `message` an English msgid with places for `params`.

    A stop is an answer and not an exception: it is recorded with the transaction that gave it.
    """

    go: bool
    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What to do now, in the language active now."""
        return filled(gettext(self.message), self.params)
