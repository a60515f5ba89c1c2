"""What an organisation is called."""

from __future__ import annotations

from typing import NamedTuple


class Names(NamedTuple):
    """The names of an organisation, short and long, in English and Chinese; any may be empty."""

    short_name: str
    short_name_zh: str
    name: str
    name_zh: str

    def short_in(self, *, chinese: bool) -> str:
        """The short name in one of the two languages, else the other, else the long one."""
        if chinese:
            return self.short_name_zh or self.short_name or self.name_zh or self.name
        return self.short_name or self.short_name_zh or self.name or self.name_zh
