"""A list that its reader sorts by the heads of its columns and takes away as a file.

One way for every list: the view names its `Head`s once, sorts its query by `Listing.sorted`, and
where `Listing.form` is asked for answers with the same rows, under the same filters, as a workbook
or as CSV. The address keeps it: `?sort=-total&export=xlsx` beside whatever the list is narrowed by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise

from heliu.kernel.errors import Refused
from heliu.portal.ui.parts import EXACT_UP_TO, counted
from heliu.portal.ui.sheets import FORMS, Cell, Column, Kind, Row, Sheet, taken_away

MOST = 20_000
"""Rows of a file: more than that is narrowed first."""
OF_A_PAGE = ("page", "after", "from", "sort", "export")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, on the page and in the file. `by` is what its rows are sorted by, ''
    where they are not; `css` are the classes of its cells. One that `is_cheap` sorts a list of any
    length: by an index, or because there are never many."""

    key: str
    label: str | Promise
    kind: Kind = "text"
    by: str = ""
    css: str = ""
    is_cheap: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A head as it is drawn: where a press on it leads ('' nowhere), and how the rows are sorted by
    it now (`ascending`, `descending` or '')."""

    head: Head
    href: str
    now: str


class Listing:
    """What the reader of a list asks for: by which head it is sorted, and whether to take it away.

    `usual` is the key that sorts it where nothing is asked; with a ``-`` the largest come first;
    '' of a list that stands in an order of its own.
    What an address asks that the list has not counts as not asked.
    """

    def __init__(self, query: QueryDict, heads: Iterable[Head], usual: str) -> None:
        self.heads = {head.key: head for head in heads}
        asked = query.get("sort", "")
        known = self.heads.get(asked.removeprefix("-"))
        self.usual = usual
        self.sort = asked if known and known.by else usual
        self.is_too_long = False
        self.form = query.get("export", "") if query.get("export") in FORMS else ""
        self._kept = query.copy()
        for name in OF_A_PAGE:
            self._kept.pop(name, None)

    @property
    def query(self) -> str:
        """The address's filters and order, for the links of the list's pages."""
        return self._address(self.sort)

    @property
    def is_usual(self) -> bool:
        """Whether the rows stand in the order they always had."""
        return self.sort == self.usual

    @property
    def files(self) -> list[tuple[str, str]]:
        """The ways to take it away: name and address."""
        lead = self.query
        names = {"xlsx": "Excel", "csv": "CSV"}
        return [(names[form], f"?{lead}{'&' if lead else ''}export={form}") for form in names]

    @property
    def ways(self) -> list[Way]:
        """The heads it may be sorted by, for a phone, where tables have none."""
        return [self.way(key) for key, head in self.heads.items() if head.by]

    def way(self, key: str) -> Way:
        """A head as it is drawn: pressed it sorts, pressed again the other way round."""
        head = self.heads[key]
        if not head.by:
            return Way(head, "", "")
        begins_large = head.kind in ("money", "count", "day")
        first, second = (f"-{key}", key) if begins_large else (key, f"-{key}")
        wish = second if self.sort == first else first
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        return Way(head, "?" + self._address(wish), now)

    def order(self) -> list[str]:
        """The fields to sort by, the key last, so that no two rows may change places."""
        sign = "-" if self.sort.startswith("-") else ""
        return [f"{sign}{self.heads[self.sort.removeprefix('-')].by}", f"{sign}pk"]

    def sorted(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in the order that is asked for; where none is, as the query has them."""
        self._stay_quick(found)
        return found if self.is_usual and found.ordered else found.order_by(*self.order())

    def after(self, found: QuerySet[Any], last: Model | None) -> QuerySet[Any]:
        """The sorted rows that follow one, for lists too long to be counted; read off an index of
        the field it is sorted by."""
        self._stay_quick(found)
        rows = found.order_by(*self.order())
        if last is None:
            return rows
        field = self.order()[0]
        end, key = ("lt", field[1:]) if field.startswith("-") else ("gt", field)
        value = getattr(last, key)
        rest = Q(**{f"{key}__{end}e": value}) & ~Q(**{key: value, f"pk__{_not(end)}e": last.pk})
        return rows.filter(rest)

    def next(self, last: object) -> str:
        """The address of the rows after one."""
        return f"?{self.query}{'&' if self.query else ''}after={last}"

    def taken_away(
        self,
        title: str,
        name: str,
        rows: Sequence[Any],
        cells: Callable[[Any], tuple[Cell, ...]],
        *,
        most: int = 0,
    ) -> HttpResponse:
        """The rows as the file that was asked for; `cells` gives those of a row in the order of the
        heads. Raises `Refused` for more than `most` (`MOST` where it is not said), of which the
        caller reads one more."""
        most = most or MOST
        if len(rows) > most:
            raise Refused(
                "list-too-long",
                "The list has more than %(most)s rows.",
                help="Narrow it first: by a tab, a filter or a name.",
                most=most,
            )
        columns = tuple(Column(str(head.label), head.kind) for head in self.heads.values())
        sheet = Sheet(title, columns, [Row(cells(row)) for row in rows])
        return taken_away([sheet], name, self.form)

    def _stay_quick(self, found: QuerySet[Any]) -> None:
        """More rows than are counted keep their usual order, and it is said."""
        head = self.heads[self.sort.removeprefix("-")]
        if not (self.is_usual or head.is_cheap) and counted(found) > EXACT_UP_TO:
            self.sort, self.is_too_long = self.usual, True

    def _address(self, sort: str) -> str:
        kept = self._kept.copy()
        if sort != self.usual:
            kept["sort"] = sort
        return kept.urlencode()


def _not(end: str) -> str:
    return "gt" if end == "lt" else "lt"
