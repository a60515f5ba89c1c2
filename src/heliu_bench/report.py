"""What a bench tells: a table for people, a document for programs (docs/bench.schema.json)."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from rich.console import Console, JustifyMethod
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from heliu_bench.ground import Ground
from heliu_bench.measure import Figures, Round, median

VERSION = 1
PAPER = 180  # columns, where nobody looks on
Document = dict[str, Any]


@dataclass
class Row:
    """One thing that was measured, in rounds. `unit` is what one operation is."""

    name: str
    clients: int
    unit: str
    rounds: list[Figures] = field(default_factory=list)

    def add(self, made: Round) -> Figures:
        """Take in a round. Raises `ValueError` when nothing was done in it."""
        self.rounds.append(made.figures())
        return self.rounds[-1]

    @property
    def median(self) -> Figures:
        """The median of each figure over the rounds; what was refused or failed is summed."""
        middle = {
            one.name: median(getattr(made, one.name) for made in self.rounds)
            for one in fields(Figures)
        }
        totals = {
            name: sum(getattr(made, name) for made in self.rounds)
            for name in ("done", "refused", "failed")
        }
        return Figures(**middle | totals)

    def document(self) -> Document:
        """As JSON has it."""
        return {
            "name": self.name,
            "clients": self.clients,
            "unit": self.unit,
            "median": _rounded(self.median),
            "rounds": [_rounded(made) for made in self.rounds],
        }


@dataclass(frozen=True)
class Ratio:
    """How many times as many operations per second `name` did as `of`, pair by pair."""

    name: str
    of: str
    clients: int
    pairs: Sequence[float]

    def document(self) -> Document:
        """As JSON has it."""
        return {
            "name": self.name,
            "of": self.of,
            "clients": self.clients,
            "median": round(median(self.pairs), 3),
            "pairs": [round(pair, 3) for pair in self.pairs],
        }


def ratio(row: Row, of: Row) -> Ratio:
    """Compare two rows whose rounds were run in turn."""
    pairs = [
        mine.per_second / theirs.per_second
        for mine, theirs in zip(row.rounds, of.rounds, strict=True)
    ]
    return Ratio(row.name, of.name, row.clients, pairs)


@dataclass
class Report:
    """A bench as it goes. `facts` are single figures with their unit in their name."""

    bench: str
    options: Mapping[str, object]
    machine: Document
    console: Console = field(default_factory=lambda: _console())
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    rows: list[Row] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    facts: dict[str, float | int | str] = field(default_factory=dict)

    def row(self, name: str, *, clients: int = 1, unit: str) -> Row:
        """Begin to measure something."""
        made = Row(name, clients, unit)
        self.rows.append(made)
        return made

    def say(self, words: str) -> None:
        """A line about what is being done."""
        self.console.print(words, style="dim")

    @contextmanager
    def progress(self, total: int) -> Iterator[Any]:
        """A bar for so many steps; call what is given with words at each step."""
        with Progress(
            BarColumn(24), MofNCompleteColumn(), TimeRemainingColumn(),
            TextColumn("{task.description}"), console=self.console, transient=True,
        ) as bar:  # fmt: skip
            task = bar.add_task("", total=total)

            def step(words: str) -> None:
                bar.update(task, description=words, advance=1)

            yield step

    def document(self) -> Document:
        """The whole, as JSON has it."""
        return {
            "version": VERSION,
            "bench": self.bench,
            "at": self.began.isoformat(timespec="seconds"),
            "options": self.options,
            "machine": {**self.machine, **_busy("after")},
            "rows": [row.document() for row in self.rows],
            "ratios": [one.document() for one in self.ratios],
            "facts": self.facts,
        }

    def tell(self, file: Path | None) -> None:
        """Show the tables, and write the document where it is wanted."""
        document = self.document()
        self.console.print(self._table())
        for one in self.ratios:
            said = one.document()
            pairs = ", ".join(f"{pair:.2f}" for pair in said["pairs"])
            self.console.print(
                f"{one.name} at {one.clients}: [bold]{said['median']:.2f} x[/] {one.of}  ({pairs})"
            )
        for name, value in self.facts.items():
            self.console.print(f"{name.replace('_', ' ')}: [bold]{value}[/]")
        seen = document["machine"]
        self.console.print(
            f"{seen['cores']} cores of {seen['cpu']}, PostgreSQL {seen['postgres']}, Python"
            f" {seen['python']}; load {seen['load_before']} before, {seen['load_after']} after,"
            f" CPU pressure {seen['cpu_pressure_before']} and {seen['cpu_pressure_after']} %;"
            f" yardstick {seen['yardstick_cpu_ms']} CPU-ms.",
            style="dim",
        )
        if file is not None:
            file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")

    def _table(self) -> Table:
        table = Table(title=f"heliu bench {self.bench}", title_justify="left")
        for name in (
            "what", "clients", "per second", "min to max", "p50 ms", "p95 ms", "p99 ms", "done",
            "refused", "failed", "app", "PostgreSQL", "generator",
        ):  # fmt: skip
            justify: JustifyMethod = "left" if name == "what" else "right"
            table.add_column(name, justify=justify, no_wrap=True)
        table.caption = "medians of the rounds; app, PostgreSQL and generator in CPU-ms each"
        for row in self.rows:
            mid, rates = row.median, [made.per_second for made in row.rounds]
            table.add_row(
                row.name, str(row.clients), f"{_rate(mid.per_second)} {row.unit}",
                f"{_rate(min(rates))} to {_rate(max(rates))}", f"{mid.p50_ms:,.2f}",
                f"{mid.p95_ms:,.2f}", f"{mid.p99_ms:,.2f}", f"{mid.done:,}", f"{mid.refused:,}",
                f"{mid.failed:,}",
                f"{mid.cpu_app_ms:.3f}", f"{mid.cpu_postgres_ms:.3f}",
                f"{mid.cpu_generator_ms:.3f}",
            )  # fmt: skip
        return table


def _rate(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def machine(ground: Ground) -> Document:
    """On what it is measured, and how busy that was before."""
    with ground.link("postgres") as link:
        found = link.execute(
            "select current_setting('server_version'), current_setting('fsync'),"
            " current_setting('synchronous_commit')"
        ).fetchone()
    assert found is not None
    version, fsync, synchronous = found
    return {
        "cores": os.cpu_count(),
        "cpu": cpu_model(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgres": version,
        "fsync": fsync,
        "synchronous_commit": synchronous,
        "yardstick_cpu_ms": yardstick(),
        **_busy("before"),
    }


def yardstick() -> float:
    """CPU milliseconds of a fixed piece of work, the best of five: on a machine whose processors
    are shared with others the same work costs more, and so does everything measured beside it."""
    took = []
    for _ in range(5):
        began = time.process_time()
        sum(number * number for number in range(300_000))
        took.append(time.process_time() - began)
    return round(min(took) * 1000, 1)


def _busy(when: str) -> Document:
    """How busy the machine is: mean load of a minute; share of time in which somebody waited for
    a processor, in per cent of the last ten seconds, where the kernel tells it."""
    try:
        said = Path("/proc/pressure/cpu").read_text()
    except OSError:
        said = ""
    found = re.search(r"some avg10=([\d.]+)", said)
    return {
        f"load_{when}": round(os.getloadavg()[0], 2),
        f"cpu_pressure_{when}": float(found[1]) if found else None,
    }


def cpu_model() -> str:
    """The name the processor gives itself."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _console() -> Console:
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PAPER
    return console


def _rounded(figures: Figures) -> Document:
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in asdict(figures).items()
    }
