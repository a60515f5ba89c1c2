"""Reads docs/scenarios.md: each `## ` section with its four tables and its sums, nothing else.

A table is known by its header. Whatever cannot be read is an error that names its line.
"""

from __future__ import annotations

import ast
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

DOCUMENT = Path(__file__).parents[3] / "docs" / "scenarios.md"
YEAR, ZONE = 2026, ZoneInfo("Asia/Shanghai")
STANDS = ("order", "loan", "pledge", "goods", "deal")
STOCK_STANDS = ("pool", *STANDS[1:])  # of a loan against stock, which has no order
BOOKS = ("lender", "dealer", "seller")

Place = tuple[str, str]  # book, account
Journal = tuple[str, frozenset[tuple[Place, int]]]  # what it is for, and its lines in minor units


class Unreadable(ValueError):
    """The text does not keep to its own form."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"docs/scenarios.md:{line}: {why}")


@dataclass(frozen=True)
class Step:
    """One row of "What happens": who does what and when, and what then stands (column: value)."""

    line: int
    number: str
    at: datetime
    who: str
    what: str
    stands: dict[str, str]


@dataclass
class Scenario:
    """One section. Amounts in minor units, a debit positive."""

    name: str
    line: int
    given: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    journals: dict[str, Counter[Journal]] = field(default_factory=dict)
    trial: dict[Place, int] | None = None

    @property
    def after(self) -> tuple[str, int] | None:
        """The scenario it goes on from, and after which step: `The straight path, step 7`."""
        if (said := self.given.get("after")) is None:
            return None
        name, _, number = said.rpartition(", step ")
        if not number.isdigit():
            raise Unreadable(self.line, f"{said!r} names no scenario and step")
        return name, int(number)


Row = tuple[int, list[str]]


def scenarios(text: str) -> list[Scenario]:
    """Every section of the text, in order."""
    found: list[Scenario] = []
    lines = list(enumerate(text.splitlines(), 1))
    starts = [n for n, (_, line) in enumerate(lines) if line.startswith("## ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        number, heading = lines[start]
        scenario = Scenario(heading[3:].strip(), number)
        _check_sums(lines[start:end])
        for header, rows in _tables(lines[start:end]):
            _read(scenario, header, rows)
        if not scenario.steps or scenario.trial is None:
            raise Unreadable(number, "a scenario needs what happens and a trial balance")
        _check_numbers(scenario)
        found.append(scenario)
    return found


def whole(
    scenario: Scenario, all_of_them: Sequence[Scenario]
) -> list[tuple[Step, Counter[Journal]]]:
    """Its steps with what each books, after those of the scenario it goes on from."""
    before: list[tuple[Step, Counter[Journal]]] = []
    if scenario.after is not None:
        name, count = scenario.after
        first = next((other for other in all_of_them if other.name == name), None)
        if first is None:
            raise Unreadable(scenario.line, f"there is no scenario {name!r} to go on from")
        steps = whole(first, all_of_them)
        before = steps[: len(steps) - len(first.steps) + count]
    own = [(step, scenario.journals.get(step.number, Counter())) for step in scenario.steps]
    return [*before, *own]


def preface(text: str) -> str:
    """What stands before the first scenario."""
    return text.partition("\n## ")[0]


def anchor(name: str) -> str:
    """The address of a heading within the page."""
    return re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-")


def minor(text: str, line: int) -> int:
    """`24,000.00` in minor units."""
    if not re.fullmatch(r"\d{1,3}(,\d{3})*\.\d\d", text):
        raise Unreadable(line, f"{text!r} is not an amount such as 24,000.00")
    return int(text.replace(",", "").replace(".", ""))


def amount(value: int) -> str:
    """Minor units as they stand in the text."""
    return f"{value // 100:,}.{value % 100:02}"


def shown(journals: Counter[Journal]) -> list[str]:
    """Journals in words, each by itself, for a test that fails."""
    return sorted(
        "\n".join(
            f"{kind}: {book} {'debit' if value > 0 else 'credit'} {account} {amount(abs(value))}"
            for (book, account), value in sorted(lines)
        )
        for kind, lines in journals.elements()
    )


def _tables(lines: list[tuple[int, str]]) -> Iterator[tuple[Row, list[Row]]]:
    """Each table as its header and its rows, with their line numbers."""
    table: list[Row] = []
    for number, line in [*lines, (0, "")]:
        if line.startswith("|"):
            table.append((number, [cell.strip() for cell in line.strip().strip("|").split("|")]))
        elif table:
            yield table[0], table[2:]  # the second line only rules
            table = []


def _read(scenario: Scenario, header: Row, rows: list[Row]) -> None:
    line, columns = header
    reader = READERS.get(tuple(columns))
    if reader is None:
        raise Unreadable(line, f"no table has the columns {columns}")
    for number, cells in rows:
        if len(cells) != len(columns):
            raise Unreadable(number, f"{len(cells)} cells under {len(columns)} columns")
    reader(scenario, rows)


def _given(scenario: Scenario, rows: list[Row]) -> None:
    scenario.given = {name: value for _, (name, value) in rows}


def _steps(scenario: Scenario, rows: list[Row], columns: Sequence[str] = STANDS) -> None:
    for line, (number, when, who, what, *stands) in rows:
        try:
            at = datetime.strptime(f"{when} {YEAR}", "%d %b %H:%M %Y").replace(tzinfo=ZONE)
        except ValueError:
            raise Unreadable(line, f"{when!r} is not a time such as 2 Nov 10:00") from None
        if scenario.steps and at < scenario.steps[-1].at:
            raise Unreadable(line, "time does not run backwards")
        states = dict(zip(columns, stands, strict=True))
        scenario.steps.append(Step(line, number, at, who, what, states))


def _journals(scenario: Scenario, rows: list[Row]) -> None:
    """A row with a name begins a journal; the rows without one go on with it."""
    began: list[tuple[str, str, Counter[Place]]] = []
    for line, (step, kind, book, debit, credit, value) in rows:
        if kind:
            began.append((step or (began[-1][0] if began else ""), kind, Counter()))
        if not began or (step and not kind):
            raise Unreadable(line, "a journal begins with its name")
        if book not in BOOKS:
            raise Unreadable(line, f"{book!r} is none of the books {BOOKS}")
        began[-1][2][book, debit] += minor(value, line)
        began[-1][2][book, credit] -= minor(value, line)
    for step, kind, lines in began:
        journal = kind, frozenset(lines.items())
        scenario.journals.setdefault(step, Counter())[journal] += 1


def _trial(scenario: Scenario, rows: list[Row]) -> None:
    """Each book ends with a row `total`, whose columns are the sums and agree."""
    trial: dict[Place, int] = {}
    sums, book = [0, 0], ""
    for line, (named, account, *columns) in rows:
        book = named or book
        values = [minor(cell, line) if cell else 0 for cell in columns]
        if account == "total":
            if not values == sums == [sums[0]] * 2:
                raise Unreadable(line, f"the columns add up to {[amount(n) for n in sums]}")
            sums = [0, 0]
            continue
        if book not in BOOKS or (book, account) in trial:
            raise Unreadable(line, f"{book!r} {account!r} is no book or stands twice")
        trial[book, account] = values[0] - values[1]
        sums = [a + b for a, b in zip(sums, values, strict=True)]
    if sums != [0, 0]:
        raise Unreadable(rows[-1][0], "a book ends with its total")
    scenario.trial = trial


READERS: dict[tuple[str, ...], Callable[[Scenario, list[Row]], None]] = {
    ("given", "value"): _given,
    ("step", "when", "who", "what", *STANDS): _steps,
    ("step", "when", "who", "what", *STOCK_STANDS): partial(_steps, columns=STOCK_STANDS),
    ("step", "journal", "book", "debit", "credit", "amount"): _journals,
    ("book", "account", "debit", "credit"): _trial,
}


def _check_numbers(scenario: Scenario) -> None:
    numbers = [step.number for step in scenario.steps]
    if numbers != [str(n) for n in range(1, len(numbers) + 1)]:
        raise Unreadable(scenario.line, f"the steps are numbered {numbers}")
    if unknown := set(scenario.journals) - set(numbers):
        raise Unreadable(scenario.line, f"journals of no step: {sorted(unknown)}")


OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _check_sums(lines: list[tuple[int, str]]) -> None:
    """What stands as `a x b % x n / 360 = c` is reckoned again, to the decimals it shows."""
    for number, line in lines:
        if line.count("`") % 2:
            raise Unreadable(number, "a sum stands on one line")
        for sum_ in re.findall(r"`([^`]+ = [^`]+)`", line):
            left, right = sum_.replace(",", "").split(" = ")
            plain = left.replace(" %", " / 100").replace(" x ", " * ")
            exact = _value(ast.parse(plain, mode="eval").body, plain)
            unit = Fraction(1, 10 ** len(right.partition(".")[2]))
            found = (exact + unit / 2) // unit * unit  # a half goes up
            if found != Fraction(right):
                raise Unreadable(number, f"{left} is {float(found):,}")


def _value(node: ast.expr, source: str) -> Fraction:
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_value(node.left, source), _value(node.right, source))
    return Fraction(ast.get_source_segment(source, node) or "")
