"""What the parts of a page are given: plain records with words, amounts and addresses.

Views fill them, templates draw them by the tags of ``heliu_ui``. Words come translated (lazy
strings are fine); amounts are integer minor units.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.functional import cached_property


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip: label, then an amount or text, a small unit, a line below.

    ``tone`` is empty or ``bad``; red only where somebody must act. ``href`` leads to the lines
    behind the figure.
    """

    label: str
    minor: int | None = None
    text: str = ""
    unit: str = ""
    note: str = ""
    href: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter of the bar: its words, how many things it leaves, whether it is on."""

    label: str
    href: str
    count: int | None = None
    on: bool = False


@dataclass(frozen=True, slots=True)
class Pill:
    """A state that has no table of its own: the words and the tone they carry."""

    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Doc:
    """A paper or page that proves a fact."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what happened: what, amount, who or by which proof, when, in which flows.

    ``kind`` is ``done``, ``future`` or ``failed``. ``at_text`` replaces the written time where a
    time would say too much (a due day).
    """

    key: str
    title: str
    flows: tuple[str, ...]
    detail: str = ""
    proof: str = ""
    at: datetime | None = None
    at_text: str = ""
    kind: str = "done"
    docs: tuple[Doc, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a short process that stays on one desk; ``state`` is done, now or later."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Will:
    """One line of "what will happen": words, amount, a remark; ``changed`` since it was shown."""

    text: str
    minor: int | None = None
    plus: bool = False
    note: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits: its tone, what, what it means, and the act it asks for."""

    tone: str
    title: str
    note: str = ""
    href: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of a list of amounts, in minor units; a total stands under an ink rule."""

    label: str
    minor: int
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in a long list the page stands, and the ways on."""

    first: int
    last: int
    total: int
    more: bool
    previous_href: str = ""
    next_href: str = ""


EXACT_UP_TO = 10_000
"""Above this many rows a list says "more than" instead of counting."""


def counted(found: QuerySet[Any]) -> int:
    """How many there are: exact as far as a list counts, and one more for "more than that"."""
    return found.order_by()[: EXACT_UP_TO + 1].count()


def tally(found: QuerySet[Any], rules: Mapping[str, Q]) -> dict[str, int]:
    """How many of these meet each of the rules, by the rules' names, in one statement."""
    counts = found.order_by().aggregate(
        **{f"n{place}": Count("pk", filter=rule) for place, rule in enumerate(rules.values())}
    )
    return {name: counts[f"n{place}"] for place, name in enumerate(rules)}


def numbers(**found: QuerySet[Any]) -> dict[str, int]:
    """How many there are of each of these, under the same names, in one statement."""
    asked: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for name, rows in found.items():
        with suppress(EmptyResultSet):  # there can be none: it is not asked
            asked[name] = rows.order_by().values("pk").query.sql_with_params()
    if not asked:
        return dict.fromkeys(found, 0)
    counts = ", ".join(f"(select count(*) from ({sql}) one)" for sql, _ in asked.values())
    with connection.cursor() as cursor:
        cursor.execute(f"select {counts}", [one for _, given in asked.values() for one in given])
        return {**dict.fromkeys(found, 0), **dict(zip(asked, cursor.fetchone(), strict=True))}


class Leaves(Paginator):  # type: ignore[type-arg]  # not generic when it runs
    """The pages of a list of any length; what lies beyond `EXACT_UP_TO` is found by narrowing."""

    object_list: QuerySet[Any]

    def __init__(
        self, found: QuerySet[Any], rows: int, *, as_many: QuerySet[Any] | None = None
    ) -> None:
        """`as_many` are as many as those found, where they are cheaper to count."""
        super().__init__(found, rows)
        self._as_many = found if as_many is None else as_many

    @cached_property
    def count(self) -> int:
        """Counted as far as a list counts."""
        return counted(self._as_many)


def pager(page: Page[Any], query: str = "") -> Pager:
    """The pager of one page of a Django paginator; ``query`` is the address's other filters."""

    def link(number: int) -> str:
        return f"?{query}&page={number}" if query else f"?page={number}"

    total = page.paginator.count
    return Pager(
        first=page.start_index(),
        last=page.end_index(),
        total=min(total, EXACT_UP_TO),
        more=total > EXACT_UP_TO,
        previous_href=link(page.previous_page_number()) if page.has_previous() else "",
        next_href=link(page.next_page_number()) if page.has_next() else "",
    )


def state_words(state: object) -> tuple[str, str]:
    """Label and tone of whatever names a state: an object with both, a mapping, or a pair."""
    if isinstance(state, dict):
        return str(state["label"]), str(state["tone"])
    if isinstance(state, Sequence) and not isinstance(state, str) and len(state) == 2:
        return str(state[0]), str(state[1])
    label, tone = getattr(state, "label", None), getattr(state, "tone", None)
    if label is None or tone is None:
        raise TypeError(f"{state!r} names no label and tone")
    return str(label), str(tone)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a sheet asks for: ``kind`` is an input's type, or ``money``, ``check``, ``choice``,
    ``lines`` (of a scanner, each on its own).

    ``options`` are (value, label) of a choice; ``help`` stands below the field.
    """

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """One deed that asks for something first: what stands now, what is asked, what will happen."""

    heading: str
    crumbs: tuple[tuple[str, str], ...]  # (label, address)
    asks: tuple[Ask, ...]
    will: tuple[Will, ...]
    button: str
    rows: tuple[Amount, ...] = ()
    about: str = ""
