"""What the address of the catalogue asks for, and the addresses that ask for a little more or less.

`f` is a filter (`a.colour=red`) and may stand there often; a form of numbers sends `low-…` and
`high-…`, which become one (`a.height:5..9`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from heliu.commerce.catalogue.reading import is_filter
from heliu.portal.shell.pages import id_in

MOST_FILTERS = 30
LONGEST = 80
PRICE = "price"


@dataclass(frozen=True)
class Asked:
    """The words, filters and order of a look into the catalogue."""

    text: str = ""
    filters: tuple[str, ...] = ()
    sort: str = ""
    after: UUID | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Asked:
        """As an address says; what cannot be understood is left out."""
        filters = [one for one in query.getlist("f") if is_filter(one)]
        for name in query:
            if name.startswith("low-"):
                key = name.removeprefix("low-")
                low, high = (_number(query.get(f"{end}-{key}", "")) for end in ("low", "high"))
                filters = [one for one in filters if not one.startswith(f"{key}:")]
                filters += [one] if is_filter(one := f"{key}:{low}..{high}") else []
        return cls(
            text=query.get("q", "").strip()[:LONGEST],
            filters=tuple(dict.fromkeys(one[:LONGEST] for one in filters))[:MOST_FILTERS],
            sort=PRICE if query.get("sort") == PRICE else "",
            after=id_in(query.get("after", "")),
        )

    @property
    def href(self) -> str:
        """The address of it."""
        pairs = [("q", self.text), ("sort", self.sort)]
        pairs += [("f", one) for one in self.filters]
        pairs += [("after", str(self.after) if self.after else "")]
        return "?" + urlencode([(name, value) for name, value in pairs if value])

    def with_filter(self, one: str) -> Asked:
        """The same with this filter turned on, or off where it is on."""
        kept = tuple(other for other in self.filters if other != one)
        filters = kept if one in self.filters else (*self.filters, one)
        return replace(self, filters=filters, after=None)

    def without(self, key: str) -> Asked:
        """The same without the filters of a key."""
        gone = (f"{key}=", f"{key}:")
        kept = tuple(one for one in self.filters if not one.startswith(gone))
        return replace(self, filters=kept, after=None)

    def but(self, **changes: object) -> Asked:
        """The same from its beginning, with changes."""
        return replace(self, **{"after": None, **changes})  # type: ignore[arg-type]

    def others(self, key: str) -> Sequence[tuple[str, str]]:
        """What a form of one key must send along to keep the rest."""
        pairs = [("q", self.text), ("sort", self.sort)]
        pairs += [("f", one) for one in self.without(key).filters]
        return [(name, value) for name, value in pairs if value]

    def ends(self, key: str) -> tuple[str, str]:
        """The ends that are asked of a number, or '' each."""
        found = next((one for one in self.filters if one.startswith(f"{key}:")), "")
        low, _, high = found.removeprefix(f"{key}:").partition("..")
        return low, high


def _number(text: str) -> str:
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return ""
    return f"{number:f}" if number.is_finite() and abs(number.adjusted()) < 13 else ""
